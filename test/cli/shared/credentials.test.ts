/** Whose credentials the commands use: the order of `aws` and of the provider, and the root principal last. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCredentials } from '@keystead/control-plane/cli/shared/credentials.ts';
import { runKeystead, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let home: string;
let keys: string;

beforeAll(async () => {
  server = await startServer();
  home = await mkdtemp(join(tmpdir(), 'keystead-cli-credentials-'));
  keys = (await server.keystead('identity', 'create-user', 'alice')).stdout;
  await server.keystead('identity', 'create-user', 'bob');
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${server.accountId}:root` }, Action: 'sts:AssumeRole' },
    ],
  };
  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  await writeFile(join(home, 'trust.json'), JSON.stringify(trust));
  await writeFile(join(home, 'all.json'), JSON.stringify(all));
  await server.keystead('identity', 'create-role', 'deploy', join(home, 'trust.json'));
  await server.keystead('identity', 'create-policy', 'all', join(home, 'all.json'));
  await server.keystead('identity', 'attach-policy', 'all', '--user', 'alice');
});
afterAll(async () => {
  await server?.stop();
  await rm(home, { recursive: true, force: true });
});

/** `keystead identity whoami` with nothing configured but what is given. */
const whoami = (env: Readonly<Record<string, string>> = {}, ...args: string[]) =>
  runKeystead(['identity', 'whoami', ...args], {
    HOME: home,
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_PROFILE: '',
    AWS_SHARED_CREDENTIALS_FILE: '',
    AWS_CONFIG_FILE: '',
    AWS_ROLE_ARN: '',
    AWS_WEB_IDENTITY_TOKEN_FILE: '',
    KEYSTEAD_ENDPOINT: server.endpoint,
    KEYSTEAD_DATA_DIR: server.dataDir,
    ...env,
  });

const arn = (kind: string) => `arn:aws:iam::${server.accountId}:${kind}`;

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(home, name), text);
  return join(home, name);
}

test('with nothing configured a command signs as the root principal, and says so in one line', async () => {
  const { code, stdout, stderr } = await whoami();
  const used = join(server.dataDir, 'credentials');
  expect(stderr).toBe(
    `keystead: signs as the root principal, with ${used}, because no other credentials are configured\n`,
  );
  expect([code, stdout]).toEqual([
    0,
    `${arn('root')}\naccount ${server.accountId}\nsigns with ${server.credentials.accessKeyId} of ${used}\n`,
  ]);
});

test('the environment is used before the root principal, and with --as-root the root principal before all', async () => {
  const [, id = '', secret = ''] = /id = (\S+)\n.*key = (\S+)/.exec(keys) ?? [];
  const env = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
  const asAlice = await whoami(env);
  expect([asAlice.stderr, asAlice.stdout]).toEqual(['', expect.stringContaining(`${arn('user/alice')}\n`)]);
  expect(asAlice.stdout).toContain(`signs with ${id} of the environment`);
  const asRoot = await whoami(env, '--as-root');
  expect(asRoot.stdout).toContain(`${arn('root')}\n`);
  expect(asRoot.stderr).toMatch(/^keystead: signs as the root principal, with .*, as --as-root asks\n$/);
});

test('the default profile of the shared files is used before the root principal', async () => {
  const credentials = await file('default', keys.replace('[alice]', '[default]'));
  const { stdout, stderr } = await whoami({ AWS_SHARED_CREDENTIALS_FILE: credentials });
  expect([stderr, stdout]).toEqual(['', expect.stringContaining(`${arn('user/alice')}\n`)]);
});

test('AWS_PROFILE can be a profile with credential_process', async () => {
  const [, AccessKeyId = '', SecretAccessKey = ''] = /id = (\S+)\n.*key = (\S+)/.exec(keys) ?? [];
  const answer = await file('answer.json', JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey }));
  const config = await file('process', `[profile made]\ncredential_process = cat ${answer}\n`);
  const { stdout } = await whoami({ AWS_CONFIG_FILE: config, AWS_PROFILE: 'made' });
  expect(stdout).toContain(arn('user/alice'));
  expect(stdout).toContain('of credential_process of profile made');
});

test('AWS_PROFILE can be a profile with a role and its source; a role that cannot be assumed is refused', async () => {
  const credentials = await file('keys', keys);
  const role = (name: string) => `[profile ${name}]\nrole_arn = ${arn(`role/${name}`)}\nsource_profile = alice\n`;
  const config = await file('roles', role('deploy') + role('absent'));
  const env = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
  const { stdout } = await whoami({ ...env, AWS_PROFILE: 'deploy' });
  expect(stdout).toMatch(/^arn:aws:sts::\d{12}:assumed-role\/deploy\/keystead-\d+\n/);
  expect(stdout).toContain(`of profile alice, then the role ${arn('role/deploy')}`);
  const refused = await whoami({ ...env, AWS_PROFILE: 'absent' });
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/^keystead: Cannot assume .*role\/absent\.\nhint: AccessDenied/),
  ]);
});

test('an identity token of the environment is used before the shared files', async () => {
  const token = await file('token', 'a.b.c');
  const env = { HOME: home, AWS_ROLE_ARN: arn('role/ci'), AWS_WEB_IDENTITY_TOKEN_FILE: token };
  const { base } = await findCredentials({ dataDir: server.dataDir }, env);
  if (!('identityToken' in base)) throw new Error('no web identity');
  expect([base.RoleArn, await base.identityToken()]).toEqual([arn('role/ci'), 'a.b.c']);
  const { code, stderr } = await whoami(env);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`Cannot assume ${arn('role/ci')}`)]);
});

test('single sign-on is refused, and not passed over', async () => {
  const config = await file('sso', '[profile sso]\nsso_session = x\n');
  const { code, stderr } = await whoami({ AWS_CONFIG_FILE: config, AWS_PROFILE: 'sso' });
  expect([code, stderr]).toEqual([1, expect.stringContaining('needs sso_session, which is not supported')]);
});
