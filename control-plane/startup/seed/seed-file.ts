/**
 * The seed file: accounts with their organizations, users with fixed access keys, KMS keys with fixed ids and, when
 * given, fixed material, with their aliases and grants. YAML 1.2, and so JSON too, with the member names of the AWS
 * APIs. Only this module reads it; an error names every mistake with its path in the seed file.
 */

import { readFileSync } from 'node:fs';
import { isAccountId, isKeyId, isRegion } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { type KeySpecRow, keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import { faultOfPaths, type Organization } from '@keystead/provider-schema/organization.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';
import { type Document, parseDocument } from 'yaml';
import { requireAliasName } from '../../domain/keys/alias-name.ts';
import { addTags, encodeTags } from '../../domain/keys/tags.ts';
import { decodeInput } from '../../validation/validate.ts';
import { exitCodes, StartError } from '../start-error.ts';
import { Place } from './place.ts';

export interface SeedAccessKey {
  readonly path: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

/** One organization, user or key; `declared` is what the database records of its declaration, without secrets. */
interface SeedItem {
  readonly path: string;
  readonly accountId: string;
  readonly declared: Readonly<Record<string, unknown>>;
}

export interface SeedUser extends SeedItem {
  /** Absent: the account's root user. */
  readonly userName?: string;
  readonly accessKeys: readonly SeedAccessKey[];
}

export interface SeedOrganization extends SeedItem {
  readonly organization: Organization;
}

export interface SeedKey extends SeedItem {
  readonly region: string;
  readonly keyId: string;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsage;
  readonly description: string;
  /** Absent: the default policy. */
  readonly policy?: string;
  /** As stored. */
  readonly tags: string;
  /** Secret bytes, or PKCS#8 DER. Absent: generated. */
  readonly material?: Uint8Array;
  readonly rotationPeriodInDays?: number;
  readonly enabled: boolean;
  readonly isProtected: boolean;
  readonly aliases: readonly string[];
  readonly grants: readonly OperationTypes['CreateGrant']['input'][];
}

export interface Seed {
  readonly file: string;
  readonly accountIds: readonly string[];
  readonly organizations: readonly SeedOrganization[];
  readonly users: readonly SeedUser[];
  readonly keys: readonly SeedKey[];
}

/** @param regions in which keys can be; absent: in every one @throws StartError */
export function readSeed(file: string, regions?: ReadonlySet<string>): Seed {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw seedError(file, [error instanceof Error ? error.message : String(error)]);
  }
  const seed = parseSeed(file, text);
  const elsewhere = seed.keys.filter(({ region }) => !(regions?.has(region) ?? true));
  if (elsewhere.length === 0) return seed;
  throw seedError(
    file,
    elsewhere.map(({ path, region }) => `${path}.Region: ${region} is not one of --regions`),
  );
}

export function seedError(file: string, problems: readonly string[]): StartError {
  const shown = problems.slice(0, PROBLEMS_SHOWN);
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return new StartError(
    `The seed file ${file} cannot be used:\n  ${[...shown, ...more].join('\n  ')}`,
    'docs/guide/operating.md, "Seeding", shows a complete example.',
    exitCodes.seed,
  );
}

const PROBLEMS_SHOWN = 20;

/** @throws StartError that names every mistake. */
export function parseSeed(file: string, text: string): Seed {
  const document = parseDocument(text, { version: '1.2', prettyErrors: true });
  if (document.errors.length > 0) {
    throw seedError(
      file,
      document.errors.map((error) => error.message.split('\n')[0] ?? ''),
    );
  }
  const problems: string[] = [];
  const seed = readDocument(file, new Place('', plainValue(file, document), problems));
  requireUnique(seed, problems);
  if (problems.length > 0) throw seedError(file, problems);
  return seed;
}

/** Bounded, because YAML aliases can make a small file huge: https://en.wikipedia.org/wiki/Billion_laughs_attack */
function plainValue(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw seedError(file, [error instanceof Error ? error.message : String(error)]);
  }
}

function readDocument(file: string, place: Place): Seed {
  const accounts = place.members('Accounts').Accounts.list().map(readAccount);
  return {
    file,
    accountIds: accounts.map(({ accountId }) => accountId),
    organizations: accounts.flatMap(({ organizations }) => organizations),
    users: accounts.flatMap(({ users }) => users),
    keys: accounts.flatMap(({ keys }) => keys),
  };
}

const accountMembers = ['AccountId', 'OrganizationId', 'OrganizationPaths', 'AccessKeys', 'Users', 'Keys'] as const;

function readAccount(place: Place) {
  const { AccountId, OrganizationId, OrganizationPaths, AccessKeys, Users, Keys } = place.members(...accountMembers);
  const accountId = AccountId.text();
  if (accountId !== '' && !isAccountId(accountId)) AccountId.refuse('it is not an account id of 12 digits');
  const root = AccessKeys.isAbsent ? [] : [{ ...readAccessKeys(accountId, AccessKeys), path: AccessKeys.path }];
  return {
    accountId,
    organizations: readOrganization(place.path, accountId, OrganizationId, OrganizationPaths),
    users: [...root, ...Users.list().map((user) => readUser(accountId, user))],
    keys: Keys.list().map((key) => readKey(accountId, key)),
  };
}

