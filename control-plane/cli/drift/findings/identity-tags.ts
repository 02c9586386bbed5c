/** One difference for each tag: each can have another cause. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Leaves } from './identity-difference.ts';
import { type Left, tagAttribute, untouched } from './left.ts';

export interface TagChange {
  readonly attribute: string;
  readonly declared?: unknown;
  readonly actual?: unknown;
  readonly leaves: Leaves;
}

/** @param declared `tags_all` of the state; undefined: not declared */
export function tagChanges(
  declared: unknown,
  actual: ReadonlyMap<string, string>,
  ignoresTag: (key: string) => boolean,
): readonly TagChange[] {
  if (declared === undefined || declared === null) return [];
  const wanted = new Map(Object.entries(declared as Readonly<Record<string, unknown>>));
  return [...new Set([...wanted.keys(), ...actual.keys()])]
    .filter((tag) => wanted.get(tag) !== actual.get(tag) && !ignoresTag(tag) && !tag.startsWith('aws:'))
    .sort()
    .map((tag) => ({
      attribute: tagAttribute(tag),
      ...defined({ declared: wanted.get(tag), actual: actual.get(tag) }),
      leaves: leavesOf(tag),
    }));
}

const KINDS = ['User', 'Role', 'Policy', 'OpenIDConnectProvider'];

function leavesOf(key: string): Leaves {
  const set: Left = ({ requestParameters }) => {
    const tags = (requestParameters?.tags ?? []) as readonly { readonly key: string; readonly value: string }[];
    return tags.findLast((tag) => tag.key === key)?.value ?? untouched;
  };
  const removed: Left = ({ requestParameters }) =>
    ((requestParameters?.tagKeys ?? []) as readonly string[]).includes(key) ? undefined : untouched;
  return Object.fromEntries(
    KINDS.flatMap((kind) => [
      [`Tag${kind}`, set],
      [`Create${kind}`, set],
      [`Untag${kind}`, removed],
    ]),
  );
}
