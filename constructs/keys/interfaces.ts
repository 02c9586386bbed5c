/** The interfaces of keys and aliases, whichever class is behind them. */
import type { IConstruct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import type { KmsAction } from '../policies/actions.ts';
import type { KeyPolicyStatement } from '../policies/key-policy-document.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';
import type { KeyAccess, KeyAccessOptions, TrustAccountOptions } from './key-access.ts';
import type { KeyPolicyArgument } from './key-policy-argument.ts';
import type { KeyOrigin, KeySpec, KeyUsage } from './key-rules.ts';

export interface IKey extends IConstruct {
  /** Key ARN. */
  readonly keyArn: string;
  /** Bare key id: a UUID, or `mrk-…` for multi-Region keys. */
  readonly keyId: string;
  /** Key spec, where this program declares it. */
  readonly keySpec: KeySpec | undefined;
  /** Key usage, where this program declares it. */
  readonly keyUsage: KeyUsage | undefined;
  /** Whether it is a multi-Region key, primary or replica; undefined: not known before Terraform runs. */
  readonly multiRegion: boolean | undefined;
  /** Where its key material comes from; undefined: not known before Terraform runs. */
  readonly origin: KeyOrigin | undefined;
  /**
   * The public key of an asymmetric key: SubjectPublicKeyInfo, DER in base64, read when Terraform runs.
   * @throws Error when the key is symmetric
   */
  readonly publicKey: string;
  /** The same in PEM. */
  readonly publicKeyPem: string;
  /** The Region argument of the key; undefined: its provider's Region. */
  readonly region: string | undefined;
  /** The provider that was named for the key; undefined: the stack's default. */
  readonly provider: TerraformProvider | undefined;

  /**
   * Gives the key one more name, in its own Region. `alias/` is put in front when it is missing; without a name the
   * alias gets that of the construct's path.
   */
  addAlias(aliasName?: string): IAlias;
  /** Adds a statement to the key policy. */
  addToKeyPolicy(statement: KeyPolicyStatement): void;

  /** Allows a principal these actions, by the means of `grantActions` without options. */
  grant(grantee: IPrincipal | string, ...actions: KmsAction[]): KeyAccess;
  /** Allows a principal these actions, by the chosen means. */
  grantActions(grantee: IPrincipal | string, actions: KmsAction[], options?: KeyAccessOptions): KeyAccess;
  /** Allows managing the key: policy, aliases, rotation, tags, deletion. Not using it. */
  grantAdmin(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:Encrypt`, `kms:GenerateDataKey*` and `kms:ReEncrypt*`. */
  grantEncrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:Decrypt`. */
  grantDecrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows what `grantEncrypt` and `grantDecrypt` allow. */
  grantEncryptDecrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:GenerateDataKey*`: data keys and data key pairs, with and without plaintext. */
  grantGenerateDataKey(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:Sign`. */
  grantSign(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:Verify`. */
  grantVerify(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:Sign` and `kms:Verify`. */
  grantSignVerify(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:GenerateMac`. */
  grantGenerateMac(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:VerifyMac`. */
  grantVerifyMac(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:DeriveSharedSecret`. */
  grantDeriveSharedSecret(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:Encapsulate`. */
  grantEncapsulate(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /** Allows `kms:Decapsulate`. */
  grantDecapsulate(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess;
  /**
   * Lets another account use the key: its identity policies decide who of its users and roles can. Nobody of that
   * account can use the key until they do.
   */
  trustAccount(accountId: string, options?: TrustAccountOptions): KeyAccess;
}

/**
 * A name for a KMS key, and usable wherever a key is: `keyArn`, `keyId` and everything else of a key are the target's,
 * because key policies, grants and IAM policies do not match aliases.
 */
export interface IAlias extends IKey {
  /** With `alias/` in front. */
  readonly aliasName: string;
  readonly aliasArn: string;
  /** The key that the alias names. */
  readonly targetKey: IKey;
}

/** Keys whose policy this program declares, for what needs it: replicas, which start with their primary's. */
export interface DeclaredPolicy {
  /** @internal */
  readonly _policy: KeyPolicyArgument;
}

/** The policy of a key, where this program declares it. */
export function declaredPolicyOf(key: IKey): KeyPolicyArgument | undefined {
  const { _policy: policy } = keyBehind(key) as IKey & Partial<DeclaredPolicy>;
  return policy;
}

/** The key itself, where an alias is given. */
export function keyBehind(key: IKey): IKey {
  return 'targetKey' in key ? keyBehind((key as IAlias).targetKey) : key;
}
