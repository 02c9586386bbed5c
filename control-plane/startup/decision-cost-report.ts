/** What the log and the metrics say about requests that are refused because their decisions cost too much. */
import type { Logger } from 'pino';
import type { Engines } from '../context/engines.ts';
import { rarely } from '../runtime/rarely.ts';
import type { Metrics } from './metrics.ts';

const LOG_INTERVAL_MS = 60_000;

/** The log gets one line a minute, because a hostile account sends many. The audit log has each of them. */
export function reportCost(
  metrics: Pick<Metrics, 'decisionTooCostly'>,
  log: Pick<Logger, 'warn'>,
): Engines['decisionTooCostly'] {
  const line = rarely(LOG_INTERVAL_MS);
  return (request) => {
    metrics.decisionTooCostly();
    line.happened(() =>
      log.warn(
        request,
        'a request was refused because its policies cost too much to evaluate: shorten the policies that apply to it',
      ),
    );
  };
}
