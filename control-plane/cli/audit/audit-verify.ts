/** `keystead audit verify`: whether anyone changed the log, its checkpoints or what it is searched by. */
import { join, resolve } from 'node:path';
import { type ChainFault, type ChainHead, verifyChain } from '../../domain/audit/audit-chain.ts';
import { type Checkpoint, parseCheckpoint, type SignedCheckpoint } from '../../domain/audit/audit-checkpoint.ts';
import { coverageFaults, treeFaults, Uncovered } from '../../domain/audit/checkpoint-coverage.ts';
import { CheckpointHistory } from '../../domain/audit/checkpoint-history.ts';
import type { Digest } from '../../domain/audit/trail-files.ts';
import { hashesOf } from '../../domain/audit/trail-verify.ts';
import type { AuditReader, RecordedAudit } from '../../storage/port/audit.ts';
import { CommandError } from '../shared/report.ts';
import { type AuditPlace, recordsOf, withStore } from './audit-database.ts';
import { indexFaultLine, indexFaults } from './audit-index.ts';
import { type CheckpointKey, KEY_FILE, readCheckpointFile, readCheckpointKey } from './audit-keys.ts';
import { CHANGED_HINT, publishedFiles, readPublished } from './audit-log-directory.ts';

export interface VerifyOptions extends AuditPlace {
  readonly publicKey?: string;
  readonly checkpoint?: string;
  readonly logDir?: string;
}

const INDEX_HINT =
  'Searches do not find the records as they are: "keystead audit rebuild-index" stores again what the records say.';
const COVERAGE_HINT =
  'Either checkpoints were removed, or no server has taken them: compare with a checkpoint kept elsewhere, and read ' +
  'the log of the server.';

export function verifyDatabase(options: VerifyOptions, intervalMs: number): Promise<void> {
  return withStore(options, async (store) => {
    const kept = await keptElsewhere(options);
    const first = await store.findLastCheckpoint();
    const wantsKey = first !== undefined || kept.length > 0;
    const key = wantsKey ? await readCheckpointKey(options.publicKey ?? join(options.dataDir, KEY_FILE)) : undefined;
    // A server that prunes or takes a checkpoint meanwhile can look like a fault, once.
    const once = await verifyOnce(store, key, intervalMs);
    const result = isGood(once) ? once : await verifyOnce(store, key, intervalMs);
    const faults = [...result.faults, ...(key ? await elsewhereFaults(store, result, key, kept) : [])];
    for (const line of result.lines) console.log(line);
    for (const fault of [...faults, ...result.uncovered, ...result.index]) console.log(fault);
    requireGood({ ...result, faults });
    console.log(`${result.records} audit records verified.`);
    if (key && result.history.last) console.log(coverage(result, result.history.last, key));
  });
}

function isGood({ faults, broken, uncovered, index }: Verified): boolean {
  return faults.length + broken.length + uncovered.length + index.length === 0;
}

/** @throws CommandError that says the worst of what was found */
function requireGood({ broken, faults, uncovered, index }: Verified): void {
  if (broken.length > 0) {
    const chains = broken.length === 1 ? '1 audit chain is' : `${broken.length} audit chains are`;
    throw new CommandError(`${chains} broken.`, CHANGED_HINT);
  }
  if (faults.length > 0) throw new CommandError('The audit log does not match its checkpoints.', CHANGED_HINT);
  if (uncovered.length > 0) throw new CommandError('Checkpoints of the audit log are missing.', COVERAGE_HINT);
  if (index.length > 0)
    throw new CommandError('The audit log is searched by other values than its records.', INDEX_HINT);
}

interface Verified {
  readonly lines: readonly string[];
  /** Chains with a fault. */
  readonly broken: readonly string[];
  /** Faults of checkpoints, and chains that are missing. */
  readonly faults: readonly string[];
  /** Checkpoints and trees that are missing. */
  readonly uncovered: readonly string[];
  /** Records that searches do not find as they are. */
  readonly index: readonly string[];
  readonly records: number;
  readonly history: CheckpointHistory;
  /** Texts of the checkpoints by number. */
  readonly bodies: ReadonlyMap<number, string>;
}

async function verifyOnce(store: AuditReader, key: CheckpointKey | undefined, intervalMs: number): Promise<Verified> {
  const { history, bodies, fault, trees } = await readCheckpoints(store, key);
  const heads = await store.listAuditChains();
  const lines: string[] = [];
  const broken: string[] = [];
  const tails = new Map<string, Uncovered>();
  const covered = new Map(history.entries.map(({ chainId, size }) => [chainId, size]));
  let records = 0;
  for (const head of heads) {
    const tail = new Uncovered(covered.get(head.chainId) ?? 0);
    tails.set(head.chainId, tail);
    const report = await verifyChain(
      head,
      seenBy(tail, recordsOf(store, head.chainId, head.anchor?.sequence ?? 0)),
      history.expectationOf(head.chainId) ?? { marks: [], prunable: 0 },
    );
    records += report.verified;
    lines.push(chainLine(head, report));
    if (report.fault) broken.push(head.chainId);
  }
  const there = new Set(heads.map(({ chainId }) => chainId));
  const gone = history.entries
    .filter(({ chainId }) => !there.has(chainId))
    .map(({ chainId, size }) => `${chainId}: GONE, with its ${size} records`);
  const faults = [...(fault === undefined ? [] : [`checkpoints: BROKEN, ${fault}`]), ...gone];
  const entries = history.entries.filter(({ chainId }) => there.has(chainId));
  const uncovered = history.last
    ? [...treeFaults(entries, trees), ...coverageFaults(tails, history.last.time, intervalMs)]
    : ['checkpoints: MISSING, there is none: nothing shows whether the whole log was written anew'];
  const index: string[] = [];
  // What follows from a changed chain says nothing new.
  const changed = new Set([...broken, ...history.entries.map(({ chainId }) => chainId).filter((id) => !there.has(id))]);
  for await (const found of indexFaults(store)) if (!changed.has(found.chainId)) index.push(indexFaultLine(found));
  // A fault of the checkpoints is the cause of what they then do not cover.
  return { lines, broken, faults, uncovered: fault === undefined ? uncovered : [], index, records, history, bodies };
}

