/** Keys that exist outside this program. Whatever cannot be done to them is refused, never left out silently. */
import { parseKeyReference } from '@keystead/provider-schema/arn.ts';
import type { Construct } from 'constructs';
import { Fn, type TerraformProvider, Token } from '../cdk.ts';
import { DataAwsKmsKey } from '../generated/data-aws-kms-key.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { KeyScope } from './access.ts';
import type { IKey } from './interfaces.ts';
import { KeyBase } from './key-base.ts';

interface Location {
  readonly keyArn: string;
  readonly keyId: string;
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  /** undefined: the key's ARN */
  readonly scope?: KeyScope;
}

class ImportedKey extends KeyBase {
  readonly keyArn: string;
  readonly keyId: string;
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  readonly keySpec = undefined;
  readonly keyUsage = undefined;
  readonly #scope: KeyScope | undefined;

  constructor(scope: Construct, id: string, locate: (self: Construct) => Location) {
    super(scope, id);
    const { keyArn, keyId, region, provider, scope: named } = locate(this);
    this.#scope = named;
    this.keyArn = keyArn;
    this.keyId = keyId;
    this.region = region;
    this.provider = provider;
  }

  override get _declaresPolicy(): boolean {
    return false;
  }

  override get _scope(): KeyScope {
    return this.#scope ?? super._scope;
  }

  addToKeyPolicy(): never {
    return refuse(
      this,
      'The policy of an imported key is declared where the key is.',
      'Add the statement there, declare a Grant, or take the policy over with a KeyPolicy.',
    );
  }
}

/** Account and Region stay in the ARN; aliases and grants are made in the Region it names. */
export function importedKeyByArn(scope: Construct, id: string, keyArn: string): IKey {
  return new ImportedKey(scope, id, (self) => {
    const provider = undefined;
    if (Token.isUnresolved(keyArn)) {
      return refuse(
        self,
        'The ARN is only known to Terraform, so its Region and key id are not known here.',
        'Pass the key construct itself, or use Key.fromKeyId.',
      );
    }
    const key = parseKeyReference(keyArn);
    if (key?.form !== 'key-arn') {
      return refuse(self, `"${keyArn}" is not a key ARN.`, 'Write arn:aws:kms:REGION:ACCOUNT:key/KEY_ID.');
    }
    return { keyArn, keyId: key.keyId, region: key.region, provider };
  });
}

/** By key id or alias name, through a data source. */
export function importedKey(scope: Construct, id: string, keyReference: string, provider?: TerraformProvider): IKey {
  return new ImportedKey(scope, id, (self) => {
    const lookup = new DataAwsKmsKey(self, 'Lookup', { keyId: keyReference });
    assignProvider(lookup, () => provider ?? KeysteadProvider.of(self));
    const located = { keyArn: lookup.arn, keyId: lookup.id, region: undefined, provider };
    return keyReference.startsWith('alias/') ? { ...located, scope: scopeOfAlias(lookup.arn, keyReference) } : located;
  });
}

/** Whichever key has the alias when it is used, of the account and Region of the one that has it when Terraform plans. */
function scopeOfAlias(keyArn: string, aliasName: string): KeyScope {
  return {
    resources: [Fn.replace(keyArn, '/:key/.*$/', ':key/*')],
    conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliasName } },
  };
}
