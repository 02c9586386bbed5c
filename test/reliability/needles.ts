/** Secrets to search for, in all common encodings of bytes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveKey, encodeTexts } from '@keystead/control-plane/hsm/crypto/kdf.ts';
import { RootKeys } from '@keystead/control-plane/hsm/crypto/root-keys.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { materialBinding, unwrap } from '@keystead/control-plane/hsm/crypto/wrapping.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import Database from 'better-sqlite3';

export interface Needle {
  /** The secret and its encoding. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Raw, hex, Base64 at every offset in a longer text, URL-safe Base64, and as a list of decimal numbers. */
export function formsOf(name: string, secret: Uint8Array | string): Needle[] {
  const raw = Buffer.from(secret);
  const hex = raw.toString('hex');
  const texts: Record<string, string> = {
    hex,
    'upper-case hex': hex.toUpperCase(),
    numbers: [...raw].join(','),
    'spaced numbers': [...raw].join(', '),
  };
  for (const shift of [0, 1, 2]) {
    // Only the characters that do not depend on neighboring bytes.
    const base64 = Buffer.concat([Buffer.alloc(shift), raw])
      .toString('base64')
      .replace(/=+$/, '');
    const own = base64.slice(shift === 0 ? 0 : shift + 1, (raw.length + shift) % 3 === 0 ? undefined : -1);
    texts[`Base64 at ${shift}`] = own;
    texts[`URL-safe Base64 at ${shift}`] = own.replaceAll('+', '-').replaceAll('/', '_');
  }
  const forms = Object.entries(texts).map(([form, text]) => ({ name: `${name} (${form})`, bytes: Buffer.from(text) }));
  return [{ name: `${name} (raw)`, bytes: raw }, ...forms];
}

/** Names of the needles that occur, found in one pass. */
export function namesIn(haystack: Uint8Array, needles: readonly Needle[]): readonly string[] {
  const byStart = new Map<number, Needle[]>();
  const starts = new Uint8Array(1 << 16);
  for (const needle of needles) {
    const start = needle.bytes.readUInt16LE(0);
    starts[start] = 1;
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
  }
  const found = new Set<string>();
  for (let at = 0; at + 1 < haystack.length; at += 1) {
    const start = (haystack[at] as number) | ((haystack[at + 1] as number) << 8);
    if (starts[start] !== 1) continue;
    for (const { name, bytes } of byStart.get(start) ?? []) {
      if (bytes.equals(haystack.subarray(at, at + bytes.length))) found.add(name);
    }
  }
  return [...found];
}

export interface InstallationSecrets {
  readonly rootKey: readonly Needle[];
  /** Domain keys of these Regions, the key that wraps access-key secrets and the one that signs checkpoints. */
  readonly wrappingKeys: readonly Needle[];
  /** Every key material in the database, unwrapped with the root key. */
  readonly materials: readonly Needle[];
}

/** The secrets of a server's HSM, derived from its root key and its database; the server can be running. */
export async function secretsOf(dataDir: string, regions: readonly string[]): Promise<InstallationSecrets> {
  const rootKey = await readFile(join(dataDir, 'root.key'));
  const database = new Database(join(dataDir, 'keystead.db'), { readonly: true });
  try {
    const rows = database
      .prepare(
        `select m.account_id, m.key_id, m.material_id, m.wrapped, s.key_spec, s.domain_region
         from (select account_id, key_id, material_id, wrapped from key_materials
               union all select account_id, key_id, material_id, wrapped from imported_materials) m
         join key_sets s on s.account_id = m.account_id and s.key_id = m.key_id where m.wrapped is not null`,
      )
      .all() as Record<string, string>[];
    const materials = rows.flatMap((row) => {
      const { account_id: accountId = '', key_id: keyId = '', material_id: materialId = '' } = row;
      const keySpec = row.key_spec as KeySpec;
      const owner = { accountId, keyId, domainRegion: row.domain_region ?? '', keySpec };
      const wrapped = row.wrapped as unknown as Uint8Array;
      const opened = unwrap(
        RootKeys.first(new SecretBytes(Buffer.from(rootKey))),
        materialBinding(owner, materialId),
        wrapped,
      );
      return opened.useOnce((bytes) => formsOf(`material ${materialId.slice(0, 8)} of ${keyId}`, bytes));
    });
    return { rootKey: formsOf('root key', rootKey), wrappingKeys: wrappingKeys(rootKey, rows, regions), materials };
  } finally {
    database.close();
  }
}

function wrappingKeys(rootKey: Buffer, rows: readonly Record<string, string>[], regions: readonly string[]): Needle[] {
  const generation = Buffer.of(0, 0, 0, 1);
  const derived = (name: string, label: Parameters<typeof deriveKey>[1], context: Uint8Array) =>
    deriveKey(rootKey, label, Buffer.concat([context, generation])).useOnce((bytes) => formsOf(name, bytes));
  const checkpointKey = deriveKey(rootKey, 'keystead checkpoint key v1', new Uint8Array(0)).useOnce((bytes) =>
    formsOf('checkpoint key', bytes),
  );
  const perAccount = [...new Set(rows.map((row) => row.account_id ?? ''))].flatMap((account) => [
    ...derived(`secrets key of ${account}`, 'keystead access key secret v1', encodeTexts(account)),
    ...regions.flatMap((region) =>
      derived(`domain key of ${account} in ${region}`, 'keystead domain key v1', encodeTexts(account, region)),
    ),
  ]);
  return [...checkpointKey, ...perAccount];
}
