import {
  expirationOf,
  isComplete,
  isPresent,
  type Material,
  type MaterialCopy,
  materialState,
  planImport,
  stateWithMaterial,
} from '@keystead/control-plane/domain/keys/imported-material.ts';
import fc from 'fast-check';

const nowMs = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const material = (material_id: string, state: Material['state'] = 'CURRENT'): Material => ({ material_id, state });
const copy = (material_id: string, change: Partial<MaterialCopy> = {}): MaterialCopy => ({
  material_id,
  region: 'eu-west-1',
  wrapped: new Uint8Array(1),
  valid_to_ms: null,
  ...change,
});

test.each([
  ['that never expires', null, true],
  ['that expires later', nowMs + 1, true],
  ['that expires now', nowMs, false],
  ['that has expired', nowMs - 1, false],
])('a copy %s is present: %s', (_, valid_to_ms, present) => {
  expect(isPresent(copy('a', { valid_to_ms }), nowMs)).toBe(present);
  expect(isPresent(copy('a', { valid_to_ms, wrapped: null }), nowMs)).toBe(false);
});

test('a key is complete with copies of all materials that ever were current; pending material does not count', () => {
  const materials = [material('a', 'NON_CURRENT'), material('b'), material('c', 'PENDING_ROTATION')];
  expect(isComplete(materials, [copy('a'), copy('b')], nowMs)).toBe(true);
  expect(isComplete(materials, [copy('b'), copy('c')], nowMs)).toBe(false);
  expect(isComplete(materials, [copy('a', { wrapped: null }), copy('b')], nowMs)).toBe(false);
  expect(isComplete(materials, [copy('a', { valid_to_ms: nowMs }), copy('b')], nowMs)).toBe(false);
  expect(isComplete([], [], nowMs)).toBe(false);
});

test.each([
  ['Enabled', 'Enabled', 'PendingImport'],
  ['Disabled', 'Disabled', 'PendingImport'],
  ['PendingImport', 'Enabled', 'PendingImport'],
  ['PendingDeletion', 'PendingDeletion', 'PendingDeletion'],
  ['PendingReplicaDeletion', 'PendingReplicaDeletion', 'PendingReplicaDeletion'],
] as const)('a key that is %s becomes %s with complete material and %s without it', (state, complete, incomplete) => {
  expect([stateWithMaterial(state, true), stateWithMaterial(state, false)]).toEqual([complete, incomplete]);
});

test('a key expires with the first of its permanent materials', () => {
  const materials = [material('a', 'NON_CURRENT'), material('b'), material('c', 'PENDING_ROTATION')];
  const until = (a: number | null, b: number | null) =>
    expirationOf(
      materials,
      [copy('a', { valid_to_ms: a }), copy('b', { valid_to_ms: b }), copy('c', { valid_to_ms: nowMs + 1 })],
      nowMs,
    );
  expect(until(null, null)).toEqual({ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
  const ValidTo = new Date(nowMs + day);
  expect(until(nowMs + day, null)).toEqual({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
  expect(until(nowMs + 2 * day, nowMs + day)).toEqual({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
  expect(until(nowMs, nowMs + day)).toBeUndefined();
});

test('material is pending import until every Region has it, and then pending rotation', () => {
  const pending = material('c', 'PENDING_ROTATION');
  const regions = ['eu-west-1', 'us-east-1'];
  const here = copy('c');
  const there = copy('c', { region: 'us-east-1' });
  const state = (...copies: MaterialCopy[]) => materialState(pending, copies, regions, nowMs);
  expect(state(here, there)).toBe('PENDING_ROTATION');
  expect(state(here)).toBe('PENDING_MULTI_REGION_IMPORT_AND_ROTATION');
  expect(state(here, { ...there, valid_to_ms: nowMs })).toBe('PENDING_MULTI_REGION_IMPORT_AND_ROTATION');
  expect(state(here, { ...there, material_id: 'b' })).toBe('PENDING_MULTI_REGION_IMPORT_AND_ROTATION');
  expect(materialState(pending, [here], ['eu-west-1'], nowMs)).toBe('PENDING_ROTATION');
  expect(materialState(material('c'), [], regions, nowMs)).toBe('CURRENT');
});

describe('an import', () => {
  const ids = ['a', 'b', 'c', 'd'] as const;
  const materialsOfAKey = fc.constantFrom<readonly Material[]>(
    [],
    [material('a')],
    [material('a', 'NON_CURRENT'), material('b')],
    [material('a'), material('c', 'PENDING_ROTATION')],
  );
  const asked = fc.record(
    {
      ImportType: fc.constantFrom('NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL'),
      KeyMaterialId: fc.constantFrom(...ids),
    },
    { requiredKeys: [] },
  );
  const outcome = (...args: Parameters<typeof planImport>) => {
    try {
      return planImport(...args);
    } catch (error) {
      return (error as { readonly code?: string }).code;
    }
  };

  test('is only of the requested material, and only of material that the key has or can accept', () => {
    fc.assert(
      fc.property(materialsOfAKey, fc.constantFrom(...ids), asked, fc.boolean(), (materials, id, wish, isPrimary) => {
        const plan = outcome({ arn, isPrimary, materials }, id, wish);
        const known = materials.some((row) => row.material_id === id);
        if (wish.KeyMaterialId !== undefined && wish.KeyMaterialId !== id)
          expect(plan).toBe('IncorrectKeyMaterialException');
        if (plan === 'again') expect([known, wish.ImportType === 'NEW_KEY_MATERIAL']).toEqual([true, false]);
        if (plan === 'first') expect([materials, isPrimary]).toEqual([[], true]);
        if (plan === 'pending') {
          const waits = materials.some((row) => row.state === 'PENDING_ROTATION');
          expect([known, waits, isPrimary, wish.ImportType]).toEqual([false, false, true, 'NEW_KEY_MATERIAL']);
        }
      }),
    );
  });

  test.each([
    ['the first material of a key', [], 'a', {}, 'first'],
    [
      'existing material of a key that has none',
      [],
      'a',
      { ImportType: 'EXISTING_KEY_MATERIAL' },
      'IncorrectKeyMaterialException',
    ],
    ['the same again', [material('a')], 'a', {}, 'again'],
    ['other material without saying that it is new', [material('a')], 'b', {}, 'IncorrectKeyMaterialException'],
    ['new material', [material('a')], 'b', { ImportType: 'NEW_KEY_MATERIAL' }, 'pending'],
    [
      'known material as new',
      [material('a')],
      'a',
      { ImportType: 'NEW_KEY_MATERIAL' },
      'IncorrectKeyMaterialException',
    ],
    [
      'new material beside some that waits',
      [material('a'), material('c', 'PENDING_ROTATION')],
      'b',
      { ImportType: 'NEW_KEY_MATERIAL' },
      'KMSInvalidStateException',
    ],
    ['pending material, again', [material('a'), material('c', 'PENDING_ROTATION')], 'c', {}, 'again'],
  ] as const)('of %s', (_, materials, id, wish, expected) => {
    expect(outcome({ arn, isPrimary: true, materials }, id, wish)).toBe(expected);
  });

  test('of new material into a replica is refused', () => {
    const replica = { arn, isPrimary: false, materials: [material('a')] };
    expect(outcome(replica, 'b', { ImportType: 'NEW_KEY_MATERIAL' })).toBe('UnsupportedOperationException');
    expect(outcome(replica, 'a', {})).toBe('again');
  });
});
