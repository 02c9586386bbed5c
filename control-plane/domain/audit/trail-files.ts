/**
 * The audit log as files in CloudTrail's layout of a trail, and the signed digest that accompanies each checkpoint.
 * Names and contents depend only on the checkpoint and its records, so files written again after a crash are the same,
 * and each record is in the directory once.
 *
 *     AWSLogs/<account>/CloudTrail/<region>/YYYY/MM/DD/<account>_CloudTrail_<region>_YYYYMMDDTHHmmZ_<16
 * characters>.json.gz
 *     Checkpoints/<thousands of the number, 7 digits>/<number, 10 digits>.json
 *
 * Times are the checkpoint's. Source: AWS CloudTrail User Guide, "CloudTrail log file examples" (log file name format),
 * "CloudTrail digest file structure" (hashes are of the uncompressed content).
 */
import { hash } from 'node:crypto';
import { bodyHash, type Checkpoint, type RecordRange, type SignedCheckpoint } from './audit-checkpoint.ts';
import type { AuditRecord } from './audit-record.ts';

export const DIGEST_FORMAT = 'keystead/audit-digest/v1';

/** The size of a file's uncompressed text, which a reader holds in memory as a whole. */
const FILE_CHARS = 32 * 1024 * 1024;
const RANDOM_PART_CHARS = 16;

/** A record with its place in the log. */
export interface PlacedRecord {
  readonly chainId: string;
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly recordJson: string;
}

export interface LogFile {
  /** Relative to the directory. */
  readonly path: string;
  /** `{"Records":[…]}`, uncompressed. */
  readonly text: string;
  /** The file's records in order, as runs of neighbours in one chain. */
  readonly runs: readonly RecordRange[];
  readonly oldestEventTime: string;
  readonly newestEventTime: string;
}

export function logFiles(checkpoint: Checkpoint, body: string, records: readonly PlacedRecord[]): readonly LogFile[] {
  const groups = new Map<string, Parsed[]>();
  for (const record of records) {
    const { recipientAccountId, awsRegion, eventTime } = JSON.parse(record.recordJson) as AuditRecord;
    const group = groups.get(`${recipientAccountId}/${awsRegion}`) ?? [];
    group.push({ ...record, accountId: recipientAccountId, region: awsRegion, eventTime });
    groups.set(`${recipientAccountId}/${awsRegion}`, group);
  }
  return [...groups.values()].flatMap((group) =>
    parts(group).map((part, index) => logFile(checkpoint, bodyHash(body), part, index)),
  );
}

interface Parsed extends PlacedRecord {
  readonly accountId: string;
  readonly region: string;
  readonly eventTime: string;
}

function parts(group: readonly Parsed[]): readonly Parsed[][] {
  const made: Parsed[][] = [[]];
  let chars = 0;
  for (const record of group) {
    chars += record.recordJson.length;
    if (chars > FILE_CHARS && made.at(-1)?.length !== 0) {
      made.push([]);
      chars = record.recordJson.length;
    }
    made.at(-1)?.push(record);
  }
  return made;
}

function logFile({ time }: Checkpoint, checkpointHash: string, records: readonly Parsed[], part: number): LogFile {
  const { accountId = '', region = '' } = records[0] ?? {};
  const times = records.map(({ eventTime }) => eventTime).sort();
  const minute = `${time.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const random = hash('sha256', [checkpointHash, accountId, region, part].join('/'), 'base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, RANDOM_PART_CHARS);
  const name = `${accountId}_CloudTrail_${region}_${minute}_${random}.json.gz`;
  return {
    path: `AWSLogs/${accountId}/CloudTrail/${region}/${dayPath(time)}/${name}`,
    text: `{"Records":[${records.map(({ recordJson }) => recordJson).join(',')}]}`,
    runs: runsOf(records),
    oldestEventTime: times[0] ?? '',
    newestEventTime: times.at(-1) ?? '',
  };
}

function runsOf(records: readonly PlacedRecord[]): readonly RecordRange[] {
  const runs: { chainId: string; first: number; last: number }[] = [];
  for (const { chainId, sequence } of records) {
    const run = runs.at(-1);
    if (run?.chainId === chainId && run.last === sequence - 1) run.last = sequence;
    else runs.push({ chainId, first: sequence, last: sequence });
  }
  return runs;
}

/** Depends only on the number, so that two checkpoints with one number cannot both be in the directory. */
export function checkpointPath(number: number): string {
  const thousands = String(Math.floor(number / 1000)).padStart(7, '0');
  return `Checkpoints/${thousands}/${String(number).padStart(10, '0')}.json`;
}

const dayPath = (time: string): string => time.slice(0, 10).replaceAll('-', '/');

/** One chain's records in a digest, by their link hashes, so that a reader can find a changed record. */
export interface DigestChain extends RecordRange {
  /** Link hash of the record before the first. */
  readonly previousHash: string;
  /** Link hashes of all of them, 32 bytes each, Base64. */
  readonly hashes: string;
}

export interface DigestFile {
  readonly path: string;
  readonly hashAlgorithm: 'SHA-256';
  /** Of the uncompressed content, hex. */
  readonly hashValue: string;
  readonly oldestEventTime: string;
  readonly newestEventTime: string;
  readonly runs: readonly RecordRange[];
}

export interface Digest {
  readonly format: typeof DIGEST_FORMAT;
  readonly checkpoint: number;
  readonly checkpointHash: string;
  readonly logFiles: readonly DigestFile[];
  readonly chains: readonly DigestChain[];
}

/** The text of a digest, to be signed. */
export function digestBody(
  number: number,
  body: string,
  files: readonly LogFile[],
  records: readonly PlacedRecord[],
): string {
  const digest: Digest = {
    format: DIGEST_FORMAT,
    checkpoint: number,
    checkpointHash: bodyHash(body),
    logFiles: files.map(({ path, text, runs, oldestEventTime, newestEventTime }) => {
      const hashValue = hash('sha256', text, 'hex');
      return { path, hashAlgorithm: 'SHA-256', hashValue, oldestEventTime, newestEventTime, runs };
    }),
    chains: runsOf(records).map((run) => digestChain(run, records)),
  };
  return JSON.stringify(digest);
}

function digestChain(run: RecordRange, records: readonly PlacedRecord[]): DigestChain {
  const own = records.filter(
    ({ chainId, sequence }) => chainId === run.chainId && sequence >= run.first && sequence <= run.last,
  );
  const hashes = Buffer.concat(own.map((record) => Buffer.from(record.hash, 'hex'))).toString('base64');
  return { ...run, previousHash: own[0]?.previousHash ?? '', hashes };
}

/** The content of a file under `Checkpoints`: two texts and the signatures over them. */
export interface PublishedCheckpoint {
  readonly checkpoint: SignedCheckpoint;
  readonly digest: SignedCheckpoint;
}
