/**
 * Programs that sign with our keys: JSON Web Tokens, which a JOSE library verifies against a published key set; and an
 * Ethereum account, whose address is recovered from its signatures. The private key never leaves the server. Source:
 * RFC 7515, RFC 7518 section 3, RFC 8037; Ethereum Yellow Paper appendix F, EIP-2, EIP-191.
 */
import { createPublicKey, randomBytes } from 'node:crypto';
import { type KeySpec, KMS, type SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { createLocalJWKSet, errors, exportJWK, type JWK, jwtVerify } from 'jose';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let kms: KMS;

beforeAll(async () => {
  server = await startServer();
  kms = new KMS({ region: 'us-east-1', endpoint: server.endpoint, credentials: server.credentials });
});

afterAll(async () => {
  kms?.destroy();
  await server?.stop();
});

async function aKey(KeySpec: KeySpec): Promise<string> {
  const { KeyMetadata } = await kms.createKey({ KeySpec, KeyUsage: 'SIGN_VERIFY' });
  if (KeyMetadata?.KeyId === undefined) throw new Error('the answer does not name a key');
  return KeyMetadata.KeyId;
}

const publicKeyOf = async (KeyId: string) => {
  const { PublicKey = Buffer.of() } = await kms.getPublicKey({ KeyId });
  return createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
};

/** The two integers of an ECDSA signature, which ANSI X9.62 writes in DER. */
function integersOf(signature: Uint8Array): readonly [r: bigint, s: bigint] {
  const bytes = Buffer.from(signature);
  const start = bytes[1] === 0x81 ? 3 : 2;
  const integerAt = (at: number) => bytes.subarray(at + 2, at + 2 + bytes.readUInt8(at + 1));
  const r = integerAt(start);
  const number = (integer: Buffer) => BigInt(`0x${integer.toString('hex')}`);
  return [number(r), number(integerAt(start + 2 + r.length))];
}

const fixed = (integer: bigint, length: number) => Buffer.from(integer.toString(16).padStart(2 * length, '0'), 'hex');

describe('JSON Web Tokens', () => {
  /** JOSE writes the integers of an ECDSA signature one after the other, in this many bytes each. */
  const algorithms: readonly (readonly [alg: string, KeySpec, SigningAlgorithmSpec, integerLength: number])[] = [
    ['RS256', 'RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 0],
    ['RS512', 'RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_512', 0],
    ['PS384', 'RSA_2048', 'RSASSA_PSS_SHA_384', 0],
    ['ES256', 'ECC_NIST_P256', 'ECDSA_SHA_256', 32],
    ['ES384', 'ECC_NIST_P384', 'ECDSA_SHA_384', 48],
    ['ES512', 'ECC_NIST_P521', 'ECDSA_SHA_512', 66],
    ['EdDSA', 'ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 0],
  ];
  const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  async function jsonWebToken(
    KeyId: string,
    alg: string,
    SigningAlgorithm: SigningAlgorithmSpec,
    integerLength: number,
  ) {
    const claims = { iss: 'https://issuer.example', sub: 'alice', exp: Math.floor(Date.now() / 1000) + 600 };
    const signed = `${base64url({ alg, kid: KeyId, typ: 'JWT' })}.${base64url(claims)}`;
    const { Signature = Buffer.of() } = await kms.sign({ KeyId, Message: Buffer.from(signed), SigningAlgorithm });
    const signature =
      integerLength === 0
        ? Signature
        : Buffer.concat(integersOf(Signature).map((integer) => fixed(integer, integerLength)));
    return `${signed}.${Buffer.from(signature).toString('base64url')}`;
  }

  test.each(algorithms)('of %s can be verified with the key set', async (alg, spec, algorithm, length) => {
    const kid = await aKey(spec);
    const jwk: JWK = { ...(await exportJWK(await publicKeyOf(kid))), kid, alg, use: 'sig' };
    const keySet = createLocalJWKSet({ keys: [jwk] });
    const jwt = await jsonWebToken(kid, alg, algorithm, length);
    const { payload, protectedHeader } = await jwtVerify(jwt, keySet, { issuer: 'https://issuer.example' });
    expect(payload.sub).toBe('alice');
    expect(protectedHeader).toMatchObject({ alg, kid });

    const [header, , signature] = jwt.split('.');
    const forged = `${header}.${base64url({ ...payload, sub: 'mallory' })}.${signature}`;
    await expect(jwtVerify(forged, keySet)).rejects.toThrow(errors.JWSSignatureVerificationFailed);
    const stranger = { ...jwk, ...(await exportJWK(await publicKeyOf(await aKey(spec)))) };
    await expect(jwtVerify(jwt, createLocalJWKSet({ keys: [stranger] }))).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
  });
});

describe('an Ethereum account', () => {
  /** The last 20 bytes of the hash of the public key's point. */
  const addressOf = (point: Uint8Array) =>
    `0x${Buffer.from(keccak_256(point.subarray(1)).subarray(-20)).toString('hex')}`;
  const halfOrder = secp256k1.Point.Fn.ORDER >> 1n;

  /** As wallets do: the smaller of the two values of s, and the recovery bit found by trying. */
  async function signHash(KeyId: string, hash: Uint8Array, address: string) {
    const { Signature = Buffer.of() } = await kms.sign({
      KeyId,
      Message: hash,
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    const [r, s] = integersOf(Signature);
    const low = s > halfOrder ? secp256k1.Point.Fn.ORDER - s : s;
    for (const recovery of [0, 1]) {
      const signature = new secp256k1.Signature(r, low, recovery);
      if (addressOf(signature.recoverPublicKey(hash).toBytes(false)) === address) return { signature, recovery };
    }
    throw new Error('the signature is of another account');
  }

  test('signs messages from which its address is recovered', async () => {
    const KeyId = await aKey('ECC_SECG_P256K1');
    const spki = (await publicKeyOf(KeyId)).export({ format: 'der', type: 'spki' });
    const point = spki.subarray(-65);
    expect(point[0]).toBe(4);
    const address = addressOf(point);
    // Several messages, because half of all signatures have the larger s.
    for (const text of ['pay Bob one ether', 'pay Carol two', 'pay Dave three', 'pay Eve nothing']) {
      const message = Buffer.from(`\x19Ethereum Signed Message:\n${text.length}${text}`);
      const hash = keccak_256(message);
      const { signature } = await signHash(KeyId, hash, address);
      expect(signature.hasHighS()).toBe(false);
      expect(secp256k1.verify(signature.toBytes('compact'), hash, point, { prehash: false })).toBe(true);
    }
    await expect(signHash(await aKey('ECC_SECG_P256K1'), randomBytes(32), address)).rejects.toThrow('another account');
  });

  test('signs only a hash of 32 bytes', async () => {
    const KeyId = await aKey('ECC_SECG_P256K1');
    const input = { KeyId, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    for (const length of [31, 33]) {
      await expect(kms.sign({ ...input, Message: randomBytes(length) })).rejects.toThrow(
        'Digest is invalid length for algorithm ECDSA_SHA_256.',
      );
    }
  });
});
