/**
 * Key policy documents: strict parsing into a form that is evaluated without further checks.
 * Sources: IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language"; KMS
 * Developer Guide, "Key policies in AWS KMS".
 *
 * A document comes from outside and may be hostile: it is bounded in size before it is parsed, walked to the fixed depth
 * of the grammar, read through own properties only, and refused at the first element that the grammar does not have.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { type PrincipalReference, parsePrincipal } from '../domain/arn.ts';
import { type CompiledCondition, compileCondition } from './conditions.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export type Effect = 'Allow' | 'Deny';

export interface CompiledPolicy {
  readonly version: string;
  readonly statements: readonly CompiledStatement[];
}

export interface CompiledStatement {
  /** The Sid, or the statement's place in the document. */
  readonly name: string;
  readonly effect: Effect;
  readonly principals: PrincipalSet;
  /** Absent element: the statement is accepted and has no effect. */
  readonly actions: PatternSet | undefined;
  readonly resources: PatternSet | undefined;
  readonly conditions: readonly CompiledCondition[];
}

export interface PatternSet {
  /** NotAction, NotResource. */
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

export interface PrincipalSet {
  /** NotPrincipal. */
  readonly negated: boolean;
  readonly everyone: boolean;
  readonly accountIds: ReadonlySet<string>;
  readonly arns: ReadonlySet<string>;
  readonly uniqueIds: ReadonlySet<string>;
  readonly named: readonly PrincipalReference[];
}

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
const PRINCIPAL_TYPES: readonly string[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];
/** `*`, or a vendor and a name that may hold wildcards. */
const ACTION = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;

type Json = Readonly<Record<string, unknown>>;

/** @throws KmsError MalformedPolicyDocumentException saying where; LimitExceededException above 32 KiB */
export function parseKeyPolicy(text: string): CompiledPolicy {
  if (Buffer.byteLength(text) > limits.policyInBytes) {
    throw new KmsError('LimitExceededException', `The key policy is larger than ${limits.policyInBytes} bytes.`);
  }
  const document = requireObject(parseJson(text), 'Policy');
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
  const statements = listed.map((statement, i) => compileStatement(statement, i, version === '2012-10-17'));
  requireUniqueSids(listed as readonly Json[]);
  return { version, statements };
}

/** Every AWS principal a document names: those that must exist when it is stored. */
export function principalsNamed(policy: CompiledPolicy): readonly PrincipalReference[] {
  return policy.statements.flatMap(({ principals }) => principals.named);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('Policy', 'This policy contains invalid Json');
  }
}

function compileStatement(json: unknown, index: number, variables: boolean): CompiledStatement {
  const where = `Statement[${index}]`;
  const statement = requireObject(json, where);
  requireKnownElements(statement, STATEMENT_ELEMENTS, where);
  const { Sid, Effect } = statement;
  if (Sid !== undefined && typeof Sid !== 'string') throw malformed(`${where}.Sid`, 'Must be a string.');
  if (Effect === undefined) throw malformed(where, 'Missing required field Effect');
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(`${where}.Effect`, 'Must be Allow or Deny.');
  return {
    name: Sid || where,
    effect: Effect,
    principals: compilePrincipals(statement, where),
    actions: compilePatterns(statement, 'Action', where, (text) => {
      if (!ACTION.test(text)) {
        throw malformed(`${where}.Action`, 'Actions/Conditions must be prefaced by a vendor, e.g., kms, iam, ec2.');
      }
      return compilePattern(text.toLowerCase(), { wildcards: true, variables: false });
    }),
    resources: compilePatterns(statement, 'Resource', where, (text) =>
      compilePattern(text, { wildcards: true, variables }),
    ),
    conditions: compileConditions(statement.Condition, Effect, `${where}.Condition`, variables),
  };
}

/** The element or its `Not…` twin. */
function pick(statement: Json, name: string, where: string): { readonly negated: boolean; readonly value: unknown } {
  const value = statement[name];
  const inverse = statement[`Not${name}`];
  if (value !== undefined && inverse !== undefined) {
    throw malformed(where, `Statement cannot have both ${name} and Not${name}.`);
  }
  return value === undefined && inverse !== undefined ? { negated: true, value: inverse } : { negated: false, value };
}

function compilePatterns(
  statement: Json,
  name: 'Action' | 'Resource',
  where: string,
  compile: (text: string) => Pattern,
): PatternSet | undefined {
  const { negated, value } = pick(statement, name, where);
  if (value === undefined) return undefined;
  const texts = requireStrings(value, `${where}.${name}`);
  return texts.length === 0 ? undefined : { negated, patterns: texts.map(compile) };
}

function compilePrincipals(statement: Json, where: string): PrincipalSet {
  const { negated, value } = pick(statement, 'Principal', where);
  if (value === undefined) throw malformed(where, 'Missing required field Principal');
  if (value === '*') return principalSet(negated, true, []);
  if (typeof value !== 'object') throw invalidPrincipals();
  const byType = requireObject(value, `${where}.Principal`);
  if (Object.keys(byType).length === 0) throw invalidPrincipals();
  requireKnownElements(byType, PRINCIPAL_TYPES, `${where}.Principal`);
  // Services, federated and canonical users are part of the grammar; none of them signs requests here.
  for (const type of Object.keys(byType)) {
    const texts = requireStrings(byType[type], `${where}.Principal.${type}`);
    if (texts.length === 0 || texts.includes('')) throw invalidPrincipals();
  }
  const texts = Object.hasOwn(byType, 'AWS') ? requireStrings(byType.AWS, `${where}.Principal.AWS`) : [];
  const named = texts.filter((text) => text !== '*').map((text) => parsePrincipal(text) ?? fail(invalidPrincipals()));
  return principalSet(negated, texts.includes('*'), named);
}

function principalSet(negated: boolean, everyone: boolean, named: readonly PrincipalReference[]): PrincipalSet {
  return {
    negated,
    everyone,
    accountIds: new Set(named.flatMap((one) => (one.kind === 'account' ? [one.accountId] : []))),
    arns: new Set(named.flatMap((one) => ('arn' in one ? [one.arn] : []))),
    uniqueIds: new Set(named.flatMap((one) => (one.kind === 'unique-id' ? [one.principalId] : []))),
    named,
  };
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

function requireObject(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(where, 'Must be an object.');
  return value as Json;
}

function requireKnownElements(json: Json, known: readonly string[], where: string): void {
  const unknown = Object.keys(json).find((name) => !known.includes(name));
  if (unknown !== undefined) throw malformed(where, `Unknown element "${unknown.slice(0, 100)}".`);
}

function requireStrings(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === 'string')) throw malformed(where, 'Must be a string or a list of strings.');
  return list;
}

/** Condition values: booleans and numbers count as their text. */
function requireScalars(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => ['string', 'number', 'boolean'].includes(typeof item))) {
    throw malformed(where, 'Values must be strings, numbers or booleans.');
  }
  return list.map(String);
}

function malformed(where: string, message: string): KmsError {
  return new KmsError('MalformedPolicyDocumentException', `${where}: ${message}`);
}

const invalidPrincipals = () => new KmsError('MalformedPolicyDocumentException', messages.invalidPrincipals);

function fail(error: Error): never {
  throw error;
}
