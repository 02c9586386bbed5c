/** Every message has a nonce and an IV of its own, however many are sealed one after another. */

import { parseCiphertextHeader } from '@keystead/control-plane/domain/keys/ciphertext.ts';
import { generateAesKey, sealMessage } from '@keystead/control-plane/hsm/crypto/aes.ts';

test('a thousand messages have a thousand nonces and a thousand IVs', () => {
  const material = generateAesKey();
  const key = { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab', materialId: 'ab'.repeat(32) };
  const headers = Array.from({ length: 1000 }, () => {
    const header = parseCiphertextHeader(sealMessage(material, key, Buffer.of(1), {}));
    if (!header) throw new Error('not a ciphertext');
    return { nonce: Buffer.from(header.nonce).toString('hex'), iv: Buffer.from(header.iv).toString('hex') };
  });
  expect(new Set(headers.map(({ nonce }) => nonce)).size).toBe(1000);
  expect(new Set(headers.map(({ iv }) => iv)).size).toBe(1000);
  const halves = headers.flatMap(({ nonce }) => [nonce.slice(0, 16), nonce.slice(16)]);
  expect(new Set(halves).size).toBe(2000);
});
