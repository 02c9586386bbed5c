/** What changed, and what was asked: the change log and the audit. Keystead's own. */
import { createHash } from 'node:crypto';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Event } from '@keystead/provider-schema/generated/types.ts';
import { pageSize } from '@keystead/provider-schema/limits.ts';
import type { Context } from '../context.ts';
import type { AuditRecord } from '../domain/audit-record.ts';
import type { Implementation, Input } from './implementation.ts';

/** Of the account, in every Region: a follower needs one cursor. */
export const listChanges: Implementation<'ListChanges'> = {
  async run(ctx, input) {
    const after = input.After ?? 0;
    const limit = pageSize('ListChanges', input.Limit);
    const { rows } = await ctx.store.listChanges({ accountId: ctx.accountId, after, limit });
    const Changes = rows.map((row) => ({
      Sequence: row.sequence,
      Time: new Date(row.atMs),
      AccountId: row.accountId,
      Region: row.region,
      ResourceType: row.resourceType,
      ResourceId: row.resourceId,
      KeyId: row.keyId,
      Kind: row.kind,
      EventName: row.eventName,
      RequestId: row.requestId,
      EventId: row.eventId,
    }));
    return { output: { Changes, NextSequence: rows.at(-1)?.sequence ?? after } };
  },
};

/** Of the account and Region, as CloudTrail's own LookupEvents. */
export const lookupEvents: Implementation<'LookupEvents'> = {
  check(_ctx, { StartTime, EndTime }) {
    if (StartTime && EndTime && StartTime > EndTime) throw new KmsError('InvalidTimeRangeException');
  },
  async run(ctx, input) {
    const query = lookupId(ctx, input);
    const before = input.NextToken === undefined ? undefined : openToken(ctx, query, input.NextToken);
    const { records, next } = await ctx.store.lookupAudit({
      accountId: ctx.accountId,
      region: ctx.region,
      limit: pageSize('LookupEvents', input.MaxResults),
      ...(input.ResourceArn !== undefined && { resourceArn: input.ResourceArn }),
      ...(input.EventName !== undefined && { eventName: input.EventName }),
      ...(input.RequestId !== undefined && { requestId: input.RequestId }),
      ...(input.StartTime && { fromMs: input.StartTime.getTime() }),
      ...(input.EndTime && { toMs: input.EndTime.getTime() }),
      ...(before !== undefined && { before }),
    });
    const NextToken = next === undefined ? undefined : ctx.tokens.seal('marker', ['LookupEvents', query, next]);
    return { output: { Events: records.map(lookedUp), NextToken } };
  },
};

function lookedUp(record: AuditRecord): Event {
  const { userName, type } = record.userIdentity;
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    EventTime: new Date(record.eventTime),
    Username: typeof userName === 'string' ? userName : type === 'Root' ? 'root' : undefined,
    CloudTrailEvent: JSON.stringify(record),
  };
}

/** Tells one query from another, so that a token continues only the query it came from. */
function lookupId(ctx: Context, input: Input<'LookupEvents'>): string {
  const { ResourceArn, EventName, RequestId, StartTime, EndTime } = input;
  const query = [ctx.accountId, ctx.region, ResourceArn, EventName, RequestId, StartTime, EndTime];
  return createHash('sha256').update(JSON.stringify(query)).digest('hex');
}

function openToken(ctx: Context, query: string, token: string): string {
  const opened = ctx.tokens.open('marker', token);
  if (Array.isArray(opened) && opened[0] === 'LookupEvents' && opened[1] === query) return String(opened[2]);
  throw new KmsError('InvalidNextTokenException');
}
