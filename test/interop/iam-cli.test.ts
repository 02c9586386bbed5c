/** `aws iam` and `aws sts` against a running server, as an administrator uses them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { awsCommandLine } from '../support/aws-command-line.ts';
import { policy, trustPolicy } from '../support/documents.ts';
import { needs } from '../support/needs.ts';
import { type CommandResult, startServer, type TestServer } from '../support/server.ts';

needs('aws');

/** Thirty commands. */
jest.setTimeout(300_000);

const commandLine = awsCommandLine();
let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

type Json = Readonly<Record<string, unknown>>;

function aws(service: string, ...args: readonly string[]): Promise<CommandResult> {
  const { AWS_SESSION_TOKEN: _, ...env } = { ...process.env, ...server.env };
  return commandLine([service, ...args, '--endpoint-url', server.endpoint, '--output', 'json'], env);
}

async function answer(...args: readonly [string, ...string[]]): Promise<Json> {
  const { code, stdout, stderr } = await aws(...args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout === '' ? {} : (JSON.parse(stdout) as Json);
}

async function refused(...args: readonly [string, ...string[]]): Promise<string> {
  const { code, stderr } = await aws(...args);
  // 254 or 255, by the version of the command line.
  expect([args, code >= 254]).toEqual([args, true]);
  return stderr.trim();
}

test('an administrator creates a user, a group, a role and policies, and deletes them again', async () => {
  const document = join(server.dataDir, 'policy.json');
  const trust = join(server.dataDir, 'trust.json');
  await writeFile(document, policy('kms:Decrypt'));
  await writeFile(trust, trustPolicy(`arn:aws:iam::${server.accountId}:root`));
  expect(await answer('sts', 'get-caller-identity')).toMatchObject({ Arn: `arn:aws:iam::${server.accountId}:root` });
  const { Policy } = (await answer(
    ...['iam', 'create-policy', '--policy-name', 'decrypt', '--policy-document', `file://${document}`],
  )) as { Policy: { Arn: string } };
  expect(await answer('iam', 'create-user', '--user-name', 'cli', '--tags', 'Key=team,Value=a')).toMatchObject({
    User: { UserName: 'cli', Tags: [{ Key: 'team', Value: 'a' }] },
  });
  await answer('iam', 'create-group', '--group-name', 'ops');
  await answer('iam', 'add-user-to-group', '--group-name', 'ops', '--user-name', 'cli');
  await answer('iam', 'attach-group-policy', '--group-name', 'ops', '--policy-arn', Policy.Arn);
  const role = ['--role-name', 'ci', '--assume-role-policy-document', `file://${trust}`];
  expect(await answer('iam', 'create-role', ...role)).toMatchObject({
    Role: { AssumeRolePolicyDocument: JSON.parse(trustPolicy(`arn:aws:iam::${server.accountId}:root`)) },
  });
  await answer(
    'iam',
    'put-role-policy',
    '--role-name',
    'ci',
    '--policy-name',
    'p',
    '--policy-document',
    `file://${document}`,
  );
  expect(await answer('iam', 'get-role-policy', '--role-name', 'ci', '--policy-name', 'p')).toEqual({
    RoleName: 'ci',
    PolicyName: 'p',
    PolicyDocument: JSON.parse(policy('kms:Decrypt')),
  });
  expect(await answer('iam', 'list-attached-group-policies', '--group-name', 'ops')).toEqual({
    AttachedPolicies: [{ PolicyName: 'decrypt', PolicyArn: Policy.Arn }],
  });
  expect(await answer('iam', 'get-policy-version', '--policy-arn', Policy.Arn, '--version-id', 'v1')).toMatchObject({
    PolicyVersion: { Document: JSON.parse(policy('kms:Decrypt')) },
  });
  expect(await refused('iam', 'delete-policy', '--policy-arn', Policy.Arn)).toBe(
    'An error occurred (DeleteConflict) when calling the DeletePolicy operation: Cannot delete a policy attached to entities.',
  );
  expect(await refused('iam', 'delete-group', '--group-name', 'ops')).toContain('(DeleteConflict)');
  expect(await refused('iam', 'create-user', '--user-name', 'CLI')).toContain('(EntityAlreadyExists)');
  expect(await refused('iam', 'get-user', '--user-name', 'absent')).toBe(
    'An error occurred (NoSuchEntity) when calling the GetUser operation: The user with name absent cannot be found.',
  );
  await answer('iam', 'detach-group-policy', '--group-name', 'ops', '--policy-arn', Policy.Arn);
  await answer('iam', 'remove-user-from-group', '--group-name', 'ops', '--user-name', 'cli');
  await answer('iam', 'delete-group', '--group-name', 'ops');
  await answer('iam', 'delete-policy', '--policy-arn', Policy.Arn);
  await answer('iam', 'delete-role-policy', '--role-name', 'ci', '--policy-name', 'p');
  await answer('iam', 'delete-role', '--role-name', 'ci');
  await answer('iam', 'delete-user', '--user-name', 'cli');
});

test('lists are paged by the command line itself', async () => {
  const names = ['page-a', 'page-b'];
  for (const name of names) await answer('iam', 'create-user', '--user-name', name, '--path', '/pages/');
  const { Users } = (await answer('iam', 'list-users', '--page-size', '1', '--path-prefix', '/pages/')) as {
    Users: { UserName: string }[];
  };
  expect(Users.map((user) => user.UserName)).toEqual(names);
});
