/** Refusals at both doors of a real server, with AWS's own codes, statuses and texts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presign, type SignableRequest } from '@keystead/control-plane/sigv4/verify.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { type OperationName, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { pathMembers } from '@keystead/provider-schema/rest.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { structureOf } from '@keystead/provider-schema/shapes/index.ts';
import {
  aKey,
  aUser,
  awsRequest,
  type Caller,
  caller,
  type Json,
  type Reply,
  type Request,
  type Signing,
  send,
  signed,
  storedState,
} from '../support/calls.ts';
import { validJson } from '../support/contract-faults.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ACCOUNT = '111122223333';
const MINUTE_MS = 60_000;

let dataDir: string;
let server: TestServer;
let root: Caller;

/** One control plane has two accounts: it was started once with each account id. */
const otherRootCredentials = {
  accessKeyId: 'AKIAOTHERACCOUNTROOT',
  secretAccessKey: 'other-account-root-secret-0123456789abcd',
};
const OTHER_ACCOUNT = '444455556666';
let otherRoot: Caller;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-refusals-'));
  const env = {
    KEYSTEAD_LOG_LEVEL: 'warn',
    KEYSTEAD_ROOT_ACCESS_KEY_ID: otherRootCredentials.accessKeyId,
    KEYSTEAD_ROOT_SECRET_ACCESS_KEY: otherRootCredentials.secretAccessKey,
  };
  const other = await startServer({ dataDir, accountId: OTHER_ACCOUNT, env });
  await other.stop();
  server = await startServer({ dataDir, accountId: ACCOUNT, env: { KEYSTEAD_LOG_LEVEL: 'warn' } });
  root = caller(server.endpoint, server.credentials);
  otherRoot = caller(server.endpoint, otherRootCredentials);
});

