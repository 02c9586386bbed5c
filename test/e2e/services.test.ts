/** Programs that call as services: for themselves, and for their callers. Signed requests to a real server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import { aKey, aUser, awsRequest, type Caller, caller, type Json, type Reply, send, signed } from '../support/calls.ts';
import { ACCOUNT, type InProcessServer, REGION, startInProcess } from '../support/in-process-server.ts';
import { policyText, type Statement } from '../support/policies.ts';
import { runKeystead } from '../support/server.ts';

let server: InProcessServer;
let service: Caller;
let alice: Awaited<ReturnType<typeof aUser>>;
let keyId: string;
let directory: string;

const SERVICE = 's3.amazonaws.com';
const VIA = `s3.${REGION}.amazonaws.com`;
const Plaintext = Buffer.from('attack at dawn').toString('base64');
const source = `arn:aws:s3:::orders`;

const account: Statement = {
  Sid: 'account',
  Effect: 'Allow',
  Principal: { AWS: ACCOUNT },
  Action: 'kms:*',
  Resource: '*',
};
const through: Statement = {
  Sid: 'through',
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: 'kms:Encrypt',
  Resource: '*',
  Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': VIA } },
};
const throughAny: Statement = {
  ...through,
  Sid: 'through any',
  Action: ['kms:Encrypt', 'kms:Decrypt'],
  Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT }, Bool: { 'aws:ViaAWSService': 'true' } },
};
const own: Statement = {
  Sid: 'own',
  Effect: 'Allow',
  Principal: { Service: SERVICE },
  Action: 'kms:GenerateDataKey',
  Resource: '*',
  Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::ord*' }, StringEquals: { 'aws:SourceAccount': ACCOUNT } },
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-services-'));
  const trustedServicesFile = join(directory, 'trusted-services.json');
  const trusted = { [ACCOUNT]: { [SERVICE]: ['Encrypt', 'DescribeKey'], [VIA]: ['Encrypt'] } };
  await writeFile(trustedServicesFile, JSON.stringify(trusted));
  server = await startInProcess({ config: { trustedServicesFile } });
  const { root, endpoint } = server;
  alice = await aUser(root, 'alice');
  service = await aService(SERVICE);
  ({ keyId } = await aKey(root, { Policy: policyText(account, through, own) }));
  expect(endpoint).toMatch(/^http/);
});
afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function aService(ServiceName: string): Promise<Caller> {
  await server.root.rest('POST', '/v1/service-principals', { ServiceName });
  const { json } = await server.root.rest('POST', `/v1/service-principals/${ServiceName}/access-keys`);
  const key = json.AccessKey as { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  return caller(server.endpoint, { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey }, REGION);
}

/** Of a session that the caller opens of itself. */
async function sessionTokenOf(by: Caller): Promise<string> {
  const { json } = await by.rest('POST', '/v1/sessions/session-token', {});
  return (json.Credentials as { readonly SessionToken: string }).SessionToken;
}

type Headers = Readonly<Record<string, string>>;

/** Calls an operation with headers that the signature covers. */
function call(by: Caller, operation: string, input: Json, headers: Headers = {}): Promise<Reply> {
  const request = awsRequest(operation, { KeyId: keyId, ...input });
  const all = { ...request, headers: [...(request.headers ?? []), ...Object.entries(headers)] };
  return send(server.endpoint, signed(server.endpoint, all, { credentials: by.credentials, region: REGION }));
}
const behalf = (arn: string, sessionToken?: string): Headers => ({
  'x-keystead-on-behalf-of': arn,
  ...defined({ 'x-keystead-on-behalf-of-token': sessionToken }),
});

test('a user can do through the service what it cannot do alone, and the audit log names both', async () => {
  const direct = caller(server.endpoint, alice, REGION);
  expect((await call(direct, 'Encrypt', { Plaintext })).code).toBe('AccessDeniedException');
  expect((await call(service, 'Encrypt', { Plaintext }, behalf(alice.arn))).code).toBeUndefined();
  expect((await call(service, 'DescribeKey', {}, behalf(alice.arn))).code).toBe('AccessDeniedException');
  const { json } = await server.root.rest('GET', '/v1/events?EventName=Encrypt');
  expect(JSON.stringify(json)).toContain('invokedBy');
});

