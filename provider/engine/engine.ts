/**
 * The provider's semantics, one method per question Terraform asks, in values instead of messages. Holds the configured
 * client; everything else is a pure function of the request and the type's record.
 */
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { type ActionEvent, invokeAction } from './actions.ts';
import { type ApplyOutcome, type ApplyRequest, applyChange } from './apply.ts';
import { isWhollyKnown } from './compare.ts';
import { conform } from './conform.ts';
import { diagnosticsOf, interrupted, notConfigured } from './diagnostics.ts';
import { closeEphemeral, type OpenOutcome, openEphemeral, renewEphemeral } from './ephemeral.ts';
import { callFunction, type FunctionOutcome } from './functions.ts';
import { type ListEvent, type ListRequest, listObjects } from './listing.ts';
import { type PlanOutcome, type PlanRequest, planChange, proposeChange } from './plan.ts';
import { type ImportRequest, importResource, type ReadOutcome, readDataSource, readResource } from './read.ts';
import type {
  ActionType,
  DataSourceType,
  Diagnostic,
  EphemeralResourceType,
  FunctionType,
  ListResourceType,
  ProviderType,
  ResourceType,
} from './resource.ts';
import { type ValidateOptions, validateLevel } from './validate.ts';
import type { ObjectValue, Value } from './value.ts';

/** A type name that Terraform asks for and the provider does not have. */
export class UnknownTypeError extends Error {}

/** What a request says beside its subject. */
export interface Asking {
  /** The module's `provider_meta` block; null: it has none. */
  readonly meta?: ObjectValue | null;
  /** The client takes "later" for an answer while the provider block is not known. */
  readonly deferralAllowed?: boolean;
}

/** The provider block is not known yet: Terraform asks again in a later round. */
export interface Deferrable {
  readonly deferred?: true;
}

function index<Type extends { readonly record: TerraformRecord }>(types: readonly Type[]): ReadonlyMap<string, Type> {
  return new Map(types.map((type) => [type.record.type, type]));
}

function requireType<Type>(types: ReadonlyMap<string, Type>, kind: string, name: string): Type {
  const type = types.get(name);
  if (type === undefined) throw new UnknownTypeError(`there is no ${kind} "${name}"`);
  return type;
}

/** Every `require…` method throws UnknownTypeError, and so does every method that takes a type's name. */
export class Engine<Client> {
  readonly provider: ProviderType<Client>;
  private readonly resources: ReadonlyMap<string, ResourceType<Client>>;
  private readonly dataSources: ReadonlyMap<string, DataSourceType<Client>>;
  private readonly ephemeralResources: ReadonlyMap<string, EphemeralResourceType<Client>>;
  private readonly listResources: ReadonlyMap<string, ListResourceType<Client>>;
  private readonly actions: ReadonlyMap<string, ActionType<Client>>;
  private readonly functions: ReadonlyMap<string, FunctionType>;
  private client: Client | undefined;
  private stopping = new AbortController();
  /** Since it was configured. */
  private did = { planned: false, applied: false };

  constructor(provider: ProviderType<Client>) {
    this.provider = provider;
    this.resources = index(provider.resources);
    this.dataSources = index(provider.dataSources);
    this.ephemeralResources = index(provider.ephemeralResources);
    this.listResources = index(provider.listResources);
    this.actions = index(provider.actions);
    this.functions = new Map(provider.functions.map((type) => [type.record.name, type]));
  }

  requireResource(typeName: string): ResourceType<Client> {
    return requireType(this.resources, 'resource type', typeName);
  }

  requireDataSource(typeName: string): DataSourceType<Client> {
    return requireType(this.dataSources, 'data source type', typeName);
  }

  requireEphemeral(typeName: string): EphemeralResourceType<Client> {
    return requireType(this.ephemeralResources, 'ephemeral resource type', typeName);
  }

  requireList(typeName: string): ListResourceType<Client> {
    return requireType(this.listResources, 'list resource type', typeName);
  }

  requireAction(typeName: string): ActionType<Client> {
    return requireType(this.actions, 'action type', typeName);
  }

  requireFunction(name: string): FunctionType {
    return requireType(this.functions, 'function', name);
  }

  validateProvider(config: ObjectValue): readonly Diagnostic[] {
    return this.check(this.provider, config);
  }

  validateResource(typeName: string, config: ObjectValue, options: ValidateOptions): readonly Diagnostic[] {
    return this.check(this.requireResource(typeName), config, options);
  }

