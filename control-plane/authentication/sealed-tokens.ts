/**
 * Tokens that clients keep for us. Their keys belong to this installation (derived in the HSM, one per purpose), so
 * every node can open what another node sealed.
 *
 * Pagination markers and grant tokens carry no secret; an HMAC makes them tamper-proof:
 *
 *   base64url( version (1 byte) ‖ HMAC-SHA-256 of version ‖ payload (32 bytes) ‖ payload (UTF-8 JSON) )
 *
 * Session tokens also hold data that is not for their holder, so they are encrypted: base64url of
 * hsm/crypto/session-token-cipher.ts over the deflated JSON.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SealedTokenPurpose, SealedTokens } from '../context/sealed-tokens.ts';
import { openSessionToken, sealSessionToken } from '../hsm/crypto/session-token-cipher.ts';
import type { CredentialService } from '../hsm/port/credentials.ts';

const VERSION = Buffer.of(1);
const MAC_BYTES = 32;
/** The longest session has 12 KiB in its token; the HTTP server takes 32 KiB of headers. */
const MAX_SEALED_TOKEN_CHARS = 16_384;

interface Sealer {
  seal(payload: Uint8Array): Uint8Array;
  /** undefined for what was not sealed here. */
  open(sealedToken: Uint8Array): Uint8Array | undefined;
}

/** @throws HsmError when the sealing keys cannot be derived. */
export async function createSealedTokens(credentials: CredentialService): Promise<SealedTokens> {
  const sealers: Readonly<Record<SealedTokenPurpose, Sealer>> = {
    marker: signing(await credentials.deriveSealingKey('marker')),
    grant: signing(await credentials.deriveSealingKey('grant')),
    session: encrypting(await credentials.deriveSealingKey('session')),
  };
  return {
    seal(purpose, value) {
      return Buffer.from(sealers[purpose].seal(Buffer.from(JSON.stringify(value)))).toString('base64url');
    },
    open(purpose, sealedToken) {
      if (sealedToken.length > MAX_SEALED_TOKEN_CHARS) return undefined;
      const bytes = Buffer.from(sealedToken, 'base64url');
      // Node's decoder skips characters that are not base64url; only the canonical text is accepted.
      if (bytes.toString('base64url') !== sealedToken) return undefined;
      const payload = sealers[purpose].open(bytes);
      return payload && JSON.parse(Buffer.from(payload).toString());
    },
  };
}

function signing(key: Uint8Array): Sealer {
  const mac = (payload: Uint8Array) => createHmac('sha256', key).update(VERSION).update(payload).digest();
  return {
    seal: (payload) => Buffer.concat([VERSION, mac(payload), payload]),
    open(sealedToken) {
      if (sealedToken.length <= 1 + MAC_BYTES || sealedToken[0] !== VERSION[0]) return undefined;
      const payload = sealedToken.subarray(1 + MAC_BYTES);
      return timingSafeEqual(sealedToken.subarray(1, 1 + MAC_BYTES), mac(payload)) ? payload : undefined;
    },
  };
}

function encrypting(key: Uint8Array): Sealer {
  return {
    seal: (payload) => sealSessionToken(key, deflateRawSync(payload)),
    open(sessionToken) {
      const deflated = openSessionToken(key, sessionToken);
      return deflated && inflateRawSync(deflated);
    },
  };
}
