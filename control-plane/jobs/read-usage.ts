/**
 * Reads the audit log for uses of keys and keeps each key's last one. The log is written in the commit that precedes
 * every answer, so it misses no use and requests pay nothing for this table; each chain is read on from its mark, and
 * the mark moves in the write that stores what was found, so a job that dies in between loses and repeats nothing.
 */
import { isUseOf, type KeyUse, usesIn } from '../domain/key-usage.ts';
import type { ChainToRead, KnownUsage, Mutation, RecordedAudit, Write } from '../storage/store.ts';
import type { Job, JobContext } from './job.ts';

const RECORDS_PER_READ = 1000;
/** One write stores so many keys' uses, and reads as much before it. */
const KEYS_PER_WRITE = 200;
/** A chain that was read to its end rests; else a busy server's chains would never be done. */
const REST_MS = 30_000;

export const readKeyUsage: Job = {
  name: 'usage',
  uncounted: true,
  async due(store, nowMs, limit) {
    const chains = await store.listChainsToReadForUsage(nowMs - REST_MS, limit);
    return chains.map((chain) => ({ name: chain.chainId, decide: (ctx) => readChain(ctx, chain) }));
  },
};

async function readChain(ctx: JobContext, chain: ChainToRead): Promise<Write> {
  const after = chain.mark?.sequence ?? 0;
  const page = await ctx.store.listAudit(chain.chainId, { after, limit: RECORDS_PER_READ });
  const { uses, sequence } = latestUses(page.rows, after);
  const isRead = !page.more && sequence === (page.rows.at(-1)?.sequence ?? after);
  const mark = { sequence, read_at_ms: isRead ? ctx.nowMs : 0 };
  return { mutations: [moveMark(chain, mark), ...(await storeUses(ctx, uses))], changes: [], audit: [] };
}

/** The last use of each key in these records, and the last record that was taken in. */
function latestUses(records: readonly RecordedAudit[], after: number) {
  const uses = new Map<string, KeyUse>();
  let sequence = after;
  for (const record of records) {
    if (uses.size >= KEYS_PER_WRITE) break;
    for (const use of usesIn(JSON.parse(record.recordJson))) {
      const name = `${use.accountId}/${use.region}/${use.keyId}`;
      const known = uses.get(name);
      if (!known || use.usedAtMs >= known.usedAtMs) uses.set(name, use);
    }
    sequence = record.sequence;
  }
  return { uses: [...uses.values()], sequence };
}

function moveMark({ chainId, mark }: ChainToRead, to: { sequence: number; read_at_ms: number }): Mutation {
  return mark
    ? { op: 'update', table: 'usage_marks', key: { chain_id: chainId }, revision: mark.revision, set: to }
    : { op: 'insert', table: 'usage_marks', row: { chain_id: chainId, ...to } };
}

async function storeUses(ctx: JobContext, uses: readonly KeyUse[]): Promise<readonly Mutation[]> {
  const places = Map.groupBy(uses, ({ accountId, region }) => `${accountId}/${region}`);
  const mutations: Mutation[] = [];
  for (const here of places.values()) {
    const [{ accountId, region } = { accountId: '', region: '' }] = here;
    const keyIds = here.map(({ keyId }) => keyId);
    const keys = await ctx.store.listKeyUsages(accountId, region, keyIds);
    const byId = new Map(keys.map((key) => [key.keyId, key]));
    mutations.push(...here.flatMap((use) => storeUse(use, byId.get(use.keyId)) ?? []));
  }
  return mutations;
}

/** Nothing for a key that is gone, or one whose later use another chain has told already. */
function storeUse(use: KeyUse, key: KnownUsage | undefined): Mutation | undefined {
  if (!key || !isUseOf(use, key)) return undefined;
  const { known } = key;
  if (known && known.usedAtMs > use.usedAtMs) return undefined;
  const at = { account_id: use.accountId, region: use.region, key_id: use.keyId };
  const set = {
    operation: use.operation,
    used_at_ms: use.usedAtMs,
    event_id: use.eventId,
    request_id: use.requestId,
  };
  return known
    ? { op: 'update', table: 'key_usage', key: at, revision: known.revision, set }
    : { op: 'insert', table: 'key_usage', row: { ...at, ...set } };
}
