/** Up to where changes were accepted: the newest record of AcceptChanges or AcceptOwnChanges in the audit log. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Connection } from '../../shared/connection.ts';
import type { TrailEvent } from './events.ts';

export const DEFAULT_BASELINE = 'default';

/** The audit log is read by Region: baselines are recorded in one. */
export const BASELINE_REGION = 'us-east-1';

export interface Baseline {
  readonly name: string;
  /** Of the last change that was accepted. */
  readonly sequence: number;
  /** ISO 8601 */
  readonly time: string;
  readonly principal: string;
  readonly note?: string;
}

/** The newest counts, whoever accepted. @throws Refusal when the caller is not allowed to read the audit log */
export async function readBaseline(connection: Connection, name: string): Promise<Baseline | undefined> {
  const found = await Promise.all(
    ['AcceptChanges', 'AcceptOwnChanges'].map((eventName) => newestOf(connection, eventName, name)),
  );
  // Ids begin with the time, to the millisecond.
  const [newest] = found.filter((one) => one !== undefined).sort((a, b) => b.eventID.localeCompare(a.eventID));
  return newest && baselineOf(name, newest);
}

async function newestOf(connection: Connection, EventName: string, name: string): Promise<TrailEvent | undefined> {
  for (let NextToken: string | undefined; ; ) {
    const query = { EventName, MaxResults: 50, ...defined({ NextToken }) };
    const page = await connection.call('LookupEvents', query, BASELINE_REGION);
    const events = page.Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as TrailEvent);
    const found = events.find((event) => event.errorCode === undefined && event.requestParameters?.baseline === name);
    if (found || page.NextToken === undefined) return found;
    NextToken = page.NextToken;
  }
}

function baselineOf(name: string, { requestParameters, eventTime, userIdentity }: TrailEvent): Baseline {
  const { sequence, note } = requestParameters ?? {};
  return {
    name,
    sequence: Number(sequence),
    time: eventTime,
    principal: userIdentity.arn ?? 'unknown',
    ...(typeof note === 'string' && { note }),
  };
}
