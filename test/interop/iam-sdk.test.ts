/**
 * The AWS SDK's IAM client against a running server: the tests call every operation of IAM that Keystead serves, with
 * refusals as the SDK types them. The SDK checks names, types and encodings, the tests check the values.
 */
import * as iam from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { operationNames, operations } from '@keystead/provider-schema/operations/index.ts';
import { policy, trustPolicy } from '../support/documents.ts';
import { ACCOUNT, type InProcessServer, startInProcess } from '../support/in-process-server.ts';

let server: InProcessServer;
let client: iam.IAMClient;
const asked = new Set<string>();

beforeAll(async () => {
  server = await startInProcess();
  client = clientOf(server.root.credentials);
  client.middlewareStack.add(
    (next, context) => (args) => {
      asked.add(String(context.commandName).replace(/Command$/, ''));
      return next(args);
    },
    { step: 'initialize' },
  );
});
afterAll(async () => {
  client?.destroy();
  await server?.stop();
});

function clientOf(credentials: { accessKeyId: string; secretAccessKey: string }): iam.IAMClient {
  return new iam.IAMClient({ endpoint: server.endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
}

const root = `arn:aws:iam::${ACCOUNT}:root`;
const arnOf = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const decoded = (document: string | undefined) => decodeURIComponent(document ?? '');

const refusal = (sent: Promise<unknown>) =>
  sent.then(
    () => 'it was answered',
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => [error.name, error.$metadata?.httpStatusCode],
  );

test('users are created, changed and deleted', async () => {
  const UserName = 'sdk-user';
  const { User } = await client.send(
    new iam.CreateUserCommand({ UserName, Path: '/sdk/', Tags: [{ Key: 'team', Value: 'a b é' }] }),
  );
  expect(User).toMatchObject({ UserName, Arn: arnOf('user/sdk/sdk-user'), CreateDate: expect.any(Date) });
  expect(await refusal(client.send(new iam.CreateUserCommand({ UserName })))).toEqual([
    'EntityAlreadyExistsException',
    409,
  ]);
  expect((await client.send(new iam.GetUserCommand({ UserName }))).User?.Tags).toEqual([
    { Key: 'team', Value: 'a b é' },
  ]);
  expect((await client.send(new iam.GetUserCommand({}))).User?.Arn).toBe(root);
  expect((await client.send(new iam.ListUsersCommand({ PathPrefix: '/sdk/' }))).Users).toHaveLength(1);
  await client.send(new iam.TagUserCommand({ UserName, Tags: [{ Key: 'b', Value: '' }] }));
  await client.send(new iam.UntagUserCommand({ UserName, TagKeys: ['team'] }));
  expect((await client.send(new iam.ListUserTagsCommand({ UserName }))).Tags).toEqual([{ Key: 'b', Value: '' }]);
  await client.send(new iam.PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: ADMIN }));
  await client.send(new iam.DeleteUserPermissionsBoundaryCommand({ UserName }));
  await client.send(new iam.UpdateUserCommand({ UserName, NewPath: '/' }));
  const { AccessKey } = await client.send(new iam.CreateAccessKeyCommand({ UserName }));
  const AccessKeyId = AccessKey?.AccessKeyId ?? '';
  expect((await client.send(new iam.ListAccessKeysCommand({ UserName }))).AccessKeyMetadata).toMatchObject([
    { AccessKeyId, Status: 'Active', CreateDate: expect.any(Date) },
  ]);
  expect((await client.send(new iam.GetAccessKeyLastUsedCommand({ AccessKeyId }))).AccessKeyLastUsed).toEqual({
    ServiceName: 'N/A',
    Region: 'N/A',
  });
  expect(await refusal(client.send(new iam.DeleteUserCommand({ UserName })))).toEqual(['DeleteConflictException', 409]);
  await client.send(new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
  await client.send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await client.send(new iam.DeleteUserCommand({ UserName }));
  expect(await refusal(client.send(new iam.GetUserCommand({ UserName })))).toEqual(['NoSuchEntityException', 404]);
});

test('groups have members, and users, groups and roles have policies', async () => {
  const [UserName, GroupName, RoleName, PolicyName] = ['e-user', 'e-group', 'e-role', 'inline'];
  const PolicyDocument = policy('kms:Encrypt', 'arn:aws:kms:*:*:key/*');
  await client.send(new iam.CreateUserCommand({ UserName }));
  const { Group } = await client.send(new iam.CreateGroupCommand({ GroupName }));
  expect(Group?.Arn).toBe(arnOf('group/e-group'));
  const AssumeRolePolicyDocument = trustPolicy(root);
  const { Role } = await client.send(
    new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Description: 'é <a & "b">' }),
  );
  expect([decoded(Role?.AssumeRolePolicyDocument), Role?.Description]).toEqual([
    AssumeRolePolicyDocument,
    'é <a & "b">',
  ]);
  await client.send(new iam.AddUserToGroupCommand({ GroupName, UserName }));
  expect((await client.send(new iam.GetGroupCommand({ GroupName }))).Users?.map((user) => user.UserName)).toEqual([
    UserName,
  ]);
  expect((await client.send(new iam.ListGroupsCommand({}))).Groups).toHaveLength(1);
  expect((await client.send(new iam.ListGroupsForUserCommand({ UserName }))).Groups).toHaveLength(1);
  await client.send(new iam.UpdateGroupCommand({ GroupName, NewPath: '/g/' }));

  await client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
  await client.send(new iam.PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument }));
  await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  const documents = await Promise.all([
    client.send(new iam.GetUserPolicyCommand({ UserName, PolicyName })),
    client.send(new iam.GetGroupPolicyCommand({ GroupName, PolicyName })),
    client.send(new iam.GetRolePolicyCommand({ RoleName, PolicyName })),
  ]);
  for (const answer of documents) expect(decoded(answer.PolicyDocument)).toBe(PolicyDocument);
  const lists = await Promise.all([
    client.send(new iam.ListUserPoliciesCommand({ UserName })),
    client.send(new iam.ListGroupPoliciesCommand({ GroupName })),
    client.send(new iam.ListRolePoliciesCommand({ RoleName })),
  ]);
  for (const answer of lists) expect([answer.PolicyNames, answer.IsTruncated]).toEqual([[PolicyName], false]);

  await client.send(new iam.AttachUserPolicyCommand({ UserName, PolicyArn: ADMIN }));
  await client.send(new iam.AttachGroupPolicyCommand({ GroupName, PolicyArn: ADMIN }));
  await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: ADMIN }));
  const attached = await Promise.all([
    client.send(new iam.ListAttachedUserPoliciesCommand({ UserName })),
    client.send(new iam.ListAttachedGroupPoliciesCommand({ GroupName })),
    client.send(new iam.ListAttachedRolePoliciesCommand({ RoleName })),
  ]);
  const expected = [{ PolicyName: 'AdministratorAccess', PolicyArn: ADMIN }];
  for (const answer of attached) expect(answer.AttachedPolicies).toEqual(expected);
  const entities = await client.send(new iam.ListEntitiesForPolicyCommand({ PolicyArn: ADMIN }));
  expect([entities.PolicyUsers?.length, entities.PolicyGroups?.length, entities.PolicyRoles?.length]).toEqual([
    1, 1, 1,
  ]);

  const details = await client.send(new iam.GetAccountAuthorizationDetailsCommand({}));
  expect(details.UserDetailList?.[0]).toMatchObject({ UserName, GroupList: [GroupName] });
  expect(decoded(details.UserDetailList?.[0]?.UserPolicyList?.[0]?.PolicyDocument)).toBe(PolicyDocument);
  expect((await client.send(new iam.GetAccountSummaryCommand({}))).SummaryMap).toMatchObject({ Users: 1, Roles: 1 });

  await client.send(new iam.CreateAccountAliasCommand({ AccountAlias: 'acme' }));
  expect((await client.send(new iam.ListAccountAliasesCommand({}))).AccountAliases).toEqual(['acme']);
  await client.send(new iam.DeleteAccountAliasCommand({ AccountAlias: 'acme' }));
  expect((await client.send(new iam.ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);

  await client.send(new iam.DetachUserPolicyCommand({ UserName, PolicyArn: ADMIN }));
  await client.send(new iam.DetachGroupPolicyCommand({ GroupName, PolicyArn: ADMIN }));
  await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn: ADMIN }));
  await client.send(new iam.DeleteUserPolicyCommand({ UserName, PolicyName }));
  await client.send(new iam.DeleteGroupPolicyCommand({ GroupName, PolicyName }));
  await client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName }));
  expect(await refusal(client.send(new iam.DeleteGroupCommand({ GroupName })))).toEqual([
    'DeleteConflictException',
    409,
  ]);
  await client.send(new iam.RemoveUserFromGroupCommand({ GroupName, UserName }));
  await client.send(new iam.DeleteGroupCommand({ GroupName }));
  await client.send(new iam.DeleteRoleCommand({ RoleName }));
  await client.send(new iam.DeleteUserCommand({ UserName }));
});

