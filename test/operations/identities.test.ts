import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house?.close());

test('the caller is told who signed', async () => {
  expect(await house.perform('GetCallerIdentity', {})).toEqual({
    Account: '111122223333',
    Arn: 'arn:aws:iam::111122223333:root',
    UserId: '111122223333',
  });
  const as = await house.user('app');
  expect(await house.perform('GetCallerIdentity', {}, { as })).toMatchObject({
    Arn: 'arn:aws:iam::111122223333:user/app',
  });
});

test('users are made, found, listed and deleted', async () => {
  const { User } = await house.perform('CreateUser', { UserName: 'app' });
  expect(User).toMatchObject({ UserName: 'app', Arn: 'arn:aws:iam::111122223333:user/app' });
  expect(User.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
  expect((await house.perform('GetUser', { UserName: 'app' })).User).toEqual(User);
  expect((await house.perform('ListUsers', {})).Users).toEqual([User]);
  await house.perform('DeleteUser', { UserName: 'app' });
  expect(await house.refusal('GetUser', { UserName: 'app' })).toContain('NoSuchEntityException');
  expect(await house.refusal('DeleteUser', { UserName: 'app' })).toContain('NoSuchEntityException');
});

test('user names differ by more than case', async () => {
  await house.perform('CreateUser', { UserName: 'App' });
  expect(await house.refusal('CreateUser', { UserName: 'app' })).toContain('EntityAlreadyExistsException');
});

test('a user may do nothing here without a policy', async () => {
  const as = await house.user('app');
  expect(await house.refusal('CreateUser', { UserName: 'friend' }, { as })).toContain('AccessDeniedException');
  expect(await house.refusal('ListChanges', {}, { as })).toContain('AccessDeniedException');
});

test('a secret is shown once and is in no record', async () => {
  await house.user('app');
  const { AccessKey } = await house.perform('CreateAccessKey', { UserName: 'app' });
  expect(AccessKey).toMatchObject({
    UserName: 'app',
    Status: 'Active',
    AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
  });
  const { AccessKeyMetadata } = await house.perform('ListAccessKeys', { UserName: 'app' });
  expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey.AccessKeyId, Status: 'Active' }]);
  const [event] = await house.events('CreateAccessKey');
  expect(event?.responseElements).toMatchObject({ accessKey: { accessKeyId: AccessKey.AccessKeyId } });
  expect(JSON.stringify([event, AccessKeyMetadata])).not.toContain(AccessKey.SecretAccessKey);
});

test('a user has two access keys at most, however many are asked for at once', async () => {
  await house.user('app');
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, () => house.perform('CreateAccessKey', { UserName: 'app' })),
  );
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(2);
});

test('access keys are deactivated and deleted, and a user with one stays', async () => {
  await house.user('app');
  await house.user('other');
  const { AccessKey } = await house.perform('CreateAccessKey', { UserName: 'app' });
  const key = { UserName: 'app', AccessKeyId: AccessKey.AccessKeyId };
  expect(await house.refusal('DeleteUser', { UserName: 'app' })).toContain('DeleteConflictException');
  await house.perform('UpdateAccessKey', { ...key, Status: 'Inactive' });
  expect((await house.perform('ListAccessKeys', { UserName: 'app' })).AccessKeyMetadata).toMatchObject([
    { Status: 'Inactive' },
  ]);
  expect(await house.refusal('DeleteAccessKey', { ...key, UserName: 'other' })).toContain('NoSuchEntityException');
  await house.perform('DeleteAccessKey', key);
  await house.perform('DeleteUser', { UserName: 'app' });
});

test('the name of a deleted user is not used again, so that nobody inherits what policies and grants gave it', async () => {
  const former = await house.user('app');
  const { KeyMetadata } = await house.perform('CreateKey', {});
  const KeyId = KeyMetadata?.KeyId ?? '';
  await house.perform('CreateGrant', { KeyId, GranteePrincipal: former.principal.arn, Operations: ['Decrypt'] });
  await house.perform('DeleteUser', { UserName: 'app' });
  for (const UserName of ['app', 'App']) {
    expect(await house.refusal('CreateUser', { UserName })).toMatch(
      /^EntityAlreadyExistsException: A user with name \w+ existed before; .* Choose another name\.$/,
    );
  }
  await house.perform('CreateUser', { UserName: 'app-2' });
});
