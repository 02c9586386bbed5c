/** Stacks to try constructs in, and what Terraform would read of them. */
import { KeysteadProvider, type KeysteadProviderProps } from '@keystead/constructs/cdktf';
import { DefaultTokenResolver, StringConcat, TerraformStack, Testing, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';

export type Arguments = Record<string, unknown>;

/** The part of `cdk.tf.json` that tests look at. */
export interface Configuration {
  readonly provider: Record<string, Arguments[]>;
  readonly resource: Record<string, Record<string, Arguments>>;
  readonly data?: Record<string, Record<string, Arguments>>;
  readonly output?: Record<string, Arguments>;
  readonly terraform: { readonly required_providers: Record<string, Arguments> };
}

export const account = '111122223333';
export const alice = `arn:aws:iam::${account}:user/alice`;
export const bob = `arn:aws:iam::${account}:role/bob`;

export function emptyStack(name = 'stack'): TerraformStack {
  return new TerraformStack(Testing.app(), name);
}

/** A stack with a provider bound to `account`. */
export function aStack(provider: KeysteadProviderProps = {}): TerraformStack {
  const stack = emptyStack();
  new KeysteadProvider(stack, 'keystead', { endpoint: 'http://127.0.0.1:8600', account, ...provider });
  return stack;
}

/** Synthesizes with every validation, as `app.synth()` does. */
export function synthesize(stack: TerraformStack): Configuration {
  return JSON.parse(Testing.synth(stack, true));
}

/** What Terraform reads in the place of a reference. */
export function resolved(scope: IConstruct, value: string): string {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: false });
}

/** All resources of a type, in the order of their addresses. */
export function resources(configuration: Configuration, type: string): Arguments[] {
  return Object.values(configuration.resource[type] ?? {});
}

/** The only resource of a type. */
export function theResource(configuration: Configuration, type: string): Arguments {
  const found = resources(configuration, type);
  const [only] = found;
  if (only === undefined || found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
  return only;
}

export interface Policy {
  readonly Version: string;
  readonly Statement: Record<string, unknown>[];
}

/** The `policy` argument of the only resource of a type. */
export function thePolicy(configuration: Configuration, type = 'aws_kms_key'): Policy {
  return JSON.parse(String(theResource(configuration, type).policy));
}
