/** List resources by their messages. */
import { identityType, levelType } from '@keystead/provider/engine/type.ts';
import { type ObjectValue, unknown } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { decodeDynamicValue, encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import { thingRecord, things } from '../../support/provider/fake-provider.ts';
import { FakeService, pathText } from '../../support/provider/service.ts';

const typeName = 'fake_thing';
const thingType = levelType(thingRecord);
const shelfIdentity = identityType(thingRecord.identity ?? {});

let service: FakeService;
beforeEach(async () => {
  service = new FakeService();
  await service.configure();
});

async function make(note: string | null): Promise<string> {
  const names = Object.keys(thingRecord.attributes).map((name) => [name, null] as const);
  const config = { ...Object.fromEntries(names), rule: [], tag: [], timeouts: null, kind: 'k', note } as ObjectValue;
  const { planned } = await service.engine.plan(typeName, { config, prior: null });
  const { state } = await service.engine.apply(typeName, { config, prior: null, planned });
  return String(state?.id);
}

async function list(
  request: { readonly prefix?: string | null; readonly limit?: number; readonly includeResourceObject?: boolean } = {},
  most?: number,
) {
  const { prefix = null, ...rest } = request;
  const config = encodeDynamicValue(levelType(things.record), { prefix });
  const events = await service.events('ListResource', tfplugin6.ListResource, { typeName, config, ...rest }, most);
  return events.map(({ displayName, identity, resourceObject, diagnostic }) => ({
    displayName,
    diagnostic,
    identity: decodeDynamicValue(shelfIdentity, identity?.identityData) as ObjectValue | null,
    object: resourceObject && (decodeDynamicValue(thingType, resourceObject) as ObjectValue),
  }));
}

test('are in schema and metadata', async () => {
  const schema = await service.ask('GetProviderSchema', tfplugin6.GetProviderSchema, {});
  expect(schema.listResourceSchemas?.fake_thing?.block?.attributes).toMatchObject([{ name: 'prefix', optional: true }]);
  expect(await service.ask('GetMetadata', tfplugin6.GetMetadata, {})).toMatchObject({ listResources: [{ typeName }] });
});

test('give each object with name and identity, and with its state when it is wanted', async () => {
  const ids = [await make(null), await make('noted')].sort();
  const short = await list();
  expect(short.map(({ displayName }) => displayName)).toEqual(ids.map((id) => `thing ${id}`));
  expect(short.map(({ identity }) => identity)).toEqual(ids.map((id) => ({ id, shelf: service.directory })));
  expect(short.map(({ object }) => object)).toEqual([null, null]);
  const long = await list({ includeResourceObject: true });
  expect(long.map(({ object }) => object?.id)).toEqual(ids);
  expect(long.map(({ object }) => object?.kind)).toEqual(['k', 'k']);
});

test('stop at the limit, and when the client goes away, without looking further', async () => {
  for (let count = 0; count < 5; count++) await make(null);
  expect(await list({ limit: 2 })).toHaveLength(2);
  expect(service.shelf?.listed).toHaveLength(2);
  expect(await list({}, 3)).toHaveLength(3);
  expect(service.shelf?.listed).toHaveLength(5);
  expect(await list()).toHaveLength(5);
});

test('leave out what cannot be read, and say so in the log alone', async () => {
  await make('hidden');
  const id = await make(null);
  expect((await list()).map(({ identity }) => identity?.id)).toEqual([id]);
  expect(service.logged).toEqual([expect.stringMatching(/^info .* is hidden$/)]);
});

test('that fail end with a diagnostic at the argument', async () => {
  const [event, ...more] = await list({ prefix: 'none' });
  expect(more).toEqual([]);
  expect(event?.identity).toBeNull();
  expect(event?.diagnostic).toMatchObject([{ summary: 'No list' }]);
  expect(pathText(event?.diagnostic?.[0]?.attribute)).toBe('prefix');
});

test('are refused for an unknown type, and before the provider is configured', async () => {
  const other = await service.events('ListResource', tfplugin6.ListResource, { typeName: 'other' });
  expect(other).toMatchObject([{ diagnostic: [{ detail: expect.stringContaining('no list resource type "other"') }] }]);
  service = new FakeService();
  expect(await list()).toMatchObject([{ diagnostic: [{ summary: 'The provider is not configured' }] }]);
});

test('are validated, unknown values aside', async () => {
  const validate = (config: ObjectValue) =>
    service.ask('ValidateListResourceConfig', tfplugin6.ValidateListResourceConfig, {
      typeName,
      config: encodeDynamicValue(levelType(things.record), config),
    });
  expect((await validate({ prefix: unknown })).diagnostics).toEqual([]);
  const { diagnostics } = await validate({ prefix: 'too long' });
  expect(diagnostics?.map(({ attribute }) => pathText(attribute))).toEqual(['prefix']);
});
