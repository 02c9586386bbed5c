/**
 * Files encrypted with a key of the control plane: each with a data key of its own, AES-256-GCM (NIST SP 800-38D).
 *
 *   {"format":"keystead-sealed/1","keyArn":…,"dataKey":…,"context":{…},"iv":…}\n  ciphertext  tag (16 bytes)
 *
 * The first line is authenticated with the content. The encryption context is what the file is about, so that a file
 * cannot be passed off as another's, and key policies can tell by it who opens which files.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';

export type SealContext = Readonly<Record<string, string>>;

interface Header {
  readonly format: 'keystead-sealed/1';
  readonly keyArn: string;
  /** The data key, encrypted, in Base64. */
  readonly dataKey: string;
  readonly context: SealContext;
  readonly iv: string;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const NEWLINE = 0x0a;

export interface Sealed {
  readonly bytes: Buffer;
  readonly keyArn: string;
}

/** @param keyId id, ARN or alias. Needs kms:GenerateDataKey on it. */
export async function seal(
  connection: Connection,
  keyId: string,
  context: SealContext,
  content: Buffer,
): Promise<Sealed> {
  const input = { KeyId: keyId, KeySpec: 'AES_256' as const, EncryptionContext: { ...context } };
  const { Plaintext, CiphertextBlob, KeyId } = await connection.call('GenerateDataKey', input, regionOf(keyId));
  const key = Buffer.from(String(Plaintext), 'base64');
  const iv = randomBytes(IV_BYTES);
  const keyArn = String(KeyId);
  const header: Header = {
    format: 'keystead-sealed/1',
    keyArn,
    dataKey: String(CiphertextBlob),
    context,
    iv: iv.toString('base64'),
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(line);
  const bytes = Buffer.concat([line, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  key.fill(0);
  return { bytes, keyArn };
}

/**
 * Needs kms:Decrypt on the key.
 * @param file for messages
 * @param keyId only a file that this key encrypts is opened; undefined: the key that the file names
 * @throws CommandError when the file is another one, was changed, or its key is another one or refused
 */
export async function unseal(
  connection: Connection,
  file: string,
  bytes: Buffer,
  context: SealContext,
  keyId: string | undefined,
): Promise<Buffer> {
  const end = bytes.indexOf(NEWLINE);
  const header = parseHeader(bytes.subarray(0, Math.max(end, 0)).toString(), file);
  requireSame(header.context, context, file);
  const key = await dataKeyOf(connection, header, keyId, file);
  try {
    const iv = Buffer.from(header.iv, 'base64');
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
      .setAAD(bytes.subarray(0, end + 1))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(end + 1, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw changed(file);
  } finally {
    key.fill(0);
  }
}

function parseHeader(text: string, file: string): Header {
  let header: Partial<Header> = {};
  try {
    header = JSON.parse(text);
  } catch {
    throw changed(file);
  }
  const { format, keyArn, dataKey, context, iv } = header;
  const isWhole = [keyArn, dataKey, iv].every((one) => typeof one === 'string') && typeof context === 'object';
  if (format !== 'keystead-sealed/1' || !isWhole) throw changed(file);
  return header as Header;
}

function requireSame(found: SealContext, wanted: SealContext, file: string): void {
  const different = Object.keys({ ...found, ...wanted }).find((name) => found[name] !== wanted[name]);
  if (different === undefined) return;
  throw new CommandError(
    `${file} is about ${different} ${found[different] ?? 'nothing'}, not ${wanted[different] ?? 'anything'}.`,
    'The files of two plans were mixed. Take both from one artifact.',
  );
}

async function dataKeyOf(
  connection: Connection,
  { keyArn, dataKey, context }: Header,
  keyId: string | undefined,
  file: string,
): Promise<Buffer> {
  const input = { KeyId: keyId ?? keyArn, CiphertextBlob: dataKey, EncryptionContext: { ...context } };
  const { Plaintext } = await connection.call('Decrypt', input, regionOf(keyArn)).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'InvalidCiphertextException') throw changed(file);
    if (error.code === 'IncorrectKeyException') {
      throw new CommandError(`${file} is encrypted with ${keyArn}, not with ${keyId}.`, 'Correct --encrypt-with.');
    }
    throw new CommandError(
      `${file} cannot be decrypted. ${error.message}`,
      'Only the apply role should be allowed to.',
    );
  });
  return Buffer.from(String(Plaintext), 'base64');
}

const changed = (file: string): CommandError =>
  new CommandError(
    `${file} is not as keystead ci plan wrote it: it was changed or damaged. Nothing was applied.`,
    'Make the plan anew.',
  );

/** Of an ARN; undefined: the connection's. */
const regionOf = (keyId: string): string | undefined => /^arn:[^:]*:kms:([^:]+):/.exec(keyId)?.[1];
