/**
 * A multi-Region key in one more Region.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-replicate.html
 */
import type { Construct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import { KmsReplicaKey } from '../generated/kms-replica-key.ts';
import type { KeyPolicyDocument, KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { protectionArguments } from '../stacks/removal.ts';
import { declaredPolicyOf, type IKey } from './interfaces.ts';
import { KeyBase } from './key-base.ts';
import { KeyPolicyArgument } from './key-policy-argument.ts';
import type { KeyOptions } from './key-props.ts';
import type { KeyOrigin, KeySpec, KeyUsage } from './key-rules.ts';
import { ownProviderAt } from './placement.ts';
import { providerOfReplica, requireReplicable } from './replication.ts';

/**
 * A replica has its own policy, aliases, tags and enabled state; it shares key spec, usage, key material and rotation
 * with its primary. When none of the policy's props is given, it gets the primary's policy, including what `grant…`
 * methods add there; a replica of a key that this program only refers to trusts the account.
 */
export interface ReplicaKeyOptions extends KeyOptions {}

export interface ReplicaKeyProps extends ReplicaKeyOptions {
  /**
   * A multi-Region key: a `Key` with `multiRegion: true`, or one that exists elsewhere.
   * @example new Key(stack, 'archive', { multiRegion: true })
   */
  readonly primaryKey: IKey;
  /**
   * Where the replica lives: any Region but the primary's, each once.
   * @example 'us-east-1'
   */
  readonly region: string;
}

export class ReplicaKey extends KeyBase {
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly multiRegion: boolean | undefined = true;
  readonly origin: KeyOrigin | undefined;
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  /** @internal */
  readonly _policy: KeyPolicyArgument;
  readonly #resource: KmsReplicaKey;
  #keyArn: string | undefined;
  #keyId: string | undefined;

  constructor(scope: Construct, id: string, props: ReplicaKeyProps) {
    super(scope, id);
    const { primaryKey, region } = props;
    requireReplicable(this, props);
    if (primaryKey.origin === 'EXTERNAL') {
      refuse(
        this,
        `The key material of ${primaryKey.node.path} is imported, and so must its replica's be.`,
        'Declare a ReplicaExternalKey.',
      );
    }
    this.keySpec = primaryKey.keySpec;
    this.keyUsage = primaryKey.keyUsage;
    this.origin = primaryKey.origin;
    this.region = region;
    this.provider = props.provider ?? ownProviderAt(this, primaryKey);
    this._policy = new KeyPolicyArgument(this, primaryKey.keyUsage, props, declaredPolicyOf(primaryKey));
    this.#resource = this.#declare(props);
    if (props.alias !== undefined) this.addAlias(props.alias);
  }

  get keyArn(): string {
    this.#keyArn ??= this.#resource.arn;
    return this.#keyArn;
  }

  get keyId(): string {
    this.#keyId ??= this.#resource.keyId;
    return this.#keyId;
  }

  addToKeyPolicy(statement: KeyPolicyStatement): void {
    this._policy.add(statement);
  }

  /** The key policy as it stands, the account's statement included. */
  get policyDocument(): KeyPolicyDocument {
    return this._policy.document();
  }

  #declare(props: ReplicaKeyProps): KmsReplicaKey {
    const resource = new KmsReplicaKey(this, 'Resource', {
      primaryKeyArn: props.primaryKey.keyArn,
      region: props.region,
      description: props.description,
      enabled: props.enabled,
      deletionWindowInDays: props.pendingWindowInDays,
      policy: this._policy.text,
      bypassPolicyLockoutSafetyCheck: props.bypassPolicyLockoutSafetyCheck,
      tags: props.tags,
      ...protectionArguments(this, props.removalProtection),
    });
    this._policy.validateFor(resource);
    assignProvider(
      resource,
      () => providerOfReplica(this, props),
      (provider) => this._policy.useProvider(provider),
    );
    return resource;
  }
}
