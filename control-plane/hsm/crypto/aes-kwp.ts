/**
 * AES key wrap with padding: RFC 5649, NIST SP 800-38F section 6.3 (KWP-AD), by OpenSSL. Checked against the Wycheproof
 * vectors and against @noble/ciphers.
 */
import { createDecipheriv, createSecretKey } from 'node:crypto';
import { HsmError } from '../port/hsm-error.ts';
import { SecretBytes } from './secret-bytes.ts';

/** RFC 5649 section 3: the constant half of the Alternative Initial Value. */
const INTEGRITY_CHECK = Buffer.of(0xa6, 0x59, 0x59, 0xa6);

/**
 * @param key an AES key of 16, 24 or 32 bytes.
 * @throws HsmError `invalid-ciphertext`, the same for every cause.
 */
export function unwrapWithPadding(key: SecretBytes, wrapped: Uint8Array): SecretBytes {
  // RFC 5649 section 4.1: two semiblocks at least. OpenSSL would accept an empty input.
  if (wrapped.length < 16 || wrapped.length % 8 !== 0) throw unwrapFailed();
  const parts: Buffer[] = [];
  try {
    const decipher = key.use((bytes) =>
      createDecipheriv(`id-aes${8 * bytes.length}-wrap-pad`, createSecretKey(bytes), INTEGRITY_CHECK),
    );
    parts.push(decipher.update(wrapped), decipher.final());
    return new SecretBytes(Buffer.concat(parts));
  } catch {
    throw unwrapFailed();
  } finally {
    for (const part of parts) part.fill(0);
  }
}

function unwrapFailed(): HsmError {
  return new HsmError('invalid-ciphertext', 'the wrapped key cannot be unwrapped');
}
