/**
 * The roles of a pipeline's jobs: a plan for each pull request, an apply on the main branch, drift detection on a
 * schedule. The same roles as those of the command `keystead ci roles`.
 * @see docs/guide/ci.md
 */
import { assumeRoleAction, pipelineRoles } from '@keystead/provider-schema/pipeline-roles/roles.ts';
import { PipelineRolesError } from '@keystead/provider-schema/pipeline-roles/source.ts';
import type { Construct } from 'constructs';
import { Aspects, Lazy, type TerraformProvider } from '../cdk.ts';
import type { Conditions } from '../policies/condition.ts';
import { WebIdentityPrincipal } from '../policies/service-principals.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { accountIdOf, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { InlinePolicy } from './inline-policy.ts';
import { OpenIdConnectProvider } from './open-id-connect-provider.ts';
import { Role } from './role.ts';

/** Which CI system runs the jobs. */
export type CiSystem = 'GITHUB' | 'GITLAB';

/**
 * How often an identity token opens a session: again only for the role and session name of its first use (SESSION), never
 * again (ONCE), or until it expires (UNLIMITED).
 */
export type IdentityTokenUse = 'SESSION' | 'ONCE' | 'UNLIMITED';

/** What the stacks of a pipeline declare. */
export type PipelineSubject = 'KEYS' | 'KEY_STORES' | 'IDENTITIES';

export interface PipelineRolesProps {
  /**
   * The CI system, whose tokens have claims of its own.
   * @example 'GITHUB'
   */
  readonly ciSystem: CiSystem;
  /**
   * `OWNER/NAME`, on GitLab with all groups, in the case in which the CI system writes it.
   * @example 'example/shop'
   */
  readonly repository: string;
  /**
   * The branch whose commits are applied and compared.
   * @default 'main'
   * @example 'production'
   */
  readonly branch?: string | undefined;
  /**
   * Environment of the apply job.
   * @default - none: every job of the branch can apply
   * @example 'production'
   */
  readonly environment?: string | undefined;
  /**
   * Issuer of the identity tokens.
   * @default - GitHub's, or gitlab.com's
   * @example 'https://gitlab.example.com'
   */
  readonly issuer?: string | undefined;
  /**
   * Begins the names of the roles.
   * @default - the last part of the repository's name
   * @example 'shop'
   */
  readonly prefix?: string | undefined;
  /**
   * Audience that the jobs ask for in their tokens.
   * @default 'keystead'
   * @example 'keystead'
   */
  readonly audience?: string | undefined;
  /**
   * Number of the repository: one that is made anew under its name gets nothing.
   * @default - any repository of the name
   * @example '456789'
   */
  readonly repositoryId?: string | undefined;
  /**
   * GitHub: number of the repository's owner, with `repositoryId`.
   * @default - any owner of the name
   * @example '123456'
   */
  readonly ownerId?: string | undefined;
  /**
   * Workflow (GitHub) or CI configuration (GitLab) that every job must come from, with its ref.
   * @default - any of the repository
   * @example 'example/pipelines/.github/workflows/apply.yml@refs/heads/main'
   */
  readonly workflow?: string | undefined;
  /**
   * Networks from which the jobs come.
   * @default - any
   * @example ['203.0.113.0/24']
   */
  readonly networks?: string[] | undefined;
  /**
   * How often an identity token opens a session.
   * @default 'SESSION'
   * @example 'ONCE'
   */
  readonly tokenUse?: IdentityTokenUse | undefined;
  /**
   * What the stacks declare. Who applies identities can give itself every permission.
   * @default ['KEYS']
   * @example ['KEYS', 'IDENTITIES']
   */
  readonly manages?: PipelineSubject[] | undefined;
  /**
   * The OIDC provider of the CI system, or its ARN. Its audiences must contain `audience`.
   * @default - a new one; an account can have only one of each issuer
   * @example 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com'
   */
  readonly oidcProvider?: OpenIdConnectProvider | string | undefined;
  /**
   * The provider that serves it.
   * @default - the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider | undefined;
}

/**
 * @example
 * new PipelineRoles(stack, 'ci', { ciSystem: 'GITHUB', repository: 'example/shop' });
 */
export class PipelineRoles extends KeysteadConstruct {
  readonly planRole: Role;
  readonly applyRole: Role;
  readonly driftRole: Role;
  readonly oidcProviderArn: string;

  constructor(scope: Construct, id: string, props: PipelineRolesProps) {
    super(scope, id);
    const { oidcProvider, provider } = props;
    const { issuer, audience, roles } = this.#rolesOf(props);
    const trusted =
      oidcProvider ?? new OpenIdConnectProvider(this, 'Provider', { url: issuer, clientIds: [audience], provider });
    this.oidcProviderArn = typeof trusted === 'string' ? trusted : trusted.providerArn;
    const account = this.#account(provider);
    const declared = roles.map((role) => {
      const principal = new WebIdentityPrincipal(this.oidcProviderArn, role.conditions as Conditions);
      const { name, description } = role;
      const made = new Role(this, role.job, { assumedBy: [], roleName: name, description, provider });
      made.addToTrustPolicy({ principals: [principal], actions: [assumeRoleAction] });
      const statements = role.permissions(account).map(({ Sid, Effect, Action, Resource, Condition }) => ({
        sid: Sid,
        effect: Effect,
        actions: [...Action],
        resources: [Resource].flat(),
        conditions: Condition as Conditions | undefined,
      }));
      new InlinePolicy(made, 'Policy', { identity: made, policyName: 'pipeline', statements, provider });
      return made;
    });
    [this.planRole, this.applyRole, this.driftRole] = declared as [Role, Role, Role];
  }

  #rolesOf({ ciSystem, tokenUse, manages, ...source }: PipelineRolesProps) {
    const lower = (text: string) => text.toLowerCase().replaceAll('_', '-');
    try {
      return pipelineRoles({
        ...source,
        provider: lower(ciSystem) as 'github' | 'gitlab',
        tokenUse: tokenUse && (lower(tokenUse) as Lowercase<IdentityTokenUse>),
        manages: manages?.map((one) => lower(one) as 'keys' | 'key-stores' | 'identities'),
      });
    } catch (error) {
      if (error instanceof PipelineRolesError) return refuse(this, error.message, error.hint);
      throw error;
    }
  }

  /** The provider's account, which is known when the whole stack is declared. */
  #account(provider: TerraformProvider | undefined): string {
    let account = '';
    Aspects.of(this).add({
      visit: (node) => {
        if (node === this) account = accountIdOf(provider ?? KeysteadProvider.of(this));
      },
    });
    return Lazy.stringValue({ produce: () => account });
  }
}
