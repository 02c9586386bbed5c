/** Values as Terraform reads them, before the stack is written. */
import { DefaultTokenResolver, StringConcat, type TerraformElement, Tokenization } from '../cdk.ts';

/** The value with lazy parts produced and references as Terraform's text. Call it when everything is declared. */
export function resolvedIn(scope: TerraformElement, value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: false });
}
