/**
 * The root key and its seals. A seal stores the root key while no HSM process runs; only the HSM process and the
 * commands that rotate the root key open it. If the root key is lost, every key is lost: a missing file is never made
 * again, and an existing one is replaced only by a command (change.ts).
 *
 * What is stored are the 32 bytes of a root key that was never rotated, or the generations of one that was
 * (generations.ts). Sealed root key file of the passphrase seal (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version       0x01 seals 32 bytes, 0x02 generations
 *        1      1  log2(N)       scrypt cost (RFC 7914 section 2)
 *        2      1  r             scrypt block size
 *        3      1  p             scrypt parallelization
 *        4     32  salt          random
 *       36     12  nonce         random
 *       48      n  sealed        what is stored, AES-256-GCM-SIV under scrypt(passphrase, salt), AAD = bytes 0–35
 *   48 + n     16  tag
 *
 * The passphrase seals a random root key, so the passphrase can be changed without wrapping any key again.
 */
import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { gcmsiv } from '@noble/ciphers/aes.js';
import { RootKeys } from '../crypto/root-keys.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { SealError } from '../port/seal-error.ts';
import { encodeGenerations, parseGenerations } from './generations.ts';
import { createPrivateFile, readPrivateFile, replacePrivateFile } from './private-file.ts';

export const ROOT_KEY_BYTES = 32;

/** Opened once per start. */
export interface Seal {
  /** @throws SealError */
  open(): Promise<RootKeys>;
  /** Stores the root key with its generations in the place of what is stored. @throws SealError */
  replace(rootKeys: RootKeys): Promise<void>;
}

interface Existence {
  /** The installation has keys already: a missing root key is an error, not a first start. */
  readonly mustExist?: boolean;
}

/** A seal as an operator configures it: data without secrets, so it can be passed on, logged and shown. */
export type SealConfig =
  /** A file with the 32 bytes of the root key, mode 0600. */
  | ({ readonly kind: 'file'; readonly path: string } & Existence)
  /** The root key sealed under a passphrase, which the HSM process reads from another file, mode 0600. */
  | ({ readonly kind: 'passphrase'; readonly path: string; readonly passphrasePath: string } & Existence);

type SealKind = SealConfig['kind'];

const seals: { readonly [Kind in SealKind]: (config: Extract<SealConfig, { kind: Kind }>) => Seal } = {
  file: (config) => ({
    open: () => openKeyFile(config),
    replace: (rootKeys) => replaceWiping(config.path, encodeGenerations(rootKeys)),
  }),
  passphrase: (config) => ({
    open: () => openPassphraseSeal(config),
    replace: (rootKeys) => replacePassphraseSeal(config, rootKeys),
  }),
};

export function sealOf(config: SealConfig): Seal {
  const make = seals[config.kind] as (config: SealConfig) => Seal;
  return make(config);
}

type Config<Kind extends SealKind> = Extract<SealConfig, { kind: Kind }>;

async function openKeyFile({ path, mustExist }: Config<'file'>): Promise<RootKeys> {
  const bytes = await readOrCreate(path, mustExist, async () => randomBytes(ROOT_KEY_BYTES));
  const { length } = bytes;
  const rootKeys = storedRootKeys(bytes);
  if (rootKeys) return rootKeys;
  throw new SealError(
    `Root key file ${path} has ${length} bytes; a root key has ${ROOT_KEY_BYTES}, or is damaged after it was rotated.`,
    'Restore the file from its backup.',
  );
}

/** Takes ownership of the bytes. @returns undefined when they are not what a seal stores */
function storedRootKeys(bytes: Buffer): RootKeys | undefined {
  if (bytes.length === ROOT_KEY_BYTES) return RootKeys.first(new SecretBytes(bytes));
  const parsed = parseGenerations(bytes);
  bytes.fill(0);
  return parsed;
}

async function replaceWiping(path: string, contents: Buffer): Promise<void> {
  try {
    await replacePrivateFile(path, contents);
  } finally {
    contents.fill(0);
  }
}

/** OWASP Password Storage Cheat Sheet, scrypt: N = 2^17, r = 8, p = 1 (128 MiB). */
const SCRYPT = { log2N: 17, r: 8, p: 1 } as const;
/** Limits for the parameters in a file: a damaged or hostile one must not exhaust the machine. */
const MAX_SCRYPT = { log2N: 20, r: 16, p: 4 } as const;
const MIN_PASSPHRASE_CHARS = 12;

/** Of a root key that was never rotated, and of one with its generations. */
const SEALED_VERSIONS = { first: 1, generations: 2 } as const;
const SALT_OFFSET = 4;
const NONCE_OFFSET = 36;
const SEALED_OFFSET = 48;
const TAG_BYTES = 16;

async function openPassphraseSeal({ path, passphrasePath, mustExist }: Config<'passphrase'>): Promise<RootKeys> {
  const passphrase = await readPassphrase(passphrasePath);
  try {
    const sealed = await readOrCreate(path, mustExist, () => sealNewRootKey(passphrase));
    return await openSealedRootKey(path, sealed, passphrase);
  } finally {
    passphrase.fill(0);
  }
}

