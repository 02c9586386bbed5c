/**
 * Reads the names in a configuration in JSON, where blocks are objects, or lists of objects, below their labels.
 * https://developer.hashicorp.com/terraform/language/syntax/json
 */
import { type Body, type Member, UnreadableFile } from './body.ts';

/** The labels of each block of the top level. */
const labelCounts: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  list: 2,
  action: 2,
  provider: 1,
  module: 1,
  terraform: 0,
};

type Members = Readonly<Record<string, unknown>>;

/** @throws UnreadableFile */
export function parseTerraformJson(source: string): Body {
  let parsed: unknown;
  try {
    parsed = JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UnreadableFile((error as Error).message);
  }
  return objects(parsed).flatMap((file) =>
    Object.entries(file).flatMap(([name, value]) => labelled(name, [], value, labelCounts[name] ?? 0)),
  );
}

function labelled(name: string, labels: readonly string[], value: unknown, left: number): Body {
  if (left === 0) return objects(value).map((object) => block(name, labels, object));
  return objects(value).flatMap((object) =>
    Object.entries(object).flatMap(([label, inner]) => labelled(name, [...labels, label], inner, left - 1)),
  );
}

/** A name can stand for an argument and for blocks: a member for each object, and one for any other value. */
function members(object: Members): Body {
  return Object.entries(object).flatMap(([name, value]) => {
    if (name === '//') return [];
    if (name === 'dynamic') return labelled('dynamic', [], value, 1);
    const inner = objects(value);
    return inner.length > 0 ? inner.map((item) => block(name, [], item)) : [argument(name, value)];
  });
}

const block = (name: string, labels: readonly string[], object: Members): Member => ({
  name,
  labels,
  line: undefined,
  body: members(object),
  text: undefined,
  expression: JSON.stringify(object),
});

const argument = (name: string, value: unknown): Member => ({
  name,
  labels: [],
  line: undefined,
  body: undefined,
  text: typeof value === 'string' && !/[$%]\{/.test(value) ? value : undefined,
  expression: JSON.stringify(value),
});

function objects(value: unknown): readonly Members[] {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item)) ? list : [];
}
