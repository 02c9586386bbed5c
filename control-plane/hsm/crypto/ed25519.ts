/**
 * Ed25519 (RFC 8032, FIPS 186-5 section 7): pure by OpenSSL, and Ed25519ph (RFC 8032 section 5.1) by @noble/curves,
 * because Node does not offer it. Ed25519ph hashes its input with SHA-512 again, even when it is a digest already: that
 * is how KMS defines ED25519_PH_SHA_512.
 */
import { generateKeyPair } from 'node:crypto';
import { ed25519ph } from '@noble/curves/ed25519.js';
import { generatePrivateKey, rawPublicKeyOf, signWithNode, verifyWithNode } from './key-pairs.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { digestLengths, type Signers } from './signer.ts';

/** RFC 8410 section 7: a fixed head, then the 32-byte seed. */
export const ED25519_MATERIAL_BYTES = 48;
const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;

export function generateEd25519Key(): Promise<SecretBytes> {
  return generatePrivateKey((encoding, done) => generateKeyPair('ed25519', encoding, done));
}

export const ed25519Signers: Signers = {
  ED25519_SHA_512: {
    RAW: {
      sign: (material, message) => signWithNode(material, null, message),
      verify: (publicKey, message, signature) => verifyWithNode(publicKey, null, message, signature),
    },
  },
  ED25519_PH_SHA_512: {
    DIGEST: {
      messageLengthInBytes: digestLengths.sha512,
      sign: (material, digest) => material.use((bytes) => ed25519ph.sign(digest, bytes.subarray(-SEED_BYTES))),
      // Strict as in RFC 8032, not lenient as in ZIP 215.
      verify: (publicKey, digest, signature) =>
        ed25519ph.verify(signature, digest, rawPublicKeyOf(publicKey, PUBLIC_KEY_BYTES), { zip215: false }),
    },
  },
};
