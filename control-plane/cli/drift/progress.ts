/**
 * What a long run is doing, on standard error: on a terminal one line that is written over, elsewhere, if it is asked for,
 * a line every few seconds.
 */
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import type { Connection } from '../shared/connection.ts';

export interface Progress {
  /** What the command does before it calls the control plane. */
  say(text: string): void;
  /** The same connection, whose calls are counted. */
  watch(connection: Connection): Connection;
  /** Takes the line away. */
  end(): void;
}

/** Where progress is written. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const SHORT_MS = 100;
const LONG_MS = 5000;

/** In the order of the line. */
const counted: Readonly<Partial<Record<OperationName, string>>> = {
  GetKeyConfiguration: 'keys',
  ListChanges: 'pages of changes',
  LookupEvents: 'pages of events',
  CompareKeyPolicies: 'policies',
};

/** @param wanted also where nobody watches: in the log of a pipeline */
export function startProgress(stream: ProgressStream, wanted: boolean): Progress {
  const isTerminal = stream.isTTY === true;
  if (!isTerminal && !wanted) return { say: () => undefined, watch: (connection) => connection, end: () => undefined };
  const calls = new Map<string, { asked: number; answered: number }>();
  let doing = '';
  let shown = '';
  const write = () => {
    const text = [doing, ...linesOf(calls)].filter((part) => part !== '').join(', ');
    if (text === shown || text === '') return;
    if (isTerminal) stream.write(`\r${overwritten(text, shown, stream.columns)}`);
    else stream.write(`keystead: ${text}\n`);
    shown = text;
  };
  const timer = setInterval(write, isTerminal ? SHORT_MS : LONG_MS).unref();
  return {
    say(text) {
      doing = text;
    },
    watch: (connection) => ({ ...connection, call: counting(connection.call, calls) }),
    end() {
      clearInterval(timer);
      if (isTerminal && shown !== '') stream.write(`\r${overwritten('', shown, stream.columns)}\r`);
      shown = '';
    },
  };
}

function counting(call: Connection['call'], calls: Map<string, { asked: number; answered: number }>) {
  return (async (name, input, region) => {
    const thing = counted[name];
    if (thing === undefined) return call(name, input, region);
    const count = calls.get(thing) ?? { asked: 0, answered: 0 };
    calls.set(thing, count);
    count.asked += 1;
    const answer = await call(name, input, region);
    count.answered += 1;
    return answer;
  }) as Connection['call'];
}

function linesOf(calls: ReadonlyMap<string, { readonly asked: number; readonly answered: number }>): readonly string[] {
  return Object.values(counted).flatMap((thing) => {
    const { asked, answered } = calls.get(thing) ?? {};
    return asked === undefined ? [] : [`${thing} ${answered} of ${asked}`];
  });
}

/** Blanks over the rest of what was there; no control sequences, which not every terminal knows. */
function overwritten(text: string, before: string, columns = 80): string {
  const width = Math.max(1, columns - 1);
  return text.slice(0, width).padEnd(Math.min(width, before.length));
}
