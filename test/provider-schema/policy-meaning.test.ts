import { describePolicyDifference, normalizePolicy, samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import fc from 'fast-check';

type Json = Readonly<Record<string, unknown>>;
const ACCOUNT = '111122223333';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

const statement: Json = { Sid: 'a', Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' };
const text = (document: unknown) => JSON.stringify(document);
const of = (...changes: readonly Json[]) =>
  text({ Version: '2012-10-17', Statement: changes.map((one) => ({ ...statement, ...one })) });

describe('two documents mean the same', () => {
  test.each<[string, string, string]>([
    ['with white space around', of({}), `\n  ${of({})}\t`],
    [
      'with other spacing and order of members',
      of({}),
      JSON.stringify(JSON.parse(`{"Statement":[${text(statement)}],"Version":"2012-10-17"}`), null, 2),
    ],
    ['in a list of one', of({}), `[${of({})}]`],
    ['when empty text meets the empty object', '', '{}'],
    ['with unknown members of the root', of({}), of({}).replace('{', '{"Comment":"x",')],
    ['with an empty Id or none', of({}), of({}).replace('{', '{"Id":"",')],
    ['with a statement in a list or not', of({}), text({ Version: '2012-10-17', Statement: statement })],
    ['with statements in another order', of({ Sid: 'a' }, { Sid: 'b' }), of({ Sid: 'b' }, { Sid: 'a' })],
    ['with Effect in other case', of({}), of({ Effect: 'ALLOW' })],
    ['with one action in a list', of({}), of({ Action: ['kms:*'] })],
    ['with actions in another order', of({ Action: ['kms:A', 'kms:B'] }), of({ Action: ['kms:B', 'kms:A'] })],
    ['with resources in another order', of({ Resource: ['a', 'b'] }), of({ Resource: ['b', 'a'] })],
    [
      'with condition values in another order',
      of({ Condition: { StringEquals: { k: ['x', 'y'] } } }),
      of({ Condition: { StringEquals: { k: ['y', 'x'] } } }),
    ],
    ['with true and "true"', of({ Condition: { Bool: { k: true } } }), of({ Condition: { Bool: { k: ['true'] } } })],
    [
      'with 7 and "7"',
      of({ Condition: { NumericEquals: { k: 7 } } }),
      of({ Condition: { NumericEquals: { k: '7' } } }),
    ],
    ['with an account id for its root', of({}), of({ Principal: { AWS: ACCOUNT } })],
    [
      'with a root of any partition for the id',
      of({ Principal: { AWS: `arn:aws-cn:iam::${ACCOUNT}:root` } }),
      of({ Principal: { AWS: [ACCOUNT] } }),
    ],
    [
      'with principals in another order',
      of({ Principal: { AWS: [ROOT, 'x'] } }),
      of({ Principal: { AWS: ['x', ACCOUNT] } }),
    ],
    ['with an empty list of principals of a type', of({}), of({ Principal: { AWS: ROOT, Service: [] } })],
    ['with principal texts', of({ Principal: ACCOUNT }), of({ Principal: ROOT })],
  ])('%s', (_title, a, b) => {
    expect(samePolicy(a, b)).toBe(true);
    expect(samePolicy(b, a)).toBe(true);
    expect(describePolicyDifference(a, b)).toEqual([]);
  });
});

describe('two documents differ', () => {
  test.each<[string, string, string]>([
    ['when one is not JSON', of({}), '{'],
    ['when one is not an object', of({}), '[1]'],
    ['when one is a list of two', of({}), `[${of({})},${of({})}]`],
    ['in Version', of({}), of({}).replace('2012', '2008')],
    ['in Id', of({}), of({}).replace('{', '{"Id":"x",')],
    ['in the number of statements', of({}), of({}, {})],
    ['in Sid', of({}), of({ Sid: 'A' })],
    ['in Effect', of({}), of({ Effect: 'Deny' })],
    ['in the case of an action', of({}), of({ Action: 'KMS:*' })],
    ['in an action that comes twice', of({ Action: ['a', 'a', 'b'] }), of({ Action: ['a', 'b', 'b'] })],
    ['in Action against NotAction', of({}), of({ Action: undefined, NotAction: 'kms:*' })],
    ['in Resource', of({}), of({ Resource: ['*', '*'] })],
    ['in a condition that one has', of({}), of({ Condition: { Bool: { k: 'true' } } })],
    [
      'in the case of an operator',
      of({ Condition: { Bool: { k: 'true' } } }),
      of({ Condition: { bool: { k: 'true' } } }),
    ],
    [
      'in the case of a condition key',
      of({ Condition: { Bool: { k: 'true' } } }),
      of({ Condition: { Bool: { K: 'true' } } }),
    ],
    [
      'in the case of a condition value',
      of({ Condition: { StringEquals: { k: 'a' } } }),
      of({ Condition: { StringEquals: { k: 'A' } } }),
    ],
    [
      'in the number of condition values',
      of({ Condition: { StringEquals: { k: ['a', 'a'] } } }),
      of({ Condition: { StringEquals: { k: 'a' } } }),
    ],
    ['in a principal', of({}), of({ Principal: { AWS: '444455556666' } })],
    ['in two roots of different partitions', of({}), of({ Principal: { AWS: `arn:aws-cn:iam::${ACCOUNT}:root` } })],
    ['in the type of a principal', of({}), of({ Principal: { Service: ROOT } })],
    ['in * against {"AWS": "*"}', of({ Principal: '*' }), of({ Principal: { AWS: '*' } })],
    [
      'in a deleted principal’s unique id',
      of({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/a` } }),
      of({ Principal: { AWS: 'AIDACKCEVSQ6C2EXAMPLE' } }),
    ],
  ])('%s', (_title, a, b) => {
    expect(samePolicy(a, b)).toBe(false);
    expect(samePolicy(b, a)).toBe(false);
    expect(describePolicyDifference(a, b)).not.toEqual([]);
    expect(describePolicyDifference(b, a)).not.toEqual([]);
  });
});

describe('properties', () => {
  const names = fc.constantFrom(
    'Sid',
    'Effect',
    'Principal',
    'Action',
    'Resource',
    'Condition',
    'NotAction',
    '__proto__',
  );
  const words = fc.constantFrom('a', 'A', 'Allow', ACCOUNT, ROOT, '*', 'kms:*');
  const part = fc.oneof(
    words,
    fc.array(words, { maxLength: 3 }),
    fc.dictionary(words, fc.oneof(words, fc.array(words, { maxLength: 3 })), { maxKeys: 2 }),
    fc.dictionary(words, fc.dictionary(words, fc.oneof(words, fc.boolean(), fc.integer())), { maxKeys: 2 }),
  );
  const document = fc
    .record({ Version: words, Statement: fc.array(fc.dictionary(names, part), { maxLength: 3 }) }, { requiredKeys: [] })
    .map((value) => JSON.stringify(value));
  const any = fc.oneof(
    { weight: 8, arbitrary: document },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string() },
  );

  test('any JSON, also what is not a policy, means the same as itself and as its normal form', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: document }, { weight: 1, arbitrary: fc.json() }), (one) => {
        expect(samePolicy(one, one)).toBe(true);
        expect(samePolicy(one, `${one} `)).toBe(true);
        expect(samePolicy(one, normalizePolicy(one))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('having the same meaning is symmetric, and only then the description is empty', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const same = samePolicy(a, b);
        expect(samePolicy(b, a)).toBe(same);
        expect(describePolicyDifference(a, b).length === 0).toBe(same);
      }),
      { numRuns: 3000 },
    );
  });

  test('shuffling lists and statements changes nothing', () => {
    const shuffled = (list: readonly unknown[]) => [...list].reverse();
    const actions = fc.array(words, { minLength: 1 });
    fc.assert(
      fc.property(fc.array(actions, { minLength: 1, maxLength: 4 }), (lists) => {
        const a = of(...lists.map((Action, i) => ({ Sid: String(i), Action })));
        const b = of(...(shuffled(lists.map((Action, i) => ({ Sid: String(i), Action: shuffled(Action) }))) as Json[]));
        expect(samePolicy(a, b)).toBe(true);
      }),
    );
  });

  test('the normal form is stable', () => {
    fc.assert(fc.property(any, (one) => expect(normalizePolicy(normalizePolicy(one))).toBe(normalizePolicy(one))));
  });
});

describe('the normal form', () => {
  test.each([
    [
      'sorts keys and drops spaces',
      '{ "b": [1, {"d": null, "c": true}], "a": "x" }',
      '{"a":"x","b":[1,{"c":true,"d":null}]}',
    ],
    [
      'escapes the characters that Go escapes',
      '{"a":"<b> & \u2028\u2029 \u00e9"}',
      '{"a":"\\u003cb\\u003e \\u0026 \\u2028\\u2029 \u00e9"}',
    ],
    ['escapes in keys too', '{"<":1}', '{"\\u003c":1}'],
    ['sorts digits as text', '{"10":1,"9":2}', '{"10":1,"9":2}'],
    ['sorts by code point', '{"\u{1F511}":1,"\uFFFD":2}', '{"\uFFFD":2,"\u{1F511}":1}'],
    ['keeps __proto__ a member', '{"__proto__":1}', '{"__proto__":1}'],
    ['of an empty text is empty', '  ', ''],
    ['of text that is not JSON is the text', '{', '{'],
  ])('%s', (_title, given, expected) => {
    expect(normalizePolicy(given)).toBe(expected);
  });

  test('is not needed to compare: a document nested too deeply differs', () => {
    const deep = of({ Condition: { Bool: { k: 0 } } }).replace(
      '"k":0',
      `"k":${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    );
    expect(samePolicy(deep, `${deep} `)).toBe(false);
    expect(describePolicyDifference(deep, of({}))).toEqual(['the declared policy is not a policy document']);
  });

  test('of a document nested too deeply is its text', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(normalizePolicy(deep)).toBe(deep);
  });
});

describe('the description of a difference', () => {
  test('names statements by Sid: changed, missing, unexpected', () => {
    const declared = of({ Sid: 'admins' }, { Sid: 'users', Action: ['kms:Encrypt', 'kms:Decrypt'] });
    const actual = of({ Sid: 'users', Action: 'kms:Decrypt', Effect: 'Deny' }, { Sid: 'intruder' });
    expect(describePolicyDifference(declared, actual)).toEqual([
      'statement "admins": declared, missing in the actual policy',
      'statement "users": Effect declared "Allow", actual "Deny"',
      'statement "users": Action declared ["kms:Encrypt","kms:Decrypt"], actual "kms:Decrypt"',
      'statement "intruder": in the actual policy, not declared',
    ]);
  });

  test('names statements without Sid by effect and actions, and the version', () => {
    const declared = text({ Version: '2012-10-17', Statement: [{ ...statement, Sid: undefined }] });
    const actual = text({
      Version: '2008-10-17',
      Statement: [{ ...statement, Sid: undefined, Resource: 'x', Effect: 'Deny' }],
    });
    expect(describePolicyDifference(declared, actual)).toEqual([
      'Version: declared "2012-10-17", actual "2008-10-17"',
      'statement without Sid (Allow kms:*): declared, missing in the actual policy',
      'statement without Sid (Deny kms:*): in the actual policy, not declared',
    ]);
    expect(describePolicyDifference('{', actual)).toEqual(['the declared policy is not a policy document']);
    expect(describePolicyDifference(actual, '{')).toEqual(['the actual policy is not a policy document']);
  });
});
