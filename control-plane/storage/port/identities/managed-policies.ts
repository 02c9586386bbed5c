/** Reads over customer managed policies and their versions. */
import type { NamePage, Page } from '../page.ts';
import type { ManagedPolicyRow, PolicyVersionRow } from '../tables.ts';

export interface ManagedPolicyReader {
  findManagedPolicy(arn: string): Promise<ManagedPolicyRow | undefined>;
  /** Without regard to case. */
  findManagedPolicyNamed(accountId: string, name: string): Promise<ManagedPolicyRow | undefined>;
  listManagedPolicies(accountId: string, page: NamePage): Promise<Page<ManagedPolicyRow>>;
  countManagedPolicies(accountId: string): Promise<number>;
  /** Newest first. */
  listPolicyVersions(policyId: string): Promise<readonly PolicyVersionRow[]>;
}
