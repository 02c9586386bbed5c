/**
 * Creates the accounts with their organizations, the users and the keys of a seed file, once. Each is recorded with its declaration, so the same file
 * changes nothing at the next start, even when a key has changed since; a file with another declaration is refused
 * before anything is written. After an interrupted start, the next one continues where it stopped.
 */

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { noPolicies } from '@keystead/policy/authority.ts';
import { newEffort } from '@keystead/policy/effort.ts';
import { isMultiRegionKeyId, keyArn, rootArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import { trailElements, trailResource } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import type { Engines } from '../../context/engines.ts';
import type { ResolvedKey, ResolvedKeys } from '../../context/resolved-key.ts';
import { organizationOf } from '../../domain/identities/organization.ts';
import { keyMetadata } from '../../domain/keys/key-metadata.ts';
import { HsmError } from '../../hsm/port/hsm-error.ts';
import { accessKeyChange, insertAccessKey, newAccessKey } from '../../mutations/access-keys.ts';
import { identityChange, newAccount, rootPrincipal, setOrganization } from '../../mutations/identity-mutations.ts';
import { insertKey, keyChange } from '../../mutations/mutations.ts';
import { acceptedPolicy } from '../../operations/shared/accepted-policy.ts';
import { commit, type Execution, execute, untilCommitted } from '../../pipeline/execute.ts';
import { type Mutation, WriteConflict } from '../../storage/port/store.ts';
import type { MetaRow } from '../../storage/port/tables.ts';
import { sameSecret } from '../root-principal.ts';
import {
  type Seed,
  type SeedAccessKey,
  type SeedKey,
  type SeedOrganization,
  type SeedUser,
  seedError,
} from './seed-file.ts';

export interface SeedReport {
  readonly seeded: number;
  readonly unchanged: number;
}

type SeedEngines = Pick<
  Engines,
  | 'store'
  | 'keyMaterial'
  | 'credentials'
  | 'pkcs11'
  | 'clock'
  | 'sealedTokens'
  | 'keyStores'
  | 'settings'
  | 'log'
  | 'wakeJobs'
>;
type Material = { readonly materialId: string; readonly wrapped: Uint8Array };

/** One organization, user or key to seed, with the record of an earlier start. */
interface Task<Item> {
  readonly item: Item;
  readonly recordName: string;
  /** JSON, as recorded. */
  readonly declared: string;
  readonly record?: MetaRow;
}

interface KeyTask extends Task<SeedKey> {
  readonly material?: Material;
}

/** Value of a row in the meta table. */
interface SeedRecord {
  readonly declared: Readonly<Record<string, unknown>>;
  readonly done: boolean;
}

/** @throws StartError with every conflict; then nothing is written */
export async function seed(engines: SeedEngines, file: Seed): Promise<SeedReport> {
  const problems: string[] = [];
  const organizations: Task<SeedOrganization>[] = [];
  for (const each of file.organizations) organizations.push(await organizationTask(engines, each, problems));
  const users: Task<SeedUser>[] = [];
  for (const user of file.users) users.push(await userTask(engines, user, problems));
  const keys: KeyTask[] = [];
  for (const key of file.keys) keys.push(await keyTask(engines, key, problems));
  if (problems.length > 0) throw seedError(file.file, problems);
  const open = <T extends Task<unknown>>(tasks: readonly T[]) => tasks.filter(({ record }) => !isDone(record));
  const [openOrganizations, openUsers, openKeys] = [open(organizations), open(users), open(keys)];
  for (const accountId of file.accountIds) await ensureAccount(engines, accountId);
  for (const task of openOrganizations) await at(file, task.item, () => seedOrganization(engines, task));
  for (const task of openUsers) await at(file, task.item, () => seedUser(engines, task));
  for (const task of openKeys) await at(file, task.item, () => seedKey(engines, task));
  const seeded = openOrganizations.length + openUsers.length + openKeys.length;
  return { seeded, unchanged: organizations.length + users.length + keys.length - seeded };
}

/** Reports an error of an operation as a mistake of the file, with its place. */
async function at(file: Seed, { path }: { readonly path: string }, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    throw seedError(file.file, [`${path}: ${error.code}: ${error.message}`]);
  }
}

async function organizationTask(
  { store }: SeedEngines,
  item: SeedOrganization,
  problems: string[],
): Promise<Task<SeedOrganization>> {
  const recordName = `seed/${item.accountId}/organization`;
  const record = await store.findMeta(recordName);
  problems.push(...differences(item.path, record, item.declared));
  const account = await store.findAccount(item.accountId);
  const known = account && organizationOf(account);
  if (!record && known && !isDeepStrictEqual(known, item.organization)) {
    problems.push(
      `${item.path}.OrganizationId: the account has the organization ${known.id} already, which a seed file did not set`,
    );
  }
  return { item, recordName, declared: JSON.stringify(item.declared), ...defined({ record }) };
}

