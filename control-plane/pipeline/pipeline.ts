/**
 * One request, top to bottom. Both doors come through here; nothing else calls an operation.
 *
 *   authenticate → look up → decode and validate → resolve keys → authorize → check → key state and usage
 *   → run → one write (change, change log and audit together) → encode
 *
 * Each step returns a value or throws. A refusal of a known principal is audited in a write of its own; a request
 * whose audit record cannot be written is refused. Losing a race (WriteConflict) runs the request again from resolve.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { auditRecords } from '../audit/record.ts';
import { authorizeTargets } from '../authorization/permit.ts';
import { requireRevision, resolveKeys } from '../authorization/resolve.ts';
import type { Context } from '../context/context.ts';
import type { Answer, Call, Door, RawRequest } from '../context/door.ts';
import type { Engines } from '../context/engines.ts';
import type { Operation, Outcome } from '../context/outcome.ts';
import type { ResolvedKeys } from '../context/resolved-key.ts';
import { timeOrderedId } from '../domain/identifiers/time-ordered-id.ts';
import { requireKeyState, requireKeyUsage } from '../domain/keys/key-state.ts';
import { operations } from '../operations/index.ts';
import { StoreUnavailable, WriteConflict } from '../storage/port/store.ts';
import { decodeInput } from '../validation/validate.ts';
import { toKmsError } from './error-mapping.ts';
import { findRemembered, rememberMutation } from './idempotency.ts';
import { makeManagedKeys } from './managed-keys.ts';
import { requireWithinSession } from './session-scope.ts';

/** How far a request came: what its audit record can say. */
export interface Progress {
  readonly requestId: string;
  readonly nowMs: number;
  context?: Context;
  record?: OperationRecord;
  input?: Readonly<Record<string, unknown>>;
  keys?: ResolvedKeys;
}

type AnyInput = Readonly<Record<string, unknown>>;
type AnyOperation = Operation<AnyInput, unknown>;

/** Enough for any honest race on one key; beyond it something else is wrong. */
const MAX_ATTEMPTS = 100;

/** Answers one request; never throws. */
export async function handle(engines: Engines, door: Door, raw: RawRequest): Promise<Answer> {
  const startedAt = performance.now();
  const nowMs = engines.clock.now();
  const progress: Progress = { requestId: timeOrderedId(nowMs), nowMs };
  const seen = (code: string) =>
    engines.observe({
      operation: progress.record?.name ?? 'unknown',
      code,
      seconds: (performance.now() - startedAt) / 1000,
    });
  try {
    const { record, output } = await answer(engines, door, raw, progress);
    seen('OK');
    return door.encode(record, output, progress.requestId);
  } catch (error) {
    const refusal = await refuse(engines, progress, toKmsError(error, engines.log, progress.requestId));
    seen(refusal.code);
    return door.encodeError(refusal, progress.requestId);
  }
}

