/**
 * A second evaluator of policies and grants, written to be simple instead of fast, to check the compiled evaluator: it
 * reads the JSON documents for each request and shares no code with the one under test. Wildcards become regular
 * expressions, addresses become large numbers. It covers the features that the random policies use: every family of
 * operators. Its rules are those of the IAM User Guide's pages on Principal, NotPrincipal, permissions boundaries,
 * Resource, condition operators, multivalued context keys and variables, and of docs/differences.md.
 */
import type { Principal } from '@keystead/policy/principal.ts';

export interface SlowRequest {
  readonly caller: Exclude<Principal, { kind: 'service' | 'federated' }>;
  readonly action: string;
  readonly keyArn: string;
  readonly keyAccountId: string;
  readonly conditions: Readonly<Record<string, string | readonly string[]>>;
  readonly crossAccount: boolean;
  readonly identityPolicies: readonly string[];
  readonly boundary?: string;
  readonly sessionPolicies?: readonly string[];
  readonly grants: readonly SlowGrant[];
  readonly encryptionContext: Readonly<Record<string, string>>;
}

export interface SlowGrant {
  readonly grantee: string;
  readonly operations: readonly string[];
  readonly subset?: Readonly<Record<string, string>>;
  readonly equals?: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the document is read without a type
type Json = any;
/** How a matching statement or grant names the caller: itself; its role or everyone (wide); or its account. */
type Naming = 'deny' | 'itself' | 'wide' | 'account';

const list = (value: Json): Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

export function slowAllows(keyPolicy: string, request: SlowRequest): boolean {
  const { caller, boundary, sessionPolicies } = request;
  const key = effects(keyPolicy, request, true);
  const identity = request.identityPolicies.flatMap((text) => effects(text, request, false));
  const bound = boundary === undefined ? undefined : effects(boundary, request, false);
  const session = sessionPolicies?.flatMap((text) => effects(text, request, false));
  if ([key, identity, bound ?? [], session ?? []].some((all) => all.includes('deny'))) return false;
  const bounded = (bound === undefined || bound.length > 0) && (session === undefined || session.length > 0);
  const identityAllows = caller.kind === 'root' || identity.length > 0;
  const granted = request.grants
    .filter((grant) => permits(grant, request))
    .map((grant) => granteeNaming(grant, caller));

  if (caller.accountId !== request.keyAccountId) {
    if (!request.crossAccount || caller.kind === 'aws-service' || !bounded) return false;
    if (key.length > 0 && identityAllows) return true;
    return granted.some(
      (naming) => naming === 'itself' || naming === 'wide' || (naming === 'account' && identityAllows),
    );
  }
  return [...key, ...granted].some(
    (naming) =>
      naming === 'itself' || (naming === 'wide' && bounded) || (naming === 'account' && bounded && identityAllows),
  );
}

/**
 * The effects of the statements that match the request; those of an identity policy, which has no principal, are wide.
 */
function effects(text: string, request: SlowRequest, ofKey: boolean): readonly Naming[] {
  const document = JSON.parse(text);
  const variables = document.Version === '2012-10-17';
  return list(document.Statement)
    .filter((statement) => matchesRequest(statement, request, variables, ofKey))
    .flatMap((statement) => (ofKey ? naming(statement, request) : [statement.Effect === 'Deny' ? 'deny' : 'wide']));
}

function naming(statement: Json, { caller, boundary }: SlowRequest): readonly Naming[] {
  // The list of a NotPrincipal does not help a principal with a permissions boundary.
  if (statement.NotPrincipal && statement.Effect === 'Deny' && boundary !== undefined) return ['deny'];
  const element = statement.Principal ?? statement.NotPrincipal;
  const aws: string[] = element === '*' ? ['*'] : list(element.AWS);
  const services: string[] = element === '*' ? [] : list(element.Service);
  const everyone = aws.includes('*');
  const account = aws.includes(caller.accountId) || aws.includes(`arn:aws:iam::${caller.accountId}:root`);
  const names: boolean[] = [];
  if (caller.kind === 'root') names.push(account);
  if (caller.kind === 'user') names.push(aws.includes(caller.arn) || aws.includes(caller.principalId), account);
  if (caller.kind === 'assumed-role') {
    names.push(aws.includes(caller.arn), aws.includes(caller.roleArn) || aws.includes(caller.roleId), account);
  }
  if (caller.kind === 'aws-service') names.push(services.includes(caller.arn));
  const [itself = false, role = false] = caller.kind === 'assumed-role' ? names : [names[0], false];

  if (statement.Effect === 'Deny') {
    const hit = statement.NotPrincipal ? !everyone && names.includes(false) : everyone || names.includes(true);
    return hit ? ['deny'] : [];
  }
  if (statement.NotPrincipal) return everyone || names.includes(true) ? [] : ['wide'];
  return [
    ...(itself || (everyone && isAboutPrincipalArn(statement)) ? (['itself'] as const) : []),
    ...(role || everyone ? (['wide'] as const) : []),
    ...(account && caller.kind !== 'root' && caller.kind !== 'aws-service' ? (['account'] as const) : []),
  ];
}

/** Whether a condition of the statement admits only callers whose ARN it names, with or without wildcards. */
function isAboutPrincipalArn(statement: Json): boolean {
  return Object.entries(statement.Condition ?? {}).some(
    ([operator, keys]) =>
      /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(operator) &&
      Object.keys(keys as Json).some((key) => key.toLowerCase() === 'aws:principalarn'),
  );
}

function granteeNaming({ grantee }: SlowGrant, caller: SlowRequest['caller']): Naming | 'none' {
  if (grantee === caller.arn) return 'itself';
  if (caller.kind === 'aws-service') return 'none';
  if (caller.kind === 'user' && grantee === caller.principalId) return 'itself';
  if (caller.kind === 'assumed-role' && (grantee === caller.roleArn || grantee === caller.roleId)) return 'wide';
  return grantee === `arn:aws:iam::${caller.accountId}:root` ? 'account' : 'none';
}

function permits({ operations, subset, equals }: SlowGrant, { action, encryptionContext }: SlowRequest): boolean {
  const operation = action.slice('kms:'.length);
  if (!operations.includes(operation) || operation === 'PutKeyPolicy') return false;
  if (['DescribeKey', 'RetireGrant', 'CreateGrant'].includes(operation)) return true;
  const pairs = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).map(([name, value]) => `${name.toLowerCase()}=${value}`);
  const has = pairs(encryptionContext);
  if (subset && !pairs(subset).every((pair) => has.includes(pair))) return false;
  return (
    !equals || (pairs(equals).every((pair) => has.includes(pair)) && has.every((pair) => pairs(equals).includes(pair)))
  );
}

