import {
  oaepTooLong,
  requireAlgorithm,
  requireOaepLength,
  requireSignable,
} from '@keystead/control-plane/domain/keys/algorithms.ts';
import { isOaep, maxOaepPlaintextInBytes, signedLengthsOf } from '@keystead/provider-schema/algorithms.ts';
import type { SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import fc from 'fast-check';

const rsaKey = { shared: { key_spec: 'RSA_2048', key_usage: 'ENCRYPT_DECRYPT' } } as const;
const algorithms = values.SigningAlgorithmSpec.enum as readonly SigningAlgorithmSpec[];

test('a key has the algorithms of its usage and not of another', () => {
  expect(requireAlgorithm(rsaKey, 'RSAES_OAEP_SHA_1')).toBe('RSAES_OAEP_SHA_1');
  for (const algorithm of ['RSASSA_PSS_SHA_256', 'SYMMETRIC_DEFAULT', 'ECDH', 'constructor']) {
    expect(() => requireAlgorithm(rsaKey, algorithm)).toThrow(
      `Algorithm ${algorithm} is incompatible with key spec RSA_2048.`,
    );
  }
});

test('OAEP leaves k - 2 hLen - 2 bytes for the plaintext', () => {
  const lengths = (['RSA_2048', 'RSA_3072', 'RSA_4096'] as const).flatMap((spec) => [
    maxOaepPlaintextInBytes(spec, 'RSAES_OAEP_SHA_1'),
    maxOaepPlaintextInBytes(spec, 'RSAES_OAEP_SHA_256'),
  ]);
  expect(lengths).toEqual([214, 190, 342, 318, 470, 446]);
  expect(() => requireOaepLength(rsaKey, 'RSAES_OAEP_SHA_1', 214)).not.toThrow();
  expect(() => requireOaepLength(rsaKey, 'RSAES_OAEP_SHA_1', 215)).toThrow(
    oaepTooLong(rsaKey, 'RSAES_OAEP_SHA_1').message,
  );
  expect(values.EncryptionAlgorithmSpec.enum.filter((name) => isOaep(name as 'SM2PKE'))).toEqual([
    'RSAES_OAEP_SHA_1',
    'RSAES_OAEP_SHA_256',
  ]);
});

test('a message can be signed only when the algorithm has its type and the type has its length', () => {
  const types = fc.constantFrom('RAW', 'DIGEST', 'EXTERNAL_MU');
  const lengths = fc.oneof(fc.constantFrom(32, 48, 64), fc.nat({ max: 4096 }));
  fc.assert(
    fc.property(fc.constantFrom(...algorithms), types, lengths, (algorithm, type, length) => {
      const wanted = signedLengthsOf(algorithm)[type];
      const ask = () => requireSignable(algorithm, type, new Uint8Array(length));
      if (wanted === 'any' || wanted === length) expect(ask).not.toThrow();
      else expect(ask).toThrow(wanted === undefined ? `MessageType ${type}` : 'Digest is invalid length');
    }),
  );
});

test('algorithms on Edwards curves sign messages or digests, ML-DSA messages or μ, all others both', () => {
  const types = Object.fromEntries(algorithms.map((name) => [name, Object.keys(signedLengthsOf(name)).join(' ')]));
  const { ED25519_SHA_512, ED25519_PH_SHA_512, ML_DSA_SHAKE_256, ...hashing } = types;
  expect([ED25519_SHA_512, ED25519_PH_SHA_512, ML_DSA_SHAKE_256]).toEqual(['RAW', 'DIGEST', 'RAW EXTERNAL_MU']);
  expect(new Set(Object.values(hashing))).toEqual(new Set(['RAW DIGEST']));
});
