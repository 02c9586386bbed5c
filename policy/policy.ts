/**
 * Policy documents: strict parsing into a form that is evaluated without further checks. The language has three
 * dialects: a key policy names principals, an identity policy belongs to its holder, a trust policy is only about
 * sessions of its role.
 * Sources: IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language"; KMS
 * Developer Guide, "Key policies in AWS KMS".
 *
 * A document comes from outside and can be hostile: it is bounded in size before it is parsed, walked to the fixed
 * depth of the grammar, read through own properties only, and rejected at the first element that the grammar does not
 * have.
 */
import type { PrincipalReference } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { type CompiledCondition, compileCondition } from './conditions.ts';
import { compilePattern, type Pattern, variablesOf } from './pattern.ts';
import {
  type Json,
  malformed,
  parsePolicyJson,
  pickElement,
  requireKnownElements,
  requireObject,
  requireScalars,
  requireStrings,
} from './policy-json.ts';
import {
  anyPrincipal,
  bindPrincipals,
  compilePrincipals,
  type PrincipalIds,
  type PrincipalSet,
} from './policy-principals.ts';

export type Effect = 'Allow' | 'Deny';

export interface CompiledPolicy {
  readonly version: string;
  /** Its name in decisions: the ARN of a managed policy, or the owner of an inline policy. */
  readonly name?: string;
  /** Condition keys that it uses, in conditions and as variables, lower case. */
  readonly mentions: ReadonlySet<string>;
  readonly statements: readonly CompiledStatement[];
}

export interface CompiledStatement {
  /** The Sid, cut off because the audit repeats it with every request, or the statement's place in the document. */
  readonly name: string;
  readonly effect: Effect;
  readonly principals: PrincipalSet;
  /** undefined: the element is absent; the statement is accepted and has no effect. */
  readonly actions: PatternSet | undefined;
  readonly resources: PatternSet | undefined;
  readonly conditions: readonly CompiledCondition[];
}