function matchesRequest(statement: Json, request: SlowRequest, variables: boolean, ofKey: boolean): boolean {
  if (ofKey && statement.Effect === 'Allow' && request.action === 'kms:RetireGrant') return false;
  const actions = list(statement.Action ?? statement.NotAction);
  const resources = list(statement.Resource ?? statement.NotResource).map((one) => (ofKey ? one : completed(one)));
  if (actions.length === 0 || resources.length === 0) return false;
  const visible = Object.fromEntries(
    Object.entries(request.conditions).filter(
      ([name]) => !ofKey || (name !== 'kms:resourcealiases' && !name.startsWith('aws:resourcetag/')),
    ),
  );
  const action = actions.some((one) => glob(one.toLowerCase()).test(request.action.toLowerCase()));
  const resource = resources.some((one) => variableGlob(one, visible, variables)?.test(request.keyArn) ?? false);
  if (action === (statement.NotAction !== undefined)) return false;
  if (resource === (statement.NotResource !== undefined)) return false;
  const denies = statement.Effect === 'Deny';
  if (statement.NotResource !== undefined && !denies && variables && standsForList(resources, visible)) return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys as Json).every(([key, values]) =>
      holds({ operator, wanted: list(values).map(String), denies, variables }, visible[key.toLowerCase()], visible),
    ),
  );
}

