/**
 * Reads the audit log for uses of KMS keys and of access keys, and stores the last use of each, and of each key by each
 * principal for each action. The log is written in
 * the commit that precedes every answer, so it misses no use, and requests do not do work for this table. Each chain is
 * read from its mark, and the mark moves in the write that stores the uses, so a job that dies in between loses and
 * repeats nothing.
 */
import type { AuditRecord } from '../domain/audit/audit-record.ts';
import { type AccessKeyUse, accessKeyUseIn } from '../domain/identities/access-key-usage.ts';
import { isUseOf, type KeyUse, usesIn } from '../domain/keys/key-usage.ts';
import { type UseByPrincipal, usersIn } from '../domain/keys/key-users.ts';
import type { RecordedAudit } from '../storage/port/audit.ts';
import type { Mutation, Write } from '../storage/port/store.ts';
import type { KeyUserRow } from '../storage/port/tables.ts';
import type { ChainToRead, KnownUsage } from '../storage/port/usage.ts';
import type { Job, JobContext } from './job.ts';

/** Few enough that requests hardly wait while they are read. */
const RECORDS_PER_READ = 500;
/** How many rows of each kind one write stores; as many are read before it. */
const ROWS_PER_WRITE = 200;
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
  const { uses, users, accessKeyUses, sequence } = latestUses(page.rows, after);
  const isRead = !page.more && sequence === (page.rows.at(-1)?.sequence ?? after);
  const mark = { sequence, read_at_ms: isRead ? ctx.nowMs : 0 };
  const stored = [...(await storeUses(ctx, uses, users)), ...(await storeAccessKeyUses(ctx, accessKeyUses))];
  return { mutations: [moveMark(chain, mark), ...stored], changes: [], audit: [] };
}

/** The last uses of each kind in these records, and the sequence of the last record that was read. */
function latestUses(records: readonly RecordedAudit[], after: number) {
  const uses = new Map<string, KeyUse>();
  const users = new Map<string, UseByPrincipal>();
  const accessKeyUses = new Map<string, AccessKeyUse>();
  let sequence = after;
  for (const record of records) {
    if ([uses, users, accessKeyUses].some(({ size }) => size >= ROWS_PER_WRITE)) break;
    const event = JSON.parse(record.recordJson) as AuditRecord;
    const signed = accessKeyUseIn(event);
    if (signed) keepLater(accessKeyUses, signed.accessKeyId, signed);
    for (const use of usesIn(event)) keepLater(uses, nameOf(use), use);
    for (const user of usersIn(event)) keepLater(users, `${nameOf(user)}/${user.principalId}/${user.action}`, user);
    sequence = record.sequence;
  }
  return {
    uses: [...uses.values()],
    users: [...users.values()],
    accessKeyUses: [...accessKeyUses.values()],
    sequence,
  };
}

const nameOf = ({ accountId, region, keyId }: Pick<KeyUse, 'accountId' | 'region' | 'keyId'>): string =>
  `${accountId}/${region}/${keyId}`;

function keepLater<Use extends { readonly usedAtMs: number }>(latest: Map<string, Use>, name: string, use: Use): void {
  if (use.usedAtMs >= (latest.get(name)?.usedAtMs ?? 0)) latest.set(name, use);
}

function moveMark({ chainId, mark }: ChainToRead, to: { sequence: number; read_at_ms: number }): Mutation {
  return mark
    ? { op: 'update', table: 'usage_marks', key: { chain_id: chainId }, revision: mark.revision, set: to }
    : { op: 'insert', table: 'usage_marks', row: { chain_id: chainId, ...to } };
}

async function storeUses(
  ctx: JobContext,
  uses: readonly KeyUse[],
  users: readonly UseByPrincipal[],
): Promise<readonly Mutation[]> {
  const places = Map.groupBy(uses, ({ accountId, region }) => `${accountId}/${region}`);
  const usersByPlace = Map.groupBy(users, ({ accountId, region }) => `${accountId}/${region}`);
  const mutations: Mutation[] = [];
  for (const [place, here] of places) {
    const [{ accountId, region } = { accountId: '', region: '' }] = here;
    const keyIds = here.map(({ keyId }) => keyId);
    const keys = await ctx.store.listKeyUsages(accountId, region, keyIds);
    const byId = new Map(keys.map((key) => [key.keyId, key]));
    mutations.push(...here.flatMap((use) => storeUse(use, byId.get(use.keyId)) ?? []));
    const usersHere = (usersByPlace.get(place) ?? []).filter((user) => {
      const key = byId.get(user.keyId);
      return key !== undefined && isUseOf(user, key);
    });
    mutations.push(...(await storeUsers(ctx, usersHere, { accountId, region })));
  }
  return mutations;
}

async function storeUsers(
  ctx: JobContext,
  users: readonly UseByPrincipal[],
  { accountId, region }: { readonly accountId: string; readonly region: string },
): Promise<readonly Mutation[]> {
  if (users.length === 0) return [];
  const keyIds = [...new Set(users.map(({ keyId }) => keyId))];
  const principalIds = [...new Set(users.map(({ principalId }) => principalId))];
  const rows = await ctx.store.listKeyUsersAmong(accountId, region, keyIds, principalIds);
  const known = new Map(rows.map((row) => [`${row.key_id}/${row.principal_id}/${row.action}`, row]));
  return users.flatMap((user) => storeUser(user, known.get(`${user.keyId}/${user.principalId}/${user.action}`)) ?? []);
}

/** Nothing when a later use is stored already from another chain. */
function storeUser(user: UseByPrincipal, known: KeyUserRow | undefined): Mutation | undefined {
  if (known && known.used_at_ms > user.usedAtMs) return undefined;
  const key = {
    account_id: user.accountId,
    region: user.region,
    key_id: user.keyId,
    principal_id: user.principalId,
    action: user.action,
  };
  const set = {
    principal_account_id: user.principalAccountId,
    used_at_ms: user.usedAtMs,
    event_id: user.eventId,
    facts_json: JSON.stringify(user.facts),
  };
  return known
    ? { op: 'update', table: 'key_users', key, revision: known.revision, set }
    : { op: 'insert', table: 'key_users', row: { ...key, ...set } };
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