test('another service is another condition value', async () => {
  const other = await aService('sqs.amazonaws.com');
  const asAlice = behalf(alice.arn, await sessionTokenOf(caller(server.endpoint, alice, REGION)));
  const { code, message } = await call(other, 'Encrypt', { Plaintext }, asAlice);
  expect([code, message]).toEqual(['AccessDeniedException', expect.stringContaining('perform: kms:Encrypt')]);
});

test('a user proves by a session of its own that it called the service, unless the operator trusts the service', async () => {
  const { keyId: KeyId } = await aKey(server.root, { Policy: policyText(account, throughAny) });
  const other = await aService('sns.amazonaws.com');
  const sessionToken = await sessionTokenOf(caller(server.endpoint, alice, REGION));
  const refusal = async (by: Caller, operation: string, input: Json, headers: Headers) => {
    const { code, message } = await call(by, operation, { KeyId, ...input }, headers);
    return code && `${code}: ${message}`;
  };
  expect(await refusal(other, 'Encrypt', { Plaintext }, behalf(alice.arn))).toBe(
    `AccessDeniedException: Service: sns.amazonaws.com cannot act for ${alice.arn}`,
  );
  expect(await refusal(other, 'Encrypt', { Plaintext }, behalf(alice.arn, sessionToken))).toBeUndefined();
  // The operator trusts the other one, for two operations.
  expect(await refusal(service, 'Encrypt', { Plaintext }, behalf(alice.arn))).toBeUndefined();
  const { json } = await call(service, 'Encrypt', { KeyId, Plaintext }, behalf(alice.arn));
  const ciphertext = { CiphertextBlob: json.CiphertextBlob };
  expect(await refusal(service, 'Decrypt', ciphertext, behalf(alice.arn))).toBe(
    `AccessDeniedException: User: ${alice.arn} cannot call Decrypt through a service without a session token.`,
  );
  expect(await refusal(service, 'Decrypt', ciphertext, behalf(alice.arn, sessionToken))).toBeUndefined();
});

test('no service acts for root, trusted or not, with a session token or without', async () => {
  const arn = `arn:aws:iam::${ACCOUNT}:root`;
  const sessionToken = await sessionTokenOf(server.root);
  for (const headers of [behalf(arn), behalf(arn, sessionToken)]) {
    const { code, message } = await call(service, 'Encrypt', { Plaintext }, headers);
    expect([code, message]).toEqual(['AccessDeniedException', `Service: ${SERVICE} cannot act for ${arn}`]);
  }
});

test('a service that calls for itself is allowed by its name, for the source in its signed headers', async () => {
  const from = (arn: string, accountId = ACCOUNT) => ({ 'x-amz-source-arn': arn, 'x-amz-source-account': accountId });
  const ask = async (headers: Headers) =>
    (await call(service, 'GenerateDataKey', { KeySpec: 'AES_256' }, headers)).code;
  expect(await ask(from(source))).toBeUndefined();
  expect(await ask(from('arn:aws:s3:::other'))).toBe('AccessDeniedException');
  expect(await ask(from(source, '444455556666'))).toBe('AccessDeniedException');
  expect(await ask({})).toBe('AccessDeniedException');
  expect(await ask(from('orders'))).toBe('ValidationException');
  expect(await ask(from(source, '1'))).toBe('ValidationException');
  expect(await ask({ ...from(source), ...behalf(alice.arn) })).toBe('ValidationException');
});

