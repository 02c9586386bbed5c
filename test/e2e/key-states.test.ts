/**
 * The developer guide's table of key states, cell by cell: every operation on a key in every state, for every origin
 * that can have the state, through a real server.
 */
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { updateKey } from '@keystead/control-plane/mutations/mutations.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { KeySpec, KeyState, Origin } from '@keystead/provider-schema/vocabulary.ts';
import type { Json, Reply } from '../support/calls.ts';
import { ACCOUNT, type InProcessServer, REGION, startInProcess } from '../support/in-process-server.ts';
import { type GuideRow, groups, guideRows, type Rule, statesOf } from '../support/key-state-guide.ts';
import { type KeyStoreBackends, startKeyStoreBackends } from '../support/key-store-backends.ts';
import { needs } from '../support/needs.ts';

needs('softhsm', 'binding', 'openssl');

const phrases: Readonly<Record<Exclude<Rule, 'ok' | '-'>, string>> = {
  D: 'is disabled.',
  P: 'is pending deletion.',
  NP: 'is not pending deletion.',
  I: 'is pending import.',
  U: 'is unavailable.',
  C: 'is creating.',
  G: 'is updating.',
};

/** Errors for keys of an unavailable external key store, from the external key store proxy specification. */
const proxyNotConnected =
  'This KMS key is in a custom key store that is not connected to its external key store proxy. ' +
  'Connect the external key store and try the request again.';

/** `ok`, or the code and text of the refusal. */
function expected(row: GuideRow, origin: Origin, state: KeyState, arn: string): string {
  if (!groups[row.group].includes(origin)) return 'UnsupportedOperationException';
  const rule = row.rules[state];
  if (rule === 'ok') return 'ok';
  if (rule === '-') throw new Error(`the guide has no cell for ${row.name} on ${origin} ${state}`);
  if (rule === 'U' && origin === 'EXTERNAL_KEY_STORE') return `KMSInvalidStateException: ${proxyNotConnected}`;
  const phrase = state === 'PendingReplicaDeletion' ? 'is pending replica deletion.' : phrases[rule];
  return `${rule === 'D' ? 'DisabledException' : 'KMSInvalidStateException'}: ${arn} ${phrase}`;
}

interface Key {
  readonly keyId: string;
  readonly arn: string;
}

/** A row's requirements for its key, and the input of its request; `prepare` runs while the key is still enabled. */
interface Case {
  readonly create?: Json;
  prepare?(key: Key): Promise<Json>;
}

