/**
 * Checkpoints: signed statements of where every audit chain ended at one moment. Each names its predecessor by hash, so
 * they are a chain of their own; with a copy of the newest one, kept elsewhere, every later change of the log shows.
 * The signature is over exactly this text, which is stored and published byte for byte:
 *
 *     {"format":"keystead/audit-checkpoint/v1",
 *      "number": n, "time": "2026-01-01T12:00:00.000Z",
 *      "previous": SHA-256 of the text of checkpoint n-1, hex (zeros for the first),
 *      "chains": how many chains there are, "records": how many records they hold, pruned ones included,
 *      "root": Merkle root over all chains in order of their ids, hex,
 *      "complete": whether every chain is listed; else those that changed since checkpoint n-1,
 *      "covered": [[chain id, first, last], …], the records that checkpoint n-1 did not cover yet,
 *      "entries": [[chain id, size, link hash of record `size`, Merkle root over records 1 to `size`, prunable], …]}
 *
 * Merkle trees as in merkle.ts. A leaf of a chain's tree is a record's link hash (audit-chain.ts); a leaf of the tree
 * over chains is the entry's JSON text. So two short paths prove that a record is in a checkpoint. Retention can remove
 * the chain's records up to `prunable`; the server has not removed records that are missing after it.
 */
import { hash } from 'node:crypto';
import { genesisHash } from './audit-chain.ts';
import { emptyRoot, leafHash, rootOf } from './merkle.ts';

export const CHECKPOINT_FORMAT = 'keystead/audit-checkpoint/v1';

/** Members of a checkpoint's text, in their order. */
export const checkpointMembers: readonly string[] =
  'format number time previous chains records root complete covered entries'.split(' ');

/** One checkpoint in this many lists every chain, so that older ones can be removed. */
export const COMPLETE_EVERY = 1000;

export interface ChainEntry {
  readonly chainId: string;
  /** Records covered: those with sequence 1 to size. */
  readonly size: number;
  /** Link hash of record `size`. */
  readonly headHash: string;
  /** Merkle root over the link hashes of records 1 to `size`. */
  readonly treeRoot: string;
  /** Retention can remove records up to this one. */
  readonly prunable: number;
}

/** Records of one chain, the first and the last of them by sequence. */
export interface RecordRange {
  readonly chainId: string;
  readonly first: number;
  readonly last: number;
}

export interface Checkpoint {
  readonly number: number;
  /** ISO 8601, milliseconds. */
  readonly time: string;
  /** SHA-256 of the predecessor's text, hex. */
  readonly previous: string;
  readonly chains: number;
  readonly records: number;
  readonly root: string;
  readonly complete: boolean;
  readonly covered: readonly RecordRange[];
  readonly entries: readonly ChainEntry[];
}

/** A checkpoint as it is stored and published. */
export interface SignedCheckpoint {
  readonly body: string;
  /** Ed25519 over the statement (statementBytes), hex. */
  readonly signature: string;
}

/** The bytes that the HSM signs: a label that separates this key's statements from all other data, and the text. */
export function statementBytes(body: string): Buffer {
  return Buffer.concat([Buffer.from('keystead audit statement v1\0'), Buffer.from(body)]);
}

export function bodyHash(body: string): string {
  return hash('sha256', body, 'hex');
}

export interface CheckpointRequest {
  /** Absent for the first. */
  readonly previous?: { readonly number: number; readonly body: string };
  readonly nowMs: number;
  /** Every chain as it is now. */
  readonly all: readonly ChainEntry[];
  /** The chains that changed since the previous checkpoint. */
  readonly changed: readonly ChainEntry[];
  readonly covered: readonly RecordRange[];
}

/** The text of the next checkpoint. */
export function nextCheckpoint(request: CheckpointRequest): { number: number; body: string } {
  const { previous, nowMs, all, changed, covered } = request;
  const number = (previous?.number ?? 0) + 1;
  const complete = number % COMPLETE_EVERY === 1;
  const entries = (complete ? all : changed).toSorted(byChainId);
  const body = JSON.stringify({
    format: CHECKPOINT_FORMAT,
    number,
    time: new Date(nowMs).toISOString(),
    previous: previous ? bodyHash(previous.body) : genesisHash,
    chains: all.length,
    records: all.reduce((sum, { size }) => sum + size, 0),
    root: rootOfChains(all),
    complete,
    covered: covered.toSorted(byChainId).map(({ chainId, first, last }) => [chainId, first, last]),
    entries: entries.map(tupleOf),
  });
  return { number, body };
}

/** The Merkle root over all chains, hex. */
export function rootOfChains(entries: readonly ChainEntry[]): string {
  return (entries.length === 0 ? emptyRoot : rootOf(entries.toSorted(byChainId).map(entryLeaf))).toString('hex');
}

export function entryLeaf(entry: ChainEntry): Buffer {
  return leafHash(Buffer.from(JSON.stringify(tupleOf(entry))));
}

export const byChainId = (a: { readonly chainId: string }, b: { readonly chainId: string }): number =>
  a.chainId < b.chainId ? -1 : Number(a.chainId > b.chainId);

const tupleOf = ({ chainId, size, headHash, treeRoot, prunable }: ChainEntry) =>
  [chainId, size, headHash, treeRoot, prunable] as const;

/** undefined for a text that is not a checkpoint. */
export function parseCheckpoint(body: string): Checkpoint | undefined {
  const value = parseObject(body);
  if (value?.format !== CHECKPOINT_FORMAT || !Array.isArray(value.entries) || !Array.isArray(value.covered))
    return undefined;
  const { number, time, previous, chains, records, root, complete } = value;
  const entries = value.entries.map(parseEntry);
  const known = entries.filter((entry) => entry !== undefined);
  const ranges = value.covered.map(parseRange);
  const covered = ranges.filter((range) => range !== undefined);
  const wellFormed =
    isCount(number) &&
    typeof time === 'string' &&
    isHash(previous) &&
    isCount(chains) &&
    isCount(records) &&
    isHash(root) &&
    typeof complete === 'boolean' &&
    known.length === entries.length &&
    covered.length === ranges.length;
  if (!wellFormed) return undefined;
  return { number, time, previous, chains, records, root, complete, covered, entries: known };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function parseRange(tuple: unknown): RecordRange | undefined {
  if (!Array.isArray(tuple) || tuple.length !== 3) return undefined;
  const [chainId, first, last] = tuple as readonly unknown[];
  const wellFormed = typeof chainId === 'string' && isCount(first) && isCount(last);
  return wellFormed ? { chainId, first, last } : undefined;
}

function parseEntry(tuple: unknown): ChainEntry | undefined {
  if (!Array.isArray(tuple) || tuple.length !== 5) return undefined;
  const [chainId, size, headHash, treeRoot, prunable] = tuple as readonly unknown[];
  const wellFormed =
    typeof chainId === 'string' && isCount(size) && isHash(headHash) && isHash(treeRoot) && isCount(prunable);
  return wellFormed ? { chainId, size, headHash, treeRoot, prunable } : undefined;
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
export const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
