import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RootKeys } from '@keystead/control-plane/hsm/crypto/root-keys.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { addGeneration, removeGenerationsBefore } from '@keystead/control-plane/hsm/root-key/change.ts';
import { encodeGenerations, parseGenerations } from '@keystead/control-plane/hsm/root-key/generations.ts';
import { type SealConfig, sealOf } from '@keystead/control-plane/hsm/root-key/root-key.ts';
import { fromHex } from '../../support/external-vectors.ts';

interface Vector {
  readonly file: string;
  readonly installationRootKey: string;
  readonly removal: { readonly removedAtMs: number; readonly removedBy: string };
  readonly generations: readonly {
    readonly generation: number;
    readonly createdAtMs: number;
    readonly createdBy: string;
    readonly rootKey: string;
  }[];
}
const vector: Vector = JSON.parse(
  readFileSync(new URL('../../vectors/root-key-generations.json', import.meta.url), 'utf8'),
);

const hexOf = (secret: SecretBytes) => secret.use((bytes) => Buffer.from(bytes).toString('hex'));
const origin = { createdAtMs: Date.UTC(2026, 5, 1), createdBy: 'alice@hsm-1' };
const removal = { removedAtMs: Date.UTC(2026, 6, 1), removedBy: 'bob@hsm-1' };
const approved = async () => undefined;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-generations-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('the stored form of generations', () => {
  const vectorRootKeys = () =>
    new RootKeys(
      vector.generations.map(({ generation, rootKey, createdAtMs, createdBy }) => ({
        generation,
        rootKey: new SecretBytes(fromHex(rootKey)),
        origin: { createdAtMs, createdBy },
      })),
      RootKeys.first(new SecretBytes(fromHex(vector.installationRootKey))).installation,
      vector.removal,
    );

  test('is frozen', () => {
    expect(encodeGenerations(vectorRootKeys()).toString('hex')).toBe(vector.file);
    const parsed = parseGenerations(Buffer.from(fromHex(vector.file)));
    expect(parsed?.describe()).toEqual(vectorRootKeys().describe());
    expect(parsed?.removal).toEqual(vector.removal);
    expect(parsed?.generations.map(({ rootKey }) => hexOf(rootKey))).toEqual(
      vector.generations.map(({ rootKey }) => rootKey),
    );
    expect(parsed?.installation.fingerprint).toBe(vectorRootKeys().installation.fingerprint);
  });

  test('is refused when a bit is changed, or when it is cut off or longer', () => {
    const file = Buffer.from(fromHex(vector.file));
    for (let at = 0; at < file.length; at++) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(parseGenerations(damaged)).toBeUndefined();
      expect(parseGenerations(file.subarray(0, at))).toBeUndefined();
    }
    expect(parseGenerations(Buffer.concat([file, Buffer.of(0)]))).toBeUndefined();
  });
});

