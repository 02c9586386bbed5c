/**
 * A managed policy, which users, groups and roles can have.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
import { limits } from '@keystead/provider-schema/limits.ts';
import { Construct } from 'constructs';
import { Lazy, type TerraformProvider } from '../cdk.ts';
import { IamPolicy } from '../generated/iam-policy.ts';
import { PolicyDocument, type PolicyStatement } from '../policies/policy-document.ts';
import { knownSizeInBytes } from '../policies/policy-text.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IManagedPolicy } from './interfaces.ts';
import { nameOf } from './names.ts';

export interface ManagedPolicyProps {
  /**
   * Another name is another policy.
   * @default - the ids on the construct's path
   * @example 'decrypt-orders'
   */
  readonly policyName?: string | undefined;
  /**
   * Path in the ARN, which begins and ends with a slash. Another path is another policy.
   * @default '/'
   * @example '/shop/'
   */
  readonly path?: string | undefined;
  /**
   * Another description is another policy.
   * @default - none
   * @example 'Decrypts orders'
   */
  readonly description?: string | undefined;
  /**
   * The statements of the policy, in their order.
   * @default - none; add them with `addStatement`
   * @example [{ actions: ['kms:Decrypt'], resources: [key.keyArn] }]
   */
  readonly statements?: PolicyStatement[] | undefined;
  /**
   * Tags of it, up to 50.
   * @default - the provider's default tags
   * @example { Department: 'sales' }
   */
  readonly tags?: Record<string, string> | undefined;
  /**
   * The provider that serves it.
   * @default - the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider | undefined;
}

export class ManagedPolicy extends KeysteadConstruct implements IManagedPolicy {
  readonly policyArn: string;
  readonly policyName: string;
  readonly #document = new PolicyDocument();

  constructor(scope: Construct, id: string, props: ManagedPolicyProps = {}) {
    super(scope, id);
    for (const statement of props.statements ?? []) this.addStatement(statement);
    const resource = new IamPolicy(this, 'Resource', {
      name: nameOf(this, props.policyName, 128),
      path: props.path,
      description: props.description,
      policy: Lazy.stringValue({ produce: () => this.#document.toJson() }),
      tags: props.tags,
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.policyArn = resource.arn;
    this.policyName = resource.name;
    this.node.addValidation({ validate: () => this.#findings() });
  }

  /** A managed policy that is declared elsewhere, by its ARN. */
  static fromArn(scope: Construct, id: string, policyArn: string): IManagedPolicy {
    return new ImportedPolicy(scope, id, policyArn);
  }

  addStatement(statement: PolicyStatement): void {
    try {
      this.#document.addStatement(statement);
    } catch (error) {
      refuse(this, error instanceof Error ? error.message : String(error), '');
    }
  }

  #findings(): string[] {
    if (this.#document.isEmpty) return ['The policy has no statements: add one, or leave it out.'];
    const size = knownSizeInBytes(this.#document.toJson());
    if (size <= limits.managedPolicyInChars) return [];
    return [
      `The policy takes at least ${size} characters; IAM allows ${limits.managedPolicyInChars}. Make two policies of it.`,
    ];
  }
}

class ImportedPolicy extends Construct implements IManagedPolicy {
  readonly policyArn: string;

  constructor(scope: Construct, id: string, policyArn: string) {
    super(scope, id);
    this.policyArn = policyArn;
  }
}