async function userTask(
  { store, credentials, clock }: SeedEngines,
  item: SeedUser,
  problems: string[],
): Promise<Task<SeedUser>> {
  const recordName = `seed/${item.accountId}/user/${item.userName ?? ''}`;
  const record = await store.findMeta(recordName);
  problems.push(...differences(item.path, record, item.declared));
  if (!record && item.userName !== undefined && (await findUser({ store }, item.accountId, item.userName))) {
    problems.push(`${item.path}: the user ${item.userName} exists already, and was not created from a seed file`);
  }
  for (const accessKey of item.accessKeys)
    problems.push(...(await accessKeyProblems({ store, credentials, clock }, item, accessKey)));
  return { item, recordName, declared: JSON.stringify(item.declared), ...defined({ record }) };
}

async function accessKeyProblems(
  { store, credentials, clock }: Pick<SeedEngines, 'store' | 'credentials' | 'clock'>,
  { accountId, userName }: SeedUser,
  { path, accessKeyId, secretAccessKey }: SeedAccessKey,
): Promise<readonly string[]> {
  const known = await store.findAccessKey(accessKeyId);
  if (!known) return [];
  const owner = known.principal.kind === 'root' ? undefined : known.principal.name;
  if (known.account_id !== accountId || owner !== userName) {
    return [`${path}: the access key ${accessKeyId} belongs to ${known.principal.arn}`];
  }
  const wrapped = await credentials.wrapSecret({ accountId, accessKeyId }, secretAccessKey);
  return (await sameSecret(credentials, known, wrapped, clock.now()))
    ? []
    : [`${path}.SecretAccessKey: it is not the one that was seeded`];
}

async function keyTask({ store, keyMaterial }: SeedEngines, item: SeedKey, problems: string[]): Promise<KeyTask> {
  const { accountId, region, keyId, keySpec, path } = item;
  const recordName = `seed/${accountId}/key/${region}/${keyId}`;
  const record = await store.findMeta(recordName);
  const owner = { accountId, domainRegion: region, keyId, keySpec };
  const material = item.material && (await accepted(keyMaterial.acceptKey(owner, item.material)));
  if (item.material && !material) problems.push(`${path}.KeyMaterial: it is not key material for ${keySpec}`);
  const declared = { ...item.declared, ...defined({ KeyMaterialId: material?.materialId }) };
  problems.push(...differences(path, record, declared));
  if (!record) problems.push(...(await keyConflicts({ store }, item)));
  return { item, recordName, declared: JSON.stringify(declared), ...defined({ material, record }) };
}

async function accepted(accepting: Promise<Material>): Promise<Material | undefined> {
  return accepting.catch((error) => {
    if (error instanceof HsmError && error.kind === 'incorrect-key-material') return undefined;
    throw error;
  });
}

/** Keys and aliases that conflict with a key that was not seeded yet. */
async function keyConflicts({ store }: Pick<SeedEngines, 'store'>, key: SeedKey): Promise<readonly string[]> {
  const { accountId, region, keyId, path } = key;
  const related = await store.listRelatedKeys(accountId, keyId);
  const elsewhere = related[0] ?? (await store.findKeyInAnyAccount(region, keyId))?.regional;
  const problems: string[] = [];
  if (elsewhere) {
    const arn = keyArn(elsewhere.region, elsewhere.account_id, keyId);
    problems.push(`${path}.KeyId: ${arn} exists already, and was not created from a seed file`);
  }
  for (const [index, alias] of key.aliases.entries()) {
    const taken = await store.findAlias(accountId, region, alias);
    if (taken) problems.push(`${path}.Aliases[${index}]: ${alias} is an alias of ${taken.target_key_id} already`);
  }
  return problems;
}

const isDone = (record: MetaRow | undefined): boolean => record !== undefined && parseRecord(record).done;

const parseRecord = ({ value }: MetaRow): SeedRecord => JSON.parse(value) as SeedRecord;

/** Members whose declaration differs from the one that was seeded. */
function differences(path: string, record: MetaRow | undefined, declared: SeedRecord['declared']): readonly string[] {
  if (!record) return [];
  return differing(path, parseRecord(record).declared, JSON.parse(JSON.stringify(declared)));
}

function differing(path: string, was: unknown, is: unknown): readonly string[] {
  if (isMapping(was) && isMapping(is)) {
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
    return names.flatMap((name) => differing(`${path}.${name}`, was[name], is[name]));
  }
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  return [`${path}: it was ${shown(was)} when it was seeded, and is ${shown(is)} now`];
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) return 'absent';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

