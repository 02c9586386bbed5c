/** Reads over groups and their members. */
import type { NamePage, Page } from '../page.ts';
import type { GroupRow, PrincipalRow } from '../tables.ts';

export interface GroupReader {
  /** Without regard to case. */
  findGroupNamed(accountId: string, name: string): Promise<GroupRow | undefined>;
  listGroups(accountId: string, page: NamePage): Promise<Page<GroupRow>>;
  countGroups(accountId: string): Promise<number>;
  /** Users of a group. */
  listGroupMembers(groupId: string, page: NamePage): Promise<Page<PrincipalRow>>;
  /** Ordered by name, unpaged: a user is in few groups. */
  listGroupsOf(principalId: string): Promise<readonly GroupRow[]>;
}
