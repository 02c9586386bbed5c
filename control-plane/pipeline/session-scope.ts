/**
 * What the sessions of users and of root (GetSessionToken) may not ask, whatever policies say: they cannot make access of
 * their own. Source: STS API reference, GetSessionToken, "Permissions"; there is no second factor here that would lift it.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Context } from '../context/context.ts';

const openToSessions: ReadonlySet<string> = new Set(['AssumeRole', 'GetCallerIdentity']);

/** @throws KmsError UnrecognizedClientException, AccessDeniedException */
export function requireWithinSession({ principal, authority }: Context, { service, name }: OperationRecord): void {
  const ownSession = authority.session && (principal.kind === 'user' || principal.kind === 'root');
  if (!ownSession) return;
  // IAM does not know such credentials at all.
  if (service === 'iam') throw new KmsError('UnrecognizedClientException');
  if (service === 'sts' && !openToSessions.has(name)) {
    throw new KmsError('AccessDeniedException', `Cannot call ${name} with session credentials`);
  }
}
