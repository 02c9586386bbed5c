/**
 * The developer guide's table of key states, cell by cell: every operation on a key in every state, for every origin
 * that has the state, through the doors of a real server. The table below is written down from the guide for this test
 * alone; the server has its own (provider-schema/operations/states.ts), so that each checks the other.
 * Source: AWS KMS Developer Guide, "Key states of AWS KMS keys", with the special functions of imported key material
 * and custom key stores. Since imported keys can be rotated on demand they have a rotation status to read, in every
 * state; the guide's table is older than that.
 */
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { updateKey } from '@keystead/control-plane/mutations.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { KeyState, OperationRecord, Origin } from '@keystead/provider-schema/records.ts';
import type { Json, Reply } from '../support/calls.ts';
import { ACCOUNT, type InProcessServer, REGION, startInProcess } from '../support/in-process-server.ts';

/**
 * Columns: Enabled, Disabled, PendingDeletion and PendingReplicaDeletion, PendingImport, Unavailable, Creating, Updating.
 * ok it proceeds · D is disabled · P is pending deletion · NP is not pending deletion · I is pending import ·
 * U is unavailable · C is creating · G is updating. The last column: what it answers to keys of which origins before the
 * state is looked at. `generated`: AWS_KMS only, `imported`: EXTERNAL only, `kms`: both, `any`: all.
 */
const guide = `
  CancelKeyDeletion                    NP  NP  ok  NP  NP  NP  NP  any
  CreateAlias                          ok  ok  P   ok  ok  ok  ok  any
  CreateGrant                          ok  D   P   I   ok  C   ok  any
  Decrypt                              ok  D   P   I   U   C   ok  any
  DeleteAlias                          ok  ok  ok  ok  ok  ok  ok  any
  DeleteImportedKeyMaterial            ok  ok  ok  ok  -   C   G   imported
  DeriveSharedSecret                   ok  D   P   I   -   C   ok  kms
  DescribeKey                          ok  ok  ok  ok  ok  ok  ok  any
  DisableKey                           ok  ok  P   I   ok  C   G   any
  DisableKeyRotation                   ok  D   P   -   -   C   ok  generated
  EnableKey                            ok  ok  P   I   ok  C   G   any
  EnableKeyRotation                    ok  D   P   -   -   C   ok  generated
  Encrypt                              ok  D   P   I   U   C   ok  any
  GenerateDataKey                      ok  D   P   I   U   C   ok  any
  GenerateDataKeyPair                  ok  D   P   I   -   C   ok  kms
  GenerateDataKeyPairWithoutPlaintext  ok  D   P   I   -   C   ok  kms
  GenerateDataKeyWithoutPlaintext      ok  D   P   I   U   C   ok  any
  GenerateMac                          ok  D   P   I   -   C   ok  kms
  GetKeyLastUsage                      ok  ok  ok  ok  ok  ok  ok  any
  GetKeyPolicy                         ok  ok  ok  ok  ok  ok  ok  any
  GetKeyRotationStatus                 ok  ok  ok  ok  -   ok  ok  kms
  GetParametersForImport               ok  ok  P   ok  -   C   G   imported
  GetPublicKey                         ok  D   P   I   -   C   ok  kms
  ImportKeyMaterial                    ok  ok  P   ok  -   C   ok  imported
  ListAliases                          ok  ok  ok  ok  ok  ok  ok  any
  ListGrants                           ok  ok  ok  ok  ok  ok  ok  any
  ListKeyPolicies                      ok  ok  ok  ok  ok  ok  ok  any
  ListKeyRotations                     ok  ok  ok  ok  -   ok  ok  kms
  ListResourceTags                     ok  ok  ok  ok  ok  ok  ok  any
  PutKeyPolicy                         ok  ok  ok  ok  ok  ok  ok  any
  ReEncrypt/source                     ok  D   P   I   U   C   ok  any
  ReEncrypt/destination                ok  D   P   I   U   C   ok  any
  ReplicateKey                         ok  D   P   I   -   C   G   kms
  RetireGrant                          ok  ok  ok  ok  ok  ok  ok  any
  RevokeGrant                          ok  ok  ok  ok  ok  ok  ok  any
  RotateKeyOnDemand                    ok  D   P   I   -   C   G   kms
  ScheduleKeyDeletion                  ok  ok  P   ok  ok  ok  G   any
  Sign                                 ok  D   P   I   -   C   ok  kms
  TagResource                          ok  ok  P   ok  ok  ok  ok  any
  UntagResource                        ok  ok  P   ok  ok  ok  ok  any
  UpdateAlias/source                   ok  ok  ok  ok  ok  ok  ok  any
  UpdateAlias/destination              ok  ok  P   ok  ok  ok  ok  any
  UpdateKeyDescription                 ok  ok  P   ok  ok  ok  ok  any
  UpdatePrimaryRegion                  ok  D   P   I   -   C   ok  kms
  Verify                               ok  D   P   I   -   C   ok  kms
  VerifyMac                            ok  D   P   I   -   C   ok  kms
`;

