/**
 * Random sequences of requests against the control plane and against a plain model of AWS KMS, which must agree on
 * every answer: members, refusals, their codes and, where AWS has one, their texts. The clock moves, jobs run, and
 * lists are read page by page while their items change.
 */
import { inspect } from 'node:util';
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import fc from 'fast-check';
import { runs } from '../support/sizes.ts';
import {
  accountId,
  openTestControlPlane,
  type RequestOptions,
  rootOf,
  type TestControlPlane,
} from '../support/test-control-plane.ts';
import { type Answer, type Key, KmsModel, type Place, Refusal, type Request } from './kms-model.ts';

const SEQUENCES = runs(150, 10_000);
/** After this many sequences the next ones use a new database. */
const SEQUENCES_PER_CONTROL_PLANE = 500;
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-south-1'] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

type Name = keyof OperationTypes;

/** The random values of a step; each operation uses those that it needs. */
const draws = {
  key: fc.nat(3),
  other: fc.nat(5),
  /** 0–5: the primary's Region; 6–8: a Region that has the key; 9–11: any Region. */
  region: fc.nat(11),
  byUser: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  form: fc.constantFrom('id', 'id', 'id', 'arn', 'alias', 'alias ARN'),
  alias: fc.nat(3),
  number: fc.nat(9),
  flag: fc.boolean(),
  rare: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
};
type Drawn = {
  readonly [Member in keyof typeof draws]: (typeof draws)[Member] extends fc.Arbitrary<infer T> ? T : never;
};

interface Real {
  readonly controlPlane: TestControlPlane;
  readonly jobs: Jobs;
  readonly user: NonNullable<RequestOptions['as']>;
  /** By the operation that reads them. */
  readonly listings: Map<string, Listing>;
}

const contexts = [{}, { Department: 'finance' }, { Department: 'sales' }, { Department: 'finance', Stage: 'beta' }];
const grantOperations = [
  ['Encrypt'],
  ['Decrypt', 'DescribeKey'],
  ['Encrypt', 'Decrypt', 'GenerateDataKeyWithoutPlaintext', 'RetireGrant'],
  ['ReEncryptFrom', 'ReEncryptTo'],
  ['GenerateMac', 'DescribeKey'],
  ['Sign'],
];

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(list.length, 1)];
const anId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const aliasName = ({ alias }: Drawn) => `alias/a${alias}`;
const withMember = (name: string, value: unknown, wanted: boolean) => (wanted ? { [name]: value } : {});

/** How the key is named in the request; sometimes by an alias that names another key, or none. */
function reference(model: KmsModel, region: string, keyId: string, step: Drawn): string {
  if (step.form === 'arn') return model.keyArn(keyId, step.rare ? (pick(REGIONS, step.number) ?? region) : region);
  const own = model.aliases.find((alias) => alias.keyId === keyId && alias.region === region)?.name;
  if (own === undefined && !step.rare) return keyId;
  const name = own ?? aliasName(step);
  if (step.form === 'alias') return name;
  if (step.form === 'alias ARN') return model.aliasArn(name, region);
  return keyId;
}

type Inputs = {
  readonly [N in Name]?: (
    model: KmsModel,
    step: Drawn,
    at: { readonly keyId: string; readonly region: string },
  ) => Answer | undefined;
};

const plainId = (_: KmsModel, step: Drawn, { keyId }: { readonly keyId: string }) => ({
  KeyId: step.rare ? aliasName(step) : keyId,
});

