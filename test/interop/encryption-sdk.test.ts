/**
 * The AWS Encryption SDK for JavaScript against a running server: messages in its own format, with data keys that our
 * keys wrap. Strict, discovery and multi-Region keyrings, and the cache of data keys. Source: AWS Encryption SDK
 * Developer Guide, "Using keyrings", "Using multi-Region keys", "Data key caching".
 */
import encryptionSdk from '@aws-crypto/client-node';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  KMS,
  PutKeyPolicyCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { startServer, type TestServer } from '../support/server.ts';

// The SDK is a CommonJS module.
const {
  AwsKmsMrkAwareSymmetricKeyringNode,
  buildAwsKmsMrkAwareDiscoveryMultiKeyringNode,
  buildAwsKmsMrkAwareStrictMultiKeyringNode,
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
} = encryptionSdk;

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const HOME = 'us-east-1';
const AWAY = 'eu-west-1';
const context = { Department: 'finance', Purpose: 'Tests of Ä and 財務' };
const message = Buffer.from('a message of some length '.repeat(1000));

let server: TestServer;
let asked: string[] = [];
const clients = new Map<string, KMS>();

/** One client for each Region; its requests are recorded. */
function clientOf(region: string): KMS {
  const known = clients.get(region);
  if (known) return known;
  const client = new KMS({ region, endpoint: server.endpoint, credentials: server.credentials });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        asked.push(`${commandName.replace(/Command$/, '')} in ${region}`);
        return next(args);
      },
    { step: 'initialize' },
  );
  clients.set(region, client);
  return client;
}

type Client = ConstructorParameters<typeof AwsKmsMrkAwareSymmetricKeyringNode>[0]['client'];
/** The Encryption SDK declares its own type of the client, which allows undefined members where ours does not. */
const forSdk = (region: string) => clientOf(region) as unknown as Client;
const clientProvider = forSdk;

beforeAll(async () => {
  server = await startServer();
});

beforeEach(() => {
  asked = [];
});

afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await server?.stop();
});

async function newKey(MultiRegion = false): Promise<string> {
  const { KeyMetadata } = await clientOf(HOME).send(new CreateKeyCommand({ MultiRegion }));
  if (KeyMetadata?.Arn === undefined) throw new Error('the answer does not name a key');
  asked = [];
  return KeyMetadata.Arn;
}

const opened = async (keyring: Parameters<typeof decrypt>[0], sealed: Buffer) => {
  const { plaintext, messageHeader } = await decrypt(keyring, sealed);
  expect(messageHeader.encryptionContext).toMatchObject(context);
  return plaintext;
};

describe('a keyring of KMS keys', () => {
  test('encrypts a message under a key, and decrypts it with the same key', async () => {
    const keyring = new KmsKeyringNode({ generatorKeyId: await newKey(), clientProvider });
    const { result } = await encrypt(keyring, message, { encryptionContext: context });
    expect(asked).toEqual([`GenerateDataKey in ${HOME}`]);
    expect(await opened(keyring, result)).toEqual(message);
    expect(asked.slice(1)).toEqual([`Decrypt in ${HOME}`]);
  });

  test('encrypts under several keys at once, and decrypts with any of them', async () => {
    const [generatorKeyId, second, third] = [await newKey(), await newKey(), await newKey()];
    const all = new KmsKeyringNode({ generatorKeyId, keyIds: [second, third], clientProvider });
    const { result, messageHeader } = await encrypt(all, message, { encryptionContext: context });
    expect(messageHeader.encryptedDataKeys.map(({ providerInfo }) => providerInfo)).toEqual([
      generatorKeyId,
      second,
      third,
    ]);
    for (const keyId of [generatorKeyId, second, third]) {
      expect(await opened(new KmsKeyringNode({ keyIds: [keyId], clientProvider }), result)).toEqual(message);
    }
    const stranger = new KmsKeyringNode({ keyIds: [await newKey()], clientProvider });
    await expect(decrypt(stranger, result)).rejects.toThrow('unencryptedDataKey has not been set');
  });

  test('encrypts under an alias, and the message names the key', async () => {
    const keyArn = await newKey();
    const AliasName = 'alias/encryption-sdk';
    await clientOf(HOME).send(new CreateAliasCommand({ AliasName, TargetKeyId: keyArn }));
    const generatorKeyId = keyArn.replace(/key\/.*$/, AliasName);
    const { result, messageHeader } = await encrypt(new KmsKeyringNode({ generatorKeyId, clientProvider }), message, {
      encryptionContext: context,
    });
    expect(messageHeader.encryptedDataKeys[0]?.providerInfo).toBe(keyArn);
    expect(await opened(new KmsKeyringNode({ keyIds: [keyArn], clientProvider }), result)).toEqual(message);
  });

  test('decrypts messages from before a rotation of the key', async () => {
    const generatorKeyId = await newKey();
    const keyring = new KmsKeyringNode({ generatorKeyId, clientProvider });
    const { result } = await encrypt(keyring, message, { encryptionContext: context });
    await clientOf(HOME).send(new RotateKeyOnDemandCommand({ KeyId: generatorKeyId }));
    expect(await opened(keyring, result)).toEqual(message);
  });

  test('cannot decrypt with a disabled or denied key, nor a changed message', async () => {
    const generatorKeyId = await newKey();
    const keyring = new KmsKeyringNode({ generatorKeyId, clientProvider });
    const { result } = await encrypt(keyring, message, { encryptionContext: context });
    for (const at of [40, result.length - 200]) {
      const changed = Buffer.from(result);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await expect(decrypt(keyring, changed)).rejects.toThrow();
    }
    const denied = { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' };
    const allowed = { Effect: 'Allow', Principal: { AWS: server.accountId }, Action: 'kms:*', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed, denied] });
    await clientOf(HOME).send(new PutKeyPolicyCommand({ KeyId: generatorKeyId, Policy }));
    await expect(decrypt(keyring, result)).rejects.toThrow('explicit deny');
    await clientOf(HOME).send(new DisableKeyCommand({ KeyId: generatorKeyId }));
    await expect(encrypt(keyring, message)).rejects.toMatchObject({ name: 'DisabledException' });
  });
});

