import { defined } from '@keystead/provider-schema/defined.ts';
import { allowed, everything } from '../../support/callers.ts';
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

  test('are put into an organization and taken out of it, on record', async () => {
    const AccountId = '444455556666';
    const OrganizationPaths = ['o-a1b2c3d4e5/r-ab12/', 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/'];
    const shown = async () =>
      (await controlPlane.perform('ListAccounts', {})).Accounts.find((each) => each.AccountId === AccountId);
    const input = { AccountId, OrganizationId: 'o-a1b2c3d4e5', OrganizationPaths };
    await controlPlane.perform('PutAccountOrganization', input);
    expect(await shown()).toMatchObject(input);
    const [put] = await controlPlane.events('PutAccountOrganization');
    expect(put).toMatchObject({
      userIdentity: { type: 'Root', accountId: '111122223333' },
      readOnly: false,
      requestParameters: {
        accountId: AccountId,
        organizationId: 'o-a1b2c3d4e5',
        organizationPaths: OrganizationPaths,
      },
    });
    const { Changes } = await controlPlane.perform('ListChanges', {});
    expect(Changes.at(-1)).toMatchObject({
      ResourceType: 'account',
      ResourceId: AccountId,
      Kind: 'updated',
      EventName: 'PutAccountOrganization',
    });
    await controlPlane.perform('PutAccountOrganization', { AccountId, OrganizationId: 'o-zzzzzzzzzz' });
    expect(await shown()).toMatchObject({ OrganizationId: 'o-zzzzzzzzzz', OrganizationPaths: [] });
    await controlPlane.perform('DeleteAccountOrganization', { AccountId });
    expect(await shown()).not.toHaveProperty('OrganizationId');
    expect(await controlPlane.refusal('DeleteAccountOrganization', { AccountId })).toBe(
      'NoSuchEntityException: The account 444455556666 does not have an organization.',
    );
  });

  test('are not put into an organization by malformed ids and paths, or paths of another one', async () => {
    const refusal = (more: object) =>
      controlPlane.refusal('PutAccountOrganization', {
        AccountId: '444455556666',
        OrganizationId: 'o-a1b2c3d4e5',
        ...more,
      });
    for (const OrganizationId of ['a1b2c3d4e5', 'o-short', 'o-A1B2C3D4E5', `o-${'a'.repeat(33)}`, 'o-a1b2c3d4e5/']) {
      expect(await refusal({ OrganizationId })).toMatch(/^ValidationException: .*organizationId/);
    }
    const malformed = [
      'o-a1b2c3d4e5',
      'o-a1b2c3d4e5/',
      'o-a1b2c3d4e5/r-ab12',
      'o-a1b2c3d4e5/ou-ab12-11111111/',
      'o-a1b2c3d4e5/r-ab12/ou-ab12-1/',
      'o-a1b2c3d4e5/r-ab12/*',
      `o-a1b2c3d4e5/r-ab12/${'ou-ab12-11111111/'.repeat(6)}`,
    ];
    for (const path of malformed) {
      expect(await refusal({ OrganizationPaths: [path] })).toMatch(/^ValidationException: .*organizationPaths/);
    }
    expect(await refusal({ OrganizationPaths: ['o-zzzzzzzzzz/r-ab12/'] })).toBe(
      'InvalidInputException: The path o-zzzzzzzzzz/r-ab12/ is not in the organization o-a1b2c3d4e5.',
    );
    expect(await refusal({ OrganizationPaths: ['o-a1b2c3d4e5/r-ab12/ou-cd34-11111111/'] })).toMatch(
      /^InvalidInputException: The organizational unit ou-cd34-11111111/,
    );
    expect(await refusal({ AccountId: '999999999999' })).toBe(
      'NoSuchEntityException: The account 999999999999 does not exist.',
    );
    expect(await controlPlane.perform('ListAccounts', {})).not.toHaveProperty('Accounts[1].OrganizationId');
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

  test('are put into an organization by the root user of the first account only', async () => {
    const input = { AccountId: '444455556666', OrganizationId: 'o-a1b2c3d4e5' };
    const administrator = allowed(await controlPlane.user('administrator'), everything);
    for (const as of [rootOf('444455556666'), administrator]) {
      expect(await controlPlane.refusal('PutAccountOrganization', input, { as })).toBe(
        "AccessDeniedException: Only the root user of the installation's first account can do this.",
      );
      expect(await controlPlane.refusal('DeleteAccountOrganization', { AccountId: input.AccountId }, { as })).toContain(
        'Only the root user',
      );
    }
    const nobody = await controlPlane.user('nobody');
    expect(await controlPlane.refusal('PutAccountOrganization', input, { as: nobody })).toContain(
      'is not authorized to perform: keystead:PutAccountOrganization',
    );
  });
});
