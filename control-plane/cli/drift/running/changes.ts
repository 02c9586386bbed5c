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

function permissionNamed(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
  throw new CommandError(
    `The changes since the baseline cannot be read. ${error.message}`,
    'keystead drift needs keystead:ListChanges and cloudtrail:LookupEvents where there is a baseline.',
  );
}

/** undefined: the audit log does not have it any more. */
export async function readEvent(
  connection: Connection,
  { EventId, Region }: Pick<LoggedChange, 'EventId' | 'Region'>,
): Promise<TrailEvent | undefined> {
  const { Events } = await connection.call('LookupEvents', { EventId }, Region);
  const [found] = Events;
  return found && (JSON.parse(found.CloudTrailEvent) as TrailEvent);
}
