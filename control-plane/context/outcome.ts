/** Operations and their outcomes. */
import type { AuditRecord, AuditResource } from '../domain/audit/audit-record.ts';
import type { Change } from '../storage/port/changes.ts';
import type { Mutation } from '../storage/port/store.ts';
import type { Context } from './context.ts';
import type { Result } from './refusal.ts';
import type { ResolvedKeys } from './resolved-key.ts';

/**
 * The result of an operation: its answer, and what to commit. Operations change nothing themselves, so a dry run
 * discards the outcome and a lost race runs the operation again. `decisions` are those that the operation itself
 * needed, beyond the targets of its record.
 */
export interface Outcome<Output> extends Result {
  readonly output: Output;
  /** What the caller should know although the request succeeded: about a policy that has been put. */
  readonly warnings?: readonly string[];
  /** Called when the outcome is not committed: removes what was made outside the store (a key in a PKCS #11 token). */
  readonly compensate?: () => Promise<void>;
  /** The outcome leaves work for the jobs that must not wait for their next interval. */
  readonly wakesJobs?: true;
  readonly mutations?: readonly Mutation[];
  readonly changes?: readonly Change[];
  readonly audit?: {
    readonly responseElements?: unknown;
    readonly additionalEventData?: Readonly<Record<string, unknown>>;
    /** Replaces the default (the resolved keys and aliases). */
    readonly resources?: readonly AuditResource[];
    /** Events that the service itself caused because of this request (RotateKey, CreateKey in another Region). */
    readonly serviceEvents?: readonly Pick<
      AuditRecord,
      'eventName' | 'awsRegion' | 'serviceEventDetails' | 'resources'
    >[];
  };
}

export interface Operation<Input, Output> {
  /** Parameter combinations and origin rules, after authorization and before the key's state is tested. */
  check?(ctx: Context, input: Input, keys: ResolvedKeys): void | Promise<void>;
  run(ctx: Context, input: Input, keys: ResolvedKeys): Promise<Outcome<Output>>;
}
