/** What operations are and what they decide. */
import type { AuditRecord, AuditResource } from '../domain/audit/audit-record.ts';
import type { Change } from '../storage/port/changes.ts';
import type { Mutation } from '../storage/port/store.ts';
import type { Context } from './context.ts';
import type { Result } from './refusal.ts';
import type { ResolvedKeys } from './resolved-key.ts';

/**
 * What an operation decided: its answer, and what to commit. Operations change nothing themselves, so a dry run is an
 * outcome thrown away and a lost race is the operation run again. Its `decisions` are on what the operation itself had to
 * ask about, beyond the targets of its record.
 */
export interface Outcome<Output> extends Result {
  readonly output: Output;
  /** Called when the outcome is not committed: takes back what was made outside the store (a key in a token). */
  readonly compensate?: () => Promise<void>;
  /** The outcome left work for the jobs that shall not wait for their next interval. */
  readonly wakesJobs?: true;
  readonly mutations?: readonly Mutation[];
  readonly changes?: readonly Change[];
  readonly audit?: {
    readonly responseElements?: unknown;
    readonly additionalEventData?: Readonly<Record<string, unknown>>;
    /** Replaces the default (the resolved keys and aliases). */
    readonly resources?: readonly AuditResource[];
    /** Records of events the service made itself because of this request (RotateKey, CreateKey in another Region). */
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
