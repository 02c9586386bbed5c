import { policy } from '../../support/documents.ts';
import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

describe('groups', () => {
  test('are made, found, listed, renamed and deleted', async () => {
    const { Group } = await house.perform('CreateGroup', { GroupName: 'ops', Path: '/teams/' });
    expect(Group).toMatchObject({
      GroupName: 'ops',
      Path: '/teams/',
      Arn: 'arn:aws:iam::111122223333:group/teams/ops',
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
    });
    expect(await house.refusal('CreateGroup', { GroupName: 'OPS' })).toBe(
      'EntityAlreadyExistsException: Group with name OPS already exists.',
    );
    expect((await house.perform('ListGroups', { PathPrefix: '/teams/' })).Groups).toEqual([Group]);
    await house.perform('UpdateGroup', { GroupName: 'ops', NewGroupName: 'sre', NewPath: '/' });
    expect((await house.perform('GetGroup', { GroupName: 'sre' })).Group).toEqual({
      ...Group,
      GroupName: 'sre',
      Path: '/',
      Arn: 'arn:aws:iam::111122223333:group/sre',
    });
    await house.perform('CreateGroup', { GroupName: 'taken' });
    expect(await house.refusal('UpdateGroup', { GroupName: 'sre', NewGroupName: 'taken' })).toContain(
      'EntityAlreadyExists',
    );
    await house.perform('DeleteGroup', { GroupName: 'sre' });
    expect(await house.refusal('GetGroup', { GroupName: 'sre' })).toBe(
      'NoSuchEntityException: The group with name sre cannot be found.',
    );
  });

  test('have members, who are listed page by page and each know their groups', async () => {
    await house.perform('CreateGroup', { GroupName: 'crew' });
    for (const UserName of ['zoe', 'Adam', 'bert']) {
      await house.perform('CreateUser', { UserName });
      await house.perform('AddUserToGroup', { GroupName: 'crew', UserName });
    }
    await house.perform('AddUserToGroup', { GroupName: 'crew', UserName: 'zoe' });
    const first = await house.perform('GetGroup', { GroupName: 'crew', MaxItems: 2 });
    expect([first.Users.map((user) => user.UserName), first.IsTruncated]).toEqual([['Adam', 'bert'], true]);
    const rest = await house.perform('GetGroup', { GroupName: 'crew', MaxItems: 2, Marker: first.Marker });
    expect([rest.Users.map((user) => user.UserName), rest.IsTruncated]).toEqual([['zoe'], false]);
    const { Groups } = await house.perform('ListGroupsForUser', { UserName: 'zoe' });
    expect(Groups.map((group) => group.GroupName)).toEqual(['crew']);
    await house.perform('RemoveUserFromGroup', { GroupName: 'crew', UserName: 'zoe' });
    expect((await house.perform('ListGroupsForUser', { UserName: 'zoe' })).Groups).toEqual([]);
    expect(await house.refusal('RemoveUserFromGroup', { GroupName: 'crew', UserName: 'zoe' })).toContain(
      'NoSuchEntityException',
    );
  });

  test('are deleted only without members and policies', async () => {
    const GroupName = 'kept';
    await house.perform('CreateGroup', { GroupName });
    await house.perform('CreateUser', { UserName: 'member' });
    await house.perform('AddUserToGroup', { GroupName, UserName: 'member' });
    expect(await house.refusal('DeleteGroup', { GroupName })).toBe(
      'DeleteConflictException: Cannot delete entity, must remove users from group first.',
    );
    await house.perform('RemoveUserFromGroup', { GroupName, UserName: 'member' });
    await house.perform('PutGroupPolicy', { GroupName, PolicyName: 'p', PolicyDocument: policy('kms:*') });
    expect(await house.refusal('DeleteGroup', { GroupName })).toBe(
      'DeleteConflictException: Cannot delete entity, must delete policies first.',
    );
    await house.perform('DeleteGroupPolicy', { GroupName, PolicyName: 'p' });
    await house.perform('DeleteGroup', { GroupName });
  });

  test('are ten at most for a user', async () => {
    await house.perform('CreateUser', { UserName: 'joiner' });
    for (let i = 0; i < 11; i++) await house.perform('CreateGroup', { GroupName: `g${i}` });
    for (let i = 0; i < 10; i++) await house.perform('AddUserToGroup', { GroupName: `g${i}`, UserName: 'joiner' });
    expect(await house.refusal('AddUserToGroup', { GroupName: 'g10', UserName: 'joiner' })).toBe(
      'LimitExceededException: Cannot exceed quota for GroupsPerUser: 10',
    );
  });
});
