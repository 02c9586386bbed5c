/**
 * Managed policies: documents with a name and versions, attached to users, groups and roles or set as their boundary.
 * Those of AWS are in every account and nobody changes them.
 * Source: AWS IAM API reference, CreatePolicy, CreatePolicyVersion, ListEntitiesForPolicy and relatives.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Policy, PolicyVersion } from '@keystead/provider-schema/generated/types.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Context } from '../context.ts';
import { identityArn, parseArn } from '../domain/arn.ts';
import { type AwsManagedPolicy, awsManagedPolicies } from '../domain/aws-managed-policies.ts';
import { listIdentityTags, withoutTags, withTags } from '../domain/identity-tags.ts';
import { uniqueId } from '../domain/unique-id.ts';
import type { Mutation } from '../storage/store.ts';
import type { ManagedPolicyRow, PolicyVersionRow, PrincipalRow } from '../storage/tables.ts';
import {
  alreadyExists,
  deleteConflict,
  identityPage,
  identityPageInMemory,
  identityRead,
  identityWrite,
  noSuchEntity,
  requireRoom,
} from './identity-change.ts';
import { listPolicyPage } from './policy-list.ts';

export const createPolicy = identityWrite('CreatePolicy', async (ctx, input) => {
  const { PolicyName, PolicyDocument, Path = '/' } = input;
  if (await ctx.store.findManagedPolicyNamed(ctx.accountId, PolicyName)) {
    throw alreadyExists(messages.policyExists(PolicyName));
  }
  const count = await ctx.store.countManagedPolicies(ctx.accountId);
  requireRoom('PoliciesPerAccount', limits.managedPoliciesPerAccount, count);
  requireDocument(ctx, PolicyDocument);
  const row = {
    policy_id: uniqueId('ANPA'),
    account_id: ctx.accountId,
    name: PolicyName,
    name_key: PolicyName.toLowerCase(),
    arn: identityArn('policy', { accountId: ctx.accountId, name: PolicyName, path: Path, region: ctx.region }),
    path: Path,
    description: input.Description ?? '',
    tags: withTags('{}', input.Tags),
    default_version_number: 1,
    latest_version_number: 1,
    created_at_ms: ctx.nowMs,
    updated_at_ms: ctx.nowMs,
  };
  return {
    output: { Policy: policyOf(row, {}) },
    resource: policyResource(row),
    kind: 'created',
    mutations: [{ op: 'insert', table: 'managed_policies', row }, insertVersion(ctx, row.policy_id, 1, PolicyDocument)],
  };
});

export const getPolicy = identityRead<'GetPolicy'>(async (ctx, { PolicyArn }) => {
  const policy = await requirePolicy(ctx, PolicyArn);
  const counts = await countUses(ctx, [PolicyArn]);
  const shown = isOwn(policy) ? policyOf(policy, counts) : awsPolicyOf(policy, counts);
  const tags = isOwn(policy) ? listIdentityTags(policy.tags) : [];
  return { Policy: { ...shown, Tags: tags } };
});

export const listPolicies = identityRead<'ListPolicies'>(async (ctx, input) => {
  const { Scope = 'All', OnlyAttached, PolicyUsageFilter, PathPrefix = '/' } = input;
  const { rows, paging } = await listPolicyPage(ctx, 'ListPolicies', Scope, PathPrefix, input);
  const counts = await countUses(
    ctx,
    rows.map(({ arn }) => arn),
  );
  const shown = rows.map((row) => (isOwn(row) ? policyOf(row, counts) : awsPolicyOf(row, counts)));
  const isAsked = ({ AttachmentCount = 0, PermissionsBoundaryUsageCount: bounds = 0 }: Policy) =>
    (!OnlyAttached || AttachmentCount > 0) &&
    (PolicyUsageFilter !== 'PermissionsBoundary' || bounds > 0) &&
    (PolicyUsageFilter !== 'PermissionsPolicy' || AttachmentCount > 0);
  return { Policies: shown.filter(isAsked).map(({ Description, ...rest }) => rest), ...paging };
});

export const deletePolicy = identityWrite('DeletePolicy', async (ctx, { PolicyArn }) => {
  const policy = await requireOwnPolicy(ctx, PolicyArn);
  const { attachments, boundaries } = await countUses(ctx, [PolicyArn]);
  if (attachments?.[PolicyArn] || boundaries?.[PolicyArn]) throw deleteConflict(messages.policyInUse);
  const versions = await ctx.store.listPolicyVersions(policy.policy_id);
  if (versions.length > 1) throw deleteConflict(messages.policyHasVersions);
  const { policy_id, revision } = policy;
  return {
    output: undefined,
    resource: policyResource(policy),
    kind: 'deleted',
    mutations: [
      { op: 'delete', table: 'managed_policies', key: { policy_id }, revision },
      { op: 'deleteAll', table: 'policy_versions', where: { policy_id } },
    ],
  };
});

export const createPolicyVersion = identityWrite(
  'CreatePolicyVersion',
  async (ctx, { PolicyArn, PolicyDocument, SetAsDefault = false }) => {
    const policy = await requireOwnPolicy(ctx, PolicyArn);
    const versions = await ctx.store.listPolicyVersions(policy.policy_id);
    if (versions.length >= limits.versionsPerPolicy) {
      throw new KmsError('LimitExceededException', messages.tooManyPolicyVersions);
    }
    requireDocument(ctx, PolicyDocument);
    const number = policy.latest_version_number + 1;
    return {
      output: {
        PolicyVersion: {
          VersionId: versionId(number),
          IsDefaultVersion: SetAsDefault,
          CreateDate: new Date(ctx.nowMs),
        },
      },
      resource: policyResource(policy),
      kind: 'updated',
      mutations: [
        insertVersion(ctx, policy.policy_id, number, PolicyDocument),
        updatePolicy(policy, {
          latest_version_number: number,
          updated_at_ms: ctx.nowMs,
          ...(SetAsDefault && { default_version_number: number }),
        }),
      ],
    };
  },
);

export const getPolicyVersion = identityRead<'GetPolicyVersion'>(async (ctx, { PolicyArn, VersionId }) => {
  const policy = await requirePolicy(ctx, PolicyArn);
  if (!isOwn(policy)) {
    if (policy.versionId !== VersionId) throw noSuchEntity(messages.policyVersionNotFound(PolicyArn, VersionId));
    return { PolicyVersion: awsVersionOf(policy) };
  }
  const version = await requireVersion(ctx, policy, VersionId);
  return { PolicyVersion: { Document: version.document, ...versionOf(policy, version) } };
});

export const listPolicyVersions = identityRead<'ListPolicyVersions'>(async (ctx, input) => {
  const policy = await requirePolicy(ctx, input.PolicyArn);
  const versions = isOwn(policy)
    ? (await ctx.store.listPolicyVersions(policy.policy_id)).map((version) => versionOf(policy, version))
    : [{ ...awsVersionOf(policy), Document: undefined }];
  const { rows, paging } = await identityPageInMemory(ctx, ['ListPolicyVersions', policy.arn], input, versions);
  return { Versions: rows, ...paging };
});

export const deletePolicyVersion = identityWrite('DeletePolicyVersion', async (ctx, { PolicyArn, VersionId }) => {
  const policy = await requireOwnPolicy(ctx, PolicyArn);
  const { policy_id, version_number, revision } = await requireVersion(ctx, policy, VersionId);
  if (version_number === policy.default_version_number) throw deleteConflict(messages.policyVersionInForce);
  return {
    output: undefined,
    resource: policyResource(policy),
    kind: 'updated',
    mutations: [{ op: 'delete', table: 'policy_versions', key: { policy_id, version_number }, revision }],
  };
});

export const setDefaultPolicyVersion = identityWrite(
  'SetDefaultPolicyVersion',
  async (ctx, { PolicyArn, VersionId }) => {
    const policy = await requireOwnPolicy(ctx, PolicyArn);
    const { version_number } = await requireVersion(ctx, policy, VersionId);
    const set = { default_version_number: version_number, updated_at_ms: ctx.nowMs };
    return {
      output: undefined,
      resource: policyResource(policy),
      kind: 'updated',
      mutations: version_number === policy.default_version_number ? [] : [updatePolicy(policy, set)],
    };
  },
);

export const tagPolicy = identityWrite('TagPolicy', async (ctx, { PolicyArn, Tags }) =>
  retagged(await requireOwnPolicy(ctx, PolicyArn), (tags) => withTags(tags, Tags)),
);

export const untagPolicy = identityWrite('UntagPolicy', async (ctx, { PolicyArn, TagKeys }) =>
  retagged(await requireOwnPolicy(ctx, PolicyArn), (tags) => withoutTags(tags, TagKeys)),
);

export const listPolicyTags = identityRead<'ListPolicyTags'>(async (ctx, input) => {
  const policy = await requirePolicy(ctx, input.PolicyArn);
  const tags = isOwn(policy) ? listIdentityTags(policy.tags) : [];
  const { rows, paging } = await identityPageInMemory(ctx, ['ListPolicyTags', policy.arn], input, tags);
  return { Tags: rows, ...paging };
});

export const listEntitiesForPolicy = identityRead<'ListEntitiesForPolicy'>(async (ctx, input) => {
  const { PolicyArn, EntityFilter, PathPrefix = '/', PolicyUsageFilter } = input;
  await requirePolicy(ctx, PolicyArn);
  const attached = await ctx.store.listAttachedEntities(ctx.accountId, PolicyArn);
  const bounded = await ctx.store.listPrincipalsBoundedBy(ctx.accountId, PolicyArn);
  const users = [
    ...(PolicyUsageFilter === 'PermissionsBoundary' ? [] : attached),
    ...(PolicyUsageFilter === 'PermissionsPolicy' ? [] : bounded.map(boundedEntity)),
  ];
  const kinds: readonly string[] = ['User', 'Group', 'Role'].filter((kind) => (EntityFilter ?? kind) === kind);
  const entities = [...new Map(users.map((entity) => [entity.id, entity])).values()]
    .filter(({ kind, path }) => kinds.some((one) => one.toLowerCase() === kind) && path.startsWith(PathPrefix))
    .sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
  const { rows, paging } = await identityPage(
    ctx,
    ['ListEntitiesForPolicy', PolicyArn, EntityFilter ?? '', PathPrefix, PolicyUsageFilter ?? ''],
    input,
    async ({ after, limit }) => {
      const rest = entities.filter((entity) => after === undefined || positionOf(entity) > after);
      return { rows: rest.slice(0, limit), more: rest.length > limit };
    },
    positionOf,
  );
  const ofKind = (kind: string) => rows.filter((row) => row.kind === kind);
  return {
    PolicyGroups: ofKind('group').map(({ id, name }) => ({ GroupId: id, GroupName: name })),
    PolicyUsers: ofKind('user').map(({ id, name }) => ({ UserId: id, UserName: name })),
    PolicyRoles: ofKind('role').map(({ id, name }) => ({ RoleId: id, RoleName: name })),
    ...paging,
  };
});

const boundedEntity = ({ kind, principal_id: id, name, path }: PrincipalRow) => ({ kind, id, name, path });
const positionOf = ({ kind, id }: { readonly kind: string; readonly id: string }) => `${kind}/${id}`;

type AnyPolicy = ManagedPolicyRow | AwsManagedPolicy;
const isOwn = (policy: AnyPolicy): policy is ManagedPolicyRow => 'policy_id' in policy;

/** A policy of the caller's account or of AWS. @throws KmsError InvalidInputException, NoSuchEntityException */
export async function requirePolicy(ctx: Context, arn: string): Promise<AnyPolicy> {
  if (!parseArn(arn)?.resource.startsWith('policy/'))
    throw new KmsError('InvalidInputException', `ARN ${arn} is not valid.`);
  const policy = awsManagedPolicies.get(arn) ?? (await ctx.store.findManagedPolicy(arn));
  if (!policy || (isOwn(policy) && policy.account_id !== ctx.accountId))
    throw noSuchEntity(messages.policyNotFound(arn));
  return policy;
}

