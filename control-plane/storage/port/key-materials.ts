/** Reads over wrapped key material: that which all Regions share, and each Region's copies of imported material. */
import type { ImportedMaterialRow, KeyMaterialRow } from './tables.ts';

export interface KeyMaterialReader {
  findMaterial(accountId: string, keyId: string, materialId: string): Promise<KeyMaterialRow | undefined>;
  /** Oldest first. */
  listMaterials(accountId: string, keyId: string): Promise<readonly KeyMaterialRow[]>;
  /** A Region's copy of imported material. */
  findImportedMaterial(
    accountId: string,
    region: string,
    keyId: string,
    materialId: string,
  ): Promise<ImportedMaterialRow | undefined>;
  /** The copies of all Regions, ordered by Region. */
  listImportedMaterials(accountId: string, keyId: string): Promise<readonly ImportedMaterialRow[]>;
  /** Copies of imported material with valid_to_ms ≤ nowMs, oldest first. */
  listExpiredMaterials(nowMs: number, limit: number): Promise<readonly ImportedMaterialRow[]>;
}
