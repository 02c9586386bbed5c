/** A KMS key. @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { Construct } from 'constructs';
import { Annotations, type TerraformProvider, Token } from '../cdk.ts';
import { KmsKey } from '../generated/kms-key.ts';
import type { KeyPolicyDocument, KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { protectionArguments } from '../stacks/removal.ts';
import { importedKey, importedKeyByArn } from './imported-key.ts';
import type { IKey, IReplicablePrimary } from './interfaces.ts';
import { KeyBase } from './key-base.ts';
import { KeyPolicyArgument, type KeyPolicyProps } from './key-policy-argument.ts';
import {
  defaultUsage,
  type Finding,
  type KeySpec,
  type KeyUsage,
  pendingWindowFinding,
  rotationFinding,
  rotationTriggersFinding,
  specFinding,
  usageFinding,
} from './key-rules.ts';
import { ReplicaKey, type ReplicaKeyOptions } from './replica-key.ts';

export interface KeyProps extends KeyPolicyProps {
  /**
   * What the key is for, shown wherever keys are listed.
   * @default - none
   */
  readonly description?: string;
  /**
   * A first alias. More can be added with `addAlias`; changing aliases never touches the key.
   * @default - none
   */
  readonly alias?: string;
  /**
   * @default 'SYMMETRIC_DEFAULT'
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
   */
  readonly keySpec?: KeySpec;
  /**
   * @default - ENCRYPT_DECRYPT for SYMMETRIC_DEFAULT, the only usage of other specs that have one only
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/create-keys.html#key-usage
   */
  readonly keyUsage?: KeyUsage;
  /**
   * A disabled key stays as it is but cannot be used.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * New key material every `rotationPeriodInDays`; older ciphertexts stay readable.
   * @default - false, or true when `rotationPeriodInDays` is given
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
   */
  readonly enableKeyRotation?: boolean;
  /**
   * 90 to 2560.
   * @default - 365 when rotation is enabled
   */
  readonly rotationPeriodInDays?: number;
  /**
   * Any pairs, such as a date or an incident: the apply after a change of them gives the key new key material at once.
   * @default - none; the key rotates by its period only
   */
  readonly rotationTriggers?: Record<string, string>;
  /**
   * Days in which the deletion of the key can still be cancelled, 7 to 30. Takes effect once it has been applied.
   * @default 30
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
   */
  readonly pendingWindowInDays?: number;
  /**
   * Makes a multi-Region primary key, which `replicateTo` can copy into other Regions. Cannot be changed later.
   * @default false
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
   */
  readonly multiRegion?: boolean;
  /**
   * Protects the key from deletion: a plan that destroys or replaces it is refused, also when the construct was renamed
   * or removed or its stack is destroyed, and the control plane refuses its deletion to every other client. To give the
   * key up, set it to false, apply, and then remove the construct.
   * @default true
   */
  readonly removalProtection?: boolean;
  /**
   * Up to 50.
   * @default - the provider's default tags
   */
  readonly tags?: Record<string, string>;
  /** @default - the provider's Region */
  readonly region?: string;
  /** @default - the stack's default Keystead provider */
  readonly provider?: TerraformProvider;
}

export class Key extends KeyBase implements IReplicablePrimary {
  readonly keyArn: string;
  readonly keyId: string;
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly multiRegion: boolean;
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  /** @internal */
  readonly _policy: KeyPolicyArgument;

  constructor(scope: Construct, id: string, props: KeyProps = {}) {
    super(scope, id);
    const { keySpec, keyUsage } = checkedKind(this, props);
    this.keySpec = keySpec;
    this.keyUsage = keyUsage;
    this.multiRegion = props.multiRegion ?? false;
    this.region = props.region;
    this.provider = props.provider;
    this._policy = new KeyPolicyArgument(this, keyUsage, props);
    const resource = this.#declare(props);
    this.keyArn = resource.arn;
    this.keyId = resource.keyId;
    if (props.alias !== undefined) this.addAlias(props.alias);
  }

