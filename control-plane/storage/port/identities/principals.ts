/** Reads over principals and their access keys. */
import type { NamePage, Page } from '../page.ts';
import type { AccessKeyRow, PrincipalRow } from '../tables.ts';

/** A principal, with the revision of its account's identities: data derived from both can be cached under it. */
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
