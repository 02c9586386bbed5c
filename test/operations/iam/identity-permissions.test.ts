// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
/** Who can manage whom: identity policies decide, by the ARN of the request's resource, with its path. */
import { createCallers } from '@keystead/control-plane/authentication/callers.ts';
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { policy } from '../../support/documents.ts';
import { openTestControlPlane, region, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let callers: ReturnType<typeof createCallers>;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  const { store, credentials, sealedTokens } = controlPlane.engines;
  callers = createCallers(store, credentials, sealedTokens);
});
afterAll(() => controlPlane?.close());

const arnOf = (resource: string) => `arn:aws:iam::111122223333:${resource}`;
const BOUNDARY = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** A new user with this inline policy, and its authority as a request with its access key has it at each moment. */
async function actor(name: string, document?: string): Promise<() => Promise<Caller>> {
  await controlPlane.perform('CreateUser', { UserName: name });
  if (document) {
    await controlPlane.perform('PutUserPolicy', { UserName: name, PolicyName: 'own', PolicyDocument: document });
  }
  const { AccessKey } = await controlPlane.perform('CreateAccessKey', { UserName: name });
  return async () => {
    const scope = { date: '20260101', region, service: 'kms' };
    const found = await callers.find({ accessKeyId: AccessKey.AccessKeyId }, scope, controlPlane.clock.now());
    if (!found) throw new Error(`the user ${name} does not exist`);
    return { ...found, accessKeyId: AccessKey.AccessKeyId, accountId: found.principal.accountId, region };
  };
}

const allowed = async (as: Caller, UserName: string) =>
  controlPlane.perform('GetUser', { UserName }, { as }).then(
    () => true,
    (error: { code: string }) => (error.code === 'AccessDeniedException' ? false : Promise.reject(error)),
  );

