/**
 * ML-DSA (FIPS 204), hedged, with an empty context. Messages by OpenSSL; a ready μ (section 6.2, ExternalMu) by
 * @noble/post-quantum, because Node does not offer it. The private key is kept as its seed, in PKCS#8 (RFC 9881
 * section 6, the choice `seed`), which both can read.
 */
import { randomBytes } from 'node:crypto';
import { type DSA, ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { HsmError } from '../port/hsm-error.ts';
import { keyPairOf, rawPublicKeyOf, signWithNode, verifyWithNode } from './key-pairs.ts';
import { SecretBytes } from './secret-bytes.ts';
import type { Signers } from './signer.ts';

const SEED_BYTES = 32;
const MU_BYTES = 64;

export interface MlDsaParameters {
  readonly noble: DSA;
  readonly publicKeyLengthInBytes: number;
  /** Last arc of the object identifier 2.16.840.1.101.3.4.3.n (RFC 9881 section 2). */
  readonly objectIdentifierArc: number;
}

export const mlDsaParameters = {
  mlDsa44: { noble: ml_dsa44, publicKeyLengthInBytes: 1312, objectIdentifierArc: 17 },
  mlDsa65: { noble: ml_dsa65, publicKeyLengthInBytes: 1952, objectIdentifierArc: 18 },
  mlDsa87: { noble: ml_dsa87, publicKeyLengthInBytes: 2592, objectIdentifierArc: 19 },
} as const satisfies Record<string, MlDsaParameters>;

/** SEQUENCE { 0, SEQUENCE { 2.16.840.1.101.3.4.3.n }, OCTET STRING { [0] seed } }, up to the seed itself. */
const pkcs8Head = ({ objectIdentifierArc }: MlDsaParameters): Uint8Array =>
  Buffer.concat([
    Buffer.from('3034020100300b06096086480165030403', 'hex'),
    Buffer.of(objectIdentifierArc),
    Buffer.from('04228020', 'hex'),
  ]);

export const ML_DSA_MATERIAL_BYTES = 54;

/** @throws HsmError `unsupported` on a Node whose OpenSSL has no ML-DSA (before 3.5). */
export function generateMlDsaKey(parameters: MlDsaParameters): SecretBytes {
  const material = new SecretBytes(Buffer.concat([pkcs8Head(parameters), randomBytes(SEED_BYTES)]));
  try {
    keyPairOf(material);
    return material;
  } catch {
    material.wipe();
    throw new HsmError('unsupported', 'ML-DSA needs Node 24.6 or later, with OpenSSL 3.5');
  }
}

export function mlDsaSigners({ noble, publicKeyLengthInBytes }: MlDsaParameters): Signers {
  return {
    ML_DSA_SHAKE_256: {
      RAW: {
        sign: (material, message) => signWithNode(material, null, message),
        verify: (publicKey, message, signature) => verifyWithNode(publicKey, null, message, signature),
      },
      EXTERNAL_MU: {
        messageLengthInBytes: MU_BYTES,
        sign(material, mu) {
          const expanded = material.use((bytes) => noble.keygen(bytes.subarray(-SEED_BYTES)).secretKey);
          return new SecretBytes(expanded).useOnce((key) => noble.internal.sign(mu, key, { externalMu: true }));
        },
        verify: (publicKey, mu, signature) =>
          noble.internal.verify(signature, mu, rawPublicKeyOf(publicKey, publicKeyLengthInBytes), { externalMu: true }),
      },
    },
  };
}
