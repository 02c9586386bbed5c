/** Keys that exist outside this program. Whatever cannot be done to them is refused, never left out silently. */
import { isMultiRegionKeyId, parseKeyReference } from '@keystead/provider-schema/arn.ts';
import type { Construct } from 'constructs';
import { Fn, type TerraformProvider, Token } from '../cdk.ts';
import { DataAwsKmsKey } from '../generated/data-aws-kms-key.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { KeyScope } from './access.ts';
import { fullAliasName } from './alias-name.ts';
import type { IKey } from './interfaces.ts';
import { KeyBase } from './key-base.ts';
import { defaultUsage, type KeySpec, type KeyUsage, refuseOn, specFinding, usageFinding } from './key-rules.ts';

/** A key that exists elsewhere, and what is known of it. */
export interface KeyAttributes {
  /**
   * ARN of the key, which can name another account or Region.
   * @example 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
   */
  readonly keyArn: string;
  /**
   * Its key spec, so that what it cannot do is refused here as for a key of this program.
   * @default - unknown: nothing that depends on it is checked
   * @example 'RSA_2048'
   */
  readonly keySpec?: KeySpec;
  /**
   * Its usage.
   * @default - the usage of a key spec that has one only; otherwise unknown
   * @example 'SIGN_VERIFY'
   */
  readonly keyUsage?: KeyUsage;
}

/** How `Key.fromLookup` finds a key: by alias or by id. */
export interface KeyLookupOptions {
  /**
   * Name of an alias; `alias/` is put in front when it is missing.
   * @default - none: `keyId` is given
   * @example 'orders'
   */
  readonly aliasName?: string;
  /**
   * Id or ARN of the key.
   * @default - none: `aliasName` is given
   * @example '1234abcd-12ab-34cd-56ef-1234567890ab'
   */
  readonly keyId?: string;
  /**
   * The Region to look in.
   * @default - the provider's
   * @example 'eu-central-1'
   */
  readonly region?: string;
  /**
   * The provider to ask.
   * @default - the stack's default Keystead provider
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider;
}

/** What is known of a key; its id and ARN can be references. */
interface Known {
  readonly keyArn: string;
  readonly keyId: string;
  readonly region?: string | undefined;
  readonly provider?: TerraformProvider | undefined;
  readonly keySpec?: KeySpec | undefined;
  readonly keyUsage?: KeyUsage | undefined;
  readonly multiRegion?: boolean;
  /** undefined: the key's ARN */
  readonly scope?: KeyScope;
}

class ImportedKey extends KeyBase {
  readonly keyArn: string;
  readonly keyId: string;
  readonly region: string | undefined;
  readonly provider: TerraformProvider | undefined;
  readonly keySpec: KeySpec | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly multiRegion: boolean | undefined;
  readonly origin = undefined;
  readonly #scope: KeyScope | undefined;

  constructor(scope: Construct, id: string, find: (self: Construct) => Known) {
    super(scope, id);
    const known = find(this);
    this.keyArn = known.keyArn;
    this.keyId = known.keyId;
    this.region = known.region;
    this.provider = known.provider;
    this.keySpec = known.keySpec;
    this.keyUsage = known.keyUsage;
    this.multiRegion = known.multiRegion;
    this.#scope = known.scope;
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
export function importedKeyByArn(scope: Construct, id: string, attributes: KeyAttributes): IKey {
  return new ImportedKey(scope, id, (self) => {
    const { keyArn, keySpec } = attributes;
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
    const { keyId, region } = key;
    return {
      keyArn,
      keyId,
      region,
      keySpec,
      keyUsage: knownUsage(self, attributes),
      multiRegion: isMultiRegionKeyId(keyId),
    };
  });
}

function knownUsage(at: Construct, { keySpec, keyUsage }: KeyAttributes): KeyUsage | undefined {
  if (keySpec === undefined) return keyUsage;
  refuseOn(at, specFinding(keySpec));
  if (keyUsage !== undefined) refuseOn(at, usageFinding(keySpec, keyUsage));
  return keyUsage ?? defaultUsage(keySpec);
}

/** By key id or alias name, through a data source. */
export function importedKey(scope: Construct, id: string, keyReference: string, provider?: TerraformProvider): IKey {
  return new ImportedKey(scope, id, (self) => lookUp(self, keyReference, undefined, provider));
}

export function lookedUpKey(scope: Construct, id: string, options: KeyLookupOptions): IKey {
  return new ImportedKey(scope, id, (self) => {
    const { aliasName, keyId, region, provider } = options;
    if (aliasName !== undefined && keyId === undefined) {
      return lookUp(self, fullAliasName(self, aliasName), region, provider);
    }
    if (aliasName === undefined && keyId !== undefined) return lookUp(self, keyId, region, provider);
    return refuse(self, 'A key is looked up by its alias or by its id.', 'Give either aliasName or keyId.');
  });
}

export function keyBehindAliasName(scope: Construct, id: string, name: string, provider?: TerraformProvider): IKey {
  return importedKey(scope, id, name, provider);
}

/** The alias can be in another account: everything names the key by its ARN. */
export function keyBehindAliasArn(
  scope: Construct,
  id: string,
  aliasArn: string,
  region: string,
  provider?: TerraformProvider,
): IKey {
  return new ImportedKey(scope, id, (self) => lookUp(self, aliasArn, region, provider));
}

function lookUp(
  self: Construct,
  keyReference: string,
  region: string | undefined,
  provider: TerraformProvider | undefined,
): Known {
  const lookup = new DataAwsKmsKey(self, 'Lookup', { keyId: keyReference, region });
  assignProvider(lookup, () => provider ?? KeysteadProvider.of(self));
  const known = { keyArn: lookup.arn, keyId: lookup.id, region, provider };
  const aliasName = /(?:^|:)(alias\/.*)$/.exec(keyReference)?.[1];
  return aliasName === undefined ? known : { ...known, scope: scopeOfAlias(lookup.arn, aliasName) };
}

/** Whichever key has the alias when it is used, of the account and Region of the one that has it when Terraform plans. */
function scopeOfAlias(keyArn: string, aliasName: string): KeyScope {
  return {
    resources: [Fn.replace(keyArn, '/:key/.*$/', ':key/*')],
    conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliasName } },
  };
}