/** Validated as PutAccountOrganization does; an account has one or none. */
function readOrganization(path: string, accountId: string, id: Place, paths: Place): readonly SeedOrganization[] {
  if (id.isAbsent && !paths.isAbsent) id.refuse('it is missing, and OrganizationPaths is not');
  if (id.isAbsent) return [];
  const given = {
    OrganizationId: id.text(),
    ...(!paths.isAbsent && { OrganizationPaths: paths.list().map((path) => path.text()) }),
  };
  const input = id.attempt(() => decodeInput('PutAccountOrganization', { ...given, AccountId: '000000000000' }));
  if (!input) return [];
  const organization = { id: input.OrganizationId, paths: [...new Set(input.OrganizationPaths)] };
  const fault = faultOfPaths(organization);
  if (fault !== undefined) paths.refuse(fault);
  return [{ path, accountId, organization, declared: given }];
}

function readUser(accountId: string, place: Place): SeedUser {
  const { UserName, AccessKeys } = place.members('UserName', 'AccessKeys');
  const userName = UserName.text();
  UserName.attempt(() => userName !== '' && decodeInput('CreateUser', { UserName: userName }));
  return { ...readAccessKeys(accountId, AccessKeys), path: place.path, userName };
}

function readAccessKeys(accountId: string, place: Place) {
  const accessKeys = place.list().map((accessKey) => {
    const { AccessKeyId, SecretAccessKey } = accessKey.members('AccessKeyId', 'SecretAccessKey');
    return {
      path: accessKey.path,
      accessKeyId: AccessKeyId.text(
        /^[A-Z0-9_]{16,128}$/i,
        'an access key id: 16 to 128 letters, digits or underscores',
      ),
      secretAccessKey: new Secret(SecretAccessKey.text(/^.{16,}$/, 'a secret: it has less than 16 characters')),
    };
  });
  return { accountId, accessKeys, declared: { AccessKeyIds: accessKeys.map(({ accessKeyId }) => accessKeyId) } };
}

const keyMembers = [
  'KeyId',
  'Region',
  'KeySpec',
  'KeyUsage',
  'Description',
  'Policy',
  'Tags',
  'KeyMaterial',
  'RotationPeriodInDays',
  'Enabled',
  'DeletionProtection',
  'Aliases',
  'Grants',
] as const;

function readKey(accountId: string, place: Place): SeedKey {
  const members = place.members(...keyMembers);
  const keyId = members.KeyId.text();
  if (keyId !== '' && !isKeyId(keyId)) members.KeyId.refuse('it is not a key id: a UUID, or mrk- and 32 hex digits');
  const region = members.Region.text();
  if (region !== '' && !isRegion(region)) members.Region.refuse('it is not a Region name, such as eu-central-1');
  const { keySpec, keyUsage, description, tags, policy } = readCreation(place, members, region);
  const material = members.KeyMaterial.isAbsent ? undefined : readMaterial(keySpec, members.KeyMaterial);
  const aliases = members.Aliases.list().map(readAlias);
  const grants = members.Grants.list().map((grant) => readGrant(keyId, grant));
  const rotationPeriodInDays = readRotation(keyId, keySpec, members.RotationPeriodInDays);
  const enabled = members.Enabled.flag(true);
  const isProtected = members.DeletionProtection.flag(false);
  const value = place.value as Readonly<Record<string, unknown>> | null;
  const { KeyMaterial: _, ...declared } = value !== null && typeof value === 'object' ? value : {};
  return {
    path: place.path,
    accountId,
    region,
    keyId,
    keySpec,
    keyUsage,
    description,
    tags,
    enabled,
    isProtected,
    aliases,
    grants,
    ...defined({ policy, material, rotationPeriodInDays }),
    declared,
  };
}

type KeyPlaces = Readonly<Record<(typeof keyMembers)[number], Place>>;