const inputs: Inputs = {
  CreateKey: (_, { number, flag }) => ({
    ...withMember('MultiRegion', true, flag),
    ...withMember('Description', `key ${number}`, number % 2 === 0),
    ...withMember('KeySpec', 'HMAC_256', number === 8 || number === 9 || number === 1),
    ...withMember('KeyUsage', number === 1 ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC', number === 8 || number === 1),
    ...withMember('Tags', [{ TagKey: 'Stage', TagValue: 'beta' }], number > 5),
  }),
  DescribeKey: (model, step, { keyId, region }) => ({ KeyId: reference(model, region, keyId, step) }),
  EnableKey: plainId,
  DisableKey: plainId,
  UpdateKeyDescription: (model, step, at) => ({ ...plainId(model, step, at), Description: `number ${step.number}` }),
  ScheduleKeyDeletion: (model, step, at) => ({
    ...plainId(model, step, at),
    ...withMember('PendingWindowInDays', [7, 7, 7, 8, 30, 6, 31][step.number % 7], step.flag),
  }),
  CancelKeyDeletion: plainId,
  ProtectKey: plainId,
  UnprotectKey: plainId,
  CreateAlias: (_, step, { keyId }) => ({ AliasName: aliasName(step), TargetKeyId: keyId }),
  UpdateAlias: (model, step, { keyId, region }) => ({
    AliasName: step.rare
      ? aliasName(step)
      : (pick(
          model.aliases.filter((alias) => alias.region === region),
          step.alias,
        )?.name ?? aliasName(step)),
    TargetKeyId: keyId,
  }),
  DeleteAlias: (model, step, { region }) => ({
    AliasName:
      pick(
        model.aliases.filter((alias) => alias.region === region),
        step.alias,
      )?.name ?? aliasName(step),
  }),
  TagResource: (model, step, at) => ({
    ...plainId(model, step, at),
    Tags: [{ TagKey: `Tag${step.alias}`, TagValue: String(step.number) }],
  }),
  UntagResource: (model, step, at) => ({ ...plainId(model, step, at), TagKeys: [`Tag${step.alias}`, 'Stage'] }),
  ListResourceTags: plainId,
  PutKeyPolicy: (model, step, at) => ({ ...plainId(model, step, at), Policy: policy(model, step.number) }),
  GetKeyPolicy: plainId,
  EnableKeyRotation: (model, step, at) => ({
    ...plainId(model, step, at),
    ...withMember('RotationPeriodInDays', [90, 91, 2560][step.number % 3], step.flag),
  }),
  DisableKeyRotation: plainId,
  GetKeyRotationStatus: plainId,
  RotateKeyOnDemand: plainId,
  ListKeyRotations: (model, step, at) => ({
    ...plainId(model, step, at),
    ...withMember('IncludeKeyMaterial', 'ALL_KEY_MATERIAL', step.flag),
  }),
  CreateGrant: (model, step, { keyId, region }) => ({
    KeyId: step.flag ? keyId : model.keyArn(keyId, region),
    GranteePrincipal: step.number === 7 ? model.rootArn : model.userArn,
    Operations: pick(grantOperations, step.number),
    ...withMember('Name', `grant-${step.alias % 2}`, step.flag),
    ...withMember('RetiringPrincipal', model.userArn, step.number === 4),
    ...withMember('Constraints', { EncryptionContextEquals: { Department: 'finance' } }, step.number % 3 === 1),
    ...withMember('DryRun', true, step.rare),
  }),
  ListGrants: plainId,
  RevokeGrant: (model, step, { keyId }) => {
    const known = pick(model.grants, step.number);
    const KeyId = known && !step.rare ? known.keyId : keyId;
    return {
      KeyId,
      GrantId: known?.grant.id ?? (step.flag ? '0'.repeat(64) : 'none'),
      ...withMember('DryRun', true, step.other === 5),
    };
  },
  RetireGrant: (model, step) => {
    const known = pick(model.grants, step.number);
    if (!known) return undefined;
    const { keyId, region, grant } = known;
    const dryRun = withMember('DryRun', true, step.rare);
    if (step.flag) return { GrantToken: pick(grant.grantTokens, step.other), ...dryRun };
    return { KeyId: model.keyArn(keyId, region), GrantId: grant.id, ...dryRun };
  },
  Encrypt: (model, step, { keyId, region }) => ({
    KeyId: reference(model, region, keyId, step),
    Plaintext: Buffer.from(`text ${step.number}`),
    ...context('EncryptionContext', step.number),
    ...withMember('DryRun', true, step.rare),
  }),
  GenerateDataKeyWithoutPlaintext: (model, step, { keyId, region }) => ({
    KeyId: reference(model, region, keyId, step),
    NumberOfBytes: 32,
    ...context('EncryptionContext', step.number),
  }),
  GenerateMac: (model, step, { keyId, region }) => ({
    KeyId: reference(model, region, keyId, step),
    MacAlgorithm: 'HMAC_SHA_256',
    Message: Buffer.of(step.number),
  }),
  Decrypt: (model, step, { region }) => {
    const known = pick(model.ciphertexts, step.number);
    if (!known) return undefined;
    return {
      CiphertextBlob: known.blob,
      ...opening('EncryptionContext', known.context, step),
      ...withMember(
        'KeyId',
        reference(model, region, step.other === 5 ? keyAt(model, step.key) : known.keyId, step),
        step.flag,
      ),
      ...withMember('DryRun', true, step.rare),
    };
  },
  ReEncrypt: (model, step, { keyId, region }) => {
    const known = pick(model.ciphertexts, step.number);
    if (!known) return undefined;
    return {
      CiphertextBlob: known.blob,
      ...opening('SourceEncryptionContext', known.context, step),
      ...withMember('SourceKeyId', step.other === 5 ? keyAt(model, step.key) : known.keyId, step.flag),
      DestinationKeyId: reference(model, region, keyId, step),
      ...context('DestinationEncryptionContext', step.number + 1),
    };
  },
  ReplicateKey: (model, step, at) => ({
    ...plainId(model, step, at),
    ReplicaRegion: pick(REGIONS, step.number),
    ...withMember('Description', 'replica', step.flag),
  }),
  UpdatePrimaryRegion: (model, step, at) => ({
    ...plainId(model, step, at),
    PrimaryRegion: replicaOf(model.findKey(at.keyId), step.number) ?? pick(REGIONS, step.number),
  }),
};

/** The key and the Region of a request, mostly chosen so that it can succeed. */
function placeOf(model: KmsModel, operation: Name, step: Drawn): { readonly keyId: string; readonly region: string } {
  const grant = pick(model.grants, step.number);
  if (/^(Revoke|Retire)Grant$/.test(operation) && grant && !step.rare) return grant;
  const drawn = pick(model.keys, step.key);
  const related = /^(ReplicateKey|UpdatePrimaryRegion)$/.test(operation) && step.flag;
  const key = (related ? model.keys.find(({ multiRegion }) => multiRegion) : undefined) ?? drawn;
  return { keyId: step.other === 5 && step.rare ? anId : (key?.id ?? anId), region: regionOf(key, step.region) };
}

function regionOf(key: Key | undefined, drawn: number): string {
  const places = [...(key?.places.keys() ?? [])];
  const likely = drawn < 6 ? key?.primary : drawn < 9 ? pick(places, drawn) : undefined;
  return likely ?? pick(REGIONS, drawn) ?? REGIONS[0];
}

function replicaOf(key: Key | undefined, n: number): string | undefined {
  const replicas = [...(key?.places.keys() ?? [])].filter((region) => region !== key?.primary);
  return n < 8 ? pick(replicas, n) : undefined;
}

const keyAt = (model: KmsModel, n: number) => pick(model.keys, n)?.id ?? anId;
const context = (member: string, n: number) => withMember(member, pick(contexts, n), n % contexts.length !== 0);

/** The encryption context of a ciphertext; sometimes another one. */
const opening = (member: string, known: Answer, { rare, number }: Drawn) =>
  rare ? context(member, number) : withMember(member, known, Object.keys(known).length > 0);

function policy(model: KmsModel, number: number): string {
  if (number === 0) return policyOf({ AWS: model.userArn }, ['kms:Encrypt']);
  if (number < 5) return model.defaultPolicy;
  const statements = [statement({ AWS: model.rootArn }, 'kms:*')];
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [...statements, statement({ AWS: model.userArn }, ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'])],
  });
}
const statement = (Principal: Answer, Action: unknown) => ({ Effect: 'Allow', Principal, Action, Resource: '*' });
const policyOf = (principal: Answer, action: unknown) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement(principal, action)] });

