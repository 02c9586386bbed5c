/**
 * Reads a `KeyId` member: key id, key ARN, alias name or alias ARN.
 * Source: AWS KMS Developer Guide, "Key identifiers (KeyId)"; API reference, KeyIdType (any string of 1–2048).
 */
import { type KeyReference, parseArn, parseKeyReference } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';

/**
 * @param accepts what the operation accepts; where it accepts only a key, an alias is refused as an unknown id.
 * @throws KmsError NotFoundException (not an identifier we could have issued), InvalidArnException (a broken ARN)
 */
export function parseKeyRef(text: string, accepts: 'key' | 'key-or-alias'): KeyReference {
  const reference = parseKeyReference(text);
  if (!reference) throw unreadable(text);
  if (accepts === 'key' && (reference.form === 'alias-name' || reference.form === 'alias-arn')) {
    throw new KmsError('NotFoundException', messages.invalidKeyId(text));
  }
  return reference;
}

function unreadable(text: string): KmsError {
  if (!text.startsWith('arn:')) return new KmsError('NotFoundException', messages.invalidKeyId(text));
  const arn = parseArn(text);
  if (arn?.service === 'kms' && arn.resource.startsWith('key/')) {
    return new KmsError('NotFoundException', messages.invalidKeyId(arn.resource.slice('key/'.length)));
  }
  return new KmsError('InvalidArnException', `Invalid arn ${text}`);
}
