/**
 * Three people and one key, through the `aws` command line: an administrator who can do everything except use the key,
 * a user who can only use it, and a colleague whose access ends at once when a policy, group, user or access key
 * changes, also for sessions that were already issued. `aws iam` creates them; the key policy, identity policies and a
 * grant give them their permissions.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { defined } from '@keystead/provider-schema/defined.ts';
import { awsCommandLine } from '../support/aws-command-line.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

needs('aws');

/** About a hundred commands. */
jest.setTimeout(300_000);

const ACCOUNT = '111122223333';
const REGION = 'us-east-1';

interface Keys {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
}
type Json = Record<string, unknown>;

const commandLine = awsCommandLine();
let server: TestServer;
let root: Keys;
/** SDK clients that prepare a test, which are faster than the command line. */
let iam: IAMClient;
let kms: KMSClient;

beforeAll(async () => {
  server = await startServer({ accountId: ACCOUNT });
  const { accessKeyId, secretAccessKey } = server.credentials;
  root = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
  const client = { endpoint: server.endpoint, region: REGION, credentials: server.credentials };
  [iam, kms] = [new IAMClient(client), new KMSClient(client)];
});

afterAll(async () => {
  iam?.destroy();
  kms?.destroy();
  await server?.stop();
});

/** Runs one command as one caller, without the machine's own AWS configuration. */
function aws(caller: Keys, line: string, ...rest: string[]) {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: server.dataDir,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: caller.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: caller.SecretAccessKey,
    ...defined({ AWS_SESSION_TOKEN: caller.SessionToken }),
    AWS_CONFIG_FILE: join(server.dataDir, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(server.dataDir, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
    AWS_DEFAULT_OUTPUT: 'json',
  };
  return commandLine(['--endpoint-url', server.endpoint, ...line.split(' '), ...rest], env);
}

async function allowed(caller: Keys, line: string, ...rest: string[]): Promise<Json> {
  const { code, stdout, stderr } = await aws(caller, line, ...rest);
  if (code !== 0) throw new Error(`aws ${line} ${rest.join(' ')}: ${stderr}`);
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Json);
}

/** The error code of a refusal; a command that succeeds fails the test. */
async function refused(caller: Keys, line: string, ...rest: string[]): Promise<string> {
  const { code, stdout, stderr } = await aws(caller, line, ...rest);
  if (code === 0) throw new Error(`aws ${line} was not refused: ${stdout}`);
  return /An error occurred \((\w+)\)/.exec(stderr)?.[1] ?? stderr;
}

async function addUser(name: string): Promise<Keys> {
  await iam.send(new CreateUserCommand({ UserName: name }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return AccessKey as Keys;
}

const userArn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const statement = (Sid: string, AWS: string, Action: string | readonly string[]) => ({
  Sid,
  Effect: 'Allow',
  Principal: { AWS },
  Action,
  Resource: '*',
});
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const delegation = () => statement('EnableIAMUserPermissions', `arn:aws:iam::${ACCOUNT}:root`, 'kms:*');

/**
 * The console's statement for key administrators, without actions by which they could permit themselves to use the key.
 */
const ADMINISTRATION = [
  'kms:CreateAlias',
  'kms:Describe*',
  'kms:Enable*',
  'kms:List*',
  'kms:Put*',
  'kms:Update*',
  'kms:Revoke*',
  'kms:Disable*',
  'kms:Get*',
  'kms:Delete*',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
  'kms:RotateKeyOnDemand',
];
const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

async function createKey(keyPolicy: string): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: keyPolicy }));
  return KeyMetadata?.KeyId as string;
}

const encrypt = (keyId: string) => `kms encrypt --key-id ${keyId} --plaintext aGVsbG8=`;

async function ciphertextFile(caller: Keys, keyId: string, ...rest: string[]): Promise<string> {
  const { CiphertextBlob } = await allowed(caller, encrypt(keyId), ...rest);
  const path = join(server.dataDir, `ciphertext-${crypto.randomUUID()}`);
  await writeFile(path, Buffer.from(CiphertextBlob as string, 'base64'));
  return `fileb://${path}`;
}

