/** Keys in a PKCS#11 token, through the HSM process: they are created and used in the token, and never leave it. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parsePkcs11Ciphertext } from '@keystead/control-plane/domain/key-stores/key-store-ciphertext.ts';
import type { MaterialOwner, Pkcs11Login, WrappedMaterial } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { type SupervisedHsm, startHsm } from '@keystead/control-plane/hsm/process/supervisor.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { pino } from 'pino';
import { needs } from '../../support/needs.ts';
import { makePkcs11Tokens, PIN, type Pkcs11TestTokens } from '../../support/softhsm.ts';

needs('softhsm', 'binding');

const execute = promisify(execFile);

const clusterId = 'cluster-2a23b4cdefg';
const store = { accountId: '111122223333', keyStoreId: 'cks-1234567890abcdef0' };
const owner: MaterialOwner = {
  accountId: '111122223333',
  domainRegion: 'eu-central-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  keySpec: 'SYMMETRIC_DEFAULT',
};
const encryptionContext = { Department: 'finance' };
const plaintext = Buffer.from('to whom it may concern');

let pkcs11Tokens: Pkcs11TestTokens;
let directory: string;
let hsm: SupervisedHsm;
let login: Pkcs11Login;

const start = () =>
  startHsm({
    seal: { kind: 'file', path: join(directory, 'root.key') },
    directory,
    log: pino({ level: 'silent' }),
    pkcs11Tokens: [
      { clusterId, modulePath: pkcs11Tokens.modulePath, label: 'keystead' },
      { clusterId: 'cluster-empty234567', modulePath: pkcs11Tokens.modulePath, label: 'no such token' },
      { clusterId: 'cluster-nomodule2345', modulePath: '/nowhere/libnone.so', label: 'keystead' },
    ],
    driverEnvironment: pkcs11Tokens.environment,
  });

const loginWith = async (password: string, to = clusterId): Promise<Pkcs11Login> => ({
  ...store,
  clusterId: to,
  wrappedPassword: await hsm.wrapKeyStorePassword(store, new Secret(password)),
});

async function newKey(): Promise<WrappedMaterial> {
  const { materialId, wrapped } = await hsm.generatePkcs11Key(owner, login);
  return { ...owner, materialId, wrapped, pkcs11Login: login };
}

beforeAll(async () => {
  pkcs11Tokens = await makePkcs11Tokens();
  await pkcs11Tokens.addPkcs11Token('keystead');
  directory = await mkdtemp(join(tmpdir(), 'keystead-token-keys-'));
  hsm = await start();
  login = await loginWith(PIN);
});
afterAll(async () => {
  await hsm.close();
  await rm(directory, { recursive: true });
  await pkcs11Tokens.remove();
});

describe('a key in a token', () => {
  test('can be created while others are created, used and destroyed', async () => {
    const first = await newKey();
    const one = async () => {
      const material = await newKey();
      const ciphertextBlob = await hsm.encrypt({ material, plaintext, encryptionContext });
      await hsm.encrypt({ material: first, plaintext, encryptionContext });
      expect(await hsm.decrypt({ material, ciphertextBlob, encryptionContext })).toEqual(plaintext);
      expect(await hsm.destroyPkcs11Key(material)).toBe(true);
    };
    await Promise.all(Array.from({ length: 60 }, one));
  });

  test('encrypts and decrypts with its encryption context', async () => {
    const material = await newKey();
    const ciphertextBlob = await hsm.encrypt({ material, plaintext, encryptionContext });
    expect(parsePkcs11Ciphertext(ciphertextBlob)).toMatchObject({
      keyId: owner.keyId,
      materialId: material.materialId,
    });
    const opened = await hsm.decrypt({ material, ciphertextBlob, encryptionContext });
    expect(Buffer.from(opened)).toEqual(plaintext);
  });

  test('never leaves the token: its value can be neither read nor wrapped', async () => {
    const { backingKeyId } = await hsm.generatePkcs11Key(owner, login);
    // A second application on the same token, with the crypto user's own rights.
    const script = join(import.meta.dirname, '../../support/pkcs11-token-inspector.ts');
    const args = [script, pkcs11Tokens.modulePath, 'keystead', PIN, backingKeyId];
    const { stdout } = await execute(process.execPath, args, { env: { ...pkcs11Tokens.environment } });
    expect(JSON.parse(stdout)).toEqual({
      sensitive: true,
      alwaysSensitive: true,
      extractable: false,
      neverExtractable: true,
      local: true,
      read: 'CKR_ATTRIBUTE_SENSITIVE',
      wrap: 'CKR_KEY_UNEXTRACTABLE',
      makeExtractable: expect.stringMatching(/^CKR_ATTRIBUTE_READ_ONLY/),
    });
  });

  test.each([
    ['the context', (blob: Uint8Array) => blob, { Department: 'sales' }],
    ['the IV', (blob: Uint8Array) => flip(blob, 50), encryptionContext],
    ['the ciphertext', (blob: Uint8Array) => flip(blob, 62), encryptionContext],
    ['the tag', (blob: Uint8Array) => flip(blob, blob.length - 1), encryptionContext],
    ['the key id', (blob: Uint8Array) => flip(blob, 2), encryptionContext],
    ['the material id', (blob: Uint8Array) => flip(blob, 18), encryptionContext],
    ['the version', (blob: Uint8Array) => flip(blob, 0), encryptionContext],
    ['the length', (blob: Uint8Array) => blob.subarray(0, -1), encryptionContext],
  ])('refuses a ciphertext with %s changed, always with the same error', async (_what, change, context) => {
    const material = await newKey();
    const blob = await hsm.encrypt({ material, plaintext, encryptionContext });
    const opened = hsm.decrypt({ material, ciphertextBlob: change(Buffer.from(blob)), encryptionContext: context });
    await expect(opened).rejects.toMatchObject({
      kind: 'invalid-ciphertext',
      message: 'ciphertext, encryption context and key do not belong together',
    });
    const again = await hsm.decrypt({ material, ciphertextBlob: blob, encryptionContext });
    expect(Buffer.from(again)).toEqual(plaintext);
  });

  test('encrypts one to 4,096 bytes', async () => {
    const material = await newKey();
    for (const length of [1, 4096]) {
      const message = randomBytes(length);
      const ciphertextBlob = await hsm.encrypt({ material, plaintext: message, encryptionContext: {} });
      expect(Buffer.from(await hsm.decrypt({ material, ciphertextBlob, encryptionContext: {} }))).toEqual(message);
    }
  });

  test('generates data keys, and re-encrypts to and from keys of the HSM process', async () => {
    const material = await newKey();
    const other = { ...owner, keyId: '99999999-12ab-34cd-56ef-1234567890ab' };
    const local: WrappedMaterial = { ...other, ...(await hsm.generateKey(other)) };
    const dataKey = { material, lengthInBytes: 32, encryptionContext };
    const { ciphertextBlob, plaintext: key } = await hsm.generateDataKey({ ...dataKey, withPlaintext: true });
    expect(await hsm.generateDataKey({ ...dataKey, withPlaintext: false })).not.toHaveProperty('plaintext');
    const contexts = { sourceEncryptionContext: encryptionContext, destinationEncryptionContext: {} };
    const moved = await hsm.reEncrypt({ source: material, ciphertextBlob, destination: local, ...contexts });
    expect(await hsm.decrypt({ material: local, ciphertextBlob: moved, encryptionContext: {} })).toEqual(key);
    const back = await hsm.reEncrypt({
      source: local,
      ciphertextBlob: moved,
      destination: material,
      sourceEncryptionContext: {},
      destinationEncryptionContext: encryptionContext,
    });
    expect(await hsm.decrypt({ material, ciphertextBlob: back, encryptionContext })).toEqual(key);
  });

  test('serves many requests at once through few sessions', async () => {
    const material = await newKey();
    const blobs = await Promise.all(
      Array.from({ length: 40 }, (_, i) => hsm.encrypt({ material, plaintext: Buffer.of(i), encryptionContext: {} })),
    );
    const opened = await Promise.all(
      blobs.map((ciphertextBlob) => hsm.decrypt({ material, ciphertextBlob, encryptionContext: {} })),
    );
    expect(opened.map((bytes) => bytes[0])).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  test('is missing once it is destroyed, and cannot be destroyed again', async () => {
    const material = await newKey();
    expect(await hsm.destroyPkcs11Key(material)).toBe(true);
    expect(await hsm.destroyPkcs11Key(material)).toBe(false);
    await expect(hsm.encrypt({ material, plaintext, encryptionContext })).rejects.toMatchObject({
      kind: 'pkcs11-key-missing',
    });
  });

  test('is found by a new HSM process, which logs in by itself', async () => {
    const material = await newKey();
    const ciphertextBlob = await hsm.encrypt({ material, plaintext, encryptionContext });
    await hsm.close();
    hsm = await start();
    const opened = await hsm.decrypt({ material, ciphertextBlob, encryptionContext });
    expect(Buffer.from(opened)).toEqual(plaintext);
  });

  test('is found again after a logout from its token', async () => {
    const material = await newKey();
    const ciphertextBlob = await hsm.encrypt({ material, plaintext, encryptionContext });
    await hsm.disconnectPkcs11Token(clusterId);
    const opened = await hsm.decrypt({ material, ciphertextBlob, encryptionContext });
    expect(Buffer.from(opened)).toEqual(plaintext);
  });

  test('cannot be used with the wrapped id of another key, or with wrapped key material as its id', async () => {
    const material = await newKey();
    const other = await newKey();
    const swapped = { ...material, wrapped: other.wrapped };
    await expect(hsm.encrypt({ material: swapped, plaintext, encryptionContext })).rejects.toMatchObject({
      kind: 'invalid-material',
    });
    const { pkcs11Login: _, ...withoutLogin } = material;
    await expect(hsm.encrypt({ material: withoutLogin, plaintext, encryptionContext })).rejects.toMatchObject({
      kind: 'invalid-material',
    });
  });
});

describe('a login', () => {
  test('with a wrong PIN is refused, and not tried again until the key store is connected again', async () => {
    const wrong = await loginWith('wrong-horse-7');
    await expect(hsm.connectPkcs11Token(wrong)).rejects.toMatchObject({ kind: 'pkcs11-pin-incorrect' });
    await expect(hsm.pkcs11Random(wrong, 8)).rejects.toMatchObject({ kind: 'pkcs11-pin-incorrect' });
    await hsm.connectPkcs11Token(login);
    expect(await hsm.pkcs11Random(login, 8)).toHaveLength(8);
  });

  test('checks the PIN even while the token is in use', async () => {
    await hsm.connectPkcs11Token(login);
    await expect(hsm.connectPkcs11Token(await loginWith('wrong-horse-7'))).rejects.toMatchObject({
      kind: 'pkcs11-pin-incorrect',
    });
    await hsm.connectPkcs11Token(login);
  });

  test.each([
    [
      'an unknown cluster',
      'cluster-unknown2345',
      'pkcs11-token-unknown',
      'unknown',
      /is configured for cluster-unknown/,
    ],
    [
      ...(['a token that does not exist', 'cluster-empty234567', 'pkcs11-token-inactive', 'inactive'] as const),
      /^none of the module's \d+ tokens has the label "/,
    ],
    [
      ...(['a module that cannot be loaded', 'cluster-nomodule2345', 'pkcs11-token-unknown', 'unknown'] as const),
      /^the PKCS#11 module \S+ cannot be loaded: .*No such file/i,
    ],
  ] as const)('to %s is refused, and says why', async (_what, to, kind, status, cause) => {
    const message = expect.stringMatching(cause);
    await expect(hsm.connectPkcs11Token(await loginWith(PIN, to))).rejects.toMatchObject({ kind, message });
    expect(await hsm.pkcs11TokenStatus(to)).toEqual({ status, cause: message });
  });

  test('to one of two tokens with one label is refused: it says that there are two', async () => {
    await pkcs11Tokens.addPkcs11Token('twin');
    await pkcs11Tokens.addPkcs11Token('twin');
    const own = await mkdtemp(join(tmpdir(), 'keystead-twins-'));
    const twins = await startHsm({
      seal: { kind: 'file', path: join(own, 'root.key') },
      directory: own,
      log: pino({ level: 'silent' }),
      pkcs11Tokens: [{ clusterId, modulePath: pkcs11Tokens.modulePath, label: 'twin' }],
      driverEnvironment: pkcs11Tokens.environment,
    });
    try {
      const cause = '2 tokens have the label "twin": name the serialNumber of the one that is meant';
      expect(await twins.pkcs11TokenStatus(clusterId)).toEqual({ status: 'unfit', cause });
      const { accountId, keyStoreId } = login;
      const wrappedPassword = await twins.wrapKeyStorePassword({ accountId, keyStoreId }, new Secret(PIN));
      await expect(twins.connectPkcs11Token({ ...login, wrappedPassword })).rejects.toMatchObject({
        kind: 'pkcs11-token-unfit',
        message: cause,
      });
    } finally {
      await twins.close();
      await rm(own, { recursive: true });
    }
  });

  test('belongs to its key store: another store cannot use the wrapped password', async () => {
    const stolen = { ...login, keyStoreId: 'cks-00000000000000000' };
    await expect(hsm.connectPkcs11Token(stolen)).rejects.toMatchObject({ kind: 'invalid-material' });
    await hsm.connectPkcs11Token(login);
  });

  test('distinguishes its password from another', async () => {
    expect(await hsm.isKeyStorePassword(login, new Secret(PIN))).toBe(true);
    expect(await hsm.isKeyStorePassword(login, new Secret('wrong-horse-7'))).toBe(false);
    expect(await hsm.isKeyStorePassword(login, new Secret(`${PIN} `))).toBe(false);
  });

  test('finds a ready token', async () => expect(await hsm.pkcs11TokenStatus(clusterId)).toEqual({ status: 'ready' }));
});

test('wrapped values for the store contain neither the PIN nor the key', async () => {
  const { wrapped } = await newKey();
  for (const bytes of [wrapped, login.wrappedPassword]) expect(Buffer.from(bytes).includes(PIN)).toBe(false);
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    expect((await readFile(join(file.parentPath, file.name))).includes(PIN)).toBe(false);
  }
});

test('an HSM process loads native code only when it is given tokens', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'keystead-no-tokens-'));
  const seal = { kind: 'file' as const, path: join(elsewhere, 'root.key') };
  const plain = await startHsm({ seal, directory: elsewhere, log: pino({ level: 'silent' }) });
  const loaded = async (pid: number | undefined) => (await readFile(`/proc/${pid}/maps`, 'utf8')).includes('pkcs11');
  try {
    expect(await plain.pkcs11TokenStatus(clusterId)).toMatchObject({ status: 'unknown' });
    expect(await loaded(plain.pid)).toBe(false);
    expect(await loaded(hsm.pid)).toBe(true);
  } finally {
    await plain.close();
    await rm(elsewhere, { recursive: true });
  }
});

function flip(blob: Uint8Array, index: number): Uint8Array {
  return blob.with(index, (blob[index] ?? 0) ^ 1);
}
