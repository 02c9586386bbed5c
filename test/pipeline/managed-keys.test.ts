/** AWS managed keys: created on first use, readable by their account, usable through their service only. */
import { managedAliases } from '@keystead/control-plane/domain/keys/managed-keys.ts';
import { startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { aKey } from '../support/a-key.ts';
import { DAY_MS, openTestControlPlane, rootOf, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

const KeyId = 'alias/aws/s3';
const Plaintext = Buffer.from('an object');
const describeKey = async (options = {}) => (await controlPlane.perform('DescribeKey', { KeyId }, options)).KeyMetadata;

const through = (service: string, accountId = '111122223333') => {
  const caller = rootOf(accountId);
  return { as: { ...caller, authority: { ...caller.authority, viaService: `${service}.eu-west-1.amazonaws.com` } } };
};

describe('the first DescribeKey of a reserved alias', () => {
  test('creates the key, once, with AWS as its manager and yearly rotation', async () => {
    const made = await describeKey();
    expect(made).toMatchObject({
      KeyManager: 'AWS',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      MultiRegion: false,
      Description: 'Default key that protects my S3 objects when no other key is defined',
    });
    expect(await describeKey()).toEqual(made);
    expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId: made?.KeyId ?? '' })).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
    });
    const [event] = await controlPlane.events('CreateKey');
    expect(event).toMatchObject({
      eventType: 'AwsServiceEvent',
      userIdentity: { invokedBy: 'AWS Internal' },
      resources: [{ ARN: made?.Arn }],
    });
  });

  test('creates one in each Region and account, and only one when several callers ask at once', async () => {
    const [here, again, there] = await Promise.all([
      describeKey(),
      describeKey(),
      describeKey({ region: 'us-east-1' }),
    ]);
    expect(again?.KeyId).toBe(here?.KeyId);
    expect(there?.KeyId).not.toBe(here?.KeyId);
    const other = await describeKey({ as: rootOf('444455556666') });
    expect(other?.AWSAccountId).toBe('444455556666');
  });

  test('does not create one for a caller without permission, or for an alias that is not of a service', async () => {
    const as = await controlPlane.user('nobody');
    expect(await controlPlane.refusal('DescribeKey', { KeyId }, { as })).toMatch(
      /^AccessDeniedException: .*kms:DescribeKey/,
    );
    expect(await controlPlane.store.findAlias('111122223333', 'eu-west-1', KeyId)).toBeUndefined();
    const [event] = await controlPlane.events('DescribeKey');
    expect(event).toMatchObject({ errorCode: 'AccessDeniedException', resources: [] });
    expect(await controlPlane.refusal('DescribeKey', { KeyId: 'alias/aws/nosuch' })).toMatch(/^NotFoundException/);
    const foreign = 'arn:aws:kms:eu-west-1:444455556666:alias/aws/s3';
    expect(await controlPlane.refusal('DescribeKey', { KeyId: foreign })).toMatch(/^AccessDeniedException/);
  });
});

