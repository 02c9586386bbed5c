/** The commands of the guide to CI, as an administrator and then a job meet them. */

import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type CiIssuer, createCiIssuer, githubClaims } from '../support/ci-issuer.ts';
import { type GuideRun, openGuideRun } from '../support/guide-run.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform', 'aws', 'openssl');

jest.setTimeout(240_000);

let server: TestServer;
let guide: GuideRun;
let stack: Workspace;
let issuer: CiIssuer;
let forge: Server;

/** Where GitHub's runner says that a job can ask for its token. */
async function openForge(): Promise<Server> {
  const listening = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://forge');
    const claims = githubClaims('pull_request', { repository: 'team/app', branch: 'change' });
    void issuer.mint({ ...claims, aud: searchParams.get('audience') }).then((value) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ value }));
    });
  });
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  return listening;
}

beforeAll(async () => {
  issuer = await createCiIssuer();
  forge = await openForge();
  server = await startServer();
  guide = await openGuideRun('docs/guide/ci.md', server);
  stack = await openWorkspace(server);
  await stack.write('resource "aws_kms_key" "orders" {}\n');
});
afterAll(async () => {
  await Promise.all([guide?.dispose(), stack?.dispose()]);
  forge?.close();
  await server?.stop();
});

test('the guide has the sections that are run here', () => {
  expect(guide.sections).toEqual(['The roles', 'The job', 'By hand']);
});

test('an administrator creates the roles, and prints them as code', async () => {
  const { code, stdout, stderr } = await guide.section('The roles');
  expect([code, stderr]).toEqual([0, expect.stringContaining('Nothing was done.')]);
  expect(stdout).toContain('would create the role app-plan');
  expect(stdout).toContain('plan\tarn:aws:iam::111122223333:role/app-plan');
  expect(stdout).toContain("new PipelineRoles(stack, 'ci', {");
});

test('an administrator declares a provider and a role by hand, and a job exchanges its token for access keys', async () => {
  const claims = { iss: 'https://token.ci.example.com', aud: 'keystead', sub: 'pipeline:team/app:main' };
  await writeFile(join(guide.directory, 'jwks.json'), issuer.jwks);
  await writeFile(join(guide.directory, 'identity-token'), await issuer.mint(claims));
  const endpoint = 'export AWS_ENDPOINT_URL=http://127.0.0.1:8600\naws iam create-open-id-connect-provider';
  const { code, stdout } = await guide.section('By hand', {
    'aws sts': 'export RUNNER_TEMP=.\naws sts',
    'aws iam create-open-id-connect-provider': endpoint.replace('http://127.0.0.1:8600', server.endpoint),
  });
  expect(code).toBe(0);
  expect(stdout).toContain('arn:aws:iam::111122223333:role/Deploy');
  expect(stdout).toMatch(/"SecretAccessKey": "[^"]+"/);
});

test('a job fetches its token, and each program signs in with it', async () => {
  const jwks = join(stack.directory, 'jwks.json');
  await writeFile(jwks, issuer.jwks);
  const provider = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  expect((await server.keystead('identity', 'set-oidc-keys', provider, '--jwks-file', jwks)).code).toBe(0);
  const job = [
    // What the runner has set, and not what the administrator has.
    'unset AWS_SHARED_CREDENTIALS_FILE',
    `export RUNNER_TEMP=${stack.directory} TF_CLI_CONFIG_FILE=${stack.env.TF_CLI_CONFIG_FILE}`,
    `export ACTIONS_ID_TOKEN_REQUEST_URL='http://127.0.0.1:${(forge.address() as AddressInfo).port}/token?api-version=2.0'`,
    'export ACTIONS_ID_TOKEN_REQUEST_TOKEN=of-the-runner',
    'export AWS_ROLE_ARN=',
  ].join('\n');
  const { code, stdout, stderr } = await guide.section('The job', {
    'export AWS_ROLE_ARN=': job,
    'stacks/orders': stack.directory,
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('"Aliases"');
  expect(stdout).toContain('1 to add');
  expect(stdout).toContain('"Keys"');
});

test('the provider block of the guide is valid', async () => {
  expect(guide.configurations).toHaveLength(1);
  await stack.write(guide.configurations.join(''));
  expect(await stack.terraform('validate')).toMatchObject({ code: 0 });
});