test('roles', async () => {
  const RoleName = 'sdk-role';
  const document = trustPolicy(root);
  await client.send(
    new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document, MaxSessionDuration: 7200 }),
  );
  await client.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: document }));
  const described = await client.send(new iam.UpdateRoleDescriptionCommand({ RoleName, Description: 'd' }));
  expect(described.Role?.Description).toBe('d');
  await client.send(new iam.UpdateRoleCommand({ RoleName, Description: 'e', MaxSessionDuration: 3600 }));
  await client.send(new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: ADMIN }));
  await client.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: 'a', Value: 'b' }] }));
  expect((await client.send(new iam.ListRoleTagsCommand({ RoleName }))).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  expect((await client.send(new iam.GetRoleCommand({ RoleName }))).Role).toMatchObject({
    Description: 'e',
    MaxSessionDuration: 3600,
    PermissionsBoundary: { PermissionsBoundaryArn: ADMIN },
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  await client.send(new iam.UntagRoleCommand({ RoleName, TagKeys: ['a'] }));
  await client.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName }));
  expect((await client.send(new iam.ListRolesCommand({}))).Roles).toHaveLength(1);
  expect((await client.send(new iam.ListInstanceProfilesForRoleCommand({ RoleName }))).InstanceProfiles).toEqual([]);
  const bad = new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: '{' });
  expect(await refusal(client.send(bad))).toEqual(['MalformedPolicyDocumentException', 400]);
  await client.send(new iam.DeleteRoleCommand({ RoleName }));
});

