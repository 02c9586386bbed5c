/** Names of identities: their rule, and the one that follows from a construct's place in the program. */
import { createHash } from 'node:crypto';
import type { IConstruct } from 'constructs';
import { Lazy, Token } from '../cdk.ts';
import { refuse } from '../stacks/refuse.ts';
import { oldestPathOf } from '../stacks/renames.ts';

/** @throws Error when IAM would refuse the name. */
export function requireName(at: IConstruct, name: string, longest: number): string {
  if (Token.isUnresolved(name) || (/^[\w+=,.@-]+$/.test(name) && name.length <= longest)) return name;
  return refuse(
    at,
    `"${name}" cannot be a name.`,
    `Use 1 to ${longest} letters, digits and the characters + = , . @ _ -`,
  );
}

/**
 * The ids on the construct's path, joined by hyphens: unique in a program, the same in every run. A longer one is cut,
 * and then ends in the first 8 digits of the path's SHA-256. A construct that was renamed keeps the name of its first
 * path, as long as it says so.
 */
export function generatedName(of: IConstruct, longest: number): string {
  const path = oldestPathOf(of);
  const name = path.replaceAll(/[^\w+=,.@-]+/g, '-');
  if (name.length <= longest) return name;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return `${name.slice(0, longest - digest.length - 1)}-${digest}`;
}

/** The name that was given, or the generated one: it is made when the program has said all renames. */
export function nameOf(of: IConstruct, given: string | undefined, longest: number): string {
  if (given !== undefined) return requireName(of, given, longest);
  return Lazy.stringValue({ produce: () => generatedName(of, longest) });
}

/** The id that the construct had first, as far as renames say so. */
export function firstId(of: IConstruct): string {
  return Lazy.stringValue({ produce: () => oldestPathOf(of).split('/').at(-1) });
}
