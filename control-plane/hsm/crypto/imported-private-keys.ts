/**
 * Private keys that were generated elsewhere: read as PKCS#8 (RFC 5958), checked for the faults that OpenSSL accepts,
 * and written again in the HSM's own form, so that the same key is always the same bytes.
 *
 * Why they are checked: an RSA key with a wrong prime produces wrong signatures, which reveal its factors (Boneh,
 * DeMillo, Lipton, EUROCRYPT 1997); signatures of a key with another key's public point cannot be verified.
 */
import {
  checkPrime,
  createECDH,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { Gate } from '../../runtime/gate.ts';
import { HsmError } from '../port/hsm-error.ts';
import { algorithmIdentifierOf, type Curve } from './ecc.ts';
import { publicKeyInfoOf, rawPublicKeyOf } from './key-pairs.ts';
import { SecretBytes } from './secret-bytes.ts';

/** From unwrapped bytes, which the caller still owns, to material as the HSM keeps it. */
export type Accept = (plaintext: SecretBytes) => SecretBytes | Promise<SecretBytes>;

/** One text for every cause: it says that the material does not fit the spec, but not why. */
export function incorrectKeyMaterial(): HsmError {
  return new HsmError('incorrect-key-material', 'the bytes are not key material of the key spec');
}

/** Raw bytes, as many as the spec allows. */
export const acceptBytes =
  (minLength: number, maxLength: number): Accept =>
  (plaintext) => {
    if (plaintext.length < minLength || plaintext.length > maxLength) throw incorrectKeyMaterial();
    return new SecretBytes(plaintext.use((bytes) => Uint8Array.from(bytes)));
  };

/**
 * The parameters must name the curve (RFC 5480 section 2.1.1), the scalar must be in [1, n - 1], and the public key, if
 * there is one, must belong to the scalar (SP 800-56A section 5.6.2.1).
 */
export const acceptEccKey =
  (curve: Curve): Accept =>
  (plaintext) => {
    const imported = readPrivateKey(plaintext, 'ec');
    if (imported.asymmetricKeyDetails?.namedCurve !== curve.name) throw incorrectKeyMaterial();
    try {
      const key = imported.export({ format: 'jwk' });
      const point = pointOf(curve, key);
      const ours = createPrivateKey({ key: { ...key, ...point }, format: 'jwk' });
      if (key.x !== point.x || key.y !== point.y || !sameAlgorithm(imported, ours)) throw incorrectKeyMaterial();
      return written(ours);
    } catch {
      throw incorrectKeyMaterial();
    }
  };

/**
 * Version 2 (RFC 5958 section 2, RFC 8410 section 10.3) ends with the public key, which must belong to the private key.
 */
export const acceptEd25519Key: Accept = (plaintext) => {
  const key = readPrivateKey(plaintext, 'ed25519');
  const publicKey = Buffer.concat([Buffer.of(0x81, 0x21, 0x00), rawPublicKeyOf(createPublicKey(key), 32)]);
  const isOurs = plaintext.use(
    (bytes) => versionOf(bytes) === 0 || publicKey.equals(bytes.subarray(-publicKey.length)),
  );
  if (!isOurs) throw incorrectKeyMaterial();
  return written(key);
};

/**
 * FIPS 186-5 section 5.1 and appendix A.1.1: two primes, each half as long as the modulus and not close to each other,
 * an odd public exponent in (2^16, 2^256), and the numbers that follow from them.
 */
export const acceptRsaKey =
  (modulusLengthInBits: number): Accept =>
  async (plaintext) => {
    const imported = readPrivateKey(plaintext, 'rsa');
    if (imported.asymmetricKeyDetails?.modulusLength !== modulusLengthInBits) throw incorrectKeyMaterial();
    const numbers = findNumbers(imported);
    const hasForm = numbers && isConsistent(numbers) && isFarApart(numbers, modulusLengthInBits / 2);
    if (!hasForm || !(await arePrimes(numbers.p, numbers.q))) throw incorrectKeyMaterial();
    return written(imported);
  };

/** @throws HsmError `incorrect-key-material` */
function readPrivateKey(plaintext: SecretBytes, type: 'ec' | 'ed25519' | 'rsa'): KeyObject {
  const key = plaintext.use((bytes) => {
    if (!isOneDerValue(bytes)) return undefined;
    try {
      return createPrivateKey({
        key: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        format: 'der',
        type: 'pkcs8',
      });
    } catch {
      return undefined;
    }
  });
  if (key?.asymmetricKeyType !== type) throw incorrectKeyMaterial();
  return key;
}

/** OpenSSL ignores bytes after the first value (X.690 section 8.1.3). No private key takes more than 64 KiB. */
function isOneDerValue(bytes: Uint8Array): boolean {
  const [, short = 0] = bytes;
  if (short < 0x80) return bytes.length === 2 + short;
  const octets = bytes.subarray(2, 2 + (short & 0x7f));
  if (octets.length < 1 || octets.length > 2) return false;
  return bytes.length === 2 + octets.length + octets.reduce((length, octet) => 256 * length + octet, 0);
}

/** The first member of the PKCS#8 sequence. */
function versionOf(pkcs8: Uint8Array): number | undefined {
  const [, short = 0] = pkcs8;
  const head = short < 0x80 ? 2 : 2 + (short & 0x7f);
  return pkcs8[head + 2];
}

function written(key: KeyObject): SecretBytes {
  return new SecretBytes(key.export({ type: 'pkcs8', format: 'der' }));
}

/** @throws Error when the scalar is out of range. */
function pointOf({ name, coordinateLengthInBytes }: Curve, { d = '' }: JsonWebKey) {
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(d, 'base64url');
  const point = ecdh.getPublicKey();
  return {
    x: point.toString('base64url', 1, 1 + coordinateLengthInBytes),
    y: point.toString('base64url', 1 + coordinateLengthInBytes),
  };
}

function sameAlgorithm(one: KeyObject, other: KeyObject): boolean {
  const [a, b] = [one, other].map((key) => algorithmIdentifierOf(publicKeyInfoOf(createPublicKey(key))));
  return a !== undefined && b !== undefined && a.equals(b);
}

/** RFC 8017 section 3.2, both representations. */
interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

/** undefined for keys without factors, which cannot be exported as JWK. */
function findNumbers(key: KeyObject): RsaNumbers | undefined {
  try {
    return numbersOf(key.export({ format: 'jwk' }));
  } catch {
    return undefined;
  }
}

/** @throws SyntaxError when a number is missing. */
function numbersOf(key: JsonWebKey): RsaNumbers {
  const number = (member: keyof RsaNumbers) =>
    BigInt(`0x${Buffer.from(String(key[member]), 'base64url').toString('hex')}`);
  return {
    n: number('n'),
    e: number('e'),
    d: number('d'),
    p: number('p'),
    q: number('q'),
    dp: number('dp'),
    dq: number('dq'),
    qi: number('qi'),
  };
}

function isConsistent({ n, e, d, p, q, dp, dq, qi }: RsaNumbers): boolean {
  const goodExponent = e > 1n << 16n && e < 1n << 256n && e % 2n === 1n;
  return (
    goodExponent &&
    p > 1n &&
    q > 1n &&
    p !== q &&
    p * q === n &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    (qi * q) % p === 1n
  );
}

/** Fermat's method finds factors that are close together; any method finds short ones. */
function isFarApart({ p, q }: RsaNumbers, lengthInBits: number): boolean {
  const bits = BigInt(lengthInBits);
  const distance = p > q ? p - q : q - p;
  return p >> (bits - 1n) === 1n && q >> (bits - 1n) === 1n && distance > 1n << (bits - 100n);
}

const isPrime = promisify<bigint, boolean>((candidate, done) => checkPrime(candidate, done));

/** Half of the pool's threads, as for generating RSA keys. */
const primalityTests = new Gate(2);

/** Miller-Rabin on the thread pool, with OpenSSL's number of rounds for the size. */
async function arePrimes(...candidates: readonly bigint[]): Promise<boolean> {
  const found = await Promise.all(candidates.map((candidate) => primalityTests.run(() => isPrime(candidate))));
  return found.every(Boolean);
}
