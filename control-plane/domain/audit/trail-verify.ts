/**
 * Verifies a log directory by itself, checkpoint by checkpoint: signatures, the order of checkpoints, each file's hash,
 * and each record's place in its chain. Needs only the public key, nothing from the server.
 */

import { hash } from 'node:crypto';
import { defined } from '@keystead/provider-schema/defined.ts';
import { genesisHash, linkHash } from './audit-chain.ts';
import { bodyHash, type Checkpoint, type RecordRange } from './audit-checkpoint.ts';
import { CheckpointHistory, type VerifySignature } from './checkpoint-history.ts';
import { GrowingTree, HASH_BYTES, leafHash } from './merkle.ts';
import {
  DIGEST_FORMAT,
  type Digest,
  type DigestChain,
  type DigestFile,
  type PublishedCheckpoint,
} from './trail-files.ts';

/** Reads the text of a log file, uncompressed; undefined when the file does not exist. */
export type ReadLogFile = (path: string) => Promise<string | undefined>;

interface Known {
  readonly sequence: number;
  readonly hash: string;
  /** Absent when the directory does not begin with the chain's first record. */
  readonly tree?: GrowingTree;
}

export class TrailVerifier {
  readonly history: CheckpointHistory;
  readonly #verifies: VerifySignature;
  readonly #read: ReadLogFile;
  readonly #chains = new Map<string, Known>();
  /** Paths of log files that digests name. */
  readonly named = new Set<string>();
  #records = 0;

  constructor(verifies: VerifySignature, read: ReadLogFile) {
    this.history = new CheckpointHistory(verifies);
    this.#verifies = verifies;
    this.#read = read;
  }

  /** Records found as they were written. */
  get records(): number {
    return this.#records;
  }

  /** Adds the next published checkpoint. @returns a clause for each fault */
  async add({ checkpoint, digest }: PublishedCheckpoint): Promise<readonly string[]> {
    const fault = this.history.add(checkpoint);
    const { last } = this.history;
    if (fault !== undefined || !last) return [fault ?? 'there is no checkpoint'];
    if (!this.#verifies(digest.body, digest.signature)) {
      return [`the digest of checkpoint ${last.number} does not verify under the public key`];
    }
    const read = JSON.parse(digest.body) as Digest;
    const belongs = read.format === DIGEST_FORMAT && read.checkpointHash === bodyHash(checkpoint.body);
    if (!belongs) return [`the digest beside checkpoint ${last.number} belongs to another checkpoint`];
    return [...this.#chainFaults(read, last), ...(await this.#fileFaults(read))];
  }

  #chainFaults({ chains }: Digest, checkpoint: Checkpoint): readonly string[] {
    return chains.flatMap((chain) => {
      const fault = this.#follow(chain, checkpoint);
      return fault === undefined ? [] : [`checkpoint ${checkpoint.number}: chain ${chain.chainId} ${fault}`];
    });
  }

  #follow(chain: DigestChain, { entries }: Checkpoint): string | undefined {
    const { chainId, first, last, previousHash } = chain;
    const hashes = hashesOf(chain);
    if (hashes.length !== last - first + 1) return 'has other records than its digest says';
    const known = this.#chains.get(chainId) ?? (first === 1 ? newChain() : undefined);
    const tree = known?.tree;
    for (const link of hashes) tree?.append(leafHash(link));
    const end = hashes.at(-1)?.toString('hex') ?? previousHash;
    this.#chains.set(chainId, { sequence: last, hash: end, ...defined({ tree }) });
    if (known && first !== known.sequence + 1) return `continues with record ${first} after record ${known.sequence}`;
    if (known && previousHash !== known.hash) return `does not follow its record ${known.sequence}`;
    const entry = entries.find((candidate) => candidate.chainId === chainId);
    if (entry?.size !== last) return undefined;
    const asSigned = entry.headHash === end && (!tree || tree.root().toString('hex') === entry.treeRoot);
    return asSigned ? undefined : 'is not what the checkpoint covers';
  }

  async #fileFaults(digest: Digest): Promise<readonly string[]> {
    const links = new Map(digest.chains.map((chain) => [chain.chainId, chain] as const));
    const faults: string[] = [];
    for (const file of digest.logFiles) {
      this.named.add(file.path);
      const text = await this.#read(file.path);
      if (text === undefined) faults.push(`${file.path} is missing: ${describe(file.runs)}`);
      else faults.push(...this.#recordFaults(file, text, links));
    }
    return faults;
  }

  #recordFaults(file: DigestFile, text: string, chains: ReadonlyMap<string, DigestChain>): readonly string[] {
    const records = recordsIn(text);
    if (!records) return [`${file.path} is not a log file`];
    const places = file.runs.flatMap((run) => placesOf(run, chains.get(run.chainId)));
    const faults = recordFaults(places, records);
    this.#records += places.length - faults.filter(({ lost }) => lost).length;
    const asHashed = hash('sha256', text, 'hex') === file.hashValue;
    const named = faults.map(({ message }) => `${file.path}: ${message}`);
    return asHashed || named.length > 0 ? named : [`${file.path}: its text was changed, its records were not`];
  }
}