/** Lists without a defined order are compared in the order of this member. */
const listed: Readonly<Record<string, readonly [list: string, member: string]>> = {
  ListResourceTags: ['Tags', 'TagKey'],
  ListGrants: ['Grants', 'GrantId'],
  ListKeyRotations: ['Rotations', 'KeyMaterialId'],
};

function inOrder(operation: string, answer: Answer | undefined): Answer | undefined {
  const [list, member] = listed[operation] ?? [];
  if (!answer || list === undefined || member === undefined) return answer;
  const entries = [...(answer[list] as readonly Answer[])];
  return { ...answer, [list]: entries.sort((a, b) => (String(a[member]) < String(b[member]) ? -1 : 1)) };
}

/** Leaves out undefined members, because answers do not have them. */
const present = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, present(member)]),
  );
};

/** Compares content, because objects can come from different realms of the test runner. */
const isSame = (a: unknown, b: unknown): boolean => spelled(a) === spelled(b);
const spelled = (value: unknown) =>
  inspect(value, { sorted: true, depth: null, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });

class Divergence extends Error {}

async function ask(real: Real, operation: Name, input: Answer, options: RequestOptions) {
  try {
    return { answer: (await real.controlPlane.perform(operation, input as never, options)) as Answer | undefined };
  } catch (error) {
    if (error instanceof KmsError) return { refusal: error };
    throw error;
  }
}

