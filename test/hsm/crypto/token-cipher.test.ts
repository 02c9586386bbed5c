import { randomBytes } from 'node:crypto';
import { openToken, sealToken } from '@keystead/control-plane/hsm/crypto/token-cipher.ts';
import fc from 'fast-check';

const key = randomBytes(32);
const bytes = (max: number) => fc.uint8Array({ minLength: 0, maxLength: max });

describe('a sealed token', () => {
  test('opens under its key, and shows nothing of what it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 4000 }), (plaintext) => {
        const token = Buffer.from(sealToken(key, plaintext));
        expect(Buffer.from(openToken(key, token) ?? [])).toEqual(Buffer.from(plaintext));
        expect(token.includes(Buffer.from(plaintext))).toBe(false);
      }),
    );
  });

  test('does not open under another key, changed in any byte, cut off or grown', () => {
    const token = sealToken(key, Buffer.from('{"principal":"AROAEXAMPLE"}'));
    expect(openToken(randomBytes(32), token)).toBeUndefined();
    for (let at = 0; at < token.length; at++) {
      for (const bit of [0x01, 0x80]) {
        const changed = Uint8Array.from(token, (byte, i) => (i === at ? byte ^ bit : byte));
        expect(openToken(key, changed)).toBeUndefined();
      }
      expect(openToken(key, token.slice(0, at))).toBeUndefined();
    }
    expect(openToken(key, Buffer.concat([token, Buffer.of(0)]))).toBeUndefined();
  });

  test('is never a text that somebody else made up', () => {
    fc.assert(
      fc.property(bytes(200), (invented) => {
        expect(openToken(key, invented)).toBeUndefined();
        expect(openToken(key, Buffer.concat([Buffer.of(1), invented]))).toBeUndefined();
      }),
    );
  });

  test('of the same content is different each time', () => {
    const tokens = Array.from({ length: 100 }, () => Buffer.from(sealToken(key, Buffer.of(1))).toString('hex'));
    expect(new Set(tokens).size).toBe(100);
  });
});