const newChain = (): Known => ({ sequence: 0, hash: genesisHash, tree: new GrowingTree() });

/** A digest's link hashes, one by one. */
export function hashesOf({ hashes }: DigestChain): readonly Buffer[] {
  const bytes = Buffer.from(hashes, 'base64');
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, index) =>
    bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

const describe = (runs: readonly RecordRange[]): string =>
  runs.map(({ chainId, first, last }) => `records ${first} to ${last} of chain ${chainId}`).join(', ');

function recordsIn(text: string): readonly string[] | undefined {
  try {
    const { Records } = JSON.parse(text) as { readonly Records?: unknown };
    // Keystead writes records with the same function, so their text comes out unchanged.
    return Array.isArray(Records) ? Records.map((record) => JSON.stringify(record)) : undefined;
  } catch {
    return undefined;
  }
}

/** Where a record belongs, and what its link hash must be. */
export interface RecordPlace {
  readonly chainId: string;
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

function placesOf({ chainId, first, last }: RecordRange, chain: DigestChain | undefined): readonly RecordPlace[] {
  if (!chain) return [];
  const hashes = hashesOf(chain).map((link) => link.toString('hex'));
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const at = first - chain.first + index;
    const previousHash = at === 0 ? chain.previousHash : (hashes[at - 1] ?? '');
    return { chainId, sequence: first + index, previousHash, hash: hashes[at] ?? '' };
  });
}

interface RecordFault {
  readonly message: string;
  /** Whether the record that belongs there is missing or changed. */
  readonly lost: boolean;
}

/** How many places ahead a misplaced record is searched for. */
const SEARCHED = 64;

/** Names every record that was edited, dropped, inserted or moved, going through places and records side by side. */
export function recordFaults(places: readonly RecordPlace[], records: readonly string[]): readonly RecordFault[] {
  const faults: RecordFault[] = [];
  let [place, record] = [0, 0];
  while (place < places.length && record < records.length) {
    if (fits(places[place], records[record])) {
      [place, record] = [place + 1, record + 1];
      continue;
    }
    const dropped = distance((ahead) => fits(places[place + ahead], records[record]));
    const inserted = distance((ahead) => fits(places[place], records[record + ahead]));
    if (dropped !== undefined && (inserted === undefined || dropped <= inserted)) {
      for (let ahead = 0; ahead < dropped; ahead++) faults.push(lost(places[place + ahead], 'is missing here'));
      place += dropped;
    } else if (inserted !== undefined) {
      for (let ahead = 0; ahead < inserted; ahead++) faults.push(stray(places[place], records[record + ahead]));
      record += inserted;
    } else {
      faults.push(lost(places[place], `is not what was written${eventOf(records[record])}`));
      [place, record] = [place + 1, record + 1];
    }
  }
  for (const left of places.slice(place)) faults.push(lost(left, 'is missing here'));
  for (const left of records.slice(record)) faults.push(stray(undefined, left));
  return faults;
}

function fits(place: RecordPlace | undefined, recordJson: string | undefined): boolean {
  return place !== undefined && recordJson !== undefined && linkHash({ ...place, recordJson }) === place.hash;
}

function distance(test: (ahead: number) => boolean): number | undefined {
  for (let ahead = 1; ahead <= SEARCHED; ahead++) if (test(ahead)) return ahead;
  return undefined;
}

function lost(place: RecordPlace | undefined, what: string): RecordFault {
  return { message: `record ${place?.sequence} of chain ${place?.chainId} ${what}`, lost: true };
}

function stray(before: RecordPlace | undefined, recordJson: string | undefined): RecordFault {
  const where = before ? `before record ${before.sequence} of chain ${before.chainId}` : 'at the end';
  return { message: `a record ${where} does not belong there${eventOf(recordJson)}`, lost: false };
}

function eventOf(recordJson = ''): string {
  const record: unknown = recordJson === '' ? undefined : JSON.parse(recordJson);
  const { eventID, eventName } = (record ?? {}) as { readonly eventID?: unknown; readonly eventName?: unknown };
  return typeof eventID === 'string' ? ` (${String(eventName)}, event ${eventID})` : '';
}
