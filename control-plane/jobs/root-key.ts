/**
 * Rotation of the root key: takes a new generation into use once every server's HSM holds it, then wraps everything
 * again that an older one wraps. Every write of something wrapped relies on the generation in use
 * (startup/root-key-use.ts), so once the generation is in use nothing is stored under an older one, and a pass over all
 * rows is complete. The place of the pass is stored with each batch: whoever continues loses and repeats nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '@keystead/provider-schema/defined.ts';
import { serviceEventRecord } from '../audit/record.ts';
import {
  liveHolders,
  type RewrapPass,
  ROOT_KEY_REWRAP,
  ROOT_KEY_STATE,
  type RootKeyRewrap,
  type RootKeyState,
  rootKeyRewrapOf,
  rootKeyStateOf,
} from '../domain/keys/root-key-state.ts';
import { nameOfWrapped, wrappedSecrets } from '../mutations/wrapped-secrets.ts';
import type { Mutation, StoreReader } from '../storage/port/store.ts';
import type { MetaRow, RootKeyHolderRow } from '../storage/port/tables.ts';
import { type WrappedRows, type WrappedTable, wrappedTables } from '../storage/port/wrapped-secrets.ts';
import type { Decision, Job, JobContext } from './job.ts';

/** Where its audit records go, and how often a server says which generations it holds. */
export interface RootKeySettings {
  readonly accountId: string;
  readonly region: string;
  readonly holderIntervalMs: number;
}

export function rootKeyJobs(settings: RootKeySettings): readonly Job[] {
  return [takeIntoUse(settings), noticeRemoval(settings), rewrapSecrets(settings)];
}

function takeIntoUse(settings: RootKeySettings): Job {
  return {
    name: 'root-key-use',
    async due(store, nowMs) {
      const { inUse } = rootKeyStateOf(await store.findMeta(ROOT_KEY_STATE));
      const holders = liveHolders(await store.listRootKeyHolders(), nowMs, settings.holderIntervalMs);
      const [first, ...others] = holders;
      if (!first || first.newest <= inUse || others.some((other) => !isSameKey(first, other))) return [];
      return [{ name: `generation ${first.newest}`, decide: (ctx) => use(ctx, settings, first) }];
    },
  };
}

const isSameKey = (one: RootKeyHolderRow, other: RootKeyHolderRow): boolean =>
  one.newest === other.newest && one.newest_fingerprint === other.newest_fingerprint;

async function use(
  ctx: JobContext,
  settings: RootKeySettings,
  { newest, newest_fingerprint: fingerprint }: RootKeyHolderRow,
): Promise<Decision> {
  const { generations } = await ctx.installation.rootKeyGenerations();
  const made = generations.find((held) => held.generation === newest && held.fingerprint === fingerprint);
  if (!made) throw new Error(`this server's HSM does not hold generation ${newest} of the root key, as others do`);
  const [stateRow, rewrapRow] = await rowsOf(ctx.store);
  const state = rootKeyStateOf(stateRow);
  const total = Object.values(await ctx.store.countWrapped(newest)).reduce((sum, count) => sum + count, 0);
  const underWay = { generation: newest, table: 0, rewrapped: 0, total, failed: 0 };
  return {
    mutations: [
      setMeta(ROOT_KEY_STATE, stateRow, { ...state, inUse: newest, inUseSinceMs: ctx.nowMs, fingerprint }),
      setMeta(ROOT_KEY_REWRAP, rewrapRow, { ...rootKeyRewrapOf(rewrapRow), underWay }),
      ...(await forgetSilentHolders(ctx, settings)),
    ],
    changes: [],
    audit: [
      eventRecord(ctx, settings, 'RotateRootKey', {
        generation: newest,
        previousGeneration: state.inUse,
        ...defined({ createdBy: made.createdBy }),
        ...(made.createdAtMs !== undefined && { createdAt: new Date(made.createdAtMs).toISOString() }),
        secretsToRewrap: total,
      }),
    ],
  };
}

