import { policy } from '../../support/documents.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

describe('groups', () => {
  test('are created, found, listed, renamed and deleted', async () => {
    const { Group } = await controlPlane.perform('CreateGroup', { GroupName: 'ops', Path: '/teams/' });
    expect(Group).toMatchObject({
      GroupName: 'ops',
      Path: '/teams/',
      Arn: 'arn:aws:iam::111122223333:group/teams/ops',
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
    });
    expect(await controlPlane.refusal('CreateGroup', { GroupName: 'OPS' })).toBe(
      'EntityAlreadyExistsException: Group with name OPS already exists.',
    );
    expect((await controlPlane.perform('ListGroups', { PathPrefix: '/teams/' })).Groups).toEqual([Group]);
    await controlPlane.perform('UpdateGroup', { GroupName: 'ops', NewGroupName: 'sre', NewPath: '/' });
    expect((await controlPlane.perform('GetGroup', { GroupName: 'sre' })).Group).toEqual({
      ...Group,
      GroupName: 'sre',
      Path: '/',
      Arn: 'arn:aws:iam::111122223333:group/sre',
    });
    await controlPlane.perform('CreateGroup', { GroupName: 'taken' });
    expect(await controlPlane.refusal('UpdateGroup', { GroupName: 'sre', NewGroupName: 'taken' })).toContain(
      'EntityAlreadyExists',
    );
    await controlPlane.perform('DeleteGroup', { GroupName: 'sre' });
    expect(await controlPlane.refusal('GetGroup', { GroupName: 'sre' })).toBe(
      'NoSuchEntityException: The group with name sre cannot be found.',
    );
  });

  test('have members, who are listed page by page, and users list their groups', async () => {
    await controlPlane.perform('CreateGroup', { GroupName: 'crew' });
    for (const UserName of ['zoe', 'Adam', 'bert']) {
      await controlPlane.perform('CreateUser', { UserName });
      await controlPlane.perform('AddUserToGroup', { GroupName: 'crew', UserName });
    }
    await controlPlane.perform('AddUserToGroup', { GroupName: 'crew', UserName: 'zoe' });
    const first = await controlPlane.perform('GetGroup', { GroupName: 'crew', MaxItems: 2 });
    expect([first.Users.map((user) => user.UserName), first.IsTruncated]).toEqual([['Adam', 'bert'], true]);
    const rest = await controlPlane.perform('GetGroup', { GroupName: 'crew', MaxItems: 2, Marker: first.Marker });
    expect([rest.Users.map((user) => user.UserName), rest.IsTruncated]).toEqual([['zoe'], false]);
    const { Groups } = await controlPlane.perform('ListGroupsForUser', { UserName: 'zoe' });
    expect(Groups.map((group) => group.GroupName)).toEqual(['crew']);
    await controlPlane.perform('RemoveUserFromGroup', { GroupName: 'crew', UserName: 'zoe' });
    expect((await controlPlane.perform('ListGroupsForUser', { UserName: 'zoe' })).Groups).toEqual([]);
    expect(await controlPlane.refusal('RemoveUserFromGroup', { GroupName: 'crew', UserName: 'zoe' })).toContain(
      'NoSuchEntityException',
    );
  });

  test('are deleted only when they do not have members or policies', async () => {
    const GroupName = 'kept';
    await controlPlane.perform('CreateGroup', { GroupName });
    await controlPlane.perform('CreateUser', { UserName: 'member' });
    await controlPlane.perform('AddUserToGroup', { GroupName, UserName: 'member' });
    expect(await controlPlane.refusal('DeleteGroup', { GroupName })).toBe(
      'DeleteConflictException: Cannot delete entity, must remove users from group first.',
    );
    await controlPlane.perform('RemoveUserFromGroup', { GroupName, UserName: 'member' });
    await controlPlane.perform('PutGroupPolicy', { GroupName, PolicyName: 'p', PolicyDocument: policy('kms:*') });
    expect(await controlPlane.refusal('DeleteGroup', { GroupName })).toBe(
      'DeleteConflictException: Cannot delete entity, must delete policies first.',
    );
    await controlPlane.perform('DeleteGroupPolicy', { GroupName, PolicyName: 'p' });
    await controlPlane.perform('DeleteGroup', { GroupName });
  });

  test('are at most ten for a user', async () => {
    await controlPlane.perform('CreateUser', { UserName: 'joiner' });
    for (let i = 0; i < 11; i++) await controlPlane.perform('CreateGroup', { GroupName: `g${i}` });
    for (let i = 0; i < 10; i++)
      await controlPlane.perform('AddUserToGroup', { GroupName: `g${i}`, UserName: 'joiner' });
    expect(await controlPlane.refusal('AddUserToGroup', { GroupName: 'g10', UserName: 'joiner' })).toBe(
      'LimitExceededException: Cannot exceed quota for GroupsPerUser: 10',
    );
  });
});
