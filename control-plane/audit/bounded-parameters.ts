/**
 * Keeps the parameters of a request within the size of an audit record. What is too long is recorded by its SHA-256
 * and length, so that a copy of it can be recognised; every other member stays as sent. CloudTrail leaves out all
 * parameters instead, and then a policy padded with white space would hide what it was put on.
 */
import { hash } from 'node:crypto';
import { limits } from '@keystead/provider-schema/limits.ts';

/** What a record has in the place of a member that is too long. */
export interface LongMember {
  /** Hex: of a text's UTF-8 bytes; of any other member's JSON text. */
  readonly sha256: string;
  /** Of the same bytes. */
  readonly lengthInBytes: number;
}

/** Replaces the longest members first, and no more than needed. @param parameters an object, or null */
export function boundedParameters(parameters: unknown): unknown {
  let size = bytesIn(JSON.stringify(parameters ?? null));
  if (size <= limits.auditedParametersInBytes) return parameters;
  const members = Object.entries(parameters as object).map(([name, value]) => ({ name, value, text: textOf(value) }));
  const bounded: Record<string, unknown> = { ...(parameters as object) };
  for (const { name, value, text } of members.toSorted(
    (a, b) => Buffer.byteLength(b.text) - Buffer.byteLength(a.text),
  )) {
    if (size <= limits.auditedParametersInBytes) break;
    const long = longMember(typeof value === 'string' ? value : text);
    bounded[name] = long;
    size += Buffer.byteLength(JSON.stringify(long)) - Buffer.byteLength(text);
  }
  return bounded;
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'null';

function longMember(text: string): LongMember {
  return { sha256: hash('sha256', text, 'hex'), lengthInBytes: Buffer.byteLength(text) };
}

/** Bytes are counted only where characters do not decide: every request comes here. */
function bytesIn(text: string): number {
  return text.length * MOST_BYTES_PER_CHARACTER <= limits.auditedParametersInBytes ? 0 : Buffer.byteLength(text);
}

/** In UTF-8, for each character of a JavaScript text. */
const MOST_BYTES_PER_CHARACTER = 3;
