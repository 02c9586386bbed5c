/** Reads over who has which policy: attached, inline, or as a permissions boundary. An owner is a user, group or role. */
import type { InlinePolicyRow, PolicyAttachmentRow, PrincipalRow } from '../tables.ts';

/** Someone a managed policy is attached to. */
export interface AttachedEntity {
  readonly kind: PolicyAttachmentRow['owner_kind'];
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

export interface PolicyAttachmentReader {
  /** Ordered by policy ARN. */
  listAttachments(ownerId: string): Promise<readonly PolicyAttachmentRow[]>;
  /** Ordered by name. */
  listInlinePolicies(ownerId: string): Promise<readonly InlinePolicyRow[]>;
  listAttachedEntities(accountId: string, policyArn: string): Promise<readonly AttachedEntity[]>;
  /** By policy ARN; a policy without any is left out. */
  countAttachments(accountId: string, policyArns: readonly string[]): Promise<Readonly<Record<string, number>>>;
  countBoundaries(accountId: string, policyArns: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Users and roles whose permissions boundary is this policy. */
  listPrincipalsBoundedBy(accountId: string, policyArn: string): Promise<readonly PrincipalRow[]>;
}
