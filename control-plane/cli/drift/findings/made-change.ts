/** A change that the change log has, with the event that made it; and the finding about such changes of one object. */
import type { LoggedChange } from '../running/changes.ts';
import type { EventLog, TrailEvent } from '../running/events.ts';
import type { DeclaredResource } from '../states/declared.ts';
import type { ReadAccess } from './access.ts';
import { causeOfEvent } from './cause.ts';
import { type CompareOptions, type Difference, pathOf } from './compare.ts';
import type { Finding } from './finding.ts';
import { severityOfEvents } from './severity-of-events.ts';

/** A change with the event that made it; undefined: the audit log does not have it any more. */
export interface MadeChange {
  readonly change: LoggedChange;
  readonly event: TrailEvent | undefined;
}

export interface SinceQuestion extends CompareOptions {
  readonly made: readonly MadeChange[];
  /** Request ids of differences that are reported from the states already. */
  readonly reported: ReadonlySet<string>;
  readonly declared: readonly DeclaredResource[];
  readonly log: EventLog;
  readonly accessOf: ReadAccess;
}

export interface SinceAnswer {
  readonly findings: readonly Omit<Finding, 'id'>[];
  /** Attributes that `ignore_changes` leaves to others. */
  readonly leftToOthers: number;
}

/** The changes of one object since the baseline, and what a state says of it. */
export interface ChangedObject {
  /** Oldest first: all of them, with those that are reported already. */
  readonly all: readonly MadeChange[];
  readonly left: readonly MadeChange[];
  readonly resource: DeclaredResource | undefined;
}

const EVENTS_SHOWN = 10;

/** The whole object; of a key, what is not one attribute. */
export async function findingOf(
  changes: readonly MadeChange[],
  { resource }: ChangedObject,
  values: Pick<Finding, 'atBaseline' | 'actual'>,
  { log }: SinceQuestion,
): Promise<Omit<Finding, 'id'>> {
  const { change, event } = changes.at(-1) as MadeChange;
  const severity = severityOfEvents(change.ResourceType, eventNames(changes));
  const shown = { ...aboutObject(change, resource), attribute: change.ResourceType, ...values };
  return { ...shown, severity, details: operationsOf(changes), ...(await causeIn(log, event, change)) };
}

export const eventNames = (changes: readonly MadeChange[]): readonly string[] =>
  changes.map(({ change: { EventName } }) => EventName);

export function aboutObject(
  change: LoggedChange,
  resource: DeclaredResource | undefined,
): Omit<Difference, 'isSensitive' | 'attribute'> {
  return {
    ...(resource && { address: resource.address, ...pathOf(resource) }),
    region: change.Region,
    resourceArn: arnOf(change),
    what: 'changed since the baseline',
    ...(change.ResourceType === 'grant' && { grantId: change.ResourceId }),
  };
}

export async function causeIn(
  log: EventLog,
  event: TrailEvent | undefined,
  { EventId, Region }: LoggedChange,
): Promise<Pick<Finding, 'cause' | 'unattributed'>> {
  if (event === undefined) return { unattributed: `the audit log does not have event ${EventId}` };
  return { cause: await causeOfEvent(log, event, Region) };
}

/** The newest last; of a long history its end. */
export function operationsOf(changes: readonly MadeChange[]): readonly string[] {
  const hidden = changes.length - EVENTS_SHOWN;
  return [
    ...(hidden > 0 ? [`${hidden} earlier changes, and`] : []),
    ...changes.slice(-EVENTS_SHOWN).map(({ change: { EventName, Time, RequestId }, event }) => {
      const { arn, invokedBy } = event?.userIdentity ?? {};
      const settings = settingsIn(event);
      return `${EventName}${settings} at ${timeOf(Time)} by ${arn ?? invokedBy ?? 'unknown'}, request ${RequestId}`;
    }),
  ];
}

interface ChangedSettings {
  readonly changed?: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

/** Of a server that was started with others. */
function settingsIn(event: TrailEvent | undefined): string {
  const { changed = [] } = (event?.serviceEventDetails ?? {}) as ChangedSettings;
  if (changed.length === 0) return '';
  return ` (${changed.map(({ name, before, after }) => `${name}: ${before} → ${after}`).join('; ')})`;
}

/** As in the audit log: whole seconds. */
const timeOf = (seconds: number): string => new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');

export function arnOf({ ResourceType, AccountId, Region, ResourceId, KeyId }: LoggedChange): string {
  const base = `arn:aws:kms:${Region}:${AccountId}`;
  if (ResourceType === 'key') return `${base}:key/${ResourceId}`;
  if (ResourceType === 'grant') return `${base}:key/${KeyId}`;
  return ResourceType === 'alias' ? `${base}:${ResourceId}` : ResourceId;
}
