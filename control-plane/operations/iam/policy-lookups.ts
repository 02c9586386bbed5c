/** Finds managed policies by the ARNs and version ids in requests. */
import { parseArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../context/context.ts';
import { type AwsManagedPolicy, awsManagedPolicies } from '../../domain/identities/aws-managed-policies.ts';
import type { ManagedPolicyRow, PolicyVersionRow } from '../../storage/port/tables.ts';
import { noSuchEntity } from './identity-change.ts';
import { versionId } from './policy-views.ts';

export type AnyPolicy = ManagedPolicyRow | AwsManagedPolicy;
export const isOwn = (policy: AnyPolicy): policy is ManagedPolicyRow => 'policy_id' in policy;

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
export async function requireOwnPolicy(ctx: Context, arn: string): Promise<ManagedPolicyRow> {
  const policy = await requirePolicy(ctx, arn);
  if (!isOwn(policy)) throw new KmsError('AccessDeniedException', messages.awsManagedPolicy(arn));
  return policy;
}

/**
 * A policy to attach to a user, group or role, or to set as a permissions boundary.
 * @throws KmsError InvalidInputException, NoSuchEntityException
 */
export async function requireAttachable(ctx: Context, arn: string): Promise<AnyPolicy> {
  return requirePolicy(ctx, arn).catch((error: unknown) => {
    const isAbsent = error instanceof KmsError && error.code === 'NoSuchEntityException';
    throw isAbsent ? noSuchEntity(messages.policyNotAttachable(arn)) : error;
  });
}

export async function requireVersion(ctx: Context, policy: ManagedPolicyRow, id: string): Promise<PolicyVersionRow> {
  const versions = await ctx.store.listPolicyVersions(policy.policy_id);
  const version = versions.find((one) => versionId(one.version_number) === id);
  if (!version) throw noSuchEntity(messages.policyVersionNotFound(policy.arn, id));
  return version;
}

/** The number of characters that IAM's quotas count: all but white space. */
export function policySize(document: string): number {
  return document.replace(/\s/g, '').length;
}
