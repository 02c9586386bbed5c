/**
 * Lays the library out as jsii wants it: one package for each CDK, in TypeScript that names the CDK itself, with the
 * contract and the policy evaluator inside, so that nothing of ours has to be installed beside it. The sources are the
 * ones that the npm package is built from; only their imports are written anew.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type Cdk, constructsDirectory, importedSource, repository } from '../build/layout.ts';
import { jsiiManifest, type PackageNames } from './manifest.ts';

const cdkModule = join(constructsDirectory, 'cdk.ts');

/** What an import or a re-export names: after `from`, or in `import('…')`. */
const specifiers = /(\bfrom |\bimport\()'([^'\n]+)'/g;

/**
 * Node.js 20 is the oldest that runs the library, and `es2023` is what it knows. `node10` and `commonjs`: jsii loads
 * the package in every language by `require`.
 */
const compilerOptions = {
  target: 'es2022',
  lib: ['es2023'],
  module: 'commonjs',
  moduleResolution: 'node10',
  rootDir: 'src',
  outDir: 'lib',
  declaration: true,
  composite: false,
  incremental: false,
  experimentalDecorators: true,
  noEmitOnError: true,
  resolveJsonModule: true,
  skipLibCheck: true,
  strict: true,
  stripInternal: true,
  types: ['node'],
};

/** Everything that the compiler reads, in an empty `directory`. It must not be below a `node_modules`. */
export function writeJsiiPackage(cdk: Cdk, directory: string, names?: PackageNames): void {
  rmSync(directory, { recursive: true, force: true });
  for (const [path, text] of jsiiSources(cdk)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  writeFileSync(join(directory, 'package.json'), json(jsiiManifest(cdk, names)));
  writeFileSync(join(directory, 'tsconfig.jsii.json'), json({ compilerOptions, include: ['src'] }));
  cpSync(join(repository, 'LICENSE'), join(directory, 'LICENSE'));
  cpSync(join(constructsDirectory, 'languages/README.package.md'), join(directory, 'README.md'));
}

/** Every source file that the library's index reaches: its path in the package, and its text. */
export function jsiiSources(cdk: Cdk): Map<string, string> {
  const sources = new Map<string, string>();
  const pending = [join(constructsDirectory, 'index.ts')];
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    if (sources.has(placeOf(source))) continue;
    sources.set(placeOf(source), textFor(cdk, source, pending));
  }
  return sources;
}

/** Line for line the source, so that what the compiler says about it is true of the source. */
function textFor(cdk: Cdk, source: string, reached: string[]): string {
  return readFileSync(twinOf(source), 'utf8').replaceAll(specifiers, (whole, before: string, specifier: string) => {
    const imported = importedSource(specifier, source);
    if (imported === undefined) return whole;
    if (imported === cdkModule) return `${before}'${cdk}'`;
    reached.push(imported);
    const path = relative(dirname(placeOf(source)), placeOf(imported))
      .replaceAll(sep, '/')
      .replace(/\.ts$/, '');
    return `${before}'${path.startsWith('.') ? '' : './'}${path}'`;
  });
}

/** `name.jsii.ts` beside `name.ts` exports the same names, with types that other languages can have. */
function twinOf(source: string): string {
  const twin = source.replace(/\.ts$/, '.jsii.ts');
  return existsSync(twin) ? twin : source;
}

function placeOf(source: string): string {
  const path = relative(repository, source).replaceAll(sep, '/');
  return path.startsWith('constructs/') ? path.replace('constructs/', 'src/') : `src/shared/${path}`;
}

/** The source file behind a file of the package, relative to the repository. */
export function sourceOf(place: string): string {
  const source = place.startsWith('src/shared/')
    ? place.replace('src/shared/', '')
    : place.replace('src/', 'constructs/');
  return relative(repository, twinOf(join(repository, source))).replaceAll(sep, '/');
}
