/**
 * The rules of the rooms: allowed imports, no circles, every file in a folder that has a row, tests in the mirror of
 * their subjects. Each rule returns a sentence for each fault.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { circlesOf, graphOf } from './circles.ts';
import { type Import, readImports, sourcesBelow } from './read-imports.ts';

export interface Table {
  /** Top-level folders that the rules cover, each with all below it. */
  readonly trees: readonly string[];
  /** The trees that hold only folders, beside their package.json. */
  readonly foldersOnly: readonly string[];
  /**
   * Folder → what its files can import: folders and files by path (a folder stands for all below it), `npm:<package>`,
   * `node:<module>`, `node:*`. A folder can always import what lies below it. A file with a row of its own follows that
   * row and not its folder's.
   */
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** Accepted circles of folders, and the decision note that names their folders and gives the reason. */
  readonly circles: readonly { readonly folders: readonly string[]; readonly note: string }[];
  readonly tests: {
    readonly folder: string;
    /** Folder below the tests' → the folder whose subjects it holds. Longest match wins; '' matches any. */
    readonly mirrors: Readonly<Record<string, string>>;
    /** Folders below the tests' that mirror nothing. */
    readonly withoutSubject: readonly string[];
    /** Folders outside the tests' that are not packages, and so are imported by path. */
    readonly importedByPath: readonly string[];
  };
}

/** Every fault, rule by rule. */
export function faultsOf(root: string, table: Table): readonly string[] {
  const files = table.trees.flatMap((tree) => sourcesBelow(root, tree));
  const imports = readImports(root, files);
  return [
    ...unlistedFiles(files, table),
    ...staleRows(files, table),
    ...forbiddenImports(imports, table),
    ...brokenImports(root, imports),
    ...fileCircles(imports),
    ...folderCircles(root, imports, table),
    ...filesBesideFolders(files),
    ...misplacedTests(root, table),
  ];
}

/** A file at the root of a tree of folders, and a folder without a row. */
function unlistedFiles(files: readonly string[], { foldersOnly, rows }: Table): readonly string[] {
  const loose = files.filter((file) => foldersOnly.includes(dirname(file)));
  const folders = new Set(files.map((file) => dirname(file)));
  const unlisted = [...folders].filter((folder) => !foldersOnly.includes(folder) && !Object.hasOwn(rows, folder));
  return [
    ...loose.map((file) => `${file} lies beside the package.json of ${dirname(file)}; move it into a folder`),
    ...unlisted.map((folder) => `${folder}/ has no row in the table of imports; add one`),
  ];
}

function staleRows(files: readonly string[], { rows }: Table): readonly string[] {
  const known = new Set(files.flatMap((file) => [file, dirname(file)]));
  return Object.keys(rows)
    .filter((row) => !known.has(row))
    .map((row) => `the table of imports has a row for ${row}, where no source lies; remove it`);
}

function forbiddenImports(imports: readonly Import[], { rows }: Table): readonly string[] {
  return imports.flatMap(({ file, specifier, target }) => {
    const place = Object.hasOwn(rows, file) ? file : dirname(file);
    const allowed = [...(rows[place] ?? []), dirname(file)];
    return allowed.some((entry) => covers(entry, target))
      ? []
      : [`${file} imports ${specifier}, which the row of ${place} does not allow`];
  });
}

function covers(entry: string, target: string): boolean {
  if (entry === 'node:*') return target.startsWith('node:');
  return target === entry || target.startsWith(`${entry}/`);
}

const isOwn = (target: string): boolean => !/^(npm|node):/.test(target);

function brokenImports(root: string, imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ target }) => isOwn(target) && !existsSync(join(root, target)))
    .map(({ file, specifier }) => `${file} imports ${specifier}, which is not there`);
}

function fileCircles(imports: readonly Import[]): readonly string[] {
  const own = imports.filter(({ target }) => isOwn(target));
  const circles = circlesOf(graphOf(own.map(({ file, target }) => [file, target] as const)));
  return circles.map((circle) => `these files import each other in a circle: ${circle.join(', ')}`);
}

/**
 * In each folder, its files and its folders (each with all below it) form no circle. Seen from outside, a
 * folder and the folders in it are one room, so only files and folders that lie side by side are compared.
 */
