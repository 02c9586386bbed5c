import { randomUUID } from 'node:crypto';
import { readKeyUsage } from '@keystead/control-plane/jobs/read-usage.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

describe('access keys', () => {
  test('show their secret once, and audit records do not contain it', async () => {
    await controlPlane.user('app');
    const { AccessKey } = await controlPlane.perform('CreateAccessKey', { UserName: 'app' });
    expect(AccessKey).toMatchObject({
      UserName: 'app',
      Status: 'Active',
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    });
    const { AccessKeyMetadata } = await controlPlane.perform('ListAccessKeys', { UserName: 'app' });
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey.AccessKeyId, Status: 'Active' }]);
    const [event] = await controlPlane.events('CreateAccessKey');
    expect(event?.responseElements).toMatchObject({ accessKey: { accessKeyId: AccessKey.AccessKeyId } });
    expect(JSON.stringify([event, AccessKeyMetadata])).not.toContain(AccessKey.SecretAccessKey);
  });

  test('are at most two for a user, even with concurrent requests', async () => {
    await controlPlane.user('many');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => controlPlane.perform('CreateAccessKey', { UserName: 'many' })),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(2);
    expect(await controlPlane.refusal('CreateAccessKey', { UserName: 'many' })).toBe(
      'LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2',
    );
  });

  test('are deactivated and deleted only under their own user’s name', async () => {
    await controlPlane.user('one');
    await controlPlane.user('other');
    const { AccessKey } = await controlPlane.perform('CreateAccessKey', { UserName: 'one' });
    const key = { UserName: 'one', AccessKeyId: AccessKey.AccessKeyId };
    await controlPlane.perform('UpdateAccessKey', { ...key, Status: 'Inactive' });
    const { AccessKeyMetadata } = await controlPlane.perform('ListAccessKeys', { UserName: 'one' });
    expect(AccessKeyMetadata).toMatchObject([{ Status: 'Inactive' }]);
    expect(await controlPlane.refusal('DeleteAccessKey', { ...key, UserName: 'other' })).toContain(
      'NoSuchEntityException',
    );
    await controlPlane.perform('DeleteAccessKey', key);
    expect(await controlPlane.refusal('DeleteAccessKey', key)).toContain('NoSuchEntityException');
  });

  test('are the caller’s own in a request without a user’s name, also the root user’s', async () => {
    const { AccessKey } = await controlPlane.perform('CreateAccessKey', {});
    expect(AccessKey.UserName).toBeUndefined();
    const { AccessKeyMetadata } = await controlPlane.perform('ListAccessKeys', {});
    expect(AccessKeyMetadata.map((key) => key.AccessKeyId)).toContain(AccessKey.AccessKeyId);
    await controlPlane.perform('UpdateAccessKey', { AccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' });
    await controlPlane.perform('DeleteAccessKey', { AccessKeyId: AccessKey.AccessKeyId });
  });

  test('show their last use once the audit log was read, refused requests included', async () => {
    const as = await controlPlane.user('user');
    const { AccessKey } = await controlPlane.perform('CreateAccessKey', { UserName: 'user' });
    const { AccessKeyId } = AccessKey;
    const unused = { UserName: 'user', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } };
    expect(await controlPlane.perform('GetAccessKeyLastUsed', { AccessKeyId })).toEqual(unused);
    const signing = { ...as, accessKeyId: AccessKeyId };
    await controlPlane.refusal('ListUsers', {}, { as: signing, region: 'us-east-1' });
    controlPlane.clock.advance(60_000);
    await controlPlane.refusal('ListKeys', {}, { as: signing });
    const usedAtMs = controlPlane.clock.now();
    controlPlane.clock.advance(60_000);
    await readAudit();
    expect((await controlPlane.perform('GetAccessKeyLastUsed', { AccessKeyId })).AccessKeyLastUsed).toEqual({
      LastUsedDate: new Date(usedAtMs),
      ServiceName: 'kms',
      Region: 'eu-west-1',
    });
    await controlPlane.perform('DeleteAccessKey', { UserName: 'user', AccessKeyId });
    expect(await controlPlane.refusal('GetAccessKeyLastUsed', { AccessKeyId })).toContain('AccessDeniedException');
    await readAudit();
    expect(await controlPlane.store.findAccessKeyUsage(AccessKeyId)).toBeUndefined();
  });
});

/** Reads the audit log as the job does, to its end. */
async function readAudit(): Promise<void> {
  const ctx = { ...controlPlane.engines, nowMs: controlPlane.clock.now(), requestId: randomUUID() };
  for (let turn = 0; turn < 20; turn++) {
    const due = await readKeyUsage.due(controlPlane.store, ctx.nowMs, 10);
    if (due.length === 0) return;
    for (const item of due) {
      await controlPlane.store.write(await item.decide(ctx));
    }
  }
}
