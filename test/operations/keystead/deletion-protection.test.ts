/** Deletion protection: what it refuses, who can set and lift it, and where it shows. */
import { allowed } from '../../support/callers.ts';
import { openPermissionCases, outcome, type PermissionCases, to } from '../../support/permission-cases.ts';
import { DAY_MS, region, type TestControlPlane } from '../../support/test-control-plane.ts';

let cases: PermissionCases;
let controlPlane: TestControlPlane;
beforeAll(async () => {
  cases = await openPermissionCases();
  ({ controlPlane } = cases);
});
afterAll(() => controlPlane?.close());

const there = { region: 'us-east-1' };

async function isProtected(KeyId: string, options = {}): Promise<boolean> {
  return (await controlPlane.perform('GetKeyConfiguration', { KeyId }, options)).DeletionProtection;
}

const refusalText = (arn: string) =>
  `KMSInvalidStateException: ${arn} is protected from deletion. To delete the key or its key material, lift the ` +
  'protection first: UnprotectKey, DELETE /v1/keys/{KeyId}/deletion-protection.';

async function aProtectedKey(input = {}) {
  const { KeyMetadata } = await controlPlane.perform('CreateKey', input);
  const { KeyId = '', Arn = '' } = KeyMetadata ?? {};
  await controlPlane.perform('ProtectKey', { KeyId });
  return { KeyId, Arn };
}

test('a new key is not protected', async () => {
  const { KeyId } = await cases.keyFor();
  expect(await isProtected(KeyId)).toBe(false);
});

test('the deletion of a protected key is refused, and the refusal says why and what to do', async () => {
  const { KeyId, Arn } = await aProtectedKey();
  expect(await isProtected(KeyId)).toBe(true);
  expect(await controlPlane.refusal('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })).toBe(refusalText(Arn));
  expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({ KeyState: 'Enabled' });
  const [event] = await controlPlane.events('ScheduleKeyDeletion');
  expect(event).toMatchObject({ errorCode: 'KMSInvalidStateException', requestParameters: { keyId: KeyId } });
});

test('a key whose protection was lifted can be deleted', async () => {
  const { KeyId } = await aProtectedKey();
  await controlPlane.perform('UnprotectKey', { KeyId });
  expect(await isProtected(KeyId)).toBe(false);
  expect((await controlPlane.perform('ScheduleKeyDeletion', { KeyId })).KeyState).toBe('PendingDeletion');
});

test('a protected key can be used, changed, disabled and enabled like any other', async () => {
  const { KeyId } = await aProtectedKey();
  await controlPlane.perform('UpdateKeyDescription', { KeyId, Description: 'kept' });
  await controlPlane.perform('DisableKey', { KeyId });
  await controlPlane.perform('EnableKey', { KeyId });
  await controlPlane.perform('EnableKeyRotation', { KeyId });
  await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('kept') });
  expect(await isProtected(KeyId)).toBe(true);
});

test('a disabled key can be protected', async () => {
  const { KeyId, Arn } = await cases.keyFor();
  await controlPlane.perform('DisableKey', { KeyId });
  await controlPlane.perform('ProtectKey', { KeyId });
  expect(await controlPlane.refusal('ScheduleKeyDeletion', { KeyId })).toBe(refusalText(Arn));
});

test('a key that is pending deletion cannot be protected: the protection would not hold', async () => {
  const { KeyId, Arn } = await cases.keyFor();
  await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
  expect(await controlPlane.refusal('ProtectKey', { KeyId })).toBe(
    `KMSInvalidStateException: ${Arn} is pending deletion.`,
  );
  await controlPlane.perform('UnprotectKey', { KeyId });
  await controlPlane.perform('CancelKeyDeletion', { KeyId });
  await controlPlane.perform('ProtectKey', { KeyId });
});

