/**
 * The executor: runs one operation on resolved keys and commits its outcome. Nothing else calls an operation. Requests
 * and seed files use it, each with its own way to resolve keys and to authorize.
 *
 *   check → key state and usage → run → one write (change, change log and audit together)
 *
 * An attempt that lost a race (WriteConflict) is repeated, from resolving its keys on: see `untilCommitted`.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { auditRecords } from '../audit/record.ts';
import type { Context } from '../context/context.ts';
import type { Engines } from '../context/engines.ts';
import type { Operation, Outcome } from '../context/outcome.ts';
import { causeOf, type Decided, Refusal } from '../context/refusal.ts';
import type { ResolvedKeys } from '../context/resolved-key.ts';
import { requireKeyState, requireKeyUsage } from '../domain/keys/key-state.ts';
import { operations } from '../operations/index.ts';
import { type Mutation, StoreUnavailable, WriteConflict } from '../storage/port/store.ts';

export type Input = Readonly<Record<string, unknown>>;
type AnyOperation = Operation<Input, unknown>;
type ExecutorEngines = Pick<Engines, 'store' | 'log' | 'wakeJobs'>;

/** An operation that can run: its input is validated, its keys are resolved, and `decisions` allow it. */
export interface Execution extends Decided {
  readonly ctx: Context;
  readonly record: OperationRecord;
  readonly input: Input;
  readonly keys: ResolvedKeys;
  /** Makes from the answer what must be written beside the operation's own mutations. */
  readonly remember?: (output: unknown) => Promise<readonly Mutation[]>;
}

/** An operation that ran, with the keys and decisions of its audit record. */
export interface Executed extends Decided {
  readonly output: unknown;
  readonly keys: ResolvedKeys;
  readonly warnings?: readonly string[];
}

/** More than races on one key need; beyond that, something else is wrong. */
const MAX_ATTEMPTS = 100;

/**
 * @param attempt returns `again` when it only prepared the next attempt
 * @throws WriteConflict when every attempt lost its race, and whatever else `attempt` throws
 */
export async function untilCommitted<Result extends object>(attempt: () => Promise<Result | 'again'>): Promise<Result> {
  for (let attemptsLeft = MAX_ATTEMPTS; attemptsLeft > 0; attemptsLeft--) {
    try {
      const result = await attempt();
      if (result !== 'again') return result;
    } catch (error) {
      if (!(causeOf(error) instanceof WriteConflict) || attemptsLeft === 1) throw error;
    }
  }
  throw new WriteConflict(`none of ${MAX_ATTEMPTS} attempts committed`);
}

/** @throws KmsError; Refusal when the operation itself needed decisions; WriteConflict, StoreUnavailable */
export async function execute(engines: ExecutorEngines, execution: Execution): Promise<Executed> {
  const { ctx, record, input, keys, remember } = execution;
  const operation = operations[record.name as keyof typeof operations] as AnyOperation;
  await operation.check?.(ctx, input, keys);
  requireFitKeys(record, keys);
  const outcome = await operation.run(ctx, input, keys);
  const decisions = outcome.decisions ? [...execution.decisions, ...outcome.decisions] : execution.decisions;
  try {
    if (input.DryRun === true) throw new KmsError('DryRunOperationException');
    await commit(engines, { ...execution, decisions }, outcome, await remember?.(outcome.output));
  } catch (error) {
    // A write whose result is unknown can still commit; what its rows refer to must then exist.
    if (error instanceof StoreUnavailable) warnOfUnknown(engines, ctx, outcome);
    else await compensate(engines, ctx, outcome);
    throw outcome.decisions ? new Refusal(error, { decisions: outcome.decisions }) : error;
  }
  if (outcome.wakesJobs) engines.wakeJobs();
  const { output, warnings } = outcome;
  return warnings ? { output, keys, decisions, warnings } : { output, keys, decisions };
}

/** One write: what the operation changes, its change-log rows and its audit records. */
export function commit(
  { store }: Pick<Engines, 'store'>,
  { ctx, record, input, keys, decisions }: Omit<Execution, 'remember'>,
  outcome: Outcome<unknown>,
  remembered: readonly Mutation[] = [],
): Promise<void> {
  return store.write({
    mutations: [...(outcome.mutations ?? []), ...remembered],
    changes: outcome.changes ?? [],
    audit: auditRecords({ ctx, record, input, keys, outcome, decisions }),
  });
}

/** @throws KmsError of the key state, InvalidKeyUsageException */
function requireFitKeys(record: OperationRecord, keys: ResolvedKeys): void {
  for (const target of record.targets) {
    if (target.kind !== 'key') continue;
    const key = keys[target.member];
    if (!key) continue;
    requireKeyState(target.states, key);
    requireKeyUsage(target, key, record.name);
  }
}

function warnOfUnknown({ log }: ExecutorEngines, { requestId }: Context, outcome: Outcome<unknown>): void {
  if (!outcome.compensate) return;
  log.warn(
    { requestId },
    'it is unknown whether a write committed: the key made for it in the PKCS #11 token was kept; ' +
      'if no KMS key uses it, delete it in the token',
  );
}

/** If this fails, what the operation made outside the store remains; nothing refers to it. */
async function compensate({ log }: ExecutorEngines, { requestId }: Context, outcome: Outcome<unknown>): Promise<void> {
  await outcome
    .compensate?.()
    .catch((err: unknown) =>
      log.warn({ requestId, err }, 'the key made for a failed request remains in the PKCS #11 token: delete it there'),
    );
}
