/** Which provider serves something that belongs to a key: an alias, a grant, a policy, a replica. */
import type { IConstruct } from 'constructs';
import { type TerraformProvider, TerraformStack } from '../cdk.ts';
import { KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IKey } from './interfaces.ts';

/** The one that was named, else the key's own, else the stack's default. */
export function providerBeside(at: IConstruct, key: IKey, named: TerraformProvider | undefined): TerraformProvider {
  if (named !== undefined) return named;
  if (key.provider === undefined) return KeysteadProvider.of(at);
  if (TerraformStack.of(key.provider) === TerraformStack.of(at)) return key.provider;
  return refuse(
    at,
    `The key ${key.node.path} has a provider of its own in another stack, which cannot serve this one.`,
    'Pass `provider` with a provider of this stack for the same account and Region.',
  );
}
