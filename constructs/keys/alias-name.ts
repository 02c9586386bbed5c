/** Alias names: their rules, and the one that follows from a construct's place in the program. */
import { createHash } from 'node:crypto';
import type { IConstruct } from 'constructs';
import { Token } from '../cdk.ts';
import { refuse } from '../stacks/refuse.ts';
import { oldestPathOf } from '../stacks/renames.ts';

const prefix = 'alias/';
/** After the prefix. */
const longestName = 250;

/**
 * With `alias/` in front. `aws/` is reserved for keys that services manage (API reference, CreateAlias).
 * @throws Error when AWS KMS would refuse the name
 */
export function fullAliasName(at: IConstruct, aliasName: string): string {
  if (Token.isUnresolved(aliasName)) return aliasName;
  const name = aliasName.startsWith(prefix) ? aliasName : `${prefix}${aliasName}`;
  if (name.startsWith('alias/aws/')) {
    refuse(at, `"${name}" is reserved for keys that services manage.`, 'Choose a name that does not begin with aws/.');
  }
  if (!/^alias\/[A-Za-z0-9/_-]+$/.test(name) || name.length > prefix.length + longestName) {
    refuse(
      at,
      `"${aliasName}" is not an alias name.`,
      `Use 1 to ${longestName} letters, digits, slashes, underscores and hyphens after "alias/".`,
    );
  }
  return name;
}

/**
 * `alias/` and the ids on the construct's path, joined by slashes: unique in a program, the same in every run. A longer
 * one is cut, and then ends in the first 8 digits of the path's SHA-256. A construct that was renamed keeps the name of
 * its first path, as long as it says so.
 */
export function generatedAliasName(of: IConstruct): string {
  const path = oldestPathOf(of);
  const ids = path.split('/').map((id) => id.replace(/[^A-Za-z0-9_-]+/g, '-'));
  const name = ids.filter((id) => id !== '').join('/');
  const safe = name.startsWith('aws/') ? `-${name}` : name;
  if (safe.length <= longestName) return `${prefix}${safe}`;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return `${prefix}${safe.slice(0, longestName - digest.length - 1)}-${digest}`;
}
