/** `keystead drift explain`: the events behind one finding. */
import type { Connection } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { type Caller, callerOf } from './findings/caller.ts';
import type { Finding } from './findings/finding.ts';
import { keyOf } from './findings/groups.ts';
import { readEvents, type TrailEvent } from './running/events.ts';
import { readHistory } from './running/history.ts';

const EVENTS_SHOWN = 50;

/** @throws CommandError when no finding has this id */
export function requireFinding(findings: readonly Finding[], id: string): Finding {
  const found = findings.find((one) => one.id === id);
  if (found) return found;
  const known = findings.slice(0, 10).map((one) => one.id);
  throw new CommandError(
    `There is no finding ${id} now${known.length > 0 ? `; there is ${known.join(', ')}` : ''}.`,
    'Take the id from a report of keystead drift with the same options.',
  );
}

/** The changes of what the finding is about, the newest first, with caller and parameters. */
export async function eventsBehind(connection: Connection, finding: Finding): Promise<readonly string[]> {
  const { region, resourceArn } = finding;
  if (isOfHistory(finding)) return eventsInHistory(connection, finding);
  const arns = [...new Set([resourceArn, keyOf(finding)])];
  const pages = await Promise.all(
    arns.map((ResourceArn) =>
      connection.call(
        'LookupEvents',
        { ResourceArn, ReadOnly: false, MaxResults: EVENTS_SHOWN },
        regionOf(ResourceArn, region),
      ),
    ),
  );
  const events = pages
    .flatMap(({ Events }) => Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as TrailEvent))
    .sort((a, b) => b.eventTime.localeCompare(a.eventTime));
  const once = [...new Map(events.map((event) => [event.eventID, event])).values()].slice(0, EVENTS_SHOWN);
  const log = readEvents(connection);
  return Promise.all(once.map(async (event) => describeEvent(event, await callerOf(log, event, region))));
}

/** Events of IAM and of the server do not name their resources: the change log does. */
const isOfHistory = ({ resourceArn }: Finding): boolean => /^(arn:[^:]*:iam:|cks-|server-settings$)/.test(resourceArn);

async function eventsInHistory(
  connection: Connection,
  { resourceArn, attribute }: Finding,
): Promise<readonly string[]> {
  const [, accessKey] = /^access_key\["(.*)"\]$/.exec(attribute) ?? [];
  const log = readEvents(connection);
  const lines: string[] = [];
  for await (const event of readHistory(connection).read(accessKey ? [accessKey] : [resourceArn])) {
    lines.push(describeEvent(event, await callerOf(log, event, event.changedIn)));
    if (lines.length === EVENTS_SHOWN) break;
  }
  return lines;
}

/** A replica's own Region has only what the service did; the request went to the primary key. */
const regionOf = (arn: string, otherwise: string): string => arn.split(':')[3] || otherwise;

function describeEvent(event: TrailEvent, { principal, chain, sourceIdentity }: Caller): string {
  const { eventTime, eventName, errorCode, sourceIPAddress, userAgent, requestID, requestParameters } = event;
  return [
    `${eventTime} ${eventName}${errorCode === undefined ? '' : ` refused: ${errorCode}`}`,
    `    by        ${principal}`,
    ...(chain ? [`    session   assumed by ${chain.join(', then ')}`] : []),
    ...(sourceIdentity ? [`    identity  ${sourceIdentity}`] : []),
    `    from      ${sourceIPAddress} with ${userAgent}`,
    `    request   ${requestID}`,
    `    asked     ${JSON.stringify(requestParameters ?? {})}`,
  ].join('\n');
}