afterAll(async () => {
  expect(server.log()).toBe('');
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const doors = [
  { door: 'AWS', request: awsRequest('ListKeys', '{"Limit":5}') },
  {
    door: 'REST',
    request: { method: 'POST', target: '/v1/random', body: '{"NumberOfBytes":5}' } satisfies Request,
  },
];

describe.each(doors)('a signature at the $door door', ({ door, request }) => {
  const status = door === 'AWS' ? 400 : 401;

  function expectRefused(reply: Reply, code: string, text: RegExp): void {
    expect({ code: reply.code, status: reply.status }).toEqual({ code, status });
    expect(reply.message).toMatch(text);
  }

  const sendSigned = (signing: Partial<Signing>, what: Request = request) =>
    send(server.endpoint, signed(server.endpoint, what, { credentials: server.credentials, ...signing }));

  const header = (name: string, change: (value: string) => string) => (signed: SignableRequest) => ({
    ...signed,
    headers: signed.headers.map(
      ([sent, value]) => [sent, sent.toLowerCase() === name ? change(value) : value] as const,
    ),
  });
  const without = (name: string) => (signed: SignableRequest) => ({
    ...signed,
    headers: signed.headers.filter(([sent]) => sent.toLowerCase() !== name),
  });
  const plus = (name: string, value: string) => (signed: SignableRequest) => ({
    ...signed,
    headers: [...signed.headers, [name, value] as const],
  });
  const mismatch = /^The request signature we calculated does not match the signature you provided\./;

  test('is accepted when it is right, also four minutes early or late', async () => {
    for (const minutes of [0, -4, 4]) {
      expect((await sendSigned({ nowMs: Date.now() + minutes * MINUTE_MS })).status).toBe(200);
    }
  });

  test('with a wrong secret does not match', async () => {
    const credentials = { ...server.credentials, secretAccessKey: `${server.credentials.secretAccessKey}x` };
    expectRefused(await sendSigned({ credentials }), 'InvalidSignatureException', mismatch);
  });

  test('by an unknown access key is refused as unknown', async () => {
    const credentials = { ...server.credentials, accessKeyId: 'AKIAUNKNOWNUNKNOWN12' };
    const text = /^The security token included in the request is invalid\.$/;
    expectRefused(await sendSigned({ credentials }), 'UnrecognizedClientException', text);
  });

  test('with an invalid session token is refused as unknown', async () => {
    const credentials = { ...server.credentials, sessionToken: 'a-session-token' };
    expectRefused(await sendSigned({ credentials }), 'UnrecognizedClientException', /security token/);
  });

  test('six minutes old has expired, six minutes ahead is not yet current', async () => {
    const at = (minutes: number) => sendSigned({ nowMs: Date.now() + minutes * MINUTE_MS });
    const code = 'InvalidSignatureException';
    expectRefused(
      await at(-6),
      code,
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(.* - 5 min\.\)$/,
    );
    expectRefused(
      await at(6),
      code,
      /^Signature not yet current: \d{8}T\d{6}Z is still later than .* \(.* \+ 5 min\.\)$/,
    );
  });

  test.each<[string, (request: SignableRequest) => SignableRequest]>([
    ['the body', (whole) => ({ ...whole, body: Buffer.from('{"Limit":6,"NumberOfBytes":6}') })],
    ['the query', (whole) => ({ ...whole, rawQuery: 'a=b' })],
    ['the signature', header('authorization', (value) => value.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))],
    ['the date', header('x-amz-date', (value) => value.replace(/.Z$/, (end) => (end === '0Z' ? '1Z' : '0Z')))],
    ['the Region of the scope', header('authorization', (value) => value.replace('/us-east-1/', '/eu-west-1/'))],
    ['the host', header('host', () => 'other.example.com')],
  ])('does not match when %s is changed', async (_, alter) => {
    expectRefused(await sendSigned({ alter }), 'InvalidSignatureException', mismatch);
  });

  test.each(['X-Amz-Target', 'Idempotency-Key', 'If-Match', 'X-Amz-Security-Token', 'X-Amz-Anything'])(
    'is refused if a header %s was added that it does not cover',
    async (name) => {
      const alter = (whole: SignableRequest) => plus(name, '1')(without(name.toLowerCase())(whole));
      const bare = { ...request, headers: [] };
      expectRefused(await sendSigned({ alter }, bare), 'InvalidSignatureException', /must be a 'SignedHeader'/);
    },
  );

  test('of another service, without a Region, or with another end of its scope is refused', async () => {
    const code = 'InvalidSignatureException';
    const correct = /^Credential should be scoped to correct service: 'kms'\.$/;
    expectRefused(await sendSigned({ service: 's3' }), code, correct);
    expectRefused(await sendSigned({ region: 'nowhere' }), code, /^Credential should be scoped to a valid region/);
    const alter = header('authorization', (value) => value.replace('/aws4_request', '/aws4'));
    expectRefused(await sendSigned({ alter }), code, /terminator/);
    const dated = header('authorization', (value) => value.replace(/\/\d{8}\//, '/20200101/'));
    expectRefused(await sendSigned({ alter: dated }), code, /^Date in Credential scope does not match/);
  });

  test('is required, and must be complete', async () => {
    const missing = await sendSigned({ alter: without('authorization') });
    expectRefused(missing, 'MissingAuthenticationTokenException', /^Missing Authentication Token$/);
    for (const [value, text] of [
      ['Bearer token', /requires 'Credential' parameter.*requires 'Signature' parameter/],
      ['AWS4-HMAC-SHA256 Credential=a/b/c', /requires 'Signature' parameter/],
      ['AWS4-ECDSA-P256-SHA256 Credential=a', /^Unsupported AWS 'algorithm'/],
      ['', /./],
    ] as const) {
      const reply = await sendSigned({ alter: header('authorization', () => value) });
      expect(['IncompleteSignatureException', 'MissingAuthenticationTokenException']).toContain(reply.code);
      expect(reply.message).toMatch(text);
    }
    const undated = await sendSigned({ alter: without('x-amz-date') });
    expectRefused(undated, 'IncompleteSignatureException', /requires existence of either a 'X-Amz-Date' or a 'Date'/);
  });

  test('given twice, or in both header and query, is refused', async () => {
    const twice = (whole: SignableRequest) => plus('Authorization', 'AWS4-HMAC-SHA256 Credential=x')(whole);
    expectRefused(await sendSigned({ alter: twice }), 'InvalidSignatureException', /must not appear more than once/);
    const both = (whole: SignableRequest) => ({ ...whole, rawQuery: 'X-Amz-Signature=00&X-Amz-Algorithm=x' });
    expectRefused(await sendSigned({ alter: both }), 'InvalidSignatureException', /^Only one auth mechanism allowed/);
  });

  test('over an undeclared body is refused', async () => {
    const headers = [
      ...(('headers' in request && request.headers) || []),
      ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'] as const,
    ];
    expectRefused(
      await sendSigned({}, { ...request, headers }),
      'InvalidSignatureException',
      /^UNSIGNED-PAYLOAD is not/,
    );
  });

  test('in the query is valid until it expires, and covers the query, the target and the body', async () => {
    const { host } = new URL(server.endpoint);
    const headers = [['host', host] as const, ...(('headers' in request && request.headers) || [])];
    const plain = {
      method: request.method,
      rawPath: request.target,
      rawQuery: '',
      headers,
      body: Buffer.from(request.body ?? ''),
    };
    const presigned = (nowMs: number) => ({
      ...plain,
      rawQuery: presign(plain, server.credentials, { region: 'us-east-1', nowMs, expiresInSeconds: 60 }),
    });
    const now = presigned(Date.now());
    expect((await send(server.endpoint, now)).status).toBe(200);
    const code = 'InvalidSignatureException';
    const late = await send(server.endpoint, presigned(Date.now() - 2 * MINUTE_MS));
    expectRefused(late, code, /^Signature expired: .* - 60 sec\.\)$/);
    const longer = { ...now, rawQuery: now.rawQuery.replace('Expires=60', 'Expires=600') };
    expectRefused(await send(server.endpoint, longer), code, mismatch);
    expectRefused(await send(server.endpoint, { ...now, body: Buffer.from('{"Limit":6}') }), code, mismatch);
    expectRefused(await send(server.endpoint, { ...now, rawQuery: `${now.rawQuery}&Limit=1` }), code, mismatch);
  });
});

describe('an access key', () => {
  test('that is deactivated loses access at once and regains it when activated', async () => {
    const credentials = await aUser(root, 'flicker');
    const flicker = caller(server.endpoint, credentials);
    const path = `/v1/users/flicker/access-keys/${credentials.accessKeyId}`;
    const ask = async () => (await flicker.rest('GET', '/v1/caller-identity')).status;
    expect(await ask()).toBe(200);
    expect((await root.rest('PATCH', path, { Status: 'Inactive' })).status).toBe(204);
    expect(await ask()).toBe(401);
    expect((await flicker.aws('ListKeys')).code).toBe('UnrecognizedClientException');
    expect((await root.rest('PATCH', path, { Status: 'Active' })).status).toBe(204);
    expect(await ask()).toBe(200);
  });

  test('stops working when its user is deleted, also through the command line', async () => {
    const credentials = await aUser(root, 'leaver');
    const leaver = caller(server.endpoint, credentials);
    expect((await leaver.rest('GET', '/v1/caller-identity')).status).toBe(200);
    expect((await server.keystead('identity', 'delete-user', 'leaver')).code).toBe(0);
    expect((await leaver.rest('GET', '/v1/caller-identity')).code).toBe('UnrecognizedClientException');
    expect((await leaver.aws('ListKeys')).code).toBe('UnrecognizedClientException');
  });
});

describe('a plain user', () => {
  const plaintext = 'eA==';
  let plain: Caller;
  let key: { readonly keyId: string; readonly arn: string };
  let ciphertext: string;
  let grantId: string;

  beforeAll(async () => {
    plain = caller(server.endpoint, await aUser(root, 'plain'));
    key = await aKey(root);
    await root.aws('CreateAlias', { AliasName: 'alias/plain', TargetKeyId: key.keyId });
    ciphertext = String((await root.aws('Encrypt', { KeyId: key.keyId, Plaintext: plaintext })).json.CiphertextBlob);
    const grant = { KeyId: key.keyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`, Operations: ['Decrypt'] };
    grantId = String((await root.aws('CreateGrant', grant)).json.GrantId);
  });

  /** The smallest valid input that names existing objects. */
  function leastInput(record: OperationRecord): Json {
    const { members, required = [] } = structureOf(record.input);
    const real: Json = {
      KeyId: key.keyId,
      TargetKeyId: key.keyId,
      SourceKeyId: key.keyId,
      DestinationKeyId: key.keyId,
      CiphertextBlob: ciphertext,
      AliasName: record.name === 'CreateAlias' ? 'alias/plain-new' : 'alias/plain',
      GrantId: grantId,
      UserName: record.name === 'CreateUser' ? 'brand-new' : 'plain',
      AccessKeyId: plain.credentials.accessKeyId,
      GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/plain`,
      RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:user/plain`,
      Operations: ['Decrypt'],
      PolicyName: 'default',
      AWSServiceName: 'autoscaling.amazonaws.com',
    };
    const wanted = Object.keys(members).filter(
      (name) => required.includes(name) || ['KeyId', 'CiphertextBlob', 'SourceKeyId'].includes(name),
    );
    if (record.name === 'RetireGrant') wanted.push('GrantId');
    if (record.name === 'ListRetirableGrants') wanted.push('RetiringPrincipal');
    return Object.fromEntries(wanted.map((name) => [name, real[name] ?? validJson(members[name] ?? '')]));
  }

  const ask = (record: OperationRecord, input: Json, by: Caller): Promise<Reply> => {
    if (record.service === 'kms') return by.aws(record.name, input);
    const inPath = Object.fromEntries(pathMembers(record).map((name) => [name, 'somebody']));
    const { method, target, body } = encodeRestCall(record.name as OperationName, { ...inPath, ...input } as never);
    return by.rest(method, target, body);
  };

  const implemented = Object.values<OperationRecord>(operations).filter(({ status }) => status === 'implemented');
  /** A review says nothing about a key whose caller may not ask about it (test/operations/keystead/planned-changes.test.ts). */
  const needsNothing = new Set(['GetCallerIdentity', 'GetSessionToken', 'ReviewPlannedChanges']);
  /** Trust policies are tested in test/operations/sts/sessions.test.ts. */
  const byTrust = new Set(['AssumeRole', 'AssumeRoleWithWebIdentity']);

  test.each(
    implemented
      .filter(({ name }) => !needsNothing.has(name) && !byTrust.has(name))
      .map((record) => [record.name, record] as const),
  )('cannot %s by default, and the refusal names the missing permission', async (_, record) => {
    const before = await storedState(root);
    const reply = await ask(record, leastInput(record), plain);
    expect(reply.code).toBe('AccessDeniedException');
    expect(reply.status).toBe(record.service === 'kms' ? 400 : 403);
    const actions = record.targets.map(({ action }) => action);
    const asked = /^User: arn:aws:iam::111122223333:user\/plain is not authorized to perform: (\S+)/.exec(
      reply.message,
    );
    expect(actions).toContain(asked?.[1]);
    expect(await storedState(root)).toBe(before);
  });

  test('is also refused when only the ciphertext names the key, and the refusal does not name it', async () => {
    for (const [operation, input, action] of [
      ['Decrypt', { CiphertextBlob: ciphertext }, 'Decrypt'],
      ['ReEncrypt', { CiphertextBlob: ciphertext, DestinationKeyId: key.keyId }, 'ReEncryptFrom'],
    ] as const) {
      const reply = await plain.aws(operation, input);
      expect(reply.code).toBe('AccessDeniedException');
      expect(reply.message).toContain(`not authorized to perform: kms:${action} on the resource associated with this`);
      expect(reply.text).not.toContain(key.keyId);
    }
  });

  test('is also refused with a dry run, an alias, or a grant token of another principal', async () => {
    const refused = async (operation: string, input: Json) => (await plain.aws(operation, input)).code;
    const encrypt = { Plaintext: plaintext };
    expect(await refused('Encrypt', { ...encrypt, KeyId: key.keyId, DryRun: true })).toBe('AccessDeniedException');
    expect(await refused('Encrypt', { ...encrypt, KeyId: 'alias/plain' })).toBe('AccessDeniedException');
    const made = await root.aws('CreateGrant', {
      KeyId: key.keyId,
      GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`,
      Operations: ['Encrypt'],
    });
    const GrantTokens = [made.json.GrantToken];
    expect(await refused('Encrypt', { ...encrypt, KeyId: key.keyId, GrantTokens })).toBe('AccessDeniedException');
    expect(await refused('RetireGrant', { GrantToken: made.json.GrantToken })).toBe('AccessDeniedException');
  });

  test('cannot use its own key to move or remove an alias of a key without permission', async () => {
    const own = await keyFor({ everything: ['plain'] });
    const moved = await plain.aws('UpdateAlias', { AliasName: 'alias/plain', TargetKeyId: own.keyId });
    expect(moved.code).toBe('AccessDeniedException');
    const described = await root.aws('DescribeKey', { KeyId: 'alias/plain' });
    expect(described.json.KeyMetadata).toMatchObject({ KeyId: key.keyId });
  });
});

const userArn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const allow = (principals: readonly string[], actions: readonly string[], more: Json = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: principals.map((name) => (name.startsWith('arn:') ? name : userArn(name))) },
  Action: actions,
  Resource: '*',
  ...more,
});
const rootStatement = allow([`arn:aws:iam::${ACCOUNT}:root`], ['kms:*']);

