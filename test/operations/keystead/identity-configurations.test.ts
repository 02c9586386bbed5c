/** All identities of an account, page by page. */
import { accountId, openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane.close());

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' }],
});
const document = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

test('every kind is shown with everything that belongs to it, and no secret', async () => {
  const { perform } = controlPlane;
  await perform('CreateUser', { UserName: 'a', Tags: [{ Key: 'Team', Value: 'x' }] });
  const { AccessKey } = await perform('CreateAccessKey', { UserName: 'a' });
  await perform('CreateGroup', { GroupName: 'g' });
  await perform('AddUserToGroup', { GroupName: 'g', UserName: 'a' });
  await perform('CreateRole', {
    RoleName: 'r',
    AssumeRolePolicyDocument: trust,
    Description: 'd',
    MaxSessionDuration: 7200,
  });
  const { Policy } = await perform('CreatePolicy', { PolicyName: 'p', PolicyDocument: document('kms:Decrypt') });
  const PolicyArn = String(Policy?.Arn);
  await perform('CreatePolicyVersion', { PolicyArn, PolicyDocument: document('kms:*'), SetAsDefault: true });
  const { OpenIDConnectProviderArn: provider = '' } = await perform('CreateOpenIDConnectProvider', {
    Url: 'https://ci.example',
  });
  await perform('PutOpenIDConnectProviderKeys', {
    OpenIDConnectProviderArn: provider,
    JwksUri: 'https://ci.example/keys',
  });
  await perform('CreateServicePrincipal', { ServiceName: 's3.amazonaws.com' });
  await perform('CreateServiceAccessKey', { ServiceName: 's3.amazonaws.com' });

  const all = await perform('ListIdentityConfigurations', { MaxItems: 1000 });
  expect(all).toMatchObject({
    AccountConfiguration: { AccountId: accountId },
    Users: [
      {
        User: { UserName: 'a', GroupList: ['g'], Tags: [{ Key: 'Team', Value: 'x' }] },
        AccessKeys: [{ AccessKeyId: AccessKey.AccessKeyId, Status: 'Active' }],
      },
    ],
    Groups: [{ GroupName: 'g' }],
    Roles: [{ Role: { RoleName: 'r' }, Description: 'd', MaxSessionDuration: 7200 }],
    OpenIDConnectProviders: [{ Arn: provider, JwksUri: 'https://ci.example/keys' }],
    ServicePrincipals: [{ Service: { ServiceName: 's3.amazonaws.com' }, AccessKeys: [{ Status: 'Active' }] }],
    IsTruncated: false,
  });
  expect(all.Policies[0]).toMatchObject({
    Policy: { PolicyName: 'p', DefaultVersionId: 'v2' },
    Document: document('kms:*'),
  });
  expect(JSON.stringify(all)).not.toContain('SecretAccessKey');
});

test('small pages together have everything once, in the same order', async () => {
  const { perform } = controlPlane;
  const whole = await perform('ListIdentityConfigurations', { MaxItems: 1000 });
  const names = (page: typeof whole) => [
    ...page.Users.map(({ User }) => User.UserName),
    ...page.Groups.map(({ GroupName }) => GroupName),
    ...page.Roles.map(({ Role }) => Role.RoleName),
    ...page.Policies.map(({ Policy }) => Policy.PolicyName),
    ...page.OpenIDConnectProviders.map(({ Arn }) => Arn),
    ...page.ServicePrincipals.map(({ Arn }) => Arn),
  ];
  const seen: unknown[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await perform('ListIdentityConfigurations', { MaxItems: 1, ...(Marker !== undefined && { Marker }) });
    expect(names(page).length).toBeLessThanOrEqual(1);
    seen.push(...names(page));
    if (!page.IsTruncated) break;
    Marker = page.Marker;
  }
  expect(seen).toEqual(names(whole));
});

test('the change log can be asked for changes of some kinds of resources only', async () => {
  const { Changes } = await controlPlane.perform('ListChanges', { ResourceTypes: ['group', 'access-key'] });
  expect(Changes.map(({ EventName }) => EventName)).toEqual([
    'CreateAccessKey',
    'CreateGroup',
    'AddUserToGroup',
    'CreateServiceAccessKey',
  ]);
  expect(await controlPlane.refusal('ListChanges', { ResourceTypes: [] })).toContain('ValidationException');
});