/** The members of CreateKey's input, validated as CreateKey does. */
function readCreation(place: Place, { KeySpec, KeyUsage, Description, Policy, Tags }: KeyPlaces, region: string) {
  const policy = Policy.isAbsent ? undefined : policyText(Policy);
  const given = (member: Place) => (member.isAbsent ? undefined : member.text());
  const input = place.attempt(() =>
    decodeInput('CreateKey', {
      KeySpec: given(KeySpec),
      KeyUsage: given(KeyUsage),
      Description: given(Description),
      Policy: policy,
    }),
  );
  const keySpec = input?.KeySpec ?? 'SYMMETRIC_DEFAULT';
  const row = keySpecRow(keySpec);
  const keyUsage = input?.KeyUsage ?? row.defaultUsage ?? onlyUsage(row);
  if (input && keyUsage === undefined) KeyUsage.refuse(`it is missing, and ${keySpec} keys have several usages`);
  if (keyUsage !== undefined && !row.algorithms[keyUsage])
    KeyUsage.refuse(`${keySpec} keys cannot be used for ${keyUsage}`);
  if (row.status === 'planned') KeySpec.refuse(`${keySpec} keys cannot be created`);
  if (row.notInChina && region.startsWith('cn-')) KeySpec.refuse(`the China Regions do not have ${keySpec} keys`);
  const added = Tags.entries().map(([TagKey, value]) => ({ TagKey, TagValue: value.text() }));
  const tags = Tags.attempt(() => {
    if (added.length > 0) decodeInput('TagResource', { KeyId: 'any', Tags: added });
    return encodeTags(addTags({}, added));
  });
  return {
    keySpec,
    keyUsage: keyUsage ?? 'ENCRYPT_DECRYPT',
    description: input?.Description ?? '',
    tags: tags ?? '{}',
    ...defined({ policy }),
  };
}

/** Unlike CreateKey, the file need not name the usage of a spec with only one: people read and write it. */
function onlyUsage(row: KeySpecRow): KeyUsage | undefined {
  const [usage, ...others] = Object.keys(row.algorithms) as KeyUsage[];
  return others.length === 0 ? usage : undefined;
}

/** The file can write the document as text or as a mapping. */
function policyText(place: Place): string {
  return typeof place.value === 'object' ? JSON.stringify(place.value, null, 2) : place.text();
}

function readMaterial(keySpec: KeySpec, place: Place): Uint8Array | undefined {
  const text = place.text().trim();
  const [, label, body] = /^-----BEGIN ([A-Z ]+)-----([\s\S]+)-----END \1-----$/.exec(text) ?? [];
  if (!keySpecRow(keySpec).importable) {
    place.refuse(`the material of ${keySpec} keys cannot be given; leave it out, and it is generated`);
    return undefined;
  }
  if (label !== undefined && label !== 'PRIVATE KEY') {
    place.refuse(`it is a ${label}, not a PKCS#8 PRIVATE KEY: convert it with openssl pkcs8 -topk8 -nocrypt`);
    return undefined;
  }
  const base64 = (body ?? text).replace(/\s+/g, '');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0) return Buffer.from(base64, 'base64');
  place.refuse('it is neither Base64 nor PEM');
  return undefined;
}

function readAlias(place: Place): string {
  const name = place.text();
  if (name !== '') {
    place.attempt(() => {
      decodeInput('CreateAlias', { AliasName: name, TargetKeyId: 'any' });
      requireAliasName(name);
    });
  }
  return name;
}

/** CreateGrant's input. The name is required, because it identifies the grant when the file is read again. */
function readGrant(keyId: string, place: Place): OperationTypes['CreateGrant']['input'] {
  const members = place.members(
    'Name',
    'GranteePrincipal',
    'GranteeServicePrincipal',
    'RetiringPrincipal',
    'RetiringServicePrincipal',
    'Operations',
    'Constraints',
  );
  members.Name.text();
  const given = Object.entries(members).filter(([, member]) => !member.isAbsent);
  const json = Object.fromEntries(given.map(([name, member]) => [name, member.value]));
  const input = place.attempt(() => decodeInput('CreateGrant', { ...json, KeyId: keyId || 'any' }));
  return input ?? { KeyId: keyId, GranteePrincipal: '', Operations: [] };
}

function readRotation(keyId: string, keySpec: KeySpec, place: Place): number | undefined {
  if (place.isAbsent) return undefined;
  if (!keySpecRow(keySpec).rotatable) place.refuse(`${keySpec} keys cannot be rotated`);
  const json = { KeyId: keyId || 'any', RotationPeriodInDays: place.value };
  return place.attempt(() => decodeInput('EnableKeyRotation', json))?.RotationPeriodInDays;
}

/** Of two declarations of one thing, only the first would be created. */
function requireUnique({ accountIds, users, keys }: Seed, problems: string[]): void {
  const named = new Map<string, string>();
  const once = (name: string, path: string) => {
    const first = named.get(name);
    if (first !== undefined) problems.push(`${path}: ${name} is declared already, at ${first}`);
    else named.set(name, path);
  };
  accountIds.forEach((accountId, index) => {
    once(`account ${accountId}`, `Accounts[${index}]`);
  });
  for (const { accountId, userName, path, accessKeys } of users) {
    if (userName !== undefined) once(`user ${accountId}/${userName.toLowerCase()}`, path);
    for (const { accessKeyId, path: at } of accessKeys) once(`access key ${accessKeyId}`, at);
  }
  for (const { accountId, region, keyId, path, aliases, grants } of keys) {
    once(`key ${keyId}`, path);
    for (const [index, alias] of aliases.entries())
      once(`${region} ${accountId} ${alias}`, `${path}.Aliases[${index}]`);
    for (const [index, { Name }] of grants.entries()) once(`grant ${keyId} ${Name}`, `${path}.Grants[${index}]`);
  }
}
