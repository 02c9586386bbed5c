/** Names of aliases. Source: AWS KMS API reference, CreateAlias; Developer Guide, "Aliases in AWS KMS". */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { RESERVED_ALIAS_PREFIX } from './managed-keys.ts';

const PREFIX = 'alias/';

/**
 * Checks the name of an alias to create or move. Its length and pattern were checked before.
 * @throws KmsError ValidationException, NotAuthorizedException (reserved names)
 */
export function requireAliasName(aliasName: string): void {
  if (!aliasName.startsWith(PREFIX) || aliasName.length === PREFIX.length) {
    throw new KmsError('ValidationException', messages.aliasPrefix);
  }
  if (aliasName.startsWith(RESERVED_ALIAS_PREFIX)) throw new KmsError('NotAuthorizedException');
  // The shape's pattern allows ':'; the service does not, because it would read as a part of an ARN.
  if (aliasName.includes(':')) {
    throw new KmsError('ValidationException', messages.aliasCharacters(aliasName));
  }
}
