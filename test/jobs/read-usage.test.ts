/** The job that reads the audit log for uses of keys. */
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { aKey } from '../support/a-key.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
const running: Jobs[] = [];
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  await house?.close();
});

async function someJobs(): Promise<Jobs> {
  const jobs = startJobs({ ...house.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
  running.push(jobs);
  await jobs.runOnce();
  return jobs;
}

const Plaintext = Buffer.from('something');
const stored = (keyId: string) => house.store.findKeyUsage('111122223333', 'eu-west-1', keyId);

describe('the job that reads the audit log', () => {
  test('comes through a log of any length, a piece at a time, and stores each key once', async () => {
    const keys = [];
    for (let index = 0; index < 3; index += 1) keys.push(await aKey(house));
    for (let use = 0; use < 700; use += 1) {
      await house.perform('Encrypt', { KeyId: keys[use % 2]?.KeyId ?? '', Plaintext });
    }
    house.clock.advance(60_000);
    await (await someJobs()).runOnce();
    expect(await stored(keys[0]?.KeyId ?? '')).toMatchObject({ operation: 'Encrypt' });
    expect(await stored(keys[1]?.KeyId ?? '')).toMatchObject({ operation: 'Encrypt' });
    expect(await stored(keys[2]?.KeyId ?? '')).toBeUndefined();
    expect(await house.store.listChainsToReadForUsage(house.clock.now(), 10)).toEqual([]);
    expect(await house.store.findUnreadForUsageSince()).toBeUndefined();
  });

  test('reads on where another left off, and counts nothing twice', async () => {
    const { KeyId } = await aKey(house);
    await house.perform('Encrypt', { KeyId, Plaintext });
    house.clock.advance(60_000);
    const [jobs, others] = [await someJobs(), await someJobs()];
    await Promise.all([jobs.runOnce(), others.runOnce()]);
    const first = await stored(KeyId);
    house.clock.advance(60_000);
    await house.perform('Decrypt', await ciphertextOf(KeyId));
    house.clock.advance(60_000);
    await Promise.all([jobs.runOnce(), others.runOnce()]);
    expect(await stored(KeyId)).toMatchObject({ operation: 'Decrypt', revision: (first?.revision ?? 0) + 1 });
  });

  test('is upkeep: it counts as no work done', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(house);
    await house.perform('Encrypt', { KeyId, Plaintext });
    house.clock.advance(60_000);
    expect(await jobs.runOnce()).toEqual({ held: true, done: 0, failed: 0 });
    expect(await stored(KeyId)).toBeDefined();
  });
});

async function ciphertextOf(KeyId: string) {
  const { CiphertextBlob } = await house.perform('Encrypt', { KeyId, Plaintext });
  return { CiphertextBlob };
}
