/** What every KMS key offers, whether this stack declares it or only refers to it. */
import type { TerraformProvider } from '../cdk.ts';
import { DataAwsKmsPublicKey } from '../generated/data-aws-kms-public-key.ts';
import type { KmsAction } from '../policies/actions.ts';
import type { KeyPolicyStatement } from '../policies/key-policy-document.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';
import { AccountPrincipal } from '../policies/principals.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { giveAccess, type KeyScope } from './access.ts';
import { DeclaredAlias } from './declared-alias.ts';
import { declaredPolicyOf, type IAlias, type IKey } from './interfaces.ts';
import type { KeyAccess, KeyAccessOptions, TrustAccountOptions } from './key-access.ts';
import { administration, grantable, useByUsage } from './key-actions.ts';
import { type KeyOrigin, type KeySpec, type KeyUsage, publicKeyFinding, refuseOn } from './key-rules.ts';
import { providerBeside } from './placement.ts';

export abstract class KeyBase extends KeysteadConstruct implements IKey {
  abstract readonly keyArn: string;
  abstract readonly keyId: string;
  abstract readonly keySpec: KeySpec | undefined;
  abstract readonly keyUsage: KeyUsage | undefined;
  abstract readonly multiRegion: boolean | undefined;
  abstract readonly origin: KeyOrigin | undefined;
  abstract readonly region: string | undefined;
  abstract readonly provider: TerraformProvider | undefined;

  abstract addToKeyPolicy(statement: KeyPolicyStatement): void;

  get publicKey(): string {
    return this.#publicKey().publicKey;
  }

  get publicKeyPem(): string {
    return this.#publicKey().publicKeyPem;
  }

  addAlias(aliasName?: string): IAlias {
    if (aliasName === undefined) return new DeclaredAlias(this, 'Alias', { targetKey: this });
    // The id follows from the name alone, so adding or removing other aliases never moves this one.
    return new DeclaredAlias(this, `Alias-${aliasName.replace(/^alias\//, '')}`, { aliasName, targetKey: this });
  }

  grant(grantee: IPrincipal | string, ...actions: KmsAction[]): KeyAccess {
    return this.grantActions(grantee, actions);
  }

  grantActions(grantee: IPrincipal | string, actions: KmsAction[], options?: KeyAccessOptions): KeyAccess {
    return giveAccess(this, grantee, { actions }, options);
  }

  grantAdmin(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return giveAccess(this, grantee, { actions: administration, use: 'admin' }, options);
  }

  grantEncrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'encrypt', options);
  }

  grantDecrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'decrypt', options);
  }

  grantEncryptDecrypt(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'encryptDecrypt', options);
  }

  grantGenerateDataKey(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'generateDataKey', options);
  }

  grantSign(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'sign', options);
  }

  grantVerify(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'verify', options);
  }

  grantSignVerify(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'signVerify', options);
  }

  grantGenerateMac(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'generateMac', options);
  }

  grantVerifyMac(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'verifyMac', options);
  }

  grantDeriveSharedSecret(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'deriveSharedSecret', options);
  }

  grantEncapsulate(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'encapsulate', options);
  }

  grantDecapsulate(grantee: IPrincipal | string, options?: KeyAccessOptions): KeyAccess {
    return this.#grantUse(grantee, 'decapsulate', options);
  }

  trustAccount(accountId: string, options: TrustAccountOptions = {}): KeyAccess {
    const { actions = this.keyUsage === undefined ? ['kms:DescribeKey'] : useByUsage[this.keyUsage], conditions } =
      options;
    return giveAccess(this, accountPrincipal(this, accountId), { actions }, { means: 'KEY_POLICY', conditions });
  }

  /** @internal */
  get _declaresPolicy(): boolean {
    return true;
  }

  /** @internal */
  get _scope(): KeyScope {
    return { resources: [this.keyArn] };
  }

  /** @internal */
  _needDelegation(actions: readonly string[]): void {
    declaredPolicyOf(this)?.needDelegation(actions);
  }

  #publicKey(): DataAwsKmsPublicKey {
    refuseOn(this, publicKeyFinding(this.keySpec));
    const known = this.node.tryFindChild('PublicKey');
    if (known instanceof DataAwsKmsPublicKey) return known;
    const lookup = new DataAwsKmsPublicKey(this, 'PublicKey', { keyId: this.keyArn, region: this.region });
    assignProvider(lookup, () => providerBeside(this, this, undefined));
    return lookup;
  }

  /** Refuses a use that the key can never serve; the policy would allow something that always fails. */
  #grantUse(grantee: IPrincipal | string, use: keyof typeof grantable, options?: KeyAccessOptions): KeyAccess {
    const { usage, actions } = grantable[use];
    if (this.keyUsage !== undefined && this.keyUsage !== usage) {
      refuse(
        this,
        `The key's usage is ${this.keyUsage}; ${actions.join(', ')} need ${usage}.`,
        `Declare a key with keyUsage ${usage} for it.`,
      );
    }
    return giveAccess(this, grantee, { actions, use }, options);
  }
}

function accountPrincipal(at: KeyBase, accountId: string): AccountPrincipal {
  try {
    return new AccountPrincipal(accountId);
  } catch (error) {
    return refuse(at, error instanceof Error ? error.message : String(error), '');
  }
}