async function forgetSilentHolders(ctx: JobContext, settings: RootKeySettings): Promise<readonly Mutation[]> {
  const holders = await ctx.store.listRootKeyHolders();
  const live = new Set(liveHolders(holders, ctx.nowMs, settings.holderIntervalMs));
  return holders
    .filter((holder) => !live.has(holder))
    .map(({ holder_id, revision }) => ({ op: 'delete', table: 'root_key_holders', key: { holder_id }, revision }));
}

/** Old generations are removed by a command on the machine of the HSM; the servers see that they are gone. */
function noticeRemoval(settings: RootKeySettings): Job {
  return {
    name: 'root-key-removal',
    async due(store, nowMs) {
      const { oldestHeld } = rootKeyStateOf(await store.findMeta(ROOT_KEY_STATE));
      const holders = liveHolders(await store.listRootKeyHolders(), nowMs, settings.holderIntervalMs);
      const oldest = Math.min(...holders.map((holder) => holder.oldest));
      if (holders.length === 0 || oldest <= oldestHeld) return [];
      return [{ name: `generations before ${oldest}`, decide: (ctx) => recordRemoval(ctx, settings, oldest) }];
    },
  };
}

async function recordRemoval(ctx: JobContext, settings: RootKeySettings, oldest: number): Promise<Decision> {
  const [stateRow] = await rowsOf(ctx.store);
  const { removal } = await ctx.installation.rootKeyGenerations();
  return {
    mutations: [setMeta(ROOT_KEY_STATE, stateRow, { ...rootKeyStateOf(stateRow), oldestHeld: oldest })],
    changes: [],
    audit: [
      eventRecord(ctx, settings, 'RemoveRootKeyGenerations', {
        oldestGeneration: oldest,
        ...(removal && { removedBy: removal.removedBy, removedAt: new Date(removal.removedAtMs).toISOString() }),
      }),
    ],
  };
}

/** Few enough that a request never waits long for the HSM. */
const ROWS_PER_BATCH = 50;
/** Then other jobs have their turn, until the next interval. */
const BATCHES_PER_RUN = 500;
/** After a pass that left rows behind, which an operator must look at. */
const REST_AFTER_FAILURE_MS = 10 * 60_000;

function rewrapSecrets(settings: RootKeySettings): Job {
  let batches = 0;
  return {
    name: 'rewrap',
    uncounted: true,
    async due(store, nowMs) {
      const { underWay } = rootKeyRewrapOf(await store.findMeta(ROOT_KEY_REWRAP));
      const rests = underWay?.endedAtMs !== undefined && nowMs - underWay.endedAtMs < REST_AFTER_FAILURE_MS;
      if (!underWay || rests || batches >= BATCHES_PER_RUN) {
        batches = 0;
        return [];
      }
      batches += 1;
      const { generation, table, after = [] } = underWay;
      const name = `generation ${generation}: ${wrappedTables[table] ?? 'end'} ${after.join('/')}`;
      return [{ name, decide: (ctx) => rewrapBatch(ctx, settings) }];
    },
  };
}

async function rewrapBatch(ctx: JobContext, settings: RootKeySettings): Promise<Decision> {
  const [stateRow, row] = await rowsOf(ctx.store);
  const rewrap = rootKeyRewrapOf(row);
  const { underWay } = rewrap;
  if (!underWay) return { mutations: [], changes: [], audit: [] };
  const pass = underWay.endedAtMs === undefined ? underWay : againFromTheStart(underWay);
  const table = wrappedTables[pass.table];
  if (table === undefined) return endPass(ctx, settings, row, rewrap, pass);
  const { inUse } = rootKeyStateOf(stateRow);
  const { refused } = await ctx.installation.useGeneration({ generation: inUse });
  if (refused) throw new Error(refused.message);
  const batch = await rewrapPage(ctx, table, pass);
  return {
    mutations: [setMeta(ROOT_KEY_REWRAP, row, { ...rewrap, underWay: batch.next }), ...batch.mutations],
    changes: [],
    audit: [],
    ...(batch.failed.length > 0 && {
      failure: {
        message: 'what is stored here wrapped cannot be opened, and keeps its generation of the root key',
        rows: batch.failed,
      },
    }),
  };
}

