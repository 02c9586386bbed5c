/**
 * Managed policies: documents with a name and versions, attached to users, groups and roles or set as their boundary.
 * The AWS managed policies are in every account and cannot be changed.
 * Source: AWS IAM API reference, CreatePolicy, CreatePolicyVersion, ListEntitiesForPolicy and relatives.
 */

import { identityArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Policy } from '@keystead/provider-schema/generated/types.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { managedPoliciesOperations } from '@keystead/provider-schema/operations/iam/managed-policies.ts';
import { requireIdentityPolicy } from '../../authorization/policy-documents.ts';
import type { Context } from '../../context/context.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import { listIdentityTags, withoutTags, withTags } from '../../domain/identities/identity-tags.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { ManagedPolicyRow, PrincipalRow } from '../../storage/port/tables.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityPage, identityPageInMemory } from '../shared/paging.ts';
import {
  alreadyExists,
  deleteConflict,
  identityRead,
  identityWrite,
  noSuchEntity,
  requireRoom,
} from './identity-change.ts';
import { listPolicyPage } from './policy-list.ts';
import { isOwn, policySize, requireOwnPolicy, requirePolicy, requireVersion } from './policy-lookups.ts';
import { awsPolicyOf, awsVersionOf, countUses, policyOf, versionId, versionOf } from './policy-views.ts';

const createPolicy = identityWrite('CreatePolicy', async (ctx, input) => {
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

const getPolicy = identityRead<'GetPolicy'>(async (ctx, { PolicyArn }) => {
  const policy = await requirePolicy(ctx, PolicyArn);
  const counts = await countUses(ctx, [PolicyArn]);
  const shown = isOwn(policy) ? policyOf(policy, counts) : awsPolicyOf(policy, counts);
  const tags = isOwn(policy) ? listIdentityTags(policy.tags) : [];
  return { Policy: { ...shown, Tags: tags } };
});

const listPolicies = identityRead<'ListPolicies'>(async (ctx, input) => {
  const { Scope = 'All', OnlyAttached, PolicyUsageFilter, PathPrefix = '/' } = input;
  const { rows, paging } = await listPolicyPage(ctx, 'ListPolicies', Scope, PathPrefix, input);
  const counts = await countUses(
    ctx,
    rows.map(({ arn }) => arn),
  );
  const shown = rows.map((row) => (isOwn(row) ? policyOf(row, counts) : awsPolicyOf(row, counts)));
  const isListed = ({ AttachmentCount = 0, PermissionsBoundaryUsageCount: bounds = 0 }: Policy) =>
    (!OnlyAttached || AttachmentCount > 0) &&
    (PolicyUsageFilter !== 'PermissionsBoundary' || bounds > 0) &&
    (PolicyUsageFilter !== 'PermissionsPolicy' || AttachmentCount > 0);
  return { Policies: shown.filter(isListed).map(({ Description, ...rest }) => rest), ...paging };
});

const deletePolicy = identityWrite('DeletePolicy', async (ctx, { PolicyArn }) => {
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

const createPolicyVersion = identityWrite(
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

const getPolicyVersion = identityRead<'GetPolicyVersion'>(async (ctx, { PolicyArn, VersionId }) => {
  const policy = await requirePolicy(ctx, PolicyArn);
  if (!isOwn(policy)) {
    if (policy.versionId !== VersionId) throw noSuchEntity(messages.policyVersionNotFound(PolicyArn, VersionId));
    return { PolicyVersion: awsVersionOf(policy) };
  }
  const version = await requireVersion(ctx, policy, VersionId);
  return { PolicyVersion: { Document: version.document, ...versionOf(policy, version) } };
});

const listPolicyVersions = identityRead<'ListPolicyVersions'>(async (ctx, input) => {
  const policy = await requirePolicy(ctx, input.PolicyArn);
  const versions = isOwn(policy)
    ? (await ctx.store.listPolicyVersions(policy.policy_id)).map((version) => versionOf(policy, version))
    : [{ ...awsVersionOf(policy), Document: undefined }];
  const { rows, paging } = await identityPageInMemory(ctx, ['ListPolicyVersions', policy.arn], input, versions);
  return { Versions: rows, ...paging };
});

const deletePolicyVersion = identityWrite('DeletePolicyVersion', async (ctx, { PolicyArn, VersionId }) => {
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

const setDefaultPolicyVersion = identityWrite('SetDefaultPolicyVersion', async (ctx, { PolicyArn, VersionId }) => {
  const policy = await requireOwnPolicy(ctx, PolicyArn);
  const { version_number } = await requireVersion(ctx, policy, VersionId);
  const set = { default_version_number: version_number, updated_at_ms: ctx.nowMs };
  return {
    output: undefined,
    resource: policyResource(policy),
    kind: 'updated',
    mutations: version_number === policy.default_version_number ? [] : [updatePolicy(policy, set)],
  };
});

const tagPolicy = identityWrite('TagPolicy', async (ctx, { PolicyArn, Tags }) =>
  retagged(await requireOwnPolicy(ctx, PolicyArn), (tags) => withTags(tags, Tags)),
);

const untagPolicy = identityWrite('UntagPolicy', async (ctx, { PolicyArn, TagKeys }) =>
  retagged(await requireOwnPolicy(ctx, PolicyArn), (tags) => withoutTags(tags, TagKeys)),
);

const listPolicyTags = identityRead<'ListPolicyTags'>(async (ctx, input) => {
  const policy = await requirePolicy(ctx, input.PolicyArn);
  const tags = isOwn(policy) ? listIdentityTags(policy.tags) : [];
  const { rows, paging } = await identityPageInMemory(ctx, ['ListPolicyTags', policy.arn], input, tags);
  return { Tags: rows, ...paging };
});

const listEntitiesForPolicy = identityRead<'ListEntitiesForPolicy'>(async (ctx, input) => {
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

/** @throws KmsError MalformedPolicyDocumentException, LimitExceededException */
function requireDocument(ctx: Context, document: string): void {
  if (policySize(document) > limits.managedPolicyInChars) {
    throw new KmsError('LimitExceededException', messages.quotaExceeded('PolicySize', limits.managedPolicyInChars));
  }
  requireIdentityPolicy(ctx, document);
}

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

function policyResource({ arn }: Pick<ManagedPolicyRow, 'arn'>) {
  return { resourceType: 'policy', resourceId: arn } as const;
}

export const managedPoliciesFunctions: Implementations<typeof managedPoliciesOperations> = {
  CreatePolicy: createPolicy,
  GetPolicy: getPolicy,
  ListPolicies: listPolicies,
  DeletePolicy: deletePolicy,
  CreatePolicyVersion: createPolicyVersion,
  GetPolicyVersion: getPolicyVersion,
  ListPolicyVersions: listPolicyVersions,
  DeletePolicyVersion: deletePolicyVersion,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  TagPolicy: tagPolicy,
  UntagPolicy: untagPolicy,
  ListPolicyTags: listPolicyTags,
  ListEntitiesForPolicy: listEntitiesForPolicy,
};
