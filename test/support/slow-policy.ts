/**
 * A second reading of key policies, written for plainness and not for speed, to judge the compiled evaluator by: it
 * walks the JSON document for each request and knows nothing of the code under test. Wildcards become regular
 * expressions. It covers the string, numeric, boolean and ARN operators that the random policies use.
 */
export interface SlowRequest {
  readonly caller: { readonly kind: 'root' | 'user'; readonly accountId: string; readonly arn: string };
  readonly action: string;
  readonly keyArn: string;
  readonly keyAccountId: string;
  readonly conditions: Readonly<Record<string, string | readonly string[]>>;
  readonly crossAccount: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the document is read as the text has it
type Json = any;

const list = (value: Json): Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

export function slowAllows(text: string, request: SlowRequest): boolean {
  const document = JSON.parse(text);
  const variables = document.Version === '2012-10-17';
  const { caller } = request;
  let byName = false;
  let byAccount = false;
  for (const statement of list(document.Statement)) {
    const elsewhere = speaks(statement, request, variables);
    if (!elsewhere) continue;
    const { self, account, everyone } = listed(statement.Principal ?? statement.NotPrincipal, caller);
    if (statement.Effect === 'Deny') {
      const hit = statement.NotPrincipal ? !everyone && !(self && account) : everyone || self || account;
      if (hit) return false;
    } else if (statement.NotPrincipal) {
      if (!everyone && !self && !account) byName = true;
    } else if (everyone || self) {
      byName = true;
    } else if (account) {
      byAccount = true;
    }
  }
  const rootOnly = caller.kind === 'root';
  if (caller.accountId === request.keyAccountId) return byName || (byAccount && rootOnly);
  return request.crossAccount && (byName || byAccount) && rootOnly;
}

function listed(principal: Json, caller: SlowRequest['caller']) {
  const names: string[] = principal === '*' ? ['*'] : list(principal.AWS);
  const account = names.some((name) => name === caller.accountId || name === `arn:aws:iam::${caller.accountId}:root`);
  const self = caller.kind === 'root' ? account : names.includes(caller.arn);
  return { self, account, everyone: names.includes('*') };
}

function speaks(statement: Json, request: SlowRequest, variables: boolean): boolean {
  if (statement.Effect === 'Allow' && request.action === 'kms:RetireGrant') return false;
  const actions = list(statement.Action ?? statement.NotAction);
  const resources = list(statement.Resource ?? statement.NotResource);
  if (actions.length === 0 || resources.length === 0) return false;
  const visible = Object.fromEntries(
    Object.entries(request.conditions).filter(
      ([name]) => name !== 'kms:resourcealiases' && !name.startsWith('aws:resourcetag/'),
    ),
  );
  const action = actions.some((one) => glob(one.toLowerCase()).test(request.action.toLowerCase()));
  const resource = resources.some((one) => variableGlob(one, visible, variables)?.test(request.keyArn) ?? false);
  if (action === (statement.NotAction !== undefined)) return false;
  if (resource === (statement.NotResource !== undefined)) return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys as Json).every(([key, values]) =>
      holds(operator, visible[key.toLowerCase()], list(values).map(String), visible, variables),
    ),
  );
}

const glob = (text: string) =>
  new RegExp(
    `^${text
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '[^]*')
      .replace(/\?/g, '[^]')}$`,
    'u',
  );

/** Wildcards and variables together: each piece of the text becomes a piece of the expression. */
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
  if (Array.isArray(value) && value.length === 1) return value[0];
  return fallback?.replace(/^'|'$/g, '');
}

function holds(
  operator: string,
  given: string | readonly string[] | undefined,
  wanted: readonly string[],
  values: SlowRequest['conditions'],
  variables: boolean,
): boolean {
  const has = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  if (operator === 'Null') return wanted.includes(has.length === 0 ? 'true' : 'false');
  const ifExists = operator.endsWith('IfExists');
  const [prefix, name] = operator.includes(':') ? operator.split(':') : ['', operator];
  const base = (name ?? '').replace(/IfExists$/, '');
  const negated = base.includes('Not');
  const positive = base.replace('Not', '');
  if (has.length === 0) {
    if (ifExists || prefix === 'ForAllValues') return true;
    return prefix === '' && negated;
  }
  const matches = (value: string) => wanted.some((one) => fits(positive, one, value, values, variables));
  const answers = has.map((value) => (negated ? !matches(value) : matches(value)));
  if (prefix === 'ForAllValues') return !answers.includes(false);
  if (prefix === 'ForAnyValue') return answers.includes(true);
  return negated ? !answers.includes(false) : answers.includes(true);
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
      return (
        wantedParts.length === 6 &&
        givenParts.length === 6 &&
        wantedParts.every((part, i) => glob(part).test(givenParts[i] ?? ''))
      );
    }
    case 'NumericEquals':
      return !Number.isNaN(Number(given)) && Number(given) === Number(wanted);
    case 'NumericLessThan':
      return Number(given) < Number(wanted);
    case 'Bool':
      return given.toLowerCase() === wanted.toLowerCase();
    default:
      throw new Error(`the plain evaluator does not know ${operator}`);
  }
}