test('keys are named by id or ARN, and not by an alias', async () => {
  const { KeyId, Arn } = await cases.keyFor();
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/protected', TargetKeyId: KeyId });
  await controlPlane.perform('ProtectKey', { KeyId: Arn });
  expect(await isProtected(KeyId)).toBe(true);
  for (const operation of ['ProtectKey', 'UnprotectKey'] as const) {
    expect(await controlPlane.refusal(operation, { KeyId: 'alias/protected' })).toContain('NotFoundException');
    const unknown = '00000000-0000-0000-0000-000000000000';
    expect(await controlPlane.refusal(operation, { KeyId: unknown })).toContain('NotFoundException');
  }
  await controlPlane.perform('UnprotectKey', { KeyId: Arn });
  expect(await isProtected(KeyId)).toBe(false);
});

test('both are audited, and only what changes the key is in the change log', async () => {
  const { KeyId, Arn } = await cases.keyFor();
  const { NextSequence: before } = await controlPlane.perform('ListChanges', { After: 0, Limit: 1000 });
  const revision = async () => (await controlPlane.perform('GetKeyConfiguration', { KeyId })).Revision;
  const first = await revision();
  for (const operation of ['ProtectKey', 'ProtectKey', 'UnprotectKey', 'UnprotectKey'] as const) {
    await controlPlane.perform(operation, { KeyId });
  }
  expect(await revision()).toBe(first + 2);
  const { Changes } = await controlPlane.perform('ListChanges', { After: before });
  expect(Changes.map(({ EventName, Kind, KeyId: of }) => [EventName, Kind, of])).toEqual([
    ['ProtectKey', 'updated', KeyId],
    ['UnprotectKey', 'updated', KeyId],
  ]);
  for (const name of ['ProtectKey', 'UnprotectKey']) {
    const events = (await controlPlane.events(name)).filter(
      ({ requestParameters }) => (requestParameters as { readonly keyId?: string } | null)?.keyId === KeyId,
    );
    expect(events).toHaveLength(2);
    for (const event of events) {
      expect(event).toMatchObject({
        readOnly: false,
        responseElements: { keyId: Arn },
        resources: [{ ARN: Arn, type: 'AWS::KMS::Key' }],
      });
    }
  }
});

test('of a request that protects a key and one that deletes it at the same time, one succeeds', async () => {
  for (let round = 0; round < 8; round++) {
    const { KeyId } = await cases.keyFor();
    const outcomes = await Promise.all(
      [controlPlane.perform('ProtectKey', { KeyId }), controlPlane.perform('ScheduleKeyDeletion', { KeyId })].map(
        outcome,
      ),
    );
    expect(outcomes.sort()).toEqual(['KMSInvalidStateException', 'allowed']);
  }
});

describe('in several Regions', () => {
  test('each replica has its own protection, which a new one does not take over', async () => {
    const { KeyId } = await aProtectedKey({ MultiRegion: true });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: there.region });
    expect([await isProtected(KeyId), await isProtected(KeyId, there)]).toEqual([true, false]);
    await controlPlane.perform('ProtectKey', { KeyId }, there);
    await controlPlane.perform('UnprotectKey', { KeyId });
    expect([await isProtected(KeyId), await isProtected(KeyId, there)]).toEqual([false, true]);
    expect(await controlPlane.refusal('ScheduleKeyDeletion', { KeyId }, there)).toContain('is protected from deletion');
  });

  test('a primary key that is to be deleted waits for its protected replica', async () => {
    const { KeyMetadata } = await controlPlane.perform('CreateKey', { MultiRegion: true });
    const KeyId = KeyMetadata?.KeyId ?? '';
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: there.region });
    await controlPlane.perform('ProtectKey', { KeyId }, there);
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
    expect(await controlPlane.refusal('ProtectKey', { KeyId })).toContain('is pending replica deletion');
    controlPlane.clock.advance(31 * DAY_MS);
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('kept') }, there);
    const { Plaintext } = await controlPlane.perform('Decrypt', { CiphertextBlob }, there);
    expect(Buffer.from(Plaintext ?? []).toString()).toBe('kept');
  });

  test('the primary Region moves without a change of any protection', async () => {
    const { KeyId } = await aProtectedKey({ MultiRegion: true });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: there.region });
    await controlPlane.perform('UpdatePrimaryRegion', { KeyId, PrimaryRegion: there.region });
    expect([await isProtected(KeyId), await isProtected(KeyId, there)]).toEqual([true, false]);
  });
});