/** @throws KmsError NoSuchEntityException, AccessDeniedException for a policy of AWS */
async function requireOwnPolicy(ctx: Context, arn: string): Promise<ManagedPolicyRow> {
  const policy = await requirePolicy(ctx, arn);
  if (!isOwn(policy)) throw new KmsError('AccessDeniedException', messages.awsManagedPolicy(arn));
  return policy;
}

/**
 * A policy that a user, group or role may be given, or be bounded by.
 * @throws KmsError InvalidInputException, NoSuchEntityException
 */
export async function requireAttachable(ctx: Context, arn: string): Promise<AnyPolicy> {
  return requirePolicy(ctx, arn).catch((error: unknown) => {
    const isAbsent = error instanceof KmsError && error.code === 'NoSuchEntityException';
    throw isAbsent ? noSuchEntity(messages.policyNotAttachable(arn)) : error;
  });
}

async function requireVersion(ctx: Context, policy: ManagedPolicyRow, id: string): Promise<PolicyVersionRow> {
  const versions = await ctx.store.listPolicyVersions(policy.policy_id);
  const version = versions.find((one) => versionId(one.version_number) === id);
  if (!version) throw noSuchEntity(messages.policyVersionNotFound(policy.arn, id));
  return version;
}

/** What counts against IAM's quotas: everything but white space. */
export function policySize(document: string): number {
  return document.replace(/\s/g, '').length;
}

