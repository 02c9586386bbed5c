/** Reads over policies and their owners (users, groups, roles): attached, inline, or as a permissions boundary. */
import type { InlinePolicyRow, PolicyAttachmentRow, PrincipalRow } from '../tables.ts';

/** A user, group or role to which a managed policy is attached. */
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
  /** By policy ARN; a policy without attachments is left out. */
  countAttachments(accountId: string, policyArns: readonly string[]): Promise<Readonly<Record<string, number>>>;
  countBoundaries(accountId: string, policyArns: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Users and roles whose permissions boundary is this policy. */
  listPrincipalsBoundedBy(accountId: string, policyArn: string): Promise<readonly PrincipalRow[]>;
}
