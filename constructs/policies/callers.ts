/** The callers that a key policy can mean: for each that exists, one that it treats the same. */
import type { Principal } from '@keystead/policy/principal.ts';
import { isAccountId, type PrincipalReference, parsePrincipal } from '@keystead/provider-schema/arn.ts';
import { conditionsOf, type Json, textsOf } from './known-policy.ts';

export interface Callers {
  readonly callers: readonly Principal[];
  /** Whether every caller is treated as one of these. */
  readonly isExhaustive: boolean;
}

/** No policy names it. */
const nobody = 'keystead-checks-the-lockout';
const callerKeys: ReadonlySet<string> = new Set(['aws:principalarn', 'aws:username']);

export const root = (accountId: string): Principal => ({
  kind: 'root',
  accountId,
  arn: `arn:aws:iam::${accountId}:root`,
  principalId: accountId,
});

/** A user whom the policy does not name. */
export const somebody = (accountId: string): Principal => user(accountId, `arn:aws:iam::${accountId}:user/${nobody}`);

/** @param accountId account of the key; undefined: it can be any that the policy names */
export function callersOf(statements: readonly Json[], accountId: string | undefined): Callers {
  const references = statements.flatMap(namesIn).flatMap((name) => parsePrincipal(name) ?? []);
  const accounts = accountId === undefined ? accountsIn(statements) : [accountId];
  const conditions = statements.flatMap(conditionsOf).filter(({ key }) => callerKeys.has(key.toLowerCase()));
  const patterns = conditions.filter(({ values }) => textsOf(values).some((text) => /[*?]|\$\{/.test(text)));
  return {
    callers: accounts.flatMap((account) => [
      root(account),
      ...references.flatMap((reference) => named(reference, account)),
      ...conditions.flatMap(({ key, values }) => textsOf(values).flatMap((text) => fitting(key, text, account))),
      somebody(account),
      session(account, `arn:aws:iam::${account}:role/${nobody}`),
    ]),
    // Two patterns can both fit a name that neither of these callers has.
    isExhaustive: patterns.length <= 1,
  };
}

/** In names of principals and in conditions. */
const accountsIn = (statements: readonly Json[]): string[] => [
  ...new Set(['000000000000', ...(JSON.stringify(statements).match(/\b\d{12}\b/g) ?? [])]),
];

const namesIn = ({ Principal: listed, NotPrincipal: spared }: Json): string[] =>
  [listed, spared].flatMap((element) => textsOf((element as { AWS?: unknown } | undefined)?.AWS));

function named(reference: PrincipalReference, account: string): Principal[] {
  if (reference.kind === 'unique-id') {
    const { principalId } = reference;
    const asUser = { ...user(account, `arn:aws:iam::${account}:user/${nobody}`), principalId } as Principal;
    const asRole = { ...session(account, `arn:aws:iam::${account}:role/${nobody}`), roleId: principalId } as Principal;
    return principalId.startsWith('AIDA') ? [asUser] : [asRole];
  }
  if (reference.kind === 'account' || reference.accountId !== account) return [];
  const { kind, arn } = reference;
  if (kind === 'role') return [session(account, arn)];
  if (kind === 'assumed-role') return [sessionByArn(account, arn)];
  return [user(account, arn)];
}

/** Callers who have a value that fits this text, which can have wildcards and variables. */
function fitting(key: string, text: string, account: string): Principal[] {
  const name = text.replaceAll(/\$\{[^}]*\}|[*?]+/g, nobody);
  if (key.toLowerCase() === 'aws:username') return [user(account, `arn:aws:iam::${account}:user/${name}`)];
  const parts = name.split(':');
  const [, , , , inArn = ''] = parts;
  parts[4] = isAccountId(inArn) ? inArn : account;
  const reference = parsePrincipal(parts.join(':'));
  return reference === undefined ? [] : named(reference, account);
}

function user(accountId: string, arn: string): Principal {
  return { kind: 'user', accountId, arn, principalId: '', userName: arn.slice(arn.lastIndexOf('/') + 1) };
}

function session(accountId: string, roleArn: string): Principal {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  return {
    kind: 'assumed-role',
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${nobody}`,
    principalId: `:${nobody}`,
    roleArn,
    roleId: '',
    roleName,
    sessionName: nobody,
  };
}

function sessionByArn(accountId: string, arn: string): Principal {
  const [, roleName = '', sessionName = ''] = arn.split('/');
  const ofRole = session(accountId, `arn:aws:iam::${accountId}:role/${roleName}`);
  return { ...ofRole, arn, principalId: `:${sessionName}`, sessionName } as Principal;
}