describe.each<SealConfig['kind']>(['file', 'passphrase'])('a stored root key with the seal %s', (kind) => {
  const config = (): SealConfig => {
    const path = join(directory, 'root.key');
    return kind === 'file'
      ? { kind, path, mustExist: true }
      : { kind, path, passphrasePath: join(directory, 'passphrase'), mustExist: true };
  };
  /** As a first start leaves it. @returns the root key, hex */
  const create = async (): Promise<string> => {
    await writeFile(join(directory, 'passphrase'), 'correct horse battery staple', { mode: 0o600 });
    return hexOf((await sealOf({ ...config(), mustExist: false }).open()).inUse.rootKey);
  };
  const opened = () => sealOf(config()).open();

  test('is rotated: what it was stays the first generation, and who added the next one is known', async () => {
    const first = await create();
    expect(await addGeneration(config(), origin)).toBe(2);
    expect(await addGeneration(config(), { ...origin, createdBy: 'bob@hsm-1' })).toBe(3);
    const keys = await opened();
    expect(keys.generations.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(hexOf(keys.generations[0]?.rootKey ?? new SecretBytes(Buffer.of()))).toBe(first);
    expect(new Set(keys.generations.map(({ rootKey }) => hexOf(rootKey))).size).toBe(3);
    expect(keys.describe().map(({ createdBy, createdAtMs }) => [createdBy, createdAtMs])).toEqual([
      [undefined, undefined],
      ['alice@hsm-1', origin.createdAtMs],
      ['bob@hsm-1', origin.createdAtMs],
    ]);
    expect(keys.inUse.generation).toBe(1);
    expect((await stat(config().path)).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).toSorted()).toEqual(['passphrase', 'root.key']);
  });

  test('keeps its identity when the first generation is removed, and that generation is gone', async () => {
    const first = await create();
    const { fingerprint } = (await opened()).installation;
    await addGeneration(config(), origin);
    const seen: number[] = [];
    await removeGenerationsBefore(config(), 2, removal, async (left) => {
      seen.push(...left.generations.map(({ generation }) => generation));
    });
    expect(seen).toEqual([2]);
    const keys = await opened();
    expect(keys.generations.map(({ generation }) => generation)).toEqual([2]);
    expect(keys.installation.fingerprint).toBe(fingerprint);
    expect(keys.removal).toEqual(removal);
    expect((await readFile(config().path)).toString('hex')).not.toContain(first);
  });

  test('stays as it is when there is nothing to remove, and names no removal', async () => {
    await create();
    await addGeneration(config(), origin);
    const before = await readFile(config().path);
    expect(await removeGenerationsBefore(config(), 1, removal, approved)).toBe(false);
    expect(await readFile(config().path)).toEqual(before);
    expect((await opened()).removal).toBeUndefined();
    expect(await removeGenerationsBefore(config(), 2, removal, approved)).toBe(true);
  });

  test('stays as it is when a removal is not approved, or names a generation that it does not have', async () => {
    await create();
    await addGeneration(config(), origin);
    const before = await readFile(config().path);
    const refused = removeGenerationsBefore(config(), 2, removal, () => Promise.reject(new Error('still needed')));
    await expect(refused).rejects.toThrow('still needed');
    await expect(removeGenerationsBefore(config(), 3, removal, approved)).rejects.toThrow('has no generation 3');
    expect(await readFile(config().path)).toEqual(before);
  });

  test('that is damaged is refused, not taken for another one', async () => {
    await create();
    await addGeneration(config(), origin);
    const damaged = await readFile(config().path);
    damaged[damaged.length - 40] = (damaged[damaged.length - 40] ?? 0) ^ 1;
    await writeFile(config().path, damaged);
    await expect(opened()).rejects.toThrow(/damaged/);
    await expect(addGeneration(config(), origin)).rejects.toThrow(/damaged/);
  });
});

describe('a change of the stored root key', () => {
  const seal = () => ({ kind: 'file', path: join(directory, 'root.key') }) as const;
  const generations = async () => (await sealOf(seal()).open()).generations.map(({ generation }) => generation);

  test('is made by one command at a time: none of two is lost', async () => {
    await sealOf(seal()).open();
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => addGeneration(seal(), origin)));
    const added = results.filter(({ status }) => status === 'fulfilled');
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(added.length).toBeGreaterThan(0);
    expect((await generations()).length).toBe(1 + added.length);
    for (const result of refused) {
      expect(result).toMatchObject({ reason: { message: expect.stringContaining('Another command is changing') } });
    }
  });

  test('goes on after a command that was killed in its middle', async () => {
    await sealOf(seal()).open();
    // No process has this id: it is above the largest one that Linux and macOS give.
    await writeFile(`${seal().path}.lock`, '4194305');
    expect(await addGeneration(seal(), origin)).toBe(2);
    expect(await readdir(directory)).toEqual(['root.key']);
  });

  test('never makes a root key where there is none, and stops at 32 generations', async () => {
    await expect(addGeneration(seal(), origin)).rejects.toThrow('There is no root key');
    expect(await readdir(directory)).toEqual([]);
    await sealOf(seal()).open();
    for (let generation = 2; generation <= 32; generation++) await addGeneration(seal(), origin);
    await expect(addGeneration(seal(), origin)).rejects.toThrow('as many as it can have');
    expect((await generations()).length).toBe(32);
  });

  test('replaces the file behind a link, and refuses one that other users can read', async () => {
    await sealOf(seal()).open();
    const link = { kind: 'file', path: join(directory, 'link') } as const;
    await symlink(seal().path, link.path);
    expect(await addGeneration(link, origin)).toBe(2);
    expect(await generations()).toEqual([1, 2]);
    await chmod(seal().path, 0o644);
    await expect(addGeneration(seal(), origin)).rejects.toThrow('open to other users');
  });
});
