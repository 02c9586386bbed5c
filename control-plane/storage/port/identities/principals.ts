/** Reads over those who act in accounts, and over the access keys they sign with. */
import type { NamePage, Page } from '../page.ts';
import type { AccessKeyRow, PrincipalRow } from '../tables.ts';

/** A principal as of one revision of its account's identities: what is derived from both may be remembered with it. */
export interface KnownPrincipal {
  readonly principal: PrincipalRow;
  readonly identityRevision: number;
}

export interface PrincipalReader {
  findPrincipal(arn: string): Promise<PrincipalRow | undefined>;
  findPrincipalById(principalId: string): Promise<KnownPrincipal | undefined>;
  /** Without regard to case. */
  findPrincipalNamed(accountId: string, kind: PrincipalRow['kind'], name: string): Promise<PrincipalRow | undefined>;
  listPrincipals(accountId: string, kind: PrincipalRow['kind'], page: NamePage): Promise<Page<PrincipalRow>>;
  countPrincipals(accountId: string, kind: PrincipalRow['kind']): Promise<number>;

  findAccessKey(accessKeyId: string): Promise<(AccessKeyRow & KnownPrincipal) | undefined>;
  /** Ordered by access key id. */
  listAccessKeys(principalId: string): Promise<readonly AccessKeyRow[]>;
}
