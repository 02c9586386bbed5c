/** What a resource or data source author writes; the engine does the rest from the Terraform record. */
import type { FunctionRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { ObjectValue, Value } from './value.ts';

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
  /**
   * Diagnostics at plan time for a destroy (live grants, aliases, last use). Without a client the provider block is not
   * known yet.
   */
  planDestroy?(client: Client | undefined, prior: ObjectValue): Promise<readonly Diagnostic[]>;
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

/** What is open until Terraform closes it, at the end of the run. */
export interface Opened {
  readonly result: ObjectValue;
  /** When it must be renewed to stay valid; absent: never. */
  readonly renewAt?: Date;
  /** Handed back to renew and close. Terraform keeps it in memory only. */
  readonly kept?: string;
}

/** An object that no plan and no state holds: opened where its values are needed, in plan and apply alike. */
export interface EphemeralResourceType<Client> {
  readonly record: TerraformRecord;
  validate?(config: ObjectValue): readonly Diagnostic[];
  open(client: Client, config: ObjectValue): Promise<Opened>;
  /** Absent: it never sets `renewAt`. */
  renew?(client: Client, kept: string): Promise<Omit<Opened, 'result'>>;
  /** Gets what open kept, also after a renewal. Absent: there is nothing to end. */
  close?(client: Client, kept: string): Promise<void>;
}

/** One object of a listing, or why one is left out, for the log. */
export type Listed =
  | {
      readonly displayName: string;
      /** As a read gives it. */
      readonly state: ObjectValue;
    }
  | { readonly leftOut: string };

/** Finds objects of the resource type with the same name, which has an identity. */
export interface ListResourceType<Client> {
  readonly record: TerraformRecord;
  validate?(config: ObjectValue): readonly Diagnostic[];
  /** Read as far as the caller wants: it makes no call for objects that nobody asks for. */
  list(client: Client, config: ObjectValue): AsyncIterable<Listed>;
}

/** Something done once, on request, that changes no state. */
export interface ActionType<Client> {
  readonly record: TerraformRecord;
  validate?(config: ObjectValue): readonly Diagnostic[];
  /** @param progress shows the user a line @throws DiagnosticError */
  invoke(client: Client, config: ObjectValue, progress: (message: string) => void): Promise<void>;
}

/** Thrown by functions: one argument, counted from 0, is wrong. */
export class ArgumentError extends Error {
  readonly argument: number;
  constructor(argument: number, message: string) {
    super(message);
    this.name = 'ArgumentError';
    this.argument = argument;
  }
}

export interface FunctionType {
  readonly record: FunctionRecord;
  /** @throws ArgumentError */
  call(...args: readonly Value[]): Value;
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
  /** Terraform has an object in its state: told at each plan and read. */
  recorded?(client: Client, state: ObjectValue): void;
  /** Terraform ends the process in order: it has recorded every answer. Not told when it is killed. */
  ended?(client: Client, did: { readonly planned: boolean; readonly interrupted: boolean }): void;
  /** Whether values of the provider block were unknown; then everything that needs the service can be deferred. */
  isUnsettled(client: Client): boolean;
  /** The same connection for a module with this `provider_meta` block. @throws DiagnosticError */
  withMeta?(client: Client, meta: ObjectValue): Client;
  readonly resources: readonly ResourceType<Client>[];
  readonly dataSources: readonly DataSourceType<Client>[];
  readonly ephemeralResources: readonly EphemeralResourceType<Client>[];
  readonly listResources: readonly ListResourceType<Client>[];
  readonly actions: readonly ActionType<Client>[];
  readonly functions: readonly FunctionType[];
}