type Rule = 'ok' | 'D' | 'P' | 'NP' | 'I' | 'U' | 'C' | 'G' | '-';
type Group = 'any' | 'kms' | 'generated' | 'imported';
interface Row {
  readonly name: string;
  readonly rules: Readonly<Record<KeyState, Rule>>;
  readonly group: Group;
}

const rows: readonly Row[] = guide
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', Enabled, Disabled, PendingDeletion, PendingImport, Unavailable, Creating, Updating, group] = line
      .trim()
      .split(/\s+/);
    const rules = { Enabled, Disabled, PendingDeletion, PendingImport, Unavailable, Creating, Updating };
    return { name, rules: { ...rules, PendingReplicaDeletion: PendingDeletion }, group } as Row;
  });

const groups: Readonly<Record<Group, readonly Origin[]>> = {
  any: ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'],
  kms: ['AWS_KMS', 'EXTERNAL'],
  generated: ['AWS_KMS'],
  imported: ['EXTERNAL'],
};

/** Which states a key of an origin can have. Only multi-Region keys are ever creating, updating or wait for replicas. */
const statesOf: Readonly<Record<Origin, readonly KeyState[]>> = {
  AWS_KMS: ['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion', 'Creating', 'Updating'],
  EXTERNAL: [
    'Enabled',
    'Disabled',
    'PendingDeletion',
    'PendingReplicaDeletion',
    'PendingImport',
    'Creating',
    'Updating',
  ],
  AWS_CLOUDHSM: ['Enabled', 'Disabled', 'PendingDeletion', 'Unavailable'],
  EXTERNAL_KEY_STORE: ['Enabled', 'Disabled', 'PendingDeletion', 'Unavailable'],
};

const phrases: Readonly<Record<Exclude<Rule, 'ok' | '-'>, string>> = {
  D: 'is disabled.',
  P: 'is pending deletion.',
  NP: 'is not pending deletion.',
  I: 'is pending import.',
  U: 'is unavailable.',
  C: 'is creating.',
  G: 'is updating.',
};

/** `ok`, or the code and text of the refusal. */
function expected(row: Row, origin: Origin, state: KeyState, arn: string): string {
  if (!groups[row.group].includes(origin)) return 'UnsupportedOperationException';
  const rule = row.rules[state];
  if (rule === 'ok') return 'ok';
  if (rule === '-') throw new Error(`the guide has no cell for ${row.name} on ${origin} ${state}`);
  const phrase = state === 'PendingReplicaDeletion' ? 'is pending replica deletion.' : phrases[rule];
  return `${rule === 'D' ? 'DisabledException' : 'KMSInvalidStateException'}: ${arn} ${phrase}`;
}

interface Key {
  readonly keyId: string;
  readonly arn: string;
}

/** What a row needs of its key, and what is asked of it; `prepare` runs while the key is still enabled. */
interface Case {
  readonly create?: Json;
  prepare?(key: Key): Promise<Json>;
}

const SECOND_REGION = 'eu-west-1';
const Plaintext = Buffer.from('attack at dawn').toString('base64');
const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
const mac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' };
const agreement = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' };
const SigningAlgorithm = 'ECDSA_SHA_256';
const MacAlgorithm = 'HMAC_SHA_256';

let server: InProcessServer;
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

