/** The change log after a sequence number, and the events that made the changes. */
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';
import type { TrailEvent } from './events.ts';

export type LoggedChange = OutputJson<'ListChanges'>['Changes'][number];

const PAGE = 1000;

/** Of the account, in every Region, oldest first. @throws CommandError when the caller is not allowed to list changes */
export async function readChanges(connection: Connection, after: number): Promise<readonly LoggedChange[]> {
  const changes: LoggedChange[] = [];
  for (let position = after; ; ) {
    const input = { After: position, Limit: PAGE };
    const { Changes, NextSequence } = await connection.call('ListChanges', input).catch(permissionNamed);
    changes.push(...Changes);
    if (Changes.length === 0 || NextSequence === position) return changes;
    position = NextSequence;
  }
}

/** The last change of the account; undefined: there is none. @throws CommandError when the caller is not allowed to list changes */
export async function newestChange(connection: Connection): Promise<LoggedChange | undefined> {
  const { Changes } = await connection.call('ListChanges', { Newest: true }).catch(permissionNamed);
  return Changes[0];
}

function permissionNamed(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
  throw new CommandError(
    `The change log cannot be read. ${error.message}`,
    'keystead drift needs keystead:ListChanges and cloudtrail:LookupEvents where there is a baseline, and with --publish.',
  );
}

/** undefined: the audit log does not have it any more. */
export async function readEvent(
  connection: Connection,
  change: Pick<LoggedChange, 'EventId' | 'Region' | 'ResourceId'>,
): Promise<TrailEvent | undefined> {
  const { EventId, Region, ResourceId } = change;
  const found = await eventIn(connection, EventId, Region);
  if (found || !ResourceId.startsWith('mrk-')) return found;
  // The Region of a replica can differ from the Region of the request that made it: that of the primary key.
  for (const other of await regionsOfKey(connection, ResourceId, Region)) {
    const elsewhere = await eventIn(connection, EventId, other);
    if (elsewhere) return elsewhere;
  }
  return undefined;
}

async function eventIn(connection: Connection, EventId: string, region: string): Promise<TrailEvent | undefined> {
  const { Events } = await connection.call('LookupEvents', { EventId }, region);
  const [found] = Events;
  return found && (JSON.parse(found.CloudTrailEvent) as TrailEvent);
}

/** The other Regions of a multi-Region key; none if it is gone, or the caller is not allowed to know. */
async function regionsOfKey(connection: Connection, KeyId: string, region: string): Promise<readonly string[]> {
  const described = await connection.call('DescribeKey', { KeyId }, region).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined;
    throw error;
  });
  const { PrimaryKey, ReplicaKeys = [] } = described?.KeyMetadata?.MultiRegionConfiguration ?? {};
  const regions = [PrimaryKey, ...ReplicaKeys].flatMap((key) => key?.Region ?? []);
  return [...new Set(regions)].filter((one) => one !== region);
}
