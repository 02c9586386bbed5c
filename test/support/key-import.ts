/**
 * Key material as a customer has it: generated and wrapped by the `openssl` command, as in the guide page
 * docs/guide/importing-key-material.md. It shares no code with the server's unwrapping.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlgorithmSpec, KeySpec } from '@keystead/provider-schema/generated/types.ts';
import type { Caller, Json, Reply, Signing } from './calls.ts';

/** Runs commands in a directory of their own, which is removed afterwards. */
function inDirectory<T>(work: (openssl: (...args: string[]) => void, path: (name: string) => string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'keystead-import-'));
  try {
    const openssl = (...args: string[]) =>
      void execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    return work(openssl, (name) => join(directory, name));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Arguments of `openssl genpkey`, by key spec. */
const privateKeys: { readonly [Spec in KeySpec]?: readonly string[] } = {
  RSA_2048: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  RSA_3072: ['RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
  RSA_4096: ['RSA', '-pkeyopt', 'rsa_keygen_bits:4096'],
  ECC_NIST_P256: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  ECC_NIST_P384: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  ECC_NIST_P521: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  ECC_SECG_P256K1: ['EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
  ECC_NIST_EDWARDS25519: ['ED25519'],
};

const secretLengths: { readonly [Spec in KeySpec]?: number } = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};

/** A private key in PKCS#8, or random bytes of the spec's length. */
export function someKeyMaterial(spec: KeySpec): Buffer {
  const { [spec]: length } = secretLengths;
  if (length !== undefined) return randomBytes(length);
  const { [spec]: options } = privateKeys;
  if (options === undefined) throw new Error(`this function cannot generate key material for ${spec}`);
  return inDirectory((openssl, path) => {
    openssl('genpkey', '-algorithm', ...options, '-out', 'key.pem');
    openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'key.pem', '-outform', 'DER', '-out', 'key.der');
    return readFileSync(path('key.der'));
  });
}

/** Any private key in PKCS#8 that openssl can make, changed by further commands before it is written. */
export function opensslKey(genpkey: readonly string[], ...changes: readonly (readonly string[])[]): Buffer {
  return inDirectory((openssl, path) => {
    openssl('genpkey', '-algorithm', ...genpkey, '-out', 'key.pem');
    for (const change of changes) openssl(...change, '-in', 'key.pem', '-out', 'key.pem');
    openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'key.pem', '-outform', 'DER', '-out', 'key.der');
    return readFileSync(path('key.der'));
  });
}

/** @param publicKey SubjectPublicKeyInfo, as GetParametersForImport returns it. */
export function wrapKeyMaterial(material: Uint8Array, publicKey: Uint8Array, algorithm: AlgorithmSpec): Buffer {
  const hash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
  return inDirectory((openssl, path) => {
    writeFileSync(path('wrapping-key.der'), publicKey);
    const encrypt = (from: string, to: string) =>
      openssl(
        ...['pkeyutl', '-encrypt', '-in', from, '-out', to, '-inkey', 'wrapping-key.der', '-keyform', 'DER', '-pubin'],
        ...['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', `rsa_oaep_md:${hash}`, '-pkeyopt', `rsa_mgf1_md:${hash}`],
      );
    writeFileSync(path('material'), material);
    if (!algorithm.startsWith('RSA_AES')) {
      encrypt('material', 'wrapped');
      return readFileSync(path('wrapped'));
    }
    const aesKey = randomBytes(32);
    writeFileSync(path('aes-key'), aesKey);
    const wrap = ['-id-aes256-wrap-pad', '-iv', 'A65959A6', '-K', aesKey.toString('hex')];
    openssl('enc', '-e', ...wrap, '-in', 'material', '-out', 'wrapped');
    encrypt('aes-key', 'wrapped-aes-key');
    return Buffer.concat([readFileSync(path('wrapped-aes-key')), readFileSync(path('wrapped'))]);
  });
}

/** Imports 32 bytes, which do not expire, into a symmetric key at the AWS door. */
export async function importInto(
  by: Caller,
  KeyId: string,
  material: Uint8Array,
  more: Partial<Signing> = {},
): Promise<Reply> {
  const wanted = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
  const { ImportToken, PublicKey }: Json = (await by.aws('GetParametersForImport', wanted, more)).json;
  const wrapped = wrapKeyMaterial(material, Buffer.from(String(PublicKey), 'base64'), 'RSAES_OAEP_SHA_256');
  const EncryptedKeyMaterial = wrapped.toString('base64');
  const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE';
  return by.aws('ImportKeyMaterial', { KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel }, more);
}
