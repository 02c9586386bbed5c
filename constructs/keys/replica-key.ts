/**
 * A multi-Region key in one more Region.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-replicate.html
 */
import type { Construct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { KmsReplicaKey } from '../generated/kms-replica-key.ts';
import { AwsProvider } from '../generated/provider.ts';
import type { KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { protectionArguments } from '../stacks/removal.ts';
import type { IReplicablePrimary } from './interfaces.ts';
import { KeyBase } from './key-base.ts';
import { KeyPolicyArgument, type KeyPolicyProps } from './key-policy-argument.ts';
import { type KeySpec, type KeyUsage, pendingWindowFinding } from './key-rules.ts';
import { providerBeside } from './placement.ts';

/**
 * A replica has its own policy, aliases, tags and enabled state; it shares key spec, usage, key material and rotation
 * with its primary. When none of the policy's props is given, it gets the primary's policy, including what `grant…`
 * methods add there.
 */
export interface ReplicaKeyOptions extends KeyPolicyProps {
  /** @default - none; the primary's is not copied */
  readonly description?: string;
  /**
   * A first alias, in the replica's Region.
   * @default - none
   */
  readonly alias?: string;
  /** @default true */
  readonly enabled?: boolean;
  /**
   * Days in which the deletion of the replica can still be cancelled, 7 to 30.
   * @default 30
   */
  readonly pendingWindowInDays?: number;
  /**
   * Protects the replica from deletion, as the prop of `Key` does. Each Region of a key has its own protection.
   * @default true
   */
  readonly removalProtection?: boolean;
  /** @default - the provider's default tags; the primary's are not copied */
  readonly tags?: Record<string, string>;
  /**
   * A provider for the replica's Region.
   * @default - the primary's; its requests for the replica go to `region`
   */
  readonly provider?: TerraformProvider;
}

export interface ReplicaKeyProps extends ReplicaKeyOptions {
  /** A key with `multiRegion: true`. */
  readonly primaryKey: IReplicablePrimary;
  /** Where the replica lives: any Region but the primary's, each once. */
  readonly region: string;
}

export class ReplicaKey extends KeyBase {
  readonly keyArn: string;
  readonly keyId: string;
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  readonly #policy: KeyPolicyArgument;

  constructor(scope: Construct, id: string, props: ReplicaKeyProps) {
    super(scope, id);
    const { primaryKey, region } = props;
    requireReplicable(this, props);
    this.keySpec = primaryKey.keySpec;
    const { keyUsage } = primaryKey._policy;
    this.keyUsage = keyUsage;
    this.region = region;
    this.provider = props.provider ?? primaryKey.provider;
    this.#policy = new KeyPolicyArgument(this, keyUsage, props, primaryKey._policy);
    const resource = this.#declare(props);
    this.keyArn = resource.arn;
    this.keyId = resource.keyId;
    if (props.alias !== undefined) this.addAlias(props.alias);
  }

  addToKeyPolicy(statement: KeyPolicyStatement): void {
    this.#policy.add(statement);
  }

  #declare(props: ReplicaKeyProps): KmsReplicaKey {
    const resource = new KmsReplicaKey(this, 'Resource', {
      primaryKeyArn: props.primaryKey.keyArn,
      region: props.region,
      description: props.description,
      enabled: props.enabled,
      deletionWindowInDays: props.pendingWindowInDays,
      policy: this.#policy.text,
      bypassPolicyLockoutSafetyCheck: props.bypassPolicyLockoutSafetyCheck,
      tags: props.tags,
      ...protectionArguments(this, props.removalProtection),
    });
    this.#policy.validateFor(resource);
    assignProvider(
      resource,
      () => providerBeside(this, props.primaryKey, props.provider),
      (provider) => {
        if (props.provider === undefined) requireOtherRegion(this, props, provider);
        this.#policy.useProvider(provider);
      },
    );
    return resource;
  }
}

function requireReplicable(replica: ReplicaKey, { primaryKey, region, pendingWindowInDays }: ReplicaKeyProps): void {
  if (!primaryKey.multiRegion) {
    refuse(replica, `The key ${primaryKey.node.path} is a single-Region key.`, 'Set multiRegion: true on it.');
  }
  if (region === primaryKey.region) refuseOwnRegion(replica, region);
  const finding = pendingWindowFinding(Token.isUnresolved(pendingWindowInDays) ? undefined : pendingWindowInDays);
  if (finding !== undefined) refuse(replica, ...finding);
}

/** Where the primary has no Region of its own it is in its provider's, which the replica shares here. */
function requireOtherRegion(replica: ReplicaKey, props: ReplicaKeyProps, provider: TerraformProvider): void {
  if (props.primaryKey.region !== undefined || !(provider instanceof AwsProvider)) return;
  if (provider.regionInput === props.region) refuseOwnRegion(replica, props.region);
}

function refuseOwnRegion(replica: ReplicaKey, region: string): never {
  return refuse(replica, `The primary key is in ${region} already.`, 'Name another Region for the replica.');
}
