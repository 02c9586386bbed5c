import { describe, expect, test } from '@jest/globals';
import { findForcedReplacement, planChange, proposeChange } from '@keystead/provider/engine/plan.ts';
import type { ResourceType } from '@keystead/provider/engine/resource.ts';
import { levelType } from '@keystead/provider/engine/type.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import { decodeMsgpack, encodeMsgpack } from '@keystead/provider/wire/codec/msgpack.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { AttributeRecord, BlockRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import fc from 'fast-check';

const text = { type: 'string', description: '' } as const;

function aRecord(
  attributes: Readonly<Record<string, AttributeRecord>>,
  blocks: Readonly<Record<string, BlockRecord>> = {},
): TerraformRecord {
  return { kind: 'resource', type: 'fake_thing', schemaVersion: 0, description: '', attributes, blocks };
}

/** Plans one attribute beside another, `other`, whose value says whether the rest of the resource changes. */
function planAttribute(
  attribute: AttributeRecord,
  config: Value,
  prior: Value | 'new',
  rest: 'changes' | 'stays',
): { readonly planned: Value; readonly replaces: boolean } {
  const record = aRecord({ it: attribute, other: { ...text, optional: true } });
  const before: ObjectValue | null = prior === 'new' ? null : { it: prior, other: 'same' };
  const planned = proposeChange(record, { it: config, other: rest === 'changes' ? 'new' : 'same' }, before);
  const value: Value = planned.it ?? null;
  return { planned: value, replaces: findForcedReplacement(record, before, planned).length > 0 };
}

const optional: AttributeRecord = { ...text, optional: true };
const computed: AttributeRecord = { ...text, computed: true };
const both: AttributeRecord = { ...text, optional: true, computed: true };
const stable: AttributeRecord = { ...both, stable: true };
const withDefault: AttributeRecord = { ...both, default: 'd' };
const forcing: AttributeRecord = { ...optional, forcesReplacement: true };
const forcingBoth: AttributeRecord = { ...both, forcesReplacement: true };
const forcingDefault: AttributeRecord = { ...withDefault, forcesReplacement: true };
const writeOnly: AttributeRecord = { ...optional, writeOnly: true };
const policy: AttributeRecord = { ...both, equivalence: 'policy-document' };
const reference: AttributeRecord = { ...optional, equivalence: 'key-reference', forcesReplacement: true };
const emptyIsNull: AttributeRecord = { ...optional, emptyIsNull: true, forcesReplacement: true };

const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = `arn:aws:kms:eu-central-1:111122223333:key/${id}`;
const policyText = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const policyRespelled =
  '{ "Statement": [{"Action": ["kms:*"], "Effect": "Allow", "Resource": ["*"]}], "Version": "2012-10-17" }';
const otherPolicy = policyText.replace('kms:*', 'kms:Encrypt');

describe('a planned attribute', () => {
  type Row = readonly [string, AttributeRecord, Value, Value | 'new', 'changes' | 'stays', Value, boolean];
  const rows: readonly Row[] = [
    ['optional, set, new', optional, 'c', 'new', 'stays', 'c', false],
    ['optional, unset, new', optional, null, 'new', 'stays', null, false],
    ['optional, unset, with a prior value', optional, null, 'p', 'stays', null, false],
    ['optional, unknown', optional, unknown, 'p', 'stays', unknown, false],
    ['computed, new', computed, null, 'new', 'stays', unknown, false],
    ['computed, nothing else changes', computed, null, 'p', 'stays', 'p', false],
    ['computed, something else changes', computed, null, 'p', 'changes', unknown, false],
    ['optional and computed, unset, something else changes', both, null, 'p', 'changes', unknown, false],
    ['optional and computed, set', both, 'c', 'p', 'changes', 'c', false],
    ['stable, new', stable, null, 'new', 'stays', unknown, false],
    ['stable, something else changes', stable, null, 'p', 'changes', 'p', false],
    ['stable, without a prior value', stable, null, null, 'changes', null, false],
    ['with a default, unset, new', withDefault, null, 'new', 'stays', 'd', false],
    ['with a default, unset, prior differs', withDefault, null, 'p', 'stays', 'd', false],
    ['with a default, set', withDefault, 'c', 'd', 'stays', 'c', false],
    ['forcing replacement, new', forcing, 'c', 'new', 'stays', 'c', false],
    ['forcing replacement, the same', forcing, 'p', 'p', 'changes', 'p', false],
    ['forcing replacement, changed', forcing, 'c', 'p', 'stays', 'c', true],
    ['forcing replacement, from null', forcing, 'c', null, 'stays', 'c', true],
    ['forcing replacement, to null', forcing, null, 'p', 'stays', null, true],
    ['forcing replacement, to unknown', forcing, unknown, 'p', 'stays', unknown, true],
    ['forcing replacement, computed, unset', forcingBoth, null, 'p', 'changes', 'p', false],
    ['forcing replacement, back to its default', forcingDefault, null, 'p', 'stays', 'd', true],
    ['write-only', writeOnly, 'secret', null, 'stays', null, false],
    ['a policy of the same meaning', policy, policyRespelled, policyText, 'stays', policyText, false],
    [
      'a policy of the same meaning, something else changes',
      policy,
      policyRespelled,
      policyText,
      'changes',
      policyText,
      false,
    ],
    ['a policy of another meaning', policy, otherPolicy, policyText, 'stays', otherPolicy, false],
    ['a policy that is not JSON', policy, '{', policyText, 'stays', '{', false],
    ['a key named by id for its ARN', reference, id, arn, 'stays', arn, false],
    ['a key named by ARN for its id', reference, arn, id, 'stays', id, false],
    [
      'the same key id in another account',
      reference,
      arn.replace('1111', '2222'),
      arn,
      'stays',
      arn.replace('1111', '2222'),
      true,
    ],
    [
      'an alias ARN for a key id',
      reference,
      `arn:aws:kms:eu-central-1:111122223333:alias/${id}`,
      id,
      'stays',
      `arn:aws:kms:eu-central-1:111122223333:alias/${id}`,
      true,
    ],
    ['empty text for null, where both mean the same', emptyIsNull, '', null, 'stays', null, false],
    ['null for empty text, where both mean the same', emptyIsNull, null, '', 'stays', '', false],
    ['text for null, where empty means null', emptyIsNull, 'c', null, 'stays', 'c', true],
  ];

  test.each(rows)('%s', (_name, attribute, config, prior, rest, planned, replaces) => {
    expect(planAttribute(attribute, config, prior, rest)).toEqual({ planned, replaces });
  });
});

describe('planned blocks', () => {
  const inner: Readonly<Record<string, AttributeRecord>> = {
    name: { ...text, required: true },
    serial: { ...text, computed: true, stable: true },
    size: { type: 'number', description: '', optional: true, computed: true, default: 1 },
    fixed: { ...text, optional: true, forcesReplacement: true },
  };
  const listRecord = aRecord({}, { item: { nesting: 'list', description: '', attributes: inner } });
  const setRecord = aRecord({}, { item: { nesting: 'set', description: '', attributes: inner } });
  const singleRecord = aRecord({}, { item: { nesting: 'single', description: '', attributes: inner } });
  const configured = (name: string, fixed: Value = null): ObjectValue => ({ name, fixed, serial: null, size: null });
  const known = (name: string, serial: string, fixed: Value = null): ObjectValue => ({ name, fixed, serial, size: 1 });

  test('in a list keep what the service gave by position, and new ones are unknown', () => {
    const prior = { item: [known('a', 's0')] };
    expect(proposeChange(listRecord, { item: [configured('b'), configured('c')] }, prior)).toEqual({
      item: [known('b', 's0'), { ...configured('c'), serial: unknown, size: 1 }],
    });
  });

  test('in a set keep it by their configured values, in any order', () => {
    const prior = { item: [known('a', 's0'), known('b', 's1')] };
    expect(proposeChange(setRecord, { item: [configured('b'), configured('a')] }, prior)).toEqual(prior);
    expect(proposeChange(setRecord, { item: [configured('c'), configured('b')] }, prior)).toEqual({
      item: [{ ...configured('c'), serial: unknown, size: 1 }, known('b', 's1')],
    });
  });

  test('that are absent are an empty collection, or null for a single one', () => {
    expect(proposeChange(listRecord, { item: [] }, null)).toEqual({ item: [] });
    expect(proposeChange(singleRecord, { item: null }, null)).toEqual({ item: null });
  });

  test('that are unknown as a whole stay unknown', () => {
    expect(proposeChange(listRecord, { item: unknown }, null)).toEqual({ item: unknown });
    expect(proposeChange(setRecord, { item: [unknown] }, null)).toEqual({ item: [unknown] });
  });

  test('force a replacement at the attribute in a list, and at the set as a whole', () => {
    const prior = { item: [known('a', 's', 'x')] };
    const planned = { item: [known('a', 's', 'y'), known('b', 't')] };
    expect(findForcedReplacement(listRecord, prior, planned)).toEqual([['item', 0, 'fixed']]);
    expect(findForcedReplacement(setRecord, prior, planned)).toEqual([['item']]);
    expect(findForcedReplacement(singleRecord, { item: known('a', 's', 'x') }, { item: null })).toEqual([
      ['item', 'fixed'],
    ]);
  });

  test('that force a replacement themselves do so at any difference but order in a set', () => {
    const forcingBlock = (nesting: 'list' | 'set'): TerraformRecord =>
      aRecord({}, { item: { nesting, description: '', attributes: inner, forcesReplacement: true } });
    const prior = { item: [known('a', 's'), known('b', 't')] };
    const turned = { item: [known('b', 't'), known('a', 's')] };
    expect(findForcedReplacement(forcingBlock('set'), prior, turned)).toEqual([]);
    expect(findForcedReplacement(forcingBlock('list'), prior, turned)).toEqual([['item']]);
    expect(findForcedReplacement(forcingBlock('set'), prior, { item: [] })).toEqual([['item']]);
  });
});

describe("the resource type's own plan", () => {
  const record = aRecord({ it: both, fixed: optional, secret: writeOnly });
  const config = { it: null, fixed: 'c', secret: 's' };
  const prior = { it: 'p', fixed: 'p', secret: null };
  const unused = async (): Promise<never> => {
    throw new Error('not called by a plan');
  };
  const type = (plan: ResourceType<string>['plan']): ResourceType<string> => ({
    record,
    create: unused,
    read: unused,
    update: unused,
    remove: unused,
    ...defined({ plan }),
  });

  test('sees the proposal, and what it changes is what forces a replacement', async () => {
    const forcingRecord = aRecord({ it: forcingBoth });
    const own = type(async ({ proposed, client }) => ({ planned: { ...proposed, it: String(client) } }));
    const outcome = await planChange({ ...own, record: forcingRecord }, 'region', {
      config: { it: null },
      prior: { it: 'p' },
    });
    expect(outcome).toEqual({ planned: { it: 'region' }, requiresReplace: [['it']], diagnostics: [] });
  });

  test('can add paths and warnings', async () => {
    const warning = { severity: 'warning', summary: 'w', detail: 'd' } as const;
    const own = type(async ({ proposed }) => ({
      planned: proposed,
      requiresReplace: [['fixed']],
      diagnostics: [warning],
    }));
    expect(await planChange(own, undefined, { config, prior })).toMatchObject({
      requiresReplace: [['fixed']],
      diagnostics: [warning],
    });
  });

  test.each([
    ['changes a configured value', { fixed: 'other' }, 'fixed', /differs from the configuration/],
    [
      'sets an attribute that is neither configured nor computed',
      { fixed: null, it: 'x' },
      'fixed',
      /differs from the configuration/,
    ],
    ['has the wrong type', { it: 5 }, 'it', /expected a string/],
  ])('that %s is named as a fault of the provider', async (_name, change, path, detail) => {
    const own = type(async ({ proposed }) => ({ planned: { ...proposed, ...change } }));
    const { diagnostics } = await planChange(own, undefined, { config, prior });
    expect(diagnostics).toMatchObject([
      { severity: 'error', path: [path], summary: 'Provider bug in fake_thing', detail: expect.stringMatching(detail) },
    ]);
  });

  test('that returns an attribute too many or too few is named too', async () => {
    const own = type(async () => ({ planned: { it: 'x', fixed: 'c', more: 1 } }));
    const { diagnostics, planned } = await planChange(own, undefined, { config, prior });
    expect(diagnostics.map(({ detail }) => detail.split('.')[0])).toEqual([
      'the object: "more" is not an attribute',
      'secret: no value was returned',
    ]);
    expect(planned).toEqual({ it: 'x', fixed: 'c', secret: null });
  });

  test('can never store a write-only value', async () => {
    const own = type(async ({ proposed }) => ({ planned: { ...proposed, secret: 's' } }));
    expect((await planChange(own, undefined, { config, prior })).planned?.secret).toBeNull();
  });

  test('that throws becomes an error beside the proposal', async () => {
    const own = type(async () => {
      throw new TypeError('unforeseen');
    });
    const outcome = await planChange(own, undefined, { config, prior });
    expect(outcome.diagnostics).toMatchObject([{ severity: 'error', detail: expect.stringContaining('unforeseen') }]);
    expect(outcome.planned).toEqual({ it: unknown, fixed: 'c', secret: null });
  });

  test('is not called for a destroy, which has a function of its own', async () => {
    const doubts = { severity: 'warning', summary: 'w', detail: 'd' } as const;
    const asked: unknown[] = [];
    const planDestroy = async (client: string | undefined, before: ObjectValue) => {
      asked.push([client, before]);
      return [doubts];
    };
    const own: ResourceType<string> = { ...type(unused), planDestroy };
    const nothing = { planned: null, requiresReplace: [] };
    for (const client of ['client', undefined]) {
      expect(await planChange(own, client, { config: null, prior })).toEqual({ ...nothing, diagnostics: [doubts] });
    }
    // What the state says counts before the provider block is known too.
    expect(asked).toEqual([
      ['client', prior],
      [undefined, prior],
    ]);
  });
});

describe('any plan', () => {
  /** Terraform's checks of a plan (plans.AssertPlanValid). */
  function assertValid(
    record: TerraformRecord,
    config: ObjectValue,
    prior: ObjectValue | null,
    planned: ObjectValue,
  ): void {
    for (const [name, attribute] of Object.entries(record.attributes)) {
      const set: Value = config[name] ?? null;
      const will: Value = planned[name] ?? null;
      const was: Value = prior?.[name] ?? null;
      if (attribute.writeOnly) expect(will).toBeNull();
      // Such attributes are only in records with the legacy flag, where Terraform accepts either form.
      else if (attribute.emptyIsNull && (set ?? '') === '' && (will ?? '') === '') continue;
      else if (set !== null) expect(will === set || (was !== null && will === was)).toBe(true);
      else if (!attribute.computed) expect(will).toBeNull();
    }
  }

  const attributes = [
    optional,
    computed,
    both,
    stable,
    withDefault,
    forcing,
    forcingBoth,
    forcingDefault,
    writeOnly,
    policy,
    reference,
    emptyIsNull,
  ];
  const record = aRecord(Object.fromEntries(attributes.map((attribute, index) => [`a${index}`, attribute])));
  const names = Object.keys(record.attributes);
  const known = fc.constantFrom<Value>(null, '', 'x', 'y', id, arn, policyText, policyRespelled);
  const objectOf = (value: fc.Arbitrary<Value>): fc.Arbitrary<ObjectValue> =>
    fc.record(Object.fromEntries(names.map((name) => [name, value])));
  const anyConfig = objectOf(fc.oneof(known, fc.constant<Value>(unknown))).map((config) =>
    Object.fromEntries(
      Object.entries(config).map(([name, value]): [string, Value] => [
        name,
        record.attributes[name]?.optional ? value : null,
      ]),
    ),
  );
  const anyPrior = fc.option(objectOf(known));

  test('passes the checks Terraform makes, and survives the wire', () => {
    fc.assert(
      fc.property(anyConfig, anyPrior, (config, prior) => {
        const planned = proposeChange(record, config, prior);
        assertValid(record, config, prior, planned);
        expect({
          ...(decodeMsgpack(levelType(record), encodeMsgpack(levelType(record), planned)) as ObjectValue),
        }).toEqual({ ...planned });
      }),
      { numRuns: 500 },
    );
  });

  test('of its own result, once applied, is not a change', () => {
    fc.assert(
      fc.property(anyConfig, anyPrior, (config, prior) => {
        const settle = (value: Value): Value => (value === unknown ? 'settled' : value);
        const settleAll = (object: ObjectValue): ObjectValue =>
          Object.fromEntries(Object.entries(object).map(([name, value]): [string, Value] => [name, settle(value)]));
        const knownConfig = settleAll(config);
        const applied = settleAll(proposeChange(record, knownConfig, prior));
        expect(proposeChange(record, knownConfig, applied)).toEqual(applied);
      }),
      { numRuns: 500 },
    );
  });
});
