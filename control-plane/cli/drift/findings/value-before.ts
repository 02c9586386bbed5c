/**
 * Which value an attribute had at the baseline. The audit log has no values before a change, but it has every request:
 * the newest one before the first change since the baseline left the value, and a key that nobody changed has those of
 * its creation.
 */
import { defaultKeyPolicy } from '../../../domain/keys/default-policy.ts';
import type { EventLog, EventPlace, TrailEvent } from '../running/events.ts';
import { type Left, leftBy, tagOf, untouched } from './left.ts';

export type ValueBefore =
  | { readonly value: unknown }
  /** The audit log does not reach back to it. */
  | 'unknown';

export interface Before {
  readonly place: EventPlace;
  /** Id of the first event since the baseline: ids of events are ordered by time. */
  readonly eventId: string;
  /** Of a replica: its own Region has no record of what it was made with. */
  readonly primaryKeyArn?: string;
}

export async function valueBefore(log: EventLog, before: Before, attribute: string): Promise<ValueBefore> {
  const { CreateKey: _, ...events } = leftBy(attribute);
  const isEnabled = attribute === 'is_enabled' || attribute === 'enabled';
  const left = await newestBefore(log, before, isEnabled ? { ...events, ImportKeyMaterial: () => true } : events);
  return left ?? (await atCreation(log, before, attribute)) ?? 'unknown';
}

/** Id of the key that an alias named; undefined: it did not exist. */
export async function aliasTargetBefore(log: EventLog, before: Before): Promise<unknown> {
  const left = await newestBefore(log, before, aliasTargets);
  return left?.value;
}

const target: Left = ({ requestParameters }) => requestParameters?.targetKeyId;
export const aliasTargets: Readonly<Record<string, Left>> = {
  CreateAlias: target,
  UpdateAlias: target,
  DeleteAlias: () => undefined,
};

interface LeftValue {
  readonly event: TrailEvent;
  readonly value: unknown;
}

async function newestBefore(
  log: EventLog,
  { place, eventId }: Before,
  events: Readonly<Record<string, Left>>,
): Promise<LeftValue | undefined> {
  const found = await Promise.all(
    Object.entries(events).map(async ([name, left]): Promise<LeftValue | undefined> => {
      for await (const event of log.read(place, name)) {
        const value = event.eventID < eventId ? left(event) : untouched;
        if (value !== untouched) return { event, value };
      }
      return undefined;
    }),
  );
  const values = found.filter((one) => one !== undefined);
  return values.toSorted((a, b) => b.event.eventID.localeCompare(a.event.eventID))[0];
}

async function atCreation(
  log: EventLog,
  { place, primaryKeyArn }: Before,
  attribute: string,
): Promise<ValueBefore | undefined> {
  for await (const { requestParameters } of log.read(place, 'CreateKey')) {
    if (requestParameters) return { value: madeWith(requestParameters, attribute, place) };
  }
  if (primaryKeyArn === undefined) return undefined;
  const primary = { region: primaryKeyArn.split(':')[3] ?? '', resourceArn: primaryKeyArn };
  for await (const { requestParameters } of log.read(primary, 'ReplicateKey')) {
    if (requestParameters?.replicaRegion === place.region) {
      return { value: madeWith(requestParameters, attribute, place) };
    }
  }
  return undefined;
}

type Parameters = NonNullable<TrailEvent['requestParameters']>;

/** What the request did not say has the default of the service. */
function madeWith(parameters: Parameters, attribute: string, { region, resourceArn }: EventPlace): unknown {
  const tag = tagOf(attribute);
  if (tag !== undefined) {
    const tags = (parameters.tags ?? []) as readonly { readonly tagKey: string; readonly tagValue: string }[];
    return tags.find(({ tagKey }) => tagKey === tag)?.tagValue;
  }
  if (attribute === 'policy') return parameters.policy ?? defaultKeyPolicy(resourceArn.split(':')[4] ?? '', region);
  if (attribute === 'description') return parameters.description ?? '';
  if (attribute === 'is_enabled' || attribute === 'enabled') return parameters.origin !== 'EXTERNAL';
  return attribute === 'enable_key_rotation' || attribute === 'deletion_protection' ? false : undefined;
}