type Step = fc.AsyncCommand<KmsModel, Real>;

/** Sends the request to the service, then to the model, and compares the answers. */
async function put(model: KmsModel, real: Real, request: Omit<Request, 'answer'>): Promise<Answer | undefined> {
  const { operation, region, by, input } = request;
  const as = by === 'user' ? real.user : rootOf(accountId);
  const { answer, refusal } = await ask(real, operation as Name, input, { as, region });
  const got = refusal ? `${refusal.code}: ${refusal.message}` : inOrder(operation, answer);
  const diverged = (want: unknown) =>
    new Divergence(`${operation} by ${by} in ${region} ${show(input)}\n  got  ${show(got)}\n  want ${show(want)}`);
  const want = judged(model, { ...request, answer });
  if (want instanceof Refusal) {
    const text = want.text === undefined ? undefined : `${want.code}: ${want.text}`;
    if (refusal?.code !== want.code || (text !== undefined && got !== text)) throw diverged(text ?? want.code);
  } else if (refusal || !isSame(present(got), present(want))) throw diverged(want);
  return answer;
}

function judged(model: KmsModel, request: Request): Answer | undefined | Refusal {
  try {
    return model.judge(request);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

class RequestStep implements Step {
  readonly operation: Name;
  readonly step: Drawn;
  constructor(operation: Name, step: Drawn) {
    this.operation = operation;
    this.step = step;
  }

  check(): boolean {
    return true;
  }

  async run(model: KmsModel, real: Real): Promise<void> {
    const { operation, step } = this;
    const { keyId, region } = placeOf(model, operation, step);
    const input = inputs[operation]?.(model, step, { keyId, region });
    if (!input) return;
    const answer = await put(model, real, { operation, region, by: step.byUser ? 'user' : 'root', input });
    if (operation === 'RotateKeyOnDemand' && answer) await learnMaterial(model, real, keyId, region);
  }

  toString(): string {
    return `${this.operation}(${JSON.stringify(this.step)})`;
  }
}

const show = (value: unknown) =>
  typeof value === 'string' ? value : JSON.stringify(value, (_, member) => (member?.type === 'Buffer' ? '…' : member));

/** The service chooses the id of new material; the model learns it and checks that it is new. */
async function learnMaterial(model: KmsModel, real: Real, keyId: string, region: string): Promise<void> {
  const key = model.findKey(keyId);
  const fresh = key?.materials.pop();
  if (!key || !fresh) throw new Error(`the model does not have the key ${keyId}`);
  key.materials.push({ ...fresh, id: await materialNow(real, key, region) });
}

async function materialNow(real: Real, key: Key, region: string): Promise<string> {
  const stored = await real.controlPlane.store.findKey(accountId, region, key.id);
  const id = stored?.shared.current_material_id ?? undefined;
  if (id === undefined || key.materials.some((known) => known.id === id)) {
    throw new Divergence(`key ${key.id} was due for new material and has ${id}`);
  }
  return id;
}

class ClockStep implements Step {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  check(): boolean {
    return true;
  }
  async run(model: KmsModel, real: Real): Promise<void> {
    model.nowMs += this.ms;
    real.controlPlane.clock.advance(this.ms);
  }
  toString(): string {
    return `the clock moves ${this.ms / MINUTE_MS} minutes`;
  }
}

class JobsStep implements Step {
  check(): boolean {
    return true;
  }
  async run(model: KmsModel, real: Real): Promise<void> {
    const { failed } = await real.jobs.runOnce();
    if (failed > 0) throw new Divergence(`${failed} jobs failed`);
    const named = new Map<string, string | null | undefined>();
    for (const key of model.keys) {
      const stored = await real.controlPlane.store.findKey(accountId, key.primary, key.id);
      named.set(key.id, stored?.shared.current_material_id);
    }
    model.runJobs((key) => {
      const id = named.get(key.id);
      if (typeof id === 'string' && !key.materials.some((known) => known.id === id)) return id;
      throw new Divergence(`key ${key.id} was due for rotation and has ${id}`);
    });
  }
  toString(): string {
    return 'jobs run';
  }
}

/** Compares the whole state at the end of a sequence. */
async function compareAll(model: KmsModel, real: Real): Promise<void> {
  const reads = ['DescribeKey', 'GetKeyPolicy', 'ListResourceTags', 'ListGrants', 'GetKeyRotationStatus'];
  const asked: Omit<Request, 'answer'>[] = model.keys.flatMap((key) =>
    [...key.places.keys()].flatMap((region) => [
      ...reads.map((operation) => ({ operation, region, by: 'root' as const, input: { KeyId: key.id } })),
      {
        operation: 'ListKeyRotations',
        region,
        by: 'root',
        input: { KeyId: key.id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' },
      },
    ]),
  );
  await Promise.all(asked.map((request) => put(model, real, request)));
  const places = model.keys.flatMap(({ id, places }) => [...places].map(([region, place]) => ({ id, region, place })));
  await Promise.all(places.map((of) => compareProtection(real, of)));
  await Promise.all(REGIONS.map((region) => compareRegion(model, real, region)));
}

async function compareProtection(
  real: Real,
  { id: KeyId, region, place }: { readonly id: string; readonly region: string; readonly place: Place },
): Promise<void> {
  const { DeletionProtection } = await real.controlPlane.perform('GetKeyConfiguration', { KeyId }, { region });
  expectSame(`protection of ${KeyId} in ${region}`, DeletionProtection, place.isProtected === true);
}

async function compareRegion(model: KmsModel, real: Real, region: string): Promise<void> {
  const { Keys = [] } = await real.controlPlane.perform('ListKeys', {}, { region });
  expectSame(`keys in ${region}`, Keys.map(({ KeyId }) => KeyId).sort(), keyIdsIn(model, region).sort());
  const { Aliases = [] } = await real.controlPlane.perform('ListAliases', {}, { region });
  const own = Aliases.filter(({ AliasName = '' }) => !isAwsAlias(AliasName)).map((alias) => ({ ...alias }));
  const wanted = model.aliases
    .filter((alias) => alias.region === region)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, keyId, createdAtMs, updatedAtMs }) => ({
      AliasName: name,
      AliasArn: model.aliasArn(name, region),
      TargetKeyId: keyId,
      CreationDate: new Date(createdAtMs),
      LastUpdatedDate: new Date(updatedAtMs),
    }));
  expectSame(`aliases in ${region}`, own, wanted);
}

