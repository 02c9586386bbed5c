/**
 * Deletion protection: what loses the data that a protected key encrypted is refused. Keystead's own; each Region of a
 * key has its own protection.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';

/** The part of a key that its protection is read from. */
export interface ProtectableKey {
  readonly regional: { readonly deletion_protected: number };
}

export function isProtected({ regional }: ProtectableKey): boolean {
  return regional.deletion_protected === 1;
}

/** @throws KmsError KMSInvalidStateException */
export function requireUnprotected(key: ProtectableKey & { readonly arn: string }): void {
  if (isProtected(key)) throw new KmsError('KMSInvalidStateException', messages.protectedKey(key.arn));
}
