/**
 * A multi-Region key with imported key material in one more Region: the same material is imported there again.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-import.html
 */
import type { Construct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import { KmsReplicaExternalKey } from '../generated/kms-replica-external-key.ts';
import type { KeyPolicyDocument, KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { protectionArguments } from '../stacks/removal.ts';
import { type ExternalKeyOptions, importArguments } from './imported-material.ts';
import { declaredPolicyOf, type IKey } from './interfaces.ts';
import { KeyBase } from './key-base.ts';
import { KeyPolicyArgument } from './key-policy-argument.ts';
import type { KeyOrigin, KeySpec, KeyUsage } from './key-rules.ts';
import { ownProviderAt } from './placement.ts';
import { providerOfReplica, requireReplicable } from './replication.ts';

export interface ReplicaExternalKeyProps extends ExternalKeyOptions {
  /**
   * A multi-Region key with imported key material: an `ExternalKey` with `multiRegion: true`, or one that exists
   * elsewhere.
   * @example new ExternalKey(stack, 'archive', { multiRegion: true })
   */
  readonly primaryKey: IKey;
  /**
   * Where the replica lives: any Region but the primary's, each once.
   * @example 'us-east-1'
   */
  readonly region: string;
}

export class ReplicaExternalKey extends KeyBase {
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly multiRegion: boolean | undefined = true;
  readonly origin: KeyOrigin | undefined = 'EXTERNAL';
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  /** @internal */
  readonly _policy: KeyPolicyArgument;
  readonly #resource: KmsReplicaExternalKey;
  #keyArn: string | undefined;
  #keyId: string | undefined;

  constructor(scope: Construct, id: string, props: ReplicaExternalKeyProps) {
    super(scope, id);
    const { primaryKey, region } = props;
    requireReplicable(this, props);
    if (primaryKey.origin !== undefined && primaryKey.origin !== 'EXTERNAL') {
      refuse(this, `The key material of ${primaryKey.node.path} is not imported.`, 'Declare a ReplicaKey.');
    }
    this.keySpec = primaryKey.keySpec;
    this.keyUsage = primaryKey.keyUsage;
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

  #declare(props: ReplicaExternalKeyProps): KmsReplicaExternalKey {
    const resource = new KmsReplicaExternalKey(this, 'Resource', {
      primaryKeyArn: props.primaryKey.keyArn,
      region: props.region,
      description: props.description,
      deletionWindowInDays: props.pendingWindowInDays,
      policy: this._policy.text,
      bypassPolicyLockoutSafetyCheck: props.bypassPolicyLockoutSafetyCheck,
      tags: props.tags,
      ...importArguments(this, props),
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
