import { readFileSync } from 'node:fs';
import { openMessage, sealMessageWith } from '@keystead/control-plane/hsm/crypto/aes.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import { fromHex } from '../../support/external-vectors.ts';

interface Message {
  readonly name: string;
  readonly material: string;
  readonly keyId: string;
  readonly materialId: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly blob: string;
}
interface Vectors {
  readonly valid: readonly (Message & { readonly nonce: string; readonly iv: string; readonly plaintext: string })[];
  /** Each has one fault, and names the check that must refuse it. */
  readonly invalid: readonly (Message & { readonly failingCheck: string })[];
}
const vectors: Vectors = JSON.parse(readFileSync(new URL('../../vectors/ciphertext-v1.json', import.meta.url), 'utf8'));
const secretOf = (hex: string) => new SecretBytes(fromHex(hex));

describe('the ciphertext blob, version 1', () => {
  test.each(vectors.valid)(
    'is frozen: $name',
    ({ material, blob, plaintext, nonce, iv, encryptionContext, ...key }) => {
      const header = { ...key, nonce: fromHex(nonce), iv: fromHex(iv) };
      const sealed = sealMessageWith(secretOf(material), header, fromHex(plaintext), encryptionContext);
      expect(Buffer.from(sealed).toString('hex')).toBe(blob);
      const opened = openMessage(secretOf(material), key, fromHex(blob), encryptionContext);
      expect(Buffer.from(opened).toString('hex')).toBe(plaintext);
    },
  );

  test.each(vectors.invalid)(
    'is refused by its $failingCheck: $name',
    ({ material, blob, encryptionContext, ...key }) => {
      const open = () => openMessage(secretOf(material), key, fromHex(blob), encryptionContext);
      // The caller must not learn which check failed.
      const same = new HsmError('invalid-ciphertext', 'ciphertext, encryption context and key do not belong together');
      expect(open).toThrow(same);
      expect(open).toThrow(expect.objectContaining({ kind: 'invalid-ciphertext' }));
    },
  );
});
