/**
 * Condition keys that name a tag of the resource or of the request. AWS compares names of condition keys without regard
 * to case, but a resource can have tags whose keys differ only in case; so the tag's key is kept as it is written.
 * Source: IAM User Guide, "Controlling access to AWS resources using tags", "AWS global condition context keys".
 */

const TAG_PREFIXES = ['aws:resourcetag/', 'aws:requesttag/'] as const;

export interface NamedTag {
  /** Name of the condition key, lower case. */
  readonly name: string;
  /** The tag's key, as written. */
  readonly tagKey: string;
}

/** undefined for a name that does not name a tag. @param text the condition key as a policy writes it */
export function tagNamed(text: string): NamedTag | undefined {
  const name = text.toLowerCase();
  const prefix = TAG_PREFIXES.find((one) => name.startsWith(one));
  return prefix && { name, tagKey: text.slice(prefix.length) };
}

/** The value of a tag of exactly this key, in the form of `Conditions`. */
export function tagValue(
  tags: readonly (readonly [key: string, value: string])[],
  tagKey: string,
): string | readonly string[] | undefined {
  const [first, ...more] = tags.filter(([key]) => key === tagKey).map(([, value]) => value);
  return first === undefined || more.length === 0 ? first : [first, ...more];
}
