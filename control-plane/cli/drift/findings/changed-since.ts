/**
 * What was changed since the baseline, whatever state and code say of it: an apply, a refresh, or a change that was taken
 * back cannot hide it, because only the change log is asked.
 */

import type { LoggedChange } from '../running/changes.ts';
import type { EventLog, TrailEvent } from '../running/events.ts';
import { causeOfEvent } from './cause.ts';
import type { Difference } from './compare.ts';
import type { Finding } from './finding.ts';
import { severityOfEvents } from './severity-of-events.ts';

/** A change with the event that made it; undefined: the audit log does not have it any more. */
export interface MadeChange {
  readonly change: LoggedChange;
  readonly event: TrailEvent | undefined;
}

const EVENTS_SHOWN = 10;

/**
 * One finding for each object.
 * @param reported request ids of differences that are reported from the states already
 * @param addressOf Terraform address of an object, if a state declares it
 */
export async function changedSince(
  made: readonly MadeChange[],
  reported: ReadonlySet<string>,
  addressOf: (name: string) => string | undefined,
  log: EventLog,
): Promise<readonly Omit<Finding, 'id'>[]> {
  const left = made.filter(({ change, event }) => !reported.has(change.RequestId) && !isRoutine(event));
  const objects = Map.groupBy(left, ({ change }) => objectOf(change));
  return Promise.all([...objects.values()].map((changes) => findingOf(changes, addressOf, log)));
}

/** Rotation by the clock is what was asked for when it was switched on. */
const isRoutine = (event: TrailEvent | undefined): boolean =>
  event?.eventName === 'RotateKey' && event.userIdentity.invokedBy === 'AWS Internal';

const objectOf = ({ Region, ResourceType, ResourceId }: LoggedChange): string =>
  `${Region} ${ResourceType} ${ResourceId}`;

async function findingOf(
  changes: readonly MadeChange[],
  addressOf: (name: string) => string | undefined,
  log: EventLog,
): Promise<Omit<Finding, 'id'>> {
  const last = changes.at(-1) as MadeChange;
  const { change } = last;
  const address = addressOf(nameOf(change));
  const shown: Omit<Difference, 'isSensitive'> = {
    ...(address !== undefined && { address }),
    region: change.Region,
    resourceArn: arnOf(change),
    what: 'changed since the baseline',
    attribute: change.ResourceType,
    details: detailsOf(changes),
    ...(change.ResourceType === 'grant' && { grantId: change.ResourceId }),
  };
  const severity = severityOfEvents(
    change.ResourceType,
    changes.map(({ change: { EventName } }) => EventName),
  );
  if (last.event === undefined)
    return { ...shown, severity, unattributed: `the audit log does not have event ${change.EventId}` };
  return { ...shown, severity, cause: await causeOfEvent(log, last.event, change.Region) };
}

/** The newest last; of a long history its end. */
function detailsOf(changes: readonly MadeChange[]): readonly string[] {
  const hidden = changes.length - EVENTS_SHOWN;
  return [
    ...(hidden > 0 ? [`${hidden} earlier changes, and`] : []),
    ...changes.slice(-EVENTS_SHOWN).map(({ change: { EventName, Time, RequestId }, event }) => {
      const { arn, invokedBy } = event?.userIdentity ?? {};
      return `${EventName} at ${timeOf(Time)} by ${arn ?? invokedBy ?? 'unknown'}, request ${RequestId}`;
    }),
  ];
}

/** As in the audit log: whole seconds. */
const timeOf = (seconds: number): string => new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');

/** As `nameOf` of a declared resource. */
function nameOf({ ResourceType, Region, ResourceId }: LoggedChange): string {
  return ResourceType === 'grant' ? `grant ${ResourceId}` : `${ResourceType} ${Region}/${ResourceId}`;
}

function arnOf({ ResourceType, AccountId, Region, ResourceId, KeyId }: LoggedChange): string {
  const base = `arn:aws:kms:${Region}:${AccountId}`;
  if (ResourceType === 'key') return `${base}:key/${ResourceId}`;
  if (ResourceType === 'grant') return `${base}:key/${KeyId}`;
  return ResourceType === 'alias' ? `${base}:${ResourceId}` : ResourceId;
}
