import { inspect } from 'node:util';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';

describe('secret bytes', () => {
  const secret = () => new SecretBytes(Buffer.from('attack at dawn'));

  test('show nothing when they are printed, logged or serialized', () => {
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

  test('have no property that contains them', () => {
    expect(Reflect.ownKeys(secret())).toEqual([]);
  });

  test('are lent to a borrower, whose result is returned', () => {
    expect(secret().use((bytes) => Buffer.from(bytes).toString())).toBe('attack at dawn');
  });

  test('are zero after wiping and can no longer be borrowed', () => {
    const bytes = Buffer.from('attack at dawn');
    const wiped = new SecretBytes(bytes);
    wiped.wipe();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(() => wiped.use((lent) => lent.length)).toThrow('wiped');
  });

  test('are wiped after their only use, even when the borrower fails', () => {
    const bytes = Buffer.from('attack at dawn');
    const used = () =>
      new SecretBytes(bytes).useOnce(() => {
        throw new Error('borrower failed');
      });
    expect(used).toThrow('borrower failed');
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('refuse an asynchronous borrower', () => {
    expect(() => secret().use(async (bytes) => bytes.length)).toThrow(TypeError);
  });
});
