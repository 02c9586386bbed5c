/** Queries over wrapped key material. */
import type { KeyMaterialReader } from '../port/key-materials.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

type SharedMaterialQuery = 'findMaterial' | 'listMaterials';

export function keyMaterialQueries(db: QueryBuilder, run: RunQuery): KeyMaterialReader {
  return { ...sharedMaterials(db, run), ...importedMaterials(db, run) };
}

interface KeyOf {
  readonly accountId: string;
  readonly keyId: string;
}

function sharedMaterials(db: QueryBuilder, run: RunQuery): Pick<KeyMaterialReader, SharedMaterialQuery> {
  const ofKey = (key: KeyOf) =>
    db.selectFrom('key_materials').selectAll().where('account_id', '=', key.accountId).where('key_id', '=', key.keyId);
  const byId = prepare((key: KeyOf & { materialId: string }) => ofKey(key).where('material_id', '=', key.materialId));
  const all = prepare((key: KeyOf) => ofKey(key).orderBy('created_at_ms').orderBy('material_id'));
  return {
    findMaterial: async (accountId, keyId, materialId) => (await run(byId({ accountId, keyId, materialId })))[0],
    listMaterials: (accountId, keyId) => run(all({ accountId, keyId })),
  };
}

function importedMaterials(db: QueryBuilder, run: RunQuery): Omit<KeyMaterialReader, SharedMaterialQuery> {
  const imported = () => db.selectFrom('imported_materials').selectAll();
  const byId = prepare((key: KeyOf & { region: string; materialId: string }) =>
    imported()
      .where('account_id', '=', key.accountId)
      .where('region', '=', key.region)
      .where('key_id', '=', key.keyId)
      .where('material_id', '=', key.materialId),
  );
  const ofAllRegions = prepare((key: KeyOf) =>
    imported()
      .where('account_id', '=', key.accountId)
      .where('key_id', '=', key.keyId)
      .orderBy('region')
      .orderBy('material_id'),
  );
  const expired = prepare((due: { nowMs: number; limit: number }) =>
    imported()
      .where('valid_to_ms', '<=', due.nowMs)
      .orderBy('valid_to_ms')
      .orderBy('key_id')
      .orderBy('region')
      .orderBy('material_id')
      .limit(due.limit),
  );
  return {
    findImportedMaterial: async (accountId, region, keyId, materialId) =>
      (await run(byId({ accountId, region, keyId, materialId })))[0],
    listImportedMaterials: (accountId, keyId) => run(ofAllRegions({ accountId, keyId })),
    listExpiredMaterials: (nowMs, limit) => run(expired({ nowMs, limit })),
  };
}
