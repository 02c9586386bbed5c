/** Who made a difference: the newest successful event in the audit that can have made it. */
import type { Connection } from '../connection.ts';
import type { Difference } from './compare.ts';

export interface Cause {
  readonly eventName: string;
  /** ARN of the principal, or `AWS Internal` for the service itself. */
  readonly principal: string;
  /** ISO 8601 */
  readonly time: string;
  readonly requestId: string;
  readonly eventId: string;
  readonly sourceIp: string;
}

const keyLeft = ['ScheduleKeyDeletion', 'DeleteKey'];
const switched = ['EnableKey', 'DisableKey', 'CancelKeyDeletion', 'ScheduleKeyDeletion'];
const rotation = ['EnableKeyRotation', 'DisableKeyRotation'];

/** Events that can make a difference in an attribute. */
const eventsByAttribute: Readonly<Record<string, readonly string[]>> = {
  key: keyLeft,
  description: ['UpdateKeyDescription'],
  is_enabled: switched,
  enabled: switched,
  enable_key_rotation: rotation,
  rotation_period_in_days: rotation,
  policy: ['PutKeyPolicy'],
  tags_all: ['TagResource', 'UntagResource'],
  alias: ['CreateAlias', 'UpdateAlias', 'DeleteAlias'],
  target_key_id: ['UpdateAlias', 'CreateAlias', 'DeleteAlias'],
  grant: ['CreateGrant', 'RevokeGrant', 'RetireGrant'],
};

/** The parts of a CloudTrail event that tell who, when and which grant. */
interface TrailEvent {
  readonly eventName: string;
  readonly eventTime: string;
  readonly eventID: string;
  readonly requestID: string;
  readonly sourceIPAddress: string;
  readonly errorCode?: string;
  readonly userIdentity: { readonly arn?: string; readonly invokedBy?: string };
  readonly requestParameters?: { readonly grantId?: string } | null;
  readonly responseElements?: { readonly grantId?: string } | null;
  readonly additionalEventData?: { readonly grantId?: string };
}

interface EventPage {
  readonly Events: readonly { readonly CloudTrailEvent: string }[];
  readonly NextToken?: string;
}

/** undefined when the audit no longer holds the event. */
export async function findCause(connection: Connection, difference: Difference): Promise<Cause | undefined> {
  const candidates = await Promise.all(
    (eventsByAttribute[difference.attribute] ?? []).map((eventName) => newestEvent(connection, difference, eventName)),
  );
  const newest = candidates
    .filter((event) => event !== undefined)
    .sort((a, b) => b.eventTime.localeCompare(a.eventTime))[0];
  return (
    newest && {
      eventName: newest.eventName,
      principal: newest.userIdentity.arn ?? newest.userIdentity.invokedBy ?? 'unknown',
      time: newest.eventTime,
      requestId: newest.requestID,
      eventId: newest.eventID,
      sourceIp: newest.sourceIPAddress,
    }
  );
}

async function newestEvent(
  connection: Connection,
  difference: Difference,
  eventName: string,
): Promise<TrailEvent | undefined> {
  const { resourceArn, region, grantId } = difference;
  for (let token: string | undefined; ; ) {
    const query = new URLSearchParams({
      ResourceArn: resourceArn,
      EventName: eventName,
      MaxResults: '50',
      ...(token !== undefined && { NextToken: token }),
    });
    const page = (await connection.call('GET', `/v1/events?${query}`, { region })) as EventPage;
    for (const { CloudTrailEvent } of page.Events) {
      const event = JSON.parse(CloudTrailEvent) as TrailEvent;
      if (event.errorCode === undefined && (grantId === undefined || concerns(event, grantId))) return event;
    }
    if (page.NextToken === undefined) return undefined;
    token = page.NextToken;
  }
}

function concerns(event: TrailEvent, grantId: string): boolean {
  const parts = [event.requestParameters, event.responseElements, event.additionalEventData];
  return parts.some((part) => part?.grantId === grantId);
}
