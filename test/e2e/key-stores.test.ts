/** Custom key stores of both kinds on a real server, with the AWS SDK as client. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  type CreateCustomKeyStoreCommandInput,
  CreateKeyCommand,
  CustomKeyStoreNameInUseException,
  type CustomKeyStoresListEntry,
  DecryptCommand,
  DeleteCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  DescribeKeyCommand,
  DisconnectCustomKeyStoreCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateRandomCommand,
  KMSClient,
  KMSInvalidStateException,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  UpdateCustomKeyStoreCommand,
  XksKeyNotFoundException,
} from '@aws-sdk/client-kms';
import { startInProcess } from '../support/in-process-server.ts';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { makePkcs11Tokens, PIN, type Pkcs11TestTokens } from '../support/softhsm.ts';
import { startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';

needs('softhsm', 'binding', 'openssl');

const CLUSTER = 'cluster-2a23b4cdefg';
const HOST = 'proxy.example.test';
const SECRET = 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE';
const ACCESS_KEY_ID = 'ABCDEFGHIJKLMNOPQRST';
/** The same root user for the server that is killed and for its successor. */
const rootCredentials = {
  KEYSTEAD_ROOT_ACCESS_KEY_ID: 'AKIAINPROCESSSERVER0',
  KEYSTEAD_ROOT_SECRET_ACCESS_KEY: 'in-process-server-secret-0123456789abcdef',
};

let pkcs11Tokens: Pkcs11TestTokens;
let authority: CertificateAuthority;
let proxy: TestXksProxy;
let directory: string;
let server: TestServer;
let kms: KMSClient;

const clientOf = (endpoint: string) =>
  new KMSClient({
    endpoint,
    region: 'us-east-1',
    credentials: {
      accessKeyId: rootCredentials.KEYSTEAD_ROOT_ACCESS_KEY_ID,
      secretAccessKey: rootCredentials.KEYSTEAD_ROOT_SECRET_ACCESS_KEY,
    },
    maxAttempts: 1,
  });

beforeAll(async () => {
  [pkcs11Tokens, authority] = await Promise.all([makePkcs11Tokens(), makeCertificateAuthority()]);
  await pkcs11Tokens.addPkcs11Token('keystead');
  proxy = await startXksProxy({
    certificate: await authority.issue(HOST),
    accessKeyId: ACCESS_KEY_ID,
    secretAccessKey: SECRET,
    maxSkewMs: 3_600_000,
  });
  directory = await mkdtemp(join(tmpdir(), 'keystead-key-stores-'));
  const pkcs11TokensFile = join(directory, 'tokens.json');
  const cluster = { module: pkcs11Tokens.modulePath, label: 'keystead', trustAnchorFile: authority.certificateFile };
  await writeFile(
    pkcs11TokensFile,
    JSON.stringify({ environment: pkcs11Tokens.environment, clusters: { [CLUSTER]: cluster } }),
  );
  const flags = {
    '--pkcs11-tokens': pkcs11TokensFile,
    '--xks-ca-file': authority.certificateFile,
    '--xks-connect-to': `${HOST}=127.0.0.1:${proxy.port}`,
    '--xks-timeout': '20000',
  };
  const dataDir = join(directory, 'data');
  server = await startServer({ dataDir, env: rootCredentials, args: Object.entries(flags).flat() });
  kms = clientOf(server.endpoint);
});
afterAll(async () => {
  kms.destroy();
  await server.stop();
  await proxy.stop();
  await Promise.all([pkcs11Tokens.remove(), authority.remove()]);
  await rm(directory, { recursive: true, force: true });
});

async function storeOf(client: KMSClient, CustomKeyStoreId: string | undefined): Promise<CustomKeyStoresListEntry> {
  const { CustomKeyStores = [] } = await client.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
  return CustomKeyStores[0] as CustomKeyStoresListEntry;
}

/** Polls, as the guide recommends. */
async function become(client: KMSClient, id: string | undefined, state: string): Promise<CustomKeyStoresListEntry> {
  for (let attempts = 0; attempts < 1200; attempts++) {
    const store = await storeOf(client, id);
    if (store.ConnectionState === state) return store;
    await sleep(50);
  }
  throw new Error(`the key store ${id} does not become ${state}`);
}

const clusterStore = (CustomKeyStoreName: string): CreateCustomKeyStoreCommandInput => ({
  CustomKeyStoreName,
  CloudHsmClusterId: CLUSTER,
  TrustAnchorCertificate: authority.certificate,
  KeyStorePassword: PIN,
});
const externalStore = (CustomKeyStoreName: string, path = ''): CreateCustomKeyStoreCommandInput => ({
  CustomKeyStoreName,
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: `https://${HOST}`,
  XksProxyUriPath: `${path}/kms/xks/v1`,
  XksProxyAuthenticationCredential: { AccessKeyId: ACCESS_KEY_ID, RawSecretAccessKey: SECRET },
});