async function ensureAccount({ store, clock }: SeedEngines, accountId: string): Promise<void> {
  const arn = rootArn(accountId);
  const nowMs = clock.now();
  if (await store.findAccount(accountId)) return;
  await store
    .write({
      mutations: [
        newAccount(accountId, '', nowMs),
        { op: 'insert', table: 'principals', row: rootPrincipal(accountId, arn, nowMs) },
      ],
      changes: [],
      audit: [],
    })
    .catch(ignoreConflict);
}

/** Another node seeds the same file. */
function ignoreConflict(error: unknown): void {
  if (!(error instanceof WriteConflict)) throw error;
}

async function seedOrganization(engines: SeedEngines, task: Task<SeedOrganization>): Promise<void> {
  const { accountId, organization } = task.item;
  await storeRecord(engines, task);
  await untilCommitted(async () => {
    const account = await engines.store.findAccount(accountId);
    if (!account) throw new Error(`the account ${accountId} vanished while it was seeded`);
    const known = organizationOf(account);
    if (isDeepStrictEqual(known, organization)) return {};
    const ctx = contextOf(engines, accountId, 'us-east-1');
    const input = {
      AccountId: accountId,
      OrganizationId: organization.id,
      OrganizationPaths: organization.paths,
    };
    const resource = { resourceType: 'account', resourceId: accountId } as const;
    await commit(engines, executionOf(ctx, 'PutAccountOrganization', input), {
      output: undefined,
      mutations: [setOrganization(account, organization)],
      changes: [identityChange(ctx, resource, 'updated', 'PutAccountOrganization')],
    });
    return {};
  });
  await finish(engines, task);
}

async function seedUser(engines: SeedEngines, task: Task<SeedUser>): Promise<void> {
  const { store, credentials } = engines;
  const { accountId, userName, accessKeys } = task.item;
  const ctx = contextOf(engines, accountId, 'us-east-1');
  await storeRecord(engines, task);
  if (userName !== undefined && !(await findUser(engines, accountId, userName))) {
    await perform(engines, ctx, 'CreateUser', { UserName: userName });
  }
  const principalId = userName === undefined ? accountId : (await findUser(engines, accountId, userName))?.principal_id;
  if (principalId === undefined) throw new Error(`the user ${userName} vanished while it was seeded`);
  for (const { accessKeyId, secretAccessKey } of accessKeys) {
    if (await store.findAccessKey(accessKeyId)) continue;
    const wrapped = await credentials.wrapSecret({ accountId, accessKeyId }, secretAccessKey);
    const row = newAccessKey({ accountId, accessKeyId, wrapped }, principalId, ctx.nowMs);
    const shown = { accessKey: { accessKeyId, userName, status: 'Active' } };
    await commit(engines, executionOf(ctx, 'CreateAccessKey', { UserName: userName ?? '' }), {
      output: undefined,
      mutations: [insertAccessKey(row)],
      changes: [accessKeyChange(ctx, accessKeyId, 'created', 'CreateAccessKey')],
      audit: { responseElements: shown },
    });
  }
  await finish(engines, task);
}

async function findUser({ store }: Pick<SeedEngines, 'store'>, accountId: string, userName: string) {
  return store.findPrincipalNamed(accountId, 'user', userName);
}

/** Skips each step that an earlier start has done. */
async function seedKey(engines: SeedEngines, task: KeyTask): Promise<void> {
  const { accountId, region, keyId, aliases, grants, rotationPeriodInDays, enabled, isProtected } = task.item;
  const { store } = engines;
  const ctx = contextOf(engines, accountId, region);
  const key = async (): Promise<ResolvedKey> => {
    const stored = await store.findKey(accountId, region, keyId);
    if (!stored) throw new Error(`the key ${keyId} vanished while it was seeded`);
    return { ...stored, arn: keyArn(region, accountId, keyId) };
  };
  const keys = async () => ({ KeyId: await key() });
  if (!task.record) await insertSeedKey(engines, ctx, task);
  for (const AliasName of aliases) {
    const known = await store.findAlias(accountId, region, AliasName);
    if (known?.target_key_id === keyId) continue;
    const target = async () => ({ TargetKeyId: await key() });
    await perform(engines, ctx, 'CreateAlias', { AliasName, TargetKeyId: keyId }, target);
  }
  for (const grant of grants) {
    const known = await store.findGrantsByName(accountId, region, keyId, grant.Name ?? '');
    if (known.length === 0) await perform(engines, ctx, 'CreateGrant', grant, keys);
  }
  if (rotationPeriodInDays !== undefined && (await key()).shared.rotation_enabled === 0) {
    const rotation = { KeyId: keyId, RotationPeriodInDays: rotationPeriodInDays };
    await perform(engines, ctx, 'EnableKeyRotation', rotation, keys);
  }
  if (!enabled && (await key()).regional.state === 'Enabled') {
    await perform(engines, ctx, 'DisableKey', { KeyId: keyId }, keys);
  }
  if (isProtected) await perform(engines, ctx, 'ProtectKey', { KeyId: keyId }, keys);
  await finish(engines, task);
}

