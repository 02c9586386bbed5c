import { RootKeys } from '@keystead/control-plane/hsm/crypto/root-keys.ts';
import { openToken, sealToken } from '@keystead/control-plane/hsm/crypto/sealed-token.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import type { SealedTokenPurpose } from '@keystead/control-plane/hsm/port/credentials.ts';
import fc from 'fast-check';

const rootKey = (fill = 1) => RootKeys.first(new SecretBytes(new Uint8Array(32).fill(fill)));
const NOW_MS = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;
const purposes: readonly SealedTokenPurpose[] = ['marker', 'grant', 'session'];
const seal = (purpose: SealedTokenPurpose, content: Uint8Array, nowMs = NOW_MS) =>
  Buffer.from(sealToken(rootKey(), purpose, content, nowMs));
const open = (purpose: SealedTokenPurpose, sealed: Uint8Array, nowMs = NOW_MS, by = rootKey()) =>
  openToken(by, purpose, sealed, nowMs);

describe.each(purposes)('a sealed token of the purpose %s', (purpose) => {
  test('opens to its content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (content) => {
        expect(Buffer.from(open(purpose, seal(purpose, content)) ?? [])).toEqual(Buffer.from(content));
      }),
    );
  });

  test('does not open with another root key, for another purpose, changed in any byte, too short or too long', () => {
    const sealed = seal(purpose, Buffer.from('{"principal":"AROAEXAMPLE"}'));
    expect(open(purpose, sealed, NOW_MS, rootKey(2))).toBeUndefined();
    for (const other of purposes) if (other !== purpose) expect(open(other, sealed)).toBeUndefined();
    for (let at = 0; at < sealed.length; at++) {
      for (const bit of [0x01, 0x80]) {
        const changed = Uint8Array.from(sealed, (byte, i) => (i === at ? byte ^ bit : byte));
        expect(open(purpose, changed)).toBeUndefined();
      }
      expect(open(purpose, sealed.subarray(0, at))).toBeUndefined();
    }
    expect(open(purpose, Buffer.concat([sealed, Buffer.of(0)]))).toBeUndefined();
  });

  test('cannot be made up by somebody else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (invented) => {
        expect(open(purpose, invented)).toBeUndefined();
        expect(open(purpose, Buffer.concat([Buffer.of(2, 0, 0, 0, 1), invented]))).toBeUndefined();
      }),
    );
  });
});

test('markers and grant tokens of the same content are the same, so that a repeated answer equals the first', () => {
  for (const purpose of ['marker', 'grant'] as const) {
    expect(seal(purpose, Buffer.of(1))).toEqual(seal(purpose, Buffer.of(1)));
  }
});

describe('a session token', () => {
  test('does not reveal its content, and is different each time', () => {
    const content = Buffer.from('{"principal":"AROAEXAMPLE"}');
    const tokens = Array.from({ length: 100 }, () => seal('session', content));
    for (const token of tokens) expect(token.includes(content)).toBe(false);
    expect(new Set(tokens.map((token) => token.toString('hex'))).size).toBe(100);
  });

  test('does not open 36 hours after it was sealed, whatever it says of itself', () => {
    const token = seal('session', Buffer.from('{"expiresAtMs":9007199254740991}'));
    expect(open('session', token, NOW_MS + 36 * HOUR_MS)).toBeDefined();
    expect(open('session', token, NOW_MS + 37 * HOUR_MS)).toBeUndefined();
  });
});
