import type * as generated from '@keystead/provider-schema/generated/types.ts';
import { algorithmsOf, dataKeyLengthsInBytes, keySpecRow, keySpecs } from '@keystead/provider-schema/key-specs.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import { cloudtrailShapes } from '@keystead/provider-schema/shapes/cloudtrail/structures.ts';
import { iamStructures } from '@keystead/provider-schema/shapes/iam/structures.ts';
import { iamValues } from '@keystead/provider-schema/shapes/iam/values.ts';
import { shapeOf, shapes, structureOf } from '@keystead/provider-schema/shapes/index.ts';
import { authorizationShapes } from '@keystead/provider-schema/shapes/keystead/authorization.ts';
import { identityConfigurationShapes } from '@keystead/provider-schema/shapes/keystead/identity-configurations.ts';
import { plannedChangesShapes } from '@keystead/provider-schema/shapes/keystead/planned-changes.ts';
import { keysteadShapes } from '@keystead/provider-schema/shapes/keystead/structures.ts';
import { exceptions } from '@keystead/provider-schema/shapes/kms/exceptions.ts';
import { structures } from '@keystead/provider-schema/shapes/kms/structures.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';
import { stsShapes } from '@keystead/provider-schema/shapes/sts/structures.ts';
import type { KeySpec, KeyState, KeyUsage, Origin } from '@keystead/provider-schema/vocabulary.ts';

const ofKeystead = [authorizationShapes, plannedChangesShapes, identityConfigurationShapes];
const others = [iamValues, iamStructures, stsShapes, cloudtrailShapes, ...ofKeystead];
const names = Object.keys(shapes);

function namedBy(shape: Shape): readonly string[] {
  if (shape.type === 'structure') return Object.values(shape.members);
  if (shape.type === 'list') return [shape.member];
  if (shape.type === 'map') return [shape.key, shape.value];
  return [];
}

describe('shapes', () => {
  test('are the 259 of AWS KMS, and our own, each defined once', () => {
    const groups = [values, structures, exceptions, keysteadShapes, ...others].map((group) => Object.keys(group));
    expect(groups.slice(0, 3).flat()).toHaveLength(259);
    expect(new Set(groups.flat()).size).toBe(groups.flat().length);
    expect(names).toHaveLength(groups.flat().length);
  });

  test.each(names)('%s names only shapes that exist, and requires only members that it has', (name) => {
    const shape = shapeOf(name);
    for (const other of namedBy(shape)) expect(names).toContain(other);
    if (shape.type === 'structure') {
      for (const member of shape.required ?? []) expect(Object.keys(shape.members)).toContain(member);
    }
  });

  test('never contain themselves, so every walk over a value ends', () => {
    const visit = (name: string, above: readonly string[]): void => {
      expect(above).not.toContain(name);
      for (const other of namedBy(shapeOf(name))) visit(other, [...above, name]);
    };
    for (const name of names) visit(name, []);
  });

  test('are all used by an operation, except the exceptions and shapes that the model itself does not use', () => {
    const used = new Set<string>();
    const visit = (name: string): void => {
      used.add(name);
      namedBy(shapeOf(name)).forEach(visit);
    };
    for (const { input, output } of Object.values(operations)) {
      visit(input);
      if (output !== null) visit(output);
    }
    const unused = names.filter((name) => !used.has(name) && !Object.hasOwn(exceptions, name));
    expect(unused).toEqual(['ErrorMessageType']);
  });

  test.each(names)('%s has bounds and a pattern that a value can satisfy', (name) => {
    const shape = shapeOf(name);
    if ('min' in shape && 'max' in shape) expect(shape.min).toBeLessThanOrEqual(shape.max ?? Infinity);
    if (shape.type === 'string' && shape.pattern !== undefined)
      expect(() => new RegExp(shape.pattern ?? '', 'u')).not.toThrow();
  });

  test('mark the secret members as sensitive', () => {
    const sensitive = names.filter((name) => shapeOf(name).sensitive);
    expect(sensitive.sort()).toEqual([
      'ClientTokenType',
      'ContextAssertionType',
      'KeyStorePasswordType',
      'PlaintextType',
      'SecretAccessKeyType',
      'SessionTokenType',
      'TokenCodeType',
      'XksProxyAuthenticationAccessKeyIdType',
      'XksProxyAuthenticationRawSecretAccessKeyType',
    ]);
  });

  test('are not found by other names', () => {
    for (const name of ['Nothing', 'constructor', '__proto__']) expect(() => shapeOf(name)).toThrow('no shape named');
    expect(() => structureOf('KeyIdType')).toThrow('not a structure');
  });
});

