/**
 * Removes audit records past their retention, as far as the newest checkpoint allows. The removed records leave an
 * anchor, from which the rest can still be verified.
 */
import type { ChainHead } from '../domain/audit/audit-chain.ts';
import { GrowingTree, leafHash } from '../domain/audit/merkle.ts';
import type { AuditReader } from '../storage/port/audit.ts';
import type { Store } from '../storage/port/store.ts';
import type { Job } from './job.ts';

const RECORDS_PER_STEP = 2000;

export function pruneAuditLog(store: Store): Job {
  return {
    name: 'prune-audit',
    uncounted: true,
    async due(reader, _nowMs, limit) {
      const chains = (await prunableChains(reader)).slice(0, limit);
      return chains.map((chain) => ({
        name: `${chain.head.chainId} from ${chain.head.anchor?.sequence ?? 0}`,
        async decide() {
          await pruneSome(store, chain);
          return { mutations: [], changes: [], audit: [] };
        },
      }));
    },
  };
}

interface PrunableChain {
  readonly head: ChainHead;
  readonly until: number;
}

async function prunableChains(store: AuditReader): Promise<readonly PrunableChain[]> {
  const trees = (await store.listAuditTrees()).filter(({ prunable }) => prunable > 0);
  if (trees.length === 0) return [];
  const heads = new Map((await store.listAuditChains()).map((head) => [head.chainId, head]));
  return trees.flatMap(({ chain_id, prunable }) => {
    const head = heads.get(chain_id);
    return head && (head.anchor?.sequence ?? 0) < prunable ? [{ head, until: prunable }] : [];
  });
}

/** Removes a limited number, so that other writes do not wait long. */
async function pruneSome(store: Store, { head, until }: PrunableChain): Promise<void> {
  const from = head.anchor?.sequence ?? 0;
  const tree = GrowingTree.fromHex(from, head.anchor?.peaks ?? []);
  const limit = Math.min(RECORDS_PER_STEP, until - from);
  const { rows } = await store.listAuditLinks(head.chainId, { after: from, limit });
  for (const { hash } of rows) tree.append(leafHash(Buffer.from(hash, 'hex')));
  const last = rows.at(-1);
  if (last) await store.pruneAudit(head.chainId, from, { sequence: last.sequence, hash: last.hash, peaks: tree.peaks });
}
