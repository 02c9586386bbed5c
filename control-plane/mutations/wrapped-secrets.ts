/** Rows of the store with something wrapped, in the terms of the Hsm port, and the change that wraps one again. */
import { keyStoreOwner, xksProxyOf } from '../domain/key-stores/key-store-login.ts';
import { materialOwner } from '../domain/keys/material-owner.ts';
import type { WrappedSecretOf } from '../hsm/port/wrapped-secret.ts';
import type { Mutation } from '../storage/port/store.ts';
import type { TableName } from '../storage/port/tables.ts';
import type { WrappedRows, WrappedTable } from '../storage/port/wrapped-secrets.ts';
import { secretOwner } from '../xks/port/xks.ts';

interface OfTable<Row> {
  /** What the row keeps wrapped, and what that is bound to. */
  secret(row: Row): WrappedSecretOf;
  /** Its primary key, in the order of the columns. */
  key(row: Row): readonly string[];
  rewrapped(row: Row, wrapped: Uint8Array): Mutation;
}

type MaterialRow = WrappedRows['key_materials'] | WrappedRows['imported_materials'];

function materialOf(row: MaterialRow): WrappedSecretOf {
  const names = { ...materialOwner({ shared: row }), materialId: row.material_id, wrapped: row.wrapped };
  return row.origin === 'AWS_CLOUDHSM' ? { kind: 'pkcs11-key', ...names } : { kind: 'key-material', ...names };
}

export const wrappedSecrets: { readonly [T in WrappedTable]: OfTable<WrappedRows[T]> } = {
  key_materials: {
    secret: materialOf,
    key: ({ account_id, key_id, material_id }) => [account_id, key_id, material_id],
    rewrapped: ({ account_id, key_id, material_id, revision }, wrapped) => {
      const key = { account_id, key_id, material_id };
      return { op: 'update', table: 'key_materials', key, revision, set: { wrapped } };
    },
  },
  imported_materials: {
    secret: materialOf,
    key: ({ account_id, region, key_id, material_id }) => [account_id, region, key_id, material_id],
    rewrapped: ({ account_id, region, key_id, material_id, revision }, wrapped) => {
      const key = { account_id, region, key_id, material_id };
      return { op: 'update', table: 'imported_materials', key, revision, set: { wrapped } };
    },
  },
  access_keys: {
    secret: ({ account_id: accountId, access_key_id: accessKeyId, wrapped_secret: wrapped }) => ({
      kind: 'access-key-secret',
      accountId,
      accessKeyId,
      wrapped,
    }),
    key: ({ access_key_id }) => [access_key_id],
    rewrapped: ({ access_key_id, revision }, wrapped_secret) => {
      return { op: 'update', table: 'access_keys', key: { access_key_id }, revision, set: { wrapped_secret } };
    },
  },
  custom_key_stores: {
    secret: (row) =>
      row.type === 'AWS_CLOUDHSM'
        ? { kind: 'key-store-password', ...keyStoreOwner(row), wrapped: row.wrapped_secret }
        : { kind: 'access-key-secret', ...proxySecretOwner(row), wrapped: row.wrapped_secret },
    key: ({ account_id, region, custom_key_store_id }) => [account_id, region, custom_key_store_id],
    rewrapped: ({ account_id, region, custom_key_store_id, revision }, wrapped_secret) => {
      const key = { account_id, region, custom_key_store_id };
      return { op: 'update', table: 'custom_key_stores', key, revision, set: { wrapped_secret } };
    },
  },
};

const proxySecretOwner = (row: WrappedRows['custom_key_stores']) =>
  secretOwner(xksProxyOf({ ...row, xks_uri_endpoint: null, xks_uri_path: null }));

/** For people: `key_materials 111122223333/…`; contains no secret. */
export const nameOfWrapped = <T extends WrappedTable>(table: T, row: WrappedRows[T]): string =>
  `${table} ${wrappedSecrets[table].key(row).join('/')}`;

/** Their bytes are documents. Those of every other table count as wrapped, so that none is forgotten. */
const withPlainBytes: ReadonlySet<TableName> = new Set(['drift_stacks', 'drift_reports']);

/** Everything wrapped that a write stores. */
export function wrappedBy(mutations: readonly Mutation[]): readonly Uint8Array[] {
  return mutations.flatMap((mutation) => {
    if (mutation.op !== 'insert' && mutation.op !== 'update') return [];
    if (withPlainBytes.has(mutation.table)) return [];
    const cells: object = mutation.op === 'insert' ? mutation.row : mutation.set;
    return Object.values(cells).filter((cell) => cell instanceof Uint8Array);
  });
}
