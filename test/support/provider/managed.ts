/**
 * One resource instance, managed like Terraform does: plan, apply, refresh and destroy through the engine, with state.
 */
import type { Client } from '@keystead/provider/client/client.ts';
import type { ApplyOutcome } from '@keystead/provider/engine/apply.ts';
import { Engine } from '@keystead/provider/engine/engine.ts';
import type { PlanOutcome } from '@keystead/provider/engine/plan.ts';
import type { Diagnostic } from '@keystead/provider/engine/resource.ts';
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { provider } from '@keystead/provider/provider.ts';
import type { RestDoor } from './rest-door.ts';

export async function configured(door: RestDoor, block: ObjectValue = {}): Promise<Engine<Client>> {
  const engine = new Engine<Client>(provider);
  const diagnostics = await engine.configure(
    {
      access_key: 'AKIAEXAMPLE',
      secret_key: 'secret',
      region: 'us-east-1',
      max_retries: 1,
      endpoints: [{ kms: door.endpoint }],
      ...block,
    },
    '1.11.4',
  );
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return engine;
}

export class Managed {
  state: ObjectValue | null = null;
  readonly engine: Engine<Client>;
  readonly type: string;

  constructor(engine: Engine<Client>, type: string) {
    this.engine = engine;
    this.type = type;
  }

  get id(): string {
    return this.text('id');
  }

  /** A text attribute in the state. */
  text(attribute: string): string {
    const value = this.state?.[attribute];
    if (typeof value !== 'string') throw new Error(`the state has no ${attribute}`);
    return value;
  }

  plan(config: ObjectValue): Promise<PlanOutcome> {
    return this.engine.plan(this.type, { config: this.whole(config), prior: this.state });
  }

  /** Plans and applies in place; the new state is kept even when the apply fails, as in Terraform. */
  async apply(config: ObjectValue): Promise<ApplyOutcome & { readonly plan: PlanOutcome }> {
    const plan = await this.plan(config);
    const request = { prior: this.state, planned: plan.planned, config: this.whole(config) };
    const outcome = await this.engine.apply(this.type, request);
    this.state = outcome.state;
    return { ...outcome, plan };
  }

  /** @throws when the apply reports a diagnostic. */
  async applied(config: ObjectValue): Promise<ObjectValue> {
    const { state, diagnostics } = await this.apply(config);
    if (state === null || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
    return state;
  }

  async refresh(): Promise<readonly Diagnostic[]> {
    if (this.state === null) throw new Error('there is nothing to refresh');
    const { state, diagnostics } = await this.engine.read(this.type, this.state);
    this.state = state;
    return diagnostics;
  }

  async import(id: string): Promise<readonly Diagnostic[]> {
    const { state, diagnostics } = await this.engine.import(this.type, { id });
    this.state = state;
    return state === null ? diagnostics : this.refresh();
  }

  /** Whether a plan of this configuration would change nothing. */
  async isSettled(config: ObjectValue): Promise<boolean> {
    const { planned, diagnostics } = await this.plan(config);
    if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(diagnostics));
    expect(planned).toEqual(this.state);
    return true;
  }

  planDestroy(): Promise<PlanOutcome> {
    return this.engine.plan(this.type, { config: null, prior: this.state });
  }

  async destroy(): Promise<readonly Diagnostic[]> {
    const outcome = await this.engine.apply(this.type, { prior: this.state, planned: null, config: null });
    this.state = outcome.state;
    return outcome.diagnostics;
  }

  private whole(config: ObjectValue): ObjectValue {
    const { attributes, blocks = {} } = this.engine.requireResource(this.type).record;
    const absent = Object.keys(attributes).map((name) => [name, null] as const);
    const empty = Object.entries(blocks).map(
      ([name, block]) => [name, block.nesting === 'single' ? null : []] as const,
    );
    return { ...Object.fromEntries([...absent, ...empty]), ...config };
  }
}
