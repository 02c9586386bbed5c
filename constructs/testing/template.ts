/**
 * Assertions about what a stack writes for Terraform, for any test runner: a failed one throws an Error that shows the
 * closest candidate.
 */
import { App, TerraformStack, Testing } from '../cdk.ts';
import { type Arguments, type Candidate, type Configuration, candidatesOf, namesOf, withPaths } from './candidates.ts';
import { differences } from './match.ts';
import { failedCount, noMatch } from './messages.ts';
import { normalizedStatement, statementsOf } from './policy-statements.ts';
import { resolvedExpectation } from './references.ts';

/** A key, as far as the template needs it to find its resource. */
export interface KeyReference {
  readonly keyArn: string;
}

const keyTypes = ['aws_kms_key', 'aws_kms_external_key', 'aws_kms_replica_key', 'aws_kms_replica_external_key'];

/**
 * What a stack declares. Expected arguments are named as in Terraform (`deletion_window_in_days`) or as the props of the
 * constructs (`pendingWindowInDays`), can be references (`key.keyArn`) and matchers of jest, of vitest or of `Match`.
 * Objects can have more members than expected.
 * @example KeysteadTemplate.fromStack(stack).hasKey({ enableKeyRotation: true })
 */
export class KeysteadTemplate {
  readonly #stack: TerraformStack;
  readonly #configuration: Configuration;

  private constructor(stack: TerraformStack) {
    this.#stack = stack;
    for (const one of stacksBeside(stack)) one.prepareStack();
    this.#configuration = JSON.parse(Testing.synth(stack, true));
  }

  /**
   * Synthesizes the stack, with every check of `app.synth()`.
   * @throws Error when a check refuses the stack
   */
  static fromStack(stack: TerraformStack): KeysteadTemplate {
    return new KeysteadTemplate(stack);
  }

