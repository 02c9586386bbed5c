/**
 * Tokens that clients hold for us. Their keys belong to this installation (derived in the hsm, one per purpose), so every
 * node opens what any other sealed.
 *
 * Pagination markers and grant tokens carry no secret; an HMAC makes them tamper-proof:
 *
 *   base64url( version (1 byte) ‖ HMAC-SHA-256 of version ‖ payload (32 bytes) ‖ payload (UTF-8 JSON) )
 *
 * Session tokens also say what their holder need not know, and are encrypted: base64url of hsm/crypto/token-cipher.ts over the
 * deflated JSON.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Tokens } from '../context/tokens.ts';
import { openToken, sealToken } from '../hsm/crypto/token-cipher.ts';
import type { Hsm } from '../hsm/port/hsm.ts';

const VERSION = Buffer.of(1);
const MAC_BYTES = 32;
/** The longest session has 12 KiB in its token; the HTTP server takes 32 KiB of headers. */
const MAX_TOKEN_CHARS = 16_384;

type Purpose = Parameters<Tokens['seal']>[0];

interface Sealer {
  seal(payload: Uint8Array): Uint8Array;
  /** undefined for what was not sealed here. */
  open(token: Uint8Array): Uint8Array | undefined;
}

/** @throws HsmError when the token keys cannot be derived. */
export async function createTokens(hsm: Hsm): Promise<Tokens> {
  const sealers: Readonly<Record<Purpose, Sealer>> = {
    marker: signing(await hsm.deriveTokenKey('marker')),
    grant: signing(await hsm.deriveTokenKey('grant')),
    session: encrypting(await hsm.deriveTokenKey('session')),
  };
  return {
    seal(purpose, value) {
      return Buffer.from(sealers[purpose].seal(Buffer.from(JSON.stringify(value)))).toString('base64url');
    },
    open(purpose, token) {
      if (token.length > MAX_TOKEN_CHARS) return undefined;
      const bytes = Buffer.from(token, 'base64url');
      // Node's decoder skips what is not base64url: only the canonical text is ours.
      if (bytes.toString('base64url') !== token) return undefined;
      const payload = sealers[purpose].open(bytes);
      return payload && JSON.parse(Buffer.from(payload).toString());
    },
  };
}

function signing(key: Uint8Array): Sealer {
  const mac = (payload: Uint8Array) => createHmac('sha256', key).update(VERSION).update(payload).digest();
  return {
    seal: (payload) => Buffer.concat([VERSION, mac(payload), payload]),
    open(token) {
      if (token.length <= 1 + MAC_BYTES || token[0] !== VERSION[0]) return undefined;
      const payload = token.subarray(1 + MAC_BYTES);
      return timingSafeEqual(token.subarray(1, 1 + MAC_BYTES), mac(payload)) ? payload : undefined;
    },
  };
}

function encrypting(key: Uint8Array): Sealer {
  return {
    seal: (payload) => sealToken(key, deflateRawSync(payload)),
    open(token) {
      const deflated = openToken(key, token);
      return deflated && inflateRawSync(deflated);
    },
  };
}
