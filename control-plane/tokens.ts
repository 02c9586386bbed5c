/**
 * Tokens that clients hold for us: pagination markers and grant tokens. A token is readable by its holder and carries
 * no secret; an HMAC under a key of this installation (derived in the hsm, one per purpose) makes it tamper-proof.
 *
 *   base64url( version (1 byte) ‖ HMAC-SHA-256 of version ‖ payload (32 bytes) ‖ payload (UTF-8 JSON) )
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Tokens } from './context.ts';
import type { Hsm } from './hsm/hsm.ts';

const VERSION = Buffer.of(1);
const MAC_BYTES = 32;
const MAX_TOKEN_CHARS = 8192;

type Purpose = Parameters<Tokens['seal']>[0];

/** @throws HsmError when the token keys cannot be derived. */
export async function createTokens(hsm: Hsm): Promise<Tokens> {
  const keys: Readonly<Record<Purpose, Uint8Array>> = {
    marker: await hsm.deriveTokenKey('marker'),
    grant: await hsm.deriveTokenKey('grant'),
  };
  const mac = (purpose: Purpose, payload: Uint8Array) =>
    createHmac('sha256', keys[purpose]).update(VERSION).update(payload).digest();
  return {
    seal(purpose, value) {
      const payload = Buffer.from(JSON.stringify(value));
      return Buffer.concat([VERSION, mac(purpose, payload), payload]).toString('base64url');
    },
    open(purpose, token) {
      if (token.length > MAX_TOKEN_CHARS) return undefined;
      const bytes = Buffer.from(token, 'base64url');
      // Node's decoder skips what is not base64url: only the canonical text is ours.
      if (bytes.length <= 1 + MAC_BYTES || bytes[0] !== VERSION[0] || bytes.toString('base64url') !== token) {
        return undefined;
      }
      const payload = bytes.subarray(1 + MAC_BYTES);
      if (!timingSafeEqual(bytes.subarray(1, 1 + MAC_BYTES), mac(purpose, payload))) return undefined;
      return JSON.parse(payload.toString());
    },
  };
}
