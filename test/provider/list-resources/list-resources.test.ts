/** List resources through the engine, against a REST door whose pages hold two entries. */
import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import type { ListEvent } from '@keystead/provider/engine/listing.ts';
import * as records from '@keystead/provider-schema/list-resources/index.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { accountId, RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let engine: Engine<Client>;

beforeEach(async () => {
  door = await RestDoor.open();
  engine = await configured(door);
});
afterEach(() => door.close());

async function list(type: string, region: string | null = null, limit = 0): Promise<readonly ListEvent[]> {
  const events: ListEvent[] = [];
  for await (const event of engine.list(type, { config: { region }, limit })) events.push(event);
  return events;
}
const identities = (events: readonly ListEvent[]) =>
  events.flatMap((event) => ('identity' in event ? [event.identity] : []));
const leftOut = (events: readonly ListEvent[]) =>
  events.flatMap((event) => ('leftOut' in event ? [event.leftOut] : []));

const make = async (type: string, config = {}) => new Managed(engine, type).applied(config);

test('each lists a resource that has an identity', () => {
  for (const [name, record] of Object.entries(records)) {
    expect([record.type, record.kind]).toEqual([name, 'list-resource']);
    expect(Object.entries<TerraformRecord>(resources).find(([type]) => type === name)?.[1].identity).toBeDefined();
  }
});

test('keys come from all pages, each as a read gives it', async () => {
  const made = [await make('aws_kms_key'), await make('aws_kms_key'), await make('aws_kms_key', { description: 'c' })];
  const events = await list('aws_kms_key');
  expect(identities(events)).toEqual(made.map(({ id }) => ({ id, account_id: accountId, region: 'us-east-1' })));
  const [, , last] = events;
  expect(last).toMatchObject({
    displayName: made[2]?.id,
    state: { description: 'c', arn: made[2]?.arn },
    diagnostics: [],
  });
  const imported = new Managed(engine, 'aws_kms_key');
  await imported.import(String(made[2]?.id));
  expect(last).toMatchObject({ state: imported.state });
});

test('keys that the resource cannot manage, or the caller cannot read, are left out', async () => {
  await make('aws_kms_key');
  const waiting = new Managed(engine, 'aws_kms_key');
  await waiting.applied({});
  await waiting.destroy();
  const kept = await make('aws_kms_key');
  door.refuse('GetKeyConfiguration', { status: 400, code: 'AccessDeniedException' });
  const events = await list('aws_kms_key');
  expect(identities(events)).toMatchObject([{ id: kept.id }]);
  expect(leftOut(events)).toEqual([
    expect.stringContaining('AccessDeniedException'),
    expect.stringContaining('waits for its deletion'),
  ]);
});

test('a limit ends the listing before more is read', async () => {
  for (let count = 0; count < 5; count++) await make('aws_kms_key');
  door.forget();
  expect(identities(await list('aws_kms_key', null, 2))).toHaveLength(2);
  expect(door.calls()).toEqual(['ListKeys', 'GetKeyConfiguration', 'GetKeyConfiguration']);
});

test('aliases come from all pages without further calls, those of AWS aside', async () => {
  const { id } = await make('aws_kms_key');
  for (const name of ['a', 'b', 'c']) await make('aws_kms_alias', { name: `alias/${name}`, target_key_id: id });
  door.aliases.set('us-east-1/alias/aws/s3', String(id));
  door.forget();
  const events = await list('aws_kms_alias');
  expect(door.calls()).toEqual(['ListAliases', 'ListAliases']);
  expect(identities(events)).toEqual(
    ['alias/a', 'alias/b', 'alias/c'].map((name) => ({ name, account_id: accountId, region: 'us-east-1' })),
  );
  expect(leftOut(events)).toEqual(["alias/aws/s3 is not the account's own"]);
  const imported = new Managed(engine, 'aws_kms_alias');
  await imported.import('alias/b');
  expect(events[1]).toMatchObject({ displayName: 'alias/b', state: imported.state });
});

test('another Region is listed on request, and one of another partition refused', async () => {
  await make('aws_kms_key');
  const { id } = await make('aws_kms_key', { region: 'eu-west-1' });
  expect(identities(await list('aws_kms_key', 'eu-west-1'))).toEqual([
    { id, account_id: accountId, region: 'eu-west-1' },
  ]);
  expect(await list('aws_kms_key', 'cn-north-1')).toMatchObject([{ failure: [{ path: ['region'] }] }]);
});

test.each(Object.keys(records))('a refused listing of %s ends with the reason', async (type) => {
  const refusal = { status: 400, code: 'AccessDeniedException', detail: 'not you' };
  door.refuse('ListKeys', refusal);
  door.refuse('ListAliases', refusal);
  expect(await list(type)).toMatchObject([{ failure: [{ detail: expect.stringContaining('not you') }] }]);
});
