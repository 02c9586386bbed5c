/** Which differences between two starts are recorded. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServeConfig } from '@keystead/control-plane/startup/config.ts';
import { recordSettings, serverSettings } from '@keystead/control-plane/startup/server-settings.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { accountId, openTestControlPlane, region, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let directory: string;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  directory = await mkdtemp(join(tmpdir(), 'keystead-settings-'));
});
afterAll(async () => {
  await controlPlane.close();
  await rm(directory, { recursive: true, force: true });
});

const config = (more: Partial<ServeConfig> = {}): ServeConfig => ({
  ...{ listen: '127.0.0.1:8600', plaintext: 'loopback', dataDir: '/data', accountId, region, quotas: 'off' },
  ...{ database: new Secret('postgres://user:hidden@host/db'), seal: 'file:/data/root.key', logLevel: 'info' },
  ...{ jobIntervalInSeconds: 60, failedAuthenticationsPerMinute: 60, shutdownGraceInSeconds: 10 },
  ...more,
});

const settingsOf = (more: Partial<ServeConfig> = {}) => serverSettings(config(more), 'postgres');

test('a setting has the same text however its file or list is written, and no text has a secret', async () => {
  const file = async (text: string) => {
    const path = join(directory, `${text.length}.json`);
    await writeFile(path, text);
    return path;
  };
  const one = { trustedServicesFile: await file('{"b":{"y":["Decrypt"]},"a":{"x":["Encrypt"]}}') };
  const other = { trustedServicesFile: await file('{ "a": { "x": ["Encrypt"] }, "b": { "y": ["Decrypt"] } }') };
  expect(settingsOf(one)).toEqual(settingsOf(other));
  expect(settingsOf({ identityProviderNetworks: '10.0.0.0/8, 192.168.0.0/16' })).toEqual(
    settingsOf({ identityProviderNetworks: '192.168.0.0/16,10.0.0.0/8' }),
  );
  expect(JSON.stringify(settingsOf())).not.toContain('hidden');
});

test('whether the server is beyond loopback is a setting, and not its port', () => {
  expect(settingsOf({ listen: '127.0.0.1:1' })).toEqual(settingsOf({ listen: '127.0.0.1:2' }));
  expect(settingsOf({ listen: '0.0.0.0:1' })).toMatchObject({ listen: 'network' });
});

test('the first start is recorded nowhere, an equal one neither, and another one with its differences', async () => {
  const { store, clock } = controlPlane;
  const { log } = controlPlane.engines;
  const start = (settings: Readonly<Record<string, string>>) =>
    recordSettings({ store, clock, log, accountId, region }, settings);
  const changes = async () => {
    const { rows } = await store.listChanges({ accountId, after: 0, limit: 100, resourceTypes: ['server-settings'] });
    return rows.map(({ eventId, eventName, kind }) => ({ eventId, eventName, kind }));
  };
  await start(settingsOf());
  await start(settingsOf());
  // An older program did not have one of the names, a newer one does not have another.
  await start({ ...settingsOf(), 'of-today': 'on' });
  await start({ ...settingsOf(), 'of-tomorrow': 'on' });
  expect(await changes()).toEqual([]);
  await start({ ...settingsOf({ listen: '0.0.0.0:8600' }), 'of-tomorrow': 'on' });
  const [change, ...others] = await changes();
  expect([change, others]).toEqual([
    { eventId: expect.any(String), eventName: 'ChangeServerSettings', kind: 'updated' },
    [],
  ]);
  const { records } = await store.lookupAudit({ accountId, region, limit: 1, eventId: String(change?.eventId) });
  expect(records[0]?.serviceEventDetails).toEqual({
    server: expect.any(String),
    changed: [{ name: 'listen', before: 'loopback', after: 'network' }],
  });
});