const keyIdsIn = (model: KmsModel, region: string) =>
  model.keys.filter((key) => key.places.has(region)).map(({ id }) => id);
/** The aliases of AWS managed keys always exist. */
const isAwsAlias = (name: string) => name.startsWith('alias/aws/');

function expectSame(what: string, got: unknown, want: unknown): void {
  if (!isSame(got, want)) throw new Divergence(`${what}\n  got  ${show(got)}\n  want ${show(want)}`);
}

/** A list that is being read while its items change. */
interface Listing {
  readonly region: string;
  readonly keyId: string;
  /** Items that have been in the list since the first page was read. */
  steady: readonly string[];
  readonly seen: Set<string>;
  marker: string | undefined;
}

const lists = {
  ListKeys: {
    here: keyIdsIn,
    items: (answer: Answer) => (answer.Keys as readonly { KeyId: string }[]).map(({ KeyId }) => KeyId),
  },
  ListAliases: {
    here: (model: KmsModel, region: string) =>
      model.aliases.filter((alias) => alias.region === region).map(({ name }) => name),
    items: (answer: Answer) =>
      (answer.Aliases as readonly { AliasName: string }[])
        .map(({ AliasName }) => AliasName)
        .filter((name) => !isAwsAlias(name)),
  },
  ListGrants: {
    here: (model: KmsModel, region: string, keyId: string) =>
      (model.findKey(keyId)?.places.get(region)?.grants ?? []).map(({ id }) => id),
    items: (answer: Answer) => (answer.Grants as readonly { GrantId: string }[]).map(({ GrantId }) => GrantId),
  },
  ListResourceTags: {
    here: (model: KmsModel, region: string, keyId: string) => [
      ...(model.findKey(keyId)?.places.get(region)?.tags.keys() ?? []),
    ],
    items: (answer: Answer) => (answer.Tags as readonly { TagKey: string }[]).map(({ TagKey }) => TagKey),
  },
} as const;