/** @throws KmsError MalformedPolicyDocumentException, LimitExceededException */
function requireDocument(ctx: Context, document: string): void {
  if (policySize(document) > limits.managedPolicyInChars) {
    throw new KmsError('LimitExceededException', messages.quotaExceeded('PolicySize', limits.managedPolicyInChars));
  }
  ctx.policies.requireIdentityPolicy(document);
}

const versionId = (number: number) => `v${number}`;

function insertVersion(ctx: Context, policy_id: string, version_number: number, document: string): Mutation {
  const row = { policy_id, version_number, account_id: ctx.accountId, document, created_at_ms: ctx.nowMs };
  return { op: 'insert', table: 'policy_versions', row };
}

function updatePolicy(
  { policy_id, revision }: ManagedPolicyRow,
  set: Partial<Omit<ManagedPolicyRow, 'revision' | 'policy_id'>>,
): Mutation {
  return { op: 'update', table: 'managed_policies', key: { policy_id }, revision, set };
}

function retagged(policy: ManagedPolicyRow, change: (tags: string) => string) {
  const tags = change(policy.tags);
  return {
    output: undefined,
    resource: policyResource(policy),
    kind: 'updated' as const,
    mutations: tags === policy.tags ? [] : [updatePolicy(policy, { tags })],
  };
}

