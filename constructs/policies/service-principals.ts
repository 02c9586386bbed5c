/**
 * Services as principals, callers that come through a service, and callers with identity tokens.
 * Sources: IAM user guide, "AWS service principals", "The confused deputy problem"; KMS developer guide,
 * "kms:ViaService"; IAM user guide, "OIDC federated principals".
 */
import { isAccountId, isServiceName } from '@keystead/provider-schema/arn.ts';
import { Token } from '../cdk.ts';
import { blockOf, type Conditions } from './condition.ts';
import type { PlainConditions } from './plain-conditions.ts';
import type { IPrincipal, PrincipalFragment } from './principal-interface.ts';
import { PrincipalBase, PrincipalWithConditions } from './principals.ts';

export interface ServicePrincipalOptions {
  /**
   * ARN, or pattern of ARNs with `*`, of the resource that the service must act for (`aws:SourceArn`).
   * @default - any resource
   * @example 'arn:aws:logs:eu-west-1:111122223333:*'
   */
  readonly sourceArn?: string | undefined;
  /**
   * Account of the resource that the service must act for (`aws:SourceAccount`), 12 digits.
   * @default - any account
   * @example '111122223333'
   */
  readonly sourceAccount?: string | undefined;
}

/**
 * A service that calls in its own name, such as `logs.amazonaws.com`. Name the resource or account it must act for:
 * without them, everybody who can use the service can use it on the key.
 */
export class ServicePrincipal extends PrincipalBase {
  readonly service: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;

  /** @throws Error when the name is not a service's, or the account is not 12 digits. */
  constructor(service: string, options: ServicePrincipalOptions = {}) {
    super();
    this.service = requireServiceName(service, 'logs.amazonaws.com');
    this.sourceArn = options.sourceArn;
    this.sourceAccount = options.sourceAccount;
    const { sourceAccount } = options;
    if (sourceAccount === undefined || Token.isUnresolved(sourceAccount) || isAccountId(sourceAccount)) return;
    throw new Error(`"${sourceAccount}" is not an account id: give 12 digits as a string.`);
  }

  get policyFragment(): PrincipalFragment {
    const { sourceArn, sourceAccount } = this;
    const arn: PlainConditions = sourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': sourceArn } };
    const account: PlainConditions =
      sourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': sourceAccount } };
    const conditions = { ...arn, ...account };
    return { kind: 'Service', value: this.service, ...(Object.keys(conditions).length > 0 && { conditions }) };
  }
}

/**
 * Principals whose requests come through a service on their behalf: `new ViaServicePrincipal(
 * 's3.eu-west-1.amazonaws.com', role)`. The same principals cannot use the key directly.
 */
export class ViaServicePrincipal extends PrincipalWithConditions {
  /** @param service with its Region, as `kms:ViaService` has it @param principal on whose behalf the service acts */
  constructor(service: string, principal: IPrincipal | string) {
    requireServiceName(service, 's3.eu-west-1.amazonaws.com');
    super(principal, { StringEquals: { 'kms:ViaService': service } });
  }
}

/**
 * Callers with a token of an OpenID Connect provider. Trust policies of roles name them; key policies and grants name the
 * role whose session they open.
 */
export class WebIdentityPrincipal extends PrincipalBase {
  readonly provider: string;
  readonly #conditions: Conditions | undefined;

  /**
   * @param provider ARN of the OpenID Connect provider
   * @param conditions on the token's claims: `{ StringEquals: { 'token.example.com:aud': 'keystead' } }`
   */
  constructor(provider: string, conditions?: Conditions) {
    super();
    this.provider = provider;
    this.#conditions = conditions;
    if (Token.isUnresolved(provider) || /^arn:aws(-[a-z]+)*:iam::\d{12}:oidc-provider\/./.test(provider)) return;
    throw new Error(
      `"${provider}" is not the ARN of an OpenID Connect provider: write arn:aws:iam::ACCOUNT:oidc-provider/HOST.`,
    );
  }

  get policyFragment(): PrincipalFragment {
    const conditions = blockOf(this.#conditions);
    return { kind: 'Federated', value: this.provider, ...(conditions && { conditions }) };
  }

  override get assumeRoleAction(): string {
    return 'sts:AssumeRoleWithWebIdentity';
  }
}

function requireServiceName(service: string, example: string): string {
  if (Token.isUnresolved(service) || isServiceName(service)) return service;
  throw new Error(`"${service}" is not the name of a service: write one such as ${example}.`);
}
