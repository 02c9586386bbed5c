/** The baseline in a run: what changed since then, and `keystead drift accept`, which records a new one. */
import type { InputJson } from '@keystead/provider-schema/json-types.ts';
import { type Connection, Refusal } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { isTerraform } from './findings/cause.ts';
import { changedSince } from './findings/changed-since.ts';
import type { Finding, SinceBaseline } from './findings/finding.ts';
import type { MadeChange, SinceQuestion } from './findings/made-change.ts';
import { count } from './reports/words.ts';
import { BASELINE_REGION, type Baseline, DEFAULT_BASELINE, readBaseline } from './running/baseline.ts';
import { type LoggedChange, readChanges, readEvent } from './running/changes.ts';
import { readEvents } from './running/events.ts';

/**
 * @param name undefined: the default baseline, if there is one
 * @throws CommandError when a baseline that was named does not exist or cannot be read
 */
export async function sinceBaseline(
  connection: Connection,
  name: string | undefined,
  compared: Pick<SinceQuestion, 'declared' | 'accessOf' | 'ignoresTag'>,
  findings: readonly Finding[],
): Promise<SinceBaseline> {
  const baseline = await findBaseline(connection, name);
  if (baseline === undefined) return { findings: [], notes: [] };
  if (typeof baseline === 'string') return { findings: [], notes: [baseline] };
  const made = await madeSince(connection, baseline.sequence);
  const reported = new Set(findings.flatMap(({ cause }) => cause?.requestId ?? []));
  const since = await changedSince({ ...compared, made, reported, log: readEvents(connection) });
  return { baseline, findings: since.findings, notes: ignoredNotes(since.leftToOthers) };
}

const ignoredNotes = (number: number): readonly string[] =>
  number === 0 ? [] : [`${count(number, 'attribute')} that ignore_changes names changed since the baseline.`];

/** Whether that is what `sinceBaseline` found in a run that knew of the same changes: for the same baseline. */
export async function isSinceBaseline(
  connection: Connection,
  name: string | undefined,
  { baseline, notes }: SinceBaseline,
): Promise<boolean> {
  if (notes.length > 0) return false;
  return JSON.stringify(await findBaseline(connection, name)) === JSON.stringify(baseline);
}

/** @returns a text: why it is not known whether there is one */
async function findBaseline(connection: Connection, name: string | undefined): Promise<Baseline | string | undefined> {
  const found = await readBaseline(connection, name ?? DEFAULT_BASELINE).catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
    if (name === undefined) return `Not compared with a baseline: the audit log cannot be read: ${error.message}`;
    throw new CommandError(
      `The baseline ${name} cannot be read. ${error.message}`,
      'It needs cloudtrail:LookupEvents.',
    );
  });
  if (found !== undefined || name === undefined) return found;
  throw new CommandError(
    `There is no baseline ${name}: it was never recorded, or the audit log does not reach back to it.`,
    `Look at what runs, then record one: keystead drift accept --baseline ${name}.`,
  );
}

async function madeSince(connection: Connection, sequence: number): Promise<readonly MadeChange[]> {
  const changes = await readChanges(connection, sequence);
  const events = new Map<string, ReturnType<typeof readEvent>>();
  return Promise.all(
    changes.map(async (change) => {
      const event = events.get(change.EventId) ?? readEvent(connection, change);
      events.set(change.EventId, event);
      return { change, event: await event };
    }),
  );
}

export interface Acceptance {
  readonly baseline: string;
  readonly note?: string;
  /** Only changes of these principals are accepted; undefined: of all. */
  readonly by?: readonly string[];
}

/**
 * Accepts exactly the changes that it prints: one that is made meanwhile is not among them.
 * @throws CommandError when somebody else made a change, or not through Terraform, if only those of some principals are
 * accepted
 */
export async function acceptChanges(connection: Connection, acceptance: Acceptance): Promise<readonly string[]> {
  const { baseline: name, note, by } = acceptance;
  const before = await readBaseline(connection, name);
  const made = await madeSince(connection, before?.sequence ?? 0);
  if (by !== undefined) requireMadeBy(by, made);
  const Sequence = made.at(-1)?.change.Sequence ?? before?.sequence ?? 0;
  await record(connection, { Baseline: name, Sequence, ...(note && { Note: note }) }, by !== undefined);
  const head = before === undefined ? `Baseline ${name}` : `Baseline ${name}, last accepted at ${before.time}`;
  return [`${head}: ${count(made.length, 'change')} accepted, up to change ${Sequence}.`, ...made.map(lineOf)];
}

/** By these principals, and through Terraform: what else somebody does under the role that applies is not an apply. */
function requireMadeBy(by: readonly string[], made: readonly MadeChange[]): void {
  const others = made.filter(({ event }) => !isOfService(event));
  const isOf = ({ event }: MadeChange) => by.includes(principalOf(event));
  const foreign = others.filter((one) => !isOf(one));
  const byHand = others.filter((one) => isOf(one) && !isTerraform(one.event?.userAgent ?? ''));
  const refuse = (some: readonly MadeChange[], how: string) => {
    const lines = some.slice(0, 10).map(lineOf).join('; ');
    const were = some.length === 1 ? 'was' : 'were';
    throw new CommandError(
      `${some.length} of ${count(made.length, 'change')} since the baseline ${were} not made ${how}: ${lines}.`,
      'Look at them with keystead drift; accept without --by what was meant.',
    );
  };
  if (foreign.length > 0) refuse(foreign, `by ${by.join(' or ')}`);
  if (byHand.length > 0) refuse(byHand, 'through Terraform');
}

/**
 * Who accepts only its own changes does not need the right to accept those of others. Where other principals are named, or
 * the caller has only the wider right, that is used.
 */
async function record(connection: Connection, input: InputJson<'AcceptChanges'>, asOwn: boolean): Promise<void> {
  if (!asOwn) return void (await connection.call('AcceptChanges', input, BASELINE_REGION));
  try {
    await connection.call('AcceptOwnChanges', input, BASELINE_REGION);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await connection.call('AcceptChanges', input, BASELINE_REGION).catch((second: unknown) => {
      // The first refusal says more about the changes, unless it is about the right itself.
      throw error.code === 'AccessDeniedException' ? second : error;
    });
  }
}

/** A job of the control plane does what somebody asked for before, who is in the log too. */
const isOfService = (event: MadeChange['event']): boolean =>
  event?.userIdentity.invokedBy === 'AWS Internal' && event.userIdentity.arn === undefined;

/** A session stands for its role. */
function principalOf(event: MadeChange['event']): string {
  const { sessionContext, arn, invokedBy } = event?.userIdentity ?? {};
  return sessionContext?.sessionIssuer?.arn ?? arn ?? invokedBy ?? 'unknown';
}

function lineOf({ change, event }: { readonly change: LoggedChange; readonly event: MadeChange['event'] }): string {
  return `${change.EventName} of ${change.ResourceType} ${change.ResourceId} by ${principalOf(event)}`;
}