describe('a discovery keyring', () => {
  test('decrypts with the key that the message names', async () => {
    const generatorKeyId = await newKey();
    const { result } = await encrypt(new KmsKeyringNode({ generatorKeyId, clientProvider }), message, {
      encryptionContext: context,
    });
    const discoveryFilter = { accountIDs: [server.accountId], partition: 'aws' };
    const discovery = new KmsKeyringNode({ discovery: true, discoveryFilter, clientProvider });
    expect(await opened(discovery, result)).toEqual(message);
    const others = { accountIDs: ['444455556666'], partition: 'aws' };
    const elsewhere = new KmsKeyringNode({ discovery: true, discoveryFilter: others, clientProvider });
    await expect(decrypt(elsewhere, result)).rejects.toThrow('unencryptedDataKey has not been set');
  });
});

describe('a multi-Region keyring', () => {
  let primary: string;
  let replica: string;

  beforeAll(async () => {
    primary = await newKey(true);
    const request = new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion: AWAY });
    replica = (await clientOf(HOME).send(request)).ReplicaKeyMetadata?.Arn ?? '';
    expect(replica).toBe(primary.replace(HOME, AWAY));
  });

  const mrk = (keyId: string, region: string) =>
    new AwsKmsMrkAwareSymmetricKeyringNode({ client: forSdk(region), keyId });

  test.each([
    ['with the primary key, decrypts with its replica', HOME, AWAY],
    ['with the replica, decrypts with its primary key', AWAY, HOME],
  ])('that encrypts %s in the other Region', async (_, from, to) => {
    const keyIn = (region: string) => (region === HOME ? primary : replica);
    const { result } = await encrypt(mrk(keyIn(from), from), message, { encryptionContext: context });
    asked = [];
    expect(await opened(mrk(keyIn(to), to), result)).toEqual(message);
    expect(asked).toEqual([`Decrypt in ${to}`]);
  });

  test('with discovery finds the related key of its own Region', async () => {
    const sealing = buildAwsKmsMrkAwareStrictMultiKeyringNode({ generatorKeyId: primary, clientProvider });
    const { result } = await encrypt(sealing, message, { encryptionContext: context });
    asked = [];
    const discovery = buildAwsKmsMrkAwareDiscoveryMultiKeyringNode({
      regions: [AWAY],
      discoveryFilter: { accountIDs: [server.accountId], partition: 'aws' },
      clientProvider,
    });
    expect(await opened(discovery, result)).toEqual(message);
    expect(asked).toEqual([`Decrypt in ${AWAY}`]);
  });

  test('of one key cannot decrypt messages of an unrelated multi-Region key', async () => {
    const { result } = await encrypt(mrk(await newKey(true), HOME), message, { encryptionContext: context });
    await expect(decrypt(mrk(replica, AWAY), result)).rejects.toThrow();
  });
});

describe('a cache of data keys', () => {
  test('calls the server once for several messages of one context, then again at the limit', async () => {
    const keyring = new KmsKeyringNode({ generatorKeyId: await newKey(), clientProvider });
    const manager = new NodeCachingMaterialsManager({
      backingMaterials: keyring,
      cache: getLocalCryptographicMaterialsCache(100),
      maxAge: 600_000,
      maxMessagesEncrypted: 5,
    });
    const seal = (n: number, encryptionContext = context) =>
      encrypt(manager, Buffer.from(`message ${n}`), { encryptionContext, plaintextLength: 20 });
    const sealed: Buffer[] = [];
    for (let n = 0; n < 5; n++) sealed.push((await seal(n)).result);
    expect(asked).toEqual([`GenerateDataKey in ${HOME}`]);
    sealed.push((await seal(5)).result);
    expect(asked).toHaveLength(2);
    await seal(6, { ...context, Purpose: 'another' });
    expect(asked).toHaveLength(3);

    asked = [];
    for (const [n, one] of sealed.entries()) expect(String(await opened(manager, one))).toBe(`message ${n}`);
    // Two data keys, each decrypted once.
    expect(asked).toEqual([`Decrypt in ${HOME}`, `Decrypt in ${HOME}`]);
  });
});
