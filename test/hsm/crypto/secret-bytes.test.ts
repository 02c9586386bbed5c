import { inspect } from 'node:util';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';

describe('secret bytes', () => {
  const secret = () => new SecretBytes(Buffer.from('attack at dawn'));

  test('show nothing when they are printed, logged or serialised', () => {
    const shown = [
      String(secret()),
      `${secret()}`,
      JSON.stringify({ key: secret() }),
      inspect({ key: secret() }, { depth: 9 }),
    ];
    for (const text of shown) {
      expect(text).toContain('[secret]');
      expect(text).not.toMatch(/attack|61, ?74|6174/);
    }
  });

  test('have no property that holds them', () => {
    expect(Reflect.ownKeys(secret())).toEqual([]);
  });

  test('lend themselves and return what the borrower returns', () => {
    expect(secret().use((bytes) => Buffer.from(bytes).toString())).toBe('attack at dawn');
  });

  test('are zero after wiping and lend themselves no more', () => {
    const bytes = Buffer.from('attack at dawn');
    const wiped = new SecretBytes(bytes);
    wiped.wipe();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(() => wiped.use((lent) => lent.length)).toThrow('wiped');
  });

  test('are wiped after their only use, also when the borrower fails', () => {
    const bytes = Buffer.from('attack at dawn');
    const used = () =>
      new SecretBytes(bytes).useOnce(() => {
        throw new Error('borrower failed');
      });
    expect(used).toThrow('borrower failed');
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('refuse a borrower that would keep them beyond the loan', () => {
    expect(() => secret().use(async (bytes) => bytes.length)).toThrow(TypeError);
  });
});
