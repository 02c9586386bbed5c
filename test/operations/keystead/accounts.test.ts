import { defined } from '@keystead/provider-schema/defined.ts';
import { policy, trustPolicy } from '../../support/documents.ts';
import { openTestControlPlane, rootOf, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  await controlPlane.store.write({
    mutations: [{ op: 'insert', table: 'meta', row: { name: 'first-account', value: '111122223333' } }],
    changes: [],
    audit: [],
  });
});
afterAll(() => controlPlane?.close());

describe('accounts', () => {
  test('are created by the root user of the first account, with a secret shown once, and are separate', async () => {
    const { Account, AccessKey } = await controlPlane.perform('CreateAccount', {
      AccountId: '444455556666',
      AccountName: 'payments',
    });
    expect(Account).toMatchObject({ AccountId: '444455556666', AccountName: 'payments' });
    expect(await controlPlane.store.findAccessKey(AccessKey.AccessKeyId)).toMatchObject({
      status: 'Active',
      principal: { kind: 'root', arn: 'arn:aws:iam::444455556666:root' },
    });
    const [event] = await controlPlane.events('CreateAccount');
    expect(JSON.stringify(event)).not.toContain(AccessKey.SecretAccessKey);
    const as = rootOf('444455556666');
    await controlPlane.perform('CreateUser', { UserName: 'app' });
    await controlPlane.perform('CreateUser', { UserName: 'app' }, { as });
    expect((await controlPlane.perform('ListUsers', {}, { as })).Users.map((user) => user.Arn)).toEqual([
      'arn:aws:iam::444455556666:user/app',
    ]);
    expect((await controlPlane.perform('ListAccounts', {})).Accounts.map((each) => each.AccountId)).toEqual([
      '111122223333',
      '444455556666',
    ]);
    expect(await controlPlane.refusal('CreateAccount', { AccountId: '444455556666' })).toContain('EntityAlreadyExists');
  });

  test('are not created by the root user of a further account, or by anyone else', async () => {
    const as = rootOf('444455556666');
    expect(await controlPlane.refusal('CreateAccount', { AccountId: '777788889999' }, { as })).toContain(
      'AccessDenied',
    );
    expect(await controlPlane.refusal('ListAccounts', {}, { as })).toContain('AccessDenied');
    const user = await controlPlane.user('friend');
    expect(await controlPlane.refusal('ListAccounts', {}, { as: user })).toContain('AccessDenied');
  });

  test('show their counts beside their quotas', async () => {
    await controlPlane.perform('CreateGroup', { GroupName: 'g' });
    const { SummaryMap } = await controlPlane.perform('GetAccountSummary', {});
    expect(SummaryMap).toMatchObject({ Users: 2, Groups: 1, Roles: 0, UsersQuota: 5000, GroupsPerUserQuota: 10 });
  });

  test('list all identities and policies, page by page', async () => {
    const PolicyArn = 'arn:aws:iam::111122223333:policy/p';
    await controlPlane.perform('CreatePolicy', { PolicyName: 'p', PolicyDocument: policy('kms:*') });
    await controlPlane.perform('AddUserToGroup', { GroupName: 'g', UserName: 'app' });
    await controlPlane.perform('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
    await controlPlane.perform('PutUserPolicy', {
      UserName: 'app',
      PolicyName: 'i',
      PolicyDocument: policy('kms:List*'),
    });
    const AssumeRolePolicyDocument = trustPolicy('arn:aws:iam::111122223333:root');
    await controlPlane.perform('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument });
    const whole = await controlPlane.perform('GetAccountAuthorizationDetails', {});
    expect(whole.UserDetailList?.[0]).toMatchObject({
      UserName: 'app',
      GroupList: ['g'],
      UserPolicyList: [{ PolicyName: 'i', PolicyDocument: policy('kms:List*') }],
    });
    expect(whole.GroupDetailList).toMatchObject([
      { GroupName: 'g', AttachedManagedPolicies: [{ PolicyName: 'p', PolicyArn }] },
    ]);
    expect(whole.RoleDetailList).toMatchObject([{ RoleName: 'r', AssumeRolePolicyDocument }]);
    expect(whole.Policies?.[0]).toMatchObject({
      PolicyName: 'p',
      AttachmentCount: 1,
      PolicyVersionList: [{ VersionId: 'v1', Document: policy('kms:*') }],
    });
    const only = await controlPlane.perform('GetAccountAuthorizationDetails', {
      Filter: ['Role', 'LocalManagedPolicy'],
    });
    expect([only.UserDetailList, only.RoleDetailList?.length, only.Policies?.length]).toEqual([[], 1, 1]);

    const seen: (string | undefined)[] = [];
    for (let Marker: string | undefined, more = true; more; ) {
      const page = await controlPlane.perform('GetAccountAuthorizationDetails', {
        MaxItems: 1,
        ...defined({ Marker }),
      });
      seen.push(...(page.UserDetailList ?? []).map((each) => each.UserName));
      seen.push(...(page.GroupDetailList ?? []).map((each) => each.GroupName));
      seen.push(...(page.RoleDetailList ?? []).map((each) => each.RoleName));
      seen.push(...(page.Policies ?? []).map((each) => each.PolicyName));
      Marker = page.Marker;
      more = page.IsTruncated ?? false;
    }
    expect(seen).toEqual([
      'app',
      'friend',
      'g',
      'r',
      'p',
      ...(whole.Policies ?? []).slice(1).map((each) => each.PolicyName),
    ]);
  });
});