describe('an administrator and a user of one key', () => {
  let administrator: Keys;
  let user: Keys;
  let keyId: string;
  let blob: string;

  beforeAll(async () => {
    [administrator, user] = await Promise.all([addUser('ada'), addUser('uma')]);
    keyId = await createKey(
      policy(
        delegation(),
        statement('AllowKeyAdministration', userArn('ada'), ADMINISTRATION),
        statement('AllowUseOfTheKey', userArn('uma'), USE),
      ),
    );
    blob = await ciphertextFile(user, keyId);
  });

  test.each([
    'kms describe-key --key-id KEY',
    'kms get-key-policy --key-id KEY',
    'kms tag-resource --key-id KEY --tags TagKey=team,TagValue=payments',
    'kms update-key-description --key-id KEY --description ledger',
    'kms create-alias --alias-name alias/ledger --target-key-id KEY',
    'kms enable-key-rotation --key-id KEY',
    'kms rotate-key-on-demand --key-id KEY',
    'kms list-grants --key-id KEY',
  ])('the administrator can: aws %s', async (line) => {
    // alias/ledger is authorized on the alias too, which only identity policies can allow.
    if (line.includes('create-alias')) {
      expect(await refused(administrator, line.replace('KEY', keyId))).toBe('AccessDeniedException');
      const aliasAdministration = policy({ Effect: 'Allow', Action: 'kms:*Alias', Resource: '*' });
      const put = { UserName: 'ada', PolicyName: 'aliases', PolicyDocument: aliasAdministration };
      await iam.send(new PutUserPolicyCommand(put));
    }
    await allowed(administrator, line.replace('KEY', keyId));
  });

  test('the administrator can disable the key, enable it, schedule its deletion and cancel that', async () => {
    for (const line of [
      `kms disable-key --key-id ${keyId}`,
      `kms enable-key --key-id ${keyId}`,
      `kms schedule-key-deletion --key-id ${keyId} --pending-window-in-days 7`,
      `kms cancel-key-deletion --key-id ${keyId}`,
      `kms enable-key --key-id ${keyId}`,
    ]) {
      await allowed(administrator, line);
    }
  });

  test.each([
    'kms encrypt --key-id KEY --plaintext aGVsbG8=',
    'kms decrypt --ciphertext-blob BLOB',
    'kms generate-data-key --key-id KEY --key-spec AES_256',
    'kms generate-data-key-without-plaintext --key-id KEY --key-spec AES_256',
    'kms re-encrypt --ciphertext-blob BLOB --destination-key-id KEY',
    'kms create-grant --key-id KEY --operations Decrypt --grantee-principal arn:aws:iam::111122223333:user/ada',
  ])('the administrator cannot use the key or grant its use: aws %s', async (line) => {
    expect(await refused(administrator, line.replace('KEY', keyId).replace('BLOB', blob))).toBe(
      'AccessDeniedException',
    );
  });

  test.each([
    'kms encrypt --key-id KEY --plaintext aGVsbG8=',
    'kms decrypt --ciphertext-blob BLOB',
    'kms generate-data-key --key-id KEY --key-spec AES_256',
    'kms re-encrypt --ciphertext-blob BLOB --destination-key-id KEY',
    'kms describe-key --key-id KEY',
  ])('the user can: aws %s', async (line) => {
    await allowed(user, line.replace('KEY', keyId).replace('BLOB', blob));
  });

  test.each([
    'kms get-key-policy --key-id KEY',
    'kms put-key-policy --key-id KEY --policy {}',
    'kms disable-key --key-id KEY',
    'kms schedule-key-deletion --key-id KEY',
    'kms create-alias --alias-name alias/mine --target-key-id KEY',
    'kms create-grant --key-id KEY --operations Decrypt --grantee-principal arn:aws:iam::111122223333:user/uma',
    'kms tag-resource --key-id KEY --tags TagKey=a,TagValue=b',
    'kms enable-key-rotation --key-id KEY',
    'kms list-keys',
    'iam create-access-key --user-name ada',
    'iam put-user-policy --user-name uma --policy-name p --policy-document {}',
  ])('the user cannot: aws %s', async (line) => {
    const code = await refused(user, line.replace('KEY', keyId));
    expect(code).toBe(line.startsWith('iam') ? 'AccessDenied' : 'AccessDeniedException');
  });
});

