/**
 * The provider's semantics, one method per question Terraform asks, in values instead of messages. Holds the configured
 * client; everything else is a pure function of the request and the resource type's record.
 */
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { type ApplyOutcome, type ApplyRequest, applyChange } from './apply.ts';
import { isWhollyKnown } from './compare.ts';
import { conform } from './conform.ts';
import { diagnosticsOf, notConfigured } from './diagnostics.ts';
import { type PlanOutcome, type PlanRequest, planChange } from './plan.ts';
import { type ImportRequest, importResource, type ReadOutcome, readDataSource, readResource } from './read.ts';
import type { DataSourceType, Diagnostic, ProviderType, ResourceType } from './resource.ts';
import { type ValidateOptions, validateLevel } from './validate.ts';
import type { ObjectValue } from './value.ts';

/** A type name that Terraform asks for and the provider does not have. */
export class UnknownTypeError extends Error {}

function index<Type extends { readonly record: TerraformRecord }>(types: readonly Type[]): ReadonlyMap<string, Type> {
  return new Map(types.map((type) => [type.record.type, type]));
}

export class Engine<Client> {
  readonly provider: ProviderType<Client>;
  private readonly resources: ReadonlyMap<string, ResourceType<Client>>;
  private readonly dataSources: ReadonlyMap<string, DataSourceType<Client>>;
  private client: Client | undefined;
  private stopping = new AbortController();

  constructor(provider: ProviderType<Client>) {
    this.provider = provider;
    this.resources = index(provider.resources);
    this.dataSources = index(provider.dataSources);
  }

  /** @throws UnknownTypeError */
  requireResource(typeName: string): ResourceType<Client> {
    const type = this.resources.get(typeName);
    if (type === undefined) throw new UnknownTypeError(`there is no resource type "${typeName}"`);
    return type;
  }

  /** @throws UnknownTypeError */
  requireDataSource(typeName: string): DataSourceType<Client> {
    const type = this.dataSources.get(typeName);
    if (type === undefined) throw new UnknownTypeError(`there is no data source type "${typeName}"`);
    return type;
  }

  validateProvider(config: ObjectValue): readonly Diagnostic[] {
    return this.check(this.provider, config, { writeOnlyAllowed: true });
  }

  validateResource(typeName: string, config: ObjectValue, options: ValidateOptions): readonly Diagnostic[] {
    return this.check(this.requireResource(typeName), config, options);
  }

  validateDataSource(typeName: string, config: ObjectValue): readonly Diagnostic[] {
    return this.check(this.requireDataSource(typeName), config, { writeOnlyAllowed: true });
  }

  private check(
    type: { readonly record: TerraformRecord; validate?(config: ObjectValue): readonly Diagnostic[] },
    config: ObjectValue,
    options: ValidateOptions,
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
    try {
      this.client = await this.provider.configure(config, terraformVersion, this.stopping.signal);
      return [];
    } catch (error) {
      return diagnosticsOf(error, 'configuring the provider');
    }
  }

  plan(typeName: string, request: PlanRequest): Promise<PlanOutcome> {
    return planChange(this.requireResource(typeName), this.client, request);
  }

  async apply(typeName: string, request: ApplyRequest): Promise<ApplyOutcome> {
    const type = this.requireResource(typeName);
    if (this.client !== undefined) return applyChange(type, this.client, request);
    return { state: request.prior, diagnostics: [notConfigured(`changing ${typeName}`)] };
  }

  async read(typeName: string, state: ObjectValue): Promise<ReadOutcome> {
    const type = this.requireResource(typeName);
    if (this.client !== undefined) return readResource(type, this.client, state);
    return { state, diagnostics: [notConfigured(`reading ${typeName}`)] };
  }

  async readData(typeName: string, config: ObjectValue): Promise<ReadOutcome> {
    const type = this.requireDataSource(typeName);
    if (this.client !== undefined) return readDataSource(type, this.client, config);
    return { state: null, diagnostics: [notConfigured(`reading data source ${typeName}`)] };
  }

  async import(typeName: string, request: ImportRequest): Promise<ReadOutcome> {
    const type = this.requireResource(typeName);
    if (this.client !== undefined) return importResource(type, this.client, request);
    return { state: null, diagnostics: [notConfigured(`importing ${typeName}`)] };
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
}
