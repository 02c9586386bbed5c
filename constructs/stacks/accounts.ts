/** Accounts and Regions that are known while a program declares its stacks, before any provider is chosen. */
import type { IConstruct } from 'constructs';
import { type TerraformProvider, TerraformStack, Token } from '../cdk.ts';

/** The accounts of the Keystead providers of each stack; undefined: the account of the credentials. */
const accountsByStack = new WeakMap<TerraformStack, (string | undefined)[]>();

export function rememberAccount(provider: TerraformProvider, account: string | undefined): void {
  const stack = TerraformStack.of(provider);
  accountsByStack.set(stack, [...(accountsByStack.get(stack) ?? []), account]);
}

/**
 * The account of a construct, if every Keystead provider that its stack has so far is for the same one.
 * @param provider the construct's own, if it names one
 */
export function knownAccountOf(at: IConstruct, provider: TerraformProvider | undefined): string | undefined {
  if (provider !== undefined) return known((provider as { account?: string | undefined }).account);
  const accounts = new Set(accountsByStack.get(TerraformStack.of(at)));
  const [only] = accounts;
  return accounts.size === 1 ? known(only) : undefined;
}

const known = (account: string | undefined) => (Token.isUnresolved(account) ? undefined : account);

/** The account that a provider is for; undefined: that of its credentials, or one that Terraform alone knows. */
export function accountOf(provider: TerraformProvider | undefined): string | undefined {
  if (provider === undefined) return undefined;
  const { account, allowedAccountIdsInput: allowed } = provider as {
    account?: string | undefined;
    allowedAccountIdsInput?: readonly string[] | undefined;
  };
  if (account !== undefined) return known(account);
  return allowed?.length === 1 && !Token.isUnresolved(allowed) ? known(allowed[0]) : undefined;
}

/** The Region that a provider names; undefined: that of the environment, or one that Terraform alone knows. */
export function regionOf(provider: TerraformProvider | undefined): string | undefined {
  const { regionInput: region } = (provider ?? {}) as { regionInput?: string | undefined };
  return known(region);
}