test('service-linked roles are created, protected and deleted by a task', async () => {
  const AWSServiceName = 'autoscaling.amazonaws.com';
  const { Role } = await client.send(new iam.CreateServiceLinkedRoleCommand({ AWSServiceName }));
  const RoleName = Role?.RoleName ?? '';
  expect(Role?.Arn).toBe(arnOf(`role/aws-service-role/${AWSServiceName}/AWSServiceRoleForAutoScaling`));
  expect(await refusal(client.send(new iam.DeleteRoleCommand({ RoleName })))).toEqual([
    'UnmodifiableEntityException',
    400,
  ]);
  const { DeletionTaskId } = await client.send(new iam.DeleteServiceLinkedRoleCommand({ RoleName }));
  expect(
    await client.send(new iam.GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId: DeletionTaskId ?? '' })),
  ).toMatchObject({ Status: 'SUCCEEDED' });
});

test('managed policies and their versions', async () => {
  const { Policy } = await client.send(
    new iam.CreatePolicyCommand({
      PolicyName: 'sdk',
      PolicyDocument: policy('kms:*'),
      Tags: [{ Key: 'a', Value: 'b' }],
    }),
  );
  const PolicyArn = Policy?.Arn ?? '';
  expect(Policy).toMatchObject({ DefaultVersionId: 'v1', IsAttachable: true, AttachmentCount: 0 });
  await client.send(
    new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: policy('kms:List*'), SetAsDefault: true }),
  );
  const { PolicyVersion } = await client.send(new iam.GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
  expect([decoded(PolicyVersion?.Document), PolicyVersion?.IsDefaultVersion]).toEqual([policy('kms:List*'), true]);
  expect((await client.send(new iam.ListPolicyVersionsCommand({ PolicyArn }))).Versions).toHaveLength(2);
  await client.send(new iam.SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
  expect(await refusal(client.send(new iam.DeletePolicyCommand({ PolicyArn })))).toEqual([
    'DeleteConflictException',
    409,
  ]);
  await client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
  await client.send(new iam.TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'c', Value: 'd' }] }));
  await client.send(new iam.UntagPolicyCommand({ PolicyArn, TagKeys: ['a'] }));
  expect((await client.send(new iam.ListPolicyTagsCommand({ PolicyArn }))).Tags).toEqual([{ Key: 'c', Value: 'd' }]);
  expect((await client.send(new iam.GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId).toBe('v1');
  const names: (string | undefined)[] = [];
  for await (const page of iam.paginateListPolicies({ client, pageSize: 2 }, { Scope: 'All' })) {
    names.push(...(page.Policies ?? []).map((each) => each.PolicyName));
  }
  expect(names[0]).toBe('sdk');
  expect(names).toContain('AdministratorAccess');
  await client.send(new iam.DeletePolicyCommand({ PolicyArn }));
});

