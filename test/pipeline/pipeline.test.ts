/** The decisions about a request reach its audit record, at whatever step it ends and however often it was repeated. */

import { type Store, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { parseIdentityPolicy } from '@keystead/policy/policy.ts';
import { aKey } from '../support/a-key.ts';
import { allow, aRole, aUser, policy, trusting } from '../support/sessions.ts';
import { accountId, openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const Plaintext = Buffer.from('secret');

interface Told {
  readonly errorCode?: string | undefined;
  readonly keys: readonly (string | undefined)[];
  readonly decisions: readonly DecisionNote[];
}

/** The error, keys and decisions of the newest record of an event. */
async function told(eventName: string): Promise<Told> {
  const [event] = await controlPlane.events(eventName);
  if (!event) throw new Error(`${eventName} has no record`);
  return {
    errorCode: event.errorCode,
    keys: (event.resources ?? []).map(({ ARN }) => ARN),
    decisions: (event.additionalEventData?.keysteadAuthorization ?? []) as readonly DecisionNote[],
  };
}

/** The next writes lose a race, each after `meanwhile` has run. */
async function losing(
  times: number,
  meanwhile: (write: Store['write']) => Promise<void>,
  work: () => Promise<unknown>,
) {
  const { write } = controlPlane.store;
  let left = times;
  controlPlane.store.write = async (wanted) => {
    if (left === 0) return write.call(controlPlane.store, wanted);
    left -= 1;
    await meanwhile((other) => write.call(controlPlane.store, other));
    throw new WriteConflict('another write came first');
  };
  try {
    return await work();
  } finally {
    controlPlane.store.write = write;
  }
}

const nothing = async () => undefined;

describe('the audit record of a refusal', () => {
  test('has no decision when the request was refused before any', async () => {
    await controlPlane.refusal('Encrypt', { KeyId: 'alias/absent', Plaintext });
    expect(await told('Encrypt')).toEqual({ errorCode: 'NotFoundException', keys: [], decisions: [] });
    await controlPlane.refusal('Encrypt', { KeyId: 'alias/absent', Plaintext: Buffer.alloc(0) });
    expect(await told('Encrypt')).toEqual({ errorCode: 'ValidationException', keys: [], decisions: [] });
  });

  test('has every decision up to the denial', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    const aliases = parseIdentityPolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'kms:CreateAlias', Resource: 'arn:aws:kms:*:*:alias/*' }],
      }),
    );
    const user = await controlPlane.user('aliases-only');
    const as = { ...user, authority: { ...user.authority, identityPolicies: [aliases] } };
    const AliasName = 'alias/denied';
    await controlPlane.refusal('CreateAlias', { AliasName, TargetKeyId: KeyId }, { as });
    expect(await told('CreateAlias')).toMatchObject({
      errorCode: 'AccessDeniedException',
      keys: [Arn],
      decisions: [
        { action: 'kms:CreateAlias', resource: expect.stringMatching(/:alias\/denied$/), decision: 'Allow' },
        { action: 'kms:CreateAlias', resource: Arn, decision: 'Deny' },
      ],
    });
  });

  test('has the decisions that allowed the request when a later step refused it', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    const allowed = [{ action: 'kms:Encrypt', resource: Arn, decision: 'Allow' }];
    await controlPlane.refusal('Encrypt', { KeyId, Plaintext, DryRun: true });
    expect(await told('Encrypt')).toMatchObject({ errorCode: 'DryRunOperationException', decisions: allowed });
    await controlPlane.perform('DisableKey', { KeyId });
    await controlPlane.refusal('Encrypt', { KeyId, Plaintext });
    expect(await told('Encrypt')).toMatchObject({ errorCode: 'DisabledException', keys: [Arn], decisions: allowed });
    await controlPlane.refusal('EnableKey', { KeyId }, { ifMatchRevision: 1 });
    expect(await told('EnableKey')).toMatchObject({
      errorCode: 'PreconditionFailedException',
      keys: [Arn],
      decisions: [{ action: 'kms:EnableKey' }],
    });
  });

  test('has the decisions that an operation itself needed before it refused', async () => {
    const { KeyId, Arn } = await aKey(controlPlane, { MultiRegion: true });
    const ReplicaRegion = 'us-east-1';
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion });
    await controlPlane.perform('DisableKey', { KeyId }, { region: ReplicaRegion });
    await controlPlane.refusal('UpdatePrimaryRegion', { KeyId, PrimaryRegion: ReplicaRegion });
    const action = 'kms:UpdatePrimaryRegion';
    expect(await told('UpdatePrimaryRegion')).toMatchObject({
      errorCode: 'DisabledException',
      keys: [Arn],
      decisions: [
        { action, resource: Arn, decision: 'Allow' },
        { action, resource: expect.stringContaining(ReplicaRegion), decision: 'Allow' },
      ],
    });
    const { GrantId } = await controlPlane.perform('CreateGrant', {
      KeyId,
      GranteePrincipal: `arn:aws:iam::${accountId}:root`,
      Operations: ['RetireGrant'],
    });
    await controlPlane.refusal('RetireGrant', { KeyId: Arn, GrantId, DryRun: true });
    expect(await told('RetireGrant')).toMatchObject({
      errorCode: 'DryRunOperationException',
      decisions: [{ action: 'kms:RetireGrant', policy: 'grant', grantId: GrantId }],
    });
  });

  test('has the decisions that allowed a role when the session would be too long', async () => {
    const actions = ['sts:AssumeRole', 'sts:TagSession'];
    const { caller: as } = await aUser(controlPlane, 'alice', { policies: { assume: policy(allow(actions)) } });
    const trusts = trusting({ AWS: `arn:aws:iam::${accountId}:root` }, {}, actions);
    const RoleArn = await aRole(controlPlane, 'Deploy', trusts);
    const asked = { RoleArn, RoleSessionName: 'build-7', Tags: [{ Key: 'team', Value: 'blue' }] };
    await controlPlane.refusal('AssumeRole', { ...asked, DurationSeconds: 43_200 }, { as });
    const decisions = actions.map((action) => ({ action, resource: RoleArn, decision: 'Allow' }));
    const [refused] = await controlPlane.events('AssumeRole');
    expect(refused).toMatchObject({
      errorCode: 'ValidationException',
      additionalEventData: { keysteadAuthorization: decisions },
    });
    await controlPlane.perform('AssumeRole', asked, { as });
    expect(await told('AssumeRole')).toMatchObject({ keys: [RoleArn], decisions });
  });
});

