/**
 * Sessions through clients that open them in practice: the STS client and the credential providers of the AWS SDK, and
 * the `aws` command line with a profile that names a role, with a session in the environment, and with an identity
 * token in a file, as in a CI job.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient, ListAliasesCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  DecodeAuthorizationMessageCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers';
import { jest } from '@jest/globals';
import { connect, surroundings } from '@keystead/provider/client/client.ts';
import { readSettings } from '@keystead/provider/client/settings.ts';
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { caller } from '../support/calls.ts';
import { anAuthority } from '../support/certificates.ts';
import { needs } from '../support/needs.ts';
import { run, runKeystead, startServer, type TestServer } from '../support/server.ts';

needs('openssl', 'aws');

jest.setTimeout(180_000);

const ACCOUNT = '111122223333';
const ISSUER_HOST = 'token.ci.example.com';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER_HOST}`;

let directory: string;
let server: TestServer;
let iam: IAMClient;
let alice: { accessKeyId: string; secretAccessKey: string };
let signingKey: CryptoKey;
let jwks: string;
const issuer = { fetches: 0, close: () => {}, uri: '' };

const config = <C>(credentials: C) => ({
  region: 'us-east-1',
  endpoint: server.endpoint,
  credentials,
  maxAttempts: 1,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const trust = (Principal: object, Action: string | string[], more: object = {}) =>
  policy({ Effect: 'Allow', Principal, Action, ...more });

/** Publishes a key set over HTTPS, as a provider does. */
async function publishKeys(): Promise<string> {
  const authority = await anAuthority(directory, 'issuer');
  const { certFile, keyFile } = await authority.sign('localhost');
  const listening = createServer({ cert: await readFile(certFile), key: await readFile(keyFile) }, (_, response) => {
    issuer.fetches += 1;
    response.setHeader('content-type', 'application/json').end(jwks);
  });
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  issuer.uri = `https://localhost:${(listening.address() as AddressInfo).port}/keys`;
  issuer.close = () => listening.close();
  return authority.certFile;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-sts-'));
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  signingKey = privateKey;
  jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'ci-1', alg: 'RS256', use: 'sig' }] });
  const certFile = await publishKeys();
  server = await startServer({
    env: { NODE_EXTRA_CA_CERTS: certFile, KEYSTEAD_IDENTITY_PROVIDER_NETWORKS: '127.0.0.0/8,::1' },
  });
  iam = new IAMClient(config(server.credentials));
  await iam.send(new CreateUserCommand({ UserName: 'alice' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
  alice = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'assume',
      PolicyDocument: policy(allow(['sts:AssumeRole', 'sts:TagSession', 'sts:GetAccessKeyInfo'])),
    }),
  );
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${ISSUER_HOST}`, ClientIDList: ['sts.amazonaws.com'] }),
  );
  await keysFrom({ Jwks: jwks });
});
afterAll(async () => {
  iam?.destroy();
  await server?.stop();
  issuer.close();
  await rm(directory, { recursive: true, force: true });
});

async function aRole(RoleName: string, trustPolicy: string, ...statements: object[]): Promise<string> {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustPolicy }));
  const PolicyDocument = policy(...statements);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
  return Role?.Arn ?? '';
}

const byAccount = () => trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, ['sts:AssumeRole', 'sts:TagSession']);
const byIdentityToken = (more: object = {}) => trust({ Federated: PROVIDER }, 'sts:AssumeRoleWithWebIdentity', more);

const defaultClaims = {
  sub: 'repo:team/app:ref:refs/heads/main',
  aud: 'sts.amazonaws.com',
  iss: `https://${ISSUER_HOST}`,
};
const identityToken = (claims: object = {}, expires: string | Date = '5m') =>
  new SignJWT({ ...defaultClaims, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'ci-1' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(signingKey);

/** Sets the provider's keys at the REST door; AWS does not have this call. */
async function keysFrom(body: { readonly Jwks?: string; readonly JwksUri?: string }): Promise<void> {
  const root = caller(server.endpoint, server.credentials);
  const reply = await root.rest('PUT', `/v1/oidc-providers/${encodeURIComponent(PROVIDER)}/keys`, body);
  if (reply.status !== 204) throw new Error(reply.text);
}

const sessionOf = (Credentials: Credentials | undefined) => ({
  accessKeyId: Credentials?.AccessKeyId ?? '',
  secretAccessKey: Credentials?.SecretAccessKey ?? '',
  sessionToken: Credentials?.SessionToken ?? '',
});

describe('the AWS SDK', () => {
  test('assumes a role, whose session has the permissions of the role until the role is deleted', async () => {
    const RoleArn = await aRole('SdkDeploy', byAccount(), allow(['kms:ListKeys', 'kms:CreateKey']));
    const sts = new STSClient(config(alice));
    const answer = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'build-7', DurationSeconds: 900 }));
    const credentials = sessionOf(answer.Credentials);
    const kms = new KMSClient(config(credentials));
    await kms.send(new CreateKeyCommand({}));
    await expect(kms.send(new ListAliasesCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const inside = new STSClient(config(credentials));
    expect(await inside.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/SdkDeploy/build-7`,
      UserId: answer.AssumedRoleUser?.AssumedRoleId,
    });
    const { Account } = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: credentials.accessKeyId }));
    expect(Account).toBe(ACCOUNT);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'SdkDeploy', PolicyName: 'own' }));
    await expect(kms.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await iam.send(new DeleteRoleCommand({ RoleName: 'SdkDeploy' }));
    await expect(kms.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    await expect(inside.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  test('renews a role’s session by itself (fromTemporaryCredentials), with tags and a session policy', async () => {
    const byTag = { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red' } } };
    const RoleArn = await aRole('Tagged', byAccount(), allow('kms:*', byTag));
    const clientConfig = { region: 'us-east-1', endpoint: server.endpoint };
    const credentials = fromTemporaryCredentials({
      masterCredentials: alice,
      clientConfig,
      params: {
        RoleArn,
        RoleSessionName: 'tagged',
        Tags: [{ Key: 'Team', Value: 'red' }],
        Policy: policy(allow('kms:ListKeys')),
      },
    });
    const kms = new KMSClient(config(credentials));
    await kms.send(new ListKeysCommand({}));
    await expect(kms.send(new ListAliasesCommand({}))).rejects.toThrow(/no session policy allows/);
    const untagged = fromTemporaryCredentials({ masterCredentials: alice, clientConfig, params: { RoleArn } });
    await expect(new KMSClient(config(untagged)).send(new ListKeysCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('reads the managed policies of a role', async () => {
    const RoleArn = await aRole('Managed', byAccount(), allow('kms:DescribeKey'));
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser';
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'Managed', PolicyArn }));
    const { Credentials } = await new STSClient(config(alice)).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'power' }),
    );
    const kms = new KMSClient(config(sessionOf(Credentials)));
    await kms.send(new ListAliasesCommand({}));
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'Managed', PolicyArn }));
    await expect(kms.send(new ListAliasesCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('gets a session token of its own user', async () => {
    const { Credentials } = await new STSClient(config(alice)).send(
      new GetSessionTokenCommand({ DurationSeconds: 900 }),
    );
    const inside = new STSClient(config(sessionOf(Credentials)));
    expect((await inside.send(new GetCallerIdentityCommand({}))).Arn).toBe(`arn:aws:iam::${ACCOUNT}:user/alice`);
    await expect(inside.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('gets each refusal as its own exception', async () => {
    const RoleArn = await aRole('Refusing', byAccount(), allow('kms:*'));
    const sts = new STSClient(config(alice));
    const assume = (more: object) =>
      sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'refused', ...more })).then(
        () => 'answered',
        (error: Error) => error.name,
      );
    expect(await assume({ Policy: '{' })).toBe('MalformedPolicyDocumentException');
    expect(await assume({ DurationSeconds: 43_200 })).toBe('ValidationError');
    expect(await assume({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/none` })).toBe('AccessDenied');
    const many = Array.from({ length: 3000 }, (_, i) => `kms:A${(i * 2_654_435_761).toString(36)}`);
    expect(await assume({ Policy: policy(allow(many)) })).toBe('PackedPolicyTooLargeException');
    await expect(
      new STSClient(config(server.credentials)).send(new DecodeAuthorizationMessageCommand({ EncodedMessage: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidAuthorizationMessageException' });
  });
});

describe('an identity token', () => {
  const onMain = { Condition: { StringEquals: { [`${ISSUER_HOST}:sub`]: defaultClaims.sub } } };

  test('opens a session without any stored secret, for the subject that the trust policy names', async () => {
    const RoleArn = await aRole('Ci', byIdentityToken(onMain), allow('kms:ListKeys'));
    const clientConfig = { region: 'us-east-1', endpoint: server.endpoint };
    const webIdentityToken = await identityToken();
    const kms = new KMSClient(config(fromWebToken({ roleArn: RoleArn, webIdentityToken, clientConfig })));
    await kms.send(new ListKeysCommand({}));
    const other = await identityToken({ sub: 'repo:team/app:ref:refs/heads/try' });
    const sts = new STSClient({ ...clientConfig, maxAttempts: 1, credentials: alice });
    const input = { RoleArn, RoleSessionName: 'run-12' };
    const answer = await sts.send(
      new AssumeRoleWithWebIdentityCommand({ ...input, WebIdentityToken: webIdentityToken }),
    );
    expect(answer).toMatchObject({
      Audience: 'sts.amazonaws.com',
      Provider: `https://${ISSUER_HOST}`,
      SubjectFromWebIdentityToken: defaultClaims.sub,
    });
    const refused = (WebIdentityToken: string) =>
      sts.send(new AssumeRoleWithWebIdentityCommand({ ...input, WebIdentityToken })).then(
        () => 'answered',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    expect(await refused(other)).toBe('AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity');
    expect(await refused(await identityToken({ aud: 'other' }))).toMatch(
      /^InvalidIdentityTokenException: Incorrect token/,
    );
    expect(await refused(await identityToken({}, new Date(1000)))).toMatch(/^ExpiredTokenException: Token expired/);
    expect(await refused(`${webIdentityToken.slice(0, -8)}AAAAAAAA`)).toMatch(/^InvalidIdentityTokenException/);
  });

  test('is verified with keys that its provider publishes over HTTPS, fetched once', async () => {
    await keysFrom({ JwksUri: issuer.uri });
    const RoleArn = await aRole('CiFetched', byIdentityToken(), allow('kms:ListKeys'));
    const sts = new STSClient(config(alice));
    for (let i = 0; i < 3; i++) {
      const WebIdentityToken = await identityToken();
      await sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'run-12', WebIdentityToken }));
    }
    expect(issuer.fetches).toBe(1);
    await keysFrom({ Jwks: jwks });
  });

  test('is in the audit log as the caller of the exchange, and its session with the provider', async () => {
    const RoleArn = await aRole('CiAudited', byIdentityToken(), allow('kms:ListKeys'));
    const sts = new STSClient(config(alice));
    const WebIdentityToken = await identityToken();
    const { Credentials } = await sts.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'run-12', WebIdentityToken }),
    );
    await new KMSClient(config(sessionOf(Credentials))).send(new ListKeysCommand({}));
    const root = caller(server.endpoint, server.credentials);
    const events = async (name: string) => {
      const { json } = await root.rest('GET', `/v1/events?EventName=${name}&MaxResults=1`);
      const [event] = json.Events as readonly { readonly CloudTrailEvent: string }[];
      return event?.CloudTrailEvent ?? '';
    };
    const came = await events('AssumeRoleWithWebIdentity');
    expect(JSON.parse(came)).toMatchObject({
      eventSource: 'sts.amazonaws.com',
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: `${PROVIDER}:sts.amazonaws.com:${defaultClaims.sub}`,
        userName: defaultClaims.sub,
        identityProvider: PROVIDER,
      },
      requestParameters: { roleArn: RoleArn, roleSessionName: 'run-12' },
      responseElements: { subjectFromWebIdentityToken: defaultClaims.sub, audience: 'sts.amazonaws.com' },
    });
    for (const secret of [WebIdentityToken, Credentials?.SessionToken, Credentials?.SecretAccessKey]) {
      expect(came).not.toContain(secret);
    }
    expect(JSON.parse(await events('ListKeys'))).toMatchObject({
      userIdentity: {
        type: 'AssumedRole',
        sessionContext: { webIdFederationData: { federatedProvider: PROVIDER } },
      },
    });
  });
});

