/** What every KMS key offers, whether this stack declares it or only refers to it. */
import { Construct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import type { KeyPolicyStatement, KmsAction } from '../policies/key-policy-document.ts';
import { refuse } from '../stacks/refuse.ts';
import { Alias } from './alias.ts';
import type { IAlias, IKey } from './interfaces.ts';
import { administration, grantable } from './key-actions.ts';
import type { KeySpec, KeyUsage } from './key-rules.ts';

export abstract class KeyBase extends Construct implements IKey {
  abstract readonly keyArn: string;
  abstract readonly keyId: string;
  abstract readonly keySpec: KeySpec | undefined;
  abstract readonly keyUsage: KeyUsage | undefined;
  abstract readonly region: string | undefined;
  abstract readonly provider: TerraformProvider | undefined;

  abstract addToKeyPolicy(statement: KeyPolicyStatement): void;

  addAlias(aliasName: string): IAlias {
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

  grantEncapsulate(principal: string): void {
    this.#grantUse(principal, 'encapsulate');
  }

  grantDecapsulate(principal: string): void {
    this.#grantUse(principal, 'decapsulate');
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
