/** What the log says while the server cannot serve: one line a minute for a full disk, and one for other causes. */
import type { Logger } from 'pino';
import { rarely } from '../runtime/rarely.ts';
import { StoreUnavailable } from '../storage/port/store.ts';

const LOG_INTERVAL_MS = 60_000;

export function reportFullDisk(log: Logger) {
  const line = rarely(LOG_INTERVAL_MS);
  let isFull = false;
  return {
    onFull({ message }: StoreUnavailable): void {
      isFull = true;
      line.happened((failures) =>
        log.error(
          { failures, reason: message },
          'the disk is full: requests are refused, because their audit records cannot be written. Free space; a restart ' +
            'is not needed',
        ),
      );
    },
    onWritten(): void {
      if (!isFull) return;
      isFull = false;
      log.warn('the disk has room again: requests are served');
    },
  };
}

/** Probes ask again and again; the log gets one line a minute. A full disk has a line of its own. */
export function reportingNotReady(log: Logger, ready: () => Promise<void>): () => Promise<void> {
  const line = rarely(LOG_INTERVAL_MS);
  return async () => {
    try {
      await ready();
    } catch (err) {
      const isReported = err instanceof StoreUnavailable && err.fault === 'disk-full';
      if (!isReported) {
        line.happened((probes) => log.warn({ err, probes }, 'the process is not ready: an engine cannot serve'));
      }
      throw err;
    }
  };
}
