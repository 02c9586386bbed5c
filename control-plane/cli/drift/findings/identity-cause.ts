/** Who made a difference of an identity: the oldest change of the unbroken run that left what is there now. */
import { type EventLog, EventsDenied, type TrailEvent } from '../running/events.ts';
import type { History } from '../running/history.ts';
import { type Attribution, causeOfEvent } from './cause.ts';
import type { Asked } from './identity-difference.ts';

export async function findIdentityCause(log: EventLog, history: History, asked: Asked): Promise<Attribution> {
  try {
    const { event, before } = await endOfRun(history, asked);
    if (event) return { cause: await causeOfEvent(log, event, event.changedIn, before) };
  } catch (error) {
    if (!(error instanceof EventsDenied)) throw error;
    return { unattributed: `the change log or the audit log cannot be read: ${error.message}` };
  }
  return { unattributed: 'no change in the change log left this: it can be older than the log, or of another origin' };
}

type ChangedEvent = TrailEvent & { readonly changedIn: string };

async function endOfRun(
  history: History,
  { resources, trace }: Asked,
): Promise<{ readonly event?: ChangedEvent; readonly before?: ChangedEvent }> {
  let found: ChangedEvent | undefined;
  for await (const event of history.read(resources)) {
    const left = trace(event);
    if (left === 'other') return { ...(found && { event: found, before: event }) };
    if (left === 'same') found = event;
  }
  return { ...(found && { event: found }) };
}
