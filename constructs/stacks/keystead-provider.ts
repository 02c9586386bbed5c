/**
 * The provider block of a stack: where the control plane is and which account and Region it is asked for. Every
 * construct of this library names its provider explicitly, because Terraform would otherwise choose by the type's
 * prefix, and `aws_` can belong to another provider of the same stack.
 */
import { isAccountId } from '@keystead/provider-schema/arn.ts';
import type { Construct, IConstruct } from 'constructs';
import {
  Aspects,
  type TerraformElement,
  type TerraformProvider,
  type TerraformResource,
  TerraformStack,
  Token,
} from '../cdk.ts';
import { DataAwsCallerIdentity } from '../generated/data-aws-caller-identity.ts';
import {
  AwsProvider,
  type AwsProviderAssumeRole,
  type AwsProviderAssumeRoleWithWebIdentity,
  type AwsProviderDefaultTags,
  type AwsProviderIgnoreTags,
} from '../generated/provider.ts';
import { providerSource } from '../generated/provider-address.ts';
import { defaultProviderIn, markAsOwn, ownProvidersIn, providersIn } from '../providers/own-providers.ts';
import { rememberAccount } from './accounts.ts';
import { refuse } from './refuse.ts';
import { checkResourcesOf } from './resource-checks.ts';

export interface KeysteadProviderProps {
  /**
   * Address of the control plane, for example `https://keys.example.com`.
   * @default - `AWS_ENDPOINT_URL_KMS`, `AWS_ENDPOINT_URL` or `KEYSTEAD_ENDPOINT` where Terraform runs
   * @example 'https://keys.example.com'
   */
  readonly endpoint?: string;
  /**
   * The Region of everything that names none of its own.
   * @default - `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's Region where Terraform runs
   * @example 'eu-west-1'
   */
  readonly region?: string;
  /**
   * The account this stack is meant for, 12 digits. Credentials of any other account are refused, and key policies
   * name it without asking the control plane.
   * @default - the account of the credentials, looked up at plan time
   * @example '111122223333'
   */
  readonly account?: string;
  /**
   * Profile in the shared credentials file.
   * @default - the usual AWS credential chain. Secrets are never written into a stack.
   * @example 'keystead'
   */
  readonly profile?: string;
  /**
   * Files of the AWS form with credentials.
   * @default - `AWS_SHARED_CREDENTIALS_FILE` or `~/.aws/credentials`
   * @example ['/run/secrets/credentials']
   */
  readonly sharedCredentialsFiles?: string[];
  /**
   * Tags for every resource of this provider that takes tags; those of a resource overwrite them. Tags by name, or the
   * block that the prebuilt AWS bindings take: `[{ tags: { Team: 'platform' } }]`.
   * @default - none
   * @example { Department: 'sales' }
   */
  readonly defaultTags?: Record<string, string> | AwsProviderDefaultTags | AwsProviderDefaultTags[];
  /**
   * Tags that Terraform leaves alone, because others manage them: by `keys` and `keyPrefixes`.
   * @default - none
   * @example [{ keyPrefixes: ['scanner/'] }]
   */
  readonly ignoreTags?: AwsProviderIgnoreTags | AwsProviderIgnoreTags[];
  /**
   * Role to assume, for example `{ roleArn: 'arn:aws:iam::111122223333:role/ci' }`; several form a chain, in order.
   * @default - none: the credentials themselves
   * @example { roleArn: 'arn:aws:iam::111122223333:role/ci' }
   */
  readonly assumeRole?: AwsProviderAssumeRole | AwsProviderAssumeRole[];
  /**
   * Role to assume with a token of an OpenID Connect provider, as pipelines do without stored secrets.
   * @default - `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE` where Terraform runs
   * @example { roleArn: 'arn:aws:iam::111122223333:role/ci', webIdentityTokenFile: '/run/secrets/token' }
   */
  readonly assumeRoleWithWebIdentity?: AwsProviderAssumeRoleWithWebIdentity | AwsProviderAssumeRoleWithWebIdentity[];
  /**
   * Distinguishes several providers of one stack, for example one per Region.
   * @default - none: this is the stack's default provider
   * @example 'frankfurt'
   */
  readonly alias?: string;
  /**
   * Name of the provider inside the stack. Choose `keystead` in a stack that also uses `hashicorp/aws`.
   * @default 'aws'
   * @example 'keystead'
   */
  readonly localName?: string;
  /**
   * Source address, with the host of a private registry or mirror in front if there is one.
   * @default 'keystead/aws'
   * @example 'registry.example.com/keystead/aws'
   */
  readonly source?: string;
}

export class KeysteadProvider extends AwsProvider {
  /** The account that the provider is restricted to; undefined: that of its credentials. */
  readonly account: string | undefined;