function folderCircles(root: string, imports: readonly Import[], { circles: accepted }: Table): readonly string[] {
  const levels = new Map<string, (readonly [from: string, to: string])[]>();
  for (const { file, target } of imports) {
    if (!isOwn(target)) continue;
    const [parent, from, to] = sideBySide(file, target);
    levels.set(parent, [...(levels.get(parent) ?? []), [from, to]]);
  }
  const found = [...levels.values()]
    .flatMap((pairs) => circlesOf(graphOf(pairs)))
    .filter((circle) => circle.some((entry) => !/\.\w+$/.test(entry)));
  const name = (folders: readonly string[]) => [...folders].sort().join(', ');
  const known = new Set(accepted.map(({ folders }) => name(folders)));
  const present = new Set(found.map(name));
  return [
    ...found.filter((circle) => !known.has(name(circle))).map((circle) => `these form a circle: ${name(circle)}`),
    ...accepted
      .filter(({ folders }) => !present.has(name(folders)))
      .map(({ folders }) => `the table accepts a circle that is gone: ${name(folders)}`),
    ...accepted
      .filter(({ folders, note }) => !folders.every((folder) => noteNames(root, note, folder)))
      .map(({ folders, note }) => `${note} does not name every folder of the circle ${name(folders)}`),
  ];
}

function noteNames(root: string, note: string, folder: string): boolean {
  return existsSync(join(root, note)) && readFileSync(join(root, note), 'utf8').includes(`\`${folder}\``);
}

/** The folder that holds both, and the entry in it that leads to each. */
function sideBySide(from: string, to: string): readonly [parent: string, from: string, to: string] {
  const [a, b] = [from.split('/'), to.split('/')];
  let common = 0;
  while (common < Math.min(a.length, b.length) - 1 && a[common] === b[common]) common += 1;
  const upTo = (parts: readonly string[]) => parts.slice(0, common + 1).join('/');
  return [a.slice(0, common).join('/'), upTo(a), upTo(b)];
}

/** `x.ts` beside a folder `x/`. */
function filesBesideFolders(files: readonly string[]): readonly string[] {
  const folders = new Set(files.flatMap((file) => ancestors(file)));
  return files
    .filter((file) => folders.has(file.replace(/\.\w+$/, '')))
    .map((file) => `${file} lies beside a folder of the same name; move it into the folder`);
}

function ancestors(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...ancestors(folder)];
}

function misplacedTests(root: string, table: Table): readonly string[] {
  const { folder, importedByPath } = table.tests;
  if (!existsSync(join(root, folder))) return [];
  const files = sourcesBelow(root, folder);
  const sources = table.trees.flatMap((tree) => sourcesBelow(root, tree));
  const byPath = readImports(root, files).filter(
    ({ specifier, target }) =>
      specifier.startsWith('.') && ![folder, ...importedByPath].some((entry) => covers(entry, target)),
  );
  return [
    ...files.filter((file) => file.endsWith('.test.ts')).flatMap((file) => misplacement(file, sources, table)),
    ...byPath.map(({ file, specifier }) => `${file} imports ${specifier} by path; import it by its package's name`),
    ...filesBesideFolders(files),
  ];
}

function misplacement(file: string, sources: readonly string[], { tests }: Table): readonly string[] {
  const place = dirname(file).slice(tests.folder.length + 1);
  if (tests.withoutSubject.some((entry) => covers(entry, place))) return [];
  const subject = mirrored(place, tests.mirrors);
  if (!sources.some((source) => dirname(source) === subject)) {
    return [`${file} mirrors ${subject}/, where no source lies`];
  }
  const name = basename(file).replace(/\.test\.ts$/, '.ts');
  const [tree = ''] = subject.split('/');
  const namesakes = sources.filter((source) => basename(source) === name && covers(tree, source));
  if (namesakes.length === 0 || namesakes.some((source) => dirname(source) === subject)) return [];
  return [`${file} has the name of ${namesakes.join(' and ')}, and lies in the mirror of ${subject}/`];
}

function mirrored(place: string, mirrors: Table['tests']['mirrors']): string {
  const prefixes = Object.keys(mirrors).filter((prefix) => prefix === '' || covers(prefix, place));
  const longest = prefixes.sort((a, b) => b.length - a.length)[0] ?? '';
  const rest = longest === '' ? `/${place}` : place.slice(longest.length);
  return `${mirrors[longest] ?? ''}${rest}`;
}