/**
 * Reads one more page. Items that were always in the list appear exactly once, no item appears twice, and an item that
 * was not in the list when its page was read does not appear.
 */
class PageStep implements Step {
  readonly list: keyof typeof lists;
  readonly limit: number;
  readonly step: Drawn;
  constructor(list: keyof typeof lists, limit: number, step: Drawn) {
    this.list = list;
    this.limit = limit;
    this.step = step;
  }
  check(): boolean {
    return true;
  }
  async run(model: KmsModel, real: Real): Promise<void> {
    const { here, items } = lists[this.list];
    const key = pick(model.keys, this.step.key);
    const listing =
      real.listings.get(this.list) ?? begun(model, here, regionOf(key, this.step.region), key?.id ?? anId);
    real.listings.delete(this.list);
    const { region, keyId, marker, seen } = listing;
    const ofKey = this.list === 'ListGrants' || this.list === 'ListResourceTags';
    if (ofKey && !model.findKey(keyId)?.places.has(region)) return;
    const input = {
      ...withMember('KeyId', keyId, ofKey),
      Limit: this.limit,
      ...withMember('Marker', marker, !!marker),
    };
    const { answer, refusal } = await ask(real, this.list, input, { region });
    if (!answer) throw new Divergence(`${this} is refused: ${refusal?.message}`);
    const now = here(model, region, keyId);
    for (const item of items(answer)) {
      if (seen.has(item)) throw new Divergence(`${this} shows ${item} twice`);
      if (!now.includes(item)) throw new Divergence(`${this} shows ${item}, which is not there`);
      seen.add(item);
    }
    listing.steady = listing.steady.filter((item) => now.includes(item));
    listing.marker = answer.NextMarker as string | undefined;
    if (answer.Truncated === true) return void real.listings.set(this.list, listing);
    const missed = listing.steady.filter((item) => !seen.has(item));
    if (missed.length > 0) throw new Divergence(`${this} never showed ${missed}`);
  }
  toString(): string {
    return `a page of ${this.list}(${JSON.stringify(this.step)})`;
  }
}

