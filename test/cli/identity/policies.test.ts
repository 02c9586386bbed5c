/** `keystead identity` beyond users: groups, roles, policies, boundaries, providers, accounts and services. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policy, trustPolicy } from '../../support/documents.ts';
import { runKeystead, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let document: string;
let trust: string;

beforeAll(async () => {
  server = await startServer();
  document = join(server.dataDir, 'policy.json');
  trust = join(server.dataDir, 'trust.json');
  await writeFile(document, policy('iam:List*'));
  await writeFile(trust, trustPolicy(arnOf('root')));
});
afterAll(() => server?.stop());

const arnOf = (resource: string) => `arn:aws:iam::${server.accountId}:${resource}`;

/** Runs a command that must succeed. @returns what it prints */
async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await server.keystead('identity', ...args);
  const warned = stderr.replace('The secret is shown only once: store it now.\n', '');
  expect({ args, code, warned }).toEqual({ args, code: 0, warned: '' });
  return stdout;
}

async function refused(...args: string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  const { code, stdout, stderr } = await server.keystead('identity', ...args);
  expect(stdout).toBe('');
  return { code, stderr };
}

/** The environment of a caller with a printed section of a credentials file. */
function envOf(printed: string): Readonly<Record<string, string>> {
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(printed)?.[1] ?? '';
  return {
    KEYSTEAD_ENDPOINT: server.endpoint,
    AWS_ACCESS_KEY_ID: value('aws_access_key_id'),
    AWS_SECRET_ACCESS_KEY: value('aws_secret_access_key'),
  };
}

test('a user can do what its group’s policy allows, within its boundary, and is deleted with all of it', async () => {
  const alice = envOf(await done('create-user', 'alice', '--path', '/staff/'));
  const listing = () => runKeystead(['identity', 'list-users'], alice);
  expect((await listing()).code).toBe(1);
  expect(await done('create-policy', 'lister', document, '--description', 'lists')).toBe(`${arnOf('policy/lister')}\n`);
  expect(await done('create-group', 'auditors')).toBe(`${arnOf('group/auditors')}\n`);
  await done('attach-policy', 'lister', '--group', 'auditors');
  await done('add-to-group', 'auditors', 'alice');
  expect(await listing()).toMatchObject({ code: 0, stdout: `alice\t${arnOf('user/staff/alice')}\n` });
  expect(await done('list-groups')).toBe(`auditors\t${arnOf('group/auditors')}\talice\n`);
  await writeFile(document, policy('kms:*'));
  expect(await done('update-policy', 'lister', document)).toBe(`${arnOf('policy/lister')}\tv2\n`);
  expect((await listing()).code).toBe(1);
  await done('put-policy', 'own', document, '--user', 'alice');
  await done('attach-policy', 'AdministratorAccess', '--user', 'alice');
  expect((await listing()).code).toBe(0);
  await done('set-boundary', 'lister', '--user', 'alice');
  expect((await listing()).code).toBe(1);
  await done('remove-boundary', '--user', 'alice');
  expect(await done('list-policies-of', '--user', 'alice')).toBe(
    'inline\town\nattached\tarn:aws:iam::aws:policy/AdministratorAccess\n',
  );
  expect((await refused('delete-policy', 'lister')).stderr).toContain('Cannot delete a policy attached to entities.');
  await done('delete-user', 'alice');
  expect((await listing()).stderr).toContain('UnrecognizedClientException');
  await done('delete-group', 'auditors');
  await done('delete-policy', 'lister');
});

test('a role is made from a trust policy, changed and deleted with its policies', async () => {
  expect(await done('create-role', 'ci', trust, '--max-session-hours', '2')).toBe(`${arnOf('role/ci')}\n`);
  await done('put-policy', 'own', document, '--role', 'ci');
  await done('put-trust-policy', 'ci', trust);
  expect(await done('list-roles')).toBe(`ci\t${arnOf('role/ci')}\n`);
  await done('delete-role', 'ci');
});

