/**
 * A signature or an RSA ciphertext has one form: bytes that only mean the same number, because they lack a leading zero
 * byte, have one too many or are encoded in another way, are refused.
 * Sources: RFC 8017 sections 7.1.2, 8.1.2 and 8.2.2, step 1; X.690 sections 8.3.2 and 10.1 (DER); RFC 8032 section
 * 5.1.7 (S below the group's order); FIPS 204 algorithm 3.
 */
import { constants, createHash, createPublicKey, publicEncrypt } from 'node:crypto';
import { type Curve, curves } from '@keystead/control-plane/hsm/crypto/ecc.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import type { WrappedMaterial } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import type { MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import { ed25519 } from '@noble/curves/ed25519.js';
import { der } from './wycheproof.ts';

const hsm = createSoftHsm(new SecretBytes(Buffer.alloc(32, 1)));

const keys = new Map<KeySpec, Promise<WrappedMaterial>>();
function keyOf(keySpec: KeySpec): Promise<WrappedMaterial> {
  const owner = { accountId: '111122223333', domainRegion: 'eu-central-1', keyId: 'mrk-1', keySpec };
  const known = keys.get(keySpec) ?? hsm.generateKey(owner).then((key) => ({ ...owner, ...key }));
  keys.set(keySpec, known);
  return known;
}

interface Way {
  readonly keySpec: KeySpec;
  readonly algorithm: SigningAlgorithmSpec;
  readonly messageType: MessageType;
}

/** Another message for each number. */
function messageOf({ algorithm, messageType }: Way, number = 0): Buffer {
  const text = Buffer.from(`message ${number}`);
  if (messageType === 'EXTERNAL_MU') return createHash('sha512').update(text).digest();
  return messageType === 'RAW'
    ? text
    : createHash(`sha${algorithm.slice(-3)}`)
        .update(text)
        .digest();
}

async function signed(way: Way, number = 0) {
  const { algorithm, messageType } = way;
  const request = { material: await keyOf(way.keySpec), algorithm, messageType, message: messageOf(way, number) };
  return { request, signature: Buffer.from(await hsm.sign(request)) };
}

/** Signs until a signature is as wanted: one in 256 of RSA begins with a zero byte. */
async function signedUntil(way: Way, isWanted: (signature: Buffer) => boolean) {
  for (let number = 0; number < 10_000; number++) {
    const made = await signed(way, number);
    if (isWanted(made.signature)) return made;
  }
  throw new Error('none of 10,000 signatures is as wanted');
}

const inBoth = (keySpec: KeySpec, algorithm: SigningAlgorithmSpec): readonly Way[] =>
  (['RAW', 'DIGEST'] as const).map((messageType) => ({ keySpec, algorithm, messageType }));

describe('an RSA signature that begins with a zero byte', () => {
  const schemes = ['PKCS1_V1_5', 'PSS'].flatMap((scheme) =>
    ['256', '384', '512'].map((hash) => `${scheme}_SHA_${hash}`),
  );
  const ways = schemes.flatMap((name) => inBoth('RSA_2048', `RSASSA_${name}` as SigningAlgorithmSpec));

  test.each(ways)('$algorithm, $messageType: verifies, but not without that byte or with one more', async (way) => {
    const { request, signature } = await signedUntil(way, ([first]) => first === 0);
    expect(await hsm.verify({ ...request, signature })).toBe(true);
    expect(await hsm.verify({ ...request, signature: signature.subarray(1) })).toBe(false);
    const longer = Buffer.concat([Buffer.of(0), signature]);
    expect(await hsm.verify({ ...request, signature: longer })).toBe(false);
  });
});

test.each(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const)(
  'an RSA ciphertext that begins with a zero byte decrypts, but not without that byte or with one more: %s',
  async (algorithm) => {
    const material = await keyOf('RSA_2048');
    const spki = { key: Buffer.from(await hsm.publicKey(material)), format: 'der', type: 'spki' } as const;
    const oaepHash = algorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256';
    const recipient = { key: createPublicKey(spki), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash };
    const plaintext = Buffer.from('to whom it may concern');
    let ciphertext = publicEncrypt(recipient, plaintext);
    while (ciphertext[0] !== 0) ciphertext = publicEncrypt(recipient, plaintext);
    const opened = await hsm.decryptAsymmetric({ material, algorithm, ciphertext });
    expect(Buffer.from(opened)).toEqual(plaintext);
    for (const other of [ciphertext.subarray(1), Buffer.concat([Buffer.of(0), ciphertext])]) {
      const failure = await hsm.decryptAsymmetric({ material, algorithm, ciphertext: other }).catch((error) => error);
      expect(failure).toBeInstanceOf(HsmError);
      expect(failure).toMatchObject({ kind: 'invalid-ciphertext' });
    }
  },
);