async function replacePassphraseSeal(
  { path, passphrasePath }: Config<'passphrase'>,
  rootKeys: RootKeys,
): Promise<void> {
  const passphrase = await readPassphrase(passphrasePath);
  try {
    const contents = new SecretBytes(encodeGenerations(rootKeys));
    await replacePrivateFile(path, await sealUnder(passphrase, SEALED_VERSIONS.generations, contents));
  } finally {
    passphrase.fill(0);
  }
}

async function readPassphrase(path: string): Promise<Buffer> {
  const bytes = await readPrivateFile(path);
  if (!bytes) throw new SealError(`There is no passphrase file at ${path}.`, 'Put the passphrase there, mode 0600.');
  // An editor ends the line; the line end is not part of the passphrase.
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
  const passphrase = bytes.subarray(0, end);
  if (passphrase.length < MIN_PASSPHRASE_CHARS) {
    throw new SealError(
      `The passphrase in ${path} is shorter than ${MIN_PASSPHRASE_CHARS} characters.`,
      'Choose a longer one, such as six random words.',
    );
  }
  return passphrase;
}

const sealNewRootKey = (passphrase: Uint8Array): Promise<Buffer> =>
  sealUnder(passphrase, SEALED_VERSIONS.first, new SecretBytes(randomBytes(ROOT_KEY_BYTES)));

/** Wipes the contents. */
async function sealUnder(passphrase: Uint8Array, version: number, contents: SecretBytes): Promise<Buffer> {
  const header = Buffer.concat([Buffer.of(version, SCRYPT.log2N, SCRYPT.r, SCRYPT.p), randomBytes(32)]);
  const nonce = randomBytes(SEALED_OFFSET - NONCE_OFFSET);
  const wrappingKey = await stretch(passphrase, header);
  return contents.useOnce((plaintext) =>
    wrappingKey.useOnce((key) => Buffer.concat([header, nonce, gcmsiv(key, nonce, header).encrypt(plaintext)])),
  );
}

async function openSealedRootKey(path: string, sealed: Buffer, passphrase: Uint8Array): Promise<RootKeys> {
  const [version = 0, log2N = 0, r = 0, p = 0] = sealed;
  const sane = log2N >= 1 && log2N <= MAX_SCRYPT.log2N && r >= 1 && r <= MAX_SCRYPT.r && p >= 1 && p <= MAX_SCRYPT.p;
  const contentsBytes = sealed.length - SEALED_OFFSET - TAG_BYTES;
  const fits = version === SEALED_VERSIONS.first ? contentsBytes === ROOT_KEY_BYTES : contentsBytes > ROOT_KEY_BYTES;
  if (!Object.values<number>(SEALED_VERSIONS).includes(version) || !fits || !sane) throw notSealed(path);
  const header = sealed.subarray(0, NONCE_OFFSET);
  const wrappingKey = await stretch(passphrase, header);
  let contents: Uint8Array;
  try {
    const nonce = sealed.subarray(NONCE_OFFSET, SEALED_OFFSET);
    contents = wrappingKey.useOnce((key) => gcmsiv(key, nonce, header).decrypt(sealed.subarray(SEALED_OFFSET)));
  } catch {
    throw new SealError(
      `The root key in ${path} cannot be opened: the passphrase is wrong, or the file is damaged.`,
      'Give the passphrase that it was sealed with, or restore the file from its backup.',
    );
  }
  const rootKeys = storedRootKeys(Buffer.from(contents.buffer, contents.byteOffset, contents.length));
  if (!rootKeys) throw notSealed(path);
  return rootKeys;
}

const notSealed = (path: string): SealError =>
  new SealError(`${path} is not a sealed root key.`, 'Restore the file from its backup.');

const scryptAsync = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** scrypt with the parameters and salt of a sealed root key's header. */
async function stretch(passphrase: Uint8Array, header: Buffer): Promise<SecretBytes> {
  const [, log2N = 0, r = 0, p = 0] = header;
  const N = 2 ** log2N;
  const salt = header.subarray(SALT_OFFSET, NONCE_OFFSET);
  // RFC 7914 section 2: 128·N·r bytes, and some more for the rest.
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 2 ** 20 };
  return new SecretBytes(await scryptAsync(passphrase, salt, ROOT_KEY_BYTES, options));
}

/** Creates the file at the first start; if another process has created it meanwhile, that file is read. */
async function readOrCreate(
  path: string,
  mustExist: boolean | undefined,
  makeContents: () => Promise<Buffer>,
): Promise<Buffer> {
  const found = await readPrivateFile(path);
  if (found) return found;
  if (mustExist) {
    throw new SealError(
      `There is no root key at ${path}, but this installation has keys already.`,
      'Restore the file from its backup. A new root key could not open any existing key.',
    );
  }
  const contents = await makeContents();
  await createPrivateFile(path, contents);
  contents.fill(0);
  const created = await readPrivateFile(path);
  if (!created)
    throw new SealError(
      `${path} was removed just after it was created.`,
      'Make sure that nothing cleans its directory.',
    );
  return created;
}
