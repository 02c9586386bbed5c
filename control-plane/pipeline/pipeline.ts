/**
 * One request, top to bottom, the same for every door.
 *
 *   authenticate → look up → decode and validate → resolve keys → authorize → execute (execute.ts) → encode
 *
 * Each step returns a value or throws. A refusal of a known principal is audited in a write of its own, or counted
 * (audit/refusal-tally.ts); a request whose audit record cannot be written is refused. After a lost race (WriteConflict) the request runs again from
 * resolve.
 */
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { costOfBody, isExhausted, newEffort, spentOf } from '@keystead/policy/effort.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { type AuditedRequest, auditRecords } from '../audit/record.ts';
import { authorizeTargets } from '../authorization/permit.ts';
import { requireRevision, resolveKeys } from '../authorization/resolve.ts';
import type { Context } from '../context/context.ts';
import type { Answer, Call, Caller, Door, RawRequest } from '../context/door.ts';
import type { Engines } from '../context/engines.ts';
import { causeOf, knownTo, refusalAfter } from '../context/refusal.ts';
import type { ResolvedKeys } from '../context/resolved-key.ts';
import { timeOrderedId } from '../domain/identifiers/time-ordered-id.ts';
import { decodeInput } from '../validation/validate.ts';
import { toKmsError } from './error-mapping.ts';
import { commit, type Executed, execute, type Input, untilCommitted } from './execute.ts';
import { findRemembered, rememberMutation } from './idempotency.ts';
import { makeManagedKeys } from './managed-keys.ts';
import { requireWithinSession } from './session-scope.ts';
import { withWarnings } from './warnings.ts';

/** What is known about a request so far, for the audit record of its refusal. */
type RequestFacts = Omit<AuditedRequest, 'outcome' | 'error'>;

/** Answers one request; never throws. */
export async function handle(engines: Engines, door: Door, raw: RawRequest): Promise<Answer> {
  const startedAt = performance.now();
  const nowMs = engines.clock.now();
  const requestId = timeOrderedId(nowMs);
  const observe = (record: OperationRecord | undefined, code: string) =>
    engines.observe({
      operation: record?.name ?? 'unknown',
      code,
      seconds: (performance.now() - startedAt) / 1000,
    });
  let known: RequestFacts | undefined;
  let charged: Context | undefined;
  let isValid = false;
  try {
    if (engines.catchUp) await engines.catchUp();
    const caller = await door.authenticate(engines, raw, nowMs);
    const ctx = contextOf(engines, raw, caller, { requestId, nowMs });
    const turn = engines.fairShare.turn(ctx.accountId);
    charged = ctx;
    const canRun = turn === undefined || (await turn);
    const call = door.lookUp(raw);
    const { record } = call;
    known = { ctx, record };
    if (!canRun) throw throttled(record);
    requireWithinRate(engines, ctx, call);
    requireWithinSession(ctx, record);
    const input = decodeInput(record.name, call.json) as Input;
    known = { ctx, record, input };
    isValid = true;
    requireImplemented(record);
    const { output, keys, decisions, warnings } = await perform(engines, ctx, call, input);
    known = { ctx, record, input, keys, decisions };
    observe(record, 'OK');
    const answer = door.encode(record, output, requestId);
    return warnings ? withWarnings(answer, warnings) : answer;
  } catch (error) {
    if (known && isExhausted(known.ctx.effort)) {
      const { accountId, principal } = known.ctx;
      engines.decisionTooCostly({ requestId, accountId, principal: principal.arn, operation: known.record.name });
    }
    const refusal = await refuse(engines, requestId, known && { ...known, ...knownTo(error) }, error);
    observe(known?.record, refusal.code);
    return door.encodeError(refusal, requestId);
  } finally {
    if (charged) engines.fairShare.charge(charged.accountId, unitsOf(charged, raw, isValid));
  }
}

