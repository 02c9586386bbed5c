/** The credential service in software. */
import { deriveSigningKey, generateSecret, secretFromText } from '../crypto/access-key-secret.ts';
import { deriveKey, encodeTexts } from '../crypto/kdf.ts';
import { secretBinding, wrap } from '../crypto/wrapping.ts';
import type { CredentialService } from '../port/credentials.ts';
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
      return wrap(this.#held.rootKey, secretBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };

  deriveSigningKey: CredentialService['deriveSigningKey'] = async ({ secret, ...scope }) =>
    deriveSigningKey(this.#held.opened.open(secretBinding(secret), secret.wrapped), scope);

  deriveSealingKey: CredentialService['deriveSealingKey'] = async (purpose) =>
    this.#held.rootKey.use((rootKey) =>
      deriveKey(rootKey, 'keystead token key v1', encodeTexts(purpose)).useOnce((key) => Uint8Array.from(key)),
    );
}
