/**
 * Policy documents: strict parsing into a form that is evaluated without further checks. The language has three
 * dialects (dialects.ts): a key policy names principals, an identity policy belongs to its holder, a trust policy is
 * only about sessions of its role.
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
import { type Dialect, identityDialect, keyDialect, trustDialect } from './dialects.ts';
import { requireFewParts } from './parts.ts';
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
  /** It is for everyone whom a condition on aws:PrincipalArn admits: it allows them by name. */
  readonly namesByCondition: boolean;
}

export interface PatternSet {
  /** NotAction, NotResource. */
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
  /** Names of variables that must not be lists, or the statement does not apply. */
  readonly singleVariables: readonly string[];
}

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

/**
 * @param isNew whether the number of its parts is bound
 * @throws KmsError MalformedPolicyDocumentException saying where; LimitExceededException above 32 KiB
 */
export function parseKeyPolicy(text: string, isNew = false): CompiledPolicy {
  if (Buffer.byteLength(text) > limits.policyInBytes) {
    throw new KmsError('LimitExceededException', `The key policy is larger than ${limits.policyInBytes} bytes.`);
  }
  return parsePolicy(text, keyDialect, isNew);
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

function parsePolicy(text: string, dialect: Dialect, hasFewParts = false): CompiledPolicy {
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
  if (hasFewParts) requireFewParts(listed);
  const statements = listed.map((statement, i) => compileStatement(statement, i, dialect, version === '2012-10-17'));
  if (!dialect.repeatsSids) requireUniqueSids(listed as readonly Json[]);
  return { version, statements, mentions: new Set(statements.flatMap(mentionsOf)) };
}

function mentionsOf({ resources, conditions }: CompiledStatement): readonly string[] {
  const inResources = resources?.patterns.flatMap(variablesOf) ?? [];
  const used = [...inResources, ...conditions.flatMap(({ key, variables }) => [key, ...variables])];
  return used.map((name) => name.toLowerCase());
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
  const name = (Sid || where).slice(0, MAX_NAME_LENGTH);
  const principals = compileHolders(statement, where, dialect);
  const actions = compileActions(statement, where, dialect);
  const resources = compileResources(statement, Effect, where, dialect, variables);
  const conditions = compileConditions(statement.Condition, Effect, `${where}.Condition`, variables);
  const namesByCondition = !principals.negated && principals.everyone && conditions.some(admitsByArn);
  return { name, effect: Effect, principals, actions, resources, conditions, namesByCondition };
}

/** Forms of a condition that hold without the key that they name. */
const WITHOUT_KEY = /^ForAllValues:|IfExists$/;

/** Whether a condition is about the caller's ARN, and holds only for callers whose ARN fits it. */
const admitsByArn = ({ key, kind, negated, source }: CompiledCondition) =>
  key === 'aws:principalarn' && kind === 'compare' && !negated && !WITHOUT_KEY.test(source.operator);

function compileHolders(statement: Json, where: string, dialect: Dialect): PrincipalSet {
  if (dialect.principals === 'never inverted' && statement.NotPrincipal !== undefined) {
    throw malformed(where, 'Has prohibited field NotPrincipal');
  }
  if (dialect.principals !== 'prohibited') return compilePrincipals(statement, where);
  if (pickElement(statement, 'Principal', where).value === undefined) return anyPrincipal;
  throw malformed(where, 'Policy document should not specify a principal.');
}

function compileActions(statement: Json, where: string, dialect: Dialect): PatternSet | undefined {
  const actions = compilePatterns(statement, 'Action', where, (text) => {
    if (!dialect.isAction(text)) throw malformed(`${where}.Action`, dialect.actionMessage);
    return dialect.actionsMeant(text).map((meant) => compilePattern(meant, { wildcards: true, variables: false }));
  });
  if (!actions && dialect.actions === 'required') throw malformed(where, 'Policy statement must contain actions.');
  return actions;
}

const anyResource: PatternSet = {
  negated: false,
  patterns: [compilePattern('*', { wildcards: true, variables: false })],
  singleVariables: [],
};

function compileResources(
  statement: Json,
  effect: Effect,
  where: string,
  dialect: Dialect,
  variables: boolean,
): PatternSet | undefined {
  if (dialect.resources === 'prohibited') {
    if (pickElement(statement, 'Resource', where).value === undefined) return anyResource;
    throw malformed(where, 'Has prohibited field Resource');
  }
  const resources = compilePatterns(statement, 'Resource', where, (text) => {
    const pattern = dialect.readResource(text);
    if (pattern !== undefined) return [compilePattern(pattern, { wildcards: true, variables })];
    throw malformed(`${where}.Resource`, `Resource ${text.slice(0, 100)} must be in ARN format or "*".`);
  });
  if (!resources) {
    if (dialect.resources === 'required') throw malformed(where, 'Policy statement must contain resources.');
    return undefined;
  }
  // No resource fits a pattern with a list for a variable, and so NotResource in an Allow would be about every resource.
  const isGuarded = resources.negated && effect === 'Allow';
  return isGuarded ? { ...resources, singleVariables: resources.patterns.flatMap(variablesOf) } : resources;
}

function compilePatterns(
  statement: Json,
  name: 'Action' | 'Resource',
  where: string,
  compile: (text: string) => readonly Pattern[],
): PatternSet | undefined {
  const { negated, value } = pickElement(statement, name, where);
  if (value === undefined) return undefined;
  const texts = requireStrings(value, `${where}.${negated ? 'Not' : ''}${name}`);
  return texts.length === 0 ? undefined : { negated, patterns: texts.flatMap(compile), singleVariables: [] };
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
