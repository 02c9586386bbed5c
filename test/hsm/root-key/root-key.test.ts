import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SealError } from '@keystead/control-plane/hsm/port/seal-error.ts';
import { type SealConfig, sealOf } from '@keystead/control-plane/hsm/root-key/root-key.ts';
import { fromHex } from '../../support/external-vectors.ts';

const vector: { readonly passphrase: string; readonly rootKey: string; readonly file: string } = JSON.parse(
  readFileSync(new URL('../../vectors/sealed-root-key-v1.json', import.meta.url), 'utf8'),
);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-root-key-'));
});
afterEach(() => rm(directory, { recursive: true }));

const open = async (config: SealConfig) =>
  (await sealOf(config).open()).inUse.rootKey.use((bytes) => Buffer.from(bytes).toString('hex'));
const refusal = (config: SealConfig): Promise<SealError> =>
  open(config).then(
    () => Promise.reject(new Error('it was not refused')),
    (error) => error,
  );
const refusedWith = (message: RegExp, hint: RegExp) =>
  expect.objectContaining({
    name: 'SealError',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

describe('the key file seal', () => {
  const config = (more: { mustExist?: boolean } = {}) => ({
    kind: 'file' as const,
    path: join(directory, 'root.key'),
    ...more,
  });

  test('creates a root key of 32 bytes at the first start, mode 0600, and leaves nothing else behind', async () => {
    const key = await open(config());
    expect((await stat(config().path)).mode & 0o777).toBe(0o600);
    expect((await readFile(config().path)).toString('hex')).toBe(key);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await readdir(directory)).toEqual(['root.key']);
  });

  test('returns the same root key at every later start', async () => {
    expect(await open(config())).toBe(await open(config({ mustExist: true })));
  });

  test('returns one root key to all processes that start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => open(config())));
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(directory)).toEqual(['root.key']);
  });

  test('opens through a symbolic link, as mounted secrets are', async () => {
    const key = await open(config());
    await symlink(config().path, join(directory, 'link'));
    expect(await open({ kind: 'file', path: join(directory, 'link') })).toBe(key);
  });

  test('refuses a file that other users can read, and says how to close it', async () => {
    await open(config());
    await chmod(config().path, 0o640);
    expect(await refusal(config())).toEqual(refusedWith(/open to other users \(mode 0640\)/, /chmod 600 .*root\.key/));
  });

  test.each([0, 31, 33, 4096, 4097])('refuses a file of %i bytes and does not touch it', async (size) => {
    await writeFile(config().path, Buffer.alloc(size), { mode: 0o600 });
    expect(await refusal(config())).toEqual(
      refusedWith(/bytes; a root key has 32|not a regular file of at most 4096 bytes/, /./),
    );
    expect(await readFile(config().path)).toHaveLength(size);
  });

  test('refuses to start without the file of an existing installation, and creates none', async () => {
    expect(await refusal(config({ mustExist: true }))).toEqual(refusedWith(/no root key at/, /backup/));
    expect(await readdir(directory)).toEqual([]);
  });

  test('refuses a directory in its place, and a path below a missing directory', async () => {
    expect(await refusal({ kind: 'file', path: directory })).toEqual(
      refusedWith(/not a regular file|cannot be read/, /./),
    );
    const nowhere = join(directory, 'missing', 'root.key');
    expect(await refusal({ kind: 'file', path: nowhere })).toEqual(refusedWith(/cannot be created/, /directory/));
  });
});

describe('the passphrase seal', () => {
  const config = (more: { mustExist?: boolean; passphrasePath?: string } = {}) => ({
    kind: 'passphrase' as const,
    path: join(directory, 'root.key.sealed'),
    passphrasePath: join(directory, 'passphrase'),
    ...more,
  });
  const give = async (passphrase: string, name = 'passphrase') => {
    await writeFile(join(directory, name), passphrase, { mode: 0o600 });
    return join(directory, name);
  };

  const giveSealed = (bytes: Uint8Array) => writeFile(config().path, bytes, { mode: 0o600 });

  test('seals a new root key on first start, keeps neither it nor the passphrase, and opens it again', async () => {
    await give('correct horse battery staple');
    const key = await open(config());
    expect((await stat(config().path)).mode & 0o777).toBe(0o600);
    const sealed = await readFile(config().path);
    expect(sealed.toString('hex')).not.toContain(key);
    expect(sealed.toString('latin1')).not.toContain('horse');
    expect([...sealed.subarray(0, 4)]).toEqual([1, 17, 8, 1]);
    expect(await open(config({ mustExist: true }))).toBe(key);
  });

  test.each(['', '\n', '\r\n'])(
    'opens the frozen file of version 1 with its passphrase and line end %j',
    async (lineEnd) => {
      await giveSealed(fromHex(vector.file));
      await give(`${vector.passphrase}${lineEnd}`);
      expect(await open(config())).toBe(vector.rootKey);
    },
  );

  test('refuses another passphrase and a damaged file with the same error', async () => {
    await giveSealed(fromHex(vector.file));
    const other = await refusal(config({ passphrasePath: await give('incorrect horse battery staple', 'other') }));
    expect(other).toEqual(refusedWith(/passphrase is wrong, or the file is damaged/, /backup/));
    await give(vector.passphrase);
    for (const offset of [4, 36, 48, 95]) {
      const damaged = fromHex(vector.file);
      damaged[offset] = (damaged[offset] ?? 0) ^ 1;
      await giveSealed(damaged);
      expect(await refusal(config())).toEqual(other);
    }
  });

  test.each([
    ['another version', 0, 9],
    ['an endless scrypt cost', 1, 63],
    ['no scrypt cost', 1, 0],
  ])('refuses a file with %s', async (_, offset, value) => {
    await give('correct horse battery staple');
    const sealed = Buffer.concat([Buffer.of(1, 17, 8, 1), randomBytes(92)]);
    sealed[offset] = value;
    await writeFile(config().path, sealed, { mode: 0o600 });
    expect(await refusal(config())).toEqual(refusedWith(/not a sealed root key/, /backup/));
  });

  test('refuses a passphrase file that is missing, too short, or open to other users', async () => {
    expect(await refusal(config())).toEqual(refusedWith(/no passphrase file/, /0600/));
    await give('short\n');
    expect(await refusal(config())).toEqual(refusedWith(/shorter than 12/, /longer/));
    await give('correct horse battery staple');
    await chmod(config().passphrasePath, 0o644);
    expect(await refusal(config())).toEqual(refusedWith(/open to other users/, /chmod 600/));
    expect(await readdir(directory)).toEqual(['passphrase']);
  });
});