describe('an ECDSA signature', () => {
  const integer = (bytes: Uint8Array) => der(0x02, bytes);
  const sequence = (...parts: readonly Uint8Array[]) => der(0x30, Buffer.concat(parts));
  const withZero = (bytes: Uint8Array) => Buffer.concat([Buffer.of(0), bytes]);

  /** The contents of the two integers; each is shorter than 128 bytes. */
  function integersOf(signature: Buffer): readonly [Buffer, Buffer] {
    const body = signature.subarray(signature[1] === 0x81 ? 3 : 2);
    const length = body.readUInt8(1);
    return [body.subarray(2, 2 + length), body.subarray(4 + length)];
  }

  function plusOrder(bytes: Buffer, { noble }: Curve): Buffer {
    const sum = BigInt(`0x${bytes.toString('hex')}`) + noble.Point.Fn.ORDER;
    const hex = sum.toString(16);
    const even = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    return even.readUInt8(0) < 0x80 ? even : withZero(even);
  }

  /** By how they differ from DER of two numbers in the range from 1 to the order - 1. */
  function forgeries(r: Buffer, s: Buffer, curve: Curve): Readonly<Record<string, Buffer>> {
    const body = Buffer.concat([integer(r), integer(s)]);
    const length = body.length < 128 ? Buffer.of(0x81, body.length) : Buffer.of(0x82, 0, body.length);
    const fixed = [r, s].map((bytes) => {
      const number = bytes.subarray(-curve.coordinateLengthInBytes);
      return Buffer.concat([Buffer.alloc(curve.coordinateLengthInBytes - number.length), number]);
    });
    return {
      'a needless zero in r': sequence(integer(withZero(r)), integer(s)),
      'a needless zero in s': sequence(integer(r), integer(withZero(s))),
      'a negative r': sequence(integer(r.subarray(1)), integer(s)),
      'r plus the order': sequence(integer(plusOrder(r, curve)), integer(s)),
      's plus the order': sequence(integer(r), integer(plusOrder(s, curve))),
      'a third value': sequence(integer(r), integer(s), der(0x05, Buffer.alloc(0))),
      'a byte after it': Buffer.concat([sequence(body), Buffer.of(0)]),
      'a long length of the sequence': Buffer.concat([Buffer.of(0x30), length, body]),
      'a long length of r': sequence(Buffer.of(0x02, 0x81, r.length), r, integer(s)),
      'an indefinite length': Buffer.concat([Buffer.of(0x30, 0x80), body, Buffer.of(0, 0)]),
      'a set': der(0x31, body),
      'a fixed length, as IEEE P1363 writes it': Buffer.concat(fixed),
    };
  }

  const specs = [
    ['ECC_NIST_P256', 'ECDSA_SHA_256', curves.p256],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', curves.p384],
    ['ECC_NIST_P521', 'ECDSA_SHA_512', curves.p521],
    ['ECC_SECG_P256K1', 'ECDSA_SHA_256', curves.secp256k1],
  ] as const;
  const ways = specs.flatMap(([keySpec, algorithm, curve]) =>
    inBoth(keySpec, algorithm).map((way) => ({ ...way, curve: curve as Curve })),
  );

  test.each(ways)('$keySpec, $messageType: verifies in DER only', async ({ curve, ...way }) => {
    // A positive number whose first bit is set has a zero byte in front; without it, it would be negative.
    const { request, signature } = await signedUntil(way, (each) => integersOf(each)[0][0] === 0);
    const [r, s] = integersOf(signature);
    expect(sequence(integer(r), integer(s))).toEqual(signature);
    expect(await hsm.verify({ ...request, signature })).toBe(true);
    for (const [forgery, forged] of Object.entries(forgeries(r, s, curve))) {
      expect([forgery, await hsm.verify({ ...request, signature: forged })]).toEqual([forgery, false]);
    }
  });
});

test.each([
  { keySpec: 'ECC_NIST_EDWARDS25519', algorithm: 'ED25519_SHA_512', messageType: 'RAW' },
  { keySpec: 'ECC_NIST_EDWARDS25519', algorithm: 'ED25519_PH_SHA_512', messageType: 'DIGEST' },
] as const)('an Ed25519 signature has 64 bytes and an S below the order: $algorithm', async (way) => {
  const { request, signature } = await signed(way);
  expect(signature).toHaveLength(64);
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + ed25519.Point.Fn.ORDER;
  const sameS = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  const others = [
    Buffer.concat([signature.subarray(0, 32), sameS]),
    signature.subarray(0, 63),
    Buffer.concat([signature, Buffer.of(0)]),
  ];
  expect(await hsm.verify({ ...request, signature })).toBe(true);
  for (const other of others) expect(await hsm.verify({ ...request, signature: other })).toBe(false);
});

const mlDsaLengths = { ML_DSA_44: 2420, ML_DSA_65: 3309, ML_DSA_87: 4627 } as const;
const mlDsaWays = Object.entries(mlDsaLengths).flatMap(([keySpec, bytes]) =>
  (['RAW', 'EXTERNAL_MU'] as const).map((messageType) => ({ keySpec: keySpec as KeySpec, bytes, messageType })),
);

test.each(mlDsaWays)('an ML-DSA signature has $bytes bytes: $keySpec, $messageType', async ({ bytes, ...way }) => {
  const { request, signature } = await signed({ ...way, algorithm: 'ML_DSA_SHAKE_256' });
  expect(signature).toHaveLength(bytes);
  expect(await hsm.verify({ ...request, signature })).toBe(true);
  for (const other of [signature.subarray(0, -1), Buffer.concat([signature, Buffer.of(0)])]) {
    expect(await hsm.verify({ ...request, signature: other })).toBe(false);
  }
});
