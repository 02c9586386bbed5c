/** Reads over everything that is wrapped under the root key, in all accounts, with what it is bound to. */
import type { KeySpec, Origin } from '@keystead/provider-schema/vocabulary.ts';
import type { AccessKeyRow, CustomKeyStoreRow, ImportedMaterialRow, KeyMaterialRow } from './tables.ts';

/** The columns of its KMS key to which key material is bound. */
export interface BoundTo {
  readonly key_spec: KeySpec;
  readonly origin: Origin;
  readonly domain_region: string;
}

type Wrapped<Row> = Row & { readonly wrapped: Uint8Array };

/** By table. */
export interface WrappedRows {
  readonly key_materials: Wrapped<Pick<KeyMaterialRow, 'account_id' | 'key_id' | 'material_id' | 'revision'> & BoundTo>;
  readonly imported_materials: Wrapped<
    Pick<ImportedMaterialRow, 'account_id' | 'region' | 'key_id' | 'material_id' | 'revision'> & BoundTo
  >;
  readonly access_keys: Pick<AccessKeyRow, 'access_key_id' | 'account_id' | 'wrapped_secret' | 'revision'>;
  readonly custom_key_stores: Pick<
    CustomKeyStoreRow,
    'account_id' | 'region' | 'custom_key_store_id' | 'type' | 'xks_access_key_id' | 'wrapped_secret' | 'revision'
  >;
}

export type WrappedTable = keyof WrappedRows;

/** In the order in which they are gone through. */
export const wrappedTables: readonly WrappedTable[] = [
  'key_materials',
  'imported_materials',
  'access_keys',
  'custom_key_stores',
];

export interface WrappedPage {
  /** Only what a generation before this one wraps; absent: everything. */
  readonly before?: number;
  /** The primary key of the last row of the previous page, in the order of its columns. */
  readonly after?: readonly string[];
  readonly limit: number;
}

export interface WrappedSecretReader {
  /** In the order of the primary key. Material of a key that does not exist is left out: nothing can use it. */
  listWrapped<T extends WrappedTable>(table: T, page: WrappedPage): Promise<readonly WrappedRows[T][]>;
  /** How many rows of each table a generation before this one wraps. Reads the whole tables. */
  countWrapped(before: number): Promise<Readonly<Record<WrappedTable, number>>>;
}
