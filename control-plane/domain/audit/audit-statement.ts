/**
 * What the checkpoint key signs: checkpoints (audit-checkpoint.ts) and their digests (trail-files.ts), byte for byte as
 * they are made. Anything else is refused, so that a signature of this key says nothing else.
 */
import { CHECKPOINT_FORMAT, checkpointMembers, isCount, isHash, parseCheckpoint } from './audit-checkpoint.ts';
import { DIGEST_FORMAT } from './trail-files.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTime: Check = (value) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) && /^\d{4}-\d\d-\d\dT[0-9:.]+Z$/.test(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const exactly =
  (text: string): Check =>
  (value) =>
    value === text;

/** Members in their order, no others. */
function record(members: Readonly<Record<string, Check>>): Check {
  const names = Object.keys(members);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).join() === names.join() &&
    names.every((name) => members[name]?.((value as Record<string, unknown>)[name]) === true);
}

const range = { chainId: isText, first: isCount, last: isCount };
const isDigest = record({
  format: exactly(DIGEST_FORMAT),
  checkpoint: isCount,
  checkpointHash: isHash,
  logFiles: listOf(
    record({
      path: isText,
      hashAlgorithm: exactly('SHA-256'),
      hashValue: isHash,
      oldestEventTime: isTime,
      newestEventTime: isTime,
      runs: listOf(record(range)),
    }),
  ),
  chains: listOf(
    record({
      ...range,
      previousHash: isHash,
      hashes: (value) => typeof value === 'string' && /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2,3}={1,2})?$/.test(value),
    }),
  ),
});

/** @param body the text that is to be signed */
export function isAuditStatement(body: string): boolean {
  const value = parsed(body);
  // The text of a value, so that the same statement has one text only.
  if (value === undefined || JSON.stringify(value) !== body) return false;
  if (isDigest(value)) return true;
  const { format, time } = value as { readonly format?: unknown; readonly time?: unknown };
  const hasMembers = Object.keys(value).join() === checkpointMembers.join();
  return format === CHECKPOINT_FORMAT && hasMembers && isTime(time) && parseCheckpoint(body) !== undefined;
}

function parsed(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
