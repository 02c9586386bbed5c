/** Which RPCs there are, and what all of them must do with deferral, metadata, private state and interrupts. */
import { identityType, levelType } from '@keystead/provider/engine/type.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { decodeDynamicValue, encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import { fakeProvider, shelfSource, thingRecord } from '../../support/provider/fake-provider.ts';
import { FakeService, pathText } from '../../support/provider/service.ts';

/** Protocol 6.11, every RPC of tfplugin6.Provider. */
const served = `GetMetadata GetProviderSchema GetResourceIdentitySchemas GetFunctions ValidateProviderConfig
  ValidateResourceConfig ValidateDataResourceConfig ValidateEphemeralResourceConfig ValidateListResourceConfig
  ValidateActionConfig ConfigureProvider StopProvider UpgradeResourceState UpgradeResourceIdentity MoveResourceState
  ImportResourceState ReadResource ReadDataSource PlanResourceChange ApplyResourceChange OpenEphemeralResource
  RenewEphemeralResource CloseEphemeralResource ListResource CallFunction PlanAction InvokeAction`.split(/\s+/);
/** Terraform calls these only for what a schema or a capability offers. */
const notServed = `GenerateResourceConfig ValidateStateStoreConfig ConfigureStateStore ReadStateBytes WriteStateBytes
  LockState UnlockState GetStates DeleteState`.split(/\s+/);

let service: FakeService;
beforeEach(() => {
  service = new FakeService();
});

const typeName = 'fake_thing';
const type = levelType(thingRecord);
const absent = Object.fromEntries(Object.keys(thingRecord.attributes).map((name) => [name, null]));
const thing = (change: ObjectValue = {}): ObjectValue => ({ ...absent, rule: [], tag: [], timeouts: null, ...change });
const encoded = (value: Value) => encodeDynamicValue(type, value);
const deferring = { clientCapabilities: { deferralAllowed: true } };
const { PROVIDER_CONFIG_UNKNOWN } = tfplugin6.Deferred.Reason;

const plan = (config: ObjectValue, more: tfplugin6.PlanResourceChange.Request.$Properties = {}) =>
  service.ask('PlanResourceChange', tfplugin6.PlanResourceChange, {
    typeName,
    priorState: encoded(null),
    proposedNewState: encoded(config),
    config: encoded(config),
    ...more,
  });
const apply = (config: ObjectValue, more: tfplugin6.ApplyResourceChange.Request.$Properties = {}) =>
  service.ask('ApplyResourceChange', tfplugin6.ApplyResourceChange, {
    typeName,
    priorState: encoded(null),
    plannedState: encoded({ ...config, id: unknown, version: unknown, size: 5, owner: unknown }),
    config: encoded(config),
    ...more,
  });

test('every RPC of the protocol is served, or answered as unimplemented because nothing offers it', async () => {
  const names = [...service.methods.keys()].map((path) => path.replace('/tfplugin6.Provider/', ''));
  expect(names.sort()).toEqual([...served].sort());
  expect(names.filter((name) => notServed.includes(name))).toEqual([]);
  const schema = await service.ask('GetProviderSchema', tfplugin6.GetProviderSchema, {});
  expect(schema.serverCapabilities?.generateResourceConfig).toBe(false);
});

