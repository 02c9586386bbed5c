/** What makes an alias usable as a key: everything that it is asked as a key, its target answers. */
import type { TerraformProvider } from '../cdk.ts';
import type { KmsAction } from '../policies/actions.ts';
import type { KeyPolicyStatement } from '../policies/key-policy-document.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import type { IAlias, IKey } from './interfaces.ts';
import type { KeyAccess, KeyAccessOptions, TrustAccountOptions } from './key-access.ts';
import type { KeyOrigin, KeySpec, KeyUsage } from './key-rules.ts';

/** @internal */
export abstract class AliasBase extends KeysteadConstruct implements IAlias {
  abstract readonly aliasName: string;
  abstract readonly aliasArn: string;
  abstract readonly targetKey: IKey;

  get keyArn(): string {
    return this.targetKey.keyArn;
  }

  get keyId(): string {
    return this.targetKey.keyId;
  }

  get keySpec(): KeySpec | undefined {
    return this.targetKey.keySpec;
  }

  get keyUsage(): KeyUsage | undefined {
    return this.targetKey.keyUsage;
  }

  get multiRegion(): boolean | undefined {
    return this.targetKey.multiRegion;
  }

  get origin(): KeyOrigin | undefined {
    return this.targetKey.origin;
  }

  get publicKey(): string {
    return this.targetKey.publicKey;
  }

  get publicKeyPem(): string {
    return this.targetKey.publicKeyPem;
  }

  get region(): string | undefined {
    return this.targetKey.region;
  }

  get provider(): TerraformProvider | undefined {
    return this.targetKey.provider;
  }

  addAlias(aliasName?: string): IAlias {
    return this.targetKey.addAlias(aliasName);
  }

  addToKeyPolicy(statement: KeyPolicyStatement): void {
    this.targetKey.addToKeyPolicy(statement);
  }

  grant(grantee: IPrincipal | string, ...actions: KmsAction[]): KeyAccess {
    return this.targetKey.grant(grantee, ...actions);
  }

  grantActions(grantee: IPrincipal | string, actions: KmsAction[], options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantActions(grantee, actions, options);
  }

  grantAdmin(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantAdmin(grantee, options);
  }

  grantEncrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantEncrypt(grantee, options);
  }

  grantDecrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantDecrypt(grantee, options);
  }

  grantEncryptDecrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantEncryptDecrypt(grantee, options);
  }

  grantGenerateDataKey(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantGenerateDataKey(grantee, options);
  }

  grantSign(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantSign(grantee, options);
  }

  grantVerify(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantVerify(grantee, options);
  }

  grantSignVerify(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantSignVerify(grantee, options);
  }

  grantGenerateMac(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantGenerateMac(grantee, options);
  }

  grantVerifyMac(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantVerifyMac(grantee, options);
  }

  grantDeriveSharedSecret(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantDeriveSharedSecret(grantee, options);
  }

  grantEncapsulate(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantEncapsulate(grantee, options);
  }

  grantDecapsulate(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.targetKey.grantDecapsulate(grantee, options);
  }

  trustAccount(accountId: string, options?: TrustAccountOptions): KeyAccess {
    return this.targetKey.trustAccount(accountId, options);
  }
}