function contextOf(
  engines: Engines,
  { sourceIp, userAgent, secureTransport, tlsDetails }: RawRequest,
  caller: Caller,
  { requestId, nowMs }: Pick<Context, 'requestId' | 'nowMs'>,
): Context {
  return {
    ...caller,
    requestId,
    nowMs,
    sourceIp,
    userAgent,
    secureTransport,
    effort: newEffort(),
    ...defined({ tlsDetails }),
    store: engines.store,
    keyMaterial: engines.keyMaterial,
    credentials: engines.credentials,
    pkcs11: engines.pkcs11,
    sealedTokens: engines.sealedTokens,
    keyStores: engines.keyStores,
    quotas: engines.quotas,
    settings: engines.settings,
    ...(engines.regions && { regions: engines.regions }),
  };
}

const undecided: readonly DecisionNote[] = [];

/** @throws Refusal of the last attempt, with its decisions. */
function perform(engines: Engines, ctx: Context, call: Call, input: Input): Promise<Executed> {
  const { record } = call;
  // The audit record of a refusal names the request's keys even if the last attempt did not find them.
  let found: ResolvedKeys | undefined;
  return untilCommitted(async () => {
    let decisions = undecided;
    try {
      found = await resolveKeys(ctx, record, input);
      const permitted = { ctx, record, input, ...(await authorizeTargets(ctx, record, input, found)) };
      const { keys } = permitted;
      decisions = permitted.decisions;
      if (await makeManagedKeys(engines, ctx, keys)) return 'again';
      requireStoresWithinRate(engines, ctx, record, keys);
      const remembered = await findRemembered(ctx, call, input);
      if (remembered.replay) {
        await commit(engines, permitted, remembered.replay);
        return { output: remembered.replay.output, keys, decisions };
      }
      requireRevision(call.ifMatchRevision, record, keys);
      const remember = (output: unknown) => rememberMutation(ctx, call, input, output, remembered);
      return await execute(engines, { ...permitted, remember });
    } catch (error) {
      throw refusalAfter({ decisions, ...defined({ keys: found }) }, error);
    }
  });
}

/** @throws KmsError UnsupportedOperationException */
function requireImplemented({ status, name }: OperationRecord): void {
  if (status === 'planned') throw new KmsError('UnsupportedOperationException', messages.planned(name));
}

/** What a request cost beside what every request costs. */
const unitsOf = ({ effort }: Context, { body }: RawRequest, isValid: boolean): number =>
  spentOf(effort) + costOfBody(body.length, isValid);

/** Comes before validation, as at AWS: a throttled request costs no more than its signature. */
function requireWithinRate({ throttle }: Engines, { accountId, region, nowMs }: Context, call: Call): void {
  const { name: operation, service } = call.record;
  if (throttle.admits({ accountId, region, nowMs, operation, service, members: call.json })) return;
  throw throttled(call.record);
}

function throttled({ service }: OperationRecord): KmsError {
  const isKms = service === 'kms' || service === 'keystead';
  return new KmsError('ThrottlingException', isKms ? messages.throttled : messages.rateExceeded);
}

/** A custom key store has a rate of its own, shared by all its keys. */
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

/**
 * Audits the refusal of a known principal, the many of a principal that goes on by one record. Earlier refusals are
 * only logged, so that strangers cannot fill the audit.
 */
async function refuse(
  { store, log, refusals }: Engines,
  requestId: string,
  known: RequestFacts | undefined,
  cause: unknown,
): Promise<KmsError> {
  const error = toKmsError(causeOf(cause), log, requestId, known?.keys);
  if (!known) {
    log.info({ requestId, code: error.code }, 'a request was rejected before its caller and operation were known');
    return error;
  }
  try {
    const audit = refusals.recordsFor(auditRecords({ ...known, error }));
    if (audit.length > 0) await store.write({ mutations: [], changes: [], audit });
    return error;
  } catch (failure) {
    return toKmsError(failure, log, requestId);
  }
}
