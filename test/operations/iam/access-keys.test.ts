import { randomUUID } from 'node:crypto';
import { readKeyUsage } from '@keystead/control-plane/jobs/read-usage.ts';
import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

describe('access keys', () => {
  test('show their secret once, and it is in no record', async () => {
    await house.user('app');
    const { AccessKey } = await house.perform('CreateAccessKey', { UserName: 'app' });
    expect(AccessKey).toMatchObject({
      UserName: 'app',
      Status: 'Active',
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    });
    const { AccessKeyMetadata } = await house.perform('ListAccessKeys', { UserName: 'app' });
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey.AccessKeyId, Status: 'Active' }]);
    const [event] = await house.events('CreateAccessKey');
    expect(event?.responseElements).toMatchObject({ accessKey: { accessKeyId: AccessKey.AccessKeyId } });
    expect(JSON.stringify([event, AccessKeyMetadata])).not.toContain(AccessKey.SecretAccessKey);
  });

  test('are two at most for a user, however many are asked for at once', async () => {
    await house.user('many');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => house.perform('CreateAccessKey', { UserName: 'many' })),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(2);
    expect(await house.refusal('CreateAccessKey', { UserName: 'many' })).toBe(
      'LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2',
    );
  });

  test('are deactivated and deleted by their own user’s name alone', async () => {
    await house.user('one');
    await house.user('other');
    const { AccessKey } = await house.perform('CreateAccessKey', { UserName: 'one' });
    const key = { UserName: 'one', AccessKeyId: AccessKey.AccessKeyId };
    await house.perform('UpdateAccessKey', { ...key, Status: 'Inactive' });
    const { AccessKeyMetadata } = await house.perform('ListAccessKeys', { UserName: 'one' });
    expect(AccessKeyMetadata).toMatchObject([{ Status: 'Inactive' }]);
    expect(await house.refusal('DeleteAccessKey', { ...key, UserName: 'other' })).toContain('NoSuchEntityException');
    await house.perform('DeleteAccessKey', key);
    expect(await house.refusal('DeleteAccessKey', key)).toContain('NoSuchEntityException');
  });

  test('without a user’s name are the caller’s own, the root user’s too', async () => {
    const { AccessKey } = await house.perform('CreateAccessKey', {});
    expect(AccessKey.UserName).toBeUndefined();
    const { AccessKeyMetadata } = await house.perform('ListAccessKeys', {});
    expect(AccessKeyMetadata.map((key) => key.AccessKeyId)).toContain(AccessKey.AccessKeyId);
    await house.perform('UpdateAccessKey', { AccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' });
    await house.perform('DeleteAccessKey', { AccessKeyId: AccessKey.AccessKeyId });
  });

  test('tell their last use once the audit log was read, refused requests included', async () => {
    const as = await house.user('user');
    const { AccessKey } = await house.perform('CreateAccessKey', { UserName: 'user' });
    const { AccessKeyId } = AccessKey;
    const unused = { UserName: 'user', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } };
    expect(await house.perform('GetAccessKeyLastUsed', { AccessKeyId })).toEqual(unused);
    const signing = { ...as, accessKeyId: AccessKeyId };
    await house.refusal('ListUsers', {}, { as: signing, region: 'us-east-1' });
    house.clock.advance(60_000);
    await house.refusal('ListKeys', {}, { as: signing });
    const usedAtMs = house.clock.now();
    house.clock.advance(60_000);
    await readAudit();
    expect((await house.perform('GetAccessKeyLastUsed', { AccessKeyId })).AccessKeyLastUsed).toEqual({
      LastUsedDate: new Date(usedAtMs),
      ServiceName: 'kms',
      Region: 'eu-west-1',
    });
    await house.perform('DeleteAccessKey', { UserName: 'user', AccessKeyId });
    expect(await house.refusal('GetAccessKeyLastUsed', { AccessKeyId })).toContain('AccessDeniedException');
    await readAudit();
    expect(await house.store.findAccessKeyUsage(AccessKeyId)).toBeUndefined();
  });
});

/** As the job does it, until there is nothing left to read. */
async function readAudit(): Promise<void> {
  const ctx = { ...house.engines, nowMs: house.clock.now(), requestId: randomUUID() };
  for (let turn = 0; turn < 20; turn++) {
    const due = await readKeyUsage.due(house.store, ctx.nowMs, 10);
    if (due.length === 0) return;
    for (const item of due) {
      await house.store.write(await item.decide(ctx));
    }
  }
}