/** An ARN of an identity policy with every missing part as `*`. */
function completed(arn: string): string {
  if (arn === '*') return arn;
  const colons = [...arn.replace(/\$\{.*?\}/g, '')].filter((character) => character === ':').length;
  return colons < 5 ? `${arn}${':*'.repeat(5 - colons)}` : arn;
}

/** Whether a variable in one of the texts names a key that has a list. */
function standsForList(texts: readonly string[], values: SlowRequest['conditions']): boolean {
  const names = texts.flatMap((text) => [...text.matchAll(/\$\{([^{},]*)[^{}]*\}/g)].map(([, name = '']) => name));
  return names.some((name) => {
    const value = values[name.trim().toLowerCase()];
    return Array.isArray(value) && value.length > 0;
  });
}

const glob = (text: string) =>
  new RegExp(
    `^${text
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '[^]*')
      .replace(/\?/g, '[^]')}$`,
    'u',
  );

/** A pattern with wildcards and variables as a regular expression; undefined when a variable has no value. */
function variableGlob(text: string, values: SlowRequest['conditions'], variables: boolean): RegExp | undefined {
  const quote = (literal: string) => literal.replace(/[.+^${}()|[\]\\*?]/g, '\\$&');
  let source = '';
  for (const piece of variables ? text.split(/(\$\{[^{}]*\})/) : [text]) {
    if (!variables || !piece.startsWith('${')) {
      source += [...piece].map((c) => (c === '*' ? '[^]*' : c === '?' ? '[^]' : quote(c))).join('');
    } else {
      const literal = substitute(piece, values);
      if (literal === undefined) return undefined;
      source += quote(literal);
    }
  }
  return new RegExp(`^${source}$`);
}

function substitute(variable: string, values: SlowRequest['conditions']): string | undefined {
  const body = variable.slice(2, -1);
  if (['*', '?', '$'].includes(body)) return body;
  const [name = '', fallback] = body.split(',').map((part) => part.trim());
  const value = values[name.toLowerCase()];
  if (typeof value === 'string') return value;
  if (value !== undefined && value.length > 0) return undefined;
  return fallback?.replace(/^'|'$/g, '');
}

interface SlowCondition {
  readonly operator: string;
  readonly wanted: readonly string[];
  /** Whether it is in a Deny: where the guide is silent, the condition denies. */
  readonly denies: boolean;
  readonly variables: boolean;
}

function holds(
  { operator, wanted, denies, variables }: SlowCondition,
  given: string | readonly string[] | undefined,
  values: SlowRequest['conditions'],
): boolean {
  const has = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  if (operator === 'Null') return wanted.includes(has.length === 0 ? 'true' : 'false');
  const ifExists = operator.endsWith('IfExists');
  const [prefix, name] = operator.includes(':') ? operator.split(':') : ['', operator];
  const base = (name ?? '').replace(/IfExists$/, '');
  const negated = base.includes('Not');
  const positive = base.replace('Not', '');
  if (has.length === 0) {
    if (prefix === 'ForAllValues') return true;
    if (prefix === 'ForAnyValue') return ifExists && denies;
    return ifExists || negated;
  }
  if (negated && !denies && variables && standsForList(wanted, values)) return false;
  const answers = has.map((value) => {
    if (!isReadable(positive, value)) return negated && denies;
    return wanted.some((one) => fits(positive, one, value, values, variables)) !== negated;
  });
  if (prefix === 'ForAllValues') return !answers.includes(false);
  if (prefix === 'ForAnyValue' || typeof given === 'string') return answers.includes(true);
  // A list needs a set operator.
  return denies && (negated || answers.includes(true));
}

/** Whether a value is of the operator's type. */
function isReadable(operator: string, value: string): boolean {
  if (operator.startsWith('Numeric')) return /^-?\d+(\.\d+)?$/.test(value);
  if (operator.startsWith('Date')) return !Number.isNaN(moment(value));
  if (operator.startsWith('Arn')) return value.split(':').length >= 6;
  if (operator === 'Bool') return ['true', 'false'].includes(value.toLowerCase());
  return operator !== 'IpAddress' || address(value) !== undefined;
}

