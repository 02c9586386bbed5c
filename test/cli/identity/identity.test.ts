/** `keystead identity`, as an operator types it, and whether the printed keys work. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { runKeystead, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let directory: string;
let kms: KMSClient;
let keyId: string;

beforeAll(async () => {
  server = await startServer();
  directory = await mkdtemp(join(tmpdir(), 'keystead-identity-'));
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  keyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
});

afterAll(async () => {
  kms?.destroy();
  await rm(directory, { recursive: true, force: true });
  await server?.stop();
});

const identity = (...args: string[]) => server.keystead('identity', ...args);
const arnOf = (name: string) => `arn:aws:iam::${server.accountId}:user/${name}`;
const keyIdIn = (text: string) => /^aws_access_key_id = (\S+)$/m.exec(text)?.[1] ?? '';

let files = 0;

/**
 * A program with the printed text as its credentials file, unedited. @returns the described key id, or an error's name
 */
async function describedBy(name: string, printed: string): Promise<string> {
  files += 1; // the SDK remembers a file by its name
  const file = join(directory, `credentials-${files}`);
  await writeFile(file, printed, { mode: 0o600 });
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  const client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', profile: name, maxAttempts: 1 });
  try {
    return (await client.send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata?.KeyId ?? 'nothing';
  } catch (error) {
    return (error as Error).name;
  } finally {
    delete process.env.AWS_SHARED_CREDENTIALS_FILE;
    client.destroy();
  }
}

async function allow(...names: readonly string[]): Promise<void> {
  const everyone = [`arn:aws:iam::${server.accountId}:root`, ...names.map(arnOf)];
  const Statement = [{ Effect: 'Allow', Principal: { AWS: everyone }, Action: 'kms:*', Resource: '*' }];
  await kms.send(
    new PutKeyPolicyCommand({ KeyId: keyId, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  );
}

test('create-user prints a credentials file that works as it is, and the warning apart from it', async () => {
  const { code, stdout, stderr } = await identity('create-user', 'alice');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^# arn:aws:iam::\d{12}:user\/alice\n\[alice\]\naws_access_key_id = AKIA[A-Z2-7]{16}\naws_secret_access_key = [\w+/]{40}\n$/,
  );
  expect(stderr).toBe('The secret is shown only once: store it now.\n');
  expect(await describedBy('alice', stdout)).toBe('AccessDeniedException');
  await allow('alice');
  expect(await describedBy('alice', stdout)).toBe(keyId);
});

test('a second create-user is refused, and the hint says how to get another key', async () => {
  await identity('create-user', 'bob');
  const { code, stdout, stderr } = await identity('create-user', 'bob');
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    /^keystead: EntityAlreadyExistsException: User with name bob already exists\. \(request [0-9a-f-]{36}\)\nhint: "keystead identity create-access-key"/,
  );
  expect(code).toBe(1);
});

test('an access key works until it is deactivated, again when activated, and never once deleted', async () => {
  const { stdout: first } = await identity('create-user', 'carol');
  const { stdout: second } = await identity('create-access-key', 'carol');
  await allow('carol');
  const [one, two] = [keyIdIn(first), keyIdIn(second)];
  expect((await identity('list-access-keys', 'carol')).stdout.split('\n').toSorted()).toEqual(
    ['', `${one}\tActive`, `${two}\tActive`].toSorted(),
  );
  expect(await identity('deactivate-access-key', 'carol', one)).toMatchObject({ code: 0, stderr: '' });
  expect(await describedBy('carol', first)).toBe('UnrecognizedClientException');
  expect(await describedBy('carol', second)).toBe(keyId);
  expect(await identity('activate-access-key', 'carol', one)).toMatchObject({ code: 0 });
  expect(await describedBy('carol', first)).toBe(keyId);
  expect(await identity('delete-access-key', 'carol', one)).toMatchObject({ code: 0 });
  expect(await describedBy('carol', first)).toBe('UnrecognizedClientException');
  expect((await identity('activate-access-key', 'carol', one)).stderr).toContain('NoSuchEntityException');
});

test('a deleted user is gone with all access keys, at once', async () => {
  const { stdout } = await identity('create-user', 'dave');
  await allow('dave');
  expect(await describedBy('dave', stdout)).toBe(keyId);
  expect(await identity('delete-user', 'dave')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await describedBy('dave', stdout)).toBe('UnrecognizedClientException');
  expect((await identity('list-users')).stdout).not.toContain('dave');
});

test('list-users prints names and ARNs', async () => {
  const { stdout } = await identity('list-users');
  expect(stdout.split('\n')).toContain(`alice\t${arnOf('alice')}`);
});

test('a user that does not exist and an invalid name are refused with 1', async () => {
  expect(await identity('delete-user', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The user with name nobody cannot be found.') as unknown,
  });
  expect(await identity('create-user', 'a/b')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ValidationException') as unknown,
  });
});

