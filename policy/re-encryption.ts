/**
 * ReEncrypt by permission of two grants: the grant on the source key and the grant on the destination key must name the
 * same SourceArn. Each side alone is decided as any other request; here both are looked at together.
 * Source: KMS API Reference, ReEncrypt.
 */
import { type AuthorizationRequest, evaluate, grantQuestionOf, grantRefusal, refuseCost } from './authorize.ts';
import { type Decision, deny } from './decision.ts';
import { newEffort } from './effort.ts';
import type { Grant } from './grants.ts';

/** One key of the request, and the decision about it alone. */
export interface Side {
  readonly request: AuthorizationRequest;
  readonly decision: Decision;
}

/**
 * undefined: the two decisions stand. Otherwise the decisions in their place, for the source key and the destination
 * key: by other grants, which name one source; or a denial of the second when there are no such grants, or when it
 * costs too much to find them.
 */
export function withOneSource(from: Side, to: Side): readonly [Decision, Decision] | undefined {
  const [sent, received] = [grantOf(from), grantOf(to)];
  if (!sent || !received || sourceOf(sent) === sourceOf(received)) return undefined;
  try {
    const bySource = new Map(allowing(from.request).map((grant) => [sourceOf(grant), grant]));
    for (const grant of allowing(to.request)) {
      const other = bySource.get(sourceOf(grant));
      if (other) return [allowedBy(other), allowedBy(grant)];
    }
  } catch (error) {
    return [from.decision, refuseCost(to.request, error)];
  }
  const because = 'the grants on the two keys name different sources';
  return [from.decision, deny(to.request, { kind: 'no-allow', lacking: 'key policy', because })];
}

const sourceOf = ({ constraints }: Grant) => constraints?.SourceArn;

const grantOf = ({ decision }: Side): Grant | undefined =>
  decision.allowed && decision.by.policy === 'grant' ? decision.by.grant : undefined;

const allowedBy = (grant: Grant): Decision => ({ allowed: true, by: { policy: 'grant', grant } });

/** @throws TooCostly */
function allowing(request: AuthorizationRequest): readonly Grant[] {
  const effort = request.effort ?? newEffort();
  const evaluation = evaluate(request, effort);
  const use = grantQuestionOf(request);
  return request.grants.filter((grant) => grantRefusal(request, use, grant, evaluation, effort) === undefined);
}
