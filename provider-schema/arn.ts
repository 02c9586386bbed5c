/**
 * Amazon Resource Names and the identifiers inside them: parsing, building, grammar. No I/O.
 * Sources: IAM User Guide "IAM identifiers"; KMS Developer Guide "Key identifiers (KeyId)".
 */

/** Region prefixes of the partitions other than `aws`; the first match wins. */
const partitionByRegionPrefix: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
];

/**
 * Source of a regular expression for a Region's name, at most 32 characters, as a credential scope can hold it. There
 * is no list of Regions, so a new Region does not need a new release.
 */
export const regionPattern = '(?![a-z0-9-]{33})[a-z]{2,8}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}';
/** Source of a regular expression for an account id. */
export const accountIdPattern = '[0-9]{12}';

const PARTITION = /^aws(-[a-z]+)*$/;
const REGION = new RegExp(`^${regionPattern}$`);
const ACCOUNT_ID = new RegExp(`^${accountIdPattern}$`);
const SINGLE_REGION_KEY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MULTI_REGION_KEY_ID = /^mrk-[0-9a-f]{32}$/;
/** The prefix and 1 to 250 characters. AWS's model also allows the colon, which the service rejects. */
const ALIAS_NAME = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;
/** IAM names, and the path before them. */
const IAM_NAME = /^[\w+=,.@-]{1,128}$/;
const IAM_PATH_AND_NAME = /^([!-.0-~]+\/)*[\w+=,.@-]{1,128}$/;
/** IAM unique ids: a policy shows one in the place of a deleted user (`AIDA`) or role (`AROA`). */
const UNIQUE_ID = /^(AIDA|AROA)[A-Z0-9]{12,124}$/;

