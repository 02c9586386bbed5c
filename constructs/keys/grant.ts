/**
 * A grant: allows one principal certain operations with one key.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
import type { GrantOperation } from '@keystead/provider-schema/generated/types.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Construct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { KmsGrant } from '../generated/kms-grant.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { grantPrincipals } from './grant-principals.ts';
import { declaredPolicyOf, type IKey } from './interfaces.ts';
import type { IGrant } from './key-access.ts';
import { actionFits } from './key-rules.ts';
import { isElsewhere, providerBeside, regionBeside } from './placement.ts';

export type { GrantOperation };

export interface GrantProps {
  /**
   * The key that the grant is on.
   * @example new Key(stack, 'orders')
   */
  readonly key: IKey;
  /**
   * The user, role, session or account that can use the key, or its ARN; or a `ServicePrincipal` with the `sourceArn` of
   * the resource that it acts for, which also needs a `retiringPrincipal`.
   * @example 'arn:aws:iam::111122223333:role/shop'
   */
  readonly granteePrincipal: IPrincipal | string;
  /**
   * What the principal is allowed. Checked against the key's spec and usage where this program declares the key.
   * @example ['Encrypt', 'Decrypt']
   */
  readonly operations: GrantOperation[];
  /**
   * Repeating a request with the same name does not make a second grant.
   * @default - none
   * @example 'shop'
   */
  readonly name?: string;
  /**
   * A principal that can retire the grant, or its ARN, or a service.
   * @default - none; the grantee can retire it only when `RetireGrant` is among the operations. A grant to a service needs
   * one
   * @example 'arn:aws:iam::111122223333:role/operations'
   */
  readonly retiringPrincipal?: IPrincipal | string | undefined;
  /**
   * The grant holds only for requests with exactly this encryption context. Symmetric encryption keys only.
   * @default - any encryption context
   * @example { Department: 'finance' }
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html#grant-constraints
   */
  readonly encryptionContextEquals?: Record<string, string> | undefined;
  /**
   * The grant holds only for requests whose encryption context contains these pairs. Symmetric encryption keys only.
   * @default - any encryption context
   * @example { Department: 'finance' }
   */
  readonly encryptionContextSubset?: Record<string, string> | undefined;
  /**
   * Removes the grant by retiring it instead of revoking it.
   * @default false
   * @example true
   */
  readonly retireOnDelete?: boolean;
  /**
   * The provider that serves the grant.
   * @default - the key's, where that is of the same stack, or the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider;
}

export class Grant extends KeysteadConstruct implements IGrant {
  readonly grantId: string;
  /** Makes the grant usable at once, before it is known everywhere. Sensitive. */
  readonly grantToken: string;

  constructor(scope: Construct, id: string, props: GrantProps) {
    super(scope, id);
    requireOperations(this, props);
    requireConstraints(this, props);
    const { sourceArn, ...principals } = grantPrincipals(this, props.granteePrincipal, props.retiringPrincipal);
    const resource = new KmsGrant(this, 'Resource', {
      keyId: keyReference(this, props),
      region: regionBeside(this, props.key, props.provider),
      ...principals,
      operations: [...new Set(props.operations)].sort(),
      name: props.name,
      retireOnDelete: props.retireOnDelete,
      constraints: constraints(props, sourceArn),
    });
    assignProvider(resource, () => providerBeside(this, props.key, props.provider));
    this.grantId = resource.grantId;
    this.grantToken = resource.grantToken;
  }
}

/** An ARN can name another account, which a key id cannot. */
function keyReference(grant: Grant, { key, provider }: GrantProps): string {
  const isHere = declaredPolicyOf(key) !== undefined && !isElsewhere(grant, key, provider);
  return isHere ? key.keyId : key.keyArn;
}

function constraints({ encryptionContextEquals, encryptionContextSubset }: GrantProps, sourceArn: string | undefined) {
  const given = [encryptionContextEquals, encryptionContextSubset, sourceArn].some((one) => one !== undefined);
  return given ? [{ encryptionContextEquals, encryptionContextSubset, sourceArn }] : undefined;
}

function requireOperations(at: Grant, { key, operations }: GrantProps): void {
  if (Token.isUnresolved(operations)) return;
  if (operations.length === 0) refuse(at, 'The grant allows no operation.', 'Name at least one.');
  const { keySpec, keyUsage } = key;
  if (keySpec === undefined || keyUsage === undefined) return;
  const unfit = operations.filter((operation) => !actionFits(`kms:${operation}`, keySpec, keyUsage));
  if (unfit.length === 0) return;
  refuse(
    at,
    `A ${keySpec} key with usage ${keyUsage} does not support ${unfit.join(', ')}.`,
    'Leave these operations out of the grant.',
  );
}

/** API reference, GrantConstraints: one of the two encryption contexts, and only where an encryption context exists. */
function requireConstraints(at: Grant, props: GrantProps): void {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = props;
  if (equals !== undefined && subset !== undefined) {
    refuse(at, 'A grant cannot have both encryption context constraints.', 'Leave one of them out.');
  }
  const context = equals ?? subset;
  if (context === undefined) return;
  const { keySpec } = props.key;
  if (keySpec !== undefined && keySpec !== 'SYMMETRIC_DEFAULT') {
    refuse(at, `Operations of a ${keySpec} key have no encryption context.`, 'Leave the constraint out.');
  }
  if (Token.isUnresolved(context)) return;
  const pairs = Object.entries(context);
  if (pairs.length === 0 || pairs.length > limits.grantConstraintPairs) {
    refuse(at, `The constraint has ${pairs.length} pairs.`, `Give 1 to ${limits.grantConstraintPairs}.`);
  }
  for (const [name, value] of pairs) {
    if (Token.isUnresolved(value) || value.length <= limits.grantConstraintValueLength) continue;
    refuse(
      at,
      `The constraint's value for "${name}" has ${value.length} characters.`,
      `Give at most ${limits.grantConstraintValueLength}.`,
    );
  }
}