test('a provider is trusted with keys from a file', async () => {
  const keys = join(server.dataDir, 'jwks.json');
  await writeFile(keys, JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] }));
  const arn = arnOf('oidc-provider/ci.example.com');
  expect(await done('create-oidc-provider', 'https://ci.example.com', '--jwks-file', keys)).toBe(`${arn}\n`);
  expect(await done('list-oidc-providers')).toBe(`${arn}\n`);
  await done('set-oidc-keys', arn);
  await done('delete-oidc-provider', arn);
  expect((await refused('delete-oidc-provider', arn)).stderr).toContain(`There is no provider ${arn}.`);
});

test('a further account has a root user of its own, who cannot make accounts', async () => {
  const printed = await done('create-account', '444455556666', '--name', 'payments');
  expect(printed).toMatch(/^# root user of account 444455556666\n\[payments\]\naws_access_key_id = AKIA/);
  expect(await done('list-accounts')).toBe(`${server.accountId}\t\n444455556666\tpayments\n`);
  const theirs = envOf(printed);
  const made = await runKeystead(['identity', 'create-user', 'bob'], theirs);
  expect(made.stdout).toMatch(/^# arn:aws:iam::444455556666:user\/bob\n/);
  const refusedThem = await runKeystead(['identity', 'create-account', '777788889999'], theirs);
  expect(refusedThem.stderr).toContain("Only the root user of the installation's first account can do this.");
});

test('an account is put into an organization, listed with its paths, and taken out', async () => {
  const [first, second] = ['o-a1b2c3d4e5/r-ab12/', 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/'];
  await done('set-organization', server.accountId, 'o-a1b2c3d4e5', '--paths', `${first},${second}`);
  expect(await done('list-accounts')).toContain(`${server.accountId}\t\to-a1b2c3d4e5\t${first}\t${second}\n`);
  expect((await refused('set-organization', server.accountId, 'a1b2c3d4e5')).stderr).toContain('organizationId');
  const strange = await refused('set-organization', server.accountId, 'o-zzzzzzzzzz', '--paths', first);
  expect(strange.stderr).toContain('is not in the organization o-zzzzzzzzzz');
  await done('set-organization', server.accountId, 'o-a1b2c3d4e5');
  expect(await done('list-accounts')).toContain(`${server.accountId}\t\to-a1b2c3d4e5\n`);
  await done('remove-organization', server.accountId);
  expect(await done('list-accounts')).toContain(`${server.accountId}\t\n`);
  expect((await refused('remove-organization', server.accountId)).stderr).toContain('does not have an organization');
});

test('a service is made with an access key, and deleted with all of them', async () => {
  const printed = await done('create-service', 'dynamodb.amazonaws.com');
  expect(printed).toMatch(/^\[dynamodb\.amazonaws\.com\]\naws_access_key_id = AKIA/);
  await done('create-service-access-key', 'dynamodb.amazonaws.com');
  const listed = await done('list-services');
  expect(listed).toMatch(/^dynamodb\.amazonaws\.com\tAKIA\w+ AKIA\w+\n$/);
  const id = /AKIA\w+/.exec(listed)?.[0] ?? '';
  await done('delete-service-access-key', 'dynamodb.amazonaws.com', id);
  await done('delete-service', 'dynamodb.amazonaws.com');
});

test('a mistake is reported with what to do instead', async () => {
  const nobody = await refused('attach-policy', 'AdministratorAccess');
  expect(nobody).toEqual({
    code: 2,
    stderr: 'keystead: The owner of the policy is missing.\nhint: Give --user NAME, --group NAME or --role NAME.\n',
  });
  const unnamed = await refused('attach-policy', 'absent', '--user', 'x');
  expect(unnamed.stderr).toMatch(/^keystead: There is no managed policy named absent\.\nhint: /);
  const unread = await refused('put-policy', 'p', '/nowhere.json', '--user', 'x');
  expect(unread.stderr).toMatch(/^keystead: \/nowhere\.json cannot be read: .*\nhint: Name a file/);
  const both = await refused('attach-policy', 'AdministratorAccess', '--user', 'a', '--group', 'b');
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('cannot be used with option')]);
});
