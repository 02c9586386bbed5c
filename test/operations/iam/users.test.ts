import { policy } from '../../support/documents.ts';
import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const arnOf = (name: string, path = '/') => `arn:aws:iam::111122223333:user${path}${name}`;

describe('users', () => {
  test('are made, found, listed and deleted', async () => {
    const { User } = await house.perform('CreateUser', { UserName: 'app', Path: '/apps/eu/' });
    expect(User).toMatchObject({ UserName: 'app', Path: '/apps/eu/', Arn: arnOf('app', '/apps/eu/') });
    expect(User.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect((await house.perform('GetUser', { UserName: 'app' })).User).toEqual(User);
    expect((await house.perform('ListUsers', { PathPrefix: '/apps/' })).Users).toEqual([User]);
    await house.perform('DeleteUser', { UserName: 'app' });
    expect(await house.refusal('GetUser', { UserName: 'app' })).toBe(
      'NoSuchEntityException: The user with name app cannot be found.',
    );
    expect(await house.refusal('DeleteUser', { UserName: 'app' })).toContain('NoSuchEntityException');
  });

  test('have names that differ by more than case, and are found by the name as given', async () => {
    await house.perform('CreateUser', { UserName: 'Casey' });
    expect(await house.refusal('CreateUser', { UserName: 'casey' })).toBe(
      'EntityAlreadyExistsException: User with name casey already exists.',
    );
    expect(await house.refusal('GetUser', { UserName: 'casey' })).toContain('NoSuchEntityException');
  });

  test('are listed by name, page by page, under a path; a marker of one list is refused by another', async () => {
    for (const UserName of ['p3', 'P1', 'p2']) await house.perform('CreateUser', { UserName, Path: '/pages/' });
    const first = await house.perform('ListUsers', { PathPrefix: '/pages/', MaxItems: 2 });
    expect([first.Users.map((user) => user.UserName), first.IsTruncated]).toEqual([['P1', 'p2'], true]);
    const Marker = first.Marker ?? '';
    expect(Marker.length).toBeLessThanOrEqual(320);
    const rest = await house.perform('ListUsers', { PathPrefix: '/pages/', MaxItems: 2, Marker });
    expect([rest.Users.map((user) => user.UserName), rest.IsTruncated, rest.Marker]).toEqual([
      ['p3'],
      false,
      undefined,
    ]);
    expect(await house.refusal('ListUsers', { Marker })).toContain('ValidationException: Invalid Marker');
    expect(await house.refusal('ListUsers', { Marker: 'forged' })).toContain('ValidationException: Invalid Marker');
  });

  test('are renamed and moved, keeping their id, their access keys and what policies gave them', async () => {
    const { User } = await house.perform('CreateUser', { UserName: 'before' });
    await house.perform('PutUserPolicy', {
      UserName: 'before',
      PolicyName: 'p',
      PolicyDocument: policy('kms:ListKeys'),
    });
    const { AccessKey } = await house.perform('CreateAccessKey', { UserName: 'before' });
    await house.perform('UpdateUser', { UserName: 'before', NewUserName: 'after', NewPath: '/moved/' });
    expect((await house.perform('GetUser', { UserName: 'after' })).User).toEqual({
      ...User,
      UserName: 'after',
      Path: '/moved/',
      Arn: arnOf('after', '/moved/'),
    });
    expect(await house.refusal('GetUser', { UserName: 'before' })).toContain('NoSuchEntityException');
    const keys = await house.perform('ListAccessKeys', { UserName: 'after' });
    expect(keys.AccessKeyMetadata.map((key) => key.AccessKeyId)).toEqual([AccessKey.AccessKeyId]);
    expect((await house.perform('ListUserPolicies', { UserName: 'after' })).PolicyNames).toEqual(['p']);
    await house.perform('CreateUser', { UserName: 'taken' });
    expect(await house.refusal('UpdateUser', { UserName: 'after', NewUserName: 'Taken' })).toContain(
      'EntityAlreadyExistsException',
    );
    await house.perform('UpdateUser', { UserName: 'after', NewUserName: 'AFTER' });
  });

  test('are deleted only without access keys, policies and groups', async () => {
    const UserName = 'kept';
    await house.perform('CreateUser', { UserName });
    const { AccessKey } = await house.perform('CreateAccessKey', { UserName });
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await house.perform('AttachUserPolicy', { UserName, PolicyArn });
    await house.perform('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy('kms:*') });
    await house.perform('CreateGroup', { GroupName: 'keepers' });
    await house.perform('AddUserToGroup', { GroupName: 'keepers', UserName });
    const conflict = async () => (await house.refusal('DeleteUser', { UserName })).replace(/^\w+: /, '');
    expect(await conflict()).toBe('Cannot delete entity, must delete access keys first.');
    await house.perform('DeleteAccessKey', { UserName, AccessKeyId: AccessKey.AccessKeyId });
    expect(await conflict()).toBe('Cannot delete entity, must detach all policies first.');
    await house.perform('DetachUserPolicy', { UserName, PolicyArn });
    expect(await conflict()).toBe('Cannot delete entity, must delete policies first.');
    await house.perform('DeleteUserPolicy', { UserName, PolicyName: 'p' });
    expect(await conflict()).toBe('Cannot delete entity, must remove the user from all groups first.');
    await house.perform('RemoveUserFromGroup', { GroupName: 'keepers', UserName });
    await house.perform('DeleteUser', { UserName });
  });

  test('may have the name of one that was deleted, and inherit nothing from it', async () => {
    const former = await house.user('again');
    const { KeyMetadata } = await house.perform('CreateKey', {});
    const KeyId = KeyMetadata?.KeyId ?? '';
    await house.perform('CreateGrant', { KeyId, GranteePrincipal: former.principal.arn, Operations: ['DescribeKey'] });
    await house.perform('DescribeKey', { KeyId }, { as: former });
    await house.perform('DeleteUser', { UserName: 'again' });
    const heir = await house.user('again');
    expect(heir.principal.arn).toBe(former.principal.arn);
    expect(await house.refusal('DescribeKey', { KeyId }, { as: heir })).toContain('AccessDeniedException');
  });

  test('take tags, told apart without regard to case, and lose them', async () => {
    const UserName = 'tagged';
    await house.perform('CreateUser', { UserName, Tags: [{ Key: 'Dept', Value: 'Finance' }] });
    await house.perform('TagUser', {
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
    expect((await house.perform('ListUserTags', { UserName })).Tags).toEqual(expected);
    expect((await house.perform('GetUser', { UserName })).User.Tags).toEqual(expected);
    await house.perform('UntagUser', { UserName, TagKeys: ['DEPT', 'absent'] });
    expect((await house.perform('ListUserTags', { UserName })).Tags).toEqual([{ Key: 'a', Value: '' }]);
    const twice = [
      { Key: 'b', Value: '1' },
      { Key: 'B', Value: '2' },
    ];
    expect(await house.refusal('TagUser', { UserName, Tags: twice })).toContain('InvalidInputException: Duplicate tag');
    expect(await house.refusal('TagUser', { UserName, Tags: [{ Key: 'aws:x', Value: '1' }] })).toContain(
      'InvalidInputException',
    );
    const many = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    expect(await house.refusal('TagUser', { UserName, Tags: many })).toBe(
      'LimitExceededException: Cannot exceed quota for TagsPerResource: 50',
    );
  });

  test('are bounded by a policy that exists, until the boundary is removed', async () => {
    const UserName = 'bounded';
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser';
    await house.perform('CreateUser', { UserName, PermissionsBoundary });
    expect((await house.perform('GetUser', { UserName })).User.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
      PermissionsBoundaryArn: PermissionsBoundary,
    });
    await house.perform('DeleteUserPermissionsBoundary', { UserName });
    expect((await house.perform('GetUser', { UserName })).User.PermissionsBoundary).toBeUndefined();
    const absent = 'arn:aws:iam::111122223333:policy/absent';
    const text = `NoSuchEntityException: Policy ${absent} does not exist or is not attachable.`;
    expect(await house.refusal('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: absent })).toBe(text);
    expect(await house.refusal('CreateUser', { UserName: 'b2', PermissionsBoundary: absent })).toBe(text);
    await house.perform('PutUserPermissionsBoundary', { UserName, PermissionsBoundary });
  });

  test('made in one moment with one name are one', async () => {
    const outcomes = await Promise.allSettled(
      ['twin', 'Twin', 'TWIN', 'tWin'].map((UserName) => house.perform('CreateUser', { UserName })),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  test('that name nobody are the caller: a user, the root user, and nobody else', async () => {
    const as = await house.user('self');
    await house.perform('PutUserPolicy', { UserName: 'self', PolicyName: 'p', PolicyDocument: policy('iam:GetUser') });
    expect(await house.refusal('GetUser', {}, { as })).toContain('AccessDeniedException');
    const { User } = await house.perform('GetUser', {});
    expect(User).toMatchObject({ Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' });
    expect(User.UserName).toBeUndefined();
  });

  test('leave a trace in the change log and the audit', async () => {
    await house.perform('CreateUser', { UserName: 'traced', Tags: [{ Key: 'a', Value: 'b' }] });
    const [event] = await house.events('CreateUser');
    expect(event).toMatchObject({
      eventSource: 'iam.amazonaws.com',
      requestParameters: { userName: 'traced', tags: [{ key: 'a', value: 'b' }] },
      responseElements: { user: { userName: 'traced', arn: arnOf('traced') } },
      readOnly: false,
    });
    const { Changes } = await house.perform('ListChanges', { Limit: 1000 });
    expect(Changes.at(-1)).toMatchObject({
      ResourceType: 'principal',
      ResourceId: arnOf('traced'),
      Kind: 'created',
      EventName: 'CreateUser',
    });
  });
});
