/** A name for a KMS key. @see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html */
import { Construct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { KmsAlias } from '../generated/kms-alias.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IAlias, IKey } from './interfaces.ts';
import { providerBeside } from './placement.ts';

export interface AliasProps {
  /** 1 to 250 letters, digits, `/`, `_` and `-`; `alias/` is put in front when it is missing. */
  readonly aliasName: string;
  /** The key the alias names. Pointing it elsewhere later changes the alias in place. */
  readonly targetKey: IKey;
  /**
   * An alias names a key of its own Region only.
   * @default - the target key's
   */
  readonly region?: string;
  /** @default - the target key's, or the stack's default */
  readonly provider?: TerraformProvider;
}

export class Alias extends Construct implements IAlias {
  /** With `alias/` in front. */
  readonly aliasName: string;
  readonly aliasArn: string;
  readonly targetKey: IKey;

  constructor(scope: Construct, id: string, props: AliasProps) {
    super(scope, id);
    this.aliasName = fullName(this, props.aliasName);
    this.targetKey = props.targetKey;
    const resource = new KmsAlias(this, 'Resource', {
      name: this.aliasName,
      targetKeyId: props.targetKey.keyId,
      region: props.region ?? props.targetKey.region,
    });
    assignProvider(resource, () => providerBeside(this, props.targetKey, props.provider));
    this.aliasArn = resource.arn;
  }
}

/** `aws/` is reserved for keys that services manage (API reference, CreateAlias). */
function fullName(at: Construct, aliasName: string): string {
  if (Token.isUnresolved(aliasName)) return aliasName;
  const name = aliasName.startsWith('alias/') ? aliasName : `alias/${aliasName}`;
  if (name.startsWith('alias/aws/')) {
    refuse(at, `"${name}" is reserved for keys that services manage.`, 'Choose a name that does not begin with aws/.');
  }
  if (!/^alias\/[A-Za-z0-9/_-]+$/.test(name) || name.length > 256) {
    refuse(
      at,
      `"${aliasName}" is not an alias name.`,
      'Use 1 to 250 letters, digits, slashes, underscores and hyphens after "alias/".',
    );
  }
  return name;
}
