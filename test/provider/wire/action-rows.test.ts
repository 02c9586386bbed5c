/** Actions by their messages. */
import { levelType } from '@keystead/provider/engine/type.ts';
import { unknown, type Value } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import { knock } from '../../support/provider/fake-provider.ts';
import { FakeService, pathText } from '../../support/provider/service.ts';

const actionType = 'fake_knock';
const configOf = (times: Value) => encodeDynamicValue(levelType(knock.record), { times });

let service: FakeService;
beforeEach(async () => {
  service = new FakeService();
  await service.configure();
});

const invoke = (times: Value) =>
  service.events('InvokeAction', tfplugin6.InvokeAction, { actionType, config: configOf(times) });
const plan = (times: Value, deferralAllowed: boolean) =>
  service.ask('PlanAction', tfplugin6.PlanAction, {
    actionType,
    config: configOf(times),
    clientCapabilities: { deferralAllowed },
  });

test('are in schema and metadata', async () => {
  const schema = await service.ask('GetProviderSchema', tfplugin6.GetProviderSchema, {});
  expect(schema.actionSchemas?.fake_knock?.schema?.block?.attributes).toMatchObject([
    { name: 'times', required: true },
  ]);
  expect(await service.ask('GetMetadata', tfplugin6.GetMetadata, {})).toMatchObject({
    actions: [{ typeName: actionType }],
  });
});

test('are validated at the argument, unknown values aside', async () => {
  const validate = (times: Value) =>
    service.ask('ValidateActionConfig', tfplugin6.ValidateActionConfig, {
      typeName: actionType,
      config: configOf(times),
    });
  expect((await validate(unknown)).diagnostics).toEqual([]);
  expect((await validate(10)).diagnostics?.map(({ attribute }) => pathText(attribute))).toEqual(['times']);
});

test('tell what they do while they do it, and then that they are done', async () => {
  const events = await invoke(3);
  expect(events.map(({ progress }) => progress?.message)).toEqual(['knock 1', 'knock 2', 'knock 3', undefined]);
  expect(events.at(-1)?.completed).toMatchObject({ diagnostics: [] });
});

test('that fail say so at the argument', async () => {
  const events = await invoke(0);
  expect(events).toHaveLength(1);
  const found = events[0]?.completed?.diagnostics ?? [];
  expect(found).toMatchObject([{ summary: 'No knock' }]);
  expect(pathText(found[0]?.attribute)).toBe('times');
});

test('plan nothing; they are deferred while the provider block is not known', async () => {
  expect(await plan(1, true)).toMatchObject({ diagnostics: [], deferred: null });
  await service.configure(unknown);
  expect((await plan(1, true)).deferred?.reason).toBe(tfplugin6.Deferred.Reason.PROVIDER_CONFIG_UNKNOWN);
  expect((await plan(1, false)).deferred).toBeNull();
});

test('are not begun after an interrupt, nor before the provider is configured', async () => {
  service.engine.stop();
  expect(await invoke(1)).toMatchObject([{ completed: { diagnostics: [{ summary: 'Interrupted' }] } }]);
  service = new FakeService();
  expect(await invoke(1)).toMatchObject([
    { completed: { diagnostics: [{ summary: 'The provider is not configured' }] } },
  ]);
});

test('of an unknown type are refused', async () => {
  const events = await service.events('InvokeAction', tfplugin6.InvokeAction, { actionType: 'other' });
  expect(events).toMatchObject([
    { completed: { diagnostics: [{ detail: expect.stringContaining('no action type "other"') }] } },
  ]);
});