export interface PatternSet {
  /** NotAction, NotResource. */
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

/** How the three kinds of documents differ. */
interface Dialect {
  readonly principals: 'required' | 'prohibited';
  /**
   * `optional`: a statement without it is accepted and has no effect; `prohibited`: the resource is the holder itself.
   */
  readonly actions: 'required' | 'optional';
  readonly resources: 'required' | 'optional' | 'prohibited';
  readonly isSid: (text: string) => boolean;
  readonly isAction: (text: string) => boolean;
  readonly actionMessage: string;
  readonly isResource: (text: string) => boolean;
}

/** `*`, or a vendor and a name that can contain wildcards. */
const ACTION = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;
const STS_ACTION = /^sts:[A-Za-z0-9*?]+$/i;
const IAM_SID = /^[0-9A-Za-z]*$/;
const vendorMessage = 'Actions/Conditions must be prefaced by a vendor, e.g., kms, iam, ec2.';

const keyDialect: Dialect = {
  principals: 'required',
  actions: 'optional',
  resources: 'optional',
  isSid: () => true,
  isAction: (text) => ACTION.test(text),
  actionMessage: vendorMessage,
  isResource: () => true,
};

const identityDialect: Dialect = {
  principals: 'prohibited',
  actions: 'required',
  resources: 'required',
  isSid: (text) => IAM_SID.test(text),
  isAction: (text) => ACTION.test(text),
  actionMessage: vendorMessage,
  isResource: isResourceArn,
};

const trustDialect: Dialect = {
  principals: 'required',
  actions: 'required',
  resources: 'prohibited',
  isSid: (text) => IAM_SID.test(text),
  isAction: (text) => STS_ACTION.test(text),
  actionMessage: 'AssumeRole policy may only specify STS AssumeRole actions.',
  isResource: () => false,
};

const MAX_NAME_LENGTH = 128;
const VERSIONS: readonly string[] = ['2012-10-17', '2008-10-17'];
const POLICY_ELEMENTS: readonly string[] = ['Version', 'Id', 'Statement'];
const STATEMENT_ELEMENTS: readonly string[] = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/** @throws KmsError MalformedPolicyDocumentException saying where; LimitExceededException above 32 KiB */
export function parseKeyPolicy(text: string): CompiledPolicy {
  if (Buffer.byteLength(text) > limits.policyInBytes) {
    throw new KmsError('LimitExceededException', `The key policy is larger than ${limits.policyInBytes} bytes.`);
  }
  return parsePolicy(text, keyDialect);
}

/**
 * An identity policy, a permissions boundary or a session policy: no principal, ARNs as resources. The caller bounds
 * its size, which differs by where the policy is kept.
 * @param name the policy's name in decisions and in the audit
 * @throws KmsError MalformedPolicyDocumentException saying where
 */
export function parseIdentityPolicy(text: string, name?: string): CompiledPolicy {
  return { ...parsePolicy(text, identityDialect), ...defined({ name }) };
}

/**
 * The trust policy of a role: who can open sessions of it, and how (`sts:AssumeRole`, `sts:TagSession`, …). It does not
 * name resources, because it is about its role. The caller bounds its size.
 * @throws KmsError MalformedPolicyDocumentException saying where
 */
export function parseTrustPolicy(text: string): CompiledPolicy {
  return parsePolicy(text, trustDialect);
}

function parsePolicy(text: string, dialect: Dialect): CompiledPolicy {
  const document = parsePolicyJson(text);
  requireKnownElements(document, POLICY_ELEMENTS, 'Policy');
  const version = document.Version ?? '2008-10-17';
  if (typeof version !== 'string' || !VERSIONS.includes(version)) {
    throw malformed('Policy.Version', 'The policy must contain a valid version string');
  }
  if (document.Id !== undefined && typeof document.Id !== 'string') throw malformed('Policy.Id', 'Must be a string.');
  const listed = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  if (document.Statement === undefined || listed.length === 0) {
    throw malformed('Policy', 'Missing required field Statement');
  }
  const statements = listed.map((statement, i) => compileStatement(statement, i, dialect, version === '2012-10-17'));
  requireUniqueSids(listed as readonly Json[]);
  return { version, statements, mentions: new Set(statements.flatMap(mentionsOf)) };
}

function mentionsOf({ resources, conditions }: CompiledStatement): readonly string[] {
  const inResources = resources?.patterns.flatMap(variablesOf) ?? [];
  return [...inResources, ...conditions.flatMap(({ key, variables }) => [key, ...variables])];
}

/** The policy with its ARNs standing for the principals of these ids alone. */
export function bindPolicy(policy: CompiledPolicy, ids: PrincipalIds): CompiledPolicy {
  if (Object.keys(ids).length === 0) return policy;
  const statements = policy.statements.map((statement) => ({
    ...statement,
    principals: bindPrincipals(statement.principals, ids),
  }));
  return { ...policy, statements };
}

/** Every AWS principal that a document names; they must exist when it is stored. */
export function principalsNamed(policy: CompiledPolicy): readonly PrincipalReference[] {
  return policy.statements.flatMap(({ principals }) => principals.named);
}

function compileStatement(json: unknown, index: number, dialect: Dialect, variables: boolean): CompiledStatement {
  const where = `Statement[${index}]`;
  const statement = requireObject(json, where);
  requireKnownElements(statement, STATEMENT_ELEMENTS, where);
  const { Sid, Effect } = statement;
  if (Sid !== undefined && typeof Sid !== 'string') throw malformed(`${where}.Sid`, 'Must be a string.');
  if (!dialect.isSid(Sid ?? '')) {
    throw malformed(`${where}.Sid`, 'Statement IDs (SID) must be alpha-numeric.');
  }
  if (Effect === undefined) throw malformed(where, 'Missing required field Effect');
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(`${where}.Effect`, 'Must be Allow or Deny.');
  return {
    name: (Sid || where).slice(0, MAX_NAME_LENGTH),
    effect: Effect,
    principals: compileHolders(statement, where, dialect),
    actions: compileActions(statement, where, dialect),
    resources: compileResources(statement, where, dialect, variables),
    conditions: compileConditions(statement.Condition, Effect, `${where}.Condition`, variables),
  };
}

function compileHolders(statement: Json, where: string, dialect: Dialect): PrincipalSet {
  if (dialect.principals === 'required') return compilePrincipals(statement, where);
  if (pickElement(statement, 'Principal', where).value === undefined) return anyPrincipal;
  throw malformed(where, 'Policy document should not specify a principal.');
}

function compileActions(statement: Json, where: string, dialect: Dialect): PatternSet | undefined {
  const actions = compilePatterns(statement, 'Action', where, (text) => {
    if (!dialect.isAction(text)) throw malformed(`${where}.Action`, dialect.actionMessage);
    return compilePattern(text.toLowerCase(), { wildcards: true, variables: false });
  });
  if (!actions && dialect.actions === 'required') throw malformed(where, 'Policy statement must contain actions.');
  return actions;
}

const anyResource: PatternSet = {
  negated: false,
  patterns: [compilePattern('*', { wildcards: true, variables: false })],
};

function compileResources(
  statement: Json,
  where: string,
  dialect: Dialect,
  variables: boolean,
): PatternSet | undefined {
  if (dialect.resources === 'prohibited') {
    if (pickElement(statement, 'Resource', where).value === undefined) return anyResource;
    throw malformed(where, 'Has prohibited field Resource');
  }
  const resources = compilePatterns(statement, 'Resource', where, (text) => {
    if (dialect.isResource(text)) return compilePattern(text, { wildcards: true, variables });
    throw malformed(`${where}.Resource`, `Resource ${text.slice(0, 100)} must be in ARN format or "*".`);
  });
  if (!resources && dialect.resources === 'required')
    throw malformed(where, 'Policy statement must contain resources.');
  return resources;
}

/** `*`, or six parts between colons; a `*` at the end can stand for the last ones. */
function isResourceArn(text: string): boolean {
  if (text === '*') return true;
  // A variable counts as the text that it stands for, not by the colons of its name.
  const parts = text.replace(/\$\{[^{}]*\}/g, 'x').split(':');
  return parts[0] === 'arn' && (parts.length >= 6 || (parts.length > 1 && text.endsWith('*')));
}

function compilePatterns(
  statement: Json,
  name: 'Action' | 'Resource',
  where: string,
  compile: (text: string) => Pattern,
): PatternSet | undefined {
  const { negated, value } = pickElement(statement, name, where);
  if (value === undefined) return undefined;
  const texts = requireStrings(value, `${where}.${negated ? 'Not' : ''}${name}`);
  return texts.length === 0 ? undefined : { negated, patterns: texts.map(compile) };
}

function compileConditions(
  value: unknown,
  effect: Effect,
  where: string,
  variables: boolean,
): readonly CompiledCondition[] {
  if (value === undefined) return [];
  return Object.entries(requireObject(value, where)).flatMap(([operator, keys]) =>
    Object.entries(requireObject(keys, `${where}.${operator.slice(0, 100)}`)).map(([key, values]) => {
      if (key === '') throw malformed(where, 'A condition key must not be empty.');
      return compileCondition({ operator, key, values: requireScalars(values, where), effect, variables, where });
    }),
  );
}

function requireUniqueSids(statements: readonly Json[]): void {
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '');
  if (new Set(sids).size < sids.length) {
    throw malformed('Policy', 'Statement IDs (SID) in a single policy must be unique.');
  }
}