async function* seenBy(tail: Uncovered, records: AsyncIterable<RecordedAudit>): AsyncGenerator<RecordedAudit> {
  for await (const record of records) {
    tail.add(record.sequence, record.recordJson);
    yield record;
  }
}

function chainLine({ chainId, anchor }: ChainHead, report: { readonly verified: number; readonly fault?: ChainFault }) {
  if (report.fault) return `${chainId}: BROKEN, ${report.fault.message}`;
  const pruned = anchor ? `, after ${anchor.sequence} that retention removed` : '';
  return `${chainId}: ${report.verified} records, intact${pruned}`;
}

const CHECKPOINTS_PER_PAGE = 500;

const ATTEMPTS = 5;

/** The checkpoints, and the trees as they were at the newest of them: a server can take one in between. */
async function readCheckpoints(store: AuditReader, key: CheckpointKey | undefined) {
  for (let attempt = 1; ; attempt += 1) {
    const newest = await store.findLastCheckpoint();
    const trees = await store.listAuditTrees();
    const read = await readHistory(store, key);
    if (newest?.number === read.number || attempt === ATTEMPTS) return { ...read, trees };
  }
}

async function readHistory(store: AuditReader, key: CheckpointKey | undefined) {
  const history = new CheckpointHistory(key?.verifies ?? (() => false));
  const bodies = new Map<number, string>();
  let number: number | undefined;
  let fault: string | undefined;
  for (let after = 0; ; ) {
    const { rows, more } = await store.listCheckpoints({ after, limit: CHECKPOINTS_PER_PAGE });
    for (const row of rows) {
      number = row.number;
      fault ??= history.add(row);
      if (fault === undefined) bodies.set(row.number, row.body);
    }
    const last = rows.at(-1);
    if (!more || !last) return { history, bodies, number, fault };
    after = last.number;
  }
}

/** A checkpoint that was kept outside the database, and where. */
interface Kept extends SignedCheckpoint {
  readonly where: string;
  /** Names the log files that were delivered with it, and the hash of every record in them. */
  readonly digest?: SignedCheckpoint;
}

/** Compares the database with what was kept or delivered outside it. */
async function elsewhereFaults(
  store: AuditReader,
  result: Verified,
  key: CheckpointKey,
  kept: readonly Kept[],
): Promise<readonly string[]> {
  const faults = kept.flatMap((one) => keptFaults(one, result, key));
  for (const { digest } of kept) {
    if (digest && key.verifies(digest.body, digest.signature)) faults.push(...(await linkFaults(store, digest.body)));
  }
  return faults;
}

/** The digest has the hash of every delivered record, so the very record that was changed since can be named. */
async function linkFaults(store: AuditReader, digestText: string): Promise<readonly string[]> {
  const { chains } = JSON.parse(digestText) as Digest;
  const faults: string[] = [];
  for (const chain of chains) {
    const delivered = hashesOf(chain);
    const { rows } = await store.listAuditLinks(chain.chainId, { after: chain.first - 1, limit: delivered.length });
    const other = rows.find(({ sequence, hash }) => {
      const link = delivered[sequence - chain.first];
      return link !== undefined && link.toString('hex') !== hash;
    });
    if (other) faults.push(`${chain.chainId}: record ${other.sequence} is not the one that was delivered`);
  }
  return faults;
}

async function keptElsewhere({ checkpoint, logDir }: VerifyOptions): Promise<readonly Kept[]> {
  const files = logDir === undefined ? [] : await publishedFiles(resolve(logDir));
  const published = await Promise.all(
    files.map(async (file) => {
      const { checkpoint: body, digest } = await readPublished(file);
      return { ...body, digest, where: file };
    }),
  );
  if (checkpoint === undefined) return published;
  return [{ ...(await readCheckpointFile(checkpoint)), where: checkpoint }, ...published];
}

/** The database must have every checkpoint that was ever kept elsewhere, word for word. */
function keptFaults(kept: Kept, { history, bodies }: Verified, { verifies }: CheckpointKey): readonly string[] {
  const { body, signature, where } = kept;
  const checkpoint = verifies(body, signature) ? parseCheckpoint(body) : undefined;
  if (!checkpoint) return [`${where}: does not verify under the public key`];
  const { number } = checkpoint;
  const last = history.last?.number ?? 0;
  if (number > last) {
    return [`${where}: ROLLED BACK, the database ends with checkpoint ${last} and this is checkpoint ${number}`];
  }
  const ours = bodies.get(number);
  // A checkpoint older than the first in the database cannot be compared.
  return ours === undefined || ours === body ? [] : [`${where}: the database has another checkpoint ${number}`];
}

function coverage({ history, records }: Verified, last: Checkpoint, { fingerprint }: CheckpointKey): string {
  const pruned = history.entries.reduce((sum, { prunable }) => sum + prunable, 0);
  const covered = Math.min(records, Math.max(0, last.records - pruned));
  return `Checkpoint ${last.number} of ${last.time} covers ${covered} of them. Key ${fingerprint}.`;
}