  constructor(scope: Construct, id: string, props: KeysteadProviderProps = {}) {
    super(scope, id, {
      region: props.region,
      profile: props.profile,
      sharedCredentialsFiles: props.sharedCredentialsFiles,
      alias: props.alias,
      allowedAccountIds: props.account === undefined ? undefined : [requireAccountId(scope, props.account)],
      defaultTags: defaultTagsBlock(props.defaultTags),
      ignoreTags: props.ignoreTags,
      assumeRole: props.assumeRole === undefined ? undefined : [props.assumeRole].flat(),
      assumeRoleWithWebIdentity: props.assumeRoleWithWebIdentity,
      endpoints: props.endpoint === undefined ? undefined : [endpoints(scope, props.endpoint)],
    });
    this.account = props.account;
    rememberAccount(this, props.account);
    checkResourcesOf(TerraformStack.of(this));
    markAsOwn(this);
    // Both are read when the stack is written; the CDK offers no argument for them.
    Object.assign(this, {
      terraformResourceType: props.localName ?? 'aws',
      terraformProviderSource: props.source ?? providerSource,
    });
    this.node.addValidation({ validate: () => localNameClashes(this) });
  }

  /** The provider a construct of this scope uses when none is given: the stack's only one, or the one without alias. */
  static of(scope: IConstruct): TerraformProvider {
    const stack = TerraformStack.of(scope);
    checkResourcesOf(stack);
    return defaultProviderIn(stack) ?? refuseMissing(scope, stack);
  }
}

function refuseMissing(scope: IConstruct, stack: TerraformStack): never {
  const { length } = ownProvidersIn(stack);
  return length === 0
    ? refuse(
        scope,
        `The stack "${stack.node.id}" has no Keystead provider.`,
        'Add `new KeysteadProvider(stack, "keystead", { endpoint, region })`.',
      )
    : refuse(
        scope,
        `The stack "${stack.node.id}" has ${length} Keystead providers and no single default among them.`,
        'Pass `provider`, or give every provider but one an alias.',
      );
}

/** The account of a provider as a key policy can name it. Call it while the stack is being prepared or built. */
export function accountIdOf(provider: TerraformProvider): string {
  if (provider instanceof KeysteadProvider && provider.account !== undefined) return provider.account;
  const known = provider.node.tryFindChild('CallerIdentity');
  const identity =
    known instanceof DataAwsCallerIdentity
      ? known
      : new DataAwsCallerIdentity(provider, 'CallerIdentity', { provider });
  return identity.accountId;
}

/**
 * Gives an element its provider once the whole stack is declared, so that declarations can come in any order; then
 * passes the provider to `then`.
 */
export function assignProvider(
  element: TerraformElement & Pick<TerraformResource, 'provider'>,
  choose: () => TerraformProvider,
  then: (provider: TerraformProvider) => void = () => undefined,
): void {
  Aspects.of(element).add({
    visit: (node) => {
      if (node !== element) return;
      const provider = choose();
      requireOwnStack(element, provider);
      element.provider = provider;
      then(provider);
    },
  });
}

/** Terraform reads each stack by itself: a provider block of another one is not there. */
function requireOwnStack(element: TerraformElement, provider: TerraformProvider): void {
  const [own, theirs] = [TerraformStack.of(element), TerraformStack.of(provider)];
  if (own === theirs) return;
  refuse(
    element,
    `The provider ${provider.node.path} is of the stack "${theirs.node.path}", and a stack can use its own only.`,
    `Pass one of the stack "${own.node.path}", or leave \`provider\` out.`,
  );
}

/** Of two providers with one local name the CDK silently keeps the later one. */
function localNameClashes(provider: TerraformProvider): string[] {
  const { terraformResourceType: localName, terraformProviderSource: source } = provider;
  return providersIn(TerraformStack.of(provider))
    .filter((other) => other.terraformResourceType === localName && other.terraformProviderSource !== source)
    .map(
      (other) =>
        `The providers ${source} and ${other.terraformProviderSource} (${other.node.path}) share the local name ` +
        `"${localName}", and Terraform would see only one of them. Give this one another: \`localName: "keystead"\`.`,
    );
}

/** A tag's value is a string, so `tags` with an object is the block's own argument. */
function defaultTagsBlock(
  given: KeysteadProviderProps['defaultTags'],
): AwsProviderDefaultTags | AwsProviderDefaultTags[] | undefined {
  if (given === undefined || Array.isArray(given) || isTagsBlock(given)) return given;
  return { tags: given };
}

const isTagsBlock = (given: Record<string, string> | AwsProviderDefaultTags): given is AwsProviderDefaultTags =>
  typeof given.tags === 'object';

function requireAccountId(scope: Construct, account: string): string {
  if (Token.isUnresolved(account) || isAccountId(account)) return account;
  return refuse(scope, `"${account}" is not an account id.`, 'Give 12 digits as a string.');
}

function endpoints(scope: Construct, endpoint: string): { kms: string; sts: string } {
  if (!Token.isUnresolved(endpoint) && !/^https?:\/\/[^/]/.test(endpoint)) {
    refuse(scope, `"${endpoint}" is not the address of a control plane.`, 'Give an http:// or https:// address.');
  }
  return { kms: endpoint, sts: endpoint };
}
