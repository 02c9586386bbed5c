/**
 * The three roles of a pipeline: who can open their sessions, and what those sessions are allowed. The command
 * `keystead ci roles` and the construct PipelineRoles write the same ones.
 */
import { type Claims, claimsOf, type PipelineJob, pipelineJobs } from './claims.ts';
import { type ManagedKind, managedKinds, type PermissionStatement, permissionsOf } from './permissions.ts';
import { issuers, PipelineRolesError, type PipelineSource, requireSource } from './source.ts';

export const tokenUses = ['session', 'once', 'unlimited'] as const;
/**
 * How often an identity token opens a session: again only under the role and session name of its first use, never
 * again, or until it expires.
 */
export type TokenUse = (typeof tokenUses)[number];

export interface PipelineRolesOptions extends PipelineSource {
  /** Begins the names of the roles. Default: the last part of the repository's name. */
  readonly prefix?: string | undefined;
  /** Audience that the jobs ask for in their tokens. Default: `keystead`, so that no token for another service fits. */
  readonly audience?: string | undefined;
  /** Default: `session`. */
  readonly tokenUse?: TokenUse | undefined;
  /** Networks from which tokens are taken, `203.0.113.0/24`. Default: any. */
  readonly networks?: readonly string[] | undefined;
  /** Default: keys. */
  readonly manages?: readonly ManagedKind[] | undefined;
}

export type Conditions = Readonly<Record<string, Claims>>;

export interface PipelineRole {
  readonly job: PipelineJob;
  readonly name: string;
  readonly description: string;
  /** Conditions of its trust policy, on sts:AssumeRoleWithWebIdentity by the provider. */
  readonly conditions: Conditions;
  /** Statements of its policy. @param account 12 digits, or what stands for them in the text */
  permissions(account: string): readonly PermissionStatement[];
}

export interface PipelineRoles {
  /** `https://…` */
  readonly issuer: string;
  readonly audience: string;
  readonly roles: readonly PipelineRole[];
}

export const assumeRoleAction = 'sts:AssumeRoleWithWebIdentity';

const descriptions: Readonly<Record<PipelineJob, string>> = {
  plan: 'Plans of pull requests',
  apply: 'Applies',
  drift: 'Drift detection',
};

const acceptedUses: Readonly<Record<Exclude<TokenUse, 'unlimited'>, readonly string[]>> = {
  session: ['first', 'same-session'],
  once: ['first'],
};

/** @throws PipelineRolesError for an option that cannot be meant */
export function pipelineRoles(options: PipelineRolesOptions): PipelineRoles {
  requireSource(options);
  const { provider, repository, manages = ['keys'], audience = 'keystead' } = options;
  const issuer = options.issuer ?? issuers[provider];
  const prefix = options.prefix ?? (repository.split('/').at(-1) as string);
  requirePrefix(prefix);
  requireChoice('manages', manages, managedKinds);
  requireChoice('token use', options.tokenUse === undefined ? [] : [options.tokenUse], tokenUses);
  if (!/^[^*?$\s]+$/.test(audience)) {
    throw new PipelineRolesError(`"${audience}" is not an audience.`, 'Write a text like keystead.');
  }
  return {
    issuer,
    audience,
    roles: pipelineJobs.map((job) => ({
      job,
      name: `${prefix}-${job}`,
      description: `${descriptions[job]} of ${repository}`,
      conditions: conditionsOf(job, options, issuer.slice('https://'.length), audience),
      permissions: (account) => permissionsOf(job, manages, account),
    })),
  };
}

function conditionsOf(job: PipelineJob, options: PipelineRolesOptions, provider: string, audience: string): Conditions {
  const { tokenUse = 'session', networks = [] } = options;
  const { equal, like } = claimsOf(job, options);
  const named = (claims: Claims) =>
    Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${provider}:${claim}`, value]));
  return {
    StringEquals: {
      ...named({ aud: audience, ...equal }),
      ...(tokenUse !== 'unlimited' && { 'keystead:IdentityTokenUse': acceptedUses[tokenUse] }),
    },
    ...(Object.keys(like).length > 0 && { StringLike: named(like) }),
    ...(networks.length > 0 && { IpAddress: { 'aws:SourceIp': networks } }),
  };
}

const longestJob = Math.max(...pipelineJobs.map((job) => job.length));

function requirePrefix(prefix: string): void {
  if (/^[\w+=,.@-]+$/.test(prefix) && prefix.length + 1 + longestJob <= 64) return;
  throw new PipelineRolesError(
    `"${prefix}" cannot begin the name of a role.`,
    `Write letters, digits and +=,.@-_, ${64 - 1 - longestJob} characters or fewer.`,
  );
}

function requireChoice(what: string, given: readonly string[], choices: readonly string[]): void {
  const wrong = given.find((one) => !choices.includes(one));
  if (wrong === undefined) return;
  throw new PipelineRolesError(`"${wrong}" is not one of ${what}.`, `Choose from ${choices.join(', ')}.`);
}

/** The trust policy as a document. @param providerArn of the OIDC provider, or what stands for it in the text */
export const trustDocument = ({ conditions }: PipelineRole, providerArn: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Federated: providerArn }, Action: assumeRoleAction, Condition: conditions },
  ],
});

/** The policy as a document. @param account as in `permissions` */
export const permissionDocument = (role: PipelineRole, account: string) => ({
  Version: '2012-10-17',
  Statement: role.permissions(account),
});