async function keyFor({ everything = [], statements = [] }: { everything?: string[]; statements?: Json[] }) {
  const Statement = [rootStatement, ...(everything.length ? [allow(everything, ['kms:*'])] : []), ...statements];
  return aKey(root, { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
}

describe('a key policy', () => {
  let ops: Caller;
  let app: Caller;
  beforeAll(async () => {
    ops = caller(server.endpoint, await aUser(root, 'ops'));
    app = caller(server.endpoint, await aUser(root, 'app'));
  });

  test('separates administrators from users', async () => {
    const key = await keyFor({
      statements: [
        allow(['ops'], ['kms:Describe*', 'kms:Enable*', 'kms:Disable*', 'kms:Put*', 'kms:Get*', 'kms:List*']),
        allow(['app'], ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']),
      ],
    });
    const KeyId = key.keyId;
    const answers = async (by: Caller, operation: string, input: Json = {}) => {
      const { status, code } = await by.aws(operation, { KeyId, ...input });
      return code ?? status;
    };
    const denied = 'AccessDeniedException';
    expect(await answers(ops, 'DisableKey')).toBe(200);
    expect(await answers(ops, 'EnableKey')).toBe(200);
    expect(await answers(ops, 'GetKeyPolicy')).toBe(200);
    expect(await answers(ops, 'Encrypt', { Plaintext: 'eA==' })).toBe(denied);
    expect(await answers(ops, 'GenerateDataKey', { KeySpec: 'AES_256' })).toBe(denied);
    expect(await answers(app, 'Encrypt', { Plaintext: 'eA==' })).toBe(200);
    expect(await answers(app, 'GenerateDataKey', { KeySpec: 'AES_256' })).toBe(200);
    expect(await answers(app, 'DisableKey')).toBe(denied);
    expect(await answers(app, 'PutKeyPolicy', { Policy: '{}' })).toBe(denied);
    expect(await answers(app, 'ScheduleKeyDeletion')).toBe(denied);
    expect(await answers(app, 'CreateGrant', { GranteePrincipal: userArn('app'), Operations: ['Decrypt'] })).toBe(
      denied,
    );
  });

  test('denies the root user when it does not name the account, and a Deny overrides every Allow', async () => {
    const closed = await aKey(root, {
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [allow(['ops'], ['kms:*'])] }),
      BypassPolicyLockoutSafetyCheck: true,
    });
    const refused = await root.aws('DescribeKey', { KeyId: closed.keyId });
    expect(refused.message).toBe(
      `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: kms:DescribeKey on resource: ${closed.arn} ` +
        'because no resource-based policy allows the kms:DescribeKey action',
    );
    const denying = await keyFor({
      everything: ['app'],
      statements: [{ ...allow(['app'], ['kms:Decrypt']), Effect: 'Deny' }],
    });
    const blob = await app.aws('Encrypt', { KeyId: denying.keyId, Plaintext: 'eA==' });
    const decrypted = await app.aws('Decrypt', { KeyId: denying.keyId, CiphertextBlob: blob.json.CiphertextBlob });
    expect(decrypted.message).toBe(
      `User: ${userArn('app')} is not authorized to perform: kms:Decrypt on resource: ${denying.arn} ` +
        'with an explicit deny in a resource-based policy',
    );
  });

  test('takes effect for the next request', async () => {
    const key = await keyFor({ everything: ['app'] });
    expect((await app.aws('DescribeKey', { KeyId: key.keyId })).status).toBe(200);
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [rootStatement] });
    await root.aws('PutKeyPolicy', { KeyId: key.keyId, Policy });
    expect((await app.aws('DescribeKey', { KeyId: key.keyId })).code).toBe('AccessDeniedException');
  });

  test('can require an exact encryption context', async () => {
    const key = await keyFor({
      statements: [
        allow(['app'], ['kms:Encrypt'], {
          Condition: { StringEquals: { 'kms:EncryptionContext:Department': 'finance' } },
        }),
      ],
    });
    const encrypt = (EncryptionContext?: Json) =>
      app.aws('Encrypt', { KeyId: key.keyId, Plaintext: 'eA==', ...defined({ EncryptionContext }) });
    expect((await encrypt({ Department: 'finance' })).status).toBe(200);
    for (const context of [undefined, { Department: 'Finance' }, { Department: 'finance ' }, { Other: 'finance' }]) {
      expect((await encrypt(context)).code).toBe('AccessDeniedException');
    }
  });
});

