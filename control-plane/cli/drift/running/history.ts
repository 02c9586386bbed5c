/**
 * The changes of identities, custom key stores and server settings: the change log names them, in every Region, and
 * the event behind each. One walk over the change log serves all differences; events are read when they are asked for.
 */
import { type Connection, Refusal } from '../../shared/connection.ts';
import { type LoggedChange, readEvent } from './changes.ts';
import { EventsDenied, type TrailEvent } from './events.ts';

export interface History {
  /** Events that changed any of these (ARNs, access key ids, …), the newest first. @throws EventsDenied */
  read(resources: readonly string[]): AsyncIterable<TrailEvent & { readonly changedIn: string }>;
}

const TYPES = [
  ...(['principal', 'group', 'policy', 'oidc-provider', 'account', 'access-key'] as const),
  ...(['custom-key-store', 'server-settings'] as const),
];
const PAGE = 1000;

export function readHistory(connection: Connection): History {
  let log: Promise<ReadonlyMap<string, readonly LoggedChange[]>> | undefined;
  const events = new Map<string, Promise<TrailEvent | undefined>>();
  const eventOf = (change: LoggedChange) => {
    const event = events.get(change.EventId) ?? readEvent(connection, change).catch(denied);
    events.set(change.EventId, event);
    return event;
  };
  return {
    async *read(resources) {
      log ??= readLog(connection).catch(denied);
      const byResource = await log;
      const changes = resources.flatMap((resource) => byResource.get(resource) ?? []);
      for (const change of changes.toSorted((a, b) => b.Sequence - a.Sequence)) {
        const event = await eventOf(change);
        if (event) yield { ...event, changedIn: change.Region };
      }
    },
  };
}

async function readLog(connection: Connection): Promise<ReadonlyMap<string, readonly LoggedChange[]>> {
  const changes: LoggedChange[] = [];
  for (let After = 0; ; ) {
    const page = await connection.call('ListChanges', { After, Limit: PAGE, ResourceTypes: TYPES });
    changes.push(...page.Changes);
    if (page.Changes.length < PAGE) break;
    After = page.NextSequence;
  }
  return Map.groupBy(changes, ({ ResourceId }) => ResourceId);
}

function denied(error: unknown): never {
  if (error instanceof Refusal && error.code === 'AccessDeniedException') throw new EventsDenied(error.message);
  throw error;
}
