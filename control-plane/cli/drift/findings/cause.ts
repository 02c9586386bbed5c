/**
 * Who made a difference. The audit log is read from its newest event back, and each event left some value: the
 * difference is attributed to the oldest event of the unbroken run that left the actual value. So a later event about
 * something else is not blamed, nor a caller who set the same value once more, nor a change that was reverted since.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type EventLog, type EventPlace, EventsDenied, type TrailEvent } from '../running/events.ts';
import { keyIdOf } from '../states/declared.ts';
import { type Caller, callerOf } from './caller.ts';
import type { Difference } from './compare.ts';
import { leftBy, sameValue, untouched } from './left.ts';

export interface Cause extends Caller {
  readonly eventName: string;
  /** ISO 8601 */
  readonly time: string;
  readonly requestId: string;
  readonly eventId: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** Whether Terraform made the request, by its user agent: which anybody can send. */
  readonly throughTerraform: boolean;
  /** The change before it, which left another value. */
  readonly before?: Pick<Cause, 'eventName' | 'principal' | 'time' | 'requestId'>;
}

/** Either who made the difference, or why that is unknown. */
export type Attribution = { readonly cause: Cause } | { readonly unattributed: string };

/** What an event left: the actual value, another value, or nothing about this difference. */
type Trace = 'same' | 'other' | 'none';

/** Which events to read, and how to judge one. */
interface Question {
  readonly place: EventPlace;
  readonly eventNames: readonly string[];
  readonly trace: (event: TrailEvent) => Trace;
  /** Such an event happens once, or only the newest counts: the first match is the answer. */
  readonly newest?: true;
}

export async function findCause(log: EventLog, difference: Difference): Promise<Attribution> {
  try {
    for (const question of questionsAbout(difference)) {
      const found = question.newest ? await newestTrace(log, question) : await oldestOfRun(log, question);
      if (found) return { cause: await causeOf(log, found, question.place.region) };
    }
  } catch (error) {
    if (error instanceof EventsDenied) return { unattributed: `the audit log cannot be read: ${error.message}` };
    throw error;
  }
  return {
    unattributed: 'no event in the audit log left this value: it can be older than the log, or of another origin',
  };
}

/** The event that made the difference, and the one before it that left another value. */
interface Found {
  readonly event: TrailEvent;
  readonly before?: TrailEvent;
}

async function newestTrace(log: EventLog, question: Question): Promise<Found | undefined> {
  const found = await Promise.all(
    question.eventNames.map(async (name) => {
      for await (const event of log.read(question.place, name)) if (question.trace(event) === 'same') return event;
      return undefined;
    }),
  );
  const [event] = found.filter((one) => one !== undefined).sort(byNewest);
  return event && { event };
}

interface TracedEvent {
  readonly event: TrailEvent;
  readonly trace: Trace;
}

async function oldestOfRun(log: EventLog, question: Question): Promise<Found | undefined> {
  const traced = (await Promise.all(question.eventNames.map((name) => tracesUntilOther(log, question, name)))).flat();
  const order = await orderWithinSeconds(log, question.place, traced);
  return runEnd(traced, order) ?? runEnd(traced, new Map());
}

/** Where the order within a second is unknown, the events that left the actual value count as the last. */
function runEnd(traced: readonly TracedEvent[], order: ReadonlyMap<string, number>): Found | undefined {
  const place = ({ event, trace }: TracedEvent) => order.get(event.eventID) ?? (trace === 'same' ? 0 : 1);
  const newestFirst = traced.toSorted((a, b) => byNewest(a.event, b.event) || place(a) - place(b));
  const end = newestFirst.findIndex(({ trace }) => trace === 'other');
  const event = newestFirst.slice(0, end < 0 ? undefined : end).at(-1)?.event;
  return event && { event, ...defined({ before: newestFirst[end]?.event }) };
}

/** Event times are whole seconds. Where a second holds both kinds, the audit log gives the order of its events. */
async function orderWithinSeconds(
  log: EventLog,
  place: EventPlace,
  traced: readonly TracedEvent[],
): Promise<ReadonlyMap<string, number>> {
  const seconds = (trace: Trace) =>
    new Set(traced.filter((one) => one.trace === trace).map((one) => one.event.eventTime));
  const others = seconds('other');
  const mixed = [...seconds('same')].filter((second) => others.has(second));
  const ids = await Promise.all(mixed.map((second) => log.idsWithin(place, second)));
  return new Map(ids.flatMap((inOrder) => inOrder.map((id, index) => [id, index] as const)));
}

/** An event older than the newest one that left another value cannot belong to the run. */
async function tracesUntilOther(
  log: EventLog,
  { place, trace }: Question,
  eventName: string,
): Promise<readonly TracedEvent[]> {
  const traces: TracedEvent[] = [];
  for await (const event of log.read(place, eventName)) {
    const left = trace(event);
    if (left !== 'none') traces.push({ event, trace: left });
    if (left === 'other') break;
  }
  return traces;
}

const byNewest = (a: TrailEvent, b: TrailEvent) => b.eventTime.localeCompare(a.eventTime);

