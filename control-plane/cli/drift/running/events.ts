/** The audit log as drift reads it: successful events of one resource and name, newest first, each page read once. */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';

/** The parts of a CloudTrail event that tell who, when and what. */
export interface TrailEvent {
  readonly eventName: string;
  /** ISO 8601, whole seconds. */
  readonly eventTime: string;
  readonly eventID: string;
  readonly requestID: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly userIdentity: {
    readonly arn?: string;
    readonly invokedBy?: string;
    readonly accessKeyId?: string;
    /** Of a caller with an identity token: the token's subject. */
    readonly userName?: string;
    readonly identityProvider?: string;
    readonly sessionContext?: {
      readonly sessionIssuer?: { readonly arn?: string };
      readonly sourceIdentity?: string;
    };
  };
  readonly requestParameters?: Readonly<Record<string, unknown>> | null;
  readonly responseElements?: Readonly<Record<string, unknown>> | null;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  /** Of an event of the service itself. */
  readonly serviceEventDetails?: Readonly<Record<string, unknown>>;
}

export interface EventPlace {
  readonly region: string;
  readonly resourceArn: string;
}

export interface EventLog {
  /** Successful events of one name. @throws EventsDenied */
  read(place: EventPlace, eventName: string): AsyncIterable<TrailEvent>;
  /** Ids of all events of one second, in their order. @throws EventsDenied */
  idsWithin(place: EventPlace, second: string): Promise<readonly string[]>;
}

/** The caller is not allowed to read the audit log. */
export class EventsDenied extends Error {
  override readonly name = 'EventsDenied';
}

type Query = InputJson<'LookupEvents'>;

export function readEvents(connection: Connection): EventLog {
  const pages = new Map<string, Promise<OutputJson<'LookupEvents'>>>();
  const readPage = (region: string, query: Query): Promise<OutputJson<'LookupEvents'>> => {
    const place = JSON.stringify([region, query]);
    const known = pages.get(place);
    if (known) return known;
    const page = connection.call('LookupEvents', query, region).catch(denied);
    pages.set(place, page);
    return page;
  };
  async function* all(place: EventPlace, filter: Query): AsyncIterable<TrailEvent> {
    for (let pageToken: string | undefined; ; ) {
      const query = { ResourceArn: place.resourceArn, ...filter, MaxResults: 50, NextToken: pageToken };
      const page = await readPage(place.region, query);
      yield* page.Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as TrailEvent);
      if (page.NextToken === undefined) return;
      pageToken = page.NextToken;
    }
  }
  return {
    async *read(place, eventName) {
      for await (const event of all(place, { EventName: eventName })) if (event.errorCode === undefined) yield event;
    },
    async idsWithin(place, second) {
      const time = Date.parse(second) / 1000;
      const ids: string[] = [];
      for await (const { eventID } of all(place, { StartTime: time, EndTime: time })) ids.push(eventID);
      return ids;
    },
  };
}

function denied(error: unknown): never {
  if (error instanceof Refusal && error.code === 'AccessDeniedException') throw new EventsDenied(error.message);
  throw error;
}
