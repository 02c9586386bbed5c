/**
 * The look-ups that nearly every request repeats, answered from memory: keys and their material, aliases, grants to a
 * grantee, key stores, access keys and principals. All other reads go to the database, and so does a look-up that found
 * nothing before.
 */
import { type Mutation, type StoreReader, StoreUnavailable } from '../port/store.ts';
import type { TableName } from '../port/tables.ts';
import type { RowMemory, RowNames } from './row-memory.ts';

type Cells = Readonly<Record<string, unknown>>;

/** Names rows that change together, or are looked up together: all rows of a key, all grants of a key in a Region. */
const rowName = (kind: string, ...identity: readonly unknown[]): string => `${kind} ${identity.join(' ')}`;

const keyRows = ['key', 'account_id', 'key_id'] as const;

/** Table → kind and identifying columns of its rows' names. A table that is not here is in no remembered look-up. */
const namings: { readonly [Table in TableName]?: readonly [kind: string, ...columns: string[]] } = {
  keys: keyRows,
  key_sets: keyRows,
  key_materials: keyRows,
  imported_materials: keyRows,
  grants: ['grants', 'account_id', 'region', 'key_id'],
  aliases: ['alias', 'account_id', 'region', 'alias_name'],
  custom_key_stores: ['key-store', 'account_id', 'region', 'custom_key_store_id'],
  access_keys: ['access-key', 'access_key_id'],
  principals: ['principal', 'principal_id'],
  accounts: ['account', 'account_id'],
};

/** The rows that the mutations touch; undefined when they do not say which. */
export function touchedRows(mutations: readonly Mutation[]): RowNames | undefined {
  const rows = new Set<string>();
  for (const mutation of mutations) {
    const naming = namings[mutation.table];
    if (!naming || mutation.op === 'require') continue;
    const [kind, ...columns] = naming;
    const cells = cellsOf(mutation);
    if (columns.some((column) => cells[column] === undefined)) return undefined;
    rows.add(rowName(kind, ...columns.map((column) => cells[column])));
  }
  return [...rows];
}

function cellsOf(mutation: Mutation): Cells {
  if (mutation.op === 'insert') return mutation.row;
  return mutation.op === 'deleteAll' ? mutation.where : mutation.key;
}

/** A write, with the memory told before it and after it. */
export async function writeThrough(
  memory: RowMemory,
  mutations: readonly Mutation[],
  write: () => Promise<unknown>,
): Promise<void> {
  const end = memory.begin(touchedRows(mutations));
  let isKnown = true;
  try {
    await write();
  } catch (error) {
    isKnown = !(error instanceof StoreUnavailable);
    throw error;
  } finally {
    end(isKnown);
  }
}

/** @returns the reader, whose point look-ups are answered from memory where they can be */
export function rememberingReader(reader: StoreReader, memory: RowMemory): StoreReader {
  return { ...reader, ...rememberedKeys(reader, memory), ...rememberedPrincipals(reader, memory) };
}

type KeyLookUps = Pick<
  StoreReader,
  'findKey' | 'findMaterial' | 'findImportedMaterial' | 'findAlias' | 'findCustomKeyStore' | 'listGrantsForGrantees'
>;

function rememberedKeys(reader: StoreReader, memory: RowMemory): KeyLookUps {
  return {
    async findKey(accountId, region, keyId) {
      const name = `key ${accountId} ${region} ${keyId}`;
      const read = () => reader.findKey(accountId, region, keyId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName('key', accountId, keyId)]);
    },
    async findMaterial(accountId, keyId, materialId) {
      const name = `material ${accountId} ${keyId} ${materialId}`;
      const read = () => reader.findMaterial(accountId, keyId, materialId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName('key', accountId, keyId)]);
    },
    async findImportedMaterial(accountId, region, keyId, materialId) {
      const name = `imported ${accountId} ${region} ${keyId} ${materialId}`;
      const read = () => reader.findImportedMaterial(accountId, region, keyId, materialId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName('key', accountId, keyId)]);
    },
    async findAlias(accountId, region, aliasName) {
      const name = `alias ${accountId} ${region} ${aliasName}`;
      const read = () => reader.findAlias(accountId, region, aliasName);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName('alias', accountId, region, aliasName)]);
    },
    async findCustomKeyStore(accountId, region, keyStoreId) {
      const name = `key-store ${accountId} ${region} ${keyStoreId}`;
      const read = () => reader.findCustomKeyStore(accountId, region, keyStoreId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName('key-store', accountId, region, keyStoreId)]);
    },
    async listGrantsForGrantees(accountId, region, keyId, granteeIds, limit) {
      const name = `grants ${accountId} ${region} ${keyId} ${limit} ${granteeIds.join(' ')}`;
      const read = () => reader.listGrantsForGrantees(accountId, region, keyId, granteeIds, limit);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName('grants', accountId, region, keyId)]);
    },
  };
}

type PrincipalLookUps = Pick<StoreReader, 'findAccessKey' | 'findPrincipalById'>;

/** With the revision of the account's identities, which is in the account's row. */
function rememberedPrincipals(reader: StoreReader, memory: RowMemory): PrincipalLookUps {
  return {
    async findAccessKey(accessKeyId) {
      const name = `access-key ${accessKeyId}`;
      const read = () => reader.findAccessKey(accessKeyId);
      return (
        memory.get(name) ??
        memory.lookUp(name, read, ({ account_id, principal_id }) => [
          rowName('access-key', accessKeyId),
          rowName('principal', principal_id),
          rowName('account', account_id),
        ])
      );
    },
    async findPrincipalById(principalId) {
      const name = `principal ${principalId}`;
      const read = () => reader.findPrincipalById(principalId);
      return (
        memory.get(name) ??
        memory.lookUp(name, read, ({ principal }) => [
          rowName('principal', principalId),
          rowName('account', principal.account_id),
        ])
      );
    },
  };
}
