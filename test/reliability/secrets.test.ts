/**
 * After a session with every kind of secret, everything that was written is searched: logs, database files (SQLite's
 * main file and write-ahead log; a backup; a dump of PostgreSQL), audit records, delivered audit files, the audit
 * mirror, metrics and error bodies. They must not contain key material, data keys, plaintexts, random bytes, access-key
 * secrets, session secrets and tokens, key store passwords or grant tokens, in any common encoding.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import Database from 'better-sqlite3';
import { aKey, aUser, type Caller, caller, type Json, type Reply } from '../support/calls.ts';
import { importInto } from '../support/key-import.ts';
import { describeWith, needs } from '../support/needs.ts';
import { startPostgres } from '../support/postgres.ts';
import { hsmOf } from '../support/processes.ts';
import { run, startServer, type TestServer } from '../support/server.ts';
import { allDelivered, mirrorOf, trailOf } from './delivered.ts';
import { formsOf, type Needle, namesIn, secretsOf } from './needles.ts';

needs('ps');

const REGION = 'us-east-1';
const CANARY = 'CanaryThatMustBeFound4711';
const PLAINTEXT = Buffer.from('the plaintext that nobody may keep 0815');

interface Session {
  readonly secrets: readonly Needle[];
  readonly errors: string;
}

/** Sends every request whose answer contains a secret, at both doors, and requests whose error could quote one. */
async function session(server: TestServer): Promise<Session> {
  const root = caller(server.endpoint, server.credentials);
  const user = await aUser(root, 'ada');
  const secrets = [server.credentials, user].flatMap(({ accessKeyId, secretAccessKey }) =>
    formsOf(`secret of ${accessKeyId}`, secretAccessKey),
  );
  const keep = (name: string, base64: unknown) => {
    secrets.push(...formsOf(name, Buffer.from(String(base64), 'base64')));
  };
  const refusals: Reply[] = [];
  const refuse = async (by: Caller, operation: string, input: Json | string) => {
    const reply = await by.aws(operation, input);
    expect([operation, reply.status >= 400]).toEqual([operation, true]);
    refusals.push(reply);
  };

  const { keyId: KeyId } = await aKey(root, { Description: CANARY });
  const plaintext = PLAINTEXT.toString('base64');
  secrets.push(...formsOf('plaintext', PLAINTEXT));
  const context = { EncryptionContext: { canary: CANARY } };
  const encrypted = await root.aws('Encrypt', { KeyId, Plaintext: plaintext, ...context });
  const CiphertextBlob = String(encrypted.json.CiphertextBlob);
  expect((await root.aws('Decrypt', { CiphertextBlob, ...context })).json.Plaintext).toBe(plaintext);
  const again = { CiphertextBlob, SourceEncryptionContext: context.EncryptionContext, DestinationKeyId: KeyId };
  expect((await root.aws('ReEncrypt', again)).status).toBe(200);
  keep('data key', (await root.aws('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })).json.Plaintext);
  keep('random bytes', (await root.aws('GenerateRandom', { NumberOfBytes: 32 })).json.Plaintext);
  const headers = { 'Idempotency-Key': 'repeated' };
  const keyPath = `/v1/keys/${KeyId}`;
  const dataKey = await root.rest('POST', `${keyPath}/generate-data-key`, { NumberOfBytes: 48 }, { headers });
  keep('data key at the REST door', dataKey.json.Plaintext);
  expect((await root.aws('RotateKeyOnDemand', { KeyId })).status).toBe(200);

  await otherKeys(root, plaintext, keep);

  await importedKey(root, secrets);
  await sessions(server, secrets);
  const [password, proxySecret] = ['kmsuser-password-4711', `${'ProxySecret+/'.repeat(4)}0123456=`];
  secrets.push(...formsOf('key store password', password), ...formsOf('proxy secret', proxySecret));
  await refuse(root, 'CreateCustomKeyStore', {
    CustomKeyStoreName: 'cluster',
    CloudHsmClusterId: 'cluster-1a23b4cdefg',
    TrustAnchorCertificate: 'none',
    KeyStorePassword: password,
  });
  const RawSecretAccessKey = proxySecret;
  await refuse(root, 'CreateCustomKeyStore', {
    CustomKeyStoreName: 'proxy',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: 'https://xks.invalid',
    XksProxyUriPath: '/kms/xks/v1',
    XksProxyAuthenticationCredential: { AccessKeyId: 'ABCDEFGHIJKLMNOPQRST', RawSecretAccessKey },
  });

  const grant = { GranteePrincipal: user.arn, Operations: ['Encrypt', 'Decrypt'] };
  const granted = await root.aws('CreateGrant', { KeyId, ...grant });
  const remembered = await root.rest('POST', `${keyPath}/grants`, grant, { headers: { 'Idempotency-Key': 'grant' } });
  const replayed = await root.rest('POST', `${keyPath}/grants`, grant, { headers: { 'Idempotency-Key': 'grant' } });
  expect(replayed.json).toEqual(remembered.json);
  for (const { json } of [granted, remembered]) {
    const grantToken = String(json.GrantToken);
    // The secret part of the token: its seal after the version byte.
    secrets.push(
      ...formsOf('grant token', grantToken),
      ...formsOf('seal of a grant token', Buffer.from(grantToken, 'base64url').subarray(1, 33)),
    );
    const GrantTokens = [grantToken];
    const used = await caller(server.endpoint, user).aws('Encrypt', { KeyId, Plaintext: plaintext, GrantTokens });
    expect(used.status).toBe(200);
  }

  const altered = Buffer.from(CiphertextBlob, 'base64');
  altered[altered.length - 1] = (altered.at(-1) as number) ^ 1;
  await refuse(root, 'Encrypt', { KeyId: CANARY, Plaintext: plaintext });
  await refuse(root, 'Encrypt', { KeyId, Plaintext: PLAINTEXT.toString('utf8') });
  await refuse(root, 'Encrypt', { KeyId, Plaintext: [plaintext] });
  await refuse(root, 'Encrypt', { KeyId, Plaintext: plaintext, EncryptionAlgorithm: 'NONE' });
  await refuse(root, 'Encrypt', { KeyId, Plaintext: Buffer.concat(Array(110).fill(PLAINTEXT)).toString('base64') });
  await refuse(root, 'Encrypt', `{"KeyId":"${KeyId}","Plaintext":"${plaintext}"`);
  await refuse(root, 'Decrypt', { CiphertextBlob: altered.toString('base64'), ...context });
  await refuse(root, 'Decrypt', { CiphertextBlob });
  await refuse(caller(server.endpoint, user), 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
  await refuse(caller(server.endpoint, { ...user, secretAccessKey: 'wrong' }), 'Encrypt', {
    KeyId,
    Plaintext: plaintext,
  });
  const { keyId: signer } = await aKey(root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const hashed = { KeyId: signer, SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'DIGEST' };
  await refuse(root, 'Sign', { ...hashed, Message: plaintext });
  await refuse(root, 'Verify', { ...hashed, MessageType: 'RAW', Message: plaintext, Signature: plaintext });
  await refuse(root, 'RetireGrant', { GrantToken: `${granted.json.GrantToken}x` });
  return { secrets, errors: refusals.map(({ text }) => text).join('\n') };
}

/** Temporary credentials of a user and of a role, used once each. */
async function sessions(server: TestServer, secrets: Needle[]): Promise<void> {
  const { endpoint, credentials, accountId } = server;
  const iam = new IAMClient({ endpoint, region: REGION, credentials });
  const sts = new STSClient({ endpoint, region: REGION, credentials });
  const root = `arn:aws:iam::${accountId}:root`;
  const trust = { Effect: 'Allow', Principal: { AWS: root }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName: 'ci', AssumeRolePolicyDocument }));
  await iam.send(new CreateUserCommand({ UserName: 'iam-user' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'iam-user' }));
  const [accessKeyId = '', secretAccessKey = ''] = [AccessKey?.AccessKeyId, AccessKey?.SecretAccessKey];
  secrets.push(...formsOf('secret of a user made by IAM', secretAccessKey));
  const user = { accessKeyId, secretAccessKey };
  const allow = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [allow] });
  await iam.send(new PutUserPolicyCommand({ UserName: 'iam-user', PolicyName: 'assume', PolicyDocument }));
  const hers = new STSClient({ endpoint, region: REGION, credentials: user });
  const RoleArn = `arn:aws:iam::${accountId}:role/ci`;
  const role = await hers.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: CANARY }));
  const session = await hers.send(new GetSessionTokenCommand({}));
  for (const { Credentials } of [role, session]) {
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    secrets.push(...formsOf('session secret', SecretAccessKey), ...formsOf('session token', SessionToken));
    const temporary = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const as = new STSClient({ endpoint, region: REGION, credentials: temporary });
    expect((await as.send(new GetCallerIdentityCommand({}))).Account).toBe(accountId);
    as.destroy();
  }
  for (const client of [iam, sts, hers]) client.destroy();
}

