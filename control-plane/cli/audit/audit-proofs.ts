/** `keystead audit checkpoint`, `prove` and `verify-proof`. */
import { type ChainEntry, parseCheckpoint, rootOfChains } from '../../domain/audit/audit-checkpoint.ts';
import { parseProof, proofFault, proveRecord } from '../../domain/audit/audit-proof.ts';
import { GrowingTree, type LeavesAfter, leafHash } from '../../domain/audit/merkle.ts';
import type { AuditReader } from '../../storage/port/audit.ts';
import { CommandError } from '../shared/report.ts';
import { type AuditPlace, withStore } from './audit-database.ts';
import { readCheckpointKey, readText } from './audit-keys.ts';

const PAGE = 10_000;
const ATTEMPTS = 5;

export function printCheckpoint(options: AuditPlace): Promise<void> {
  return withStore(options, async (store) => {
    const { body, signature } = await requireCheckpoint(store);
    console.log(JSON.stringify({ body, signature }));
  });
}

async function requireCheckpoint(store: AuditReader) {
  const checkpoint = await store.findLastCheckpoint();
  if (checkpoint) return checkpoint;
  throw new CommandError(
    'There is no checkpoint yet.',
    'A running server takes the first one with its first run of jobs.',
  );
}

export function printProof(eventId: string, options: AuditPlace): Promise<void> {
  return withStore(options, async (store) => console.log(JSON.stringify(await prove(store, eventId))));
}

async function prove(store: AuditReader, eventId: string) {
  const place = await store.findAuditPlace(eventId);
  if (!place)
    throw new CommandError(
      `There is no event ${eventId}.`,
      'Take the eventID from the record; "keystead audit tail" shows records.',
    );
  const { chainId, sequence } = place;
  const [record] = (await store.listAudit(chainId, { after: sequence - 1, limit: 1 })).rows;
  const { checkpoint, entries } = await newestState(store);
  const size = entries.find((entry) => entry.chainId === chainId)?.size ?? 0;
  if (!record || sequence > size) {
    throw new CommandError(
      `No checkpoint covers the event ${eventId} yet.`,
      'Try again when the next one is taken (serve --audit-checkpoint-interval).',
    );
  }
  const { body, signature } = checkpoint;
  return proveRecord({
    record,
    leaves: await leavesOf(store, chainId, size),
    entries,
    checkpoint: { body, signature },
  });
}

/** The newest checkpoint and the chains that it signs; both are read again when a new checkpoint comes in between. */
async function newestState(store: AuditReader) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const checkpoint = await requireCheckpoint(store);
    const entries = (await store.listAuditTrees()).map(
      (row): ChainEntry => ({
        chainId: row.chain_id,
        size: row.size,
        headHash: row.head_hash,
        treeRoot: GrowingTree.fromHex(row.size, JSON.parse(row.peaks) as readonly string[])
          .root()
          .toString('hex'),
        prunable: row.prunable,
      }),
    );
    if (rootOfChains(entries) === parseCheckpoint(checkpoint.body)?.root) return { checkpoint, entries };
  }
  throw new CommandError(
    'The audit chains do not match the newest checkpoint.',
    'Run "keystead audit verify": it names what was changed.',
  );
}

async function leavesOf(store: AuditReader, chainId: string, size: number): Promise<LeavesAfter> {
  const anchor = (await store.listAuditChains()).find((head) => head.chainId === chainId)?.anchor;
  const leaves: Buffer[] = [];
  const prunedSize = anchor?.sequence ?? 0;
  for (let after = prunedSize; after < size; ) {
    const { rows } = await store.listAuditLinks(chainId, { after, limit: PAGE });
    leaves.push(...rows.map(({ hash }) => leafHash(Buffer.from(hash, 'hex'))));
    after = rows.at(-1)?.sequence ?? size;
  }
  return { prunedSize, prunedPeaks: (anchor?.peaks ?? []).map((peak) => Buffer.from(peak, 'hex')), leaves };
}

export async function verifyProofFile(file: string, options: { readonly publicKey: string }): Promise<void> {
  const hint = 'Name a file with the output of "keystead audit prove".';
  const { verifies } = await readCheckpointKey(options.publicKey);
  const proof = parseProof(await readText(file, hint));
  if (!proof) throw new CommandError(`${file} does not hold a proof.`, hint);
  const fault = proofFault(proof, verifies);
  if (fault !== undefined) throw new CommandError(`The proof does not hold: ${fault}.`, 'Do not trust the record.');
  console.log(proof.record);
}
