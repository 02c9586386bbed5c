/**
 * UUIDs that contain their time: version 7, RFC 9562 section 5.7. Requests and audit records have them, so a look-up by
 * id knows the time to look at and does not need an index of its own. 74 of the 128 bits are random, so that ids cannot
 * be guessed.
 *
 *     48 bits  milliseconds since the Unix epoch
 *      4 bits  version, 7
 *     12 bits  random
 *      2 bits  variant, 0b10
 *     62 bits  random
 */
import { randomUUID } from 'node:crypto';

const TIMESTAMP_HEX_DIGITS = 12;
/** In a random UUID (version 4), everything after the version digit is random or the variant. */
const AFTER_VERSION = 15;

export function timeOrderedId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(TIMESTAMP_HEX_DIGITS, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(AFTER_VERSION)}`;
}

/** In milliseconds since the Unix epoch; undefined for an id that is not a version 7 UUID. */
export function timeOfId(id: string): number | undefined {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(id) ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}
