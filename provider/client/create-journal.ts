/**
 * Keeps what a killed run made from being lost: a create that such a run began, and that the state does not have, is
 * sent again under its idempotency key by the next run, so that the control plane answers with the object that exists.
 *
 * Terraform records an object after the provider has answered. When Terraform, the provider or their machine is killed
 * before, nobody knows the object. So each create is written into a file beside Terraform's own data first, and is
 * settled there when Terraform ends the provider in order. What a file of a dead process has left is
 *
 * - a create without an answer: no state has its object; an equal create takes it over.
 * - a create with an answer: the state may have its object. An equal create takes it over only after a command that
 *   looked at the whole state has not seen it; one object under two addresses would be worse than one that is lost.
 *
 * docs/decisions/0027-creates-of-killed-runs.md has the reasons, and what this does not reach.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../credentials/shared-files.ts';
import { type JournalFile, JournalFiles, type JournalLine } from './journal-files.ts';

/** One create that is about to be sent. */
export interface BegunCreate {
  readonly idempotencyKey: string;
  /** A killed run began it: its object can exist, or have been deleted since. */
  readonly isRepeated: boolean;
  /** @param id of an object without a name of its own */
  answered(id: string | undefined): void;
  /** Nothing was made. */
  refused(): void;
}

export interface CreateJournal {
  /** @param request all that makes the create what it is; two equal ones make objects that differ in their ids alone */
  begin(request: readonly string[]): BegunCreate;
  /** Terraform has an object with these attributes in its state. */
  seen(attributes: Readonly<Record<string, unknown>>): void;
  /** Terraform ends the process in order. @param planned it has planned, and changed nothing */
  end(did: { readonly planned: boolean; readonly interrupted: boolean }): void;
}

/** Where nothing can be written, creates are as safe as those of other providers. */
export const noJournal: CreateJournal = {
  begin: () => ({
    idempotencyKey: randomUUID(),
    isRepeated: false,
    answered: () => undefined,
    refused: () => undefined,
  }),
  seen: () => undefined,
  end: () => undefined,
};

/** The control plane remembers idempotency keys for a day. */
const USEFUL_MS = 23 * 60 * 60 * 1000;

export interface JournalOptions {
  readonly env: Environment;
  /** What the creates are sent to: endpoint and Region. */
  readonly target: readonly string[];
  readonly now: () => Date;
  /** Whether the Terraform command that runs looks at all of its state. */
  readonly looksAtWholeState: () => boolean;
}

export function openCreateJournal(options: JournalOptions): CreateJournal {
  const directory = options.env.TF_DATA_DIR || '.terraform';
  if (!existsSync(directory)) return noJournal;
  const scope = hashOf([...options.target, ...stateIn(directory, options.env)]);
  return new FileJournal(new JournalFiles(directory, scope), options);
}

/** What names the state of the directory: the workspace, and where the backend keeps it. */
function stateIn(directory: string, env: Environment): readonly string[] {
  const read = (name: string) => {
    try {
      return readFileSync(join(directory, name), 'utf8');
    } catch {
      return '';
    }
  };
  const backend = /"backend"[\s\S]*/.exec(read('terraform.tfstate'))?.[0] ?? '';
  return [env.TF_WORKSPACE || read('environment').trim() || 'default', backend];
}

const hashOf = (texts: readonly string[]) => createHash('sha256').update(JSON.stringify(texts)).digest('hex');

interface LeftCreate {
  readonly file: JournalFile;
  readonly key: string;
  readonly of: string;
  readonly isAnswered: boolean;
  readonly id: string | undefined;
}

class FileJournal implements CreateJournal {
  readonly #files: JournalFiles;
  readonly #options: JournalOptions;
  /** What dead processes have left, by idempotency key. */
  readonly #left: Map<string, LeftCreate>;
  readonly #leftFiles: readonly JournalFile[];
  /** Files after whose last use a command looked at all of the state. */
  readonly #wholly: ReadonlySet<JournalFile>;
  /** Keys of own creates whose outcome is not known. */
  readonly #open = new Set<string>();
  #path: string | undefined;
  #isBroken = false;

