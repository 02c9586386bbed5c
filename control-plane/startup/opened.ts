/** What a start has opened so far, to be closed in reverse order: by a stop, or when a later part does not start. */
import type { Logger } from 'pino';

export class Opened {
  readonly #closings: (() => Promise<void>)[] = [];
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @returns what was opened, to be used */
  add<Part>(part: Part, close: (part: Part) => Promise<void> | void): Part {
    this.#closings.push(async () => close(part));
    return part;
  }

  /** Never throws: a part that does not close is logged, and the others are closed all the same. */
  async closeAll(): Promise<void> {
    for (const close of this.#closings.splice(0).reverse()) {
      await close().catch((error: unknown) => this.#log.error({ err: error }, 'an engine did not close cleanly'));
    }
  }
}