/** As the program calls itself. */
export const isTerraform = (userAgent: string): boolean => /\b(Terraform|OpenTofu)\//.test(userAgent);

/** @param region where the caller's session is looked up @param before the change that left another value */
export const causeOfEvent = (log: EventLog, event: TrailEvent, region: string, before?: TrailEvent): Promise<Cause> =>
  causeOf(log, { event, ...defined({ before }) }, region);

async function causeOf(log: EventLog, { event, before }: Found, region: string): Promise<Cause> {
  return {
    eventName: event.eventName,
    ...(await callerOf(log, event, region)),
    time: event.eventTime,
    requestId: event.requestID,
    eventId: event.eventID,
    sourceIp: event.sourceIPAddress,
    userAgent: event.userAgent,
    throughTerraform: isTerraform(event.userAgent),
    ...(before && { before: await earlier(log, before, region) }),
  };
}

async function earlier(log: EventLog, event: TrailEvent, region: string): Promise<NonNullable<Cause['before']>> {
  const { principal } = await callerOf(log, event, region);
  return { eventName: event.eventName, principal, time: event.eventTime, requestId: event.requestID };
}

/** In the order they are asked, until one is answered. */
function questionsAbout(difference: Difference): readonly Question[] {
  const { attribute, resourceArn, region, what, keyArn } = difference;
  const place = { region, resourceArn };
  if (attribute === 'key') return what === 'missing' ? deletionOf(place) : [creationOf(place)];
  if (attribute === 'grant') return [grantQuestion(difference), ...(what === 'missing' ? deletionOf(place) : [])];
  if (attribute === 'replica') return replicaQuestions(difference);
  if (attribute === 'primary_region') return [primaryMoved(place)];
  if (attribute === 'primary_key_arn') return [primaryMoved(placeOf(String(keyArn)))];
  if (attribute === 'alias' || attribute === 'target_key_id') {
    const withKey = what === 'missing' && keyArn?.startsWith('arn:') ? deletionOf(placeOf(keyArn)) : [];
    return [aliasQuestion(difference), ...withKey];
  }
  return [valueQuestion(difference)];
}

function creationOf(place: EventPlace): Question {
  return { place, eventNames: ['CreateKey'], trace: () => 'same', newest: true };
}

/** The caller who scheduled the deletion; the service itself carries it out when the waiting period is over. */
function deletionOf(place: EventPlace): readonly Question[] {
  return ['ScheduleKeyDeletion', 'DeleteKey'].map((name) => ({
    place,
    eventNames: [name],
    trace: () => 'same',
    newest: true,
  }));
}

function grantQuestion({ resourceArn, region, what, grantId }: Difference): Question {
  return {
    place: { region, resourceArn },
    eventNames: what === 'missing' ? ['RevokeGrant', 'RetireGrant'] : ['CreateGrant'],
    trace: ({ requestParameters, responseElements, additionalEventData }) =>
      [requestParameters, responseElements, additionalEventData].some((part) => part?.grantId === grantId)
        ? 'same'
        : 'none',
    newest: true,
  };
}

/** In the replica's own Region only the service appears: the caller's request went to the primary key. */
function replicaQuestions({ resourceArn, region, keyArn }: Difference): readonly Question[] {
  const byCaller: Question = {
    place: placeOf(String(keyArn)),
    eventNames: ['ReplicateKey'],
    trace: ({ requestParameters }) => (requestParameters?.replicaRegion === region ? 'same' : 'none'),
    newest: true,
  };
  const byService: Question = {
    place: { region, resourceArn },
    eventNames: ['CreateKey'],
    trace: () => 'same',
    newest: true,
  };
  return [byCaller, byService];
}

/** Asked in the Region that lost the primary key: the caller's request is recorded there. */
function primaryMoved(place: EventPlace): Question {
  return {
    place,
    eventNames: ['UpdatePrimaryRegion'],
    trace: ({ requestParameters }) => (typeof requestParameters?.primaryRegion === 'string' ? 'same' : 'none'),
    newest: true,
  };
}

function aliasQuestion({ resourceArn, region, what, actual, keyArn }: Difference): Question {
  const target = what === 'missing' ? undefined : what === 'changed' ? actual : keyIdOf(keyArn);
  return {
    place: { region, resourceArn },
    eventNames: ['CreateAlias', 'UpdateAlias', 'DeleteAlias'],
    trace: ({ eventName, requestParameters }) => {
      const left = eventName === 'DeleteAlias' ? undefined : keyIdOf(requestParameters?.targetKeyId);
      return left === target ? 'same' : 'other';
    },
  };
}

function valueQuestion({ attribute, resourceArn, region, actual }: Difference): Question {
  const events = leftBy(attribute);
  const same = sameValue(attribute);
  return {
    place: { region, resourceArn },
    eventNames: Object.keys(events),
    trace: (event) => {
      const left = events[event.eventName]?.(event);
      return left === untouched ? 'none' : same(left, actual) ? 'same' : 'other';
    },
  };
}

/** Where events about a key are: its ARN names the Region. */
function placeOf(arn: string): EventPlace {
  return { region: arn.split(':')[3] ?? '', resourceArn: arn };
}