function fits(
  operator: string,
  wanted: string,
  given: string,
  values: SlowRequest['conditions'],
  variables: boolean,
): boolean {
  const plain = () => {
    if (!variables) return wanted;
    let missing = false;
    const text = wanted.replace(/\$\{[^{}]*\}/g, (variable) => {
      const value = substitute(variable, values);
      missing ||= value === undefined;
      return value ?? '';
    });
    return missing ? undefined : text;
  };
  switch (operator) {
    case 'StringEquals':
      return plain() === given;
    case 'StringEqualsIgnoreCase':
      return plain()?.toLowerCase() === given.toLowerCase();
    case 'StringLike':
      return variableGlob(wanted, values, variables)?.test(given) ?? false;
    case 'ArnLike': {
      const wantedParts = wanted.split(':');
      const givenParts = given.split(':');
      if (wanted === '*') return givenParts[0] === 'arn';
      return (
        wantedParts.length === 6 &&
        givenParts.length === 6 &&
        wantedParts.every((part, i) => glob(part).test(givenParts[i] ?? ''))
      );
    }
    case 'ArnEquals':
      return fits('ArnLike', wanted, given, values, variables);
    case 'NumericEquals':
    case 'NumericLessThan':
    case 'NumericLessThanEquals':
    case 'NumericGreaterThan':
    case 'NumericGreaterThanEquals':
      return compares(operator.slice('Numeric'.length), Number(given), Number(wanted));
    case 'DateEquals':
    case 'DateLessThan':
    case 'DateLessThanEquals':
    case 'DateGreaterThan':
    case 'DateGreaterThanEquals':
      return compares(operator.slice('Date'.length), moment(given), moment(wanted));
    case 'Bool':
      return given.toLowerCase() === wanted.toLowerCase();
    case 'BinaryEquals':
      return Buffer.from(given, 'base64').equals(Buffer.from(wanted, 'base64'));
    case 'IpAddress':
      return isInBlock(address(given), wanted);
    default:
      throw new Error(`the simple evaluator does not support ${operator}`);
  }
}

/** NaN, a side that is not a number, makes every comparison false. */
function compares(how: string, given: number, wanted: number): boolean {
  if (how === 'Equals') return given === wanted;
  if (how === 'LessThan') return given < wanted;
  if (how === 'LessThanEquals') return given <= wanted;
  return how === 'GreaterThan' ? given > wanted : given >= wanted;
}

const moment = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

interface SlowAddress {
  readonly bits: 32 | 128;
  readonly number: bigint;
}

function address(text: string): SlowAddress | undefined {
  const raw = rawAddress(text);
  return raw && isMapped(raw) ? { bits: 32, number: raw.number & 0xffff_ffffn } : raw;
}

const isMapped = ({ bits, number }: SlowAddress) => bits === 128 && number >> 32n === 0xffffn;

function rawAddress(text: string): SlowAddress | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    return { bits: 32, number: text.split('.').reduce((number, byte) => number * 256n + BigInt(byte), 0n) };
  }
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  // The URL standard's own parser: lower case, the longest run of zeros as ::, no dots.
  const [head = '', tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const digits = [...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('');
  return { bits: 128, number: BigInt(`0x${digits}`) };
}

/** A block of IPv4-mapped addresses is a block of IPv4 addresses. */
function isInBlock(given: SlowAddress | undefined, block: string): boolean {
  const [text = '', length] = block.split('/');
  const raw = rawAddress(text);
  if (!given || !raw) return false;
  const prefix = length === undefined ? raw.bits : Number(length);
  const network = prefix >= 96 ? (address(text) as SlowAddress) : raw;
  if (given.bits !== network.bits) return false;
  const rest = BigInt(raw.bits - prefix);
  return given.number >> rest === network.number >> rest;
}
