/**
 * Reads the audit log for uses of KMS keys and of access keys, and stores the last use of each. The log is written in
 * the commit that precedes every answer, so it misses no use, and requests do not do work for this table. Each chain is
 * read from its mark, and the mark moves in the write that stores the uses, so a job that dies in between loses and
 * repeats nothing.
 */
import type { AuditRecord } from '../domain/audit/audit-record.ts';
import { type AccessKeyUse, accessKeyUseIn } from '../domain/identities/access-key-usage.ts';
import { isUseOf, type KeyUse, usesIn } from '../domain/keys/key-usage.ts';
import type { RecordedAudit } from '../storage/port/audit.ts';
import type { Mutation, Write } from '../storage/port/store.ts';
import type { ChainToRead, KnownUsage } from '../storage/port/usage.ts';
import type { Job, JobContext } from './job.ts';

/** Few enough that requests hardly wait while they are read. */
const RECORDS_PER_READ = 500;
/** How many keys' uses one write stores; as many are read before it. */
const KEYS_PER_WRITE = 200;
/** A chain read to its end is due again only after this time; otherwise a busy server's chains would always be due. */
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
  const { uses, accessKeyUses, sequence } = latestUses(page.rows, after);
  const isRead = !page.more && sequence === (page.rows.at(-1)?.sequence ?? after);
  const mark = { sequence, read_at_ms: isRead ? ctx.nowMs : 0 };
  const stored = [...(await storeUses(ctx, uses)), ...(await storeAccessKeyUses(ctx, accessKeyUses))];
  return { mutations: [moveMark(chain, mark), ...stored], changes: [], audit: [] };
}

/** The last use of each key in these records, and the sequence of the last record that was read. */
function latestUses(records: readonly RecordedAudit[], after: number) {
  const uses = new Map<string, KeyUse>();
  const accessKeyUses = new Map<string, AccessKeyUse>();
  let sequence = after;
  for (const record of records) {
    if (uses.size >= KEYS_PER_WRITE || accessKeyUses.size >= KEYS_PER_WRITE) break;
    const event = JSON.parse(record.recordJson) as AuditRecord;
    const signed = accessKeyUseIn(event);
    if (signed && signed.usedAtMs >= (accessKeyUses.get(signed.accessKeyId)?.usedAtMs ?? 0)) {
      accessKeyUses.set(signed.accessKeyId, signed);
    }
    for (const use of usesIn(event)) {
      const name = `${use.accountId}/${use.region}/${use.keyId}`;
      const known = uses.get(name);
      if (!known || use.usedAtMs >= known.usedAtMs) uses.set(name, use);
    }
    sequence = record.sequence;
  }
  return { uses: [...uses.values()], accessKeyUses: [...accessKeyUses.values()], sequence };
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

/** Nothing for an access key that does not exist any more, or whose later use is stored already from another chain. */
async function storeAccessKeyUses(ctx: JobContext, uses: readonly AccessKeyUse[]): Promise<readonly Mutation[]> {
  const keys = await ctx.store.listAccessKeyUsages(uses.map(({ accessKeyId }) => accessKeyId));
  const byId = new Map(keys.map((key) => [key.accessKeyId, key]));
  return uses.flatMap((use): readonly Mutation[] => {
    const key = byId.get(use.accessKeyId);
    if (!key || (key.known && key.known.used_at_ms > use.usedAtMs)) return [];
    const access_key_id = use.accessKeyId;
    const set = { used_at_ms: use.usedAtMs, service: use.service, region: use.region };
    return key.known
      ? [{ op: 'update', table: 'access_key_usage', key: { access_key_id }, revision: key.known.revision, set }]
      : [{ op: 'insert', table: 'access_key_usage', row: { access_key_id, ...set } }];
  });
}

/** Nothing for a key that does not exist any more, or whose later use is stored already from another chain. */
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
