/** The job that reads the audit log for uses of keys. */
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { aKey } from '../support/a-key.ts';
import { accountId, openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
const running: Jobs[] = [];
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  await controlPlane?.close();
});

async function someJobs(): Promise<Jobs> {
  const jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
  running.push(jobs);
  await jobs.runOnce();
  return jobs;
}

const Plaintext = Buffer.from('something');
const stored = (keyId: string) => controlPlane.store.findKeyUsage('111122223333', 'eu-west-1', keyId);

describe('the job that reads the audit log', () => {
  test('reads a log of any length, a piece at a time, and stores each key once', async () => {
    const keys = [];
    for (let index = 0; index < 3; index += 1) keys.push(await aKey(controlPlane));
    for (let use = 0; use < 700; use += 1) {
      await controlPlane.perform('Encrypt', { KeyId: keys[use % 2]?.KeyId ?? '', Plaintext });
    }
    controlPlane.clock.advance(60_000);
    await (await someJobs()).runOnce();
    expect(await stored(keys[0]?.KeyId ?? '')).toMatchObject({ operation: 'Encrypt' });
    expect(await stored(keys[1]?.KeyId ?? '')).toMatchObject({ operation: 'Encrypt' });
    expect(await stored(keys[2]?.KeyId ?? '')).toBeUndefined();
    expect(await controlPlane.store.listChainsToReadForUsage(controlPlane.clock.now(), 10)).toEqual([]);
    expect(await controlPlane.store.findUnreadForUsageSince()).toBeUndefined();
  });

  test('continues where another process stopped, and counts nothing twice', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    controlPlane.clock.advance(60_000);
    const [jobs, others] = [await someJobs(), await someJobs()];
    await Promise.all([jobs.runOnce(), others.runOnce()]);
    const first = await stored(KeyId);
    controlPlane.clock.advance(60_000);
    await controlPlane.perform('Decrypt', await ciphertextOf(KeyId));
    controlPlane.clock.advance(60_000);
    await Promise.all([jobs.runOnce(), others.runOnce()]);
    expect(await stored(KeyId)).toMatchObject({ operation: 'Decrypt', revision: (first?.revision ?? 0) + 1 });
  });

  test('stores who used a key for what, each once, with the facts of the last request', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/orders', TargetKeyId: KeyId });
    const CiphertextBlob = await encrypted(KeyId, { order: '1' });
    controlPlane.clock.advance(1000);
    await encrypted('alias/orders', { order: '2' });
    await controlPlane.perform('ReEncrypt', {
      CiphertextBlob,
      SourceEncryptionContext: { order: '1' },
      DestinationKeyId: KeyId,
      DestinationEncryptionContext: { order: '3' },
    });
    await controlPlane.refusal('Decrypt', { CiphertextBlob, EncryptionContext: { order: '9' } });
    controlPlane.clock.advance(60_000);
    const jobs = await someJobs();
    const users = await controlPlane.store.listKeyUsers(accountId, 'eu-west-1', KeyId, { sinceMs: 0, limit: 10 });
    const facts = { sourceIp: '192.0.2.1' };
    expect(users.map((row) => [row.principal_id, row.action, JSON.parse(row.facts_json)])).toEqual([
      [accountId, 'kms:Encrypt', { ...facts, encryptionContext: { order: '2' }, alias: 'alias/orders' }],
      [accountId, 'kms:ReEncryptFrom', { ...facts, encryptionContext: { order: '1' } }],
      [accountId, 'kms:ReEncryptTo', { ...facts, encryptionContext: { order: '3' } }],
    ]);
    expect(users[0]).toMatchObject({ used_at_ms: controlPlane.clock.now() - 60_000, revision: 1 });

    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    controlPlane.clock.advance(60_000);
    await jobs.runOnce();
    const [last] = await controlPlane.store.listKeyUsers(accountId, 'eu-west-1', KeyId, { sinceMs: 0, limit: 1 });
    expect(last).toMatchObject({ action: 'kms:Encrypt', revision: 2, facts_json: JSON.stringify(facts) });
  });

  test('is upkeep, so it does not count as work done', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    controlPlane.clock.advance(60_000);
    expect(await jobs.runOnce()).toEqual({ held: true, done: 0, failed: 0 });
    expect(await stored(KeyId)).toBeDefined();
  });
});

async function encrypted(KeyId: string, EncryptionContext: Record<string, string>) {
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext });
  return CiphertextBlob ?? new Uint8Array();
}

async function ciphertextOf(KeyId: string) {
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
  return { CiphertextBlob };
}
