/**
 * The files of the journal of creates, one for each process of the provider, in Terraform's own directory for data
 * (`.terraform`, or TF_DATA_DIR). Lines are only ever added, so that processes can share a file. They hold no bodies of
 * requests: hashes, idempotency keys, ids and times.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface JournalHeader {
  /** The state and the control plane that the creates were for. */
  readonly scope: string;
  readonly host: string;
  readonly processId: number;
}

export type JournalLine =
  | { readonly create: string; readonly of: string; readonly atMs: number }
  | { readonly answered: string; readonly id?: string }
  | { readonly refused: string }
  /** A later process has seen that the state has the object, or has taken the create over. */
  | { readonly settled: string }
  /** The process ended in order, so Terraform had recorded every answer. */
  | { readonly ended: true }
  /** A later command looked at all of the state, or at a part. */
  | { readonly looked: 'whole' | 'part' };

export interface JournalFile {
  readonly path: string;
  readonly lines: readonly JournalLine[];
}

const DIRECTORY = 'keystead-creates';

export class JournalFiles {
  readonly #directory: string;
  readonly #scope: string;

  /** @param dataDirectory Terraform's, which exists */
  constructor(dataDirectory: string, scope: string) {
    this.#directory = join(dataDirectory, DIRECTORY);
    this.#scope = scope;
  }

  /** Files of this scope whose processes do not run any more. */
  left(): readonly JournalFile[] {
    return this.#names().flatMap((name) => {
      const path = join(this.#directory, name);
      const [header, ...lines] = linesOf(path) as readonly [JournalHeader | undefined, ...JournalLine[]];
      return header?.scope === this.#scope && !isRunning(header) ? [{ path, lines }] : [];
    });
  }

  /** @returns the path of a new file. @throws Error when it cannot be made */
  open(name: string): string {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, `${name}.jsonl`);
    const header: JournalHeader = { scope: this.#scope, host: hostname(), processId: process.pid };
    appendFileSync(path, `${JSON.stringify(header)}\n`, { mode: 0o600 });
    return path;
  }

  add(path: string, line: JournalLine): void {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  }

  remove(path: string): void {
    unlinkSync(path);
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith('.jsonl'));
    } catch {
      return [];
    }
  }
}

/** A line that a killed process has not finished is left out. */
function linesOf(path: string): readonly unknown[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => parsed(line) ?? []);
  } catch {
    return [];
  }
}

function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** In a new container this process can have the number of an old one. */
function isRunning({ host, processId }: JournalHeader): boolean {
  if (host !== hostname() || processId === process.pid) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
