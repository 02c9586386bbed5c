/** Reads over accounts, those who act in them, and what they may do: the identities' part of the Store port. */
import type { Page } from './page.ts';
import type {
  AccessKeyRow,
  AccessKeyUsageRow,
  AccountRow,
  GroupRow,
  InlinePolicyRow,
  ManagedPolicyRow,
  OidcProviderRow,
  PolicyAttachmentRow,
  PolicyVersionRow,
  PrincipalRow,
} from './tables.ts';

/** A principal as of one revision of its account's identities: what is derived from both may be remembered with it. */
export interface KnownPrincipal {
  readonly principal: PrincipalRow;
  readonly identityRevision: number;
}

/** A page in the order of names without regard to case; `after` is the last name of the page before, in lower case. */
export interface NamePage {
  readonly pathPrefix?: string;
  readonly after?: string;
  readonly limit: number;
}

/** Someone a managed policy is attached to. */
export interface AttachedEntity {
  readonly kind: PolicyAttachmentRow['owner_kind'];
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

export interface IdentityReader {
  findAccount(accountId: string): Promise<AccountRow | undefined>;
  /** Ordered by account id. */
  listAccounts(page: { readonly after?: string; readonly limit: number }): Promise<Page<AccountRow>>;

  findPrincipal(arn: string): Promise<PrincipalRow | undefined>;
  findPrincipalById(principalId: string): Promise<KnownPrincipal | undefined>;
  /** Without regard to case. */
  findPrincipalNamed(accountId: string, kind: PrincipalRow['kind'], name: string): Promise<PrincipalRow | undefined>;
  listPrincipals(accountId: string, kind: PrincipalRow['kind'], page: NamePage): Promise<Page<PrincipalRow>>;
  countPrincipals(accountId: string, kind: PrincipalRow['kind']): Promise<number>;
  /** Users and roles whose permissions boundary is this policy. */
  listPrincipalsBoundedBy(accountId: string, policyArn: string): Promise<readonly PrincipalRow[]>;

  findAccessKey(accessKeyId: string): Promise<(AccessKeyRow & KnownPrincipal) | undefined>;
  /** Ordered by access key id. */
  listAccessKeys(principalId: string): Promise<readonly AccessKeyRow[]>;
  findAccessKeyUsage(accessKeyId: string): Promise<AccessKeyUsageRow | undefined>;
  /** Those of these access keys that exist, each with what is stored of its last use; at most a few hundred. */
  listAccessKeyUsages(
    accessKeyIds: readonly string[],
  ): Promise<readonly { readonly accessKeyId: string; readonly known?: AccessKeyUsageRow }[]>;

  /** Without regard to case. */
  findGroupNamed(accountId: string, name: string): Promise<GroupRow | undefined>;
  listGroups(accountId: string, page: NamePage): Promise<Page<GroupRow>>;
  countGroups(accountId: string): Promise<number>;
  /** Users of a group. */
  listGroupMembers(groupId: string, page: NamePage): Promise<Page<PrincipalRow>>;
  /** Ordered by name; a user is in few. */
  listGroupsOf(principalId: string): Promise<readonly GroupRow[]>;

  findManagedPolicy(arn: string): Promise<ManagedPolicyRow | undefined>;
  /** Without regard to case. */
  findManagedPolicyNamed(accountId: string, name: string): Promise<ManagedPolicyRow | undefined>;
  listManagedPolicies(accountId: string, page: NamePage): Promise<Page<ManagedPolicyRow>>;
  countManagedPolicies(accountId: string): Promise<number>;
  /** Newest first. */
  listPolicyVersions(policyId: string): Promise<readonly PolicyVersionRow[]>;

  /** Ordered by policy ARN. */
  listAttachments(ownerId: string): Promise<readonly PolicyAttachmentRow[]>;
  listAttachedEntities(accountId: string, policyArn: string): Promise<readonly AttachedEntity[]>;
  /** By policy ARN; a policy without any is left out. */
  countAttachments(accountId: string, policyArns: readonly string[]): Promise<Readonly<Record<string, number>>>;
  countBoundaries(accountId: string, policyArns: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Ordered by name. */
  listInlinePolicies(ownerId: string): Promise<readonly InlinePolicyRow[]>;

  findOidcProvider(arn: string): Promise<OidcProviderRow | undefined>;
  /** Ordered by URL; an account has few. */
  listOidcProviders(accountId: string): Promise<readonly OidcProviderRow[]>;
}