describe('a request that is repeated', () => {
  test('has only the decisions of its last attempt', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    await losing(3, nothing, () => controlPlane.perform('EnableKey', { KeyId }));
    expect(await told('EnableKey')).toMatchObject({ keys: [Arn], decisions: [{ action: 'kms:EnableKey' }] });
    expect((await told('EnableKey')).decisions).toHaveLength(1);
  });

  test('and is then refused has the decisions of that attempt, and names the key that it was about', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    const AliasName = 'alias/short-lived';
    await controlPlane.perform('CreateAlias', { AliasName, TargetKeyId: KeyId });
    const withoutAlias = async (write: Store['write']) => {
      const key = { account_id: accountId, region: 'eu-west-1', alias_name: AliasName };
      const { revision = 0 } = (await controlPlane.store.findAlias(accountId, 'eu-west-1', AliasName)) ?? {};
      await write({ mutations: [{ op: 'delete', table: 'aliases', key, revision }], changes: [], audit: [] });
    };
    await losing(1, withoutAlias, () => controlPlane.refusal('DescribeKey', { KeyId: AliasName }));
    expect(await told('DescribeKey')).toEqual({ errorCode: 'NotFoundException', keys: [Arn], decisions: [] });
  });

  test('because its AWS managed key had to be created has one decision, on the created key', async () => {
    const { KeyMetadata } = await controlPlane.perform('DescribeKey', { KeyId: 'alias/aws/s3' });
    expect(await told('DescribeKey')).toMatchObject({
      keys: [KeyMetadata?.Arn],
      decisions: [{ resource: KeyMetadata?.Arn, decision: 'Allow' }],
    });
    expect((await told('DescribeKey')).decisions).toHaveLength(1);
  });

  test('fails after a hundred attempts', async () => {
    const { KeyId } = await aKey(controlPlane);
    let attempts = 0;
    const counted = async () => {
      attempts += 1;
    };
    const refused = await losing(100, counted, () => controlPlane.refusal('EnableKey', { KeyId }));
    expect(refused).toMatch(/^KMSInternalException: .*Try again\.$/);
    expect(attempts).toBe(100);
    expect(await told('EnableKey')).toMatchObject({ errorCode: 'KMSInternalException', decisions: [{}] });
  });
});
