/**
 * The records of one request in the logs of several accounts: the caller's, and those of the owners of other keys that
 * it used. The owner learns less about the caller than the caller's log says, and the caller nothing about another
 * account's key beyond its answer.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents" (sharedEventID); KMS Developer Guide, "Allowing users
 * in other accounts to use a KMS key".
 */
import { randomUUID } from 'node:crypto';
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { parseArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Context } from '../context/context.ts';
import type { AuditRecord } from '../domain/audit/audit-record.ts';
import { timeOrderedId } from '../domain/identifiers/time-ordered-id.ts';

type Data = Readonly<Record<string, unknown>>;

/** @param record of the request with all that is known, whoever can see it */
export function recordsOfAccounts(
  ctx: Context,
  record: AuditRecord,
  decisions: readonly DecisionNote[] = [],
): readonly AuditRecord[] {
  const owners = otherOwners(record);
  if (owners.length === 0) return [record];
  const theirs = owners.map((accountId) => ownersRecord(ctx, record, decisions, accountId));
  // An id in common would show that the key exists.
  if (record.errorCode !== undefined) return [callersRefusal(record, decisions), ...theirs];
  const sharedEventID = randomUUID();
  return [callersSuccess(record, decisions), ...theirs].map((each) => ({ ...each, sharedEventID }));
}

/** Accounts, beside the caller's, whose keys the request used. */
function otherOwners({ resources = [], recipientAccountId }: AuditRecord): readonly string[] {
  const owners = new Set(resources.map(({ accountId }) => accountId));
  owners.delete(recipientAccountId);
  return [...owners];
}

const ownerOf = ({ resource }: DecisionNote) => (resource === undefined ? undefined : parseArn(resource)?.accountId);

const isForeign = (note: DecisionNote, accountId: string) => (ownerOf(note) ?? accountId) !== accountId;

/** The answer named the key, not what in its policy decided. */
function callersSuccess(record: AuditRecord, decisions: readonly DecisionNote[]): AuditRecord {
  const notes = decisions.map((note) => (isForeign(note, record.recipientAccountId) ? withoutKeyPolicy(note) : note));
  return withNotes(record, notes);
}

function withoutKeyPolicy({ delegatedBy: _, ...note }: DecisionNote): DecisionNote {
  const { policy, action, resource, decision } = note;
  return policy === 'key policy' || policy === 'grant' ? { action, ...defined({ resource }), decision, policy } : note;
}

/**
 * As if the other account's key did not exist; only a refusal of the caller's own account says what the account knows.
 */
function callersRefusal(record: AuditRecord, decisions: readonly DecisionNote[]): AuditRecord {
  const { additionalEventData: _, resources = [], recipientAccountId, ...rest } = record;
  const last = decisions.at(-1);
  const isOwn = last?.decision === 'Deny' && !isForeign(last, recipientAccountId);
  const shown = {
    ...rest,
    recipientAccountId,
    resources: isOwn ? resources.filter(({ accountId }) => accountId === recipientAccountId) : [],
  };
  return isOwn
    ? withNotes(
        shown,
        decisions.filter((note) => !isForeign(note, recipientAccountId)),
      )
    : shown;
}

/**
 * With the caller's account and the principal's id, not its name, which the text of a refusal has, or its policies; and
 * with what the owner's own policies and grants decided.
 */
function ownersRecord(
  { principal, nowMs }: Pick<Context, 'principal' | 'nowMs'>,
  record: AuditRecord,
  decisions: readonly DecisionNote[],
  accountId: string,
): AuditRecord {
  const { errorMessage: _, ...rest } = record;
  const shown = {
    ...rest,
    userIdentity: { type: 'AWSAccount', principalId: principal.principalId, accountId: principal.accountId },
    eventID: timeOrderedId(nowMs),
    resources: (record.resources ?? []).filter((resource) => resource.accountId === accountId),
    recipientAccountId: accountId,
  };
  return withNotes(shown, decisions.filter((note) => ownerOf(note) === accountId).map(withoutCallersPolicies));
}

function withoutCallersPolicies(note: DecisionNote): DecisionNote {
  const { policy, action, resource, decision, delegatedBy } = note;
  if (policy === 'key policy' || policy === 'grant') return note;
  return { action, decision, policy, ...defined({ resource, delegatedBy }) };
}

function withNotes({ additionalEventData, ...record }: AuditRecord, notes: readonly DecisionNote[]): AuditRecord {
  const { keysteadAuthorization: _, ...data }: Data = additionalEventData ?? {};
  const shown: Data = { ...data, ...(notes.length > 0 && { keysteadAuthorization: notes }) };
  return { ...record, ...(Object.keys(shown).length > 0 && { additionalEventData: shown }) };
}
