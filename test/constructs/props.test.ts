/** Every prop of the constructs says what it is, its default, its unit and an example: editors show nothing else. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const constructs = join(import.meta.dirname, '../../constructs');
const files = globSync('{aspects,identities,keys,policies,stacks}/*.ts', { cwd: constructs });

interface Prop {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  /** Lines of its comment, without their stars. */
  readonly comment: readonly string[];
}

/** Interfaces of props, options and attributes in a source. */
function propsIn(source: string): [struct: string, prop: Prop][] {
  const structs = [...source.matchAll(/^export interface (\w*(?:Props|Options|Attributes))\b[^{]*\{\n([\s\S]*?)^\}/gm)];
  return structs.flatMap(([, struct = '', body = '']) =>
    [...body.matchAll(/((?:^ {2}\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)^ {2}readonly (\w+)(\??): ([^\n]*)/gm)].map(
      ([, comment = '', name = '', optional, type = '']): [string, Prop] => [
        struct,
        { name, isOptional: optional === '?', type, comment: linesOf(comment) },
      ],
    ),
  );
}

const linesOf = (comment: string) =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*)?\s?|\s*\*\/$/g, ''))
    .filter((line) => line !== '');

function missing({ comment, isOptional, type, name }: Prop): string[] {
  const has = (tag: string) => comment.some((line) => line.startsWith(`${tag} `));
  return [
    ...(comment.length === 0 || comment[0]?.startsWith('@') ? ['what it is'] : []),
    ...(isOptional && !has('@default') ? ['@default'] : []),
    ...(has('@example') ? [] : ['@example']),
    ...(type.startsWith('number') && !/In(Days|Seconds|Bytes|Hours)$|days|seconds|bytes/i.test(name + comment.join(' '))
      ? ['its unit']
      : []),
  ];
}

const everyProp = files.flatMap((file) =>
  propsIn(readFileSync(join(constructs, file), 'utf8')).map(([struct, prop]) => ({
    where: `${struct}.${prop.name}`,
    prop,
  })),
);

test('Props are found', () => {
  expect(everyProp.length).toBeGreaterThan(80);
  expect(everyProp.map(({ where }) => where)).toEqual(expect.arrayContaining(['KeyOptions.alias', 'GrantProps.key']));
});

test('Each says what it is, its default, its unit, and has an example', () => {
  const found = everyProp.map(({ where, prop }) => `${where} lacks ${missing(prop).join(', ')}`);
  expect(found.filter((line) => !line.endsWith('lacks '))).toEqual([]);
});

test('A prop without any of it is found', () => {
  const source = `export interface TrialProps {
  readonly plain?: string;
  /** Says what it is. */
  readonly text: string;
  /**
   * A number.
   * @default 5
   * @example 7
   */
  readonly size?: number;
}
`;
  expect(propsIn(source).map(([, prop]) => missing(prop))).toEqual([
    ['what it is', '@default', '@example'],
    ['@example'],
    ['its unit'],
  ]);
});