function begun(
  model: KmsModel,
  here: (typeof lists)[keyof typeof lists]['here'],
  region: string,
  keyId: string,
): Listing {
  return { region, keyId, steady: here(model, region, keyId), seen: new Set(), marker: undefined };
}

const often = [
  'CreateKey',
  'Encrypt',
  'Decrypt',
  'ScheduleKeyDeletion',
  'CreateGrant',
  'CreateAlias',
  'ReplicateKey',
  'CancelKeyDeletion',
] as const;
const requests = [...Object.keys(inputs), ...often, ...often, 'UpdatePrimaryRegion', 'UpdateAlias'] as Name[];
const steps: fc.Arbitrary<Step>[] = [
  ...requests.map((operation) => fc.record(draws).map((step) => new RequestStep(operation, step))),
  ...[1, 2, 3].map(() =>
    fc
      .constantFrom(
        MINUTE_MS,
        15 * MINUTE_MS,
        60 * MINUTE_MS,
        DAY_MS,
        7 * DAY_MS,
        30 * DAY_MS,
        90 * DAY_MS,
        90 * DAY_MS - 19 * MINUTE_MS,
      )
      .map((ms) => new ClockStep(ms)),
  ),
  ...[1, 2, 3].map(() => fc.constant(new JobsStep())),
  ...(Object.keys(lists) as (keyof typeof lists)[]).map((list) =>
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.record(draws)).map(
      // AWS's own aliases would fill the small pages.
      ([limit, step]) => new PageStep(list, list === 'ListAliases' ? 10 * limit : limit, step),
    ),
  ),
];

/** Deletes everything of the last sequence except the users. */
async function wipe({ store }: TestControlPlane): Promise<void> {
  const where = { account_id: accountId };
  const tables = ['aliases', 'grants', 'keys', 'key_materials', 'key_sets'] as const;
  await store.write({ mutations: tables.map((table) => ({ op: 'deleteAll', table, where })), changes: [], audit: [] });
}

/** Every sequence begins with a multi-Region key and a single-Region key. */
const beginnings = [
  [0, true],
  [2, false],
] as const;
const plain: Drawn = {
  key: 0,
  other: 0,
  region: 9,
  byUser: false,
  form: 'id',
  alias: 0,
  number: 0,
  flag: true,
  rare: false,
};

describe('any sequence of requests', () => {
  let open: (Omit<Real, 'listings'> & { left: number }) | undefined;

  async function aControlPlane(): Promise<Real> {
    if (!open || open.left === 0) {
      await leave();
      const controlPlane = await openTestControlPlane();
      const user = await controlPlane.user('model');
      const jobs = startJobs({ ...controlPlane.engines, nodeId: 'model', intervalMs: 2 ** 30 });
      await jobs.runOnce();
      open = { controlPlane, user, jobs, left: SEQUENCES_PER_CONTROL_PLANE };
    }
    open.left -= 1;
    await wipe(open.controlPlane);
    return { ...open, listings: new Map() };
  }

  async function leave(): Promise<void> {
    await open?.jobs.stop();
    await open?.controlPlane.close();
    open = undefined;
  }

  afterAll(leave);

  test(`is answered as AWS KMS answers it: ${SEQUENCES} sequences against the model`, async () => {
    const commands = fc.commands(steps, { maxCommands: 80, size: 'max' });
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const ready = await aControlPlane();
        const model = new KmsModel(accountId, ready.user.principal.arn, ready.controlPlane.clock.now());
        for (const [number, flag] of beginnings) {
          await new RequestStep('CreateKey', { ...plain, number, flag }).run(model, ready);
        }
        await fc.asyncModelRun(() => ({ model, real: ready }), sequence);
        await compareAll(model, ready);
      }),
      { numRuns: SEQUENCES },
    );
  });
});
