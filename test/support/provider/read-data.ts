/** Reads a data source through the engine, with the arguments that are not given absent. */
import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import type { ReadOutcome } from '@keystead/provider/engine/read.ts';
import type { Diagnostic } from '@keystead/provider/engine/resource.ts';
import type { ObjectValue, Value } from '@keystead/provider/engine/value.ts';
import type { BlockRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';

type Level = Pick<TerraformRecord | BlockRecord, 'attributes' | 'blocks'>;

/** As Terraform sends it: every argument, those of nested blocks too. */
export function whole({ attributes, blocks = {} }: Level, config: ObjectValue): ObjectValue {
  const absent = Object.keys(attributes).map((name) => [name, null] as const);
  const nested = Object.entries(blocks).map(([name, block]) => {
    const given = (config[name] ?? []) as readonly ObjectValue[];
    return [name, given.map((item) => whole(block, item))] as const;
  });
  return { ...Object.fromEntries(absent), ...config, ...Object.fromEntries(nested) };
}

/** Validates, and reads if that finds no error. */
export async function readData(engine: Engine<Client>, type: string, config: ObjectValue): Promise<ReadOutcome> {
  const complete = whole(engine.requireDataSource(type).record, config);
  const found = engine.validateDataSource(type, complete);
  if (found.some(({ severity }) => severity === 'error')) return { state: null, diagnostics: found };
  const { state, diagnostics } = await engine.readData(type, complete);
  return { state, diagnostics: [...found, ...diagnostics] };
}

/** The state. @throws when there are errors */
export async function mustReadData(engine: Engine<Client>, type: string, config: ObjectValue): Promise<ObjectValue> {
  const { state, diagnostics } = await readData(engine, type, config);
  if (state === null) throw new Error(JSON.stringify(diagnostics));
  return state;
}

export async function dataRefusal(
  engine: Engine<Client>,
  type: string,
  config: ObjectValue,
): Promise<Diagnostic & { readonly state: Value }> {
  const { state, diagnostics } = await readData(engine, type, config);
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error === undefined) throw new Error(`there is no refusal: ${JSON.stringify(state)}`);
  return { ...error, state };
}
