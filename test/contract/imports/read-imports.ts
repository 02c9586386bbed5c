/**
 * The imports of a tree of sources, read from their syntax: static and dynamic imports, re-exports, types, side
 * effects, and `new URL('./…', import.meta.url)`, by which processes and workers are started.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parse } from '@babel/parser';

/** Paths are relative to the root, with `/`. */
export interface Import {
  readonly file: string;
  /** As written. */
  readonly specifier: string;
  /** A path below the root, `npm:<package>` or `node:<module>`. */
  readonly target: string;
}

/** Folders that npm, builds and Terraform write; they do not hold sources. */
const LEFT_OUT = new Set(['node_modules', '.venv', 'dist', 'cdktf.out', '.terraform', '.git']);
const SOURCE = /\.(ts|js|mjs|cjs)$/;

/** Every source file below a folder, sorted; a script without a suffix is one when its first line names Node. */
export function sourcesBelow(root: string, folder: string): readonly string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(entry.name)) found.push(...sourcesBelow(root, path));
    } else if (SOURCE.test(entry.name) || (!entry.name.includes('.') && isNodeScript(join(root, path)))) {
      found.push(path);
    }
  }
  return found.sort();
}

function isNodeScript(path: string): boolean {
  return /^#!.*\bnode\b/.test(readFileSync(path, 'utf8').slice(0, 80));
}

/** @throws Error naming the file whose syntax cannot be read */
export function readImports(root: string, files: readonly string[]): readonly Import[] {
  const packages = workspaces(root);
  return files.flatMap((file) =>
    [...new Set(specifiersOf(join(root, file)))].filter(isModule).map((specifier) => ({
      file,
      specifier,
      target: resolveSpecifier(packages, file, specifier),
    })),
  );
}

/** A URL that ends with a slash is a folder's, from which no module is loaded. */
const isModule = (specifier: string): boolean => !specifier.endsWith('/');

interface Node {
  readonly type?: string;
  readonly [member: string]: unknown;
}

function specifiersOf(path: string): readonly string[] {
  const specifiers: string[] = [];
  try {
    visit(parse(readFileSync(path, 'utf8'), { sourceType: 'module', plugins: ['typescript'] }).program, specifiers);
  } catch (error) {
    throw new Error(`${path} cannot be parsed: ${error instanceof Error ? error.message : error}`);
  }
  return specifiers;
}

function visit(node: unknown, specifiers: string[]): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, specifiers);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const specifier = specifierOf(node as Node);
  if (specifier !== undefined) specifiers.push(specifier);
  for (const member of Object.values(node)) visit(member, specifiers);
}

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return text(node.source);
    case 'TSImportType':
      return text(node.argument);
    case 'CallExpression':
      return isImportCall(node.callee as Node) ? text(argument(node, 0)) : undefined;
    case 'NewExpression':
      return isNamed(node.callee, 'URL') && mentionsModuleUrl(argument(node, 1)) ? text(argument(node, 0)) : undefined;
    default:
      return undefined;
  }
}

function text(node: unknown): string | undefined {
  const literal = node as Node | undefined | null;
  return literal?.type === 'StringLiteral' ? (literal.value as string) : undefined;
}

function argument(node: Node, index: number): unknown {
  return (node.arguments as readonly unknown[] | undefined)?.[index];
}

function isImportCall(callee: Node): boolean {
  return callee.type === 'Import' || isNamed(callee, 'require');
}

function isNamed(node: unknown, name: string): boolean {
  const identifier = node as Node;
  return identifier.type === 'Identifier' && identifier.name === name;
}

function mentionsModuleUrl(node: unknown): boolean {
  const member = node as Node | undefined;
  return (
    member?.type === 'MemberExpression' &&
    (member.object as Node).type === 'MetaProperty' &&
    isNamed(member.property, 'url')
  );
}

interface Workspace {
  readonly name: string;
  readonly folder: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

function workspaces(root: string): readonly Workspace[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces?: readonly string[] };
  return (manifest.workspaces ?? []).map((folder) => {
    const own = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return { name: own.name, folder, exports: own.exports ?? {} };
  });
}

function resolveSpecifier(packages: readonly Workspace[], file: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(dirname(file), specifier);
  if (specifier.startsWith('node:')) return specifier;
  const own = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (own) return resolveExport(own, `.${specifier.slice(own.name.length)}`);
  const [scope = '', name] = specifier.split('/');
  return `npm:${scope.startsWith('@') ? `${scope}/${name}` : scope}`;
}

/** An entry of `exports` that names a file gives the file; a pattern gives the path itself. */
function resolveExport({ folder, exports }: Workspace, subpath: string): string {
  const entry = exports[subpath];
  return posix.join(folder, typeof entry === 'string' ? entry : subpath);
}
