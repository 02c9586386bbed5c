/**
 * A proof that one record is in the audit log that a signed checkpoint covers: the record, its place, two Merkle paths
 * and the checkpoint. To verify it, only the public key is needed, not the rest of the log.
 */
import { linkHash } from './audit-chain.ts';
import { byChainId, type ChainEntry, entryLeaf, parseCheckpoint, type SignedCheckpoint } from './audit-checkpoint.ts';
import type { VerifySignature } from './checkpoint-history.ts';
import { inclusionProof, type LeavesAfter, leafHash, verifyInclusion } from './merkle.ts';

export const PROOF_FORMAT = 'keystead/audit-proof/v1';

export interface AuditProof {
  readonly format: typeof PROOF_FORMAT;
  /** The record's exact text. */
  readonly record: string;
  readonly sequence: number;
  /** Link hash of the record before it. */
  readonly previousHash: string;
  /** From the record's leaf to its chain's root, hex. */
  readonly chainPath: readonly string[];
  /** The chain as the checkpoint has it. */
  readonly chain: ChainEntry;
  /** The chain's place among all chains, from 0. */
  readonly chainIndex: number;
  /** From the chain's leaf to the checkpoint's root, hex. */
  readonly checkpointPath: readonly string[];
  readonly checkpoint: SignedCheckpoint;
}

export interface ProofRequest {
  readonly record: {
    readonly chainId: string;
    readonly sequence: number;
    readonly previousHash: string;
    readonly recordJson: string;
  };
  /** Leaves of the record's chain, at least as many as the checkpoint covers. */
  readonly leaves: LeavesAfter;
  /** Every chain as the checkpoint has it. */
  readonly entries: readonly ChainEntry[];
  readonly checkpoint: SignedCheckpoint;
}

/** @throws RangeError when the checkpoint does not cover the record. */
export function proveRecord({ record, leaves, entries, checkpoint }: ProofRequest): AuditProof {
  const sorted = entries.toSorted(byChainId);
  const chainIndex = sorted.findIndex(({ chainId }) => chainId === record.chainId);
  const chain = sorted[chainIndex];
  if (!chain) throw new RangeError(`the checkpoint does not cover chain ${record.chainId}`);
  const chainLeaves: LeavesAfter = { prunedSize: 0, prunedPeaks: [], leaves: sorted.map(entryLeaf) };
  return {
    format: PROOF_FORMAT,
    record: record.recordJson,
    sequence: record.sequence,
    previousHash: record.previousHash,
    chainPath: inclusionProof(leaves, record.sequence - 1, chain.size).map(hex),
    chain,
    chainIndex,
    checkpointPath: inclusionProof(chainLeaves, chainIndex, sorted.length).map(hex),
    checkpoint,
  };
}

/** One clause on what is wrong; undefined when the record is proven. */
export function proofFault(proof: AuditProof, verifies: VerifySignature): string | undefined {
  const { record, sequence, previousHash, chain, checkpoint } = proof;
  if (!verifies(checkpoint.body, checkpoint.signature)) return 'the checkpoint does not verify under the public key';
  const said = parseCheckpoint(checkpoint.body);
  if (!said) return 'the checkpoint cannot be read';
  const inCheckpoint = verifyInclusion(
    entryLeaf(chain),
    proof.chainIndex,
    said.chains,
    proof.checkpointPath.map(bytes),
    bytes(said.root),
  );
  if (!inCheckpoint) return 'the chain is not the one that the checkpoint covers';
  const link = linkHash({ chainId: chain.chainId, sequence, previousHash, recordJson: record });
  const leaf = leafHash(bytes(link));
  const inChain = verifyInclusion(leaf, sequence - 1, chain.size, proof.chainPath.map(bytes), bytes(chain.treeRoot));
  return inChain ? undefined : 'the record is not the one in the chain at this place';
}

const hex = (hash: Buffer): string => hash.toString('hex');
const bytes = (text: string): Buffer => Buffer.from(text, 'hex');

/** undefined for a text that is not a proof. */
export function parseProof(text: string): AuditProof | undefined {
  try {
    const proof = JSON.parse(text) as AuditProof;
    const { chain, checkpoint, chainPath, checkpointPath } = proof;
    const numbers = [proof.sequence, proof.chainIndex, chain.size, chain.prunable];
    const texts = [proof.record, proof.previousHash, chain.chainId, chain.headHash, chain.treeRoot];
    const signed = [checkpoint.body, checkpoint.signature, ...chainPath, ...checkpointPath];
    const wellFormed =
      proof.format === PROOF_FORMAT &&
      numbers.every((value) => Number.isSafeInteger(value) && value >= 0) &&
      [...texts, ...signed].every((value) => typeof value === 'string');
    return wellFormed ? proof : undefined;
  } catch {
    return undefined;
  }
}