describe('the words of the records', () => {
  test('are the enumerations of the shapes', () => {
    expect(Object.keys(keySpecs).sort()).toEqual([...values.KeySpec.enum].sort());
    // The compiler compares the unions, which do not exist at run time.
    const same: [
      Same<KeySpec, generated.KeySpec>,
      Same<KeyUsage, generated.KeyUsageType>,
      Same<KeyState, generated.KeyState>,
      Same<Origin, generated.OriginType>,
    ] = [true, true, true, true];
    expect(same).toHaveLength(4);
  });
});

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** The developer guide's matrix of specs, usages and algorithms, repeated by hand. */
const matrix = `
  SYMMETRIC_DEFAULT ENCRYPT_DECRYPT SYMMETRIC_DEFAULT
  RSA_2048 ENCRYPT_DECRYPT RSAES_OAEP_SHA_1,RSAES_OAEP_SHA_256
  RSA_2048 SIGN_VERIFY RSASSA_PKCS1_V1_5_SHA_256,RSASSA_PKCS1_V1_5_SHA_384,RSASSA_PKCS1_V1_5_SHA_512,RSASSA_PSS_SHA_256,RSASSA_PSS_SHA_384,RSASSA_PSS_SHA_512
  RSA_3072 ENCRYPT_DECRYPT RSAES_OAEP_SHA_1,RSAES_OAEP_SHA_256
  RSA_3072 SIGN_VERIFY RSASSA_PKCS1_V1_5_SHA_256,RSASSA_PKCS1_V1_5_SHA_384,RSASSA_PKCS1_V1_5_SHA_512,RSASSA_PSS_SHA_256,RSASSA_PSS_SHA_384,RSASSA_PSS_SHA_512
  RSA_4096 ENCRYPT_DECRYPT RSAES_OAEP_SHA_1,RSAES_OAEP_SHA_256
  RSA_4096 SIGN_VERIFY RSASSA_PKCS1_V1_5_SHA_256,RSASSA_PKCS1_V1_5_SHA_384,RSASSA_PKCS1_V1_5_SHA_512,RSASSA_PSS_SHA_256,RSASSA_PSS_SHA_384,RSASSA_PSS_SHA_512
  ECC_NIST_P256 SIGN_VERIFY ECDSA_SHA_256
  ECC_NIST_P256 KEY_AGREEMENT ECDH
  ECC_NIST_P384 SIGN_VERIFY ECDSA_SHA_384
  ECC_NIST_P384 KEY_AGREEMENT ECDH
  ECC_NIST_P521 SIGN_VERIFY ECDSA_SHA_512
  ECC_NIST_P521 KEY_AGREEMENT ECDH
  ECC_SECG_P256K1 SIGN_VERIFY ECDSA_SHA_256
  ECC_NIST_EDWARDS25519 SIGN_VERIFY ED25519_SHA_512,ED25519_PH_SHA_512
  HMAC_224 GENERATE_VERIFY_MAC HMAC_SHA_224
  HMAC_256 GENERATE_VERIFY_MAC HMAC_SHA_256
  HMAC_384 GENERATE_VERIFY_MAC HMAC_SHA_384
  HMAC_512 GENERATE_VERIFY_MAC HMAC_SHA_512
  ML_DSA_44 SIGN_VERIFY ML_DSA_SHAKE_256
  ML_DSA_65 SIGN_VERIFY ML_DSA_SHAKE_256
  ML_DSA_87 SIGN_VERIFY ML_DSA_SHAKE_256
  ML_KEM_512 ENCAPSULATE_DECAPSULATE ML_KEM
  ML_KEM_768 ENCAPSULATE_DECAPSULATE ML_KEM
  ML_KEM_1024 ENCAPSULATE_DECAPSULATE ML_KEM
  SM2 ENCRYPT_DECRYPT SM2PKE
  SM2 SIGN_VERIFY SM2DSA
  SM2 KEY_AGREEMENT ECDH`;

describe('key specs', () => {
  const specs = Object.keys(keySpecs) as KeySpec[];
  const usages: readonly KeyUsage[] = [
    'ENCRYPT_DECRYPT',
    'SIGN_VERIFY',
    'GENERATE_VERIFY_MAC',
    'KEY_AGREEMENT',
    'ENCAPSULATE_DECAPSULATE',
  ];

  test('allow the usages and algorithms of the guide and no others', () => {
    const rows = specs.flatMap((spec) =>
      usages
        .filter((usage) => algorithmsOf(spec, usage).length > 0)
        .map((usage) => `${spec} ${usage} ${algorithmsOf(spec, usage).join(',')}`),
    );
    const expected = matrix.trim().split('\n');
    expect(rows.sort()).toEqual(expected.map((line) => line.trim()).sort());
  });

  test('name only algorithms that the API has', () => {
    const known: readonly string[] = [
      ...values.EncryptionAlgorithmSpec.enum,
      ...values.SigningAlgorithmSpec.enum,
      ...values.MacAlgorithmSpec.enum,
      ...values.KeyAgreementAlgorithmSpec.enum,
      ...values.EncapsulationAlgorithmSpec.enum,
    ];
    for (const spec of specs) {
      for (const usage of usages) {
        for (const algorithm of algorithmsOf(spec, usage)) expect(known).toContain(algorithm);
      }
    }
  });

  test('have a default usage only for symmetric encryption keys, and allow that usage', () => {
    expect(specs.filter((spec) => keySpecRow(spec).defaultUsage)).toEqual(['SYMMETRIC_DEFAULT']);
    expect(algorithmsOf('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT')).toEqual(['SYMMETRIC_DEFAULT']);
  });

  test('rotate only symmetric encryption keys, and import all but ML-DSA and ML-KEM', () => {
    expect(specs.filter((spec) => keySpecRow(spec).rotatable)).toEqual(['SYMMETRIC_DEFAULT']);
    expect(specs.filter((spec) => !keySpecRow(spec).importable)).toEqual([
      ...['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'],
      ...['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'],
    ]);
    for (const spec of specs) {
      expect(keySpecRow(spec).origins.includes('EXTERNAL')).toBe(keySpecRow(spec).importable);
    }
  });

  test('let custom key stores hold only symmetric encryption keys', () => {
    for (const origin of ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const) {
      expect(specs.filter((spec) => keySpecRow(spec).origins.includes(origin))).toEqual(['SYMMETRIC_DEFAULT']);
    }
  });

  test('give each data key spec its length', () => {
    expect(Object.keys(dataKeyLengthsInBytes).sort()).toEqual([...values.DataKeySpec.enum].sort());
    expect(dataKeyLengthsInBytes).toEqual({ AES_128: 16, AES_256: 32 });
  });
});
