/** What every KMS key offers, whether this stack declares it or only refers to it. */
import { Construct, type IConstruct } from 'constructs';
import { Alias } from './alias.ts';
import type { TerraformProvider } from './cdk.ts';
import { administration, grantable } from './key-actions.ts';
import type { KeyPolicyStatement, KmsAction } from './key-policy-document.ts';
import type { KeySpec, KeyUsage } from './key-rules.ts';
import { refuse } from './refuse.ts';

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
  addAlias(aliasName: string): Alias;
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
}

export abstract class KeyBase extends Construct implements IKey {
  abstract readonly keyArn: string;
  abstract readonly keyId: string;
  abstract readonly keySpec: KeySpec | undefined;
  abstract readonly keyUsage: KeyUsage | undefined;
  abstract readonly region: string | undefined;
  abstract readonly provider: TerraformProvider | undefined;

  abstract addToKeyPolicy(statement: KeyPolicyStatement): void;

  addAlias(aliasName: string): Alias {
    // The id follows from the name alone, so adding or removing other aliases never moves this one.
    return new Alias(this, `Alias-${aliasName.replace(/^alias\//, '')}`, { aliasName, targetKey: this });
  }

  grant(principal: string, ...actions: KmsAction[]): void {
    this.addToKeyPolicy({ principals: [principal], actions });
  }

  grantAdmin(principal: string): void {
    this.grant(principal, ...administration);
  }

  grantEncrypt(principal: string): void {
    this.#grantUse(principal, 'encrypt');
  }

  grantDecrypt(principal: string): void {
    this.#grantUse(principal, 'decrypt');
  }

  grantEncryptDecrypt(principal: string): void {
    this.#grantUse(principal, 'encryptDecrypt');
  }

  grantSign(principal: string): void {
    this.#grantUse(principal, 'sign');
  }

  grantVerify(principal: string): void {
    this.#grantUse(principal, 'verify');
  }

  grantGenerateMac(principal: string): void {
    this.#grantUse(principal, 'generateMac');
  }

  grantVerifyMac(principal: string): void {
    this.#grantUse(principal, 'verifyMac');
  }

  grantDeriveSharedSecret(principal: string): void {
    this.#grantUse(principal, 'deriveSharedSecret');
  }

  /** Refuses a use that the key can never serve; the policy would allow something that always fails. */
  #grantUse(principal: string, use: keyof typeof grantable): void {
    const { usage, actions } = grantable[use];
    if (this.keyUsage !== undefined && this.keyUsage !== usage) {
      refuse(
        this,
        `The key's usage is ${this.keyUsage}; ${actions.join(', ')} need ${usage}.`,
        `Declare a key with keyUsage ${usage} for it.`,
      );
    }
    this.grant(principal, ...actions);
  }
}
