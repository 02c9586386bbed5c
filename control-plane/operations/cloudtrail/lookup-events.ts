/** Past requests: the audit log as CloudTrail's LookupEvents shows it. */

import { aliasArn, keyArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Event, LookupAttribute } from '@keystead/provider-schema/generated/types.ts';
import { pageSize, pageSizes } from '@keystead/provider-schema/limits.ts';
import type { lookupEventsOperations } from '@keystead/provider-schema/operations/cloudtrail/lookup-events.ts';
import type { Context } from '../../context/context.ts';
import { type AuditRecord, accessKeyIdOf, userNameOf } from '../../domain/audit/audit-record.ts';
import { timeOfId } from '../../domain/identifiers/time-ordered-id.ts';
import type { AuditQuery } from '../../storage/port/audit.ts';
import type { Implementation, Implementations, Input } from '../shared/implementation.ts';
import { type ListName, openMarker, sealMarker } from '../shared/paging.ts';

/** Finds events of the caller's account and Region. Source: AWS CloudTrail API reference, LookupEvents. */
const lookupEvents: Implementation<'LookupEvents'> = {
  check(_ctx, { StartTime, EndTime, MaxResults, EventCategory, LookupAttributes = [] }) {
    if (StartTime && EndTime && StartTime > EndTime) throw new KmsError('InvalidTimeRangeException');
    const { min, max } = pageSizes.LookupEvents;
    if (MaxResults !== undefined && (MaxResults < min || MaxResults > max)) {
      throw new KmsError('InvalidMaxResultsException');
    }
    if (EventCategory !== undefined && EventCategory !== 'insight') {
      throw new KmsError('InvalidEventCategoryException', messages.invalidEventCategory(EventCategory));
    }
    if (LookupAttributes.length > 1) {
      throw new KmsError('InvalidLookupAttributesException', messages.oneLookupAttribute);
    }
  },
  async run(ctx, input) {
    const list = listName(ctx, input);
    const before = await openMarker(ctx, list, input.NextToken, () => new KmsError('InvalidNextTokenException'));
    const query = lookupQuery(ctx, input);
    // Keystead does not produce insight events, CloudTrail's findings about management events.
    if (!query || input.EventCategory === 'insight') return { output: { Events: [] } };
    const { records, next } = await ctx.store.lookupAudit({ ...query, ...defined({ before }) });
    const NextToken = next === undefined ? undefined : await sealMarker(ctx, list, next);
    return { output: { Events: records.map(lookedUp), NextToken } };
  },
};

/** The audit query of a request; undefined when no event can match it. */
function lookupQuery(ctx: Context, input: Input<'LookupEvents'>): AuditQuery | undefined {
  const { LookupAttributes: [attribute] = [], StartTime, EndTime } = input;
  const { ResourceArn, EventId, EventName, EventSource, RequestId, Username, AccessKeyId, ReadOnly } = input;
  const filter: AuditFilter = {
    ...defined({
      resourceArn: ResourceArn,
      eventId: EventId,
      eventName: EventName,
      eventSource: EventSource,
      requestId: RequestId,
      userName: Username,
      accessKeyId: AccessKeyId,
      readOnly: ReadOnly,
    }),
    ...(attribute && attributeFilter(ctx, attribute)),
  };
  const range = defined({ fromMs: StartTime?.getTime(), toMs: EndTime?.getTime() });
  const limit = pageSize('LookupEvents', input.MaxResults);
  const query = { accountId: ctx.accountId, region: ctx.region, limit, ...filter, ...range };
  const id = filter.eventId ?? filter.requestId;
  return id === undefined ? query : atTimeOf(id, query);
}

type AuditFilter = Omit<AuditQuery, 'accountId' | 'region' | 'limit' | 'before' | 'fromMs' | 'toMs'>;

function attributeFilter(ctx: Context, { AttributeKey: key, AttributeValue: value }: LookupAttribute): AuditFilter {
  const filter = Object.hasOwn(attributeFilters, key) ? attributeFilters[key] : undefined;
  if (filter) return filter(value, ctx);
  throw new KmsError('InvalidLookupAttributesException', messages.invalidLookupAttributeKey(key));
}

const attributeFilters: Readonly<Record<string, (value: string, ctx: Context) => AuditFilter>> = {
  EventId: (eventId) => ({ eventId }),
  EventName: (eventName) => ({ eventName }),
  EventSource: (eventSource) => ({ eventSource }),
  Username: (userName) => ({ userName }),
  AccessKeyId: (accessKeyId) => ({ accessKeyId }),
  ResourceType: (resourceType) => ({ resourceType }),
  // Records name resources by ARN; a key id or an alias name stands for the key or alias of this account and Region.
  ResourceName: (name, { accountId, region }) => ({
    resourceArn: name.startsWith('arn:')
      ? name
      : name.startsWith('alias/')
        ? aliasArn(region, accountId, name)
        : keyArn(region, accountId, name),
  }),
  ReadOnly: (value) => {
    if (value === 'true' || value === 'false') return { readOnly: value === 'true' };
    throw new KmsError('InvalidLookupAttributesException', messages.invalidLookupAttributeValue('ReadOnly'));
  },
};

/** Event times are whole seconds, ids contain the millisecond. An id without a time was not issued here. */
function atTimeOf(id: string, query: AuditQuery): AuditQuery | undefined {
  const atMs = timeOfId(id);
  if (atMs === undefined) return undefined;
  const secondMs = Math.floor(atMs / 1000) * 1000;
  const { fromMs = secondMs, toMs = secondMs } = query;
  return { ...query, fromMs: Math.max(fromMs, secondMs), toMs: Math.min(toMs, secondMs) };
}

function lookedUp(record: AuditRecord): Event {
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    ReadOnly: record.readOnly ? 'true' : 'false',
    AccessKeyId: accessKeyIdOf(record),
    EventTime: new Date(record.eventTime),
    EventSource: record.eventSource,
    Username: userNameOf(record),
    Resources: (record.resources ?? []).map(({ type, ARN }) => ({ ResourceType: type, ResourceName: ARN })),
    CloudTrailEvent: JSON.stringify(record),
  };
}

/** A page token continues only the query that issued it. */
function listName(
  ctx: Context,
  { NextToken: _pageToken, MaxResults: _size, ...query }: Input<'LookupEvents'>,
): ListName {
  const members = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1));
  return ['LookupEvents', ctx.accountId, ctx.region, JSON.stringify(members)];
}

export const lookupEventsFunctions: Implementations<typeof lookupEventsOperations> = {
  LookupEvents: lookupEvents,
};
