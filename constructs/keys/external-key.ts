/**
 * A KMS key whose key material is imported.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html
 */
import type { Construct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import { KmsExternalKey } from '../generated/kms-external-key.ts';
import type { KeyPolicyDocument, KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { protectionArguments } from '../stacks/removal.ts';
import { type ExternalKeyOptions, importArguments } from './imported-material.ts';
import { KeyBase } from './key-base.ts';
import { KeyPolicyArgument } from './key-policy-argument.ts';
import {
  defaultUsage,
  importFinding,
  type KeyOrigin,
  type KeySpec,
  type KeyUsage,
  known,
  pendingWindowFinding,
  refuseOn,
  specFinding,
  usageFinding,
} from './key-rules.ts';
import { ReplicaExternalKey } from './replica-external-key.ts';

export interface ExternalKeyProps extends ExternalKeyOptions {
  /**
   * Key material of an asymmetric key is PKCS#8 DER.
   * @default 'SYMMETRIC_DEFAULT'
   * @example 'RSA_2048'
   */
  readonly keySpec?: KeySpec;
  /**
   * What the key can be used for.
   * @default - ENCRYPT_DECRYPT for SYMMETRIC_DEFAULT, the only usage of other specs that have one only
   * @example 'SIGN_VERIFY'
   */
  readonly keyUsage?: KeyUsage;
  /**
   * Makes a multi-Region primary key, which `replicateTo` can copy into other Regions. Cannot be changed later.
   * @default false
   * @example true
   */
  readonly multiRegion?: boolean;
  /**
   * The Region of the key.
   * @default - the provider's
   * @example 'eu-west-1'
   */
  readonly region?: string;
}

export class ExternalKey extends KeyBase {
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly multiRegion: boolean | undefined;
  readonly origin: KeyOrigin | undefined = 'EXTERNAL';
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  /** @internal */
  readonly _policy: KeyPolicyArgument;
  readonly #resource: KmsExternalKey;
  #keyArn: string | undefined;
  #keyId: string | undefined;

  constructor(scope: Construct, id: string, props: ExternalKeyProps = {}) {
    super(scope, id);
    const { keySpec, keyUsage } = checkedKind(this, props);
    this.keySpec = keySpec;
    this.keyUsage = keyUsage;
    this.multiRegion = props.multiRegion ?? false;
    this.region = props.region;
    this.provider = props.provider;
    this._policy = new KeyPolicyArgument(this, keyUsage, props);
    this.#resource = this.#declare(props, keyUsage);
    if (props.alias !== undefined) this.addAlias(props.alias);
  }

  get keyArn(): string {
    this.#keyArn ??= this.#resource.arn;
    return this.#keyArn;
  }

  get keyId(): string {
    this.#keyId ??= this.#resource.id;
    return this.#keyId;
  }

  addToKeyPolicy(statement: KeyPolicyStatement): void {
    this._policy.add(statement);
  }

  /** The key policy as it stands, the account's statement included. */
  get policyDocument(): KeyPolicyDocument {
    return this._policy.document();
  }

  /** Copies a multi-Region key into another Region. The replica is given the same key material again. */
  replicateTo(region: string, options: ExternalKeyOptions = {}): ReplicaExternalKey {
    return new ReplicaExternalKey(this, `Replica-${region}`, { ...options, primaryKey: this, region });
  }

  #declare(props: ExternalKeyProps, keyUsage: KeyUsage): KmsExternalKey {
    const resource = new KmsExternalKey(this, 'Resource', {
      description: props.description,
      keySpec: props.keySpec,
      keyUsage: props.keyUsage ?? (props.keySpec === undefined ? undefined : keyUsage),
      deletionWindowInDays: props.pendingWindowInDays,
      multiRegion: props.multiRegion,
      policy: this._policy.text,
      bypassPolicyLockoutSafetyCheck: props.bypassPolicyLockoutSafetyCheck,
      tags: props.tags,
      region: props.region,
      ...importArguments(this, props),
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
function checkedKind(key: ExternalKey, props: ExternalKeyProps): { keySpec: KeySpec; keyUsage: KeyUsage } {
  const { keySpec = 'SYMMETRIC_DEFAULT' } = props;
  refuseOn(key, specFinding(keySpec));
  const keyUsage = props.keyUsage ?? defaultUsage(keySpec);
  refuseOn(key, usageFinding(keySpec, keyUsage));
  refuseOn(key, importFinding(keySpec));
  refuseOn(key, pendingWindowFinding(known(props.pendingWindowInDays)));
  return { keySpec, keyUsage: keyUsage ?? 'ENCRYPT_DECRYPT' };
}
