/** Shared by the HSM's tests over Wycheproof files. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import type { Signer } from '@keystead/control-plane/hsm/crypto/signer.ts';
import { fromHex, type WycheproofCase, type WycheproofFile } from '../../support/external-vectors.ts';

export type Hash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

export interface VerifyGroup {
  readonly publicKeyDer: string;
  readonly sha: string;
  readonly mgfSha: string;
  readonly sLen: number;
}
export interface VerifyCase extends WycheproofCase {
  readonly msg: string;
  readonly sig: string;
}

export const hashOf = ({ sha }: { readonly sha: string }): Hash => sha.replace('-', '').toLowerCase() as Hash;
export const digestOf = (hash: Hash, message: Uint8Array) => createHash(hash).update(message).digest();

/** As in the HSM, a signature that cannot be read does not verify. */
export function accepts(
  signer: Signer | undefined,
  publicKey: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signer === undefined) throw new Error('the key spec does not have this signer');
  return attempt(() => signer.verify(publicKey, message, signature)) ?? false;
}

/** @returns undefined when the library throws, which it does for keys that it cannot read. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export const spki = (hex: string) => createPublicKey({ key: fromHex(hex), format: 'der', type: 'spki' });

/** A message and its digest must have the same result. */
export function acceptsBoth(
  signers: { readonly RAW?: Signer; readonly DIGEST?: Signer } | undefined,
  { publicKeyDer }: VerifyGroup,
  { msg, sig }: VerifyCase,
  hash: Hash,
): boolean {
  const publicKey = spki(publicKeyDer);
  const raw = accepts(signers?.RAW, publicKey, fromHex(msg), fromHex(sig));
  const digest = accepts(signers?.DIGEST, publicKey, digestOf(hash, fromHex(msg)), fromHex(sig));
  expect(digest).toBe(raw);
  return raw;
}

export interface PrivateKeyGroup extends VerifyGroup {
  readonly privateKeyPkcs8: string;
}
export const materialOf = (pkcs8: string) => new SecretBytes(fromHex(pkcs8));

/** Computes the results of all cases first, because they are asynchronous. */
export async function judgedAhead<Group, Case extends WycheproofCase>(
  file: WycheproofFile<Group, Case>,
  judge: (test: Case, group: Group) => Promise<boolean>,
): Promise<(test: Case) => boolean> {
  const judged = new Map<Case, boolean>();
  for (const group of file.testGroups) for (const test of group.tests) judged.set(test, await judge(test, group));
  return (test) => judged.get(test) ?? false;
}

export function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const lengthBytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...lengthBytes), content]);
}