async function answer(engines: Engines, door: Door, raw: RawRequest, progress: Progress) {
  const caller = await door.authenticate(engines, raw, progress.nowMs);
  const ctx: Context = {
    ...caller,
    requestId: progress.requestId,
    nowMs: progress.nowMs,
    sourceIp: raw.sourceIp,
    userAgent: raw.userAgent,
    secureTransport: raw.secureTransport,
    ...(raw.tlsDetails && { tlsDetails: raw.tlsDetails }),
    store: engines.store,
    hsm: engines.hsm,
    tokens: engines.tokens,
    policies: engines.policies,
    keyStores: engines.keyStores,
    quotas: engines.quotas,
    decided: [],
  };
  progress.context = ctx;
  const call = door.lookUp(raw);
  progress.record = call.record;
  requireWithinRate(engines, ctx, call);
  requireWithinSession(ctx, call.record);
  const input = decodeInput(call.record.name, call.json) as AnyInput;
  progress.input = input;
  if (call.record.status === 'planned') {
    throw new KmsError('UnsupportedOperationException', messages.planned(call.record.name));
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return { record: call.record, output: await attemptOnce(engines, ctx, call, input, progress) };
    } catch (error) {
      if (!(error instanceof WriteConflict) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function attemptOnce(engines: Engines, ctx: Context, call: Call, input: AnyInput, progress: Progress) {
  const { record } = call;
  ctx.decided.length = 0;
  const operation = operations[record.name as keyof typeof operations] as AnyOperation;
  const keys = await resolveKeys(ctx, record, input);
  progress.keys = keys;
  const permitted = await authorizeTargets(ctx, record, input, keys);
  await makeManagedKeys(engines, ctx, permitted);
  requireStoresWithinRate(engines, ctx, record, permitted);
  const remembered = await findRemembered(ctx, call, input);
  if (remembered.replay) {
    await commit(engines, ctx, record, input, permitted, remembered.replay);
    return remembered.replay.output;
  }
  requireRevision(call.ifMatchRevision, record, permitted);
  await operation.check?.(ctx, input, permitted);
  for (const target of record.targets) {
    if (target.kind !== 'key') continue;
    const key = permitted[target.member];
    if (!key) continue;
    requireKeyState(target.states, key);
    requireKeyUsage(target, key, record.name);
  }
  const outcome = await operation.run(ctx, input, permitted);
  try {
    if (input.DryRun === true) throw new KmsError('DryRunOperationException');
    const remember = rememberMutation(ctx, call, input, outcome.output, remembered);
    await commit(engines, ctx, record, input, permitted, outcome, remember);
  } catch (error) {
    // A write that was given up may still have committed, and what it names must then be there.
    if (error instanceof StoreUnavailable) warnOfUnknown(engines, ctx, outcome);
    else await compensate(engines, ctx, outcome);
    throw error;
  }
  if (outcome.wakesJobs) engines.wakeJobs();
  return outcome.output;
}

function warnOfUnknown({ log }: Engines, { requestId }: Context, outcome: Outcome<unknown>): void {
  if (!outcome.compensate) return;
  log.warn({ requestId }, 'whether the write committed is not known: what was made for it outside the store stays');
}

/** What cannot be taken back is left behind, and the log says so: it was never anybody's. */
async function compensate({ log }: Engines, { requestId }: Context, outcome: Outcome<unknown>): Promise<void> {
  await outcome.compensate?.().catch((err: unknown) => log.warn({ requestId, err }, 'something made in vain is left'));
}

/** Before anything is looked at, as at AWS: what is asked too often costs no more than its signature. */
function requireWithinRate({ throttle }: Engines, { accountId, region, nowMs }: Context, call: Call): void {
  const admitted = throttle.admits({ accountId, region, nowMs, operation: call.record.name, members: call.json });
  if (!admitted) throw new KmsError('ThrottlingException');
}

/** A custom key store has a rate of its own, for the uses of all its keys together. */
function requireStoresWithinRate(
  { throttle }: Engines,
  ctx: Context,
  record: OperationRecord,
  keys: ResolvedKeys,
): void {
  const { accountId, region, nowMs } = ctx;
  if (!record.targets.some((target) => target.kind === 'key' && target.usages)) return;
  const customKeyStoreIds = new Set(Object.values(keys).flatMap(({ shared }) => shared.custom_key_store_id ?? []));
  if (throttle.admitsKeyStores({ accountId, region, nowMs, customKeyStoreIds })) return;
  throw new KmsError('ThrottlingException');
}

/** One write: what the operation changes, its change-log rows and its audit records. */
async function commit(
  engines: Engines,
  ctx: Context,
  record: OperationRecord,
  input: AnyInput,
  keys: ResolvedKeys,
  outcome: Outcome<unknown>,
  remember: readonly NonNullable<Outcome<unknown>['mutations']>[number][] = [],
): Promise<void> {
  await engines.store.write({
    mutations: [...(outcome.mutations ?? []), ...remember],
    changes: outcome.changes ?? [],
    audit: auditRecords({ ctx, record, input, keys, outcome }),
  });
}

/** Audits the refusal of a known principal; before one is known there is only the log, so strangers cannot fill it. */
async function refuse(engines: Engines, progress: Progress, error: KmsError): Promise<KmsError> {
  const { context: ctx, record, input, keys } = progress;
  const facts = { requestId: progress.requestId, code: error.code, operation: record?.name };
  if (!ctx || !record) {
    engines.log.info(facts, 'refused before its operation or principal was known');
    return error;
  }
  try {
    const audit = auditRecords({ ctx, record, error, ...(input && { input }), ...(keys && { keys }) });
    await engines.store.write({ mutations: [], changes: [], audit });
    return error;
  } catch (failure) {
    return toKmsError(failure, engines.log, progress.requestId);
  }
}
