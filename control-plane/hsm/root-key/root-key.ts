/**
 * The root key and its seals. A seal stores the root key while no HSM process runs; only the HSM process opens it. If
 * the root key is lost, every key is lost: nothing here replaces an existing file.
 *
 * Sealed root key file of the passphrase seal, version 1 (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version       0x01
 *        1      1  log2(N)       scrypt cost (RFC 7914 section 2)
 *        2      1  r             scrypt block size
 *        3      1  p             scrypt parallelization
 *        4     32  salt          random
 *       36     12  nonce         random
 *       48     32  sealed        root key, AES-256-GCM-SIV under scrypt(passphrase, salt), AAD = bytes 0–35
 *       80     16  tag
 *
 * The passphrase seals a random root key, so the passphrase can be changed without wrapping any key again.
 */
import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { gcmsiv } from '@noble/ciphers/aes.js';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { SealError } from '../port/seal-error.ts';
import { createPrivateFile, readPrivateFile } from './private-file.ts';

export const ROOT_KEY_BYTES = 32;

/** Opened once per start. */
export interface Seal {
  /** @throws SealError */
  open(): Promise<SecretBytes>;
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
  file: (config) => ({ open: () => openKeyFile(config) }),
  passphrase: (config) => ({ open: () => openPassphraseSeal(config) }),
};

export function sealOf(config: SealConfig): Seal {
  const make = seals[config.kind] as (config: SealConfig) => Seal;
  return make(config);
}

type Config<Kind extends SealKind> = Extract<SealConfig, { kind: Kind }>;

async function openKeyFile({ path, mustExist }: Config<'file'>): Promise<SecretBytes> {
  const bytes = await readOrCreate(path, mustExist, async () => randomBytes(ROOT_KEY_BYTES));
  if (bytes.length !== ROOT_KEY_BYTES) {
    throw new SealError(
      `Root key file ${path} has ${bytes.length} bytes; a root key has ${ROOT_KEY_BYTES}.`,
      'Restore the file from its backup.',
    );
  }
  return new SecretBytes(bytes);
}

/** OWASP Password Storage Cheat Sheet, scrypt: N = 2^17, r = 8, p = 1 (128 MiB). */
const SCRYPT = { log2N: 17, r: 8, p: 1 } as const;
/** Limits for the parameters in a file: a damaged or hostile one must not exhaust the machine. */
const MAX_SCRYPT = { log2N: 20, r: 16, p: 4 } as const;
const MIN_PASSPHRASE_CHARS = 12;

const SEALED_VERSION = 1;
const SALT_OFFSET = 4;
const NONCE_OFFSET = 36;
const SEALED_OFFSET = 48;
const SEALED_FILE_BYTES = SEALED_OFFSET + ROOT_KEY_BYTES + 16;

async function openPassphraseSeal({ path, passphrasePath, mustExist }: Config<'passphrase'>): Promise<SecretBytes> {
  const passphrase = await readPassphrase(passphrasePath);
  try {
    const sealed = await readOrCreate(path, mustExist, () => sealNewRootKey(passphrase));
    return await openSealedRootKey(path, sealed, passphrase);
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

async function sealNewRootKey(passphrase: Uint8Array): Promise<Buffer> {
  const header = Buffer.concat([Buffer.of(SEALED_VERSION, SCRYPT.log2N, SCRYPT.r, SCRYPT.p), randomBytes(32)]);
  const nonce = randomBytes(SEALED_OFFSET - NONCE_OFFSET);
  const wrappingKey = await stretch(passphrase, header);
  return new SecretBytes(randomBytes(ROOT_KEY_BYTES)).useOnce((rootKey) =>
    wrappingKey.useOnce((key) => Buffer.concat([header, nonce, gcmsiv(key, nonce, header).encrypt(rootKey)])),
  );
}

async function openSealedRootKey(path: string, sealed: Buffer, passphrase: Uint8Array): Promise<SecretBytes> {
  const [version = 0, log2N = 0, r = 0, p = 0] = sealed;
  const sane = log2N >= 1 && log2N <= MAX_SCRYPT.log2N && r >= 1 && r <= MAX_SCRYPT.r && p >= 1 && p <= MAX_SCRYPT.p;
  if (version !== SEALED_VERSION || sealed.length !== SEALED_FILE_BYTES || !sane) {
    throw new SealError(`${path} is not a sealed root key.`, 'Restore the file from its backup.');
  }
  const header = sealed.subarray(0, NONCE_OFFSET);
  const wrappingKey = await stretch(passphrase, header);
  try {
    const nonce = sealed.subarray(NONCE_OFFSET, SEALED_OFFSET);
    return wrappingKey.useOnce(
      (key) => new SecretBytes(gcmsiv(key, nonce, header).decrypt(sealed.subarray(SEALED_OFFSET))),
    );
  } catch {
    throw new SealError(
      `The root key in ${path} cannot be opened: the passphrase is wrong, or the file is damaged.`,
      'Give the passphrase that it was sealed with, or restore the file from its backup.',
    );
  }
}

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