test('OpenID Connect providers', async () => {
  const { OpenIDConnectProviderArn } = await client.send(
    new iam.CreateOpenIDConnectProviderCommand({
      Url: 'https://token.actions.example.com',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: ['6938fd4d98bab03faadb97b34396831e3780aea1'],
    }),
  );
  const provider = { OpenIDConnectProviderArn };
  await client.send(new iam.AddClientIDToOpenIDConnectProviderCommand({ ...provider, ClientID: 'second' }));
  await client.send(new iam.RemoveClientIDFromOpenIDConnectProviderCommand({ ...provider, ClientID: 'second' }));
  await client.send(
    new iam.UpdateOpenIDConnectProviderThumbprintCommand({ ...provider, ThumbprintList: ['a'.repeat(40)] }),
  );
  await client.send(new iam.TagOpenIDConnectProviderCommand({ ...provider, Tags: [{ Key: 'a', Value: 'b' }] }));
  expect((await client.send(new iam.ListOpenIDConnectProviderTagsCommand(provider))).Tags).toHaveLength(1);
  await client.send(new iam.UntagOpenIDConnectProviderCommand({ ...provider, TagKeys: ['a'] }));
  expect(await client.send(new iam.GetOpenIDConnectProviderCommand(provider))).toMatchObject({
    Url: 'token.actions.example.com',
    ClientIDList: ['sts.amazonaws.com'],
    ThumbprintList: ['a'.repeat(40)],
  });
  expect((await client.send(new iam.ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList).toHaveLength(1);
  await client.send(new iam.DeleteOpenIDConnectProviderCommand(provider));
});

test('a new user can sign at once and do what its policies allow; a refusal names the missing permission', async () => {
  const UserName = 'signer';
  await client.send(new iam.CreateUserCommand({ UserName }));
  const { AccessKey } = await client.send(new iam.CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  const theirs = clientOf(credentials);
  expect(await refusal(theirs.send(new iam.ListUsersCommand({})))).toEqual(['AccessDenied', 403]);
  const document = policy('iam:ListUsers');
  await client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: document }));
  expect((await theirs.send(new iam.ListUsersCommand({}))).Users).toHaveLength(1);
  const sts = new STSClient({ endpoint: server.endpoint, region: 'eu-central-1', credentials });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: arnOf('user/signer') });
  await client.send(
    new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId: credentials.accessKeyId, Status: 'Inactive' }),
  );
  expect(await refusal(theirs.send(new iam.ListUsersCommand({})))).toEqual(['InvalidClientTokenId', 403]);
  const wrong = clientOf({ ...server.root.credentials, secretAccessKey: 'x'.repeat(40) });
  expect(await refusal(wrong.send(new iam.ListUsersCommand({})))).toEqual(['SignatureDoesNotMatch', 403]);
  for (const each of [theirs, wrong]) each.destroy();
  sts.destroy();
});

test('operations of IAM that Keystead does not have are refused as unknown actions', async () => {
  expect(await refusal(client.send(new iam.ListMFADevicesCommand({})))).toEqual(['InvalidAction', 400]);
});

test('input is checked against IAM’s own limits', async () => {
  expect(await refusal(client.send(new iam.CreateUserCommand({ UserName: 'not a name' })))).toEqual([
    'ValidationError',
    400,
  ]);
});

test('the tests called every operation of IAM', () => {
  const served = operationNames.filter((name) => operations[name].service === 'iam');
  expect(served.filter((name) => !asked.has(name))).toEqual([]);
});
