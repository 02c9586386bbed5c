import { policy, trustPolicy } from '../../support/documents.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const account = 'arn:aws:iam::111122223333:root';
const AssumeRolePolicyDocument = trustPolicy(account);
const trustStatement = (elements: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', ...elements } });

describe('roles', () => {
  test('are created, found, listed, updated and deleted', async () => {
    const { Role } = await controlPlane.perform('CreateRole', {
      RoleName: 'ci',
      Path: '/build/',
      Description: 'builds',
      AssumeRolePolicyDocument,
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(Role).toEqual({
      RoleName: 'ci',
      Path: '/build/',
      Arn: 'arn:aws:iam::111122223333:role/build/ci',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      CreateDate: new Date(controlPlane.clock.now()),
      Description: 'builds',
      AssumeRolePolicyDocument,
      MaxSessionDuration: 3600,
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect((await controlPlane.perform('GetRole', { RoleName: 'ci' })).Role).toEqual(Role);
    const { Tags, ...listed } = Role;
    expect((await controlPlane.perform('ListRoles', { PathPrefix: '/build/' })).Roles).toEqual([listed]);
    expect(await controlPlane.refusal('CreateRole', { RoleName: 'CI', AssumeRolePolicyDocument })).toBe(
      'EntityAlreadyExistsException: Role with name CI already exists.',
    );
    await controlPlane.perform('UpdateRole', { RoleName: 'ci', MaxSessionDuration: 7200 });
    const updated = (await controlPlane.perform('GetRole', { RoleName: 'ci' })).Role;
    expect([updated.MaxSessionDuration, updated.Description]).toEqual([7200, 'builds']);
    const described = await controlPlane.perform('UpdateRoleDescription', { RoleName: 'ci', Description: 'deploys' });
    expect(described.Role).toMatchObject({ Description: 'deploys', MaxSessionDuration: 7200 });
    await controlPlane.perform('TagRole', { RoleName: 'ci', Tags: [{ Key: 'b', Value: '' }] });
    await controlPlane.perform('UntagRole', { RoleName: 'ci', TagKeys: ['team'] });
    expect((await controlPlane.perform('ListRoleTags', { RoleName: 'ci' })).Tags).toEqual([{ Key: 'b', Value: '' }]);
    expect((await controlPlane.perform('ListInstanceProfilesForRole', { RoleName: 'ci' })).InstanceProfiles).toEqual(
      [],
    );
    await controlPlane.perform('DeleteRole', { RoleName: 'ci' });
    expect(await controlPlane.refusal('GetRole', { RoleName: 'ci' })).toBe(
      'NoSuchEntityException: The role with name ci cannot be found.',
    );
  });

  test('can be assumed by the principals in their trust policy, which must exist', async () => {
    await controlPlane.perform('CreateUser', { UserName: 'builder' });
    const named = trustPolicy('arn:aws:iam::111122223333:user/builder');
    await controlPlane.perform('CreateRole', { RoleName: 'trusting', AssumeRolePolicyDocument });
    await controlPlane.perform('UpdateAssumeRolePolicy', { RoleName: 'trusting', PolicyDocument: named });
    expect((await controlPlane.perform('GetRole', { RoleName: 'trusting' })).Role.AssumeRolePolicyDocument).toBe(named);
    const absent = trustPolicy('arn:aws:iam::111122223333:user/absent');
    expect(
      await controlPlane.refusal('UpdateAssumeRolePolicy', { RoleName: 'trusting', PolicyDocument: absent }),
    ).toContain('MalformedPolicyDocumentException');
  });

  test('show a deleted user in their trust policy by id, even if another user has its name now', async () => {
    const former = await controlPlane.user('trusted');
    const PolicyDocument = trustPolicy(former.principal.arn);
    await controlPlane.perform('CreateRole', { RoleName: 'loyal', AssumeRolePolicyDocument: PolicyDocument });
    await controlPlane.perform('DeleteUser', { UserName: 'trusted' });
    await controlPlane.user('trusted');
    const shown = (await controlPlane.perform('GetRole', { RoleName: 'loyal' })).Role.AssumeRolePolicyDocument;
    expect(JSON.parse(shown ?? '')).toEqual(JSON.parse(trustPolicy(former.principal.principalId)));
  });

  test.each([
    ['a text that is not a policy', 'none'],
    ['an identity policy', policy('sts:AssumeRole')],
    ['a trust policy with NotPrincipal', trustStatement({ NotPrincipal: { AWS: account } })],
    ['a trust policy with NotResource', trustStatement({ Principal: { AWS: account }, NotResource: '*' })],
    ['a trust policy with an action of another service', trustStatement({ Principal: '*', Action: 'kms:Decrypt' })],
    ['actions that assume nothing', trustPolicy(account).replace('sts:AssumeRole', 'kms:Decrypt')],
  ])('are not created with %s as trust policy', async (_, document) => {
    expect(await controlPlane.refusal('CreateRole', { RoleName: 'bad', AssumeRolePolicyDocument: document })).toContain(
      'MalformedPolicyDocumentException',
    );
  });

  test('have trust policies of at most 2,048 characters, white space not counted', async () => {
    const users = Array.from({ length: 60 }, () => account);
    const large = trustPolicy(users);
    expect(await controlPlane.refusal('CreateRole', { RoleName: 'large', AssumeRolePolicyDocument: large })).toBe(
      'LimitExceededException: Cannot exceed quota for ACLSizePerRole: 2048',
    );
    const airy = AssumeRolePolicyDocument.replace('{', `{${' '.repeat(4000)}`);
    await controlPlane.perform('CreateRole', { RoleName: 'airy', AssumeRolePolicyDocument: airy });
  });

  test('have a permissions boundary, and are deleted only when they do not have policies', async () => {
    const RoleName = 'kept';
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await controlPlane.perform('CreateRole', { RoleName, AssumeRolePolicyDocument, PermissionsBoundary });
    expect((await controlPlane.perform('GetRole', { RoleName })).Role.PermissionsBoundary?.PermissionsBoundaryArn).toBe(
      PermissionsBoundary,
    );
    await controlPlane.perform('DeleteRolePermissionsBoundary', { RoleName });
    await controlPlane.perform('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary });
    await controlPlane.perform('AttachRolePolicy', { RoleName, PolicyArn: PermissionsBoundary });
    expect(await controlPlane.refusal('DeleteRole', { RoleName })).toContain('must detach all policies first');
    await controlPlane.perform('DetachRolePolicy', { RoleName, PolicyArn: PermissionsBoundary });
    await controlPlane.perform('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: policy('kms:*') });
    expect(await controlPlane.refusal('DeleteRole', { RoleName })).toContain('must delete policies first');
    await controlPlane.perform('DeleteRolePolicy', { RoleName, PolicyName: 'p' });
    await controlPlane.perform('DeleteRole', { RoleName });
  });
});
