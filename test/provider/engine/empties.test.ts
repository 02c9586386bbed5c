/** Empty and absent values of records with `legacyTypeSystem`, as the upstream provider's states and plans hold them. */
import { findForcedReplacement, planChange, proposeChange } from '@keystead/provider/engine/plan.ts';
import type { ResourceType } from '@keystead/provider/engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import { legacyRecord } from '@keystead/provider-schema/legacy.ts';
import type { AttributeRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';

const optional = (type: AttributeRecord['type']): AttributeRecord => ({ type, description: 'It.', optional: true });
const text = optional('string');
const map = optional(['map', 'string']);
const set = optional(['set', 'string']);
const decided: AttributeRecord = { ...text, computed: true, stable: true };

function aRecord(it: AttributeRecord): TerraformRecord {
  return legacyRecord({ kind: 'resource', type: 'fake', schemaVersion: 0, description: 'It.', attributes: { it } });
}

describe('a planned value', () => {
  type Row = readonly [string, AttributeRecord, Value, Value | 'new', Value];
  const rows: readonly Row[] = [
    ['empty text, new', text, '', 'new', ''],
    ['empty text where the state has none', text, '', null, null],
    ['no text where the state has an empty one', text, null, '', ''],
    ['no text where the state has one', text, null, 'p', null],
    ['empty text where the state has one', text, '', 'p', ''],
    ['empty text that the service decides on, new', decided, '', 'new', unknown],
    ['empty text that the service decided on', decided, '', 'p', 'p'],
    ['no number where the state has 0', optional('number'), null, 0, 0],
    ['no number where the state has one', optional('number'), null, 7, null],
    ['false where the state has nothing', optional('bool'), false, null, null],
    ['an empty map, new', map, {}, 'new', null],
    ['an empty map where the state has none', map, {}, null, null],
    ['an empty map where the state has an empty one', map, {}, {}, {}],
    ['no map where the state has an empty one', map, null, {}, {}],
    ['no map where the state has one', map, null, { a: '1' }, {}],
    ['a map of nulls, new', map, { a: null }, 'new', null],
    ['a map of nulls where the state has a map', map, { a: null }, { a: '1' }, {}],
    ['a map with a null', map, { a: '1', b: null }, { a: '1' }, { a: '1' }],
    ['a map with an unknown value', map, { a: unknown, b: null }, { a: '1' }, unknown],
    ['an empty set, new', set, [], 'new', null],
    ['an empty set where the state has one', set, [], ['a'], []],
  ];

  test.each(rows)('of %s', (_, attribute, config, prior, expected) => {
    const planned = proposeChange(aRecord(attribute), { it: config }, prior === 'new' ? null : { it: prior });
    expect(planned).toEqual({ it: expected });
  });

  test.each(rows)('of %s passes the checks of the engine', async (_, attribute, config, prior) => {
    const unused = async (): Promise<never> => {
      throw new Error('not called');
    };
    const type: ResourceType<string> = {
      record: aRecord(attribute),
      create: unused,
      read: unused,
      update: unused,
      remove: unused,
    };
    const outcome = await planChange(type, 'client', {
      config: { it: config },
      prior: prior === 'new' ? null : { it: prior },
    });
    expect(outcome.diagnostics).toEqual([]);
  });

  test('that is empty in another form never replaces', () => {
    const record = aRecord({ ...text, forcesReplacement: true });
    expect(findForcedReplacement(record, { it: '' }, { it: null })).toEqual([]);
    expect(findForcedReplacement(record, { it: 'p' }, { it: null })).toEqual([['it']]);
  });

  test('of a record without the flag is as configured', () => {
    const record: TerraformRecord = { ...aRecord(text), attributes: { it: text } };
    expect(proposeChange(record, { it: '' }, { it: null })).toEqual({ it: '' });
  });
});

describe('a block', () => {
  const record = legacyRecord({
    kind: 'resource',
    type: 'fake',
    schemaVersion: 0,
    description: 'It.',
    attributes: {},
    blocks: {
      rule: { nesting: 'set', description: 'Rules.', forcesReplacement: true, attributes: { a: map, b: map } },
    },
  });
  type Row = readonly [string, readonly ObjectValue[], readonly ObjectValue[]];
  const same: readonly Row[] = [
    ['without values is none', [{ a: {}, b: null }], []],
    ['with an empty map beside a full one is the full one', [{ a: {}, b: { k: 'v' } }], [{ a: null, b: { k: 'v' } }]],
    ['with a pair without a value is without it', [{ a: { k: 'v', n: null }, b: null }], [{ a: { k: 'v' }, b: {} }]],
  ];

  test.each(same)('%s', (_, config, prior) => {
    const planned = proposeChange(record, { rule: config }, { rule: prior });
    expect(planned).toEqual({ rule: prior });
    expect(findForcedReplacement(record, { rule: prior }, planned)).toEqual([]);
  });

  test('with another value replaces', () => {
    const before = { rule: [{ a: { k: 'v' }, b: null }] };
    const planned = proposeChange(record, { rule: [{ a: { k: 'w' }, b: {} }] }, before);
    expect(planned).toEqual({ rule: [{ a: { k: 'w' }, b: null }] });
    expect(findForcedReplacement(record, before, planned)).toEqual([['rule']]);
  });
});
