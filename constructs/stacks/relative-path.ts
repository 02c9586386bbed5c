/** How one construct names another in the id of a child, so that the address outlives renames of what is above both. */
import type { IConstruct } from 'constructs';
import { oldestPathOf } from './renames.ts';

/** The path of `to` without the scopes that it shares with `from`: `Policy` for a sibling or a child. */
export function relativePath(from: IConstruct, to: IConstruct): string {
  const own = oldestPathOf(from).split('/');
  const path = oldestPathOf(to).split('/');
  const shared = path.findIndex((id, index) => id !== own[index]);
  return path.slice(shared < 0 ? -1 : shared).join('/');
}
