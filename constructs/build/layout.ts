/**
 * Where each module of the sources lies in the package, and what the package's subpaths are. Everything is a real file
 * or a folder with an `index`, so that resolution without `exports` (TypeScript's `node10`) finds it too. Each module is
 * there once for each CDK, so that a class is the same whichever subpath brings it; what knows no CDK is there once.
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export const cdks = ['cdktf', 'cdktn'] as const;
export type Cdk = (typeof cdks)[number];

export const constructsDirectory = join(import.meta.dirname, '..');
export const repository = join(constructsDirectory, '..');

/** The module behind each subpath, `<cdk>` being in front of each; bindings have a subpath each besides. */
const subpathModules = {
  '': 'typescript.ts',
  '/lib': 'generated/index.ts',
  '/testing': 'testing/index.ts',
} as const;

/** Source files that a program can load by a subpath. */
export function entryModules(): string[] {
  return Object.values(subpathModules)
    .map((module) => join(constructsDirectory, module))
    .filter((path) => existsSync(path));
}

/** The place of a source file in the package, without its extension. */
export function placeOf(source: string, cdk: Cdk): string {
  const path = relative(repository, source)
    .replaceAll(sep, '/')
    .replace(/\.(d\.)?ts$/, '');
  const [workspace, ...inside] = path.split('/');
  if (workspace !== 'constructs') return `shared/${path}`;
  return `${cdk}/${placeAmongConstructs(inside.join('/'))}`;
}

function placeAmongConstructs(module: string): string {
  if (module === 'typescript') return 'index';
  // The jsii libraries begin here.
  if (module === 'index') return 'constructs';
  if (module === 'generated/index') return 'lib/index';
  if (generatedBesideBindings.includes(module)) return module;
  return module.replace(/^generated\/(.+)$/, 'lib/$1/index');
}

const generatedBesideBindings = ['generated/kms-actions', 'generated/provider-address'];

/** The source file that an import of another source file names; undefined: it names a package. */
export function importedSource(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(importer), specifier);
  const [, workspace, module] = /^@keystead\/([\w-]+)\/(.+)$/.exec(specifier) ?? [];
  if (workspace === undefined || module === undefined) return undefined;
  return join(repository, workspace, module);
}

/** How a module of the package imports another. */
export function importBetween(importer: string, imported: string, cdk: Cdk): string {
  const path = relative(dirname(placeOf(importer, cdk)), placeOf(imported, cdk)).replaceAll(sep, '/');
  return `${path.startsWith('.') ? '' : './'}${path}.js`;
}

/** The member `exports` of the package's manifest. */
export function packageExports(): object {
  const ofCdk = (cdk: Cdk) =>
    Object.entries(subpathModules)
      .filter(([, module]) => existsSync(join(constructsDirectory, module)))
      .map(([subpath]): [string, object] => [`./${cdk}${subpath}`, conditions(`./${cdk}${subpath}/index`)]);
  const bindings = (cdk: Cdk): [string, object] => [`./${cdk}/lib/*`, conditions(`./${cdk}/lib/*/index`)];
  return Object.fromEntries([
    ...cdks.flatMap((cdk) => [...ofCdk(cdk), bindings(cdk)]),
    ['./package.json', './package.json'],
  ]);
}

const conditions = (path: string) => ({ types: `${path}.d.ts`, default: `${path}.js` });
