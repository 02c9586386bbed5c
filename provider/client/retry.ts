/**
 * When a request is sent again: throttling and faults of the service or the connection, after a jittered exponential
 * wait (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, "full jitter"). Every request is
 * safe to repeat: creates carry an idempotency key, changes name the wanted outcome.
 */
import { ConnectionError, ServiceError } from './service-error.ts';

export interface RetryPolicy {
  /** Attempts in all, the first one included. */
  readonly maxAttempts: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Once aborted, a failed request is not repeated; one under way is left to end, so that no new object is lost. */
  readonly stopSignal: AbortSignal;
  /**
   * For requests that create: how to wait when an interrupt comes while it is not known whether the object exists. Such
   * a request is repeated all the same, because the object must be in the state.
   */
  readonly mustEnd?: (ms: number) => Promise<void>;
}

const baseDelayMs = 100;
const maxDelayMs = 20_000;
/** A server that does not answer at all gets about ten seconds to come back, not the minutes of `max_retries`. */
const maxConnectionAttempts = 7;

const throttlingCodes = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export async function withRetries<T>(attempt: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  let isOpen = false;
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      isOpen ||= leavesOpen(error);
      const { mustEnd } = isOpen ? policy : {};
      const stops = () => policy.stopSignal.aborted && (mustEnd === undefined || made >= maxConnectionAttempts);
      if (stops() || made >= attemptsFor(error, policy.maxAttempts)) throw error;
      const delay = delayMs(error, made, policy.random);
      if (mustEnd !== undefined && policy.stopSignal.aborted) await mustEnd(delay);
      else await policy.sleep(delay);
      if (stops()) throw error;
    }
  }
}

/** The request can have been carried out although no answer says so. */
export function leavesOpen(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.code !== 'ECONNREFUSED';
  return error instanceof ServiceError && error.status >= 500 && error.status !== 501;
}

function attemptsFor(error: unknown, maxAttempts: number): number {
  if (error instanceof ConnectionError) {
    return connectionCodes.has(error.code) ? Math.min(maxAttempts, maxConnectionAttempts) : 1;
  }
  if (error instanceof ServiceError) {
    const passing = error.status >= 500 || error.status === 429 || throttlingCodes.has(error.code);
    return passing && error.status !== 501 ? maxAttempts : 1;
  }
  return 1;
}

function delayMs(error: unknown, made: number, random: () => number): number {
  const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** made);
  const asked = error instanceof ServiceError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(Math.min(asked, maxDelayMs), random() * ceiling);
}