describe('a grant', () => {
  test('with an encryption context is valid only for this context, and not after it is revoked', async () => {
    const credentials = await aUser(root, 'grantee');
    const grantee = caller(server.endpoint, credentials);
    const key = await aKey(root);
    const grant = await root.aws('CreateGrant', {
      KeyId: key.keyId,
      GranteePrincipal: credentials.arn,
      Operations: ['Encrypt', 'Decrypt'],
      Constraints: { EncryptionContextSubset: { Department: 'finance' } },
    });
    const encrypt = (EncryptionContext: Json) =>
      grantee.aws('Encrypt', { KeyId: key.keyId, Plaintext: 'eA==', EncryptionContext });
    const context = { Department: 'finance', Team: 'a' };
    const blob = (await encrypt(context)).json.CiphertextBlob;
    const decrypt = (EncryptionContext: Json) => grantee.aws('Decrypt', { CiphertextBlob: blob, EncryptionContext });
    expect((await decrypt(context)).json.Plaintext).toBe('eA==');
    for (const other of [{}, { Department: 'legal' }, { department: 'Finance' }]) {
      expect((await encrypt(other)).code).toBe('AccessDeniedException');
      expect((await decrypt(other)).code).toBe('AccessDeniedException');
    }
    expect((await decrypt({ Department: 'finance' })).code).toBe('InvalidCiphertextException');
    const generate = await grantee.aws('GenerateDataKey', { KeyId: key.keyId, KeySpec: 'AES_256' });
    expect(generate.code).toBe('AccessDeniedException');
    await root.aws('RevokeGrant', { KeyId: key.keyId, GrantId: grant.json.GrantId });
    expect((await encrypt(context)).code).toBe('AccessDeniedException');
    const GrantTokens = [grant.json.GrantToken];
    const again = await grantee.aws('Encrypt', {
      KeyId: key.keyId,
      Plaintext: 'eA==',
      EncryptionContext: context,
      GrantTokens,
    });
    expect(again.code).toBe('AccessDeniedException');
  });

  test('for CreateGrant cannot give more than its own operations and constraints', async () => {
    const credentials = await aUser(root, 'delegate');
    const delegate = caller(server.endpoint, credentials);
    const key = await aKey(root);
    const Constraints = { EncryptionContextEquals: { A: '1' } };
    await root.aws('CreateGrant', {
      KeyId: key.keyId,
      GranteePrincipal: credentials.arn,
      Operations: ['CreateGrant', 'Encrypt'],
      Constraints,
    });
    const pass = (more: Json) =>
      delegate.aws('CreateGrant', {
        KeyId: key.keyId,
        GranteePrincipal: credentials.arn,
        Operations: ['Encrypt'],
        ...more,
      });
    for (const wider of [
      {},
      { Operations: ['Decrypt'], Constraints },
      { Operations: ['Encrypt', 'DescribeKey'], Constraints },
      { Constraints: { EncryptionContextEquals: { A: '2' } } },
      { Constraints: { EncryptionContextSubset: { A: '1' } } },
    ]) {
      expect((await pass(wider)).code).toBe('AccessDeniedException');
    }
    expect((await pass({ Constraints })).status).toBe(200);
  });
});

