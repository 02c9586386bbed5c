/**
 * Private words of earlier versions do not come back: sources and documents use the field's terms and plain English.
 * CHANGELOG.md is exempt, because it names the old words.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { sourcesBelow } from './imports/read-imports.ts';
import { table } from './imports/table.ts';

const root = resolve(import.meta.dirname, '../..');

/** Old identifier → the term in its place. Prose can use some of these words, so only sources are searched. */
const identifiers: readonly (readonly [old: RegExp, instead: string])[] = [
  [/\btakeTurns?\b/, 'bumpRevision'],
  [/\btakeIdentityTurn\b/, 'bumpAccountRevision'],
  [/\b\w*[bB]earers\b/, 'callers'],
  [/\bunmade\w*/, 'notYetCreated'],
  [/\busual[A-Z]\w*/, 'default…'],
  [/\bHearing\b/, 'Evaluation'],
  [/\bhear\b/, 'evaluate'],
  [/\babandon\w*/, 'compensate, or roll back'],
  [/\bwhoAsks\b/, 'caller'],
  [/\b\w*House\b/, 'ControlPlane'],
];

/** Phrases → plain English, in sources and documents. "There is no …" and "is no longer …" are plain. */
const phrases: readonly (readonly [name: string, old: RegExp, instead: string])[] = [
  ['"shall"', /\bshall\b/i, 'must, can, or the present tense'],
  [
    '"is no" or "are no" before a noun',
    /(?<!\bthere )\b(?:is|are) no (?!(?:longer|older|newer|earlier|later|more|less|fewer|larger|smaller|better|worse)\b)[a-z]\w*/i,
    'is not a …, are not …',
  ],
];

const sources = [...table.trees, table.tests.folder]
  .flatMap((tree) => sourcesBelow(root, tree))
  .filter((file) => file !== relative(root, import.meta.filename));
const documents = globSync('{*.md,Makefile,docs/**/*.md,constructs/*.md,cdktf-examples/**/*.md,pipelines/**/*.md}', {
  cwd: root,
}).filter((file) => file !== 'CHANGELOG.md');

/** A phrase can go on in the next line of a comment. */
const joinLines = (text: string) => text.replace(/\s*\n\s*(?:\*(?!\/)|\/\/|#)?\s*/g, ' ');
const textOf = new Map(
  [...sources, ...documents].map((file) => [file, joinLines(readFileSync(join(root, file), 'utf8'))]),
);

function findings(files: readonly string[], old: RegExp, instead: string): readonly string[] {
  return files.flatMap((file) =>
    [...(textOf.get(file) ?? '').matchAll(new RegExp(old.source, `g${old.flags}`))].map(
      ([found]) => `${file} has "${found}"; write: ${instead}`,
    ),
  );
}

test.each(identifiers)('%s is not in a source', (old, instead) => {
  expect(findings(sources, old, instead)).toEqual([]);
});

test.each(phrases)('%s is neither in a source nor in a document', (_name, old, instead) => {
  expect(findings([...sources, ...documents], old, instead)).toEqual([]);
});

test('a phrase is found across lines and in any case, and its plain relatives are not', () => {
  const found = (text: string) => phrases.some(([, old]) => old.test(joinLines(text)));
  expect(['a text that is no\n * number', 'Lines that are no header', 'It Shall be'].filter(found)).toHaveLength(3);
  expect(['there is no key', 'There are\n// no keys', 'it is no longer valid', 'is not a key'].filter(found)).toEqual(
    [],
  );
});
