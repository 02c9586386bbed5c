/** How the principals that policies and grants name are recognised, and what their names are now. */
import { currentArnOf, findPrincipalId } from '@keystead/control-plane/authorization/principal-ids.ts';
import { type PrincipalReference, parsePrincipal } from '@keystead/provider-schema/arn.ts';
import {
  accountId,
  addRoot,
  openTestControlPlane,
  region,
  rootOf,
  type TestControlPlane,
} from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let ctx: Parameters<typeof findPrincipalId>[0];
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  ctx = { store: controlPlane.store, accountId, region };
});
afterAll(() => controlPlane?.close());

const arnOf = (resource: string, account = accountId) => `arn:aws:iam::${account}:${resource}`;
const idOf = (named: string) => findPrincipalId(ctx, parsePrincipal(named) as PrincipalReference);

test('a user is recognised by its unique id, and shown by the ARN that it has now', async () => {
  const { User } = await controlPlane.perform('CreateUser', { UserName: 'alice' });
  expect(await idOf(arnOf('user/alice'))).toBe(User.UserId);
  await controlPlane.perform('UpdateUser', { UserName: 'alice', NewUserName: 'alicia' });
  expect(await currentArnOf(ctx, User.UserId, arnOf('user/alice'))).toBe(arnOf('user/alicia'));
});

test('a deleted user is shown by its unique id, and another user with its name is not mistaken for it', async () => {
  const { User } = await controlPlane.perform('CreateUser', { UserName: 'bob' });
  await controlPlane.perform('DeleteUser', { UserName: 'bob' });
  expect(await idOf(arnOf('user/bob'))).toBeUndefined();
  await controlPlane.perform('CreateUser', { UserName: 'bob' });
  expect(await idOf(arnOf('user/bob'))).not.toBe(User.UserId);
  expect(await currentArnOf(ctx, User.UserId, arnOf('user/bob'))).toBe(User.UserId);
});

test('a session is recognised by its role’s unique id and its own name', async () => {
  const trust = { Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role } = await controlPlane.perform('CreateRole', { RoleName: 'app', AssumeRolePolicyDocument });
  const session = `arn:aws:sts::${accountId}:assumed-role/app/me`;
  expect(await idOf(session)).toBe(`${Role.RoleId}:me`);
  expect(await currentArnOf(ctx, `${Role.RoleId}:me`, session)).toBe(session);
  expect(await idOf(`arn:aws:sts::${accountId}:assumed-role/App/me`)).toBeUndefined();
});

test('a user of an account elsewhere and a federated user cannot be checked, and are recognised by ARN', async () => {
  for (const named of [arnOf('user/eve', '444455556666'), `arn:aws:sts::${accountId}:federated-user/fred`]) {
    expect(await idOf(named)).toBe(named);
    expect(await currentArnOf(ctx, named, named)).toBe(named);
  }
});

test('what is told about a principal of another account is its name, whether it exists, existed or never did', async () => {
  const other = '777788889999';
  await addRoot(controlPlane.store, other, controlPlane.clock.now());
  const as = rootOf(other);
  const { User } = await controlPlane.perform('CreateUser', { UserName: 'gina' }, { as });
  const [there, nobody] = [arnOf('user/gina', other), arnOf('user/nobody', other)];
  expect([await idOf(there), await idOf(nobody)]).toEqual([User.UserId, nobody]);
  const role = `arn:aws:sts::${other}:assumed-role/nobody/xy`;
  expect(await idOf(role)).toBe(role);
  await controlPlane.perform('UpdateUser', { UserName: 'gina', NewUserName: 'regina' }, { as });
  expect(await currentArnOf(ctx, User.UserId, there)).toBe(there);
  await controlPlane.perform('DeleteUser', { UserName: 'regina' }, { as });
  expect(await currentArnOf(ctx, User.UserId, there)).toBe(there);
  // Its own account sees what became of it.
  expect(await currentArnOf({ ...ctx, accountId: other }, User.UserId, there)).toBe(User.UserId);
});

test('an account is recognised by the ARN of its root, and a unique id is taken as it is', async () => {
  expect(await idOf(accountId)).toBe(arnOf('root'));
  expect(await idOf('AIDAEXAMPLEEXAMPLE12')).toBe('AIDAEXAMPLEEXAMPLE12');
});
