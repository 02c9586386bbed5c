/**
 * Who may retire a grant. The grant decides: its retiring principal may, its grantee when RetireGrant is among the
 * operations, and the root user of the issuing account; identity policies extend the right of the issuing and of a
 * retiring account to their users. A Deny in any policy holds.
 * Source: KMS Developer Guide, "Retiring and revoking grants".
 */
import type { Authority } from './authority.ts';
import {
  type AuthorizationRequest,
  allowingGrant,
  explicitDenial,
  grantReaches,
  hear,
  isForeign,
  silentBound,
  withinEffort,
} from './authorize.ts';
import type { Conditions } from './conditions.ts';
import { type Decision, deny } from './decision.ts';
import { type Grant, type GrantReach, reachOfId } from './grants.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Principal } from './principal.ts';

export interface RetirementRequest {
  readonly principal: Principal;
  readonly authority: Authority;
  readonly grant: Grant;
  readonly key: { readonly arn: string; readonly accountId: string };
  readonly keyPolicy: CompiledPolicy;
  readonly conditions: Conditions;
}

export function authorizeRetirement(retirement: RetirementRequest): Decision {
  const { grant, key } = retirement;
  const request: AuthorizationRequest = {
    ...retirement,
    action: 'kms:RetireGrant',
    resource: key,
    resourceKind: 'key',
    grants: [grant],
    grantOperation: 'RetireGrant',
    crossAccount: true,
  };
  return withinEffort(request, () => decide(request, retirement));
}

function decide(request: AuthorizationRequest, { principal, grant }: RetirementRequest): Decision {
  const heard = hear(request);
  const denied = explicitDenial(request, heard);
  if (denied) return denied;
  const bound = silentBound(heard);
  const suffices = (reach: GrantReach) =>
    grantReaches(reach, heard) && (!bound || (reach === 'itself' && !isForeign(request)));
  const service = principal.kind === 'aws-service' && isForeign(request);
  const rights = [retiringReach(grant, principal), issuingReach(grant, principal)];
  const may = !service && (rights.some(suffices) || allowingGrant(request, suffices) !== undefined);
  return may
    ? { allowed: true, by: { policy: 'grant', grant } }
    : deny(request, { kind: 'no-allow', lacking: 'key policy', because: 'the grant lets others retire it' });
}

function retiringReach({ retiringId }: Grant, principal: Principal): GrantReach {
  return retiringId === undefined ? 'none' : reachOfId(retiringId, principal);
}

/** Root itself is one of the account's identities that may do everything. */
function issuingReach({ issuingAccount }: Grant, principal: Principal): GrantReach {
  const reach = reachOfId(issuingAccount, principal);
  return reach === 'itself' ? 'account' : reach;
}
