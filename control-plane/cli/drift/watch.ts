/** `keystead drift watch`: follows the change log, and tells of each change within seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { type Caller, callerOf } from './findings/caller.ts';
import type { Severity } from './findings/severity.ts';
import { severityOfEvents } from './findings/severity-of-events.ts';
import { type LoggedChange, readChanges, readEvent } from './running/changes.ts';
import { readEvents } from './running/events.ts';

export interface WatchOptions {
  /** Seconds between two looks. */
  readonly interval: number;
  /** Sequence number to begin after; undefined: only what comes from now on. */
  readonly after?: number;
  /** ARNs of principals, or roles, whose changes are meant. */
  readonly except: readonly string[];
  readonly webhook?: string;
  /** Ends after the first change that is told. */
  readonly once: boolean;
}

/** A change as it is told. */
export interface Told {
  readonly sequence: number;
  readonly severity: Severity;
  readonly text: string;
}

/** @returns how many changes were told, when the signal or `once` ends it */
export async function watch(
  connection: Connection,
  options: WatchOptions,
  tell: (change: Told) => void,
  signal: AbortSignal,
): Promise<number> {
  let position = options.after ?? (await readChanges(connection, 0)).at(-1)?.Sequence ?? 0;
  let told = 0;
  while (!signal.aborted) {
    for (const change of await readChanges(connection, position)) {
      position = change.Sequence;
      const one = await toldOf(connection, change, options.except);
      if (!one) continue;
      tell(one);
      if (options.webhook !== undefined) await post(options.webhook, one);
      told += 1;
      if (options.once) return told;
    }
    await sleep(options.interval * 1000, undefined, { signal }).catch(() => undefined);
  }
  return told;
}

async function toldOf(
  connection: Connection,
  change: LoggedChange,
  except: readonly string[],
): Promise<Told | undefined> {
  const { Sequence: sequence, ResourceType, ResourceId, Region, EventName, RequestId } = change;
  const event = await readEvent(connection, change);
  const caller: Caller = event ? await callerOf(readEvents(connection), event, Region) : { principal: 'unknown' };
  if ([caller.principal, caller.roleArn].some((arn) => arn !== undefined && except.includes(arn))) return undefined;
  const severity = severityOfEvents(ResourceType, [EventName]);
  const from = event ? ` from ${event.sourceIPAddress} with ${event.userAgent}` : '';
  const at = event?.eventTime ?? 'an unknown time';
  const text = `${severity}: ${EventName} of ${ResourceType} ${ResourceId} in ${Region} by ${caller.principal} at ${at}${from} (change ${sequence}, request ${RequestId})`;
  return { sequence, severity, text };
}

/** `text` is what Slack and those who speak its form show. @throws CommandError when nobody took it */
async function post(url: string, told: Told): Promise<void> {
  const body = JSON.stringify({ ...told, text: told.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;') });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) }).catch(
    (error: Error) => error,
  );
  if (answer instanceof Response && answer.ok) return;
  const why = answer instanceof Response ? `status ${answer.status}` : answer.message;
  throw new CommandError(
    `The webhook did not take change ${told.sequence}: ${why}.`,
    `Correct --webhook, and go on with --after ${told.sequence - 1}.`,
  );
}
