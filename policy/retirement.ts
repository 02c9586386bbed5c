/**
 * Who can retire a grant. The grant decides: its retiring principal can, its grantee when RetireGrant is among the
 * operations, and the root user of the issuing account; identity policies extend the right of the issuing and of a
 * retiring account to their users. A Deny in any policy overrides this.
 * Source: KMS Developer Guide, "Retiring and revoking grants".
 */
import type { Authority } from './authority.ts';
import {
  type AuthorizationRequest,
  type Evaluation,
  evaluate,
  explicitDenial,
  grantQuestionOf,
  grantRefusal,
  refuseCost,
  shortfall,
} from './authorize.ts';
import type { Conditions } from './conditions.ts';
import { type Decision, deny } from './decision.ts';
import { type Effort, newEffort } from './effort.ts';
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
  /** As in AuthorizationRequest. */
  readonly effort?: Effort;
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
  const effort = retirement.effort ?? newEffort();
  try {
    return decide(request, grant, evaluate(request, effort), effort);
  } catch (error) {
    return refuseCost(request, error);
  }
}

/** @throws TooCostly */
function decide(request: AuthorizationRequest, grant: Grant, evaluation: Evaluation, effort: Effort): Decision {
  const denied = explicitDenial(request, evaluation);
  if (denied) return denied;
  const { principal } = request;
  const reaches = [retiringReach(grant, principal), issuingReach(grant, principal)];
  const isAllowed =
    reaches.some((reach) => reach !== 'none' && shortfall(request, reach, evaluation) === undefined) ||
    grantRefusal(request, grantQuestionOf(request), grant, evaluation, effort) === undefined;
  return isAllowed
    ? { allowed: true, by: { policy: 'grant', grant } }
    : deny(request, { kind: 'no-allow', lacking: 'key policy', because: 'the grant lets others retire it' });
}

function retiringReach({ retiringId }: Grant, principal: Principal): GrantReach {
  return retiringId === undefined ? 'none' : reachOfId(retiringId, principal);
}

/** The issuing account's root user has the right as an identity of the account, with full identity access. */
function issuingReach({ issuingAccount }: Grant, principal: Principal): GrantReach {
  const reach = reachOfId(issuingAccount, principal);
  return reach === 'itself' ? 'account' : reach;
}
