/** `keystead audit verify` and `verify-logs`: whether anyone changed the log. */
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type ChainFault, type ChainHead, verifyChain } from '../../domain/audit/audit-chain.ts';
import { parseCheckpoint, type SignedCheckpoint } from '../../domain/audit/audit-checkpoint.ts';
import { CheckpointHistory } from '../../domain/audit/checkpoint-history.ts';
import type { Digest, PublishedCheckpoint } from '../../domain/audit/trail-files.ts';
import { hashesOf, TrailVerifier } from '../../domain/audit/trail-verify.ts';
import type { AuditReader } from '../../storage/port/audit.ts';
import { CommandError } from '../shared/report.ts';
import { type AuditPlace, recordsOf, withStore } from './audit-database.ts';
import { type CheckpointKey, parseJson, readCheckpointFile, readCheckpointKey } from './audit-keys.ts';

interface VerifyOptions extends AuditPlace {
  readonly publicKey?: string;
  readonly checkpoint?: string;
  readonly logDir?: string;
}

const KEY_FILE = 'audit-public-key.pem';
const HINT = 'The log was changed outside Keystead: compare the records named above with a backup or a delivered copy.';

export function verifyDatabase(options: VerifyOptions): Promise<void> {
  return withStore(options, async (store) => {
    const first = await store.findLastCheckpoint();
    const wantsKey = first !== undefined || options.checkpoint !== undefined || options.logDir !== undefined;
    const key = wantsKey ? await readCheckpointKey(options.publicKey ?? join(options.dataDir, KEY_FILE)) : undefined;
    // A server that prunes or takes a checkpoint meanwhile can look like a fault, once.
    const once = await verifyOnce(store, key);
    const good = once.faults.length === 0 && once.broken.length === 0;
    const result = good ? once : await verifyOnce(store, key);
    const faults = [...result.faults, ...(key ? await elsewhereFaults(store, result, key, options) : [])];
    for (const line of result.lines) console.log(line);
    for (const fault of faults) console.log(fault);
    if (result.broken.length > 0 || faults.length > 0) throw brokenError(result.broken.length);
    console.log(`${result.records} audit records verified.`);
    if (key) console.log(coverage(result, key));
  });
}

function brokenError(chains: number): CommandError {
  if (chains === 0) return new CommandError('The audit log does not match its checkpoints.', HINT);
  return new CommandError(`${chains} audit chain${chains === 1 ? ' is' : 's are'} broken.`, HINT);
}

interface Verified {
  readonly lines: readonly string[];
  /** Chains with a fault. */
  readonly broken: readonly string[];
  /** Faults of checkpoints, and chains that are missing. */
  readonly faults: readonly string[];
  readonly records: number;
  readonly history: CheckpointHistory;
  /** Texts of the checkpoints by number. */
  readonly bodies: ReadonlyMap<number, string>;
}

async function verifyOnce(store: AuditReader, key: CheckpointKey | undefined): Promise<Verified> {
  const { history, bodies, fault } = await readCheckpoints(store, key);
  const heads = await store.listAuditChains();
  const lines: string[] = [];
  const broken: string[] = [];
  let records = 0;
  for (const head of heads) {
    const report = await verifyChain(
      head,
      recordsOf(store, head.chainId, head.anchor?.sequence ?? 0),
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
  return { lines, broken, faults, records, history, bodies };
}

function chainLine({ chainId, anchor }: ChainHead, report: { readonly verified: number; readonly fault?: ChainFault }) {
  if (report.fault) return `${chainId}: BROKEN, ${report.fault.message}`;
  const pruned = anchor ? `, after ${anchor.sequence} that retention removed` : '';
  return `${chainId}: ${report.verified} records, intact${pruned}`;
}

const CHECKPOINTS_PER_PAGE = 500;

async function readCheckpoints(store: AuditReader, key: CheckpointKey | undefined) {
  const history = new CheckpointHistory(key?.verifies ?? (() => false));
  const bodies = new Map<number, string>();
  for (let after = 0; ; ) {
    const { rows, more } = await store.listCheckpoints({ after, limit: CHECKPOINTS_PER_PAGE });
    for (const row of rows) {
      const fault = history.add(row);
      if (fault !== undefined) return { history, bodies, fault };
      bodies.set(row.number, row.body);
    }
    const last = rows.at(-1);
    if (!more || !last) return { history, bodies, fault: undefined };
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
  options: VerifyOptions,
): Promise<readonly string[]> {
  const kept = await keptElsewhere(options);
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
  const files = logDir === undefined ? [] : await publishedFiles(logDir);
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

function coverage({ history, records }: Verified, { fingerprint }: CheckpointKey): string {
  const { last, entries } = history;
  if (!last) return `No checkpoint covers them yet. Key ${fingerprint}.`;
  const pruned = entries.reduce((sum, { prunable }) => sum + prunable, 0);
  const covered = Math.min(records, Math.max(0, last.records - pruned));
  return `Checkpoint ${last.number} of ${last.time} covers ${covered} of them. Key ${fingerprint}.`;
}

export async function verifyLogs(dir: string, options: { readonly publicKey?: string }): Promise<void> {
  const directory = resolve(dir);
  const key = await readCheckpointKey(options.publicKey ?? join(directory, KEY_FILE));
  const trail = new TrailVerifier(key.verifies, (path) => readLogFile(join(directory, path)));
  const faults: string[] = [];
  const checkpoints = await publishedFiles(directory);
  for (const file of checkpoints) faults.push(...(await trail.add(await readPublished(file))));
  // The next checkpoint will name the files of a delivery that is under way.
  const strays = (await logFilesIn(directory)).filter((path) => !trail.named.has(path));
  for (const fault of faults) console.log(fault);
  for (const stray of strays) console.log(`${stray}: not named by a checkpoint yet`);
  if (faults.length > 0) {
    throw new CommandError(`${faults.length} fault${faults.length === 1 ? '' : 's'} in ${directory}.`, HINT);
  }
  const { last } = trail.history;
  console.log(
    `${trail.records} audit records verified, up to checkpoint ${last?.number ?? 0}. Key ${key.fingerprint}.`,
  );
}

/** Sorted by file name, which is the order of their numbers. */
async function publishedFiles(directory: string): Promise<readonly string[]> {
  const files = await filesBelow(join(directory, 'Checkpoints'), '.json');
  return files.sort();
}

async function logFilesIn(directory: string): Promise<readonly string[]> {
  const files = await filesBelow(join(directory, 'AWSLogs'), '.json.gz');
  return files.map((file) => file.slice(directory.length + 1)).sort();
}

async function filesBelow(directory: string, ending: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function readPublished(file: string): Promise<PublishedCheckpoint> {
  const nothing = { body: '', signature: '' };
  const read = parseJson(await readFile(file, 'utf8')) as Partial<PublishedCheckpoint> | null | undefined;
  return { checkpoint: signed(read?.checkpoint) ?? nothing, digest: signed(read?.digest) ?? nothing };
}

function signed(value: Partial<SignedCheckpoint> | undefined): SignedCheckpoint | undefined {
  const { body, signature } = value ?? {};
  return typeof body === 'string' && typeof signature === 'string' ? { body, signature } : undefined;
}

const decompress = promisify<Buffer, Buffer>(gunzip);

async function readLogFile(path: string): Promise<string | undefined> {
  const compressed = await readFile(path).catch(() => undefined);
  if (!compressed) return undefined;
  return await decompress(compressed).then(String, () => '');
}
