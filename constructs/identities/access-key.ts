/**
 * An access key of a user. Its secret is made by the control plane and comes back once.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
 */
import type { Construct } from 'constructs';
import { TerraformOutput, type TerraformProvider, TerraformStack } from '../cdk.ts';
import { IamAccessKey } from '../generated/iam-access-key.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { resolvedIn } from '../stacks/resolved.ts';
import type { IUser } from './interfaces.ts';

export interface AccessKeyProps {
  /**
   * The user, or its name.
   * @example new User(stack, 'shop')
   */
  readonly user: IUser | string;
  /**
   * An inactive key stays and cannot be used.
   * @default true
   * @example false
   */
  readonly active?: boolean | undefined;
  /**
   * Public OpenPGP key in base64, for which the secret is encrypted: only its owner can read it, with `encryptedSecret`.
   * @default - none; then `secretInState` is needed
   * @example readFileSync('shop.gpg', 'base64')
   */
  readonly pgpKey?: string | undefined;
  /**
   * Lets the secret be in Terraform's state in the clear, where everybody who reads the state has it.
   * @default false
   * @example true
   */
  readonly secretInState?: boolean | undefined;
  /**
   * The provider that serves it.
   * @default - the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider | undefined;
}

export class AccessKey extends KeysteadConstruct {
  readonly accessKeyId: string;
  readonly #resource: IamAccessKey;
  readonly #isInState: boolean;

  constructor(scope: Construct, id: string, props: AccessKeyProps) {
    super(scope, id);
    const { pgpKey, secretInState = false } = props;
    if (pgpKey === undefined && !secretInState) {
      refuse(
        this,
        "The secret of the access key would be in Terraform's state in the clear.",
        'Give pgpKey, or let pipelines open sessions with tokens of an OpenIdConnectProvider, which need no secret. ' +
          'secretInState: true accepts it.',
      );
    }
    if (pgpKey !== undefined && secretInState) {
      refuse(this, 'With pgpKey the secret is not in the state in the clear.', 'Leave secretInState out.');
    }
    this.#isInState = secretInState;
    this.#resource = new IamAccessKey(this, 'Resource', {
      user: typeof props.user === 'string' ? props.user : props.user.userName,
      status: props.active === undefined ? undefined : props.active ? 'Active' : 'Inactive',
      pgpKey,
    });
    assignProvider(this.#resource, () => props.provider ?? KeysteadProvider.of(this));
    this.accessKeyId = this.#resource.id;
    this.node.addValidation({ validate: () => this.#openOutputs() });
  }

  /** The secret, encrypted for `pgpKey`, in base64. */
  get encryptedSecret(): string {
    if (!this.#isInState) return this.#resource.encryptedSecret;
    return refuse(this, 'The access key has no pgpKey.', 'Give one, or use secretAccessKey.');
  }

  /** The secret, with `secretInState`. An output that has it must be sensitive. */
  get secretAccessKey(): string {
    if (this.#isInState) return this.#resource.secret;
    return refuse(this, 'The secret is encrypted for pgpKey.', 'Use encryptedSecret.');
  }

  #openOutputs(): string[] {
    if (!this.#isInState) return [];
    const { terraformResourceType: type, friendlyUniqueId: name } = this.#resource;
    const secret = `${type}.${name}.secret`;
    return TerraformStack.of(this)
      .node.findAll()
      .filter((node): node is TerraformOutput => TerraformOutput.isTerraformOutput(node) && node.sensitive !== true)
      .filter((output) => JSON.stringify(resolvedIn(output, output.value)).includes(secret))
      .map((output) => `The output ${output.node.path} shows the secret of the access key: set sensitive to true.`);
  }
}
