/**
 * The certificate for one run of the provider, in DER by hand: an X.509 library costs more than starting Node does.
 * Self-signed, P-256 with SHA-256, for `localhost`, like the one that go-plugin makes. Terraform trusts exactly
 * the certificate in the handshake line, so nothing else vouches for it.
 *
 * RFC 5280 section 4.1 (structure) and 4.2.1 (extensions), RFC 5480 (EC keys), RFC 5758 section 3.2 (ECDSA with
 * SHA-256), X.690 (DER).
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** X.690 section 8.1.3: short form below 128, else the number of length bytes and the length. */
function der(identifier: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(identifier, content.length), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(identifier, 0x80 | length.length), length, content]);
}

/** X.690 section 8.19: the first two arcs share a byte, each arc is base 128 with continuation bits. */
function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift(0x80 | (left & 0x7f));
    return digits;
  });
  return der(tag.objectIdentifier, Buffer.from(bytes));
}

const sequence = (...items: readonly Uint8Array[]): Buffer => der(tag.sequence, ...items);
const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer => der(tag.bitString, Buffer.of(unusedBits), bytes);
const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** RFC 5280 section 4.1.2.5: two-digit years through 2049, four-digit years after. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050
    ? der(tag.utcTime, Buffer.from(digits.slice(2)))
    : der(tag.generalizedTime, Buffer.from(digits));
}

function extension(identifier: string, critical: boolean, value: Uint8Array): Buffer {
  const flag = critical ? [der(tag.boolean, Buffer.of(0xff))] : [];
  return sequence(objectIdentifier(identifier), ...flag, der(tag.octetString, value));
}

function extensions(): Buffer {
  const isCa = sequence(der(tag.boolean, Buffer.of(0xff)));
  // RFC 5280 section 4.2.1.3: digitalSignature is bit 0, keyCertSign bit 5; two bits of the byte are unused.
  const keyUsage = bitString(Buffer.of(0b1000_0100), 2);
  const serverAuth = objectIdentifier('1.3.6.1.5.5.7.3.1');
  const clientAuth = objectIdentifier('1.3.6.1.5.5.7.3.2');
  const localhostName = der(0x82, Buffer.from('localhost')); // dNSName, context tag 2
  const all = sequence(
    extension('2.5.29.19', true, isCa),
    extension('2.5.29.15', true, keyUsage),
    extension('2.5.29.37', false, sequence(serverAuth, clientAuth)),
    extension('2.5.29.17', false, sequence(localhostName)),
  );
  return der(0xa3, all);
}

function commonName(name: string): Buffer {
  return sequence(der(tag.set, sequence(objectIdentifier('2.5.4.3'), der(tag.utf8String, Buffer.from(name)))));
}

/** Positive, and of full length whatever the random bytes are (RFC 5280 section 4.1.2.2: at most 20 bytes). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return der(tag.integer, bytes);
}

const dayInMs = 24 * 60 * 60 * 1000;

export interface Identity {
  readonly certificate: Buffer;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Valid from a day before `now`, for clocks that differ, and longer than any run lasts. */
export function makeIdentity(now: Date): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = commonName('localhost');
  const toBeSigned = sequence(
    der(0xa0, der(tag.integer, Buffer.of(2))), // version 3
    serialNumber(),
    ecdsaWithSha256,
    name,
    sequence(time(new Date(now.getTime() - dayInMs)), time(new Date(now.getTime() + 3650 * dayInMs))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bitString(signature));
  return {
    certificate,
    certificatePem: toPem(certificate),
    privateKeyPem: String(privateKey.export({ type: 'sec1', format: 'pem' })),
  };
}

function toPem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