  /**
   * A key that exists elsewhere, by its ARN, which can name another account or Region.
   * Its policy is declared where the key is; here it can be given aliases and grants.
   */
  static fromKeyArn(scope: Construct, id: string, keyArn: string): IKey {
    return importedKeyByArn(scope, id, keyArn);
  }

  /** A key that exists elsewhere in the provider's account and Region, by its id. Looked up in every plan. */
  static fromKeyId(scope: Construct, id: string, keyId: string, provider?: TerraformProvider): IKey {
    return importedKey(scope, id, keyId, provider);
  }

  /** The key that an alias names when Terraform plans. Looked up in every plan. */
  static fromAliasName(scope: Construct, id: string, aliasName: string, provider?: TerraformProvider): IKey {
    return importedKey(scope, id, aliasName.startsWith('alias/') ? aliasName : `alias/${aliasName}`, provider);
  }

  addToKeyPolicy(statement: KeyPolicyStatement): void {
    this._policy.add(statement);
  }

  /** The key policy as it stands, the account's statement included. */
  get policyDocument(): KeyPolicyDocument {
    return this._policy.document();
  }

  /** Copies a multi-Region key into another Region; ciphertexts of one open with the other. */
  replicateTo(region: string, options: ReplicaKeyOptions = {}): ReplicaKey {
    return new ReplicaKey(this, `Replica-${region}`, { ...options, primaryKey: this, region });
  }

  #declare(props: KeyProps): KmsKey {
    const resource = new KmsKey(this, 'Resource', {
      description: props.description,
      customerMasterKeySpec: props.keySpec,
      keyUsage: props.keyUsage ?? (props.keySpec === undefined ? undefined : this.keyUsage),
      isEnabled: props.enabled,
      enableKeyRotation: props.enableKeyRotation ?? (props.rotationPeriodInDays === undefined ? undefined : true),
      rotationPeriodInDays: props.rotationPeriodInDays,
      rotationTriggers: props.rotationTriggers,
      deletionWindowInDays: props.pendingWindowInDays,
      multiRegion: props.multiRegion,
      policy: this._policy.text,
      bypassPolicyLockoutSafetyCheck: props.bypassPolicyLockoutSafetyCheck,
      tags: props.tags,
      region: props.region,
      ...protectionArguments(this, props.removalProtection),
    });
    this._policy.validateFor(resource);
    assignProvider(
      resource,
      () => props.provider ?? KeysteadProvider.of(this),
      (provider) => this._policy.useProvider(provider),
    );
    return resource;
  }
}

/** Spec and usage, after every check of the props that depends on them. */
function checkedKind(key: Key, props: KeyProps): { keySpec: KeySpec; keyUsage: KeyUsage } {
  const { keySpec = 'SYMMETRIC_DEFAULT' } = props;
  refuseOn(key, specFinding(keySpec));
  const keyUsage = props.keyUsage ?? defaultUsage(keySpec);
  refuseOn(key, usageFinding(keySpec, keyUsage));
  refuseOn(key, rotationFinding(keySpec, props.enableKeyRotation, known(props.rotationPeriodInDays)));
  refuseOn(key, rotationTriggersFinding(keySpec, props.rotationTriggers));
  refuseOn(key, pendingWindowFinding(known(props.pendingWindowInDays)));
  if (keySpecRow(keySpec).status === 'planned') {
    Annotations.of(key).addWarning(`This release of Keystead cannot make ${keySpec} keys yet: apply will be refused.`);
  }
  return { keySpec, keyUsage: keyUsage ?? 'ENCRYPT_DECRYPT' };
}

function refuseOn(key: Key, finding: Finding | undefined): void {
  if (finding !== undefined) refuse(key, ...finding);
}

function known(days: number | undefined): number | undefined {
  return Token.isUnresolved(days) ? undefined : days;
}