  validateDataSource(typeName: string, config: ObjectValue): readonly Diagnostic[] {
    return this.check(this.requireDataSource(typeName), config);
  }

  validateEphemeral(typeName: string, config: ObjectValue): readonly Diagnostic[] {
    return this.check(this.requireEphemeral(typeName), config);
  }

  validateList(typeName: string, config: ObjectValue): readonly Diagnostic[] {
    return this.check(this.requireList(typeName), config);
  }

  validateAction(typeName: string, config: ObjectValue): readonly Diagnostic[] {
    return this.check(this.requireAction(typeName), config);
  }

  private check(
    type: { readonly record: TerraformRecord; validate?(config: ObjectValue): readonly Diagnostic[] },
    config: ObjectValue,
    options: ValidateOptions = { writeOnlyAllowed: true },
  ): readonly Diagnostic[] {
    try {
      return [...validateLevel(type.record, config, options), ...(type.validate?.(config) ?? [])];
    } catch (error) {
      return diagnosticsOf(error, `validating ${type.record.type}`);
    }
  }

  /** A provider under a debugger serves many commands: each configures it again, and nothing of the last one stays. */
  async configure(config: ObjectValue, terraformVersion: string): Promise<readonly Diagnostic[]> {
    this.client = undefined;
    this.stopping = new AbortController();
    this.did = { planned: false, applied: false };
    try {
      this.client = await this.provider.configure(config, terraformVersion, this.stopping.signal);
      return [];
    } catch (error) {
      return diagnosticsOf(error, 'configuring the provider');
    }
  }

  /** The client for a module, with its `provider_meta`. */
  private clientFor({ meta }: Asking): Client | undefined {
    if (this.client === undefined || !meta || this.provider.withMeta === undefined) return this.client;
    return this.provider.withMeta(this.client, meta);
  }

  private defers({ deferralAllowed }: Asking): boolean {
    return deferralAllowed === true && this.client !== undefined && this.provider.isUnsettled(this.client);
  }

  /** Runs `work` with the module's client; `otherwise` gives the answer that goes with what is wrong. */
  private async withClient<Outcome>(
    asking: Asking,
    doing: string,
    otherwise: (diagnostics: readonly Diagnostic[]) => Outcome,
    work: (client: Client) => Promise<Outcome>,
  ): Promise<Outcome> {
    let client: Client | undefined;
    try {
      client = this.clientFor(asking);
    } catch (error) {
      return otherwise(diagnosticsOf(error, doing));
    }
    return client === undefined ? otherwise([notConfigured(doing)]) : work(client);
  }

  async plan(typeName: string, request: PlanRequest, asking: Asking = {}): Promise<PlanOutcome & Deferrable> {
    const type = this.requireResource(typeName);
    if (this.defers(asking)) return { ...(await planChange(type, undefined, request)), deferred: true };
    if (this.client === undefined) return planChange(type, undefined, request);
    this.did.planned = true;
    this.noteRecorded(request.prior);
    const refused = (diagnostics: readonly Diagnostic[]) => ({
      planned: request.prior,
      requiresReplace: [],
      diagnostics,
    });
    return this.withClient(asking, `planning ${typeName}`, refused, (client) => planChange(type, client, request));
  }

  /** After an interrupt nothing new is begun. */
  async apply(typeName: string, request: ApplyRequest, asking: Asking = {}): Promise<ApplyOutcome> {
    const type = this.requireResource(typeName);
    const unchanged = (diagnostics: readonly Diagnostic[]) => ({ state: request.prior, diagnostics });
    if (this.stopping.signal.aborted) return unchanged([interrupted(`changing ${typeName}`)]);
    this.did.applied = true;
    return this.withClient(asking, `changing ${typeName}`, unchanged, (client) => applyChange(type, client, request));
  }

  async read(typeName: string, state: ObjectValue, asking: Asking = {}): Promise<ReadOutcome & Deferrable> {
    const type = this.requireResource(typeName);
    if (this.defers(asking)) return { state, diagnostics: [], deferred: true };
    const unchanged = (diagnostics: readonly Diagnostic[]) => ({ state, diagnostics });
    this.did.planned = true;
    this.noteRecorded(state);
    return this.withClient(asking, `reading ${typeName}`, unchanged, (client) => readResource(type, client, state));
  }

  private noteRecorded(state: ObjectValue | null): void {
    if (state !== null && this.client !== undefined) this.provider.recorded?.(this.client, state);
  }

