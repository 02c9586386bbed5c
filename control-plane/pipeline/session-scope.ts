/**
 * Operations that sessions of users and of root (GetSessionToken) cannot call, whatever policies say: such sessions
 * cannot create lasting credentials. Source: STS API reference, GetSessionToken, "Permissions"; MFA, which would lift
 * the limit for IAM, is not supported.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Context } from '../context/context.ts';

/** Operations of Keystead's own that change what IAM's would: who can call, and by which credentials. */
const changesOfIdentities: ReadonlySet<string> = new Set([
  'CreateAccount',
  'PutAccountOrganization',
  'DeleteAccountOrganization',
  'CreateServicePrincipal',
  'DeleteServicePrincipal',
  'CreateServiceAccessKey',
  'DeleteServiceAccessKey',
  'PutOpenIDConnectProviderKeys',
]);

const openToSessions: ReadonlySet<string> = new Set(['AssumeRole', 'GetCallerIdentity']);

/** @throws KmsError UnrecognizedClientException, AccessDeniedException */
export function requireWithinSession({ principal, authority }: Context, { service, name }: OperationRecord): void {
  const ownSession = authority.session && (principal.kind === 'user' || principal.kind === 'root');
  if (!ownSession) return;
  // IAM does not accept such credentials at all.
  if (service === 'iam') throw new KmsError('UnrecognizedClientException');
  if (service === 'sts' ? !openToSessions.has(name) : service === 'keystead' && changesOfIdentities.has(name)) {
    throw new KmsError('AccessDeniedException', `Cannot call ${name} with session credentials`);
  }
}