test('a service that calls for itself has its name in the Region too, in policies and in grants', async () => {
  const { keyId: other } = await aKey(server.root, {
    Policy: policyText(account, { ...own, Principal: { Service: VIA } }),
  });
  const ask = async (KeyId: string, arn: string) => {
    const headers = { 'x-amz-source-arn': arn, 'x-amz-source-account': ACCOUNT };
    return (await call(service, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' }, headers)).code;
  };
  expect(await ask(other, source)).toBeUndefined();
  const { keyId: granted } = await aKey(server.root, { Policy: policyText(account) });
  const SourceArn = `arn:aws:s3:${REGION}:${ACCOUNT}:accesspoint/orders`;
  const grant = { KeyId: granted, GranteeServicePrincipal: VIA, RetiringServicePrincipal: VIA };
  const { json } = await server.root.aws('CreateGrant', {
    ...grant,
    Operations: ['GenerateDataKey'],
    Constraints: { SourceArn },
  });
  expect(await ask(granted, SourceArn)).toBeUndefined();
  expect(await ask(granted, source)).toBe('AccessDeniedException');
  const { json: mine } = await service.rest('GET', `/v1/grants/retirable?RetiringServicePrincipal=${VIA}`);
  expect(mine.Grants).toEqual([
    expect.objectContaining({ GrantId: json.GrantId, GranteeServicePrincipal: VIA, RetiringServicePrincipal: VIA }),
  ]);
});

test('a service that has a Region in its name keeps that name when it acts for others', async () => {
  const regional = await aService(VIA);
  expect((await call(regional, 'Encrypt', { Plaintext }, behalf(alice.arn))).code).toBeUndefined();
});

test('ListKeys takes the owners of keys at both doors', async () => {
  for (const ResourceOwners of [['SELF'], ['OTHER_ACCOUNTS_VIA_RAM'], ['OTHER_ACCOUNTS_VIA_RAM', 'SELF']]) {
    const query = ResourceOwners.map((owner) => `ResourceOwners=${owner}`).join('&');
    const ofRest = await server.root.rest('GET', `/v1/keys?${query}`);
    const ofAws = await server.root.aws('ListKeys', { ResourceOwners });
    expect(ofRest.json).toEqual(ofAws.json);
    const { Keys } = ofAws.json as { readonly Keys: readonly unknown[] };
    expect(Keys.length > 0).toBe(ResourceOwners.includes('SELF'));
  }
  expect((await server.root.rest('GET', '/v1/keys?ResourceOwners=BOGUS')).code).toBe('ValidationException');
  expect((await server.root.aws('ListKeys', { ResourceOwners: ['BOGUS'] })).code).toBe('ValidationException');
});

test('only a service can act for others, and only with signed headers', async () => {
  const user = caller(server.endpoint, alice, REGION);
  expect((await call(user, 'Encrypt', { Plaintext }, behalf(alice.arn))).code).toBe('AccessDeniedException');
  expect((await call(server.root, 'Encrypt', { Plaintext }, behalf(alice.arn))).code).toBe('AccessDeniedException');
  for (const headers of [behalf(alice.arn), { 'x-amz-source-arn': source }]) {
    const request = signed(server.endpoint, awsRequest('Encrypt', { KeyId: keyId, Plaintext }), {
      credentials: service.credentials,
      region: REGION,
    });
    const extended = { ...request, headers: [...request.headers, ...Object.entries(headers)] };
    expect((await send(server.endpoint, extended)).code).toBe('InvalidSignatureException');
  }
});

test('a service can act only for existing principals of its account, and only on keys', async () => {
  const ask = async (arn: string, operation = 'Encrypt') =>
    (await call(service, operation, { Plaintext }, behalf(arn))).code;
  expect(await ask(`arn:aws:iam::${ACCOUNT}:user/nobody`)).toBe('AccessDeniedException');
  expect(await ask('arn:aws:iam::444455556666:user/mallory')).toBe('AccessDeniedException');
  expect(await ask(`arn:aws:iam::${ACCOUNT}:role/any`)).toBe('AccessDeniedException');
  const made = await service.rest(
    'POST',
    '/v1/users',
    { UserName: 'smuggled' },
    {
      headers: behalf(alice.arn),
    },
  );
  expect(made.code).toBe('AccessDeniedException');
  expect(made.message).toContain('through a service');
});

test('a session is proven by its session token, and ends for services too when it ends', async () => {
  const user = caller(server.endpoint, alice, REGION);
  const trust = { Effect: 'Allow', Principal: { AWS: alice.arn }, Action: 'sts:AssumeRole' };
  const role = await server.root.rest('POST', '/v1/roles', {
    RoleName: 'worker',
    AssumeRolePolicyDocument: policyText(trust),
  });
  expect(role.status).toBe(201);
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/worker`;
  const open = async (more: Json = {}) => {
    const input = { RoleArn, RoleSessionName: 'job', ...more };
    const { json } = await user.rest('POST', '/v1/sessions/assume-role', input);
    return (json.Credentials as { readonly SessionToken: string }).SessionToken;
  };
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/job`;
  const sessionToken = await open();
  const ask = async (principal: string, given?: string) =>
    (await call(service, 'Encrypt', { Plaintext }, behalf(principal, given))).code;
  expect(await ask(arn, sessionToken)).toBeUndefined();
  expect(await ask(arn)).toBe('AccessDeniedException');
  expect(await ask(arn.replace('/job', '/other'), sessionToken)).toBe('AccessDeniedException');
  expect(await ask(arn, `${sessionToken.slice(0, -4)}AAAA`)).toBe('AccessDeniedException');
  // The session policy applies to the service too.
  const narrow = policyText({ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: '*' });
  expect(await ask(arn, await open({ Policy: narrow }))).toBe('AccessDeniedException');
  await server.root.rest('DELETE', '/v1/roles/worker');
  expect(await ask(arn, sessionToken)).toBe('AccessDeniedException');
});

describe('keystead authorize', () => {
  const keystead = (...args: string[]) =>
    runKeystead(['authorize', '--key', keyId, ...args], {
      KEYSTEAD_ENDPOINT: server.endpoint,
      AWS_ACCESS_KEY_ID: server.root.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.root.credentials.secretAccessKey,
      AWS_REGION: REGION,
    });

  test('answers by exit code and in one sentence; --explain adds the reasons', async () => {
    const asked = ['--principal', alice.arn, '--action', 'kms:Encrypt'];
    expect(await keystead(...asked)).toMatchObject({
      code: 2,
      stdout: 'Deny: key policy statement "account" leaves it to identity policies, none of which allows\n',
    });
    expect(await keystead(...asked, '--via-service', VIA)).toMatchObject({
      code: 0,
      stdout: 'Allow: key policy statement "through" allows\n',
    });
    const { code, stdout } = await keystead(...asked, '--explain');
    expect(code).toBe(2);
    expect(stdout).toContain('aws:username = alice');
    expect(stdout).toContain(
      `Allow "through": does not apply: StringEquals kms:ViaService ["${VIA}"], the request has none`,
    );
    expect(stdout).toMatch(/the caller is told: User: \S+ is not authorized to perform: kms:Encrypt/);
  });

  test('decides on the operations of ML-KEM keys, with the grant that allows them', async () => {
    const mlKem = await aKey(server.root, { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
    const grant = { KeyId: mlKem.keyId, GranteePrincipal: alice.arn, Operations: ['Decapsulate'] };
    const { GrantId } = (await server.root.aws('CreateGrant', grant, { region: REGION })).json;
    const asked = (action: string) =>
      keystead('--key', mlKem.keyId, '--principal', alice.arn, '--action', action, '--explain');
    const allowed = await asked('kms:Decapsulate');
    expect([allowed.code, allowed.stdout]).toEqual([0, expect.stringContaining(String(GrantId))]);
    const denied = await asked('kms:Encapsulate');
    expect([denied.code, denied.stdout]).toEqual([2, expect.stringContaining('perform: kms:Encapsulate')]);
  });

  test('fails without an action, for one that does not exist, for an unknown principal and for a policy file that cannot be read', async () => {
    expect((await keystead('--principal', alice.arn)).code).toBe(1);
    const nobody = await keystead('--principal', `${alice.arn}2`, '--action', 'kms:Encrypt');
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('NoSuchEntity')]);
    const action = async (name: string) => {
      const { code, stdout, stderr } = await keystead('--principal', alice.arn, '--action', name);
      return [code, stdout, stderr];
    };
    expect(await action('kms:Decrpyt')).toEqual([1, '', expect.stringContaining('There is no action kms:Decrpyt.')]);
    expect(await action('s3:GetObject')).toEqual([1, '', expect.stringContaining('There is no action s3:GetObject.')]);
    expect(await action('kms:Get*')).toEqual([1, '', expect.stringContaining('--action: "kms:Get*" is a pattern')]);
    expect((await action('KMS:decrypt'))[0]).toBe(2);
    expect((await action('sts:TagSession'))[0]).not.toBe(1);
    const missing = await keystead('--principal', alice.arn, '--action', 'kms:Encrypt', '--key-policy', '/nonexistent');
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('cannot be read')]);
  });
});