interface Uses {
  readonly attachments?: Readonly<Record<string, number>>;
  readonly boundaries?: Readonly<Record<string, number>>;
}

/** By policy ARN. */
export async function countUses(ctx: Context, arns: readonly string[]): Promise<Uses> {
  const [attachments, boundaries] = await Promise.all([
    ctx.store.countAttachments(ctx.accountId, arns),
    ctx.store.countBoundaries(ctx.accountId, arns),
  ]);
  return { attachments, boundaries };
}

function usesOf(arn: string, { attachments, boundaries }: Uses) {
  return {
    AttachmentCount: attachments?.[arn] ?? 0,
    PermissionsBoundaryUsageCount: boundaries?.[arn] ?? 0,
    IsAttachable: true,
  };
}

export function policyOf(row: Omit<ManagedPolicyRow, 'revision'>, uses: Uses): Policy {
  const tags = listIdentityTags(row.tags);
  return {
    PolicyName: row.name,
    PolicyId: row.policy_id,
    Arn: row.arn,
    Path: row.path,
    DefaultVersionId: versionId(row.default_version_number),
    ...usesOf(row.arn, uses),
    ...(row.description !== '' && { Description: row.description }),
    CreateDate: new Date(row.created_at_ms),
    UpdateDate: new Date(row.updated_at_ms),
    ...(tags.length > 0 && { Tags: tags }),
  };
}

export function awsPolicyOf(policy: AwsManagedPolicy, uses: Uses): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: '/',
    DefaultVersionId: policy.versionId,
    ...usesOf(policy.arn, uses),
    Description: policy.description,
    CreateDate: new Date(policy.createdAtMs),
    UpdateDate: new Date(policy.updatedAtMs),
  };
}

export function versionOf(policy: ManagedPolicyRow, version: PolicyVersionRow): PolicyVersion {
  return {
    VersionId: versionId(version.version_number),
    IsDefaultVersion: version.version_number === policy.default_version_number,
    CreateDate: new Date(version.created_at_ms),
  };
}

export function awsVersionOf(policy: AwsManagedPolicy): PolicyVersion {
  return {
    Document: policy.document,
    VersionId: policy.versionId,
    IsDefaultVersion: true,
    CreateDate: new Date(policy.updatedAtMs),
  };
}

function policyResource({ arn }: Pick<ManagedPolicyRow, 'arn'>) {
  return { resourceType: 'policy', resourceId: arn } as const;
}
