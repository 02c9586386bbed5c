/**
 * Concurrent imports, deletions, rotations and more on one multi-Region key: in every order the key stays consistent.
 */

import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { isComplete } from '@keystead/control-plane/domain/keys/imported-material.ts';
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import fc from 'fast-check';
import { aKey } from '../../support/a-key.ts';
import { wrapKeyMaterial } from '../../support/key-import.ts';
import { runs } from '../../support/sizes.ts';
import { accountId, DAY_MS, openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

jest.setTimeout(runs(120_000, 1_800_000));

const REGIONS = ['eu-west-1', 'us-east-1'] as const;
const materials = [randomBytes(32), randomBytes(32), randomBytes(32)];

let controlPlane: TestControlPlane;
let jobs: Jobs;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
  await jobs.runOnce();
});
afterAll(async () => {
  await jobs?.stop();
  await controlPlane?.close();
});

type Region = (typeof REGIONS)[number];
type Step =
  | {
      readonly do: 'import';
      readonly region: Region;
      readonly material: number;
      readonly isNew: boolean;
      readonly expires: boolean;
    }
  | { readonly do: 'delete'; readonly region: Region; readonly material: number }
  | { readonly do: 'enable' | 'disable' | 'schedule' | 'cancel'; readonly region: Region }
  | { readonly do: 'rotate' | 'expire' };

const region = fc.constantFrom(...REGIONS);
const material = fc.nat(materials.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('import' as const),
      region,
      material,
      isNew: fc.boolean(),
      expires: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), region, material }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('enable' as const, 'disable' as const, 'schedule' as const, 'cancel' as const),
      region,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('rotate' as const, 'expire' as const) }) },
);

/** A key with a replica, both with their material, and parameters for all imports of one day. */
async function aWholeKey() {
  const { KeyId } = await aKey(controlPlane, { Origin: 'EXTERNAL', MultiRegion: true });
  const parameters = new Map<Region, Awaited<ReturnType<typeof wrappedFor>>>();
  for (const there of REGIONS) {
    if (there !== 'eu-west-1') await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: there });
    parameters.set(there, await wrappedFor(KeyId, there));
    await importing(KeyId, parameters, { do: 'import', region: there, material: 0, isNew: false, expires: false });
  }
  return { KeyId, parameters };
}

async function wrappedFor(KeyId: string, there: Region) {
  const wanted = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
  const { ImportToken, PublicKey } = await controlPlane.perform('GetParametersForImport', wanted, { region: there });
  if (!ImportToken || !PublicKey) throw new Error('GetParametersForImport did not return parameters');
  return { ImportToken, wrapped: materials.map((bytes) => wrapKeyMaterial(bytes, PublicKey, 'RSAES_OAEP_SHA_256')) };
}

type Parameters = ReadonlyMap<Region, Awaited<ReturnType<typeof wrappedFor>>>;