test.each([
  ['AWS_CLOUDHSM', clusterStore, {}],
  ['EXTERNAL_KEY_STORE', externalStore, { XksKeyId: 'external-key' }],
] as const)('the SDK creates, uses and deletes a key store of type %s', async (Origin, input, xks) => {
  proxy.addKey('external-key');
  const { CustomKeyStoreId } = await kms.send(new CreateCustomKeyStoreCommand(input(`walk ${Origin}`)));
  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  expect(await become(kms, CustomKeyStoreId, 'CONNECTED')).not.toHaveProperty('ConnectionErrorCode');
  const create = new CreateKeyCommand({ Origin, CustomKeyStoreId, ...xks });
  const KeyId = (await kms.send(create)).KeyMetadata?.KeyId;
  expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({ Origin, CustomKeyStoreId });

  const Plaintext = Buffer.from('to whom it may concern');
  const EncryptionContext = { Department: 'finance' };
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  const dataKey = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  const key = await kms.send(new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob }));
  expect(key.Plaintext).toEqual(dataKey.Plaintext);
  const outside = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
  const moved = await kms.send(
    new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: outside }),
  );
  const movedOpened = await kms.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }));
  expect(Buffer.from(movedOpened.Plaintext ?? [])).toEqual(Plaintext);

  await expect(kms.send(new CreateCustomKeyStoreCommand(input(`walk ${Origin}`)))).rejects.toThrow(
    CustomKeyStoreNameInUseException,
  );
  await kms.send(new UpdateCustomKeyStoreCommand({ CustomKeyStoreId, NewCustomKeyStoreName: `renamed ${Origin}` }));
  await kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  await become(kms, CustomKeyStoreId, 'DISCONNECTED');
  expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe('Unavailable');
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toThrow(KMSInvalidStateException);
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await expect(kms.send(new DeleteCustomKeyStoreCommand({ CustomKeyStoreId }))).rejects.toThrow(/contains KMS keys/);
  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  await become(kms, CustomKeyStoreId, 'CONNECTED');
});

test('the SDK maps the errors of key stores to its classes', async () => {
  const { CustomKeyStores = [] } = await kms.send(new DescribeCustomKeyStoresCommand({}));
  const external = CustomKeyStores.find((store) => store.CustomKeyStoreType === 'EXTERNAL_KEY_STORE');
  const cluster = CustomKeyStores.find((store) => store.CustomKeyStoreType === 'AWS_CLOUDHSM');
  const create = new CreateKeyCommand({
    Origin: 'EXTERNAL_KEY_STORE',
    CustomKeyStoreId: external?.CustomKeyStoreId,
    XksKeyId: 'nowhere',
  });
  await expect(kms.send(create)).rejects.toThrow(XksKeyNotFoundException);
  const random = new GenerateRandomCommand({ NumberOfBytes: 16, CustomKeyStoreId: cluster?.CustomKeyStoreId });
  expect((await kms.send(random)).Plaintext).toHaveLength(16);
});

test('the PIN and the proxy secret are not in any file of the server or in its log', async () => {
  const files = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  );
  expect(contents.length).toBeGreaterThan(0);
  for (const secret of [PIN, SECRET]) {
    expect(contents.some((content) => content.includes(secret))).toBe(false);
    expect(server.log()).not.toContain(secret);
  }
});

test('when a server is killed while it connects, the next server completes the connection', async () => {
  // The proxy is so slow that the key store is still connecting when the server is killed.
  const { CustomKeyStores = [] } = await kms.send(new DescribeCustomKeyStoresCommand({}));
  const { CustomKeyStoreId } = CustomKeyStores.find((store) => store.CustomKeyStoreType === 'EXTERNAL_KEY_STORE') ?? {};
  await kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  await become(kms, CustomKeyStoreId, 'DISCONNECTED');
  proxy.faults.set('health', { kind: 'slow', delayMs: 15_000 });
  const { $metadata } = await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  expect((await storeOf(kms, CustomKeyStoreId)).ConnectionState).toBe('CONNECTING');
  await server.kill();
  proxy.faults.clear();
  const seenBefore = proxy.seen.length;

  // By then the dead server's lease on the jobs has expired.
  const clock = { now: () => Date.now() + 10 * 60_000 };
  const next = await startInProcess({
    clock,
    config: {
      dataDir: server.dataDir,
      seal: `file:${join(server.dataDir, 'root.key')}`,
      keyStores: {
        pkcs11TokensFile: join(directory, 'tokens.json'),
        xksCaFile: authority.certificateFile,
        xksConnectTo: `${HOST}=127.0.0.1:${proxy.port}`,
        xksTimeoutInMs: 20_000,
      },
    },
  });
  try {
    const stored = async () =>
      (await next.engines.store.findCustomKeyStore('111122223333', 'us-east-1', CustomKeyStoreId ?? ''))
        ?.connection_state;
    for (let attempts = 0; attempts < 400 && (await stored()) !== 'CONNECTED'; attempts++) await sleep(50);
    expect(await stored()).toBe('CONNECTED');
    // The proxy's log and the audit log name the same request.
    const asked = proxy.seen.slice(seenBefore).map(({ body }) => body.requestMetadata.kmsRequestId);
    expect(new Set(asked)).toEqual(new Set([$metadata.requestId]));
  } finally {
    await next.stop();
  }
});