  async readData(typeName: string, config: ObjectValue, asking: Asking = {}): Promise<ReadOutcome & Deferrable> {
    const type = this.requireDataSource(typeName);
    if (this.defers(asking))
      return { state: proposeChange(type.record, config, null), diagnostics: [], deferred: true };
    const doing = `reading data source ${typeName}`;
    return this.withClient(asking, doing, nothing, (client) => readDataSource(type, client, config));
  }

  async import(typeName: string, request: ImportRequest, asking: Asking = {}): Promise<ReadOutcome & Deferrable> {
    const type = this.requireResource(typeName);
    if (this.defers(asking)) return { state: null, diagnostics: [], deferred: true };
    return this.withClient(asking, `importing ${typeName}`, nothing, (client) => importResource(type, client, request));
  }

  async open(typeName: string, config: ObjectValue, asking: Asking = {}): Promise<OpenOutcome & Deferrable> {
    const type = this.requireEphemeral(typeName);
    if (this.defers(asking)) {
      return { result: proposeChange(type.record, config, null), diagnostics: [], deferred: true };
    }
    const unopened = (diagnostics: readonly Diagnostic[]) => ({ result: null, diagnostics });
    return this.withClient(asking, `opening ${typeName}`, unopened, (client) => openEphemeral(type, client, config));
  }

  async renew(typeName: string, kept: string): Promise<Omit<OpenOutcome, 'result'>> {
    const type = this.requireEphemeral(typeName);
    const failed = (diagnostics: readonly Diagnostic[]) => ({ diagnostics });
    return this.withClient({}, `renewing ${typeName}`, failed, (client) => renewEphemeral(type, client, kept));
  }

  async close(typeName: string, kept: string): Promise<readonly Diagnostic[]> {
    const type = this.requireEphemeral(typeName);
    const failed = (diagnostics: readonly Diagnostic[]) => diagnostics;
    return this.withClient({}, `closing ${typeName}`, failed, (client) => closeEphemeral(type, client, kept));
  }

  async *list(typeName: string, request: ListRequest): AsyncGenerator<ListEvent> {
    const [type, resource] = [this.requireList(typeName), this.requireResource(typeName)];
    if (this.client === undefined) yield { failure: [notConfigured(`listing ${typeName}`)] };
    else yield* listObjects(type, resource, this.client, request);
  }

  /** An action has nothing to plan; it is refused here when it could not be carried out later. */
  planAction(typeName: string, asking: Asking): Deferrable & { readonly diagnostics: readonly Diagnostic[] } {
    this.requireAction(typeName);
    return this.defers(asking) ? { diagnostics: [], deferred: true } : { diagnostics: [] };
  }

  async *invoke(typeName: string, config: ObjectValue): AsyncGenerator<ActionEvent> {
    const type = this.requireAction(typeName);
    if (this.client === undefined) yield { completed: [notConfigured(`invoking ${typeName}`)] };
    else if (this.stopping.signal.aborted) yield { completed: [interrupted(`invoking ${typeName}`)] };
    else yield* invokeAction(type, this.client, config);
  }

  callFunction(name: string, args: readonly Value[]): FunctionOutcome {
    return callFunction(this.requireFunction(name), args);
  }

  /**
   * State decoded by today's type from what was stored: empty collections where blocks are absent, the rest as it is.
   */
  upgrade(typeName: string, stored: ObjectValue): ObjectValue {
    return conform(this.requireResource(typeName).record, stored, { unknowns: 'refused', absent: 'null' }).value;
  }

  /**
   * The identity of an object whose state is known; null when its type has none, or the state does not say it yet (an
   * object from before identities, with refresh switched off).
   */
  identity(typeName: string, state: ObjectValue | null): ObjectValue | null {
    const type = this.requireResource(typeName);
    if (state === null || this.client === undefined || type.record.identity === undefined) return null;
    try {
      const identity = type.identity?.(this.client, state);
      return identity !== undefined && isWhollyKnown(identity) ? identity : null;
    } catch {
      return null;
    }
  }

  /** Ends running calls early: waits end, failed requests are not repeated, and each call answers with what exists. */
  stop(): void {
    this.stopping.abort();
  }

  /** Terraform ends the process in order. */
  end(): void {
    if (this.client === undefined) return;
    const { planned, applied } = this.did;
    this.provider.ended?.(this.client, { planned: planned && !applied, interrupted: this.stopping.signal.aborted });
  }
}

const nothing = (diagnostics: readonly Diagnostic[]) => ({ state: null, diagnostics });
