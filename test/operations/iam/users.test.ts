import { policy } from '../../support/documents.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const arnOf = (name: string, path = '/') => `arn:aws:iam::111122223333:user${path}${name}`;

describe('users', () => {
  test('are created, found, listed and deleted', async () => {
    const { User } = await controlPlane.perform('CreateUser', { UserName: 'app', Path: '/apps/eu/' });
    expect(User).toMatchObject({ UserName: 'app', Path: '/apps/eu/', Arn: arnOf('app', '/apps/eu/') });
    expect(User.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect((await controlPlane.perform('GetUser', { UserName: 'app' })).User).toEqual(User);
    expect((await controlPlane.perform('ListUsers', { PathPrefix: '/apps/' })).Users).toEqual([User]);
    await controlPlane.perform('DeleteUser', { UserName: 'app' });
    expect(await controlPlane.refusal('GetUser', { UserName: 'app' })).toBe(
      'NoSuchEntityException: The user with name app cannot be found.',
    );
    expect(await controlPlane.refusal('DeleteUser', { UserName: 'app' })).toContain('NoSuchEntityException');
  });

  test('have names that differ by more than case, and are found by the exact name', async () => {
    await controlPlane.perform('CreateUser', { UserName: 'Casey' });
    expect(await controlPlane.refusal('CreateUser', { UserName: 'casey' })).toBe(
      'EntityAlreadyExistsException: User with name casey already exists.',
    );
    expect(await controlPlane.refusal('GetUser', { UserName: 'casey' })).toContain('NoSuchEntityException');
  });

  test('are listed by name, page by page, under a path; a marker of one list is refused by another', async () => {
    for (const UserName of ['p3', 'P1', 'p2']) await controlPlane.perform('CreateUser', { UserName, Path: '/pages/' });
    const first = await controlPlane.perform('ListUsers', { PathPrefix: '/pages/', MaxItems: 2 });
    expect([first.Users.map((user) => user.UserName), first.IsTruncated]).toEqual([['P1', 'p2'], true]);
    const Marker = first.Marker ?? '';
    expect(Marker.length).toBeLessThanOrEqual(320);
    const rest = await controlPlane.perform('ListUsers', { PathPrefix: '/pages/', MaxItems: 2, Marker });
    expect([rest.Users.map((user) => user.UserName), rest.IsTruncated, rest.Marker]).toEqual([
      ['p3'],
      false,
      undefined,
    ]);
    expect(await controlPlane.refusal('ListUsers', { Marker })).toContain('ValidationException: Invalid Marker');
    expect(await controlPlane.refusal('ListUsers', { Marker: 'forged' })).toContain(
      'ValidationException: Invalid Marker',
    );
  });

  test('are renamed and moved, and keep their id, their access keys and their permissions', async () => {
    const { User } = await controlPlane.perform('CreateUser', { UserName: 'before' });
    await controlPlane.perform('PutUserPolicy', {
      UserName: 'before',
      PolicyName: 'p',
      PolicyDocument: policy('kms:ListKeys'),
    });
    const { AccessKey } = await controlPlane.perform('CreateAccessKey', { UserName: 'before' });
    await controlPlane.perform('UpdateUser', { UserName: 'before', NewUserName: 'after', NewPath: '/moved/' });
    expect((await controlPlane.perform('GetUser', { UserName: 'after' })).User).toEqual({
      ...User,
      UserName: 'after',
      Path: '/moved/',
      Arn: arnOf('after', '/moved/'),
    });
    expect(await controlPlane.refusal('GetUser', { UserName: 'before' })).toContain('NoSuchEntityException');
    const keys = await controlPlane.perform('ListAccessKeys', { UserName: 'after' });
    expect(keys.AccessKeyMetadata.map((key) => key.AccessKeyId)).toEqual([AccessKey.AccessKeyId]);
    expect((await controlPlane.perform('ListUserPolicies', { UserName: 'after' })).PolicyNames).toEqual(['p']);
    await controlPlane.perform('CreateUser', { UserName: 'taken' });
    expect(await controlPlane.refusal('UpdateUser', { UserName: 'after', NewUserName: 'Taken' })).toContain(
      'EntityAlreadyExistsException',
    );
    await controlPlane.perform('UpdateUser', { UserName: 'after', NewUserName: 'AFTER' });
  });

  test('are deleted only when they do not have access keys, policies or groups', async () => {
    const UserName = 'kept';
    await controlPlane.perform('CreateUser', { UserName });
    const { AccessKey } = await controlPlane.perform('CreateAccessKey', { UserName });
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await controlPlane.perform('AttachUserPolicy', { UserName, PolicyArn });
    await controlPlane.perform('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy('kms:*') });
    await controlPlane.perform('CreateGroup', { GroupName: 'keepers' });
    await controlPlane.perform('AddUserToGroup', { GroupName: 'keepers', UserName });
    const conflict = async () => (await controlPlane.refusal('DeleteUser', { UserName })).replace(/^\w+: /, '');
    expect(await conflict()).toBe('Cannot delete entity, must delete access keys first.');
    await controlPlane.perform('DeleteAccessKey', { UserName, AccessKeyId: AccessKey.AccessKeyId });
    expect(await conflict()).toBe('Cannot delete entity, must detach all policies first.');
    await controlPlane.perform('DetachUserPolicy', { UserName, PolicyArn });
    expect(await conflict()).toBe('Cannot delete entity, must delete policies first.');
    await controlPlane.perform('DeleteUserPolicy', { UserName, PolicyName: 'p' });
    expect(await conflict()).toBe('Cannot delete entity, must remove the user from all groups first.');
    await controlPlane.perform('RemoveUserFromGroup', { GroupName: 'keepers', UserName });
    await controlPlane.perform('DeleteUser', { UserName });
  });

  test('can have the name of a deleted user, and inherit nothing from it', async () => {
    const former = await controlPlane.user('again');
    const { KeyMetadata } = await controlPlane.perform('CreateKey', {});
    const KeyId = KeyMetadata?.KeyId ?? '';
    await controlPlane.perform('CreateGrant', {
      KeyId,
      GranteePrincipal: former.principal.arn,
      Operations: ['DescribeKey'],
    });
    await controlPlane.perform('DescribeKey', { KeyId }, { as: former });
    await controlPlane.perform('DeleteUser', { UserName: 'again' });
    const heir = await controlPlane.user('again');
    expect(heir.principal.arn).toBe(former.principal.arn);
    expect(await controlPlane.refusal('DescribeKey', { KeyId }, { as: heir })).toContain('AccessDeniedException');
  });

  test('are tagged and untagged, with tag keys that are not case-sensitive', async () => {
    const UserName = 'tagged';
    await controlPlane.perform('CreateUser', { UserName, Tags: [{ Key: 'Dept', Value: 'Finance' }] });
    await controlPlane.perform('TagUser', {
      UserName,
      Tags: [
        { Key: 'dept', Value: 'Sales' },
        { Key: 'a', Value: '' },
      ],
    });
    const expected = [
      { Key: 'a', Value: '' },
      { Key: 'dept', Value: 'Sales' },
    ];
    expect((await controlPlane.perform('ListUserTags', { UserName })).Tags).toEqual(expected);
    expect((await controlPlane.perform('GetUser', { UserName })).User.Tags).toEqual(expected);
    await controlPlane.perform('UntagUser', { UserName, TagKeys: ['DEPT', 'absent'] });
    expect((await controlPlane.perform('ListUserTags', { UserName })).Tags).toEqual([{ Key: 'a', Value: '' }]);
    const twice = [
      { Key: 'b', Value: '1' },
      { Key: 'B', Value: '2' },
    ];
    expect(await controlPlane.refusal('TagUser', { UserName, Tags: twice })).toContain(
      'InvalidInputException: Duplicate tag',
    );
    expect(await controlPlane.refusal('TagUser', { UserName, Tags: [{ Key: 'aws:x', Value: '1' }] })).toContain(
      'InvalidInputException',
    );
    const many = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    expect(await controlPlane.refusal('TagUser', { UserName, Tags: many })).toBe(
      'LimitExceededException: Cannot exceed quota for TagsPerResource: 50',
    );
  });

  test('have an existing policy as permissions boundary, until it is removed', async () => {
    const UserName = 'bounded';
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser';
    await controlPlane.perform('CreateUser', { UserName, PermissionsBoundary });
    expect((await controlPlane.perform('GetUser', { UserName })).User.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
      PermissionsBoundaryArn: PermissionsBoundary,
    });
    await controlPlane.perform('DeleteUserPermissionsBoundary', { UserName });
    expect((await controlPlane.perform('GetUser', { UserName })).User.PermissionsBoundary).toBeUndefined();
    const absent = 'arn:aws:iam::111122223333:policy/absent';
    const text = `NoSuchEntityException: Policy ${absent} does not exist or is not attachable.`;
    expect(await controlPlane.refusal('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: absent })).toBe(
      text,
    );
    expect(await controlPlane.refusal('CreateUser', { UserName: 'b2', PermissionsBoundary: absent })).toBe(text);
    await controlPlane.perform('PutUserPermissionsBoundary', { UserName, PermissionsBoundary });
  });

  test('created concurrently with one name are one user', async () => {
    const outcomes = await Promise.allSettled(
      ['twin', 'Twin', 'TWIN', 'tWin'].map((UserName) => controlPlane.perform('CreateUser', { UserName })),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  test('are the caller in a request without a name: a user or the root user, nobody else', async () => {
    const as = await controlPlane.user('self');
    await controlPlane.perform('PutUserPolicy', {
      UserName: 'self',
      PolicyName: 'p',
      PolicyDocument: policy('iam:GetUser'),
    });
    expect(await controlPlane.refusal('GetUser', {}, { as })).toContain('AccessDeniedException');
    const { User } = await controlPlane.perform('GetUser', {});
    expect(User).toMatchObject({ Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' });
    expect(User.UserName).toBeUndefined();
  });

  test('are recorded in the change log and the audit log', async () => {
    await controlPlane.perform('CreateUser', { UserName: 'traced', Tags: [{ Key: 'a', Value: 'b' }] });
    const [event] = await controlPlane.events('CreateUser');
    expect(event).toMatchObject({
      eventSource: 'iam.amazonaws.com',
      requestParameters: { userName: 'traced', tags: [{ key: 'a', value: 'b' }] },
      responseElements: { user: { userName: 'traced', arn: arnOf('traced') } },
      readOnly: false,
    });
    const { Changes } = await controlPlane.perform('ListChanges', { Limit: 1000 });
    expect(Changes.at(-1)).toMatchObject({
      ResourceType: 'principal',
      ResourceId: arnOf('traced'),
      Kind: 'created',
      EventName: 'CreateUser',
    });
  });
});
