import { Alias, bindings, Key, KeysteadConstruct, KeysteadProvider } from '@keystead/constructs/cdktf';
import { TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { constructNames, declaringClasses, everyConstruct, nowhere, surroundings } from '../every-construct.ts';
import { account, aStack, type Configuration, emptyStack, synthesize, theResource } from '../stack.ts';

interface Move {
  readonly from: string;
  readonly to: string;
}

const movesIn = (configuration: Configuration): readonly Move[] =>
  (configuration as { moved?: readonly Move[] }).moved ?? [];

const addressesIn = ({ resource }: Configuration): string[] =>
  Object.entries(resource).flatMap(([type, objects]) => Object.keys(objects).map((name) => `${type}.${name}`));

const { keyId } = nowhere;

/** What is declared by `declare` in a stack that has the surroundings. */
function declared(declare: (stack: TerraformStack, around: ReturnType<typeof surroundings>) => void): Configuration {
  const stack = aStack({ account, region: 'eu-west-1' });
  declare(stack, surroundings(stack, nowhere));
  return synthesize(stack);
}

test('Every construct of the library is in the table of them', () => {
  expect(declaringClasses().sort()).toEqual([...constructNames].sort());
});

describe.each(constructNames)('%s that was renamed', (name) => {
  const around = addressesIn(declared(() => undefined));
  const addresses = (configuration: Configuration) =>
    addressesIn(configuration).filter((address) => !around.includes(address));

  test('moves all that it declares from where it was', () => {
    const before = declared((stack, beside) => everyConstruct[name](stack, 'old', beside));
    const after = declared((stack, beside) => everyConstruct[name](stack, 'new', beside).renamedFrom('old'));
    const moves = movesIn(after);
    expect(moves.map(({ from }) => from).sort()).toEqual(addresses(before).sort());
    expect(moves.map(({ to }) => to).sort()).toEqual(addresses(after).sort());
    for (const { from, to } of moves) expect(to.split('.')[0]).toBe(from.split('.')[0]);
  });

  test('and had another place in its stack moves from there', () => {
    const before = declared((stack, beside) => everyConstruct[name](new Construct(stack, 'Old'), 'subject', beside));
    const after = declared((stack, beside) =>
      everyConstruct[name](new Construct(stack, 'New'), 'subject', beside).renamedFrom('stack/Old/subject'),
    );
    expect(
      movesIn(after)
        .map(({ from }) => from)
        .sort(),
    ).toEqual(addresses(before).sort());
  });

  test('and whose old id is still declared is refused', () => {
    const both = () =>
      declared((stack, beside) => {
        everyConstruct[name](stack, 'old', beside);
        everyConstruct[name](stack, 'new', beside).renamedFrom('old');
      });
    expect(both).toThrow(
      /\[stack\/new\] The construct was renamed from 'old', and the stack still declares stack\/old/,
    );
  });
});

/** The moves of a stack with one key. */
const movesOf = (declare: (stack: TerraformStack) => void) => {
  const stack = aStack();
  declare(stack);
  return movesIn(synthesize(stack));
};

const addressOfKey = (id: string) => addressesIn(synthesize(withKey(id)))[0];
function withKey(id: string): TerraformStack {
  const stack = aStack();
  new Key(stack, id);
  return stack;
}

describe('renamedFrom', () => {
  test('takes an object on from each id that the construct ever had, in either order of the calls', () => {
    for (const ids of [
      ['first', 'second'],
      ['second', 'first'],
    ]) {
      const moves = movesOf((stack) => {
        const key = new Key(stack, 'third');
        for (const id of ids) key.renamedFrom(id);
      });
      expect(moves).toEqual([
        { from: addressOfKey(String(ids[0])), to: addressOfKey(String(ids[1])) },
        { from: addressOfKey(String(ids[1])), to: addressOfKey('third') },
      ]);
    }
  });

  test('follows the renames of what is around the construct', () => {
    class Orders extends Alias {}
    const moves = movesOf((stack) => {
      const targetKey = Key.fromKeyId(stack, 'elsewhere', keyId);
      const outer = new Orders(stack, 'outer', { aliasName: 'outer', targetKey });
      outer.renamedFrom('before');
      new Orders(outer, 'inner', { aliasName: 'inner', targetKey }).renamedFrom('within');
    });
    const inner = moves.filter(({ to }) => !/^aws_kms_alias\.outer_[0-9A-F]{8}$/.test(to));
    // Three places that the object can have had lead to its present one, one after the other.
    expect(inner).toHaveLength(3);
    expect(inner.slice(1).map(({ from }) => from)).toEqual(inner.slice(0, -1).map(({ to }) => to));
    expect(new Set(moves.map(({ to }) => to)).size).toBe(moves.length);
  });

  test('covers what is added after the call', () => {
    const moves = movesOf((stack) => {
      const key = new Key(stack, 'new', { multiRegion: true });
      key.renamedFrom('old');
      key.replicateTo('us-east-1', { alias: 'orders' });
    });
    expect(moves.map(({ to }) => to.split('.')[0]).sort()).toEqual([
      'aws_kms_alias',
      'aws_kms_key',
      'aws_kms_replica_key',
    ]);
  });

  test('leaves the path in the state as it was, so that the plan has no changes', () => {
    const stack = aStack();
    const key = new Key(stack, 'new', { multiRegion: true });
    key.replicateTo('us-east-1');
    key.renamedFrom('oldest');
    key.renamedFrom('older');
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_kms_key').construct_path).toBe('stack/oldest');
    expect(theResource(configuration, 'aws_kms_replica_key').construct_path).toBe('stack/oldest/Replica-us-east-1');
  });

  test('keeps a generated alias name, whenever it is said', () => {
    const stack = aStack();
    const key = new Key(stack, 'new');
    const alias = key.addAlias();
    key.renamedFrom('old');
    expect(alias.aliasName).toBe('alias/stack/old');
    expect(theResource(synthesize(stack), 'aws_kms_alias').name).toBe('alias/stack/old');
  });

  test('names resources as the stack does that has a way of its own', () => {
    class Numbered extends TerraformStack {
      protected override allocateLogicalId(element: Parameters<TerraformStack['getLogicalId']>[0]): string {
        return `mine_${super.allocateLogicalId(element)}`;
      }
    }
    const stack = new Numbered(Testing.app(), 'stack');
    new bindings.provider.AwsProvider(stack, 'aws', { region: 'eu-west-1' });
    new Key(stack, 'new').renamedFrom('old');
    expect(movesIn(synthesize(stack))).toEqual([
      { from: expect.stringMatching(/^aws_kms_key\.mine_old_/), to: expect.stringMatching(/^aws_kms_key\.mine_new_/) },
    ]);
  });

  test('leaves alone what has an address that was set by hand', () => {
    class Named extends KeysteadConstruct {
      constructor(stack: TerraformStack, id: string) {
        super(stack, id);
        const provider = new KeysteadProvider(this, 'keystead', { alias: 'own' });
        new bindings.iamGroup.IamGroup(this, 'Resource', { name: 'a', provider }).overrideLogicalId('orders');
      }
    }
    const moves = movesOf((stack) => new Named(stack, 'new').renamedFrom('old'));
    expect(moves).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['the present id', 'key', /\[stack\/key\] renamedFrom\('key'\) names the present id/],
    ['the present path', 'stack/key', /names the present id/],
    ['a path of another stack', 'other/key', /not a path in the stack "stack".*removed block, and import it here/],
    ['nothing', '', /is not an id of a construct/],
    ['a path that does not end', 'stack/', /is not an id of a construct/],
  ])('refuses %s', (_what, oldId, message) => {
    expect(() => new Key(aStack(), 'key').renamedFrom(oldId)).toThrow(message);
  });

  test('refuses two constructs that were renamed from one', () => {
    const stack = aStack();
    for (const id of ['a', 'b']) new Key(stack, id).renamedFrom('old');
    expect(() => synthesize(stack)).toThrow(
      /Two constructs were renamed from one: stack\/a\/Resource and stack\/b\/Resource/,
    );
  });

  test('refuses a move of the CDK beside it', () => {
    const stack = aStack();
    const key = new Key(stack, 'new');
    (key.node.findChild('Resource') as bindings.kmsKey.KmsKey).moveFromId('aws_kms_key.old');
    key.renamedFrom('old');
    expect(() => synthesize(stack)).toThrow(/stack\/new\/Resource has a move of its own/);
  });

  test('writes its moves as HCL too', () => {
    const stack = withKey('new');
    (stack.node.findChild('new') as Key).renamedFrom('old');
    expect(Testing.synthHcl(stack)).toMatch(
      /moved \{\s+from = aws_kms_key\.old_\w+\s+to\s+= aws_kms_key\.new_\w+\s+\}/,
    );
  });

  test('of an imported key has nothing to move', () => {
    const stack = emptyStack();
    new bindings.provider.AwsProvider(stack, 'aws');
    const key = Key.fromKeyId(stack, 'key', keyId) as Key;
    key.renamedFrom('old');
    expect(movesIn(synthesize(stack))).toEqual([]);
  });
});
