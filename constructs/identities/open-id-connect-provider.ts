/**
 * An identity provider whose tokens open sessions of roles: pipelines get access without a stored secret.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
import type { Construct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { IamOpenidConnectProvider } from '../generated/iam-openid-connect-provider.ts';
import type { Conditions } from '../policies/condition.ts';
import { WebIdentityPrincipal } from '../policies/service-principals.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';

export interface OpenIdConnectProviderProps {
  /**
   * `https://token.example.com`, with a path if the issuer has one.
   * @example 'https://token.actions.githubusercontent.com'
   */
  readonly url: string;
  /**
   * Audiences that tokens can have.
   * @example ['sts.amazonaws.com']
   */
  readonly clientIds: string[];
  /**
   * Thumbprints of the provider's certificates, 40 hexadecimal digits each.
   * @default - none
   * @example ['6938fd4d98bab03faadb97b34396831e3780aea1']
   */
  readonly thumbprints?: string[] | undefined;
  /**
   * Tags of it, up to 50.
   * @default - the provider's default tags
   * @example { Department: 'sales' }
   */
  readonly tags?: Record<string, string> | undefined;
  /**
   * The provider that serves it.
   * @default - the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider | undefined;
}

export interface TokenOptions {
  /**
   * Audiences of the token (`aud`); one of them must fit.
   * @example ['sts.amazonaws.com']
   */
  readonly audiences: string[];
  /**
   * Subjects of the token (`sub`), with `*` for any text: `repo:example/shop:ref:refs/heads/main`.
   * @default - any subject. Nearly always this lets in too many: the provider makes tokens for all its users.
   * @example ['repo:example/shop:ref:refs/heads/main']
   */
  readonly subjects?: string[] | undefined;
}

export class OpenIdConnectProvider extends KeysteadConstruct {
  readonly providerArn: string;
  /** The URL without `https://`: the beginning of the condition keys of its tokens. */
  readonly issuer: string;

  constructor(scope: Construct, id: string, props: OpenIdConnectProviderProps) {
    super(scope, id);
    if (!Token.isUnresolved(props.url) && !/^https:\/\/[^/?#]+[^?#]*$/.test(props.url)) {
      refuse(this, `"${props.url}" is not the URL of an identity provider.`, 'Give an https:// URL without a query.');
    }
    const resource = new IamOpenidConnectProvider(this, 'Resource', {
      url: props.url,
      clientIdList: props.clientIds,
      thumbprintList: props.thumbprints,
      tags: props.tags,
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.providerArn = resource.arn;
    this.issuer = props.url.replace(/^https:\/\//, '').replace(/\/$/, '');
  }

  /**
   * Callers with tokens of this provider, for `assumedBy` of a role.
   * @example
   * new Role(stack, 'deploy', {
   *   assumedBy: [github.principal({ audiences: ['keystead'], subjects: ['repo:example/shop:*'] })],
   * });
   */
  principal(options: TokenOptions): WebIdentityPrincipal {
    if (Token.isUnresolved(this.issuer)) {
      refuse(
        this,
        'Only Terraform knows the URL, so the names of the condition keys are not known here.',
        'Use WebIdentityPrincipal with providerArn and conditions of your own.',
      );
    }
    const { audiences, subjects } = options;
    const subject = subjects === undefined ? {} : { StringLike: { [`${this.issuer}:sub`]: subjects } };
    const conditions = { StringEquals: { [`${this.issuer}:aud`]: audiences }, ...subject };
    return new WebIdentityPrincipal(this.providerArn, conditions as Conditions);
  }
}