describe('permission to manage identities', () => {
  test('is checked for the user with its path, and not for another user', async () => {
    await controlPlane.perform('CreateUser', { UserName: 'eu', Path: '/apps/eu/' });
    await controlPlane.perform('CreateUser', { UserName: 'us', Path: '/apps/us/' });
    const as = await (await actor('reader', policy('iam:GetUser', arnOf('user/apps/eu/*'))))();
    expect([await allowed(as, 'eu'), await allowed(as, 'us'), await allowed(as, 'reader')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await controlPlane.refusal('GetUser', { UserName: 'us' }, { as })).toBe(
      `AccessDeniedException: User: ${arnOf('user/reader')} is not authorized to perform: iam:GetUser on resource: ${arnOf('user/apps/us/us')} because no identity-based policy allows the iam:GetUser action`,
    );
    expect(await controlPlane.refusal('GetUser', { UserName: 'absent' }, { as })).toContain('AccessDeniedException');
  });

  test('to create is checked for the new resource', async () => {
    const as = await (await actor('maker', policy('iam:CreateUser', arnOf('user/made/*'))))();
    await controlPlane.perform('CreateUser', { UserName: 'm1', Path: '/made/' }, { as });
    expect(await controlPlane.refusal('CreateUser', { UserName: 'm2' }, { as })).toContain(arnOf('user/m2'));
    const tagged = { UserName: 'm3', Path: '/made/', Tags: [{ Key: 'a', Value: 'b' }] };
    expect(await controlPlane.refusal('CreateUser', tagged, { as })).toContain('iam:TagUser');
  });

  test('to rename is checked for the old name and the new one', async () => {
    await controlPlane.perform('CreateUser', { UserName: 'old', Path: '/team/' });
    const as = await (await actor('renamer', policy('iam:UpdateUser', arnOf('user/team/*'))))();
    expect(await controlPlane.refusal('UpdateUser', { UserName: 'old', NewPath: '/admins/' }, { as })).toContain(
      arnOf('user/admins/old'),
    );
    await controlPlane.perform('UpdateUser', { UserName: 'old', NewUserName: 'new' }, { as });
  });

  test('without a name is checked for the caller: aws:username lets users manage their own access keys', async () => {
    const own = policy('iam:*AccessKey*', arnOf('user/${aws:username}'));
    const as = await (await actor('self', own))();
    await actor('neighbour');
    const { AccessKeyMetadata } = await controlPlane.perform('ListAccessKeys', {}, { as });
    expect(AccessKeyMetadata).toHaveLength(1);
    await controlPlane.perform('ListAccessKeys', { UserName: 'self' }, { as });
    expect(await controlPlane.refusal('ListAccessKeys', { UserName: 'neighbour' }, { as })).toContain(
      'AccessDeniedException',
    );
    const [neighbours] = (await controlPlane.perform('ListAccessKeys', { UserName: 'neighbour' })).AccessKeyMetadata;
    const AccessKeyId = neighbours?.AccessKeyId ?? '';
    expect(await controlPlane.refusal('GetAccessKeyLastUsed', { AccessKeyId }, { as })).toContain(
      'AccessDeniedException',
    );
  });

  test('comes from groups and attached policies, and ends at once when they are removed', async () => {
    const caller = await actor('member');
    expect(await allowed(await caller(), 'member')).toBe(false);
    await controlPlane.perform('CreateGroup', { GroupName: 'admins' });
    await controlPlane.perform('AttachGroupPolicy', { GroupName: 'admins', PolicyArn: ADMIN });
    expect(await allowed(await caller(), 'member')).toBe(false);
    await controlPlane.perform('AddUserToGroup', { GroupName: 'admins', UserName: 'member' });
    expect(await allowed(await caller(), 'member')).toBe(true);
    await controlPlane.perform('PutGroupPolicy', {
      GroupName: 'admins',
      PolicyName: 'no',
      PolicyDocument: policy('iam:GetUser').replace('Allow', 'Deny'),
    });
    expect(await allowed(await caller(), 'member')).toBe(false);
    await controlPlane.perform('DeleteGroupPolicy', { GroupName: 'admins', PolicyName: 'no' });
    expect(await allowed(await caller(), 'member')).toBe(true);
    await controlPlane.perform('RemoveUserFromGroup', { GroupName: 'admins', UserName: 'member' });
    expect(await allowed(await caller(), 'member')).toBe(false);
  });

  test('follows the default version of a managed policy', async () => {
    const caller = await actor('versioned');
    const PolicyArn = arnOf('policy/versioned');
    await controlPlane.perform('CreatePolicy', { PolicyName: 'versioned', PolicyDocument: policy('iam:GetUser') });
    await controlPlane.perform('AttachUserPolicy', { UserName: 'versioned', PolicyArn });
    expect(await allowed(await caller(), 'versioned')).toBe(true);
    await controlPlane.perform('CreatePolicyVersion', {
      PolicyArn,
      PolicyDocument: policy('iam:ListUsers'),
      SetAsDefault: true,
    });
    expect(await allowed(await caller(), 'versioned')).toBe(false);
    await controlPlane.perform('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' });
    expect(await allowed(await caller(), 'versioned')).toBe(true);
  });

  test('is limited by the permissions boundary, whatever policies allow', async () => {
    const caller = await actor('bounded', policy('*'));
    expect(await allowed(await caller(), 'bounded')).toBe(true);
    await controlPlane.perform('PutUserPermissionsBoundary', { UserName: 'bounded', PermissionsBoundary: BOUNDARY });
    const as = await caller();
    expect(await allowed(as, 'bounded')).toBe(false);
    await controlPlane.perform('ListUsers', {}, { as });
    await controlPlane.perform('DeleteUserPermissionsBoundary', { UserName: 'bounded' });
    expect(await allowed(await caller(), 'bounded')).toBe(true);
  });

  test('can depend on the policy to attach, on a new or existing boundary, and on tags', async () => {
    const conditioned = (action: string, condition: object) =>
      policy(action).replace('"Resource"', `"Condition":${JSON.stringify(condition)},"Resource"`);
    const attaching = await actor(
      'attacher',
      conditioned('iam:AttachUserPolicy', { ArnEquals: { 'iam:PolicyARN': BOUNDARY } }),
    );
    await controlPlane.perform(
      'AttachUserPolicy',
      { UserName: 'attacher', PolicyArn: BOUNDARY },
      { as: await attaching() },
    );
    expect(
      await controlPlane.refusal(
        'AttachUserPolicy',
        { UserName: 'attacher', PolicyArn: ADMIN },
        { as: await attaching() },
      ),
    ).toContain('AccessDeniedException');

    const bounding = await actor(
      'bounder',
      conditioned('iam:*', { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } }),
    );
    await controlPlane.perform(
      'CreateUser',
      { UserName: 'b1', PermissionsBoundary: BOUNDARY },
      { as: await bounding() },
    );
    expect(await controlPlane.refusal('CreateUser', { UserName: 'b2' }, { as: await bounding() })).toContain(
      'AccessDenied',
    );
    const put = { PolicyName: 'p', PolicyDocument: policy('kms:*') };
    await controlPlane.perform('PutUserPolicy', { UserName: 'b1', ...put }, { as: await bounding() });
    expect(
      await controlPlane.refusal('PutUserPolicy', { UserName: 'bounder', ...put }, { as: await bounding() }),
    ).toContain('AccessDenied');

    const tagging = await actor(
      'tagger',
      conditioned('iam:GetUser', { StringEquals: { 'aws:ResourceTag/team': 'a' } }),
    );
    await controlPlane.perform('CreateUser', { UserName: 't1', Tags: [{ Key: 'team', Value: 'a' }] });
    await controlPlane.perform('CreateUser', { UserName: 't2', Tags: [{ Key: 'Team', Value: 'a' }] });
    const reached = await Promise.all(['t1', 't2', 'tagger'].map(async (name) => allowed(await tagging(), name)));
    expect(reached).toEqual([true, false, false]);
  });

  test('stays with a renamed user, and a later user of the same name does not get it', async () => {
    const caller = await actor('mover', policy('iam:GetUser'));
    await controlPlane.perform('UpdateUser', { UserName: 'mover', NewUserName: 'moved' });
    const as = await caller();
    expect(as.principal.arn).toBe(arnOf('user/moved'));
    expect(await allowed(as, 'moved')).toBe(true);
    const second = await actor('mover');
    expect(await allowed(await second(), 'mover')).toBe(false);
  });
});
