/** What a resource or data source author writes; the engine does the rest from the Terraform record. */
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { ObjectValue } from './value.ts';

export type PathStep = string | number;

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  /** What the user must do. */
  readonly detail: string;
  readonly path?: readonly PathStep[];
  /** The unexpected exception behind it: for the log, never for the user. */
  readonly cause?: unknown;
}

/** Thrown by resource functions: becomes diagnostics. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.summary}: ${d.detail}`).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/**
 * What a create or update achieved. After the first successful call `state` is always returned, also when a later call
 * failed: then `diagnostics` says so and nothing is orphaned (a failed create leaves the object tainted).
 */
export interface ApplyResult {
  readonly state: ObjectValue;
  readonly diagnostics?: readonly Diagnostic[];
}

/** `Client` is the provider's configured connection (provider/client/client.ts). */
export interface ResourceType<Client> {
  readonly record: TerraformRecord;
  /** Checks that need several attributes. Any value can be unknown. */
  validate?(config: ObjectValue): readonly Diagnostic[];
  /**
   * Adjusts the engine's proposal (defaults filled in, computed values unknown or kept). `prior` is null on create.
   * It can mark more attributes as forcing replacement. Not called for destroy.
   */
  plan?(input: {
    readonly config: ObjectValue;
    readonly prior: ObjectValue | null;
    readonly proposed: ObjectValue;
    readonly client: Client | undefined;
  }): Promise<{
    readonly planned: ObjectValue;
    readonly requiresReplace?: readonly (readonly PathStep[])[];
    readonly diagnostics?: readonly Diagnostic[];
  }>;
  /** Diagnostics at plan time for a destroy (live grants, aliases, last use). */
  planDestroy?(client: Client, prior: ObjectValue): Promise<readonly Diagnostic[]>;
  create(client: Client, planned: ObjectValue, config: ObjectValue): Promise<ApplyResult>;
  /** null: the object does not exist any more and is removed from the state. */
  read(client: Client, state: ObjectValue): Promise<ObjectValue | null>;
  update(client: Client, prior: ObjectValue, planned: ObjectValue, config: ObjectValue): Promise<ApplyResult>;
  remove(client: Client, state: ObjectValue): Promise<void>;
  /** Partial state from an import id; Terraform then reads. @throws DiagnosticError with the expected form */
  importState?(client: Client, id: string): Promise<ObjectValue>;
  /** The same from identity attributes (Terraform 1.12 and newer), when the record has an identity. */
  importIdentity?(client: Client, identity: ObjectValue): Promise<ObjectValue>;
  /** Identity values for a state, when the record has an identity. */
  identity?(client: Client, state: ObjectValue): ObjectValue;
}

export interface DataSourceType<Client> {
  readonly record: TerraformRecord;
  validate?(config: ObjectValue): readonly Diagnostic[];
  read(client: Client, config: ObjectValue): Promise<ObjectValue>;
}

export interface ProviderType<Client> {
  readonly record: TerraformRecord;
  /** What a module can set in `provider_meta`; absent: such a block is an error. */
  readonly meta?: TerraformRecord['attributes'];
  /** Checks that need several arguments. Any value can be unknown. */
  validate?(config: ObjectValue): readonly Diagnostic[];
  /**
   * Unknown configuration values yield a client that fails with a clear text when used. `stopSignal` aborts when the
   * user interrupts: waits must end then, and failed requests must not be repeated.
   * @throws DiagnosticError
   */
  configure(config: ObjectValue, terraformVersion: string, stopSignal: AbortSignal): Promise<Client>;
  readonly resources: readonly ResourceType<Client>[];
  readonly dataSources: readonly DataSourceType<Client>[];
}