async function importing(
  KeyId: string,
  parameters: Parameters,
  { region: there, material: which, isNew, expires }: Extract<Step, { do: 'import' }>,
) {
  const { ImportToken, wrapped } = parameters.get(there) ?? { wrapped: [] };
  const EncryptedKeyMaterial = wrapped[which];
  if (!ImportToken || !EncryptedKeyMaterial) throw new Error('the material is not wrapped for this Region');
  const expiry = expires
    ? { ValidTo: new Date(controlPlane.clock.now() + 60_000) }
    : ({ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const);
  const kind = isNew ? ({ ImportType: 'NEW_KEY_MATERIAL' } as const) : {};
  return controlPlane.perform(
    'ImportKeyMaterial',
    { KeyId, ImportToken, EncryptedKeyMaterial, ...expiry, ...kind },
    { region: there },
  );
}

async function perform(
  key: Awaited<ReturnType<typeof aWholeKey>>,
  idsByMaterial: Map<number, string>,
  asked: Step,
): Promise<void> {
  const { KeyId } = key;
  switch (asked.do) {
    case 'import': {
      const { KeyMaterialId } = await importing(KeyId, key.parameters, asked);
      if (KeyMaterialId !== undefined) idsByMaterial.set(asked.material, KeyMaterialId);
      return;
    }
    case 'delete': {
      const KeyMaterialId = idsByMaterial.get(asked.material);
      await controlPlane.perform(
        'DeleteImportedKeyMaterial',
        { KeyId, ...defined({ KeyMaterialId }) },
        { region: asked.region },
      );
      return;
    }
    case 'rotate':
      await controlPlane.perform('RotateKeyOnDemand', { KeyId });
      return;
    case 'expire':
      controlPlane.clock.advance(61_000);
      await jobs.runOnce();
      return;
    case 'enable':
      return controlPlane.perform('EnableKey', { KeyId }, { region: asked.region });
    case 'disable':
      return controlPlane.perform('DisableKey', { KeyId }, { region: asked.region });
    case 'schedule':
      await controlPlane.perform('ScheduleKeyDeletion', { KeyId }, { region: asked.region });
      return;
    case 'cancel':
      await controlPlane.perform('CancelKeyDeletion', { KeyId }, { region: asked.region });
  }
}

/** Checks what must be true for a key after any steps, once expired copies are deleted. */
async function expectWhole(KeyId: string): Promise<void> {
  const rows = await controlPlane.store.listMaterials(accountId, KeyId);
  const copies = await controlPlane.store.listImportedMaterials(accountId, KeyId);
  const current = rows.filter(({ state }) => state === 'CURRENT');
  expect(current).toHaveLength(1);
  expect(rows.filter(({ state }) => state === 'PENDING_ROTATION').length).toBeLessThanOrEqual(1);
  for (const { material_id, wrapped, valid_to_ms } of copies) {
    expect(rows.map((row) => row.material_id)).toContain(material_id);
    if (wrapped === null) expect(valid_to_ms).toBeNull();
  }
  for (const there of REGIONS) {
    const key = await controlPlane.store.findKey(accountId, there, KeyId);
    expect(key?.shared.current_material_id).toBe(current[0]?.material_id);
    const state = key?.regional.state ?? 'gone';
    const complete = isComplete(
      rows,
      copies.filter((copy) => copy.region === there),
      controlPlane.clock.now(),
    );
    const leaving = state === 'PendingDeletion' || state === 'PendingReplicaDeletion';
    if (!leaving)
      expect([there, complete, state]).toEqual([
        there,
        complete,
        complete ? expect.stringMatching(/^(En|Dis)abled$/) : 'PendingImport',
      ]);
  }
}

test('a key is usable exactly where its material is complete, with one current and at most one pending material', async () => {
  const tally = { done: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 2, maxLength: 4 }), { minLength: 3, maxLength: 8 }),
      async (rounds) => {
        const key = await aWholeKey();
        const startedAt = controlPlane.clock.now();
        const idsByMaterial = new Map<number, string>();
        for (const round of rounds) {
          const outcomes = await Promise.allSettled(round.map((asked) => perform(key, idsByMaterial, asked)));
          for (const outcome of outcomes) {
            if (outcome.status === 'fulfilled') tally.done += 1;
            else {
              tally.refused += 1;
              expect((outcome.reason as { readonly code?: string }).code).toMatch(
                /^(KMSInvalidState|IncorrectKeyMaterial|UnsupportedOperation|Disabled|NotFound)Exception$/,
              );
            }
          }
          controlPlane.clock.advance(61_000);
          expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
          await expectWhole(key.KeyId);
        }
        expect(controlPlane.clock.now() - startedAt).toBeLessThan(DAY_MS);
      },
    ),
    { numRuns: runs(5, 100) },
  );
  process.stdout.write(`concurrent imports: ${tally.done} done, ${tally.refused} refused\n`);
  expect(Math.min(tally.done, tally.refused)).toBeGreaterThan(0);
});
