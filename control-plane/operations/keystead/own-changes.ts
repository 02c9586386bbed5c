/** Whose the changes since a baseline are, as the audit log has it. */

import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../context/context.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import { timeOfId } from '../../domain/identifiers/time-ordered-id.ts';

/** More are a matter for a person, and AcceptChanges. */
const MAX_CHANGES = 1000;
const PAGE = 50;

/** Up to which change the account accepted under this name; 0: none, or longer ago than the audit log reaches. */
export async function lastAccepted(ctx: Context, baseline: string): Promise<number> {
  const found = await Promise.all(
    ['AcceptChanges', 'AcceptOwnChanges'].map((name) => newestAcceptance(ctx, name, baseline)),
  );
  // The newest counts, also where it went back to an earlier change.
  const [newest] = found.filter((one) => one !== undefined).sort((a, b) => timeOf(b) - timeOf(a));
  const { sequence } = (newest?.requestParameters ?? {}) as { readonly sequence?: number };
  return sequence ?? 0;
}

const timeOf = ({ eventID }: AuditRecord): number => timeOfId(eventID) ?? 0;

async function newestAcceptance(ctx: Context, eventName: string, baseline: string): Promise<AuditRecord | undefined> {
  for (let before: string | undefined; ; ) {
    const query = { accountId: ctx.accountId, region: ctx.region, eventName, limit: PAGE, ...defined({ before }) };
    const { records, next } = await ctx.store.lookupAudit(query);
    const found = records.find(
      ({ errorCode, requestParameters }) =>
        errorCode === undefined && (requestParameters as { readonly baseline?: string } | null)?.baseline === baseline,
    );
    if (found || next === undefined) return found;
    before = next;
  }
}

/** @throws KmsError that names the first change of somebody else */
export async function requireOwnChanges(ctx: Context, after: number, upTo: number): Promise<void> {
  const { rows } = await ctx.store.listChanges({ accountId: ctx.accountId, after, limit: MAX_CHANGES + 1 });
  const changes = rows.filter(({ sequence }) => sequence <= upTo);
  if (changes.length > MAX_CHANGES) {
    throw refused(
      `More than ${MAX_CHANGES} changes were made since this baseline. Let somebody look at them who has keystead:AcceptChanges.`,
    );
  }
  const events = new Map(changes.map((change) => [change.eventId, change]));
  for (const [eventId, { region, sequence, eventName }] of events) {
    const record = await eventOf(ctx, eventId, region);
    if (isOwn(ctx, record)) continue;
    const who = record === undefined ? 'somebody that the audit log does not name any more' : nameOf(record);
    throw refused(`Change ${sequence} since this baseline, ${eventName}, was made by ${who}, and not by you.`);
  }
}

const refused = (message: string): KmsError => new KmsError('ValidationException', message);

async function eventOf(ctx: Context, eventId: string, region: string): Promise<AuditRecord | undefined> {
  const atMs = timeOfId(eventId);
  if (atMs === undefined) return undefined;
  const second = Math.floor(atMs / 1000) * 1000;
  const query = { accountId: ctx.accountId, region, eventId, fromMs: second, toMs: second, limit: 1 };
  // A page can be empty and still have a next one.
  for (let before: string | undefined; ; ) {
    const { records, next } = await ctx.store.lookupAudit({ ...query, ...defined({ before }) });
    if (records[0] || next === undefined) return records[0];
    before = next;
  }
}

/** By unique id: a role or user of the same name that was made anew is another one. A job does what was asked before. */
function isOwn({ principal }: Context, record: AuditRecord | undefined): boolean {
  if (record === undefined) return false;
  const { principalId, invokedBy, type } = record.userIdentity;
  if (type === undefined && invokedBy === 'AWS Internal') return true;
  return typeof principalId === 'string' && withoutSession(principalId) === withoutSession(principal.principalId);
}

/** `AROA…:session` */
const withoutSession = (principalId: string): string => principalId.split(':')[0] ?? principalId;

function nameOf({ userIdentity: { arn, invokedBy, userName } }: AuditRecord): string {
  return String(arn ?? invokedBy ?? userName ?? 'somebody else');
}
