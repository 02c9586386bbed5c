/** The interfaces of keys and aliases, whichever class is behind them. */
import type { IConstruct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import type { KeyPolicyStatement, KmsAction } from '../policies/key-policy-document.ts';
import type { KeyPolicyArgument } from './key-policy-argument.ts';
import type { KeySpec, KeyUsage } from './key-rules.ts';

export interface IKey extends IConstruct {
  /** Key ARN. */
  readonly keyArn: string;
  /** Bare key id: a UUID, or `mrk-…` for multi-Region keys. */
  readonly keyId: string;
  /** Key spec, where this program declares it. */
  readonly keySpec: KeySpec | undefined;
  /** Key usage, where this program declares it. */
  readonly keyUsage: KeyUsage | undefined;
  /** The Region argument of the key; undefined: its provider's Region. */
  readonly region: string | undefined;
  /** The provider that was named for the key; undefined: the stack's default. */
  readonly provider: TerraformProvider | undefined;

  /** Gives the key one more name, in its own Region. `alias/` is put in front when it is missing. */
  addAlias(aliasName: string): IAlias;
  /** Adds a statement to the key policy. */
  addToKeyPolicy(statement: KeyPolicyStatement): void;

  /** Allows a principal these actions. */
  grant(principal: string, ...actions: KmsAction[]): void;
  /** Allows managing the key: policy, aliases, rotation, tags, deletion. Not using it. */
  grantAdmin(principal: string): void;
  grantEncrypt(principal: string): void;
  grantDecrypt(principal: string): void;
  grantEncryptDecrypt(principal: string): void;
  grantSign(principal: string): void;
  grantVerify(principal: string): void;
  grantGenerateMac(principal: string): void;
  grantVerifyMac(principal: string): void;
  grantDeriveSharedSecret(principal: string): void;
  grantEncapsulate(principal: string): void;
  grantDecapsulate(principal: string): void;
}

/** A name for a KMS key. */
export interface IAlias extends IConstruct {
  /** With `alias/` in front. */
  readonly aliasName: string;
  readonly aliasArn: string;
  readonly targetKey: IKey;
}

/** A key that this program declares and that other Regions can have replicas of. */
export interface IReplicablePrimary extends IKey {
  /** Whether it is a multi-Region key. */
  readonly multiRegion: boolean;
  /** @internal The policy of a replica that declares none of its own. */
  readonly _policy: KeyPolicyArgument;
}
