/** The parts that a start has opened so far. They are closed in reverse order, at a stop or when a later part fails. */
import type { Logger } from 'pino';

export class Opened {
  readonly #closings: (() => Promise<void>)[] = [];
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @returns the part itself */
  add<Part>(part: Part, close: (part: Part) => Promise<void> | void): Part {
    this.#closings.push(async () => close(part));
    return part;
  }

  /** Never throws: when a part fails to close, the error is logged and the others are still closed. */
  async closeAll(): Promise<void> {
    for (const close of this.#closings.splice(0).reverse()) {
      await close().catch((error: unknown) =>
        this.#log.error({ err: error }, 'stopping: a part of the server failed to close; closing the others'),
      );
    }
  }
}