describe('a former user', () => {
  test('cannot use the key when its policy no longer names the user', async () => {
    const former = await addUser('policy-gone');
    const keyId = await createKey(policy(delegation(), statement('Use', userArn('policy-gone'), USE)));
    await allowed(former, encrypt(keyId));
    await allowed(root, `kms put-key-policy --key-id ${keyId} --policy`, policy(delegation()));
    expect(await refused(former, encrypt(keyId))).toBe('AccessDeniedException');
  });

  test('cannot use the key after the identity policy is detached or the user is removed from the group', async () => {
    const former = await addUser('moved-on');
    const keyId = await createKey(policy(delegation()));
    const document = policy({ Effect: 'Allow', Action: USE, Resource: '*' });
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'use', PolicyDocument: document }));
    const Arn = Policy?.Arn as string;
    await iam.send(new AttachUserPolicyCommand({ UserName: 'moved-on', PolicyArn: Arn }));
    await allowed(former, encrypt(keyId));
    await allowed(root, `iam detach-user-policy --user-name moved-on --policy-arn ${Arn}`);
    expect(await refused(former, encrypt(keyId))).toBe('AccessDeniedException');

    await iam.send(new CreateGroupCommand({ GroupName: 'clerks' }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName: 'clerks', PolicyArn: Arn }));
    await allowed(root, 'iam add-user-to-group --group-name clerks --user-name moved-on');
    await allowed(former, encrypt(keyId));
    await allowed(root, 'iam remove-user-from-group --group-name clerks --user-name moved-on');
    expect(await refused(former, encrypt(keyId))).toBe('AccessDeniedException');
  });

  test('is unknown when the access key is inactive, and when the user is deleted', async () => {
    const former = await addUser('left');
    const keyId = await createKey(policy(delegation(), statement('Use', userArn('left'), USE)));
    await allowed(former, encrypt(keyId));
    const { Credentials } = await allowed(former, 'sts get-session-token');
    const session = Credentials as Keys;
    await allowed(session, encrypt(keyId));
    const key = `--user-name left --access-key-id ${former.AccessKeyId}`;
    await allowed(root, `iam update-access-key ${key} --status Inactive`);
    expect(await refused(former, encrypt(keyId))).toBe('UnrecognizedClientException');
    await allowed(root, `iam delete-access-key ${key}`);
    await allowed(root, 'iam delete-user --user-name left');
    expect(await refused(session, encrypt(keyId))).toMatch(/^(UnrecognizedClient|ExpiredToken)Exception$/);
  });

  test('gets no access when a new user has the same name', async () => {
    await addUser('sam');
    const keyId = await createKey(policy(delegation(), statement('Use', userArn('sam'), USE)));
    const { AccessKeyMetadata } = await allowed(root, 'iam list-access-keys --user-name sam');
    const [{ AccessKeyId }] = AccessKeyMetadata as [Keys];
    await allowed(root, `iam delete-access-key --user-name sam --access-key-id ${AccessKeyId}`);
    await allowed(root, 'iam delete-user --user-name sam');
    const namesake = await addUser('sam');
    expect(await refused(namesake, encrypt(keyId))).toBe('AccessDeniedException');
    const { Policy } = await allowed(root, `kms get-key-policy --key-id ${keyId}`);
    expect(Policy).toMatch(/"AIDA[A-Z0-9]+"/);
  });
});