  constructor(files: JournalFiles, options: JournalOptions) {
    this.#files = files;
    this.#options = options;
    this.#leftFiles = files.left();
    this.#wholly = new Set(
      this.#leftFiles.filter(({ lines }) => lines.findLast((line) => 'looked' in line)?.looked === 'whole'),
    );
    const since = options.now().getTime() - USEFUL_MS;
    this.#left = new Map(this.#leftFiles.flatMap((file) => leftIn(file, since)).map((left) => [left.key, left]));
  }

  begin(request: readonly string[]): BegunCreate {
    const of = hashOf(request);
    const left = this.#takeOver(of);
    const idempotencyKey = left?.key ?? randomUUID();
    this.#open.add(idempotencyKey);
    this.#add({ create: idempotencyKey, of, atMs: this.#options.now().getTime() });
    if (left) this.#settle(left);
    const close = (line: JournalLine) => {
      this.#open.delete(idempotencyKey);
      this.#add(line);
    };
    return {
      idempotencyKey,
      isRepeated: left !== undefined,
      answered: (id) => close({ answered: idempotencyKey, ...(id !== undefined && { id }) }),
      refused: () => close({ refused: idempotencyKey }),
    };
  }

  seen(attributes: Readonly<Record<string, unknown>>): void {
    if (this.#left.size === 0) return;
    const values = new Set(Object.values(attributes));
    for (const left of this.#left.values()) if (left.id !== undefined && values.has(left.id)) this.#settle(left);
  }

  end({ planned, interrupted }: { readonly planned: boolean; readonly interrupted: boolean }): void {
    if (planned && this.#left.size > 0) {
      const looked = !interrupted && this.#options.looksAtWholeState() ? 'whole' : 'part';
      for (const file of new Set([...this.#left.values()].map((left) => left.file))) this.#addTo(file.path, { looked });
    }
    for (const file of this.#leftFiles) {
      if (![...this.#left.values()].some((left) => left.file === file)) this.#removeFile(file.path);
    }
    if (this.#path === undefined) return;
    if (this.#open.size > 0) this.#add({ ended: true });
    else this.#removeFile(this.#path);
  }

  #takeOver(of: string): LeftCreate | undefined {
    for (const left of this.#left.values()) {
      if (left.of === of && (!left.isAnswered || this.#wholly.has(left.file))) return left;
    }
    return undefined;
  }

  #settle(left: LeftCreate): void {
    this.#left.delete(left.key);
    this.#addTo(left.file.path, { settled: left.key });
  }

  #add(line: JournalLine): void {
    if (this.#isBroken) return;
    try {
      this.#path ??= this.#files.open(`${process.pid}-${randomUUID()}`);
    } catch {
      this.#isBroken = true;
      return;
    }
    this.#addTo(this.#path, line);
  }

  #addTo(path: string, line: JournalLine): void {
    try {
      this.#files.add(path, line);
    } catch {
      // Another process removed the file, or the disk is full: a create must not fail because of it.
    }
  }

  #removeFile(path: string): void {
    try {
      this.#files.remove(path);
    } catch {
      // Another process of the same command removed it.
    }
  }
}

function leftIn(file: JournalFile, sinceMs: number): readonly LeftCreate[] {
  const left = new Map<string, LeftCreate>();
  const hasEnded = file.lines.some((line) => 'ended' in line);
  for (const line of file.lines) {
    if ('create' in line && line.atMs >= sinceMs) {
      left.set(line.create, { file, key: line.create, of: line.of, isAnswered: false, id: undefined });
    } else if ('answered' in line) {
      const begun = left.get(line.answered);
      if (hasEnded) left.delete(line.answered);
      else if (begun) left.set(line.answered, { ...begun, isAnswered: true, id: line.id });
    } else if ('refused' in line) left.delete(line.refused);
    else if ('settled' in line) left.delete(line.settled);
  }
  return [...left.values()];
}
