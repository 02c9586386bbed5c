/**
 * The identities that a request is about, as permissions name them: by ARN, with the path.
 * Source: AWS Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
 * Management".
 */
import { identityArn, oidcProviderArn } from '@keystead/provider-schema/arn.ts';
import type { Target } from '@keystead/provider-schema/records.ts';
import type { Context } from '../context/context.ts';
import { deletionTaskOf, serviceLinkedRole } from '../domain/identities/service-linked-roles.ts';

type IdentityTarget = Extract<Target, { kind: 'identity' }>;
type Input = Readonly<Record<string, unknown>>;

export interface TargetedIdentity {
  readonly arn: string;
  /** Of an identity that exists and has tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Of a user or role that has one. */
  readonly permissionsBoundary?: string;
}

/** One, or for a change of name or path two: the identity as it is, and as it will be. */
export async function targetedIdentities(
  ctx: Context,
  target: IdentityTarget,
  input: Input,
): Promise<readonly TargetedIdentity[]> {
  const now = await targetedIdentity(ctx, target, input);
  const { NewUserName, NewGroupName, NewPath } = input;
  const name = NewUserName ?? NewGroupName;
  if (name === undefined && NewPath === undefined) return [now];
  const [, path = '/', oldName = ''] = /:\w+(\/(?:.*\/)?)([^/]*)$/.exec(now.arn) ?? [];
  const place = { accountId: ctx.accountId, region: ctx.region };
  const renamed = { ...place, name: String(name ?? oldName), path: String(NewPath ?? path) };
  return [now, { ...now, arn: identityArn(target.entity === 'group' ? 'group' : 'user', renamed) }];
}

/** An identity that does not exist is authorized under the ARN that it would have at the root path. */
async function targetedIdentity(ctx: Context, target: IdentityTarget, input: Input): Promise<TargetedIdentity> {
  const named = input[target.member];
  if (named === undefined && target.orCaller) return { arn: callerArn(ctx) };
  const name = String(named ?? '');
  const { entity } = target;
  if (entity === 'oidc-provider') return targetedProvider(ctx, name, target.isNew === true);
  if (entity === 'access-key') return ownerOfAccessKey(ctx, name);
  const place = { accountId: ctx.accountId, region: ctx.region };
  if (entity === 'service-linked-role') {
    const suffix = typeof input.CustomSuffix === 'string' ? input.CustomSuffix : undefined;
    return { arn: identityArn('role', { ...place, ...serviceLinkedRole(name, suffix) }) };
  }
  if (entity === 'deletion-task') {
    return { arn: identityArn('role', { ...place, ...(deletionTaskOf(name)?.role ?? { name }) }) };
  }
  if (target.isNew) return { arn: identityArn(entity, { ...place, name, path: pathOf(input) }) };
  if (entity === 'policy') {
    const policy = await ctx.store.findManagedPolicy(name);
    return policy ? { arn: name, tags: tagsOf(policy) } : { arn: name };
  }
  const row =
    entity === 'group'
      ? await ctx.store.findGroupNamed(ctx.accountId, name)
      : await ctx.store.findPrincipalNamed(ctx.accountId, entity, name);
  if (!row) return { arn: identityArn(entity, { ...place, name }) };
  if (!('tags' in row)) return { arn: row.arn };
  const boundary = row.permissions_boundary_arn;
  return { arn: row.arn, tags: tagsOf(row), ...(boundary !== null && { permissionsBoundary: boundary }) };
}

async function targetedProvider(ctx: Context, named: string, isNew: boolean): Promise<TargetedIdentity> {
  if (isNew) return { arn: oidcProviderArn(ctx.accountId, named.replace(/^https:\/\//, ''), ctx.region) };
  const provider = await ctx.store.findOidcProvider(named);
  return provider ? { arn: named, tags: tagsOf(provider) } : { arn: named };
}

/** Another account's access key is authorized under the ARN of a user of this account without a name. */
async function ownerOfAccessKey(ctx: Context, accessKeyId: string): Promise<TargetedIdentity> {
  const key = await ctx.store.findAccessKey(accessKeyId);
  if (key?.account_id !== ctx.accountId) {
    return { arn: identityArn('user', { accountId: ctx.accountId, region: ctx.region, name: '' }) };
  }
  return { arn: key.principal.arn, tags: tagsOf(key.principal) };
}

const callerArn = ({ principal }: Context) => (principal.kind === 'assumed-role' ? principal.roleArn : principal.arn);
const pathOf = ({ Path }: Input) => (typeof Path === 'string' ? Path : '/');
const tagsOf = ({ tags }: { readonly tags: string }) => JSON.parse(tags) as Readonly<Record<string, string>>;
