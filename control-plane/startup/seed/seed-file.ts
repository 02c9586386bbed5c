/**
 * The seed file: accounts, users with fixed access keys, KMS keys with fixed ids and, when given, fixed material, with
 * their aliases and grants. YAML 1.2, and so JSON too, in the member names of the AWS APIs. Read here and nowhere else;
 * every mistake is told with the path of its place in the file, all of them at once.
 */

import { readFileSync } from 'node:fs';
import { isAccountId, isKeyId, isRegion } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { type KeySpecRow, keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';
import { type Document, parseDocument } from 'yaml';
import { requireAliasName } from '../../domain/keys/alias-name.ts';
import { addTags, encodeTags } from '../../domain/keys/tags.ts';
import { decodeInput } from '../../validation/validate.ts';
import { exitCodes, StartError } from '../start-error.ts';

export interface SeedAccessKey {
  readonly path: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

/** One thing that is seeded as a whole; `declared` is what is remembered of it, which holds no secret. */
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
  readonly aliases: readonly string[];
  readonly grants: readonly OperationTypes['CreateGrant']['input'][];
}

export interface Seed {
  readonly file: string;
  readonly accountIds: readonly string[];
  readonly users: readonly SeedUser[];
  readonly keys: readonly SeedKey[];
}

/** @throws StartError */
export function readSeed(file: string): Seed {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw seedError(file, [error instanceof Error ? error.message : String(error)]);
  }
  return parseSeed(file, text);
}

