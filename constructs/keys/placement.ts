/**
 * Where something is asked for that belongs to a key: an alias, a grant, a policy, a replica. It goes through a provider of
 * its own stack, because a stack has no other; and to the key's Region, which that provider need not be in.
 */
import { parseKeyReference } from '@keystead/provider-schema/arn.ts';
import type { IConstruct } from 'constructs';
import { Lazy, type TerraformElement, TerraformProvider, TerraformStack, Token } from '../cdk.ts';
import { defaultProviderIn } from '../providers/own-providers.ts';
import { accountOf, regionOf } from '../stacks/accounts.ts';
import { KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { type IKey, keyBehind } from './interfaces.ts';

/** The provider that was named, else the key's own where it is in the same stack, else the stack's default. */
export function providerBeside(at: IConstruct, key: IKey, named: TerraformProvider | undefined): TerraformProvider {
  return named ?? ownProviderAt(at, key) ?? KeysteadProvider.of(at);
}

/** The provider that was named for the key, where `at` can use it too. */
export function ownProviderAt(at: IConstruct, { provider }: IKey): TerraformProvider | undefined {
  return provider !== undefined && TerraformStack.of(provider) === TerraformStack.of(at) ? provider : undefined;
}

/**
 * The same for what AWS KMS has in the key's own account only.
 * @param rule why: `an alias names a key of its own account`
 * @throws Error when both accounts are known, and differ
 */
export function providerInAccountOf(
  at: IConstruct,
  key: IKey,
  named: TerraformProvider | undefined,
  rule: string,
): TerraformProvider {
  const provider = providerBeside(at, key, named);
  const [theirs, own] = [accountOfKey(key), accountOf(provider)];
  if (theirs === undefined || own === undefined || theirs === own) return provider;
  return refuse(
    at,
    `The key ${key.node.path} is in account ${theirs}, and the provider ${provider.node.path} is for account ${own}: ${rule}.`,
    `Declare it in a stack of account ${theirs}, or pass a provider for that account as \`provider\`.`,
  );
}

/** The argument `region` of what belongs to the key; undefined: it shares the key's provider, and so its Region. */
export function regionBeside(at: IConstruct, key: IKey, named: TerraformProvider | undefined): string | undefined {
  if (key.region !== undefined) return key.region;
  if (!isElsewhere(at, key, named)) return undefined;
  // One reference for all stages of synthesis: the CDK remembers in it that it leads to another stack.
  const attribute = regionAttribute(key);
  return Lazy.stringValue({ produce: () => regionFor(at, key, named, attribute) });
}

/**
 * Writes the Region down once the providers are known, so that what looks at the resource before it is written sees it.
 * @param resource whose `region` is what `regionBeside` gave
 */
export function settleRegion(
  resource: { region: string; resetRegion(): void },
  at: IConstruct,
  key: IKey,
  named: TerraformProvider | undefined,
): void {
  if (key.region !== undefined || !isElsewhere(at, key, named)) return;
  const region = regionFor(at, key, named, byReference);
  if (region === undefined) resource.resetRegion();
  else if (region !== byReference) resource.region = region;
}

const byReference = '';

/** Can the key's provider be another than that of what belongs to it? Then a bare id can mean another key, or none. */
export function isElsewhere(at: IConstruct, key: IKey, named: TerraformProvider | undefined): boolean {
  return TerraformStack.of(keyBehind(key)) !== TerraformStack.of(at) || (named !== undefined && named !== key.provider);
}

/** Called while the stacks are prepared too, when an aspect can still add a provider: so it never refuses. */
function regionFor(
  at: IConstruct,
  key: IKey,
  named: TerraformProvider | undefined,
  attribute: string | undefined,
): string | undefined {
  const own = named ?? ownProviderAt(at, key) ?? defaultProviderIn(TerraformStack.of(at));
  const theirs = providerOf(key);
  if (own !== undefined && own === theirs) return undefined;
  const region = regionOf(theirs);
  if (region === undefined) return attribute;
  return region === regionOf(own) ? undefined : region;
}

/** The Region of a key as far as this program knows it. */
export function knownRegionOf(key: IKey): string | undefined {
  if (key.region !== undefined) return Token.isUnresolved(key.region) ? undefined : key.region;
  return regionOf(providerOf(key));
}

function accountOfKey(key: IKey): string | undefined {
  const { keyArn } = keyBehind(key);
  const reference = Token.isUnresolved(keyArn) ? undefined : parseKeyReference(keyArn);
  return reference?.form === 'key-arn' ? reference.accountId : accountOf(providerOf(key));
}

function providerOf(key: IKey): TerraformProvider | undefined {
  const behind = keyBehind(key);
  return behind.provider ?? defaultProviderIn(TerraformStack.of(behind));
}

type Regional = TerraformElement & { readonly region: string };

/** As Terraform knows it: of the resource that declares the key, or of the data source that finds it. */
function regionAttribute(key: IKey): string | undefined {
  const { node } = keyBehind(key);
  const found = [node.tryFindChild('Resource'), node.tryFindChild('Lookup'), node.scope].find(isRegional);
  return found?.region;
}

const isRegional = (node: IConstruct | undefined): node is Regional =>
  node !== undefined && 'regionInput' in node && !TerraformProvider.isTerraformProvider(node);
