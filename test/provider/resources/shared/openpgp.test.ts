/** Texts encrypted for OpenPGP keys, read by a second implementation here and by GnuPG. */
import { execFileSync } from 'node:child_process';
import {
  constants,
  createDecipheriv,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptFor, openPgpKey } from '@keystead/provider/resources/shared/openpgp.ts';
import { describeWith } from '../../../support/needs.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const text = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** An RSA key that can encrypt, without a user id: nothing of it is signed. */
function rsaKey(key: KeyObject, algorithm = 1): Buffer {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const number = (base64: string) => {
    const bytes = Buffer.from(base64, 'base64url');
    const bits = bytes.length * 8 - (8 - (bytes[0] ?? 0).toString(2).length);
    return Buffer.concat([Buffer.of(bits >> 8, bits & 0xff), bytes]);
  };
  const body = Buffer.concat([Buffer.of(4, 0, 0, 0, 1, algorithm), number(n), number(e)]);
  return Buffer.concat([Buffer.of(0x99, body.length >> 8, body.length & 0xff), body]);
}

function fingerprint(key: Buffer): string {
  return createHash('sha1').update(key).digest('hex');
}

/** Reads a message of two packets, each with a length of one or two bytes. */
function decrypt(message: Buffer): string {
  const packets: Buffer[] = [];
  for (let at = 0; at < message.length; ) {
    const first = message[at + 1] ?? 0;
    const [start, length] = first < 192 ? [2, first] : [3, ((first - 192) << 8) + (message[at + 2] ?? 0) + 192];
    packets.push(message.subarray(at + start, at + start + length));
    at += start + length;
  }
  const [keyPacket = Buffer.alloc(0), dataPacket = Buffer.alloc(0)] = packets;
  const modulusBytes = 256;
  const wrapped = Buffer.alloc(modulusBytes);
  const number = keyPacket.subarray(12);
  number.copy(wrapped, modulusBytes - number.length);
  const sessionKey = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, wrapped);
  const key = sessionKey.subarray(1, 33);
  expect([sessionKey[0], sessionKey.length]).toEqual([9, 35]);
  expect(sessionKey.readUInt16BE(33)).toBe(key.reduce((sum, byte) => sum + byte, 0) % 65536);
  expect(dataPacket[0]).toBe(1);
  const whole = createDecipheriv('aes-256-cfb', key, Buffer.alloc(16)).update(dataPacket.subarray(1));
  expect(whole.subarray(14, 16)).toEqual(whole.subarray(16, 18));
  const hashed = whole.subarray(0, -20);
  expect(createHash('sha1').update(hashed).digest()).toEqual(whole.subarray(-20));
  const literal = hashed.subarray(18, -2);
  expect(literal[0]).toBe(0xcb);
  return literal.subarray(8).toString();
}

test('a text for an RSA key is a message that its owner reads, another one each time', () => {
  const key = rsaKey(publicKey);
  const opened = openPgpKey(key.toString('base64'));
  expect(opened.fingerprint).toBe(fingerprint(key));
  const messages = [encryptFor(opened, text), encryptFor(opened, text)];
  expect(messages.map((message) => decrypt(Buffer.from(message, 'base64')))).toEqual([text, text]);
  expect(messages[0]).not.toBe(messages[1]);
});

test.each([
  ['a text that is something else', 'AAAA', 'not an OpenPGP key'],
  ['an empty text', '====', 'not a public OpenPGP key'],
  ['a name at Keybase', 'keybase:somebody', 'not fetched'],
  ['a key that is cut off', rsaKey(publicKey).subarray(0, 100).toString('base64'), 'cut off'],
  [
    'a packet whose number is cut off',
    Buffer.of(0x99, 0, 8, 4, 0, 0, 0, 1, 1, 0xff, 0xff).toString('base64'),
    'cut off',
  ],
  ['a key that only signs', rsaKey(publicKey, 3).toString('base64'), 'no key for encryption'],
])('%s is refused', (_what, key, message) => {
  expect(() => openPgpKey(key)).toThrow(message);
});

test('no bytes of a key make it fail in another way than with an error', () => {
  const key = rsaKey(publicKey);
  for (let at = 0; at < 40; at++) {
    for (const bit of [0x80, 0x40, 0x08, 0x01]) {
      const changed = Buffer.from(key);
      changed[at] = (changed[at] ?? 0) ^ bit;
      try {
        expect(openPgpKey(changed.toString('base64')).fingerprint).toMatch(/^[0-9a-f]{40}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
  }
});

describeWith('gpg')('GnuPG', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'gpg-'));
  });
  afterAll(() => {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    rmSync(home, { recursive: true, force: true });
  });
  const gpg = (args: readonly string[], input?: Buffer) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    });

  test.each([
    ['rsa2048', 'sign', 'rsa2048'],
    ['ed25519', 'sign', 'cv25519'],
    ['nistp256', 'sign', 'nistp256'],
    ['nistp384', 'sign', 'nistp384'],
    ['nistp521', 'sign', 'nistp521'],
  ])('reads a text for a key of %s that can %s, with a subkey of %s', (primary, usage, subkey) => {
    const name = `${primary}@example.com`;
    gpg(['--quick-generate-key', name, primary, usage, 'never']);
    const listed = gpg(['--with-colons', '--list-keys', name]).toString();
    const fingerprintOfPrimary = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '';
    gpg(['--quick-add-key', fingerprintOfPrimary, subkey, 'encr', 'never']);
    const opened = openPgpKey(gpg(['--export', name]).toString('base64'));
    expect(opened.fingerprint).toBe(fingerprintOfPrimary.toLowerCase());
    const file = join(home, `${primary}.gpg`);
    writeFileSync(file, Buffer.from(encryptFor(opened, text), 'base64'));
    expect(gpg(['--decrypt', file]).toString()).toBe(text);
  });
});
