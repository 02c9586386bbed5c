/**
 * What Terraform's state declares, read from `terraform show -json` (format version 1.x): the managed `aws_kms_*` and
 * `aws_iam_*` resources of every module that belong to Keystead's provider.
 * Source: Terraform, "JSON Output Format", state representation.
 */
import { CommandError } from '../../shared/report.ts';

export interface DeclaredResource {
  /** `module.keys["eu"].aws_kms_key.orders[0]` */
  readonly address: string;
  readonly type: DeclaredType;
  readonly region: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Attributes whose values Terraform hides. */
  readonly sensitive: ReadonlySet<string>;
  /** Replaced, and about to be destroyed by the next apply: known to Terraform, but no longer declared. */
  readonly deposed: boolean;
  /** `ignore_changes` in the configuration, where that is known. */
  readonly ignoresChange?: (attribute: string) => boolean;
  /** Of a resource of a CDKTF program, where its code is known. */
  readonly constructPath?: string;
  /** Whether the configuration has the attribute, where that is known. */
  readonly writes?: (attribute: string) => boolean;
}

export interface DeclaredState {
  readonly resources: readonly DeclaredResource[];
  /** Resources of these types that another provider manages, perhaps in AWS itself. */
  readonly ofOtherProviders: number;
  /** Their providers, `hashicorp/aws`. */
  readonly otherProviders: readonly string[];
  /** Types of managed resources that are not compared. */
  readonly types: readonly string[];
}

const primaryTypes = ['aws_kms_key', 'aws_kms_external_key'] as const;
const replicaTypes = ['aws_kms_replica_key', 'aws_kms_replica_external_key'] as const;

const typesOfKeys = [...primaryTypes, ...replicaTypes, 'aws_kms_key_policy', 'aws_kms_alias', 'aws_kms_grant'] as const;

/** By type, how the change log names what the resource is; undefined: it is a part of something else. */
const identityTypes = {
  aws_iam_user: 'principal',
  aws_iam_role: 'principal',
  aws_iam_service_linked_role: 'principal',
  aws_iam_group: 'group',
  aws_iam_policy: 'policy',
  aws_iam_openid_connect_provider: 'oidc-provider',
  aws_iam_access_key: 'access-key',
  aws_iam_user_policy: undefined,
  aws_iam_group_policy: undefined,
  aws_iam_role_policy: undefined,
  aws_iam_user_policy_attachment: undefined,
  aws_iam_group_policy_attachment: undefined,
  aws_iam_role_policy_attachment: undefined,
  aws_iam_policy_attachment: undefined,
  aws_iam_group_membership: undefined,
} as const;
export type IdentityType = keyof typeof identityTypes;

export type DeclaredType = (typeof typesOfKeys)[number] | IdentityType | 'aws_kms_custom_key_store';

/** A key, or what belongs to one. */
export function isOfKeys(type: DeclaredType): boolean {
  return typesOfKeys.some((known) => known === type);
}

export function isIdentityType(type: string): type is IdentityType {
  return Object.hasOwn(identityTypes, type);
}

/** A key that is not a replica, whether of one Region or several. */
export function isPrimaryType(type: DeclaredType): boolean {
  return primaryTypes.some((known) => known === type);
}

export function isReplicaType(type: DeclaredType): boolean {
  return replicaTypes.some((known) => known === type);
}

export function isKeyType(type: DeclaredType): boolean {
  return isPrimaryType(type) || isReplicaType(type);
}

interface StateResource {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  /** `registry.terraform.io/keystead/aws` */
  readonly provider_name?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly sensitive_values?: Readonly<Record<string, unknown>> | boolean;
  readonly deposed_key?: string;
}

interface Module {
  readonly resources?: readonly StateResource[];
  readonly child_modules?: readonly Module[];
}

/**
 * @param text output of `terraform show -json`
 * @param provider source address without its host, `keystead/aws`
 * @throws CommandError when the text is something else
 */
