/** Who gained or lost which action on a key by a policy that differs, as the control plane decides it. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';
import type { Difference } from './compare.ts';

export interface AccessDifference {
  readonly changes: readonly {
    readonly principal: string;
    readonly gained: readonly string[];
    readonly lost: readonly string[];
    /** Under conditions that depend on the request. */
    readonly mayGain: readonly string[];
    readonly mayLose: readonly string[];
  }[];
  /** Every principal was decided. */
  readonly isComplete: boolean;
  /** Why not. */
  readonly unknown?: string;
}

/** Decides a comparison only once: many keys have the same policy. */
export type ReadAccess = (difference: Difference) => Promise<AccessDifference | undefined>;

export function readAccess(connection: Connection): ReadAccess {
  return async (difference) => {
    const { attribute, what, declared, isSensitive } = difference;
    if (attribute !== 'policy' || what !== 'changed' || isSensitive) return undefined;
    return comparedAccess(connection, difference.resourceArn, String(declared), difference.region);
  };
}

/**
 * What the present policy of a key gives and takes beside another one.
 * @param KeyId undefined: what a new key would let whom do that had the policy
 */
export function comparedAccess(
  connection: Connection,
  KeyId: string | undefined,
  Policy: string,
  region: string | undefined,
): Promise<AccessDifference> {
  return allPages((Marker) => {
    const page = { Policy, ...defined({ Marker }) };
    if (KeyId === undefined) return connection.call('SimulateNewKeyPolicy', page, region);
    return connection.call('CompareKeyPolicies', { KeyId, ...page }, region);
  }).catch(unknown);
}

type Page = OutputJson<'CompareKeyPolicies'> | OutputJson<'SimulateNewKeyPolicy'>;

async function allPages(read: (marker: string | undefined) => Promise<Page>): Promise<AccessDifference> {
  const changes: AccessDifference['changes'][number][] = [];
  const undecided: string[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await read(Marker);
    undecided.push(...page.Unknown);
    for (const { PrincipalArn: principal, Gained, Lost, MayGain, MayLose } of page.Changes) {
      changes.push({ principal, gained: Gained, lost: Lost, mayGain: MayGain, mayLose: MayLose });
    }
    if (page.NextMarker === undefined) break;
    Marker = page.NextMarker;
  }
  if (undecided.length === 0) return { changes, isComplete: true };
  return { changes, isComplete: false, unknown: `too costly to decide for ${undecided.join(', ')}` };
}

/** The statements are shown then. A service that is older than the operation has no route for it. */
function unknown(error: unknown): AccessDifference {
  if (error instanceof Refusal) return { changes: [], isComplete: false, unknown: error.message };
  throw error;
}