test('a user is refused what only root is allowed', async () => {
  const { stdout } = await identity('create-user', 'eve');
  const file = join(directory, 'shared');
  await writeFile(file, `[default]\n; not this one\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\n${stdout}`);
  const env = { KEYSTEAD_ENDPOINT: server.endpoint, AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: 'eve' };
  const refused = await runKeystead(['identity', 'create-user', 'mallory'], env);
  expect(refused.stderr).toContain(`User: ${arnOf('eve')} is not authorized to perform: iam:CreateUser`);
  expect(refused.code).toBe(1);
});

describe('without a usable connection', () => {
  const listUsers = (env: Readonly<Record<string, string>>, ...args: string[]) =>
    runKeystead(['identity', 'list-users', ...args], {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_SHARED_CREDENTIALS_FILE: '',
      AWS_PROFILE: '',
      HOME: directory,
      KEYSTEAD_ENDPOINT: server.endpoint,
      ...env,
    });
  const own = () => ({ KEYSTEAD_DATA_DIR: server.dataDir });

  test('no server: says so, and how to start one', async () => {
    const { code, stderr } = await listUsers({ ...own(), KEYSTEAD_ENDPOINT: 'http://127.0.0.1:9' });
    expect(stderr).toMatch(
      /^keystead: There is no control plane at http:\/\/127\.0\.0\.1:9.*\nhint: Start it with "keystead serve"/m,
    );
    expect(code).toBe(1);
  });

  test('another server: says that it is not a Keystead control plane', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((ready) => other.once('listening', ready));
    const endpoint = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, stderr } = await listUsers(own(), '--endpoint', endpoint);
    other.close();
    expect(stderr).toMatch(/answers, but not as a Keystead control plane\.\nhint: /);
    expect(code).toBe(1);
  });

  test('an address that is not a URL', async () => {
    const { code, stderr } = await listUsers(own(), '--endpoint', 'localhost:8600');
    expect(stderr).toMatch(/^keystead: --endpoint: "localhost:8600" is not an http or https URL\.\nhint: /);
    expect(code).toBe(1);
  });

  test('no credentials: names the file it looked for', async () => {
    const { code, stderr } = await listUsers({ KEYSTEAD_DATA_DIR: directory });
    expect(stderr).toContain(
      `No credentials: the environment and the shared files of AWS have none, and ${join(directory, 'credentials')} does not exist.\nhint: `,
    );
    expect(code).toBe(1);
  });

  test('one half of a pair of credentials', async () => {
    const { code, stderr } = await listUsers({ ...own(), AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' });
    expect(stderr).toContain('Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set.');
    expect(code).toBe(1);
  });

  test('a profile that the file does not have', async () => {
    const file = join(server.dataDir, 'credentials');
    const { code, stderr } = await listUsers({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: 'work' });
    expect(stderr).toMatch(/^keystead: Profile work not found\.\nhint: No section for it in /);
    expect(stderr).toContain(file);
    expect(code).toBe(1);
  });

  test('a profile that is nowhere: the root principal does not replace it', async () => {
    const { code, stderr } = await listUsers({ ...own(), AWS_PROFILE: 'work' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Profile work not found')]);
  });

  test('a credentials file without credentials: the root principal does not replace it', async () => {
    const { code, stderr } = await listUsers({ ...own(), AWS_SHARED_CREDENTIALS_FILE: join(directory, 'nowhere') });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/AWS_SHARED_CREDENTIALS_FILE is set.*nowhere \(does not/),
    ]);
  });

  test('an access key of another control plane', async () => {
    const { code, stderr } = await listUsers({
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    });
    expect(stderr).toMatch(
      /^keystead: UnrecognizedClientException: .*\nhint: The control plane does not know the access key/,
    );
    expect(code).toBe(1);
  });

  test('a wrong secret', async () => {
    const { code, stderr } = await listUsers({
      AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    });
    expect(stderr).toMatch(/^keystead: InvalidSignatureException: .*\nhint: Check the secret access key/);
    expect(code).toBe(1);
  });
});