describe('while the provider block is not known', () => {
  beforeEach(() => service.configure(unknown));

  test('a client that allows it gets deferred plans, with what is known of the object', async () => {
    const { plannedState, deferred, diagnostics } = await plan(thing({ kind: 'k' }), deferring);
    expect(deferred?.reason).toBe(PROVIDER_CONFIG_UNKNOWN);
    expect(diagnostics).toEqual([]);
    expect(decodeDynamicValue(type, plannedState)).toMatchObject({ kind: 'k', size: 5, id: unknown });
  });

  test('… reads that leave the state as it is', async () => {
    const state = thing({ kind: 'k', id: 'x', version: 1, size: 5, owner: 'me' });
    const currentState = encoded(state);
    const request = { typeName, currentState, private: Buffer.from('kept'), ...deferring };
    const { newState, deferred, private: kept } = await service.ask('ReadResource', tfplugin6.ReadResource, request);
    expect(deferred?.reason).toBe(PROVIDER_CONFIG_UNKNOWN);
    expect(decodeDynamicValue(type, newState)).toEqual(state);
    expect(Buffer.from(kept ?? []).toString()).toBe('kept');
  });

  test('… data whose computed values are unknown', async () => {
    const dataType = levelType(shelfSource.record);
    const config = encodeDynamicValue(dataType, { prefix: 'a', ids: null });
    const request = { typeName: 'fake_shelf', config, ...deferring };
    const { state, deferred } = await service.ask('ReadDataSource', tfplugin6.ReadDataSource, request);
    expect(deferred?.reason).toBe(PROVIDER_CONFIG_UNKNOWN);
    expect(decodeDynamicValue(dataType, state)).toEqual({ prefix: 'a', ids: unknown });
  });

  test('… and imports without an object', async () => {
    const request = { typeName, id: 'x', ...deferring };
    expect(await service.ask('ImportResourceState', tfplugin6.ImportResourceState, request)).toMatchObject({
      deferred: { reason: PROVIDER_CONFIG_UNKNOWN },
      importedResources: [],
      diagnostics: [],
    });
  });

  test('a client that does not allow it never gets "deferred"', async () => {
    expect((await plan(thing({ kind: 'k' }))).deferred).toBeNull();
    const read = await service.ask('ReadResource', tfplugin6.ReadResource, {
      typeName,
      currentState: encoded(thing()),
    });
    expect(read.deferred).toBeNull();
  });
});

test('nothing is deferred once the provider block is known, also for clients that allow it', async () => {
  await service.configure();
  expect((await plan(thing({ kind: 'k' }), deferring)).deferred).toBeNull();
});

describe('provider_meta', () => {
  const metaType = levelType({ attributes: fakeProvider.meta ?? {} });
  const meta = (...products: string[]) => ({ providerMeta: encodeDynamicValue(metaType, { user_agent: products }) });
  beforeEach(() => service.configure());

  test('of a module goes with its changes', async () => {
    const { newState, diagnostics } = await apply(thing({ kind: 'k' }), meta('module/1', 'other/2'));
    expect(diagnostics).toEqual([]);
    expect(decodeDynamicValue(type, newState)).toMatchObject({ owner: 'module/1 other/2' });
    const without = await apply(thing({ kind: 'k' }));
    expect(decodeDynamicValue(type, without.newState)).toMatchObject({ owner: 'nobody' });
  });

  test('that is refused is a diagnostic of each call, and changes nothing', async () => {
    const changed = await apply(thing({ kind: 'k' }), meta('refused'));
    expect(changed.diagnostics).toMatchObject([{ summary: 'No such product' }]);
    expect(decodeDynamicValue(type, changed.newState)).toBeNull();
    expect((await plan(thing({ kind: 'k' }), meta('refused'))).diagnostics).toMatchObject([
      { summary: 'No such product' },
    ]);
  });
});

test('private state comes back from every call as it went in', async () => {
  await service.configure();
  const kept = Buffer.of(0, 255, 128);
  const bytes = (value: Uint8Array | null | undefined) => Buffer.from(value ?? []);
  expect(bytes((await plan(thing({ kind: 'k' }), { priorPrivate: kept })).plannedPrivate)).toEqual(kept);
  const applied = await apply(thing({ kind: 'k' }), { plannedPrivate: kept });
  expect(bytes(applied.private)).toEqual(kept);
  const read = await service.ask('ReadResource', tfplugin6.ReadResource, {
    typeName,
    currentState: applied.newState ?? null,
    private: kept,
  });
  expect(bytes(read.private)).toEqual(kept);
  const moved = await service.ask('MoveResourceState', tfplugin6.MoveResourceState, {
    sourceProviderAddress: 'registry.terraform.io/other/fake',
    sourceTypeName: typeName,
    targetTypeName: typeName,
    sourceState: { json: Buffer.from('{"kind":"k"}') },
    sourcePrivate: kept,
  });
  expect(bytes(moved.targetPrivate)).toEqual(kept);
});