const SECOND_REGION = 'eu-west-1';
const Plaintext = Buffer.from('attack at dawn').toString('base64');
const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
const mac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' };
const agreement = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' };
const encapsulation = { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' };
const EncapsulationAlgorithm = 'ML_KEM';
const SigningAlgorithm = 'ECDSA_SHA_256';
const MacAlgorithm = 'HMAC_SHA_256';

let server: InProcessServer;
let backends: KeyStoreBackends;
/** Connected custom key stores, by the origin of their keys. */
const stores = new Map<Origin, string>();
/** A symmetric key that stays enabled. */
let other: Key;
let serial = 0;

const text = (reply: Reply, member: string) => String(reply.json[member]);
const id = async (key: Key) => ({ KeyId: key.keyId });

async function done(operation: string, input: Json, region = REGION): Promise<Reply> {
  const reply = await server.root.aws(operation, input, { region });
  if (reply.status !== 200) throw new Error(`${operation} before the state: ${reply.text}`);
  return reply;
}

async function created(input: Json = {}): Promise<Key> {
  const metadata = (await done('CreateKey', input)).json.KeyMetadata as {
    readonly KeyId: string;
    readonly Arn: string;
  };
  return { keyId: metadata.KeyId, arn: metadata.Arn };
}

async function alias(key: Key): Promise<string> {
  serial += 1;
  const AliasName = `alias/key-state-${serial}`;
  await done('CreateAlias', { AliasName, TargetKeyId: key.keyId });
  return AliasName;
}

const aGrant = (key: Key) => ({
  KeyId: key.keyId,
  GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`,
  RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:root`,
  Operations: ['DescribeKey'],
});

async function granted(key: Key): Promise<Json> {
  return { KeyId: key.keyId, GrantId: text(await done('CreateGrant', aGrant(key)), 'GrantId') };
}

async function encrypted(key: Key): Promise<string> {
  return text(await done('Encrypt', { KeyId: key.keyId, Plaintext }), 'CiphertextBlob');
}

const peer = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
const tag = { TagKey: 'Department', TagValue: 'finance' };

const cases: Readonly<Record<string, Case>> = {
  CancelKeyDeletion: {},
  CreateAlias: { prepare: async (key) => ({ AliasName: `alias/new-${key.keyId}`, TargetKeyId: key.keyId }) },
  CreateGrant: { prepare: async (key) => aGrant(key) },
  Decapsulate: {
    create: encapsulation,
    prepare: async (key) => {
      const made = await done('Encapsulate', { KeyId: key.keyId, EncapsulationAlgorithm });
      const SharedSecretCiphertextBlob = text(made, 'SharedSecretCiphertextBlob');
      return { KeyId: key.keyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob };
    },
  },
  Decrypt: { prepare: async (key) => ({ CiphertextBlob: await encrypted(key) }) },
  DeleteAlias: { prepare: async (key) => ({ AliasName: await alias(key) }) },
  DeleteImportedKeyMaterial: {},
  DeriveSharedSecret: {
    create: agreement,
    prepare: async (key) => ({
      KeyId: key.keyId,
      KeyAgreementAlgorithm: 'ECDH',
      PublicKey: peer().toString('base64'),
    }),
  },
  DescribeKey: {},
  DisableKey: {},
  DisableKeyRotation: {},
  EnableKey: {},
  EnableKeyRotation: {},
  Encapsulate: {
    create: encapsulation,
    prepare: async (key) => ({ KeyId: key.keyId, EncapsulationAlgorithm }),
  },
  Encrypt: { prepare: async (key) => ({ KeyId: key.keyId, Plaintext }) },
  GenerateDataKey: { prepare: async (key) => ({ KeyId: key.keyId, KeySpec: 'AES_256' }) },
  GenerateDataKeyPair: { prepare: async (key) => ({ KeyId: key.keyId, KeyPairSpec: 'ECC_NIST_P256' }) },
  GenerateDataKeyPairWithoutPlaintext: {
    prepare: async (key) => ({ KeyId: key.keyId, KeyPairSpec: 'ECC_NIST_P256' }),
  },
  GenerateDataKeyWithoutPlaintext: { prepare: async (key) => ({ KeyId: key.keyId, KeySpec: 'AES_256' }) },
  GenerateMac: {
    create: mac,
    prepare: async (key) => ({ KeyId: key.keyId, MacAlgorithm, Message: Plaintext }),
  },
  GetKeyLastUsage: {},
  GetKeyPolicy: {},
  GetKeyRotationStatus: {},
  GetParametersForImport: {
    prepare: async (key) => ({
      KeyId: key.keyId,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
  },
  GetPublicKey: { create: signing },
  ImportKeyMaterial: { prepare: async (key) => importInput(key) },
  ListAliases: {},
  ListGrants: {},
  ListKeyPolicies: {},
  ListKeyRotations: {},
  ListResourceTags: {},
  PutKeyPolicy: {
    prepare: async (key) => ({
      KeyId: key.keyId,
      Policy: text(await done('GetKeyPolicy', { KeyId: key.keyId }), 'Policy'),
    }),
  },
  'ReEncrypt/source': {
    prepare: async (key) => ({ CiphertextBlob: await encrypted(key), DestinationKeyId: other.keyId }),
  },
  'ReEncrypt/destination': {
    prepare: async (key) => ({ CiphertextBlob: await encrypted(other), DestinationKeyId: key.keyId }),
  },
  ReplicateKey: {
    create: { MultiRegion: true },
    prepare: async (key) => ({ KeyId: key.keyId, ReplicaRegion: 'ap-south-1' }),
  },
  RetireGrant: { prepare: async (key) => ({ ...(await granted(key)), KeyId: key.arn }) },
  RevokeGrant: { prepare: granted },
  RotateKeyOnDemand: {
    prepare: async (key) => {
      if (imported.has(key.keyId)) await importMaterial(key, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
      return { KeyId: key.keyId };
    },
  },
  ScheduleKeyDeletion: {},
  Sign: {
    create: signing,
    prepare: async (key) => ({ KeyId: key.keyId, SigningAlgorithm, Message: Plaintext }),
  },
  TagResource: { prepare: async (key) => ({ KeyId: key.keyId, Tags: [tag] }) },
  UntagResource: {
    prepare: async (key) => {
      await done('TagResource', { KeyId: key.keyId, Tags: [tag] });
      return { KeyId: key.keyId, TagKeys: [tag.TagKey] };
    },
  },
  'UpdateAlias/source': { prepare: async (key) => ({ AliasName: await alias(key), TargetKeyId: other.keyId }) },
  'UpdateAlias/destination': {
    prepare: async (key) => ({ AliasName: await alias(other), TargetKeyId: key.keyId }),
  },
  UpdateKeyDescription: { prepare: async (key) => ({ KeyId: key.keyId, Description: 'of another mind' }) },
  UpdatePrimaryRegion: {
    create: { MultiRegion: true },
    prepare: async (key) => {
      await done('ReplicateKey', { KeyId: key.keyId, ReplicaRegion: SECOND_REGION });
      const material = imported.get(key.keyId);
      if (material) await importMaterial(key, material, {}, SECOND_REGION);
      return { KeyId: key.keyId, PrimaryRegion: SECOND_REGION };
    },
  },
  Verify: {
    create: signing,
    prepare: async (key) => {
      const signed = await done('Sign', { KeyId: key.keyId, SigningAlgorithm, Message: Plaintext });
      return { KeyId: key.keyId, SigningAlgorithm, Message: Plaintext, Signature: text(signed, 'Signature') };
    },
  },
  VerifyMac: {
    create: mac,
    prepare: async (key) => {
      const made = await done('GenerateMac', { KeyId: key.keyId, MacAlgorithm, Message: Plaintext });
      return { KeyId: key.keyId, MacAlgorithm, Message: Plaintext, Mac: text(made, 'Mac') };
    },
  },
};

/** Brings an enabled key into a state: by a request if there is one for it, otherwise directly in the store. */
async function enter(state: KeyState, key: Key): Promise<void> {
  // All keys of a key store become unavailable at once, when it is disconnected.
  if (state === 'Enabled' || state === 'Unavailable') return;
  if (state === 'Disabled') return void (await done('DisableKey', { KeyId: key.keyId }));
  if (state === 'PendingDeletion') {
    const scheduled = await done('ScheduleKeyDeletion', { KeyId: key.keyId, PendingWindowInDays: 7 });
    // A primary key with replicas waits for them instead; then its state is written directly, below.
    if (text(scheduled, 'KeyState') === state) return;
  }
  if (state === 'PendingImport') {
    return void (await done('DeleteImportedKeyMaterial', { KeyId: key.keyId }));
  }
  const stored = await server.engines.store.findKey(ACCOUNT, REGION, key.keyId);
  if (!stored) throw new Error(`the key ${key.keyId} is not in the store`);
  const waits = state === 'PendingReplicaDeletion';
  await server.engines.store.write({
    mutations: [updateKey(stored, { state, ...(waits && { pending_window_in_days: 7 }) })],
    changes: [],
    audit: [],
  });
}

const isMultiRegionState = (state: KeyState) => ['PendingReplicaDeletion', 'Creating', 'Updating'].includes(state);

interface Cell {
  readonly row: GuideRow;
  readonly origin: Origin;
  readonly state: KeyState;
  readonly key: Key;
  readonly input: Json;
}

/** A key of the origin in the state, and the input of the request. */
async function prepared(row: GuideRow, origin: Origin, state: KeyState): Promise<Cell> {
  const { create = {}, prepare = id } = cases[row.name] ?? {};
  const key = await aKeyOf(origin, { ...create, ...(isMultiRegionState(state) && { MultiRegion: true }) });
  const input = await prepare(key);
  await enter(state, key);
  return { row, origin, state, key, input };
}

async function answered({ row, origin, state, key, input }: Cell): Promise<Comparison> {
  const [operation = ''] = row.name.split('/');
  const reply = await server.root.aws(operation, input);
  const want = expected(row, origin, state, key.arn);
  if (reply.status === 200) return { got: 'ok', want };
  return { got: want.includes(':') ? `${reply.code}: ${reply.message}` : String(reply.code), want };
}

/** The material of imported keys, by key id. */
const imported = new Map<string, Buffer>();

const newMaterial = (spec: unknown): Buffer =>
  spec === 'ECC_NIST_P256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'der', type: 'pkcs8' })
    : randomBytes(32);

/** A key of the origin, enabled. */
async function aKeyOf(origin: Origin, input: Json): Promise<Key> {
  if (origin === 'AWS_KMS') return created(input);
  if (inStore(origin)) {
    const XksKeyId = origin === 'EXTERNAL_KEY_STORE' ? { XksKeyId: backends.newExternalKey() } : {};
    return created({ ...input, Origin: origin, CustomKeyStoreId: stores.get(origin), ...XksKeyId });
  }
  const key = await created({ ...input, Origin: origin });
  const material = newMaterial(input.KeySpec);
  await importMaterial(key, material);
  imported.set(key.keyId, material);
  return key;
}

async function importMaterial(key: Key, material: Buffer, more: Json = {}, region = REGION): Promise<void> {
  await done('ImportKeyMaterial', { ...(await importInput(key, material, region)), ...more }, region);
}

/** The input that imports the material, by default the material that the key had. */
async function importInput(key: Key, material = imported.get(key.keyId), region = REGION): Promise<Json> {
  const nothing = { ImportToken: 'AAAA', EncryptedKeyMaterial: 'AAAA' };
  const common = { KeyId: key.keyId, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
  if (!material) return { ...common, ...nothing };
  const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
  const parameters = await done('GetParametersForImport', { KeyId: key.keyId, ...wrapping }, region);
  const publicKey = createPublicKey({
    key: Buffer.from(text(parameters, 'PublicKey'), 'base64'),
    format: 'der',
    type: 'spki',
  });
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const EncryptedKeyMaterial = publicEncrypt({ key: publicKey, ...padding }, material).toString('base64');
  return { ...common, ImportToken: text(parameters, 'ImportToken'), EncryptedKeyMaterial };
}

beforeAll(async () => {
  backends = await startKeyStoreBackends();
  server = await startInProcess({ config: { keyStores: backends.config, jobIntervalInSeconds: 0.5 } });
  other = await created();
  stores.set('AWS_CLOUDHSM', await connectedStore(backends.clusterStore));
  stores.set('EXTERNAL_KEY_STORE', await connectedStore(backends.externalStore));
});

afterAll(async () => {
  await server?.stop();
  await backends?.stop();
});

async function connectedStore(input: Json): Promise<string> {
  const store = text(await done('CreateCustomKeyStore', input), 'CustomKeyStoreId');
  await done('ConnectCustomKeyStore', { CustomKeyStoreId: store });
  await connection(store, 'CONNECTED');
  return store;
}

/** Waits until a job has connected or disconnected the key store. */
async function connection(CustomKeyStoreId: string, wanted: string): Promise<void> {
  for (;;) {
    const { json } = await done('DescribeCustomKeyStores', { CustomKeyStoreId });
    const [entry] = json.CustomKeyStores as readonly { ConnectionState: string; ConnectionErrorCode?: string }[];
    if (entry?.ConnectionState === wanted) return;
    if (entry?.ConnectionState === 'FAILED') throw new Error(`no connection: ${entry.ConnectionErrorCode}`);
    await sleep(20);
  }
}

const recordOf = (row: GuideRow): OperationRecord => {
  const [name = ''] = row.name.split('/');
  return operations[name as keyof typeof operations];
};

test('the table has a row for every operation that names a key, and a case for every row', () => {
  const named = (record: OperationRecord) =>
    record.service === 'kms' &&
    record.targets.some(({ kind }) => kind === 'key' || kind === 'alias' || kind === 'grant');
  const wanted = Object.values<OperationRecord>(operations)
    .filter(named)
    .map(({ name }) => name);
  expect([...new Set(guideRows.map((row) => recordOf(row).name))].sort()).toEqual(wanted.sort());
  expect(Object.keys(cases).sort()).toEqual(guideRows.map(({ name }) => name).sort());
});

type Comparison = { readonly got: string; readonly want: string };
const column = (what: keyof Comparison, compared: readonly (readonly [string, Comparison])[]) =>
  Object.fromEntries(compared.map(([name, answer]) => [name, answer[what]]));

const origins: readonly Origin[] = ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'];
const specOf = ({ KeySpec = 'SYMMETRIC_DEFAULT' }: Json) => keySpecRow(KeySpec as KeySpec);
const inStore = (origin: Origin) => origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE';

describe.each(origins)('a key of origin %s', (origin) => {
  // Custom key stores hold symmetric keys of one Region only, and some specs cannot be imported.
  const rows = guideRows.filter(({ name }) => {
    const create = cases[name]?.create;
    return create === undefined || (!inStore(origin) && specOf(create).origins.includes(origin));
  });
  const states = statesOf[origin].filter((state) => state !== 'Unavailable');

  test.each(rows.map((row) => [row.name, row] as const))(
    'answers %s in each of its states as the guide says',
    async (_, row) => {
      const compared = await Promise.all(
        states.map(async (state) => [state, await answered(await prepared(row, origin, state))] as const),
      );
      expect(column('got', compared)).toEqual(column('want', compared));
    },
  );

  if (!inStore(origin)) return;
  test('answers every operation as the guide says while its key store is disconnected', async () => {
    const ready = await Promise.all(rows.map((row) => prepared(row, origin, 'Unavailable')));
    const CustomKeyStoreId = stores.get(origin);
    await done('DisconnectCustomKeyStore', { CustomKeyStoreId });
    await connection(String(CustomKeyStoreId), 'DISCONNECTED');
    const compared = await Promise.all(ready.map(async (cell) => [cell.row.name, await answered(cell)] as const));
    expect(column('got', compared)).toEqual(column('want', compared));
  });
});

test('the server logged no internal error', () => {
  expect(server.log()).toBe('');
});
