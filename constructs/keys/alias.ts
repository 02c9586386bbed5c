/** A name for a KMS key. @see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html */
import { parseKeyReference } from '@keystead/provider-schema/arn.ts';
import type { Construct, IConstruct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { DataAwsKmsAlias } from '../generated/data-aws-kms-alias.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { AliasBase } from './alias-base.ts';
import { fullAliasName, generatedAliasName } from './alias-name.ts';
import { DeclaredAlias } from './declared-alias.ts';
import { keyBehindAliasArn, keyBehindAliasName } from './imported-key.ts';
import type { IAlias, IKey } from './interfaces.ts';

/** An alias that exists, and the key that it names, where that key is at hand. */
export interface AliasAttributes {
  /**
   * Name of the alias; `alias/` is put in front when it is missing.
   * @example 'orders'
   */
  readonly aliasName: string;
  /**
   * The key that the alias names.
   * @example Key.fromKeyArn(stack, 'orders', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab')
   */
  readonly targetKey: IKey;
}

export class Alias extends DeclaredAlias {
  /**
   * An alias that exists in the provider's account and Region. The key that it names is looked up in every plan, as
   * soon as it is used.
   * @throws Error when AWS KMS does not allow the name
   */
  static fromAliasName(scope: Construct, id: string, aliasName: string, provider?: TerraformProvider): IAlias {
    return new ImportedAlias(scope, id, (self) => {
      const name = fullAliasName(self, aliasName);
      return {
        aliasName: name,
        aliasArn: () => lookedUpArn(self, name, provider),
        targetKey: () => keyBehindAliasName(self, 'Target', name, provider),
      };
    });
  }

  /**
   * An alias by its ARN, which can name another account or Region. The key that it names is looked up in every plan, as
   * soon as it is used; in another account that needs `kms:DescribeKey` there.
   * @throws Error when the ARN is not one of an alias, or only Terraform knows it
   */
  static fromAliasArn(scope: Construct, id: string, aliasArn: string, provider?: TerraformProvider): IAlias {
    return new ImportedAlias(scope, id, (self) => {
      const parsed = Token.isUnresolved(aliasArn) ? undefined : parseKeyReference(aliasArn);
      if (parsed?.form !== 'alias-arn') {
        return refuse(self, `"${aliasArn}" is not an alias ARN.`, 'Write arn:aws:kms:REGION:ACCOUNT:alias/NAME.');
      }
      return {
        aliasName: parsed.aliasName,
        aliasArn: () => aliasArn,
        targetKey: () => keyBehindAliasArn(self, 'Target', aliasArn, parsed.region, provider),
      };
    });
  }

  /** An alias that exists, with the key that it names: nothing is looked up but the alias's ARN, when it is used. */
  static fromAliasAttributes(scope: Construct, id: string, attributes: AliasAttributes): IAlias {
    const { targetKey } = attributes;
    return new ImportedAlias(scope, id, (self) => {
      const name = fullAliasName(self, attributes.aliasName);
      return {
        aliasName: name,
        aliasArn: () => lookedUpArn(self, name, targetKey.provider, targetKey.region),
        targetKey: () => targetKey,
      };
    });
  }

  /** The name that an alias of this key gets when it is given none: the ids on the construct's path, joined by slashes. */
  static generatedName(key: IConstruct): string {
    return generatedAliasName(key);
  }
}

interface Found {
  readonly aliasName: string;
  readonly aliasArn: () => string;
  readonly targetKey: () => IKey;
}

/** Looks up what is used of it, once. */
class ImportedAlias extends AliasBase {
  readonly aliasName: string;
  readonly #found: Found;
  #aliasArn: string | undefined;
  #targetKey: IKey | undefined;

  constructor(scope: Construct, id: string, find: (self: Construct) => Found) {
    super(scope, id);
    this.#found = find(this);
    this.aliasName = this.#found.aliasName;
  }

  get aliasArn(): string {
    this.#aliasArn ??= this.#found.aliasArn();
    return this.#aliasArn;
  }

  get targetKey(): IKey {
    this.#targetKey ??= this.#found.targetKey();
    return this.#targetKey;
  }
}

function lookedUpArn(at: Construct, name: string, provider: TerraformProvider | undefined, region?: string): string {
  const lookup = new DataAwsKmsAlias(at, 'Lookup', { name, region });
  assignProvider(lookup, () => provider ?? KeysteadProvider.of(at));
  return lookup.arn;
}
