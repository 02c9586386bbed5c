/** A KMS key. @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { Construct } from 'constructs';
import { Annotations, type TerraformProvider, type TerraformResource } from '../cdk.ts';
import { KmsKey } from '../generated/kms-key.ts';
import type { KeyPolicyDocument, KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { protectionArguments } from '../stacks/removal.ts';
import { originOfKeyIn, requireFittingKeyStore } from './custom-key-store.ts';
import {
  importedKey,
  importedKeyByArn,
  type KeyAttributes,
  type KeyLookupOptions,
  lookedUpKey,
} from './imported-key.ts';
import type { IKey } from './interfaces.ts';
import { KeyBase } from './key-base.ts';
import { KeyPolicyArgument } from './key-policy-argument.ts';
import type { KeyProps } from './key-props.ts';
import {
  defaultUsage,
  type KeyOrigin,
  type KeySpec,
  type KeyUsage,
  known,
  pendingWindowFinding,
  refuseOn,
  rotationFinding,
  rotationTriggersFinding,
  specFinding,
  usageFinding,
} from './key-rules.ts';
import { ReplicaKey, type ReplicaKeyOptions } from './replica-key.ts';
import { keyOfResource } from './resource-key.ts';

export class Key extends KeyBase {
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly multiRegion: boolean | undefined;
  readonly origin: KeyOrigin | undefined;
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  /** @internal */
  readonly _policy: KeyPolicyArgument;
  readonly #resource: KmsKey;
  #keyArn: string | undefined;
  #keyId: string | undefined;

  constructor(scope: Construct, id: string, props: KeyProps = {}) {
    super(scope, id);
    const { keySpec, keyUsage } = checkedKind(this, props);
    this.keySpec = keySpec;
    this.keyUsage = keyUsage;
    this.multiRegion = props.multiRegion ?? false;
    this.origin = originOfKeyIn(props.customKeyStore);
    this.region = props.region;
    this.provider = props.provider;
    this._policy = new KeyPolicyArgument(this, keyUsage, props);
    this.#resource = this.#declare(props, keyUsage);
    if (props.alias !== undefined) this.addAlias(props.alias);
  }

  /**
   * A key that exists elsewhere, by its ARN, which can name another account or Region.
   * Its policy is declared where the key is; here it can be given aliases and grants.
   */
  static fromKeyArn(scope: Construct, id: string, keyArn: string): IKey {
    return importedKeyByArn(scope, id, { keyArn });
  }

  /** The same with what is known of the key, so that it is checked as a key of this program is. */
  static fromKeyAttributes(scope: Construct, id: string, attributes: KeyAttributes): IKey {
    return importedKeyByArn(scope, id, attributes);
  }

  /** A key that exists elsewhere, by alias or id, in any Region of the provider's account. Looked up in every plan. */
  static fromLookup(scope: Construct, id: string, options: KeyLookupOptions): IKey {
    return lookedUpKey(scope, id, options);
  }

  /**
   * A key that is declared with a binding (`KmsKey`, `KmsReplicaKey`, `KmsExternalKey`, `KmsReplicaExternalKey`), with
   * all that constructs have: aliases, grants, and its policy, where the binding's argument is text.
   * @throws Error when the resource is not a key
   */
  static fromResource(resource: TerraformResource): IKey {
    return keyOfResource(resource);
  }

  /** A key that exists elsewhere in the provider's account and Region, by its id. Looked up in every plan. */
  static fromKeyId(scope: Construct, id: string, keyId: string, provider?: TerraformProvider): IKey {
    return importedKey(scope, id, keyId, provider);
  }

  /** The key that an alias names when Terraform plans. Looked up in every plan. */
  static fromAliasName(scope: Construct, id: string, aliasName: string, provider?: TerraformProvider): IKey {
    return importedKey(scope, id, aliasName.startsWith('alias/') ? aliasName : `alias/${aliasName}`, provider);
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

  /** Copies a multi-Region key into another Region; ciphertexts of one open with the other. */
  replicateTo(region: string, options: ReplicaKeyOptions = {}): ReplicaKey {
    return new ReplicaKey(this, `Replica-${region}`, { ...options, primaryKey: this, region });
  }

  #declare(props: KeyProps, keyUsage: KeyUsage): KmsKey {
    const resource = new KmsKey(this, 'Resource', {
      description: props.description,
      customerMasterKeySpec: props.keySpec,
      keyUsage: props.keyUsage ?? (props.keySpec === undefined ? undefined : keyUsage),
      isEnabled: props.enabled,
      enableKeyRotation: props.enableKeyRotation ?? (props.rotationPeriodInDays === undefined ? undefined : true),
      rotationPeriodInDays: props.rotationPeriodInDays,
      rotationTriggers: props.rotationTriggers,
      deletionWindowInDays: props.pendingWindowInDays,
      multiRegion: props.multiRegion,
      customKeyStoreId: props.customKeyStore?.customKeyStoreId,
      xksKeyId: props.xksKeyId,
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
  requireFittingKeyStore(key, props, keySpec);
  if (keySpecRow(keySpec).status === 'planned') {
    Annotations.of(key).addWarning(`This release of Keystead cannot make ${keySpec} keys yet: apply will be refused.`);
  }
  return { keySpec, keyUsage: keyUsage ?? 'ENCRYPT_DECRYPT' };
}