  /** The whole of `cdk.tf.json`, to look at or to compare with a snapshot. */
  toJson(): Record<string, unknown> {
    return structuredClone(this.#configuration) as Record<string, unknown>;
  }

  /** Some `aws_kms_key` has these arguments. */
  hasKey(expected: Arguments = {}): void {
    this.#has(['aws_kms_key'], expected);
  }

  /** Some key with imported key material has these arguments. */
  hasExternalKey(expected: Arguments = {}): void {
    this.#has(['aws_kms_external_key'], expected);
  }

  /** Some replica, with imported key material or without, has these arguments. */
  hasReplica(expected: Arguments = {}): void {
    this.#has(['aws_kms_replica_key', 'aws_kms_replica_external_key'], expected);
  }

  /**
   * Some alias has this name, or these arguments.
   * @example template.hasAlias('orders')
   */
  hasAlias(expected: string | Arguments = {}): void {
    const name = typeof expected === 'string' ? { name: `alias/${expected.replace(/^alias\//, '')}` } : expected;
    this.#has(['aws_kms_alias'], name);
  }

  /**
   * Some grant has these arguments.
   * @example template.hasGrant({ keyId: key.keyId, operations: Match.arrayWith(['Decrypt']) })
   */
  hasGrant(expected: Arguments = {}): void {
    this.#has(['aws_kms_grant'], expected);
  }

  /** Some custom key store has these arguments. */
  hasCustomKeyStore(expected: Arguments = {}): void {
    this.#has(['aws_kms_custom_key_store'], expected);
  }

  /**
   * Some key policy has a statement with these members, named as in policies. One text and a list of it are the same,
   * and the order of a list does not matter.
   * @param key only the policy of this key
   * @example template.hasKeyPolicyStatement({ Principal: { AWS: bob }, Action: 'kms:Decrypt' }, key)
   */
  hasKeyPolicyStatement(expected: Arguments, key?: KeyReference): void {
    const wanted = normalizedStatement(this.#resolved(expected));
    const candidates = this.#policyStatements(key);
    if (candidates.some(({ found }) => differences(wanted, found).length === 0)) return;
    throw new Error(noMatch('key policy statement', wanted, candidates, this.#configuration));
  }

  /** Some resource of this type has these arguments. */
  hasResource(type: string, expected: Arguments = {}): void {
    this.#has([type], expected);
  }

  /** Some data source of this type has these arguments. */
  hasDataSource(type: string, expected: Arguments = {}): void {
    const wanted = this.#wanted([type], expected);
    const candidates = candidatesOf(this.#configuration.data, [type]);
    if (candidates.some(({ found }) => differences(wanted, found).length === 0)) return;
    throw new Error(noMatch(`data source ${type}`, wanted, candidates, this.#configuration));
  }

  /** The output of this name has this value. */
  hasOutput(name: string, value: unknown): void {
    const wanted = this.#resolved({ value });
    const found = this.#configuration.output?.[name];
    if (found !== undefined && differences(wanted, found).length === 0) return;
    const candidates = Object.entries(this.#configuration.output ?? {}).map(([address, output]) => ({
      address,
      path: undefined,
      found: output,
    }));
    const named = candidates.filter(({ address }) => address === name);
    throw new Error(noMatch(`output ${name}`, wanted, named, this.#configuration));
  }

  /** Every resource of this type has these arguments. */
  allResources(type: string, expected: Arguments): void {
    const wanted = this.#wanted([type], expected);
    const others = this.#candidates([type]).filter(({ found }) => differences(wanted, found).length > 0);
    if (others.length > 0) throw new Error(noMatch(type, wanted, others, this.#configuration));
  }

  /** There are so many resources of this type. */
  resourceCountIs(type: string, count: number): void {
    const candidates = this.#candidates([type]);
    if (candidates.length !== count) throw new Error(failedCount(type, count, candidates));
  }

  /** There are so many resources of this type with these arguments. */
  resourcePropertiesCountIs(type: string, expected: Arguments, count: number): void {
    const matching = this.#matching([type], expected);
    if (matching.length !== count) throw new Error(failedCount(`${type} with these arguments`, count, matching));
  }

  /** The resources of this type with these arguments, by their names in Terraform. */
  findResources(type: string, expected: Arguments = {}): Record<string, Record<string, unknown>> {
    return Object.fromEntries(this.#matching([type], expected).map(({ address, found }) => [address, found]));
  }

  #has(types: readonly string[], expected: Arguments): void {
    if (this.#matching(types, expected).length > 0) return;
    const wanted = this.#wanted(types, expected);
    throw new Error(noMatch(types.join(' or '), wanted, this.#candidates(types), this.#configuration));
  }

  #matching(types: readonly string[], expected: Arguments): Candidate[] {
    const wanted = this.#wanted(types, expected);
    return this.#candidates(types).filter(({ found }) => differences(wanted, found).length === 0);
  }

  #candidates(types: readonly string[]): Candidate[] {
    return withPaths(this.#stack, candidatesOf(this.#configuration.resource, types));
  }

  #wanted(types: readonly string[], expected: Arguments): Arguments {
    return namesOf(types, this.#resolved(expected));
  }

  #resolved(expected: Arguments): Arguments {
    return resolvedExpectation(this.#stack, expected) as Arguments;
  }

  #policyStatements(key: KeyReference | undefined): Candidate[] {
    const reference = key === undefined ? undefined : String(resolvedExpectation(this.#stack, key.keyArn));
    return this.#candidates([...keyTypes, 'aws_kms_key_policy'])
      .filter(({ address }) => reference === undefined || reference.includes(`.${address}.`))
      .flatMap(statementsOf);
  }
}

/** References between stacks become outputs of the one and inputs of the other before either is written. */
function stacksBeside(stack: TerraformStack): TerraformStack[] {
  const { root } = stack.node;
  return App.isApp(root) ? root.node.findAll().filter((node) => TerraformStack.isStack(node)) : [stack];
}
