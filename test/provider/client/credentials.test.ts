import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCredentials } from '@keystead/provider/client/credentials.ts';
import { parseIni } from '@keystead/provider/credentials/ini.ts';
import { type Environment, readSharedFiles, sharedFilePaths } from '@keystead/provider/credentials/shared-files.ts';

const none = { accessKey: undefined, secretKey: undefined, sessionToken: undefined, profile: undefined };

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'keystead-credentials-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

async function find(
  settings: Partial<typeof none> | { readonly [name: string]: string },
  env: Environment = {},
  given: { config?: string[]; credentials?: string[] } = {},
) {
  const around = { HOME: home, ...env };
  const paths = sharedFilePaths({ config: given.config ?? [], credentials: given.credentials ?? [] }, around);
  const files = await readSharedFiles(paths);
  const { base, roles } = await findCredentials({ ...none, ...settings }, around, files);
  return roles.length === 0 ? base : { ...base, roles };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(home, name);
  await writeFile(path, text);
  return path;
}

const environment = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' };
const shared = `
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = default-secret
[work]
aws_access_key_id=AKIAWORK
aws_secret_access_key=work-secret  # rotated in March
aws_session_token = work-token
`;

describe('the credential chain', () => {
  test('takes the provider block before everything else', async () => {
    const path = await file('credentials', shared);
    const found = await find({ accessKey: 'AKIABLOCK', secretKey: 'block-secret' }, environment, {
      credentials: [path],
    });
    expect(found).toEqual({ accessKeyId: 'AKIABLOCK', secretAccessKey: 'block-secret', source: 'the provider block' });
  });

  test('takes the profile of the provider block before the environment', async () => {
    const path = await file('credentials', shared);
    const found = await find({ profile: 'work' }, environment, { credentials: [path] });
    expect(found).toMatchObject({
      accessKeyId: 'AKIAWORK',
      secretAccessKey: 'work-secret',
      sessionToken: 'work-token',
    });
  });

  test('takes the environment before AWS_PROFILE', async () => {
    const path = await file('credentials', shared);
    const env = { ...environment, AWS_PROFILE: 'work', AWS_SHARED_CREDENTIALS_FILE: path };
    expect(await find({}, env)).toMatchObject({ accessKeyId: 'AKIAENV', secretAccessKey: 'env-secret' });
  });

  test('takes AWS_PROFILE, then the default profile', async () => {
    const path = await file('credentials', shared);
    expect(await find({}, { AWS_PROFILE: 'work', AWS_SHARED_CREDENTIALS_FILE: path })).toMatchObject({
      accessKeyId: 'AKIAWORK',
    });
    expect(await find({}, { AWS_SHARED_CREDENTIALS_FILE: path })).toMatchObject({ accessKeyId: 'AKIADEFAULT' });
  });

  test('reads profiles from configuration files too, and lets credentials files win', async () => {
    const config = await file('config', '[profile work]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = c\n');
    const credentials = await file('credentials', shared);
    expect(await find({ profile: 'work' }, {}, { config: [config] })).toMatchObject({ accessKeyId: 'AKIACONFIG' });
    expect(await find({ profile: 'work' }, {}, { config: [config], credentials: [credentials] })).toMatchObject({
      accessKeyId: 'AKIAWORK',
    });
  });

  test('lets a later file overrule an earlier one', async () => {
    const first = await file('first', shared);
    const second = await file('second', '[default]\naws_access_key_id = AKIALATER\n');
    expect(await find({}, {}, { credentials: [first, second] })).toMatchObject({
      accessKeyId: 'AKIALATER',
      secretAccessKey: 'default-secret',
    });
  });

  test('expands a leading tilde', async () => {
    await file('mine', shared);
    expect(await find({}, {}, { credentials: ['~/mine'] })).toMatchObject({ accessKeyId: 'AKIADEFAULT' });
  });

  test('runs credential_process', async () => {
    const answer = JSON.stringify({ Version: 1, AccessKeyId: 'AKIAPROC', SecretAccessKey: 's', SessionToken: 't' });
    const script = await file('answer.json', answer);
    const config = await file('config', `[default]\ncredential_process = cat ${script}\n`);
    expect(await find({}, {}, { config: [config] })).toEqual({
      accessKeyId: 'AKIAPROC',
      secretAccessKey: 's',
      sessionToken: 't',
      source: 'credential_process of profile default',
    });
  });
});

