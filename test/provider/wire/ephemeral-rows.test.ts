/** Ephemeral resources by their messages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { levelType } from '@keystead/provider/engine/type.ts';
import { type ObjectValue, unknown } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { decodeDynamicValue, encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import { token } from '../../support/provider/fake-provider.ts';
import { FakeService, pathText } from '../../support/provider/service.ts';

const typeName = 'fake_token';
const type = levelType(token.record);
const encoded = (config: ObjectValue) => encodeDynamicValue(type, { lifetime: null, value: null, ...config });

let service: FakeService;
beforeEach(async () => {
  service = new FakeService();
  await service.configure();
});

const open = (config: ObjectValue, deferralAllowed = false) =>
  service.ask('OpenEphemeralResource', tfplugin6.OpenEphemeralResource, {
    typeName,
    config: encoded(config),
    clientCapabilities: { deferralAllowed },
  });
const renew = (kept: Uint8Array) =>
  service.ask('RenewEphemeralResource', tfplugin6.RenewEphemeralResource, { typeName, private: kept });
const close = (kept: Uint8Array) =>
  service.ask('CloseEphemeralResource', tfplugin6.CloseEphemeralResource, { typeName, private: kept });
const noted = () => readFileSync(join(service.directory, 'tokens.log'), 'utf8').trimEnd().split('\n');

test('are in schema and metadata', async () => {
  const schema = await service.ask('GetProviderSchema', tfplugin6.GetProviderSchema, {});
  expect(schema.ephemeralResourceSchemas?.fake_token?.block?.attributes).toMatchObject([
    { name: 'name', required: true },
    { name: 'lifetime', optional: true },
    { name: 'value', computed: true, sensitive: true },
  ]);
  expect(await service.ask('GetMetadata', tfplugin6.GetMetadata, {})).toMatchObject({
    ephemeralResources: [{ typeName }],
  });
});

test('are validated, unknown values aside', async () => {
  const validate = (config: ObjectValue) =>
    service.ask('ValidateEphemeralResourceConfig', tfplugin6.ValidateEphemeralResourceConfig, {
      typeName,
      config: encoded(config),
    });
  expect((await validate({ name: unknown })).diagnostics).toEqual([]);
  const { diagnostics } = await validate({ name: 'a name that is much too long' });
  expect(diagnostics?.map(({ attribute }) => pathText(attribute))).toEqual(['name']);
});

test('are opened with the time of their renewal, renewed, and closed with what open kept', async () => {
  const before = Date.now();
  const opened = await open({ name: 'ada', lifetime: 60 });
  expect(opened.diagnostics).toEqual([]);
  expect(decodeDynamicValue(type, opened.result)).toEqual({ name: 'ada', lifetime: 60, value: 'token of ada' });
  const at = Number(opened.renewAt?.seconds) * 1000 + Number(opened.renewAt?.nanos) / 1e6;
  expect(at - before).toBeGreaterThanOrEqual(60_000);
  const renewed = await renew(opened.private ?? Buffer.of());
  expect(Buffer.from(renewed.private ?? []).toString()).toBe('renewed ada 60');
  expect(renewed.renewAt?.seconds).toBeGreaterThanOrEqual(Number(opened.renewAt?.seconds));
  expect((await close(opened.private ?? Buffer.of())).diagnostics).toEqual([]);
  expect(noted()).toEqual(['open ada 60', 'renew ada 60', 'close ada 60']);
});

test('that need no renewal name no time, not the beginning of time', async () => {
  expect((await open({ name: 'ada' })).renewAt).toBeNull();
});

test('that cannot be opened, renewed or closed report it, at the argument where there is one', async () => {
  const opened = await open({ name: 'nobody' });
  expect(opened.diagnostics).toMatchObject([{ summary: 'No such name' }]);
  expect(pathText(opened.diagnostics?.[0]?.attribute)).toBe('name');
  expect(decodeDynamicValue(type, opened.result)).toBeNull();
  expect((await renew(Buffer.from('stale 1'))).diagnostics).toMatchObject([{ summary: 'Too late' }]);
  expect((await close(Buffer.from('stuck 1'))).diagnostics).toMatchObject([
    { summary: 'Unexpected failure while closing fake_token' },
  ]);
  expect(service.logged).toEqual([expect.stringContaining('error TypeError: unforeseen')]);
});

test('are deferred while the provider block is not known, by clients that allow it; for others it is an error', async () => {
  await service.configure(unknown);
  const deferred = await open({ name: 'ada' }, true);
  expect(deferred.deferred?.reason).toBe(tfplugin6.Deferred.Reason.PROVIDER_CONFIG_UNKNOWN);
  expect(decodeDynamicValue(type, deferred.result)).toEqual({ name: 'ada', lifetime: null, value: unknown });
  const refused = await open({ name: 'ada' });
  expect(refused.deferred).toBeNull();
  expect(refused.diagnostics).toHaveLength(1);
});

test('of an unknown type are refused', async () => {
  const answer = await service.ask('CloseEphemeralResource', tfplugin6.CloseEphemeralResource, { typeName: 'other' });
  expect(answer.diagnostics).toMatchObject([{ detail: expect.stringContaining('no ephemeral resource type "other"') }]);
});
