/**
 * Takes checkpoints: signed statements of where every audit chain ends. A checkpoint covers a limited number of new
 * records, so that its work and its delivery stay small; while more records wait, the next one follows at once.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { ChainHead } from '../domain/audit/audit-chain.ts';
import { type ChainEntry, nextCheckpoint, type RecordRange } from '../domain/audit/audit-checkpoint.ts';
import { GrowingTree, leafHash } from '../domain/audit/merkle.ts';
import type { AuditReader } from '../storage/port/audit.ts';
import type { InstallationReader } from '../storage/port/installation.ts';
import type { Mutation, Write } from '../storage/port/store.ts';
import type { AuditTreeRow } from '../storage/port/tables.ts';
import type { UsageReader } from '../storage/port/usage.ts';
import type { AuditSettings } from './audit-settings.ts';
import { deliveredCheckpoint } from './deliver.ts';
import type { Job, JobContext } from './job.ts';

/** A record can be removed once it is old, covered, delivered and read for uses of keys. */
type AgeReader = AuditReader & InstallationReader & UsageReader;

const RECORDS_PER_CHECKPOINT = 10_000;
const PAGE = 1000;

export function takeCheckpoints(settings: AuditSettings): Job {
  return {
    name: 'checkpoint',
    uncounted: true,
    async due(store, nowMs) {
      const [last, chains] = await Promise.all([store.findLastCheckpoint(), chainsAndTrees(store)]);
      const waiting = chains.reduce((sum, { head, tree }) => sum + head.lastSequence - tree.size, 0);
      const isTime = !last || nowMs - last.at_ms >= settings.checkpointIntervalMs;
      const wanted =
        waiting >= RECORDS_PER_CHECKPOINT ||
        (isTime && (waiting > 0 || (await hasAged(store, chains, nowMs, settings))));
      return wanted ? [{ name: `checkpoint ${(last?.number ?? 0) + 1}`, decide: (ctx) => decide(ctx, settings) }] : [];
    },
  };
}

interface ChainState {
  readonly head: ChainHead;
  /** Without a revision: not stored yet. */
  readonly tree: Omit<AuditTreeRow, 'revision'> & { readonly revision?: number };
}

async function chainsAndTrees(store: AuditReader): Promise<readonly ChainState[]> {
  const [heads, trees] = await Promise.all([store.listAuditChains(), store.listAuditTrees()]);
  const byChain = new Map(trees.map((tree) => [tree.chain_id, tree]));
  return heads
    .map((head) => ({ head, tree: byChain.get(head.chainId) ?? emptyTree(head.chainId) }))
    .filter(({ head, tree }) => head.lastSequence > 0 || tree.size > 0);
}

const emptyTree = (chain_id: string) => ({ chain_id, size: 0, head_hash: '', peaks: '[]', prunable: 0 });

async function decide(ctx: JobContext, settings: AuditSettings): Promise<Write> {
  const { store, installation, nowMs } = ctx;
  const previous = await store.findLastCheckpoint();
  const chains = await chainsAndTrees(store);
  const agedBeforeMs = await removableBefore(store, nowMs, settings);
  let left = RECORDS_PER_CHECKPOINT;
  const next: Advance[] = [];
  for (const chain of chains) {
    const advance = await advanced(store, chain, left, agedBeforeMs);
    left -= advance.tree.size - chain.tree.size;
    if (advance.tree.size > 0) next.push(advance);
  }
  const changed = next.filter(({ tree, before }) => tree.size > before.size || tree.prunable > before.prunable);
  const { number, body } = nextCheckpoint({
    ...defined({ previous }),
    nowMs,
    all: next.map(entryOf),
    changed: changed.map(entryOf),
    covered: next.flatMap(coveredBy),
  });
  const signature = Buffer.from(await installation.signCheckpoint(body)).toString('hex');
  const row = { number, body, signature, at_ms: nowMs };
  return {
    mutations: [{ op: 'insert', table: 'audit_checkpoints', row }, ...changed.map(treeMutation)],
    changes: [],
    audit: [],
  };
}

interface Advance {
  readonly before: ChainState['tree'];
  readonly tree: Omit<AuditTreeRow, 'revision'>;
  readonly treeRoot: string;
}