export function seedError(file: string, problems: readonly string[]): StartError {
  const shown = problems.slice(0, PROBLEMS_SHOWN);
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return new StartError(
    `The seed file ${file} cannot be used:\n  ${[...shown, ...more].join('\n  ')}`,
    'docs/guide/operating.md, "Seeding", shows a whole one.',
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

/** Aliases can make a small file an endless value: https://en.wikipedia.org/wiki/Billion_laughs_attack */
function plainValue(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw seedError(file, [error instanceof Error ? error.message : String(error)]);
  }
}

/** A value and where it stands. Asked for what it is not, it notes a problem and answers something harmless. */
class Place {
  readonly path: string;
  readonly value: unknown;
  readonly #problems: string[];

  constructor(path: string, value: unknown, problems: string[]) {
    this.path = path;
    this.value = value;
    this.#problems = problems;
  }

  refuse(problem: string): void {
    this.#problems.push(`${this.path === '' ? 'the file' : this.path}: ${problem}`);
  }

  /** Runs what refuses by throwing a KmsError; its text becomes the problem. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof KmsError)) throw error;
      this.refuse(error.message === '' ? `refused with ${error.code}` : error.message);
      return undefined;
    }
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The members by name; one that is not in `names` is a mistake. */
  members<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Place>> {
    const value = this.#object();
    for (const name of Object.keys(value)) {
      if (!names.some((known) => known === name))
        this.refuse(`it has a member "${name}"; known are ${names.join(', ')}`);
    }
    return Object.fromEntries(names.map((name) => [name, this.#member(name, value[name])])) as Record<Name, Place>;
  }

  /** Members of any name. */
  entries(): readonly (readonly [string, Place])[] {
    return this.isAbsent
      ? []
      : Object.entries(this.#object()).map(([name, value]) => [name, this.#member(name, value)]);
  }

  /** None when absent. */
  list(): readonly Place[] {
    if (this.isAbsent) return [];
    if (Array.isArray(this.value)) return this.value.map((item, index) => this.#at(`${this.path}[${index}]`, item));
    this.refuse('it is no list');
    return [];
  }

  text(pattern?: RegExp, form = ''): string {
    if (typeof this.value !== 'string') {
      this.refuse(this.isAbsent ? 'it is missing' : 'it is no text; put it in quotes');
      return '';
    }
    if (pattern && !pattern.test(this.value)) this.refuse(`it is no ${form}`);
    return this.value;
  }

  flag(fallback: boolean): boolean {
    if (this.isAbsent) return fallback;
    if (typeof this.value !== 'boolean') this.refuse('it is neither true nor false');
    return this.value === true;
  }

  #object(): Readonly<Record<string, unknown>> {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) {
      return this.value as Readonly<Record<string, unknown>>;
    }
    this.refuse(this.isAbsent ? 'it is missing' : 'it is no mapping of names to values');
    return {};
  }

  #member(name: string, value: unknown): Place {
    return this.#at(this.path === '' ? name : `${this.path}.${name}`, value);
  }

  #at(path: string, value: unknown): Place {
    return new Place(path, value, this.#problems);
  }
}

function readDocument(file: string, place: Place): Seed {
  const accounts = place.members('Accounts').Accounts.list().map(readAccount);
  return {
    file,
    accountIds: accounts.map(({ accountId }) => accountId),
    users: accounts.flatMap(({ users }) => users),
    keys: accounts.flatMap(({ keys }) => keys),
  };
}

function readAccount(place: Place) {
  const { AccountId, AccessKeys, Users, Keys } = place.members('AccountId', 'AccessKeys', 'Users', 'Keys');
  const accountId = AccountId.text();
  if (accountId !== '' && !isAccountId(accountId)) AccountId.refuse('it is no account id of 12 digits');
  const root = AccessKeys.isAbsent ? [] : [{ ...readAccessKeys(accountId, AccessKeys), path: AccessKeys.path }];
  return {
    accountId,
    users: [...root, ...Users.list().map((user) => readUser(accountId, user))],
    keys: Keys.list().map((key) => readKey(accountId, key)),
  };
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
      accessKeyId: AccessKeyId.text(/^[A-Z0-9_]{16,128}$/i, 'access key id: 16 to 128 letters, digits or underscores'),
      secretAccessKey: new Secret(SecretAccessKey.text(/^.{16,}$/, 'secret: it has less than 16 characters')),
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
  'Aliases',
  'Grants',
] as const;

function readKey(accountId: string, place: Place): SeedKey {
  const members = place.members(...keyMembers);
  const keyId = members.KeyId.text();
  if (keyId !== '' && !isKeyId(keyId)) members.KeyId.refuse('it is no key id: a UUID, or mrk- and 32 hex digits');
  const region = members.Region.text();
  if (region !== '' && !isRegion(region)) members.Region.refuse('it is no Region name, such as eu-central-1');
  const { keySpec, keyUsage, description, tags, policy } = readCreation(place, members);
  const material = members.KeyMaterial.isAbsent ? undefined : readMaterial(keySpec, members.KeyMaterial);
  const aliases = members.Aliases.list().map(readAlias);
  const grants = members.Grants.list().map((grant) => readGrant(keyId, grant));
  const rotationPeriodInDays = readRotation(keyId, keySpec, members.RotationPeriodInDays);
  const enabled = members.Enabled.flag(true);
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
    aliases,
    grants,
    ...defined({ policy, material, rotationPeriodInDays }),
    declared,
  };
}

type KeyPlaces = Readonly<Record<(typeof keyMembers)[number], Place>>;

/** What CreateKey takes, judged as it judges. */
function readCreation(place: Place, { KeySpec, KeyUsage, Description, Policy, Tags }: KeyPlaces) {
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
  if (input && keyUsage === undefined) KeyUsage.refuse(`it is missing, and ${keySpec} keys have several`);
  if (keyUsage !== undefined && !row.algorithms[keyUsage]) KeyUsage.refuse(`${keySpec} keys are not for ${keyUsage}`);
  if (row.status === 'planned') KeySpec.refuse(`${keySpec} keys cannot be made`);
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

/** A spec with one usage needs it not named, unlike CreateKey: a file is read by people. */
function onlyUsage(row: KeySpecRow): KeyUsage | undefined {
  const [usage, ...others] = Object.keys(row.algorithms) as KeyUsage[];
  return others.length === 0 ? usage : undefined;
}

/** A document as text, or as a mapping. */
function policyText(place: Place): string {
  return typeof place.value === 'object' ? JSON.stringify(place.value, null, 2) : place.text();
}

function readMaterial(keySpec: KeySpec, place: Place): Uint8Array | undefined {
  const text = place.text().trim();
  const [, label, body] = /^-----BEGIN ([A-Z ]+)-----([\s\S]+)-----END \1-----$/.exec(text) ?? [];
  if (!keySpecRow(keySpec).importable) {
    place.refuse(`the material of ${keySpec} keys cannot be given; leave it out and it is generated`);
    return undefined;
  }
  if (label !== undefined && label !== 'PRIVATE KEY') {
    place.refuse(`it is a ${label}, not a PKCS#8 PRIVATE KEY: openssl pkcs8 -topk8 -nocrypt makes one of it`);
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

/** As CreateGrant takes it. The name is what tells a grant from another when the file is read again. */
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
  if (!keySpecRow(keySpec).rotatable) place.refuse(`${keySpec} keys are not rotated`);
  const json = { KeyId: keyId || 'any', RotationPeriodInDays: place.value };
  return place.attempt(() => decodeInput('EnableKeyRotation', json))?.RotationPeriodInDays;
}

/** The same thing twice would be made once, and nobody knows which. */
function requireUnique({ accountIds, users, keys }: Seed, problems: string[]): void {
  const named = new Map<string, string>();
  const once = (name: string, path: string) => {
    const first = named.get(name);
    if (first !== undefined) problems.push(`${path}: ${name} is there already, at ${first}`);
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