describe('permission', () => {
  const actions = ['ProtectKey', 'UnprotectKey'] as const;
  const identity = (...Action: readonly string[]) =>
    allowed(cases.app, { Sid: 'own', Effect: 'Allow', Action, Resource: '*' });

  test('is an action of its own for each, in an identity policy that the key policy leaves it to', async () => {
    const { KeyId } = await cases.keyFor();
    for (const mine of actions) {
      for (const asked of actions) {
        const result = await outcome(controlPlane.perform(asked, { KeyId }, { as: identity(`keystead:${mine}`) }));
        expect([mine, asked, result]).toEqual([mine, asked, mine === asked ? 'allowed' : 'AccessDeniedException']);
      }
    }
  });

  test('to delete keys is not permission to lift their protection', async () => {
    const { KeyId, Arn } = await aProtectedKey();
    const deleter = { as: identity('kms:*') };
    expect(await controlPlane.refusal('UnprotectKey', { KeyId }, deleter)).toBe(
      `AccessDeniedException: User: ${cases.app.principal.arn} is not authorized to perform: keystead:UnprotectKey ` +
        `on resource: ${Arn} because no identity-based policy allows the keystead:UnprotectKey action`,
    );
    expect(await controlPlane.refusal('ScheduleKeyDeletion', { KeyId }, deleter)).toBe(refusalText(Arn));
  });

  test('is given by name in a key policy', async () => {
    const arn = cases.app.principal.arn;
    const { KeyId } = await cases.keyFor(to({ AWS: arn }, ['kms:ScheduleKeyDeletion', 'keystead:ProtectKey']));
    const as = { as: cases.app };
    expect(await outcome(controlPlane.perform('ProtectKey', { KeyId }, as))).toBe('allowed');
    expect(await outcome(controlPlane.perform('UnprotectKey', { KeyId }, as))).toBe('AccessDeniedException');
  });

  test('is part of kms:* in a key policy, and a Deny takes it out', async () => {
    const arn = cases.app.principal.arn;
    const owner = to({ AWS: arn });
    const guard = { ...to({ AWS: arn }, 'keystead:UnprotectKey'), Sid: 'guard', Effect: 'Deny' };
    const [owned, guarded] = [await cases.keyFor(owner), await cases.keyFor(owner, guard)];
    const results = async (KeyId: string) => [
      await outcome(controlPlane.perform('ProtectKey', { KeyId }, { as: cases.app })),
      await outcome(controlPlane.perform('UnprotectKey', { KeyId }, { as: cases.app })),
    ];
    expect(await results(owned.KeyId)).toEqual(['allowed', 'allowed']);
    expect(await results(guarded.KeyId)).toEqual(['allowed', 'AccessDeniedException']);
  });

  test('cannot be given to another account, or by a grant', async () => {
    const { KeyId, Arn } = await cases.keyFor(to('*'));
    const foreign = allowed(
      { ...cases.app, accountId: '444455556666', principal: { ...cases.app.principal, accountId: '444455556666' } },
      { Effect: 'Allow', Action: '*', Resource: '*' },
    );
    expect(await controlPlane.refusal('ProtectKey', { KeyId: Arn }, { as: foreign })).toContain('AccessDenied');
    const grant = { KeyId, GranteePrincipal: cases.app.principal.arn, Operations: ['UnprotectKey'] };
    expect(await controlPlane.refusal('CreateGrant', grant as never)).toContain('ValidationException');
  });

  test('can depend on conditions of the key, such as its Region and spec', async () => {
    const Condition = { StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT', 'aws:RequestedRegion': region } };
    const symmetricOnly = allowed(cases.app, {
      Effect: 'Allow',
      Action: 'keystead:ProtectKey',
      Resource: '*',
      Condition,
    });
    const symmetric = await controlPlane.perform('CreateKey', {});
    const mac = await controlPlane.perform('CreateKey', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const results = [symmetric, mac].map(({ KeyMetadata }) =>
      outcome(controlPlane.perform('ProtectKey', { KeyId: KeyMetadata?.KeyId ?? '' }, { as: symmetricOnly })),
    );
    expect(await Promise.all(results)).toEqual(['allowed', 'AccessDeniedException']);
  });
});
