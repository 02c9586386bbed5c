/**
 * Ed25519 (RFC 8032) over statements about the audit log: the HSM signs; verifying needs only the public key.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { statementBytes } from '../../domain/audit/audit-checkpoint.ts';

/** RFC 8410 section 7: PKCS#8 of an Ed25519 private key up to its 32-byte seed. */
const PRIVATE_KEY_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seed the private key of RFC 8032 section 5.1.5, 32 bytes */
export function signStatement(seed: Uint8Array, body: string): Uint8Array {
  return sign(null, statementBytes(body), privateKeyOf(seed));
}

/** X.509 SubjectPublicKeyInfo, DER. */
export function statementPublicKey(seed: Uint8Array): Uint8Array {
  return createPublicKey(privateKeyOf(seed)).export({ type: 'spki', format: 'der' });
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PRIVATE_KEY_HEAD, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** A public key as an operator keeps it. @throws TypeError for the PEM of another kind of key. */
export function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new TypeError(`a checkpoint key must be an Ed25519 key, not ${key.asymmetricKeyType}`);
}

export function publicKeyPem(spki: Uint8Array): string {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  return String(key.export({ type: 'spki', format: 'pem' }));
}

const SIGNATURE = /^[0-9a-f]{128}$/;

/** @param signature 64 bytes in lower-case hex. Node's decoder would ignore everything after the first other character. */
export function verifiesStatement(publicKey: KeyObject, body: string, signature: string): boolean {
  return SIGNATURE.test(signature) && verify(null, statementBytes(body), publicKey, Buffer.from(signature, 'hex'));
}