describe('another account', () => {
  const unknownId = '00000000-0000-4000-8000-000000000000';
  const unseen = (action: string, arn = `arn:aws:iam::${OTHER_ACCOUNT}:root`) =>
    `User: ${arn} is not authorized to perform: ${action} on this resource because the resource does not exist in this ` +
    'Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';

  test('gets the same answer for a missing key, a key that does not name it, and a key that denies it', async () => {
    const closed = await aKey(root);
    const denying = await keyFor({
      statements: [{ ...allow([`arn:aws:iam::${OTHER_ACCOUNT}:root`], ['kms:*']), Effect: 'Deny' }],
    });
    const missing = `arn:aws:kms:us-east-1:${ACCOUNT}:key/${unknownId}`;
    for (const KeyId of [closed.arn, denying.arn, missing, `arn:aws:kms:us-east-1:${ACCOUNT}:alias/plain`]) {
      for (const [operation, input] of [
        ['DescribeKey', {}],
        ['Encrypt', { Plaintext: 'eA==' }],
        ['GenerateDataKey', { KeySpec: 'AES_256' }],
      ] as const) {
        const reply = await otherRoot.aws(operation, { KeyId, ...input });
        expect({ code: reply.code, message: reply.message }).toEqual({
          code: 'AccessDeniedException',
          message: unseen(`kms:${operation}`),
        });
      }
    }
    for (const KeyId of [closed.arn, missing]) {
      for (const operation of ['DisableKey', 'GetKeyPolicy', 'ListResourceTags', 'ScheduleKeyDeletion']) {
        const reply = await otherRoot.aws(operation, { KeyId });
        expect(reply.message).toBe(unseen(`kms:${operation}`));
      }
      for (const operation of ['ListGrants', 'CreateGrant', 'RevokeGrant', 'RetireGrant']) {
        const input = {
          KeyId,
          GrantId: 'a'.repeat(64),
          ...(operation === 'CreateGrant' && {
            GranteePrincipal: `arn:aws:iam::${OTHER_ACCOUNT}:root`,
            Operations: ['Decrypt'],
          }),
        };
        expect((await otherRoot.aws(operation, input)).message).toBe(unseen(`kms:${operation}`));
      }
      const alias = await otherRoot.aws('CreateAlias', { AliasName: 'alias/theirs', TargetKeyId: KeyId });
      expect(alias.message).toBe(unseen('kms:CreateAlias'));
    }
  });

  test('gets the same answer for a ciphertext of a key without permission and for one of no key', async () => {
    const closed = await aKey(root);
    const made = await root.aws('Encrypt', { KeyId: closed.keyId, Plaintext: 'eA==' });
    const blob = Buffer.from(String(made.json.CiphertextBlob), 'base64');
    const idAt = blob.indexOf(Buffer.from(closed.keyId.replaceAll('-', ''), 'hex'));
    expect(idAt).toBeGreaterThan(0);
    const ofNone = Buffer.from(blob);
    ofNone.fill(7, idAt, idAt + 16);
    const texts = await Promise.all(
      [blob, ofNone].map(
        async (bytes) => (await otherRoot.aws('Decrypt', { CiphertextBlob: bytes.toString('base64') })).text,
      ),
    );
    expect(texts[0]).toContain('on the resource associated with this ciphertext');
    expect(texts[0]).toBe(texts[1]);
  });

  test('can use a key by ARN if the key policy allows it; its users still need an identity policy', async () => {
    const shared = await keyFor({
      statements: [allow([`arn:aws:iam::${OTHER_ACCOUNT}:root`], ['kms:Encrypt', 'kms:Decrypt'])],
    });
    const blob = await otherRoot.aws('Encrypt', { KeyId: shared.arn, Plaintext: 'eA==' });
    expect(blob.json.KeyId).toBe(shared.arn);
    expect((await otherRoot.aws('Decrypt', { CiphertextBlob: blob.json.CiphertextBlob })).json.Plaintext).toBe('eA==');
    expect((await otherRoot.aws('Encrypt', { KeyId: shared.keyId, Plaintext: 'eA==' })).code).toBe('NotFoundException');
    const credentials = await aUser(otherRoot, 'visitor');
    const visitor = caller(server.endpoint, credentials);
    const reply = await visitor.aws('Encrypt', { KeyId: shared.arn, Plaintext: 'eA==' });
    expect(reply.message).toBe(unseen('kms:Encrypt', credentials.arn));
  });

  test('cannot see our lists or use our markers and idempotency keys', async () => {
    const headers = { 'Idempotency-Key': 'the same for both' };
    const ours = await root.rest('POST', '/v1/keys', { Description: 'ours' }, { headers });
    const theirs = await otherRoot.rest('POST', '/v1/keys', { Description: 'ours' }, { headers });
    const idOf = (reply: Reply) => (reply.json.KeyMetadata as { readonly KeyId: string }).KeyId;
    expect(idOf(theirs)).not.toBe(idOf(ours));
    const { json } = await root.aws('ListKeys', { Limit: 1 });
    expect((await otherRoot.aws('ListKeys', { Marker: json.NextMarker })).code).toBe('InvalidMarkerException');
    for (const [by, there] of [
      [root, OTHER_ACCOUNT],
      [otherRoot, ACCOUNT],
    ] as const) {
      for (const list of ['/v1/keys?Limit=1000', '/v1/aliases', '/v1/users', '/v1/changes?Limit=1000']) {
        expect((await by.rest('GET', list)).text).not.toContain(there);
      }
    }
    expect((await otherRoot.rest('GET', '/v1/users/plain')).code).toBe('NoSuchEntityException');
    expect(
      (await otherRoot.aws('ListRetirableGrants', { RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:root` })).code,
    ).toBe('AccessDeniedException');
  });
});
