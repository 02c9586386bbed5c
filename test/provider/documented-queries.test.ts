/**
 * The examples of list resources and actions, which only Terraform 1.14 and newer know: their configurations go through
 * the engine, against a REST door.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHcl } from '@keystead/control-plane/cli/terraform/hcl.ts';
import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import * as actions from '@keystead/provider-schema/actions/index.ts';
import * as listResources from '@keystead/provider-schema/list-resources/index.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { examplesDirectory } from '../support/document-examples.ts';
import { configured, Managed } from '../support/provider/managed.ts';
import { RestDoor } from '../support/provider/rest-door.ts';

let door: RestDoor;
let engine: Engine<Client>;

beforeEach(async () => {
  door = await RestDoor.open();
  engine = await configured(door);
});
afterEach(() => door.close());

/** The `config` block of the example, with every attribute of the record. @param reference stands for expressions */
function configOf(kind: 'list' | 'action', file: string, { type, attributes }: TerraformRecord, reference = '') {
  const members = parseHcl(readFileSync(join(examplesDirectory, file), 'utf8'));
  const block = members.find(({ name, labels }) => name === kind && labels[0] === type);
  const config = block?.body?.find(({ name }) => name === 'config')?.body ?? [];
  const values = Object.fromEntries(config.map(({ name, text }) => [name, text ?? reference]));
  return { ...Object.fromEntries(Object.keys(attributes).map((name) => [name, null])), ...values };
}

test.each(Object.values<TerraformRecord>(listResources))('the list of $type finds what is there', async (record) => {
  const key = new Managed(engine, 'aws_kms_key');
  await key.applied({ region: 'eu-west-1' });
  const alias = new Managed(engine, 'aws_kms_alias');
  await alias.applied({ region: 'eu-west-1', name: 'alias/listed', target_key_id: key.id });
  const config = configOf('list', `list-resources/${record.type}/example.tfquery.hcl`, record);
  expect(config).toEqual({ region: 'eu-west-1' });
  const found = [];
  for await (const event of engine.list(record.type, { config, limit: 0 })) found.push(event);
  const own = record.type === 'aws_kms_key' ? { id: key.id } : { name: 'alias/listed' };
  expect(found).toMatchObject([{ identity: { ...own, region: 'eu-west-1' }, diagnostics: [] }]);
});

test.each(Object.values<TerraformRecord>(actions))('the action $type is valid, and invoked', async (record) => {
  const key = new Managed(engine, 'aws_kms_key');
  await key.applied({});
  const config = configOf('action', `actions/${record.type}/example.tf`, record, key.id);
  expect(engine.validateAction(record.type, config)).toEqual([]);
  const events = [];
  for await (const event of engine.invoke(record.type, config)) events.push(event);
  expect(events.at(-1)).toEqual({ completed: [] });
  expect(door.inputs('RotateKeyOnDemand')).toEqual([{ KeyId: key.id }]);
});