describe('a profile with a role', () => {
  const roles =
    '[profile deploy]\nrole_arn = arn:aws:iam::1:role/Deploy\nsource_profile = work\nexternal_id = e\n' +
    'role_session_name = me\nduration_seconds = 1800\n' +
    '[profile chained]\nrole_arn = arn:aws:iam::1:role/Next\nsource_profile = deploy\n' +
    '[profile ambient]\nrole_arn = arn:aws:iam::1:role/Deploy\ncredential_source = Environment\n' +
    '[profile self]\nrole_arn = arn:aws:iam::1:role/Self\nsource_profile = self\naws_access_key_id = A\naws_secret_access_key = s\n';
  const deploy = {
    RoleArn: 'arn:aws:iam::1:role/Deploy',
    ExternalId: 'e',
    RoleSessionName: 'me',
    DurationSeconds: 1800,
  };

  test.each([
    ['deploy', {}, { accessKeyId: 'AKIAWORK', roles: [deploy] }],
    ['chained', {}, { accessKeyId: 'AKIAWORK', roles: [deploy, { RoleArn: 'arn:aws:iam::1:role/Next' }] }],
    ['ambient', environment, { accessKeyId: 'AKIAENV', roles: [{ RoleArn: deploy.RoleArn }] }],
    ['self', {}, { accessKeyId: 'A', roles: [{ RoleArn: 'arn:aws:iam::1:role/Self' }] }],
  ])('%s is its source and the roles to assume with it', async (profile, env, found) => {
    const [config, credentials] = [await file('config', roles), await file('credentials', shared)];
    expect(await find({ profile }, env, { config: [config], credentials: [credentials] })).toMatchObject(found);
  });

  test('can have an identity token in place of a source, read when it is needed', async () => {
    const tokenPath = await file('token', 'first');
    const config = await file('config', `[profile ci]\nrole_arn = arn:x\nweb_identity_token_file = ${tokenPath}\n`);
    const base = await find({ profile: 'ci' }, {}, { config: [config] });
    if (!('identityToken' in base)) throw new Error('no web identity');
    await file('token', ' second\n');
    expect(await base.identityToken()).toBe('second');
  });
});

describe('the credential chain refuses', () => {
  test.each([
    ['half a pair', { accessKey: 'AKIABLOCK' }, {}, '', /access_key is set but secret_key is not/],
    ['a profile that is in no file', { profile: 'absent' }, {}, shared, /Profile absent not found[\s\S]*credentials/],
    ['a profile without credentials', { profile: 'empty' }, {}, '[empty]\nregion = us-east-1\n', /has no credentials/],
    [
      'a role without a source',
      { profile: 'role' },
      {},
      '[role]\nrole_arn = arn:aws:iam::1:role/x\n',
      /no credentials to assume its role with[\s\S]*source_profile/,
    ],
    [
      'roles that lead in a circle',
      { profile: 'a' },
      {},
      '[a]\nrole_arn = x\nsource_profile = b\n[b]\nrole_arn = y\nsource_profile = a\n',
      /Profile a is its own source[\s\S]*a, b/,
    ],
    ['single sign-on', { profile: 'sso' }, {}, '[sso]\nsso_session = x\n', /sso_session, which is not supported/],
    ['a process that fails', {}, {}, '[default]\ncredential_process = exit 3\n', /gave no credentials/],
    ['a process that prints no credentials', {}, {}, '[default]\ncredential_process = echo hello\n', /Version 1/],
    ['nothing at all', {}, {}, '', /No credentials found[\s\S]*keystead serve/],
    [
      'web identity alone',
      {},
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/x' },
      '',
      /AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN/,
    ],
  ])('%s', async (_, settings, env, text, reason) => {
    const path = await file('credentials', text);
    await expect(find(settings, env, { credentials: [path] })).rejects.toThrow(reason);
  });

  test('and names the files it looked at, also those that do not exist', async () => {
    await expect(find({})).rejects.toThrow(`${home}/.aws/credentials (does not exist)`);
  });
});

test('shared files keep nested properties, comments out of values, and ignore what they do not know', () => {
  const sections = parseIni(
    '; comment\n[services local]\nkms =\n  endpoint_url = http://localhost:8600\nsts =\n  endpoint_url = http://x\n' +
      '[ profile   a ]\nregion = eu-west-1 ; near\nnonsense\n',
  );
  expect(sections.get('services local')?.get('kms.endpoint_url')).toBe('http://localhost:8600');
  expect(sections.get('services local')?.get('sts.endpoint_url')).toBe('http://x');
  expect([...(sections.get('profile a') ?? [])]).toEqual([['region', 'eu-west-1']]);
});