/** Imported key material, accepted and refused. */
async function importedKey(root: Caller, secrets: Needle[]): Promise<void> {
  const { keyId } = await aKey(root, { Origin: 'EXTERNAL' });
  const [material, refused] = [randomBytes(32), randomBytes(33)];
  secrets.push(...formsOf('imported key material', material), ...formsOf('refused key material', refused));
  expect((await importInto(root, keyId, refused)).code).toBe('IncorrectKeyMaterialException');
  expect((await importInto(root, keyId, material)).status).toBe(200);
  expect((await root.aws('GenerateDataKey', { KeyId: keyId, KeySpec: 'AES_256' })).status).toBe(200);
  expect((await root.aws('DeleteImportedKeyMaterial', { KeyId: keyId })).status).toBe(200);
}

/** Inputs and results of asymmetric and HMAC keys: messages, private keys, shared secrets. */
async function otherKeys(root: Caller, Message: string, keep: (name: string, base64: unknown) => void): Promise<void> {
  const symmetric = await aKey(root);
  for (const KeyPairSpec of ['ECC_NIST_P256', 'RSA_2048', 'ECC_NIST_EDWARDS25519', 'ML_KEM_768']) {
    const pair = await root.aws('GenerateDataKeyPair', { KeyId: symmetric.keyId, KeyPairSpec });
    keep(`private data key ${KeyPairSpec}`, pair.json.PrivateKeyPlaintext);
  }
  const signing = await aKey(root, { KeySpec: 'ML_DSA_44', KeyUsage: 'SIGN_VERIFY' });
  const signed = await root.aws('Sign', { KeyId: signing.keyId, Message, SigningAlgorithm: 'ML_DSA_SHAKE_256' });
  expect(signed.status).toBe(200);
  const mac = await aKey(root, { KeySpec: 'HMAC_512', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const made = await root.aws('GenerateMac', { KeyId: mac.keyId, Message, MacAlgorithm: 'HMAC_SHA_512' });
  expect(made.status).toBe(200);
  const rsa = await aKey(root, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
  const algorithm = { KeyId: rsa.keyId, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' };
  const { CiphertextBlob } = (await root.aws('Encrypt', { ...algorithm, Plaintext: Message })).json;
  expect((await root.aws('Decrypt', { ...algorithm, CiphertextBlob })).json.Plaintext).toBe(Message);
  const agreement = await aKey(root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
  const peer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
  const PublicKey = peer.export({ format: 'der', type: 'spki' }).toString('base64');
  const asked = { KeyId: agreement.keyId, KeyAgreementAlgorithm: 'ECDH', PublicKey };
  keep('shared secret', (await root.aws('DeriveSharedSecret', asked)).json.SharedSecret);
  const mlKem = await aKey(root, { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
  const named = { KeyId: mlKem.keyId, EncapsulationAlgorithm: 'ML_KEM' };
  const { SharedSecret, SharedSecretCiphertextBlob } = (await root.aws('Encapsulate', named)).json;
  keep('encapsulated secret', SharedSecret);
  const derived = await root.aws('Decapsulate', { ...named, SharedSecretCiphertextBlob });
  expect(derived.json.SharedSecret).toBe(SharedSecret);
  const changed = Buffer.from(String(SharedSecretCiphertextBlob), 'base64').fill(7, 0, 8).toString('base64');
  const rejected = await root.aws('Decapsulate', { ...named, SharedSecretCiphertextBlob: changed });
  keep('implicitly rejected secret', rejected.json.SharedSecret);
}

/** Expects the canary, which proves that the search works, and no secret. */
function expectClean(haystack: Uint8Array | string, secrets: readonly Needle[], canary = CANARY): void {
  const found = namesIn(Buffer.from(haystack), [...formsOf('canary', canary), ...secrets]);
  expect(found.filter((name) => !name.startsWith('canary'))).toEqual([]);
  expect(found).not.toEqual([]);
}

async function auditLog(server: TestServer, database: string): Promise<string> {
  const { code, stdout } = await server.keystead('audit', 'tail', '--lines', '100000', '--database', database);
  expect(code).toBe(0);
  return stdout;
}

describe('on SQLite, no secret is found', () => {
  let dataDir: string;
  let server: TestServer;
  let secrets: readonly Needle[];
  let errors: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'keystead-secrets-'));
    const often = ['--job-interval', '0.3', '--audit-checkpoint-interval', '0.3'];
    const beside = ['--audit-log-dir', trailOf(dataDir), '--audit-mirror', mirrorOf(dataDir)];
    server = await startServer({ dataDir, args: ['--log-level', 'trace', ...often, ...beside] });
    const seen = await session(server);
    errors = seen.errors;
    const { rootKey, wrappingKeys, materials } = await secretsOf(dataDir, [REGION]);
    expect(materials.length).toBeGreaterThan(0);
    secrets = [...seen.secrets, ...rootKey, ...wrappingKeys, ...materials];
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('in error bodies', () => expectClean(errors, secrets));

  test('in audit records', async () => expectClean(await auditLog(server, 'sqlite'), secrets));

  test('in delivered audit files and their checkpoints', async () => {
    await allDelivered(dataDir);
    const names = (await readdir(trailOf(dataDir), { recursive: true })).filter((name) => /\.(json|gz)$/.test(name));
    const files = await Promise.all(names.map((name) => readFile(join(trailOf(dataDir), name))));
    expectClean(
      Buffer.concat(files.map((file, index) => (names[index]?.endsWith('.gz') ? gunzipSync(file) : file))),
      secrets,
    );
  });

  test('in the audit mirror', async () => expectClean(await readFile(mirrorOf(dataDir)), secrets));

  test('in a backup of the database', async () => {
    const backup = join(dataDir, 'backup.db');
    const database = new Database(join(dataDir, 'keystead.db'), { readonly: true });
    await database.backup(backup);
    database.close();
    expectClean(await readFile(backup), secrets);
  });

  test('in metrics', async () => {
    const text = await (await fetch(`${server.endpoint}/metrics`)).text();
    expectClean(text, secrets, 'GenerateDataKey');
  });

  test('in logs of the most detailed level, and after the HSM process was killed', async () => {
    process.kill(await hsmOf(server.pid), 'SIGKILL');
    const root = caller(server.endpoint, server.credentials);
    while (!server.log().includes('the HSM process was restarted'))
      await root.aws('GenerateRandom', { NumberOfBytes: 32 });
    expectClean(server.log(), secrets, 'the HSM process ended unexpectedly');
  });

  test('in the database files, while they are in use and after a clean stop', async () => {
    const databaseFiles = async () => {
      const names = (await readdir(dataDir)).filter((name) => name.startsWith('keystead.'));
      return Buffer.concat(await Promise.all(names.map((name) => readFile(join(dataDir, name)))));
    };
    expect(await readdir(dataDir)).toContain('keystead.db-wal');
    expectClean(await databaseFiles(), secrets);
    await server.stop();
    expectClean(await databaseFiles(), secrets);
    server = await startServer({ dataDir });
  });
});

describeWith('postgres')('on PostgreSQL', () => {
  test('no secret is found in a dump of the database, in audit records, errors and logs', async () => {
    const postgres = await startPostgres({ fsync: false });
    const dataDir = await mkdtemp(join(tmpdir(), 'keystead-secrets-'));
    try {
      const database = await postgres.createDatabase();
      const server = await startServer({ dataDir, database, args: ['--log-level', 'trace'] });
      const { secrets, errors } = await session(server);
      const rootKey = formsOf('root key', await readFile(join(dataDir, 'root.key')));
      const audit = await auditLog(server, database);
      await server.stop();
      const dump = await run('pg_dump', ['--dbname', database, '--inserts']);
      expect([dump.code, dump.stderr]).toEqual([0, '']);
      for (const text of [dump.stdout, audit, errors]) expectClean(text, [...secrets, ...rootKey]);
      expectClean(server.log(), [...secrets, ...rootKey], server.endpoint);
    } finally {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});
