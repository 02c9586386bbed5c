/** How bad a difference of policies is, and who it is about. */
import type { Identities, Owner } from '../running/all-identities.ts';
import type { AccessDifference } from './access.ts';
import { compareReach, type Reach, type ReachDifference } from './policy-reach.ts';
import type { Severity } from './severity.ts';

export interface Judgement {
  readonly severity: Severity;
  readonly access: AccessDifference;
}

/** Principals beyond these are counted. */
const PRINCIPALS_SHOWN = 25;

/**
 * What policies of these principals allow more or less. Their other policies, boundaries and key policies decide beside
 * them, so everything is "may".
 */
export function judgePolicies(
  before: readonly string[],
  after: readonly string[],
  principals: readonly string[],
): Judgement {
  const reach = compareReach(before, after);
  const mayGain = [...texts(reach.allowed), ...texts(reach.undenied, ', which was denied')];
  const mayLose = [...texts(reach.disallowed), ...texts(reach.denied, ', which is denied')];
  const isSame = mayGain.length + mayLose.length === 0;
  const changes = isSame
    ? []
    : shown(principals).map((principal) => ({ principal, gained: [], lost: [], mayGain, mayLose }));
  return { severity: severityOf(reach), access: { changes, isComplete: true } };
}

const texts = (reaches: readonly Reach[], more = ''): readonly string[] => [
  ...new Set(reaches.map(({ text }) => `${text}${more}`)),
];

function shown(principals: readonly string[]): readonly string[] {
  if (principals.length === 0) return ['nobody now, and everybody who gets it'];
  const others = principals.length - PRINCIPALS_SHOWN;
  return others > 0 ? [...principals.slice(0, PRINCIPALS_SHOWN), `${others} more`] : principals;
}

function severityOf({ allowed, undenied, disallowed, denied }: ReachDifference): Severity {
  if (allowed.length > 0) return 'access gained';
  if (undenied.length > 0) return 'protection lost';
  return disallowed.length + denied.length > 0 ? 'use lost' : 'cosmetic';
}

/** Who can assume a role, as its trust policy names them. */
export function judgeTrust(before: string, after: string): Judgement {
  const reach = compareReach([before], [after]);
  const gains = [...reach.allowed, ...reach.undenied.map((one) => ({ ...one, isConditional: true }))];
  const losses = [...reach.disallowed, ...reach.denied.map((one) => ({ ...one, isConditional: true }))];
  const principals = [...new Set([...gains, ...losses].map(({ principal }) => principal))];
  const of = (some: readonly Reach[], principal: string, isConditional: boolean) =>
    texts(some.filter((one) => one.principal === principal && one.isConditional === isConditional));
  const changes = principals.map((principal) => ({
    principal: principal === '*' ? 'anyone' : principal,
    gained: of(gains, principal, false),
    lost: of(losses, principal, false),
    mayGain: of(gains, principal, true),
    mayLose: of(losses, principal, true),
  }));
  return { severity: severityOf(reach), access: { changes, isComplete: true } };
}

/** ARNs of those who have what the owner has: a group's users for a group. */
export function principalsOf({ kind, arn, name }: Owner, { owners }: Identities): readonly string[] {
  if (kind !== 'group') return [arn];
  return owners.filter(({ groups }) => groups.includes(name)).map((user) => user.arn);
}

/** The documents of everything that the owner has. */
export function documentsOf({ inline, attached }: Owner, { policies }: Identities): readonly string[] {
  return [...inline.values(), ...[...attached].flatMap((arn) => policies.get(arn)?.document ?? [])];
}

/** ARNs of those for whom a managed policy counts, also as their boundary. */
export function principalsWith(policyArn: string, identities: Identities): readonly string[] {
  const having = identities.owners.filter(({ attached }) => attached.has(policyArn));
  const bounded = identities.owners.filter(({ boundary }) => boundary === policyArn);
  return [
    ...new Set(having.flatMap((owner) => principalsOf(owner, identities))),
    ...bounded.map(({ arn }) => `${arn}, as its boundary`),
  ];
}