describe('a session already issued', () => {
  const trust = policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: 'sts:AssumeRole',
  });

  /** A role whose identity policy lets it use keys. */
  async function addRole(role: string): Promise<void> {
    await iam.send(new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument: trust }));
    const use = policy({ Effect: 'Allow', Action: USE, Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: 'use', PolicyDocument: use }));
  }

  /** A key whose policy delegates to identity policies, and a session of such a role, opened by a user. */
  async function session(role: string): Promise<{ readonly keyId: string; readonly held: Keys }> {
    const user = await addUser(`${role}-user`);
    await addRole(role);
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/${role}`;
    const assume = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn });
    const put = { UserName: `${role}-user`, PolicyName: 'assume', PolicyDocument: assume };
    await iam.send(new PutUserPolicyCommand(put));
    const keyId = await createKey(policy(delegation()));
    const line = `sts assume-role --role-arn ${roleArn} --role-session-name monday`;
    const { Credentials } = await allowed(user, line);
    const held = Credentials as Keys;
    await allowed(held, encrypt(keyId));
    return { keyId, held };
  }

  test('cannot use the key when the role loses its policy', async () => {
    const { keyId, held } = await session('clerk');
    await allowed(root, 'iam delete-role-policy --role-name clerk --policy-name use');
    expect(await refused(held, encrypt(keyId))).toBe('AccessDeniedException');
  });

  test('cannot use the key when the key policy denies the role', async () => {
    const { keyId, held } = await session('teller');
    const denial = {
      ...statement('No', `arn:aws:iam::${ACCOUNT}:role/teller`, 'kms:Encrypt'),
      Effect: 'Deny',
    };
    await allowed(root, `kms put-key-policy --key-id ${keyId} --policy`, policy(delegation(), denial));
    expect(await refused(held, encrypt(keyId))).toBe('AccessDeniedException');
  });

  test('ends when the role is deleted, and does not revive when a role of that name is created', async () => {
    const { keyId, held } = await session('broker');
    await allowed(root, 'iam delete-role-policy --role-name broker --policy-name use');
    await allowed(root, 'iam delete-role --role-name broker');
    expect(await refused(held, encrypt(keyId))).toMatch(/^(UnrecognizedClient|ExpiredToken)Exception$/);
    await addRole('broker');
    expect(await refused(held, encrypt(keyId))).toMatch(/^(UnrecognizedClient|ExpiredToken)Exception$/);
  });

  test('is limited by its session policy', async () => {
    const { keyId } = await session('auditor');
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'auditor-user' }));
    const narrow = policy({ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: '*' });
    const line = `sts assume-role --role-arn arn:aws:iam::${ACCOUNT}:role/auditor --role-session-name narrow --policy`;
    const { Credentials } = await allowed(AccessKey as Keys, line, narrow);
    await allowed(Credentials as Keys, `kms describe-key --key-id ${keyId}`);
    expect(await refused(Credentials as Keys, encrypt(keyId))).toBe('AccessDeniedException');
  });
});

describe('a grant for the finance department', () => {
  const FINANCE = ['--encryption-context', 'Department=finance'];

  test('works with the context Department=finance, fails without it, and fails after its revocation', async () => {
    const clerk = await addUser('fin');
    const keyId = await createKey(policy(delegation()));
    const { GrantId } = await allowed(
      root,
      `kms create-grant --key-id ${keyId} --grantee-principal ${userArn('fin')} --operations Encrypt Decrypt GenerateDataKey`,
      '--constraints',
      'EncryptionContextSubset={Department=finance}',
    );
    const blob = await ciphertextFile(clerk, keyId, ...FINANCE);
    const dataKey = `kms generate-data-key --key-id ${keyId} --key-spec AES_256`;
    await allowed(clerk, `kms decrypt --ciphertext-blob ${blob}`, ...FINANCE);
    await allowed(clerk, dataKey, ...FINANCE);

    for (const line of [encrypt(keyId), dataKey, `kms decrypt --ciphertext-blob ${blob}`]) {
      expect(await refused(clerk, line)).toBe('AccessDeniedException');
      expect(await refused(clerk, line, '--encryption-context', 'Department=sales')).toBe('AccessDeniedException');
    }
    expect(await refused(clerk, `kms describe-key --key-id ${keyId}`)).toBe('AccessDeniedException');

    await allowed(root, `kms revoke-grant --key-id ${keyId} --grant-id ${GrantId as string}`);
    expect(await refused(clerk, encrypt(keyId), ...FINANCE)).toBe('AccessDeniedException');
    expect(await refused(clerk, `kms decrypt --ciphertext-blob ${blob}`, ...FINANCE)).toBe('AccessDeniedException');
  });
});
