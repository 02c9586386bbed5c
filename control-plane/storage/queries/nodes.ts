/** Nodes: the servers that write to this database, each with its own audit chains. */
import { genesisHash } from '../../domain/audit/audit-chain.ts';
import type { QueryBuilder } from './schema.ts';

export const registerNode = (db: QueryBuilder, node: { nodeId: string; name: string; nowMs: number }) =>
  db
    .insertInto('nodes')
    .values({ node_id: node.nodeId, name: node.name, started_at_ms: node.nowMs, seen_at_ms: node.nowMs });

/** A small write for the readiness check. */
export const seeNode = (db: QueryBuilder, { nodeId, nowMs }: { nodeId: string; nowMs: number }) =>
  db.updateTable('nodes').set({ seen_at_ms: nowMs }).where('node_id', '=', nodeId).returning('node_id');

export const startChain = (db: QueryBuilder, { chainId, nodeId }: { chainId: string; nodeId: string }) =>
  db.insertInto('audit_chains').values({
    chain_id: chainId,
    node_id: nodeId,
    last_sequence: 0,
    last_hash: genesisHash,
    pruned_sequence: 0,
    pruned_hash: genesisHash,
    pruned_peaks: '[]',
  });
