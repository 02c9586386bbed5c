/** Managed policies and their versions as answers show them. */
import type { Policy, PolicyVersion } from '@keystead/provider-schema/generated/types.ts';
import type { Context } from '../../context/context.ts';
import type { AwsManagedPolicy } from '../../domain/identities/aws-managed-policies.ts';
import { listIdentityTags } from '../../domain/identities/identity-tags.ts';
import type { ManagedPolicyRow, PolicyVersionRow } from '../../storage/port/tables.ts';

export const versionId = (number: number) => `v${number}`;

interface Uses {
  readonly attachments?: Readonly<Record<string, number>>;
  readonly boundaries?: Readonly<Record<string, number>>;
}

/** How often each policy is attached and is a boundary, by policy ARN. */
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