/** Brings an enabled key into a state: by request where one leads there, else straight in the store. */
async function enter(state: KeyState, key: Key): Promise<void> {
  if (state === 'Enabled') return;
  if (state === 'Disabled') return void (await done('DisableKey', { KeyId: key.keyId }));
  if (state === 'PendingDeletion') {
    const scheduled = await done('ScheduleKeyDeletion', { KeyId: key.keyId, PendingWindowInDays: 7 });
    // A primary key with replicas waits for them instead; without them it could not have come to be asked this.
    if (text(scheduled, 'KeyState') === state) return;
  }
  if (state === 'PendingImport') {
    return void (await done('DeleteImportedKeyMaterial', { KeyId: key.keyId }));
  }
  const stored = await server.engines.store.findKey(ACCOUNT, REGION, key.keyId);
  if (!stored) throw new Error(`there is no key ${key.keyId}`);
  const waits = state === 'PendingReplicaDeletion';
  await server.engines.store.write({
    mutations: [updateKey(stored, { state, ...(waits && { pending_window_in_days: 7 }) })],
    changes: [],
    audit: [],
  });
}

const isMultiRegionState = (state: KeyState) => ['PendingReplicaDeletion', 'Creating', 'Updating'].includes(state);

async function answered(
  row: Row,
  origin: Origin,
  state: KeyState,
): Promise<{ readonly got: string; readonly want: string }> {
  const { create = {}, prepare = id } = cases[row.name] ?? {};
  const key = await aKeyOf(origin, { ...create, ...(isMultiRegionState(state) && { MultiRegion: true }) });
  const input = await prepare(key);
  await enter(state, key);
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

/** A key of the origin that is enabled; undefined where no key of this kind has the origin. */
async function aKeyOf(origin: Origin, input: Json): Promise<Key> {
  if (origin === 'AWS_KMS') return created(input);
  const key = await created({ ...input, Origin: origin });
  const material = newMaterial(input.KeySpec);
  await importMaterial(key, material);
  imported.set(key.keyId, material);
  return key;
}

async function importMaterial(key: Key, material: Buffer, more: Json = {}, region = REGION): Promise<void> {
  await done('ImportKeyMaterial', { ...(await importInput(key, material, region)), ...more }, region);
}

/** A request that imports the material, by default the one that the key had. */
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
  server = await startInProcess();
  other = await created();
});

afterAll(async () => {
  await server?.stop();
});

const recordOf = (row: Row): OperationRecord => {
  const [name = ''] = row.name.split('/');
  return operations[name as keyof typeof operations];
};
/** Origins whose keys can be made. */
const origins = (['AWS_KMS', 'EXTERNAL'] as const).filter(
  (origin) => origin === 'AWS_KMS' || operations.ImportKeyMaterial.status === ('implemented' as string),
);
const isImplemented = (row: Row) => recordOf(row).status === 'implemented';

test('the table has a row for every operation that names a key, and a case for every row', () => {
  const named = (record: OperationRecord) =>
    record.service === 'kms' &&
    record.targets.some(({ kind }) => kind === 'key' || kind === 'alias' || kind === 'grant');
  const wanted = Object.values<OperationRecord>(operations)
    .filter(named)
    .map(({ name }) => name);
  expect([...new Set(rows.map((row) => recordOf(row).name))].sort()).toEqual(wanted.sort());
  expect(Object.keys(cases).sort()).toEqual(rows.map(({ name }) => name).sort());
});

describe.each(origins)('a key of origin %s', (origin) => {
  const hasKeys = (row: Row) => origin === 'AWS_KMS' || origin === 'EXTERNAL' || !cases[row.name]?.create;
  test.each(
    rows
      .filter(isImplemented)
      .filter(hasKeys)
      .map((row) => [row.name, row] as const),
  )('answers %s in each of its states as the guide says', async (_, row) => {
    const states = statesOf[origin];
    const answers = await Promise.all(states.map((state) => answered(row, origin, state)));
    const table = (what: 'got' | 'want') => Object.fromEntries(states.map((state, i) => [state, answers[i]?.[what]]));
    expect(table('got')).toEqual(table('want'));
  });
});

test('nothing failed within', () => {
  expect(server.log()).toBe('');
});