describe('an AWS managed key', () => {
  test('shows its policy, and is listed with its alias', async () => {
    const made = await describeKey();
    const { Policy } = await controlPlane.perform('GetKeyPolicy', { KeyId: made?.KeyId ?? '' });
    expect(JSON.parse(Policy ?? '')).toMatchObject({
      Id: 'auto-s3-2',
      Statement: [
        {
          Condition: {
            StringEquals: {
              'kms:CallerAccount': '111122223333',
              'kms:ViaService': 's3.eu-west-1.amazonaws.com',
            },
          },
        },
        { Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'] },
      ],
    });
    const { Keys } = await controlPlane.perform('ListKeys', {});
    expect(Keys).toEqual([{ KeyId: made?.KeyId, KeyArn: made?.Arn }]);
    const { Aliases } = await controlPlane.perform('ListAliases', { KeyId: made?.KeyId });
    expect(Aliases).toMatchObject([{ AliasName: KeyId, TargetKeyId: made?.KeyId }]);
  });

  test('cannot be used directly, even by root, and the attempt does not create it', async () => {
    const refused = /^AccessDeniedException: .*kms:Encrypt .*because no resource-based policy allows/;
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext })).toMatch(refused);
    expect(await controlPlane.store.findAlias('111122223333', 'eu-west-1', KeyId)).toBeUndefined();
    await describeKey();
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext })).toMatch(refused);
  });

  test('can be used through its own service, from its own account, and the first use creates it', async () => {
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext }, through('s3'));
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob }, through('s3'));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob }, through('sqs'))).toMatch(/^AccessDeniedException/);
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob }, through('s3', '444455556666'))).toMatch(
      /^AccessDeniedException/,
    );
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob })).toMatch(/^AccessDeniedException/);
  });

  test('lets its service create grants, and its account revoke them', async () => {
    const made = await describeKey();
    const keyId = made?.KeyId ?? '';
    const grant = {
      KeyId: keyId,
      GranteePrincipal: 'arn:aws:iam::111122223333:root',
      Operations: ['Decrypt' as const],
    };
    expect(await controlPlane.refusal('CreateGrant', grant)).toMatch(/^AccessDeniedException/);
    const { GrantId = '' } = await controlPlane.perform('CreateGrant', grant, through('s3'));
    await controlPlane.perform('RevokeGrant', { KeyId: keyId, GrantId });
  });

  test('is rotated every year', async () => {
    const made = await describeKey();
    const jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
    await jobs.runOnce();
    controlPlane.clock.advance(365 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    await jobs.stop();
    expect((await describeKey())?.CurrentKeyMaterialId).not.toBe(made?.CurrentKeyMaterialId);
  });

  test('cannot be changed, even by the root of its account', async () => {
    const id = (await describeKey())?.KeyId ?? '';
    const own = (await aKey(controlPlane)).KeyId;
    const refusals = await Promise.all([
      controlPlane.refusal('PutKeyPolicy', { KeyId: id, Policy: '{}', BypassPolicyLockoutSafetyCheck: true }),
      controlPlane.refusal('ScheduleKeyDeletion', { KeyId: id }),
      controlPlane.refusal('CancelKeyDeletion', { KeyId: id }),
      controlPlane.refusal('DisableKey', { KeyId: id }),
      controlPlane.refusal('EnableKey', { KeyId: id }),
      controlPlane.refusal('UpdateKeyDescription', { KeyId: id, Description: 'mine' }),
      controlPlane.refusal('EnableKeyRotation', { KeyId: id }),
      controlPlane.refusal('DisableKeyRotation', { KeyId: id }),
      controlPlane.refusal('RotateKeyOnDemand', { KeyId: id }),
      controlPlane.refusal('TagResource', { KeyId: id, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
      controlPlane.refusal('UntagResource', { KeyId: id, TagKeys: ['a'] }),
      controlPlane.refusal('CreateAlias', { AliasName: 'alias/mine', TargetKeyId: id }),
      controlPlane.refusal('UpdateAlias', { AliasName: KeyId, TargetKeyId: own }),
      controlPlane.refusal('DeleteAlias', { AliasName: KeyId }),
      controlPlane.refusal('ReplicateKey', { KeyId: id, ReplicaRegion: 'us-east-1' }),
    ]);
    for (const refusal of refusals) expect(refusal).toMatch(/^AccessDeniedException: /);
    const reserved = { AliasName: 'alias/aws/mine', TargetKeyId: own };
    expect(await controlPlane.refusal('CreateAlias', reserved)).toMatch(/^NotAuthorizedException/);
  });
});

describe('ListAliases', () => {
  test('shows every predefined alias, without a key until it has one', async () => {
    const made = await describeKey();
    await controlPlane.perform('CreateAlias', {
      AliasName: 'alias/own',
      TargetKeyId: (await aKey(controlPlane)).KeyId,
    });
    const { Aliases = [] } = await controlPlane.perform('ListAliases', {});
    expect(Aliases.map(({ AliasName }) => AliasName)).toEqual([...managedAliases, 'alias/own']);
    expect(Aliases.filter(({ TargetKeyId }) => TargetKeyId !== undefined).map(({ AliasName }) => AliasName)).toEqual([
      KeyId,
      'alias/own',
    ]);
    expect(Aliases.find(({ AliasName }) => AliasName === KeyId)?.TargetKeyId).toBe(made?.KeyId);
    expect(Aliases[0]).toEqual({
      AliasName: 'alias/aws/acm',
      AliasArn: 'arn:aws:kms:eu-west-1:111122223333:alias/aws/acm',
    });
  });

  test.each([1, 2, 7, 100])('returns pages of %i, aliases with and without keys in one order', async (Limit) => {
    const { KeyId: own } = await aKey(controlPlane);
    for (const name of ['alias/aa', 'alias/aws-like', 'alias/zz']) {
      await controlPlane.perform('CreateAlias', { AliasName: name, TargetKeyId: own });
    }
    for (const name of ['alias/aws/acm', 'alias/aws/s3', 'alias/aws/xray']) {
      await controlPlane.perform('DescribeKey', { KeyId: name });
    }
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await controlPlane.perform('ListAliases', { Limit, ...defined({ Marker }) });
      expect(page.Aliases?.length).toBeLessThanOrEqual(Limit);
      seen.push(...(page.Aliases ?? []).map(({ AliasName = '' }) => AliasName));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(seen).toEqual([...managedAliases, 'alias/aa', 'alias/aws-like', 'alias/zz'].sort());
  });
});
