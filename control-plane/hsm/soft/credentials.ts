/** The credential service in software. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { deriveSigningKey, generateSecret, secretFromText } from '../crypto/access-key-secret.ts';
import { openToken, sealToken } from '../crypto/sealed-token.ts';
import { secretBinding, wrap } from '../crypto/wrapping.ts';
import type { CredentialService } from '../port/credentials.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { Held } from './held.ts';

export class SoftCredentials implements CredentialService {
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  generateSecret: CredentialService['generateSecret'] = async (owner) => {
    const secret = generateSecret();
    return { secret, wrapped: await this.wrapSecret(owner, secret) };
  };

  wrapSecret: CredentialService['wrapSecret'] = async (owner, secret) => {
    const bytes = secretFromText(secret.reveal());
    try {
      return wrap(this.#held.rootKeys, secretBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };

  deriveSigningKey: CredentialService['deriveSigningKey'] = async ({ secret, ...scope }) => {
    requireNearDay(scope.date, this.#held.nowMs());
    return deriveSigningKey(this.#held.opened.open(secretBinding(secret), secret.wrapped), scope);
  };

  sealToken: CredentialService['sealToken'] = async (purpose, content) =>
    sealToken(this.#held.rootKeys, purpose, content, this.#held.nowMs());

  openToken: CredentialService['openToken'] = async (purpose, sealedToken) =>
    defined({ content: openToken(this.#held.rootKeys, purpose, sealedToken, this.#held.nowMs()) });
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** A signing key is as good as the secret for its day: a caller cannot have those of days to come in advance. */
function requireNearDay(date: string, nowMs: number): void {
  const days = [-1, 0, 1].map((offset) => new Date(nowMs + offset * DAY_MS).toISOString().slice(0, 10));
  if (days.some((day) => day.replaceAll('-', '') === date)) return;
  throw new HsmError('unsupported', 'signing keys are derived for yesterday, today and tomorrow only');
}
