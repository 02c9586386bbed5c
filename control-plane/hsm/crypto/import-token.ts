/**
 * Owns the import token: the private half of a wrapping key pair, sealed, so that the service stores nothing between
 * GetParametersForImport and ImportKeyMaterial, and any node can finish an import that another node began.
 *
 * Import token, version 1 (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version             0x01
 *        1      1  wrapping algorithm  1 RSAES_OAEP_SHA_1, 2 RSAES_OAEP_SHA_256,
 *                                      3 RSA_AES_KEY_WRAP_SHA_1, 4 RSA_AES_KEY_WRAP_SHA_256
 *        2      1  wrapping key spec   1 RSA_2048, 2 RSA_3072, 3 RSA_4096
 *        3      8  valid to            milliseconds since the epoch
 *       11      n  private key         PKCS#8, in the wrapped layout of wrapping.ts
 *
 *   key of tokens = KDF(root key, label "keystead import token v1", context = texts(account, Region) ‖ generation)
 *   AAD           = texts("import token", account, Region, key id, key spec) ‖ bytes 0–10
 *
 * Because all of this is AAD, a token opens only for one KMS key in one Region, and its algorithm and expiry are
 * authentic.
 */
import type { RsaWrappingKeySpec, WrappingAlgorithm, WrappingChoice } from '@keystead/provider-schema/wrapping.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { ImportTarget } from '../port/key-material.ts';
import { encodeTexts } from './kdf.ts';
import type { RootKeys } from './root-keys.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { type Binding, unwrap, wrap } from './wrapping.ts';

const VERSION = 1;
const ALGORITHM_OFFSET = 1;
const KEY_SPEC_OFFSET = 2;
const VALID_TO_OFFSET = 3;
const HEADER_BYTES = 11;

const algorithmCodes: Readonly<Record<WrappingAlgorithm, number>> = {
  RSAES_OAEP_SHA_1: 1,
  RSAES_OAEP_SHA_256: 2,
  RSA_AES_KEY_WRAP_SHA_1: 3,
  RSA_AES_KEY_WRAP_SHA_256: 4,
};

const keySpecCodes: Readonly<Record<RsaWrappingKeySpec, number>> = { RSA_2048: 1, RSA_3072: 2, RSA_4096: 3 };

export interface ImportTokenHeader {
  readonly wrapping: WrappingChoice;
  readonly validToMs: number;
}

export interface OpenedImportToken extends ImportTokenHeader {
  /** PKCS#8; the caller wipes it. */
  readonly privateKey: SecretBytes;
}

export function sealImportToken(
  rootKeys: RootKeys,
  target: ImportTarget,
  importToken: ImportTokenHeader,
  privateKey: SecretBytes,
): Uint8Array {
  const header = encodeHeader(importToken);
  return Buffer.concat([header, wrap(rootKeys, importTokenBinding(target, header), privateKey)]);
}

/** @throws HsmError `invalid-import-token` when it is damaged, from another installation, or for another key. */
export function openImportToken(rootKeys: RootKeys, target: ImportTarget, importToken: Uint8Array): OpenedImportToken {
  const header = Buffer.from(importToken.subarray(0, HEADER_BYTES));
  const opened = parseHeader(header);
  if (!opened) throw invalidImportToken();
  try {
    return {
      ...opened,
      privateKey: unwrap(rootKeys, importTokenBinding(target, header), importToken.subarray(HEADER_BYTES)),
    };
  } catch {
    throw invalidImportToken();
  }
}

function encodeHeader({ wrapping, validToMs }: ImportTokenHeader): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = VERSION;
  header[ALGORITHM_OFFSET] = algorithmCodes[wrapping.algorithm];
  header[KEY_SPEC_OFFSET] = keySpecCodes[wrapping.keySpec];
  header.writeBigUInt64BE(BigInt(validToMs), VALID_TO_OFFSET);
  return header;
}

function parseHeader(header: Buffer): ImportTokenHeader | undefined {
  if (header.length !== HEADER_BYTES || header[0] !== VERSION) return undefined;
  const algorithm = nameOf(algorithmCodes, header[ALGORITHM_OFFSET]);
  const keySpec = nameOf(keySpecCodes, header[KEY_SPEC_OFFSET]);
  if (algorithm === undefined || keySpec === undefined) return undefined;
  return { wrapping: { algorithm, keySpec }, validToMs: Number(header.readBigUInt64BE(VALID_TO_OFFSET)) };
}

function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number | undefined) {
  return (Object.keys(codes) as Name[]).find((name) => codes[name] === code);
}

function importTokenBinding({ owner, region }: ImportTarget, header: Uint8Array): Binding {
  const { accountId, keyId, keySpec } = owner;
  return {
    label: 'keystead import token v1',
    keyContext: encodeTexts(accountId, region),
    associatedData: Buffer.concat([encodeTexts('import token', accountId, region, keyId, keySpec), header]),
  };
}

function invalidImportToken(): HsmError {
  return new HsmError('invalid-import-token', 'the import token is damaged, or belongs to another key');
}
