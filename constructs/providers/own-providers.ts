/**
 * Which providers of a stack are Keystead's. Terraform chooses a provider by the prefix of a resource's type where none is
 * named, and for `aws_` that is AWS's own: so each binding makes sure that its provider is ours.
 */
import type { IConstruct } from 'constructs';
import {
  Aspects,
  type TerraformDataSource,
  TerraformElement,
  TerraformProvider,
  type TerraformResource,
  TerraformStack,
} from '../cdk.ts';

const ownSource = /(^|\/)keystead\/aws$/;
const marked = new WeakSet<TerraformProvider>();

/** For a provider whose source address does not say that it is ours. */
export function markAsOwn(provider: TerraformProvider): void {
  marked.add(provider);
}

export function isOwnProvider(provider: TerraformProvider): boolean {
  return marked.has(provider) || ownSource.test(sourceOf(provider));
}

/** The address that Terraform will read: a stack can override the provider's. */
function sourceOf(provider: TerraformProvider): string {
  const { terraform } = Reflect.get(TerraformStack.of(provider), 'rawOverrides') ?? {};
  return (
    terraform?.required_providers?.[provider.terraformResourceType]?.source ?? provider.terraformProviderSource ?? ''
  );
}

/** Every provider of a stack, in the order of their declaration. */
export function providersIn(stack: TerraformStack): TerraformProvider[] {
  return stack.node
    .findAll()
    .filter((node) => TerraformProvider.isTerraformProvider(node))
    .filter((provider) => TerraformStack.of(provider) === stack);
}

export function ownProvidersIn(stack: TerraformStack): TerraformProvider[] {
  return providersIn(stack).filter(isOwnProvider);
}

/** Found once for each stack: a stack of thousands of keys is not searched for every one of them. */
const defaults = new WeakMap<TerraformStack, TerraformProvider>();

/** The stack's only provider of ours, or the only one without an alias; undefined: there is none, or no single one. */
export function defaultProviderIn(stack: TerraformStack): TerraformProvider | undefined {
  const known = defaults.get(stack);
  if (known !== undefined) return known;
  const providers = ownProvidersIn(stack);
  const unnamed = providers.filter((provider) => provider.alias === undefined);
  const candidates = unnamed.length > 0 ? unnamed : providers;
  const [only] = candidates;
  if (only === undefined || candidates.length > 1) return undefined;
  defaults.set(stack, only);
  return only;
}

type Binding = TerraformResource | TerraformDataSource;

const bindings = new WeakSet<IConstruct>();
const served = new WeakSet<TerraformStack>();

/**
 * Called by every binding of ours. At synth a binding that names no provider gets the stack's default one, and one that
 * is left with none, or with another vendor's, is refused.
 */
export function requireOwnProvider(binding: Binding): void {
  bindings.add(binding);
  binding.node.addValidation({ validate: () => findings(binding) });
  const stack = TerraformStack.of(binding);
  if (served.has(stack)) return;
  served.add(stack);
  // Of the stack, and so before the aspects by which constructs choose a provider of their own.
  Aspects.of(stack).add({ visit: giveDefault });
}

function giveDefault(node: IConstruct): void {
  if (!TerraformElement.isTerraformElement(node) || !bindings.has(node)) return;
  const binding = node as Binding;
  if (binding.provider === undefined) Object.assign(binding, { provider: defaultProviderIn(TerraformStack.of(node)) });
}

function findings(binding: Binding): string[] {
  const { provider } = binding;
  const stack = TerraformStack.of(binding);
  const sent = `and everything that is declared here would be sent there`;
  if (provider === undefined) {
    const { length } = ownProvidersIn(stack);
    return length > 0
      ? [
          `${binding.terraformResourceType} names no provider, and the stack "${stack.node.id}" has ${length} of Keystead ` +
            'and no single default among them. Pass `provider`, or give every provider but one an alias.',
        ]
      : [
          `${binding.terraformResourceType} has no provider of Keystead: Terraform would choose one by the type's prefix, ` +
            `${sent}. Add \`new KeysteadProvider(stack, "keystead", { endpoint, region })\` to the stack ` +
            `"${stack.node.id}".`,
        ];
  }
  if (isOwnProvider(provider)) return [];
  return [
    `${binding.terraformResourceType} is a binding of Keystead, and its provider ${provider.node.path} is ` +
      `${sourceOf(provider) || 'of another source'}: ${sent}. Pass a KeysteadProvider as \`provider\`, or move the whole ` +
      'app with `useKeystead`.',
  ];
}