/** Grows the chain's tree by at most `limit` new records, and finds out how many records can be removed. */
async function advanced(
  store: AuditReader,
  { head, tree: before }: ChainState,
  limit: number,
  agedBeforeMs: number,
): Promise<Advance> {
  const tree = GrowingTree.fromHex(before.size, JSON.parse(before.peaks) as readonly string[]);
  let headHash = before.head_hash;
  const end = Math.min(head.lastSequence, before.size + limit);
  while (tree.size < end) {
    const page = await store.listAuditLinks(head.chainId, {
      after: tree.size,
      limit: Math.min(PAGE, end - tree.size),
    });
    if (page.rows[0]?.sequence !== tree.size + 1) {
      throw new Error(`record ${tree.size + 1} of audit chain ${head.chainId} is missing`);
    }
    for (const { hash } of page.rows) tree.append(leafHash(Buffer.from(hash, 'hex')));
    headHash = page.rows.at(-1)?.hash ?? headHash;
  }
  const prunable = await agedUntil(store, before, agedBeforeMs);
  const row = {
    chain_id: head.chainId,
    size: tree.size,
    head_hash: headHash,
    peaks: JSON.stringify(tree.peaks),
    prunable,
  };
  return { before, tree: row, treeRoot: tree.root().toString('hex') };
}

function entryOf({ tree, treeRoot }: Advance): ChainEntry {
  return { chainId: tree.chain_id, size: tree.size, headHash: tree.head_hash, treeRoot, prunable: tree.prunable };
}

function coveredBy({ before, tree }: Advance): readonly RecordRange[] {
  if (tree.size === before.size) return [];
  return [{ chainId: tree.chain_id, first: before.size + 1, last: tree.size }];
}

function treeMutation({ before, tree }: Advance): Mutation {
  const { chain_id, ...set } = tree;
  if (before.revision === undefined) return { op: 'insert', table: 'audit_trees', row: tree };
  return { op: 'update', table: 'audit_trees', key: { chain_id }, revision: before.revision, set };
}

/** How many of a chain's records one checkpoint tests for their age. */
const AGED_PER_CHECKPOINT = 10_000;

/** The last covered record of the chain that, like all before it, is older than `beforeMs`. */
async function agedUntil(
  store: AuditReader,
  { chain_id, size, prunable }: AuditTreeRow | ChainState['tree'],
  beforeMs: number,
) {
  let until = prunable;
  while (until < size && until - prunable < AGED_PER_CHECKPOINT) {
    const { rows } = await store.listAuditLinks(chain_id, { after: until, limit: PAGE });
    const young = rows.findIndex(({ sequence, atMs }) => atMs >= beforeMs || sequence > size);
    const aged = young < 0 ? rows : rows.slice(0, young);
    until = aged.at(-1)?.sequence ?? until;
    if (aged.length < PAGE) break;
  }
  return until;
}

async function hasAged(
  store: AgeReader,
  chains: readonly ChainState[],
  nowMs: number,
  settings: AuditSettings,
): Promise<boolean> {
  const beforeMs = await removableBefore(store, nowMs, settings);
  if (beforeMs === Number.NEGATIVE_INFINITY) return false;
  for (const { tree } of chains) {
    if (tree.prunable >= tree.size) continue;
    const { rows } = await store.listAuditLinks(tree.chain_id, { after: tree.prunable, limit: 1 });
    if (rows[0] && rows[0].atMs < beforeMs) return true;
  }
  return false;
}

/** Records older than this can be removed: past retention, delivered if configured, and read for uses of keys. */
async function removableBefore(store: AgeReader, nowMs: number, settings: AuditSettings): Promise<number> {
  const { retentionMs, logDirectory } = settings;
  if (retentionMs === undefined) return Number.NEGATIVE_INFINITY;
  if (logDirectory !== undefined) {
    const [last, delivered] = await Promise.all([store.findLastCheckpoint(), deliveredCheckpoint(store)]);
    if ((last?.number ?? 0) > delivered.number) return Number.NEGATIVE_INFINITY;
  }
  const unreadSinceMs = (await store.findUnreadForUsageSince()) ?? Number.POSITIVE_INFINITY;
  return Math.min(nowMs - retentionMs, unreadSinceMs);
}