const againFromTheStart = ({ generation, rewrapped, total }: RewrapPass): RewrapPass => ({
  generation,
  table: 0,
  rewrapped,
  total,
  failed: 0,
});

interface Batch {
  readonly mutations: readonly Mutation[];
  readonly failed: readonly string[];
  readonly next: RewrapPass;
}

async function rewrapPage<T extends WrappedTable>(ctx: JobContext, table: T, pass: RewrapPass): Promise<Batch> {
  const { generation, after } = pass;
  const { secret, key, rewrapped } = wrappedSecrets[table];
  const page = { before: generation, limit: ROWS_PER_BATCH, ...defined({ after }) };
  const rows: readonly WrappedRows[T][] = await ctx.store.listWrapped(table, page);
  const startedAtMs = performance.now();
  const results = await ctx.installation.rewrap(rows.map(secret));
  // The HSM has as much time for requests as this took.
  await sleep(performance.now() - startedAtMs);
  const mutations: Mutation[] = [];
  const failed: string[] = [];
  for (const [i, row] of rows.entries()) {
    const wrapped = results[i]?.wrapped;
    if (wrapped) mutations.push(rewrapped(row, wrapped));
    else failed.push(nameOfWrapped(table, row));
  }
  const last = rows.at(-1);
  const isEnd = rows.length < ROWS_PER_BATCH || last === undefined;
  const next = {
    generation,
    ...(isEnd ? { table: pass.table + 1 } : { table: pass.table, after: key(last) }),
    rewrapped: pass.rewrapped + mutations.length,
    total: pass.total,
    failed: pass.failed + failed.length,
  };
  return { mutations, failed, next };
}

/** Complete, when nothing older is left; then the old generations can be removed. */
async function endPass(
  ctx: JobContext,
  settings: RootKeySettings,
  row: MetaRow | undefined,
  rewrap: RootKeyRewrap,
  pass: RewrapPass,
): Promise<Decision> {
  const { generation, rewrapped } = pass;
  const counts = await ctx.store.countWrapped(generation);
  if (Object.values(counts).some((count) => count > 0)) {
    const underWay = { ...pass, endedAtMs: ctx.nowMs };
    return {
      mutations: [setMeta(ROOT_KEY_REWRAP, row, { ...rewrap, underWay })],
      changes: [],
      audit: [],
      failure: {
        message:
          'the rotation of the root key is not complete: what is left cannot be opened, or was changed meanwhile',
        generation,
        left: counts,
      },
    };
  }
  return {
    mutations: [setMeta(ROOT_KEY_REWRAP, row, { complete: generation })],
    changes: [],
    audit: [eventRecord(ctx, settings, 'CompleteRootKeyRotation', { generation, secretsRewrapped: rewrapped })],
  };
}

const rowsOf = (store: StoreReader) => Promise.all([store.findMeta(ROOT_KEY_STATE), store.findMeta(ROOT_KEY_REWRAP)]);

function setMeta(name: string, row: MetaRow | undefined, content: RootKeyState | RootKeyRewrap): Mutation {
  const value = JSON.stringify(content);
  return row
    ? { op: 'update', table: 'meta', key: { name }, revision: row.revision, set: { value } }
    : { op: 'insert', table: 'meta', row: { name, value } };
}

function eventRecord(
  { nowMs, requestId }: JobContext,
  { accountId, region }: RootKeySettings,
  eventName: string,
  serviceEventDetails: Readonly<Record<string, unknown>>,
) {
  return serviceEventRecord({ eventName, awsRegion: region, accountId, nowMs, requestId, serviceEventDetails });
}
