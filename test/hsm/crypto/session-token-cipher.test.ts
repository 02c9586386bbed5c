import { randomBytes } from 'node:crypto';
import { openSessionToken, sealSessionToken } from '@keystead/control-plane/hsm/crypto/session-token-cipher.ts';
import fc from 'fast-check';

const key = randomBytes(32);
const bytes = (max: number) => fc.uint8Array({ minLength: 0, maxLength: max });

describe('a sealed session token', () => {
  test('opens with its key, and does not reveal its contents', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 4000 }), (plaintext) => {
        const sessionToken = Buffer.from(sealSessionToken(key, plaintext));
        expect(Buffer.from(openSessionToken(key, sessionToken) ?? [])).toEqual(Buffer.from(plaintext));
        expect(sessionToken.includes(Buffer.from(plaintext))).toBe(false);
      }),
    );
  });

  test('does not open with another key, or when it is changed in any byte, too short or too long', () => {
    const sessionToken = sealSessionToken(key, Buffer.from('{"principal":"AROAEXAMPLE"}'));
    expect(openSessionToken(randomBytes(32), sessionToken)).toBeUndefined();
    for (let at = 0; at < sessionToken.length; at++) {
      for (const bit of [0x01, 0x80]) {
        const changed = Uint8Array.from(sessionToken, (byte, i) => (i === at ? byte ^ bit : byte));
        expect(openSessionToken(key, changed)).toBeUndefined();
      }
      expect(openSessionToken(key, sessionToken.slice(0, at))).toBeUndefined();
    }
    expect(openSessionToken(key, Buffer.concat([sessionToken, Buffer.of(0)]))).toBeUndefined();
  });

  test('cannot be made up by somebody else', () => {
    fc.assert(
      fc.property(bytes(200), (invented) => {
        expect(openSessionToken(key, invented)).toBeUndefined();
        expect(openSessionToken(key, Buffer.concat([Buffer.of(1), invented]))).toBeUndefined();
      }),
    );
  });

  test('of the same content is different each time', () => {
    const sessionTokens = Array.from({ length: 100 }, () =>
      Buffer.from(sealSessionToken(key, Buffer.of(1))).toString('hex'),
    );
    expect(new Set(sessionTokens).size).toBe(100);
  });
});
