/** An audit log for tests of drift: a list of events about one key. */
import type { EventLog, TrailEvent } from '@keystead/control-plane/cli/drift/running/events.ts';
import { account, arnOf, keyId } from './state.ts';

/** One event a line, oldest first: second, name, caller, and request parameters. */
export type Line = readonly [
  second: number,
  eventName: string,
  who: string,
  parameters?: TrailEvent['requestParameters'],
];

export const keyArn = arnOf(keyId);
export const time = (second: number) => `2026-11-22T03:00:${String(second).padStart(2, '0')}Z`;

export function logOf(
  lines: readonly Line[],
  resourceArn = keyArn,
): EventLog & { readonly asked: readonly string[]; readonly events: readonly TrailEvent[] } {
  const asked: string[] = [];
  const events = lines.map(
    ([second, eventName, who, requestParameters = {}], index): TrailEvent => ({
      eventName,
      eventTime: time(second),
      eventID: `e${String(index).padStart(3, '0')}`,
      requestID: `r${index}`,
      sourceIPAddress: '192.0.2.1',
      userAgent: 'aws-cli',
      userIdentity: who === 'AWS Internal' ? { invokedBy: who } : { arn: `arn:aws:iam::${account}:user/${who}` },
      requestParameters,
    }),
  );
  const newestFirst = events.toReversed();
  return {
    asked,
    events,
    async *read(place, eventName) {
      asked.push(eventName);
      if (place.resourceArn !== resourceArn) return;
      for (const event of newestFirst) if (event.eventName === eventName) yield event;
    },
    async idsWithin(_place, second) {
      return newestFirst.filter(({ eventTime }) => eventTime === second).map(({ eventID }) => eventID);
    },
  };
}