/** Inserts the key and its seed record in one write. */
async function insertSeedKey(engines: SeedEngines, ctx: Context, task: KeyTask): Promise<void> {
  const { accountId, region, keyId, keySpec, keyUsage, description, tags, policy } = task.item;
  const arn = keyArn(region, accountId, keyId);
  const accepted = await acceptedPolicy(
    ctx,
    { Policy: policy, BypassPolicyLockoutSafetyCheck: true },
    { arn, accountId, region },
  );
  const owner = { accountId, domainRegion: region, keyId, keySpec };
  const { stored, mutations } = insertKey({
    accountId,
    region,
    keyId,
    keySpec,
    keyUsage,
    description,
    tags,
    createdAtMs: ctx.nowMs,
    ...accepted,
    multiRegion: isMultiRegionKeyId(keyId),
    material: task.material ?? (await engines.keyMaterial.generateKey(owner)),
  });
  const shownKey = trailElements(keyMetadata(stored, [region]));
  const input = { KeySpec: keySpec, KeyUsage: keyUsage, Description: description };
  await commit(engines, executionOf(ctx, 'CreateKey', input), {
    output: undefined,
    mutations: [...mutations, recordMutation(task)],
    changes: [keyChange(stored, 'created', 'CreateKey')],
    audit: { responseElements: { keyMetadata: shownKey }, resources: [trailResource(accountId, arn)] },
  });
}

function recordMutation({ recordName, declared }: Task<unknown>): Mutation {
  return { op: 'insert', table: 'meta', row: { name: recordName, value: recordText(declared, false) } };
}

const recordText = (declared: string, done: boolean): string => `{"declared":${declared},"done":${done}}`;

async function storeRecord({ store }: SeedEngines, task: Task<unknown>): Promise<void> {
  if (task.record) return;
  await store.write({ mutations: [recordMutation(task)], changes: [], audit: [] }).catch(ignoreConflict);
}

async function finish({ store }: SeedEngines, { recordName, declared }: Task<unknown>): Promise<void> {
  const record = await store.findMeta(recordName);
  if (!record || isDone(record)) return;
  const done: Mutation = {
    op: 'update',
    table: 'meta',
    key: { name: recordName },
    revision: record.revision,
    set: { value: recordText(declared, true) },
  };
  await store.write({ mutations: [done], changes: [], audit: [] }).catch(ignoreConflict);
}

/** The caller is Keystead itself, for the operator who wrote the file; policies are not evaluated. */
function contextOf(engines: SeedEngines, accountId: string, region: string): Context {
  const { store, keyMaterial, credentials, pkcs11, clock, sealedTokens, keyStores } = engines;
  return {
    requestId: randomUUID(),
    principal: { kind: 'service', accountId, arn: 'AWS Internal', principalId: 'AWS Internal' },
    authority: noPolicies,
    accessKeyId: '',
    accountId,
    region,
    nowMs: clock.now(),
    sourceIp: 'AWS Internal',
    userAgent: 'keystead serve --seed',
    secureTransport: false,
    effort: newEffort(),
    store,
    keyMaterial,
    credentials,
    pkcs11,
    sealedTokens,
    keyStores,
    quotas: {},
    settings: engines.settings,
  };
}

type SeedOperation = 'CreateUser' | 'CreateAlias' | 'CreateGrant' | 'EnableKeyRotation' | 'DisableKey' | 'ProtectKey';

/** Runs an operation with its own checks, its audit record and its changes; a lost race runs it again. */
async function perform<Name extends SeedOperation>(
  engines: SeedEngines,
  ctx: Context,
  name: Name,
  input: OperationTypes[Name]['input'],
  resolve: () => Promise<ResolvedKeys> = async () => ({}),
): Promise<void> {
  await untilCommitted(async () => execute(engines, { ...executionOf(ctx, name, input), keys: await resolve() }));
}

/** An execution without authorization decisions. */
function executionOf(ctx: Context, operationName: string, input: object): Execution {
  const record = findOperation(operationName);
  if (!record) throw new Error(`there is no operation ${operationName}`);
  return { ctx, record, input: { ...input }, keys: {}, decisions: [] };
}
