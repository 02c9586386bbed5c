/**
 * The Principal and NotPrincipal elements.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
 */
import {
  accountIdPattern,
  isServiceName,
  type PrincipalReference,
  parsePrincipal,
} from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import {
  type Json,
  malformed,
  pickElement,
  requireKnownElements,
  requireObject,
  requireStrings,
} from './policy-json.ts';

export interface PrincipalSet {
  /** NotPrincipal. */
  readonly negated: boolean;
  readonly everyone: boolean;
  readonly accountIds: ReadonlySet<string>;
  /** Of users, roles and sessions whose unique id is not known. */
  readonly arns: ReadonlySet<string>;
  /** Of users and roles; of sessions the role's, a colon and the session's name. */
  readonly uniqueIds: ReadonlySet<string>;
  /** `dynamodb.amazonaws.com` */
  readonly services: ReadonlySet<string>;
  /** ARNs of OIDC and SAML providers, and the names of well-known ones. */
  readonly federated: ReadonlySet<string>;
  readonly named: readonly PrincipalReference[];
}

const TYPES = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;

/** `arn:aws:iam::111122223333:oidc-provider/token.example.com`, `…:saml-provider/name`, or a host name. */
const FEDERATED = new RegExp(
  `^(arn:aws(-[a-z]+)*:iam::${accountIdPattern}:(oidc|saml)-provider/[\\w+=,.@:/-]{1,255}|[a-z0-9-]+(\\.[a-z0-9-]+)+)$`,
);
/** Amazon S3's id of an account; it never matches a caller here. */
const CANONICAL_USER = /^[0-9a-f]{64}$/;

/**
 * Unique ids of principals, by the ARN that names them in a policy. An ARN with an id here stands only for the
 * principal with that id, whatever its name is now, and not for another one that gets the same name later.
 */
export type PrincipalIds = Readonly<Record<string, string>>;

/** For an identity policy, which is evaluated for its holder only. */
export const anyPrincipal: PrincipalSet = principalSet(false, { AWS: ['*'] });

/** @throws KmsError MalformedPolicyDocumentException */
export function compilePrincipals(statement: Json, where: string): PrincipalSet {
  const { negated, value } = pickElement(statement, 'Principal', where);
  if (value === undefined) throw malformed(where, 'Missing required field Principal');
  if (value === '*') return principalSet(negated, { AWS: ['*'] });
  if (typeof value !== 'object') throw invalidPrincipals();
  const element = `${where}.${negated ? 'NotPrincipal' : 'Principal'}`;
  const byType = requireObject(value, element);
  requireKnownElements(byType, TYPES, element);
  const texts: Texts = {};
  for (const type of TYPES) {
    if (!Object.hasOwn(byType, type)) continue;
    const listed = requireStrings(byType[type], `${element}.${type}`);
    if (listed.length === 0 || !listed.every((text) => isValid[type](text))) throw invalidPrincipals();
    texts[type] = listed;
  }
  if (Object.keys(texts).length === 0) throw invalidPrincipals();
  return principalSet(negated, texts);
}

const isValid: Readonly<Record<(typeof TYPES)[number], (text: string) => boolean>> = {
  AWS: (text) => text === '*' || parsePrincipal(text) !== undefined,
  Service: isServiceName,
  Federated: (text) => FEDERATED.test(text),
  CanonicalUser: (text) => CANONICAL_USER.test(text),
};

type Texts = Partial<Record<(typeof TYPES)[number], readonly string[]>>;

function principalSet(negated: boolean, { AWS = [], Service = [], Federated = [] }: Texts): PrincipalSet {
  const named = AWS.flatMap((text) => parsePrincipal(text) ?? []);
  return {
    negated,
    everyone: AWS.includes('*'),
    accountIds: new Set(named.flatMap((one) => (one.kind === 'account' ? [one.accountId] : []))),
    ...principalsByArn(named, {}),
    services: new Set(Service),
    federated: new Set(Federated),
    named,
  };
}

function principalsByArn(
  named: readonly PrincipalReference[],
  ids: PrincipalIds,
): Pick<PrincipalSet, 'arns' | 'uniqueIds'> {
  const arns = new Set<string>();
  const uniqueIds = new Set<string>();
  for (const one of named) {
    if (one.kind === 'unique-id') uniqueIds.add(one.principalId);
    if (!('arn' in one)) continue;
    const id = Object.hasOwn(ids, one.arn) ? ids[one.arn] : undefined;
    if (id === undefined) arns.add(one.arn);
    else uniqueIds.add(id);
  }
  return { arns, uniqueIds };
}

/** The set with its ARNs standing for the principals of these ids. */
export function bindPrincipals(set: PrincipalSet, ids: PrincipalIds): PrincipalSet {
  return { ...set, ...principalsByArn(set.named, ids) };
}

const invalidPrincipals = () => new KmsError('MalformedPolicyDocumentException', messages.invalidPrincipals);

/** The document with other names for some of the principals that its Principal and NotPrincipal elements list. */
export function renamePrincipals(document: string, names: Readonly<Record<string, string>>): string {
  const renamed = (text: unknown) => (typeof text === 'string' && Object.hasOwn(names, text) ? names[text] : text);
  const inElement = (element: unknown) => {
    if (typeof element !== 'object' || element === null) return element;
    const { AWS } = element as Json;
    return { ...element, ...(AWS !== undefined && { AWS: Array.isArray(AWS) ? AWS.map(renamed) : renamed(AWS) }) };
  };
  const policy = JSON.parse(document) as { readonly Statement: Json | readonly Json[] };
  const inStatement = (statement: Json): Json =>
    Object.fromEntries(
      Object.entries(statement).map(([name, value]) => [
        name,
        name === 'Principal' || name === 'NotPrincipal' ? inElement(value) : value,
      ]),
    );
  const { Statement } = policy;
  const statements = Array.isArray(Statement) ? Statement.map(inStatement) : inStatement(Statement as Json);
  return JSON.stringify({ ...policy, Statement: statements }, null, 2);
}
