/**
 * Organizations through a whole server: set over REST, used by signed requests of another account, warned of in answers,
 * and still there after a restart.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aKey, aUser, type Caller, caller } from '../support/calls.ts';
import { policy } from '../support/documents.ts';
import { startServer, type TestServer } from '../support/server.ts';

const OTHER = '444455556666';
const organization = { OrganizationId: 'o-a1b2c3d4e5', OrganizationPaths: ['o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/'] };
const inUnit = {
  Sid: 'org',
  Effect: 'Allow',
  Principal: '*',
  Action: 'kms:Encrypt',
  Resource: '*',
  Condition: {
    StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' },
    'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/*' },
  },
};
const account = { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'kms:*', Resource: '*' };
const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [account, inUnit] });

let dataDir: string;
let server: TestServer;
let root: Caller;
let partner: Caller;
let key: Awaited<ReturnType<typeof aKey>>;

const start = async () => {
  server = await startServer({ dataDir });
  root = caller(server.endpoint, server.credentials);
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-organizations-'));
  await start();
  const made = await root.rest('POST', '/v1/accounts', { AccountId: OTHER });
  const shown = made.json.AccessKey as { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  const otherRoot = caller(server.endpoint, {
    accessKeyId: shown.AccessKeyId,
    secretAccessKey: shown.SecretAccessKey,
  });
  const user = await aUser(otherRoot, 'partner');
  const document = { PolicyDocument: policy('kms:*') };
  expect((await otherRoot.rest('PUT', '/v1/users/partner/policies/kms', document)).code).toBeUndefined();
  partner = caller(server.endpoint, user);
  key = await aKey(root, { Policy });
});
afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const encrypt = () => partner.aws('Encrypt', { KeyId: key.arn, Plaintext: 'aGVsbG8=' });

test('both doors warn in a header while no account is in an organization, and the answer stays as it is', async () => {
  const warning =
    /^Allow "org" never applies, because StringEquals aws:PrincipalOrgID never holds: .* Allow "org" never applies/;
  const byAws = await root.aws('PutKeyPolicy', { KeyId: key.keyId, Policy });
  expect([byAws.status, byAws.text]).toEqual([200, '']);
  expect(byAws.headers['x-keystead-warning']).toMatch(warning);
  const byRest = await root.rest('PUT', `/v1/keys/${key.keyId}/policy`, { Policy });
  expect(byRest.status).toBe(204);
  expect(byRest.headers['x-keystead-warning']).toMatch(warning);
  expect((await encrypt()).code).toBe('AccessDeniedException');
});

test('keystead authorize --explain says that the statements cannot apply to the user', async () => {
  const asked = ['--principal', `arn:aws:iam::${OTHER}:user/partner`, '--action', 'kms:Encrypt', '--key', key.keyId];
  const { code, stdout } = await server.keystead('authorize', ...asked, '--explain');
  expect(code).toBe(2);
  expect(stdout).toMatch(
    /\norganizations: .*\n {2}Allow "org" never applies, because StringEquals aws:PrincipalOrgID never holds: account 444455556666 does not have an organization\.\n/,
  );
});

test('a user of another account of the organization uses the key with the next request, also after a restart', async () => {
  const target = `/v1/accounts/${OTHER}/organization`;
  expect((await root.rest('PUT', target, { ...organization, OrganizationId: 'o-zzzzzzzzzz' })).code).toBe(
    'InvalidInputException',
  );
  expect((await encrypt()).code).toBe('AccessDeniedException');
  expect((await root.rest('PUT', target, organization)).status).toBe(204);
  expect((await encrypt()).status).toBe(200);
  const asked = ['--principal', `arn:aws:iam::${OTHER}:user/partner`, '--action', 'kms:Encrypt', '--key', key.keyId];
  const { code, stdout } = await server.keystead('authorize', ...asked, '--explain');
  expect([code, stdout.includes('organizations: ')]).toEqual([0, false]);
  expect(stdout).toContain('aws:principalorgpaths = o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/');
  const put = await root.aws('PutKeyPolicy', { KeyId: key.keyId, Policy });
  expect(put.headers).not.toHaveProperty('x-keystead-warning');
  await server.kill();
  await start();
  partner = caller(server.endpoint, partner.credentials);
  expect((await root.rest('GET', '/v1/accounts')).json.Accounts).toMatchObject([{}, organization]);
  expect((await encrypt()).status).toBe(200);
  expect((await root.rest('DELETE', target)).status).toBe(204);
  expect((await encrypt()).code).toBe('AccessDeniedException');
});
