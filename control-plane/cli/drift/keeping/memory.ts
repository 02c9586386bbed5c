/** What a comparison leaves for the next one, so that it need not read again what cannot have changed. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { keysteadShapes } from '@keystead/provider-schema/shapes/keystead/structures.ts';
import { version } from '../../shared/version.ts';
import type { Finding, SinceBaseline } from '../findings/finding.ts';
import type { LoggedChange } from '../running/changes.ts';
import type { Watched } from './touched.ts';

/** A place in the change log. The event tells whether it is still the same log, and not one from a backup. */
export interface Position {
  readonly sequence: number;
  /** '' at the beginning. */
  readonly eventId: string;
}

export interface Memory {
  /** Of all that was compared, see `digestOf`. */
  readonly digest: string;
  /** Every change up to here was there before anything was read. */
  readonly position: Position;
  /** Of keys, aliases and grants against the states, before rules were applied. */
  readonly findings: readonly Finding[];
  /** Of identities, custom key stores and settings. */
  readonly others: readonly Finding[];
  /** Something can look different without a change, although no key can. */
  readonly mustCompare: boolean;
  readonly since: SinceBaseline;
  readonly watched: readonly Watched[];
}

const FORMAT = 2;
const { max: MAX_BYTES } = keysteadShapes.DriftContinuationType;
/** Of what a small text can be unpacked to. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

export const positionOf = (change: LoggedChange | undefined): Position =>
  change === undefined ? { sequence: 0, eventId: '' } : { sequence: change.Sequence, eventId: change.EventId };

/** @param inputs states, options and everything else that decides what is found, but for rules */
export function digestOf(inputs: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, version, inputs]))
    .digest('base64url');
}

/** Base64; undefined: it is larger than what is kept, and the next comparison reads everything. */
export async function pack(memory: Memory): Promise<string | undefined> {
  const bytes = await promisify(gzip)(JSON.stringify({ format: FORMAT, ...memory }));
  return bytes.length > MAX_BYTES ? undefined : bytes.toString('base64');
}

/** undefined: another version wrote it. */
export async function unpack(text: string): Promise<Memory | undefined> {
  const unzipped = await promisify(gunzip)(Buffer.from(text, 'base64'), { maxOutputLength: MAX_UNPACKED_BYTES }).catch(
    () => undefined,
  );
  if (!unzipped) return undefined;
  const { format, ...memory } = JSON.parse(unzipped.toString()) as Memory & { readonly format?: unknown };
  return format === FORMAT ? memory : undefined;
}
