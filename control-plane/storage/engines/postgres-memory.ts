/**
 * What a node keeps in memory of rows that other nodes change, too. Before a request looks anything up, it waits for one
 * small read of what was touched since the last one; a read serves all requests that arrived before it was sent. So a
 * request sees every write that any node acknowledged before the request arrived.
 */
import type { RowMemory } from '../memory/row-memory.ts';
import { postgresDialect } from '../queries/dialect.ts';
import type { RunQuery } from '../queries/prepared.ts';
import { type HeadAndTouch, touchesAfter } from '../queries/touches.ts';

/** Up to where this node knows what was touched, and the change log as that write left it. */
interface Known {
  readonly touch: number;
  readonly sequence: number;
}

export class TouchFollower {
  readonly #memory: RowMemory;
  readonly #run: RunQuery;
  /** undefined: nothing is known, so nothing is kept from before the next read. */
  #known: Known | undefined;
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(memory: RowMemory, run: RunQuery) {
    this.#memory = memory;
    this.#run = run;
  }

  /**
   * Resolves when the memory has no row any more that was touched before this call.
   * @throws StoreUnavailable
   */
  catchUp(): Promise<void> {
    if (!this.#reading) return this.#start();
    // What is being read may have been sent before the write that this caller must see.
    this.#next ??= this.#reading.catch(() => undefined).then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const reading = this.#read().finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    this.#reading = reading;
    return reading;
  }

  async #read(): Promise<void> {
    try {
      await this.#follow();
    } catch {
      // The connection was lost, and the database that answers next may have lost what this node knows.
      this.#forgetAll(undefined);
      await this.#follow();
    }
  }

  async #follow(): Promise<void> {
    const after = this.#known?.touch ?? Number.MAX_SAFE_INTEGER;
    const rows = await this.#run(touchesAfter(postgresDialect.queries, after).compile());
    const [first] = rows;
    if (!first) throw new Error('the table change_head is empty');
    const head = { touch: first.headTouch, sequence: first.headSequence };
    const known = this.#known && this.#learn(this.#known, rows);
    if (known?.touch === head.touch && known.sequence === head.sequence) this.#known = known;
    else this.#forgetAll(head);
  }

  /** @returns up to where there is no gap */
  #learn(from: Known, rows: readonly HeadAndTouch[]): Known {
    let known = from;
    for (const { number, rowNames, lastSequence, changes } of rows) {
      if (number === null || lastSequence === null || changes === null) break;
      // A gap is a touch that was removed before it was read, or changes of a server that does not write touches yet.
      if (number !== known.touch + 1 || lastSequence - changes !== known.sequence) break;
      this.#memory.forget(rowNames === null ? undefined : (JSON.parse(rowNames) as readonly string[]));
      known = { touch: number, sequence: lastSequence };
    }
    return known;
  }

  #forgetAll(known: Known | undefined): void {
    this.#memory.forget(undefined);
    this.#known = known;
  }
}
