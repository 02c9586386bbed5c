import { keySpecs } from '@keystead/provider-schema/key-specs.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import { wrappingChoice } from '@keystead/provider-schema/wrapping.ts';

const enumOf = (name: string) => {
  const shape = shapeOf(name);
  return shape.type === 'string' ? (shape.enum ?? []) : [];
};
type Choice = Parameters<typeof wrappingChoice>;

/** Algorithms that carry a spec's material under each wrapping key, from the developer guide's table. */
const oaep = 'RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256';
const throughAes = 'RSA_AES_KEY_WRAP_SHA_1 RSA_AES_KEY_WRAP_SHA_256';
const published: Readonly<Record<KeySpec, string>> = {
  SYMMETRIC_DEFAULT: oaep,
  HMAC_224: oaep,
  HMAC_256: oaep,
  HMAC_384: oaep,
  HMAC_512: oaep,
  RSA_2048: throughAes,
  RSA_3072: throughAes,
  RSA_4096: throughAes,
  ECC_NIST_P256: `${oaep} ${throughAes}`,
  ECC_NIST_P384: `${oaep} ${throughAes}`,
  ECC_NIST_P521: `${oaep} ${throughAes}`,
  ECC_SECG_P256K1: `${oaep} ${throughAes}`,
  ECC_NIST_EDWARDS25519: `${oaep} ${throughAes}`,
  ML_DSA_44: '',
  ML_DSA_65: '',
  ML_DSA_87: '',
  ML_KEM_512: '',
  ML_KEM_768: '',
  ML_KEM_1024: '',
  SM2: '',
};

test.each(Object.keys(keySpecs).map((spec) => [spec as KeySpec]))(
  'material of spec %s is carried as AWS says',
  (spec) => {
    for (const wrappingSpec of enumOf('WrappingKeySpec')) {
      const carried = enumOf('AlgorithmSpec').filter(
        (algorithm) => wrappingChoice(...([spec, algorithm, wrappingSpec] as Choice)) !== undefined,
      );
      const tooSmall = spec === 'ECC_NIST_P521' && wrappingSpec === 'RSA_2048';
      const expected = wrappingSpec === 'SM2' ? '' : tooSmall ? throughAes : published[spec];
      expect([wrappingSpec, carried.sort().join(' ')]).toEqual([wrappingSpec, expected]);
    }
  },
);
