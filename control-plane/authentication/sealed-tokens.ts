/**
 * Tokens that clients keep for us, as text: base64url of what the HSM seals (hsm/crypto/sealed-token.ts), which is the
 * JSON of a value, deflated for sessions.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SealedTokens } from '../context/sealed-tokens.ts';
import type { CredentialService } from '../hsm/port/credentials.ts';

/** The longest session has 12 KiB in its token; the HTTP server takes 32 KiB of headers. */
const MAX_SEALED_TOKEN_CHARS = 16_384;

export function createSealedTokens(credentials: Pick<CredentialService, 'sealToken' | 'openToken'>): SealedTokens {
  return {
    async seal(purpose, value) {
      const json = Buffer.from(JSON.stringify(value));
      const sealed = await credentials.sealToken(purpose, purpose === 'session' ? deflateRawSync(json) : json);
      return Buffer.from(sealed).toString('base64url');
    },
    async open(purpose, sealedToken) {
      if (sealedToken.length > MAX_SEALED_TOKEN_CHARS) return undefined;
      const bytes = Buffer.from(sealedToken, 'base64url');
      // Node's decoder skips characters that are not base64url; only the canonical text is accepted.
      if (bytes.toString('base64url') !== sealedToken) return undefined;
      const { content } = await credentials.openToken(purpose, bytes);
      if (content === undefined) return undefined;
      return JSON.parse(Buffer.from(purpose === 'session' ? inflateRawSync(content) : content).toString());
    },
  };
}
