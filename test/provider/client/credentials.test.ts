import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCredentials } from '../../../provider/client/credentials.ts';
import { parseIni } from '../../../provider/client/ini.ts';
import { type Environment, readSharedFiles, sharedFilePaths } from '../../../provider/client/shared-files.ts';

const none = { accessKey: undefined, secretKey: undefined, token: undefined, profile: undefined };

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
  return findCredentials({ ...none, ...settings }, around, await readSharedFiles(paths));
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

describe('the credential chain refuses', () => {
  test.each([
    ['half a pair', { accessKey: 'AKIABLOCK' }, {}, '', /access_key is set but secret_key is not/],
    ['a profile nobody has', { profile: 'absent' }, {}, shared, /Profile absent not found[\s\S]*credentials/],
    ['a profile without credentials', { profile: 'empty' }, {}, '[empty]\nregion = us-east-1\n', /has no credentials/],
    [
      'a role to assume',
      { profile: 'role' },
      {},
      '[role]\nrole_arn = arn:aws:iam::1:role/x\n',
      /role_arn, which is not supported yet/,
    ],
    ['a process that fails', {}, {}, '[default]\ncredential_process = exit 3\n', /gave no credentials/],
    ['a process that prints no credentials', {}, {}, '[default]\ncredential_process = echo hello\n', /Version 1/],
    ['nothing at all', {}, {}, '', /No credentials found[\s\S]*keystead serve/],
    [
      'web identity alone',
      {},
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/x' },
      '',
      /AWS_WEB_IDENTITY_TOKEN_FILE is set but not supported yet/,
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