test('after an interrupt no change is begun, and the state stays as it was', async () => {
  await service.configure();
  const { newState } = await apply(thing({ kind: 'k' }));
  const state = decodeDynamicValue(type, newState) as ObjectValue;
  expect(await service.ask('StopProvider', tfplugin6.StopProvider, {})).toMatchObject({ Error: '' });
  const created = await apply(thing({ kind: 'k' }));
  expect(created.diagnostics).toMatchObject([{ summary: 'Interrupted' }]);
  expect(decodeDynamicValue(type, created.newState)).toBeNull();
  const destroyed = await apply(thing(), {
    priorState: encoded(state),
    plannedState: encoded(null),
    config: encoded(null),
  });
  expect(destroyed.diagnostics).toMatchObject([{ summary: 'Interrupted' }]);
  expect(decodeDynamicValue(type, destroyed.newState)).toEqual(state);
  await service.configure();
  expect((await apply(thing({ kind: 'k' }))).diagnostics).toEqual([]);
});

describe('a plan', () => {
  test('says of an unknown value what the record promises, in the form of cty', async () => {
    await service.configure();
    const { plannedState } = await plan(thing({ kind: 'k' }));
    const bytes = Buffer.from(plannedState?.msgpack ?? []).toString('hex');
    // "id" and then ext 8 of 3 bytes, code 12: { 1: false }
    expect(bytes).toContain(`${Buffer.from('\xa2id', 'latin1').toString('hex')}c7030c8101c2`);
    // "version" has no promise.
    expect(bytes).toContain(`${Buffer.from('\xa7version', 'latin1').toString('hex')}d40000`);
  });

  test('whose promise the result breaks is a fault of the provider, and the object is kept', async () => {
    await service.configure();
    const config = thing({ kind: 'k', fail: 'promise' });
    const { newState, diagnostics } = await apply(config);
    expect(diagnostics).toMatchObject([{ summary: 'Provider bug in fake_thing' }]);
    expect(decodeDynamicValue(type, newState)).toMatchObject({ id: null, owner: 'o' });
  });
});

test.each([
  ['kind', { kind: 7 }, 'kind'],
  ['an element of a map', { labels: { a: 'x', 'b.c': 7 } }, 'labels.b.c'],
  ['an attribute in a list of blocks', { rule: [{ action: 'allow', weight: 'many', serial: null }] }, 'rule.0.weight'],
])('a value of the wrong type in %s is reported at its path', async (_what, wrong, path) => {
  const config = { json: Buffer.from(JSON.stringify({ ...thing({ kind: 'k' }), ...wrong })) };
  const answer = await service.ask('ValidateResourceConfig', tfplugin6.ValidateResourceConfig, { typeName, config });
  expect(answer.diagnostics?.map(({ summary, attribute }) => [summary, pathText(attribute)])).toEqual([
    ['The provider could not read a request', path],
  ]);
});

describe('an import by identity', () => {
  const identity = (values: ObjectValue) => ({
    identity: { identityData: encodeDynamicValue(identityType(thingRecord.identity ?? {}), values) },
  });
  const importBy = (values: ObjectValue) =>
    service.ask('ImportResourceState', tfplugin6.ImportResourceState, { typeName, ...identity(values) });
  beforeEach(() => service.configure());

  test('needs only what the schema requires', async () => {
    const { importedResources, diagnostics } = await importBy({ id: 'x', shelf: null });
    expect(diagnostics).toEqual([]);
    expect(decodeDynamicValue(type, importedResources?.[0]?.state)).toMatchObject({ id: 'x' });
  });

  test('names what is missing', async () => {
    const { importedResources, diagnostics } = await importBy({ id: null, shelf: 's' });
    expect(importedResources).toEqual([]);
    expect(diagnostics).toMatchObject([{ detail: 'The identity needs id. Add it.' }]);
  });
});