export function parseDeclared(text: string, defaultRegion: string, provider: string): DeclaredState {
  const everything = managed(parseState(text));
  const all = everything.filter(({ type }) => isDeclaredType(type));
  const own = all.filter(({ provider_name: name }) => name === undefined || isOf(provider)(name));
  return {
    resources: own.map((resource) => declaredResource(resource, defaultRegion)),
    ofOtherProviders: all.length - own.length,
    otherProviders: namesOf(all, ({ provider_name: name = '' }) => (isOf(provider)(name) ? '' : sourceOf(name))),
    types: namesOf(everything, ({ type }) => (isDeclaredType(type) ? '' : type)),
  };
}

function parseState(text: string): Module {
  let document: { readonly format_version?: unknown; readonly values?: { readonly root_module?: Module } } | null;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CommandError('The Terraform state is not JSON.', 'Give the output of "terraform show -json".');
  }
  if (typeof document?.format_version !== 'string' || !document.format_version.startsWith('1.')) {
    throw new CommandError(
      'The Terraform state is not in the format of "terraform show -json" (format_version 1.x).',
      'A terraform.tfstate file is another format: run "terraform show -json" in the stack\'s directory.',
    );
  }
  if ('planned_values' in document) {
    throw new CommandError(
      'This is a plan, not a state.',
      'Run "terraform show -json" without naming a plan file, in the directory of the applied stack.',
    );
  }
  return document.values?.root_module ?? {};
}

const isOf =
  (provider: string) =>
  (name: string): boolean =>
    `/${name}`.endsWith(`/${provider}`);

const sourceOf = (name: string): string => name.split('/').slice(-2).join('/');

/** Different names, without empty ones, in order. */
function namesOf(resources: readonly StateResource[], name: (resource: StateResource) => string): readonly string[] {
  return [...new Set(resources.map(name))].filter((one) => one !== '').sort();
}

export const isDeclaredType = (type: string): type is DeclaredType =>
  isOfKeys(type as DeclaredType) || isIdentityType(type) || type === 'aws_kms_custom_key_store';

function managed(module: Module): readonly StateResource[] {
  const own = (module.resources ?? []).filter(({ mode }) => mode === 'managed');
  return [...own, ...(module.child_modules ?? []).flatMap(managed)];
}

function declaredResource(resource: StateResource, defaultRegion: string): DeclaredResource {
  const { address, values = {}, sensitive_values: marks, deposed_key: deposedKey } = resource;
  const sensitive = typeof marks === 'object' ? Object.keys(marks).filter((name) => marks[name] === true) : [];
  return {
    address,
    type: resource.type as DeclaredType,
    region: regionOf(values) ?? defaultRegion,
    // A key with imported material names itself in `id` alone.
    values: resource.type === 'aws_kms_external_key' ? { ...values, key_id: values.id } : values,
    sensitive: new Set(marks === true ? Object.keys(values) : sensitive),
    deposed: deposedKey !== undefined,
  };
}

/** States of older providers have no `region`; the ARNs in them do. */
function regionOf(values: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof values.region === 'string' && values.region !== '') return values.region;
  const arns = [values.arn, values.target_key_arn, values.key_id].map((arn) =>
    /^arn:[^:]*:kms:([^:]+):/.exec(String(arn)),
  );
  return arns.find((match) => match !== null)?.[1];
}

/**
 * How a resource in a state is known: keys, aliases and key stores by Region, grants by id, identities by ARN. A key's
 * policy is part of the key, and other policies, attachments and memberships are parts of identities.
 */
export function nameOf({ type, region, values }: DeclaredResource): string {
  if (isIdentityType(type)) {
    const kind = identityTypes[type];
    return kind === undefined ? '' : `${kind} ${kind === 'access-key' ? values.id : values.arn}`;
  }
  if (type === 'aws_kms_custom_key_store') return `custom-key-store ${region}/${values.id}`;
  if (type === 'aws_kms_grant') return `grant ${values.grant_id}`;
  if (type === 'aws_kms_alias') return `alias ${region}/${values.name}`;
  return type === 'aws_kms_key_policy' ? '' : `key ${region}/${keyIdOf(values.key_id)}`;
}

/** State holds a key as id or as ARN. */
export function keyIdOf(reference: unknown): string {
  return String(reference).replace(/^arn:.*:key\//, '');
}
