/**
 * UUIDs that tell their moment: version 7, RFC 9562 section 5.7. Requests and audit records carry them, so a look-up by
 * id knows when to look and needs no index of its own. Of the 128 bits 74 are random, as unguessable as these ids need.
 *
 *     48 bits  milliseconds since the Unix epoch
 *      4 bits  version, 7
 *     12 bits  random
 *      2 bits  variant, 0b10
 *     62 bits  random
 */
import { randomUUID } from 'node:crypto';

const TIMESTAMP_HEX_DIGITS = 12;
/** Of a random UUID (version 4) what follows its version digit is random or the variant. */
const AFTER_VERSION = 15;

export function timeOrderedId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(TIMESTAMP_HEX_DIGITS, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(AFTER_VERSION)}`;
}

/** undefined for a UUID that tells none. */
export function timeOfId(id: string): number | undefined {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(id) ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}