export function partitionOf(region: string): string {
  return partitionByRegionPrefix.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** A service as policies name it: `ec2.amazonaws.com`, `logs.eu-central-1.amazonaws.com`. */
const SERVICE_NAME = /^(?=.{3,255}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/;

export const isServiceName = (text: string): boolean => SERVICE_NAME.test(text);

/**
 * The service's name in a Region: `dynamodb.us-east-1.amazonaws.com` for `dynamodb.amazonaws.com` in us-east-1. A name
 * that has a Region already stays as it is.
 */
export function regionalServiceName(name: string, region: string): string {
  const [service = '', ...domain] = name.split('.');
  return isRegionalServiceName(name) ? name : [service, region, ...domain].join('.');
}

/** Whether a name of a service has a Region in it, before its domain. */
export function isRegionalServiceName(text: string): boolean {
  const [, region = '', ...domain] = text.split('.');
  return isServiceName(text) && REGION.test(region) && domain.length > 1;
}

export const isRegion = (text: string): boolean => REGION.test(text);
export const isAccountId = (text: string): boolean => ACCOUNT_ID.test(text);
export const isMultiRegionKeyId = (text: string): boolean => MULTI_REGION_KEY_ID.test(text);
export const isKeyId = (text: string): boolean => SINGLE_REGION_KEY_ID.test(text) || isMultiRegionKeyId(text);
export const isAliasName = (text: string): boolean => ALIAS_NAME.test(text);

export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** '' for global services. */
  readonly region: string;
  readonly accountId: string;
  /** Everything after the fifth colon. */
  readonly resource: string;
}

/** undefined unless the text has the six parts of an ARN, a partition and a resource. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, accountId, ...rest] = text.split(':');
  const resource = rest.join(':');
  if (prefix !== 'arn' || !partition || !PARTITION.test(partition) || !service || resource === '') return undefined;
  if (region === undefined || accountId === undefined) return undefined;
  return { partition, service, region, accountId, resource };
}

const kmsArn = (region: string, accountId: string, resource: string) =>
  `arn:${partitionOf(region)}:kms:${region}:${accountId}:${resource}`;

export function keyArn(region: string, accountId: string, keyId: string): string {
  return kmsArn(region, accountId, `key/${keyId}`);
}

/** `aliasName` includes its `alias/` prefix. */
export function aliasArn(region: string, accountId: string, aliasName: string): string {
  return kmsArn(region, accountId, aliasName);
}

/** ARN of the account and of its root user, in the Region's partition. */
export function rootArn(accountId: string, region = ''): string {
  return `arn:${partitionOf(region)}:iam::${accountId}:root`;
}

/** `path` begins and ends with a slash. */
export function userArn(accountId: string, userName: string, path = '/', region = ''): string {
  return `arn:${partitionOf(region)}:iam::${accountId}:user${path}${userName}`;
}

/** ARN of a session of a role, in the role's partition and account; without the role's path. */
export function assumedRoleArn(roleArn: string, roleName: string, sessionName: string): string {
  const role = parseArn(roleArn);
  return `arn:${role?.partition}:sts::${role?.accountId}:assumed-role/${roleName}/${sessionName}`;
}

/** ARN of an identity of the account. `path` begins and ends with a slash. */
export function identityArn(
  kind: 'user' | 'group' | 'role' | 'policy',
  { accountId, name, path = '/', region = '' }: { accountId: string; name: string; path?: string; region?: string },
): string {
  return `arn:${partitionOf(region)}:iam::${accountId}:${kind}${path}${name}`;
}

/** `url` does not include `https://`. */
export function oidcProviderArn(accountId: string, url: string, region = ''): string {
  return `arn:${partitionOf(region)}:iam::${accountId}:oidc-provider/${url}`;
}

/** All drift reports of one stack. Like identities they belong to an account, and to no Region of it. */
export function driftReportsArn(accountId: string, stackName: string, region = ''): string {
  return `arn:${partitionOf(region)}:keystead::${accountId}:drift-report/${stackName}`;
}

interface Place {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** The four forms in which a request can name a key (section "Key identifiers"). */
export type KeyReference =
  | { readonly form: 'key-id'; readonly keyId: string }
  | ({ readonly form: 'key-arn'; readonly keyId: string } & Place)
  | { readonly form: 'alias-name'; readonly aliasName: string }
  | ({ readonly form: 'alias-arn'; readonly aliasName: string } & Place);

/** undefined when the text has none of the four forms. */
export function parseKeyReference(text: string): KeyReference | undefined {
  if (isKeyId(text)) return { form: 'key-id', keyId: text };
  if (isAliasName(text)) return { form: 'alias-name', aliasName: text };
  const arn = parseArn(text);
  if (arn?.service !== 'kms' || !isRegion(arn.region) || !isAccountId(arn.accountId)) return undefined;
  const { partition, region, accountId, resource } = arn;
  if (isAliasName(resource)) return { form: 'alias-arn', partition, region, accountId, aliasName: resource };
  const keyId = resource.startsWith('key/') ? resource.slice('key/'.length) : '';
  return isKeyId(keyId) ? { form: 'key-arn', partition, region, accountId, keyId } : undefined;
}

/** A principal as policies and grants name it (IAM User Guide, "AWS JSON policy elements: Principal"). */
export type PrincipalReference =
  | { readonly kind: 'account'; readonly accountId: string }
  | {
      readonly kind: 'user' | 'role' | 'assumed-role' | 'federated-user';
      readonly accountId: string;
      readonly arn: string;
    }
  | { readonly kind: 'unique-id'; readonly principalId: string };

type NamedKind = 'user' | 'role' | 'assumed-role' | 'federated-user';

const principalKinds: Readonly<Record<string, { readonly service: string; readonly name: RegExp }>> = {
  user: { service: 'iam', name: IAM_PATH_AND_NAME },
  role: { service: 'iam', name: IAM_PATH_AND_NAME },
  'assumed-role': { service: 'sts', name: /^[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64}$/ },
  'federated-user': { service: 'sts', name: IAM_NAME },
};

/** undefined for a text that cannot be a principal: groups, wildcards inside an ARN, other services, free text. */
export function parsePrincipal(text: string): PrincipalReference | undefined {
  if (isAccountId(text)) return { kind: 'account', accountId: text };
  if (UNIQUE_ID.test(text)) return { kind: 'unique-id', principalId: text };
  const arn = parseArn(text);
  if (arn?.region !== '' || !isAccountId(arn.accountId)) return undefined;
  if (arn.service === 'iam' && arn.resource === 'root') return { kind: 'account', accountId: arn.accountId };
  const slash = arn.resource.indexOf('/');
  const kind = arn.resource.slice(0, slash);
  const rule = Object.hasOwn(principalKinds, kind) ? principalKinds[kind] : undefined;
  if (slash < 0 || rule?.service !== arn.service || text.length > 2048) return undefined;
  if (!rule.name.test(arn.resource.slice(slash + 1)) || /[*?]/.test(arn.resource)) return undefined;
  return { kind: kind as NamedKind, accountId: arn.accountId, arn: text };
}