describe('the Terraform provider', () => {
  const identityOf = async (block: ObjectValue, env: Readonly<Record<string, string>>) => {
    const around = { HOME: directory, AWS_ENDPOINT_URL: server.endpoint, AWS_REGION: 'us-east-1', ...env };
    const client = await connect(readSettings({ max_retries: 0, ...block }, around), {
      ...surroundings('test', new AbortController().signal),
      env: around,
    });
    return client.read('GetCallerIdentity', {}, 'us-east-1').finally(() => client.close());
  };

  test('assumes the role that its block names, and then the next one', async () => {
    const first = await aRole('ProviderFirst', byAccount(), allow('sts:AssumeRole'));
    const next = await aRole('ProviderNext', trust({ AWS: first }, 'sts:AssumeRole'), allow('kms:*'));
    const block = {
      access_key: alice.accessKeyId,
      secret_key: alice.secretAccessKey,
      assume_role: [{ role_arn: first }, { role_arn: next, session_name: 'apply' }],
    };
    expect(await identityOf(block, {})).toMatchObject({
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ProviderNext/apply`,
    });
    const closed = { ...block, assume_role: [{ role_arn: next }] };
    await expect(identityOf(closed, {})).rejects.toMatchObject({
      diagnostics: [{ summary: `Cannot assume ${next}`, path: ['assume_role', 0] }],
    });
  });

  test('needs only a role and an identity token in a CI job', async () => {
    const RoleArn = await aRole('ProviderCi', byIdentityToken(), allow('kms:*'));
    const identityTokenFile = join(directory, 'provider-token');
    await writeFile(identityTokenFile, await identityToken());
    const env = {
      AWS_ROLE_ARN: RoleArn,
      AWS_WEB_IDENTITY_TOKEN_FILE: identityTokenFile,
      AWS_ROLE_SESSION_NAME: 'run-12',
    };
    expect(await identityOf({}, env)).toMatchObject({ Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ProviderCi/run-12` });
  });

  test('and the keystead command line use a session from the environment', async () => {
    const RoleArn = await aRole('CliRole', byAccount(), allow('iam:ListUsers'));
    const { Credentials } = await new STSClient(config(alice)).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'cli' }),
    );
    const { accessKeyId, secretAccessKey, sessionToken } = sessionOf(Credentials);
    const env = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      KEYSTEAD_ENDPOINT: server.endpoint,
    };
    expect(await identityOf({}, env)).toMatchObject({ Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/CliRole/cli` });
    expect(await runKeystead(['identity', 'list-users'], env)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('alice'),
    });
  });
});

describe('the aws command line', () => {
  const aws = (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const kept = { PATH: process.env.PATH ?? '', HOME: directory, AWS_ENDPOINT_URL: server.endpoint };
    const all = { ...kept, AWS_DEFAULT_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '', ...env };
    return run('env', ['-i', ...Object.entries(all).map(([name, value]) => `${name}=${value}`), 'aws', ...args]);
  };

  test('assumes the role of a profile', async () => {
    const RoleArn = await aRole('Profiled', byAccount(), allow('kms:ListKeys'));
    const [configFile, credentialsFile] = [join(directory, 'config'), join(directory, 'credentials')];
    await writeFile(
      configFile,
      `[profile deploy]\nrole_arn = ${RoleArn}\nsource_profile = alice\nregion = us-east-1\n`,
    );
    await writeFile(
      credentialsFile,
      `[alice]\naws_access_key_id = ${alice.accessKeyId}\naws_secret_access_key = ${alice.secretAccessKey}\n`,
    );
    const env = { AWS_CONFIG_FILE: configFile, AWS_SHARED_CREDENTIALS_FILE: credentialsFile, AWS_PROFILE: 'deploy' };
    expect(await aws(['kms', 'list-keys'], env)).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await aws(['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'], env);
    expect(stdout).toMatch(/:assumed-role\/Profiled\//);
  });

  test('opens a session with the identity token of a CI job, from only a file and a role', async () => {
    const RoleArn = await aRole('CiJob', byIdentityToken(), allow(['kms:ListKeys']));
    const identityTokenFile = join(directory, 'token');
    await writeFile(identityTokenFile, await identityToken());
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: identityTokenFile, AWS_ROLE_ARN: RoleArn };
    expect(await aws(['kms', 'list-keys'], env)).toMatchObject({ code: 0, stderr: '' });
    const { stderr } = await aws(['kms', 'list-aliases'], env);
    expect(stderr).toContain('AccessDeniedException');
    const call = ['sts', 'assume-role-with-web-identity', '--role-arn', RoleArn, '--role-session-name', 'job'];
    const { stdout, code } = await aws([...call, '--web-identity-token', await identityToken()], {});
    expect(code).toBe(0);
    const { Credentials } = JSON.parse(stdout) as { Credentials: Record<string, string> };
    const inside = {
      AWS_ACCESS_KEY_ID: Credentials.AccessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey ?? '',
      AWS_SESSION_TOKEN: Credentials.SessionToken ?? '',
    };
    expect((await aws(['kms', 'list-keys'], inside)).code).toBe(0);
  });
});
