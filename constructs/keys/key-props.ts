/** The props of keys: what every key-like construct takes, and what a KMS key takes beside it. */
import type { TerraformProvider } from '../cdk.ts';
import type { ICustomKeyStore } from './custom-key-store.ts';
import type { KeyPolicyProps } from './key-policy-argument.ts';
import type { KeySpec, KeyUsage } from './key-rules.ts';

/** What a key, a replica and a key with imported key material all take. */
export interface KeyOptions extends KeyPolicyProps {
  /**
   * What the key is for, shown wherever keys are listed. At most 8192 characters; never a secret.
   * @default - none; a replica does not copy its primary's
   * @example 'Encrypts orders at rest'
   */
  readonly description?: string;
  /**
   * A first alias, in the key's Region. More can be added with `addAlias`; changing aliases never touches the key.
   * @default - none
   * @example 'orders'
   */
  readonly alias?: string;
  /**
   * A disabled key stays as it is but cannot be used.
   * @default true
   * @example false
   */
  readonly enabled?: boolean;
  /**
   * Days in which the deletion of the key can still be cancelled, 7 to 30. Takes effect once it has been applied.
   * @default 30
   * @example 14
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
   */
  readonly pendingWindowInDays?: number;
  /**
   * Protects the key from deletion: a plan that destroys or replaces it is refused, also when the construct was renamed
   * or removed or its stack is destroyed, and the control plane refuses its deletion to every other client. To give the
   * key up, set it to false, apply, and then remove the construct. Each Region of a key has its own protection.
   * @default true
   * @example false
   */
  readonly removalProtection?: boolean;
  /**
   * Up to 50 with those of the provider and of aspects; names up to 128 characters, values up to 256.
   * @default - the provider's default tags; a replica does not copy its primary's
   * @example { Department: 'sales' }
   */
  readonly tags?: Record<string, string>;
  /**
   * The provider that serves the key.
   * @default - the stack's default Keystead provider; a replica's is its primary's, asked in the replica's Region
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider;
}

export interface KeyProps extends KeyOptions {
  /**
   * What kind of key it is.
   * @default 'SYMMETRIC_DEFAULT'
   * @example 'ECC_NIST_P256'
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
   */
  readonly keySpec?: KeySpec;
  /**
   * What the key can be used for.
   * @default - ENCRYPT_DECRYPT for SYMMETRIC_DEFAULT, the only usage of other specs that have one only
   * @example 'SIGN_VERIFY'
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/create-keys.html#key-usage
   */
  readonly keyUsage?: KeyUsage;
  /**
   * New key material every `rotationPeriodInDays`; older ciphertexts stay readable.
   * @default - false, or true when `rotationPeriodInDays` is given
   * @example true
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
   */
  readonly enableKeyRotation?: boolean;
  /**
   * Days between rotations, 90 to 2560.
   * @default - 365 when rotation is enabled
   * @example 180
   */
  readonly rotationPeriodInDays?: number;
  /**
   * Any pairs, such as a date or an incident: the apply after a change of them gives the key new key material at once.
   * @default - none; the key rotates by its period only
   * @example { incident: '2026-11-30' }
   */
  readonly rotationTriggers?: Record<string, string>;
  /**
   * Makes a multi-Region primary key, which `replicateTo` can copy into other Regions. Cannot be changed later.
   * @default false
   * @example true
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
   */
  readonly multiRegion?: boolean;
  /**
   * The Region of the key.
   * @default - the provider's Region
   * @example 'eu-west-1'
   */
  readonly region?: string;
  /**
   * The custom key store that holds the key material: a CloudHSM cluster, or an external key store. Such keys are
   * symmetric encryption keys of one Region and do not rotate.
   * @default - the control plane's own key store
   * @example CustomKeyStore.fromCustomKeyStoreName(stack, 'hsm', 'production-hsm')
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-store-overview.html
   */
  readonly customKeyStore?: ICustomKeyStore;
  /**
   * Id of the key in the external key manager; keys of an external key store need it, other keys cannot have it.
   * @default - none
   * @example 'bb8562717f809024'
   */
  readonly xksKeyId?: string;
}
