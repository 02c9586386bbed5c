/** An alias that this program declares. Apart from `Alias`, because keys make aliases, and `Alias` finds keys. */
import type { Construct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { KmsAlias } from '../generated/kms-alias.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { AliasBase } from './alias-base.ts';
import { fullAliasName, generatedAliasName } from './alias-name.ts';
import type { IKey } from './interfaces.ts';
import { knownRegionOf, providerInAccountOf, regionBeside, settleRegion } from './placement.ts';

export interface AliasProps {
  /**
   * 1 to 250 letters, digits, `/`, `_` and `-`; `alias/` is put in front when it is missing.
   * @default - the ids on the target key's path, joined by slashes: `alias/stack/orders`
   * @example 'orders'
   */
  readonly aliasName?: string;
  /**
   * The key the alias names. Pointing it elsewhere later changes the alias in place.
   * @example new Key(stack, 'orders')
   */
  readonly targetKey: IKey;
  /**
   * An alias names a key of its own Region only.
   * @default - the target key's
   * @example 'eu-west-1'
   */
  readonly region?: string;
  /**
   * The provider that serves the alias.
   * @default - the target key's, where that is of the same stack, or the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider;
}

/** @internal Public as `Alias`. */
export class DeclaredAlias extends AliasBase {
  readonly aliasArn: string;
  readonly targetKey: IKey;
  readonly #given: string | undefined;

  constructor(scope: Construct, id: string, props: AliasProps) {
    super(scope, id);
    const { targetKey } = props;
    this.#given = props.aliasName === undefined ? undefined : fullAliasName(this, props.aliasName);
    this.targetKey = targetKey;
    const name = this.aliasName;
    const resource = new KmsAlias(this, 'Resource', {
      name,
      targetKeyId: targetKey.keyId,
      region: props.region ?? regionBeside(this, targetKey, props.provider),
    });
    assignProvider(
      resource,
      () => providerInAccountOf(this, targetKey, props.provider, 'an alias names a key of its own account'),
      () => {
        requireRegionOfKey(this, props);
        // A rename was said since, and a generated name is of the first path.
        if (resource.nameInput === name) resource.name = this.aliasName;
        if (props.region === undefined) settleRegion(resource, this, targetKey, props.provider);
      },
    );
    this.aliasArn = resource.arn;
  }

  /** With `alias/` in front. */
  get aliasName(): string {
    return this.#given ?? generatedAliasName(this.targetKey);
  }
}

function requireRegionOfKey(alias: DeclaredAlias, { region, targetKey }: AliasProps): void {
  const known = knownRegionOf(targetKey);
  if (region === undefined || Token.isUnresolved(region) || known === undefined || region === known) return;
  refuse(
    alias,
    `The key ${targetKey.node.path} is in ${known}, and an alias names a key of its own Region.`,
    `Leave \`region\` out, or give a replica of the key in ${region} as targetKey.`,
  );
}
