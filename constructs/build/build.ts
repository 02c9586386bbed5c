/**
 * Builds the package for publishing into `dist/`: one subpath per CDK, each a single CommonJS module (which ES modules,
 * CommonJS programs and jsii can all load) with its declarations. Only the target of `cdk.ts` differs between the two:
 * classes extend the CDK that is chosen when they load, so one build cannot serve both.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

export const cdks = ['cdktf', 'cdktn'] as const;
type Cdk = (typeof cdks)[number];

/** Modules of the contract whose types are part of the public ones. */
const contractModules = ['vocabulary.ts', 'generated/types.ts'];

const root = join(import.meta.dirname, '..');
export const repository = join(root, '..');

/** The TypeScript compiler, which `make check` and `make build` install. */
export const typeScriptCompiler = join(repository, 'scripts/typescript/node_modules/typescript/bin/tsc');

/** The whole package. @throws Error when a declaration cannot be written */
export async function buildPackage(outputDirectory: string): Promise<void> {
  rmSync(outputDirectory, { recursive: true, force: true });
  await buildModules(outputDirectory);
  const declarations = emitDeclarations();
  for (const cdk of cdks) copyDeclarations(cdk, declarations, join(outputDirectory, cdk));
  rmSync(declarations, { recursive: true });
}

/** The modules that a program loads; declarations that are there stay. */
export async function buildModules(outputDirectory: string): Promise<void> {
  for (const cdk of cdks) await buildModule(cdk, join(outputDirectory, cdk, 'index.js'));
  writeFileSync(join(outputDirectory, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
}

async function buildModule(cdk: Cdk, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    alias: { cdktf: cdk },
    external: [...cdks, 'constructs'],
    logLevel: 'warning',
  });
}

/** Declarations of every module that the index reaches, this workspace's and the contract's, in one tree. */
function emitDeclarations(): string {
  // Inside the repository, so that the compiler finds the CDK's own declarations.
  mkdirSync(join(repository, 'node_modules/.cache'), { recursive: true });
  const directory = mkdtempSync(join(repository, 'node_modules/.cache/constructs-'));
  const config = {
    extends: join(repository, 'tsconfig.json'),
    files: [join(root, 'index.ts'), ...contractModules.map((module) => join(repository, 'provider-schema', module))],
    include: [],
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: repository,
      outDir: directory,
    },
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  const { status, stdout } = spawnSync(process.execPath, [typeScriptCompiler, '-p', directory], { encoding: 'utf8' });
  if (status === 0) return directory;
  rmSync(directory, { recursive: true });
  throw new Error(`The declarations of constructs/ cannot be written:\n${stdout}`);
}

function copyDeclarations(cdk: Cdk, from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.d.ts')) continue;
    const path = relative(from, join(entry.parentPath, entry.name));
    const target = join(
      to,
      path.startsWith(`constructs${sep}`) ? relative('constructs', path) : join('contract', path),
    );
    mkdirSync(join(target, '..'), { recursive: true });
    writeFileSync(target, declarationFor(cdk, readFileSync(join(from, path), 'utf8'), to, target));
  }
}

/** Points a declaration at the CDK of its build, at its neighbours' `.js` names and at the contract's copy. */
function declarationFor(cdk: Cdk, text: string, packageDirectory: string, target: string): string {
  const contract = relative(join(target, '..'), join(packageDirectory, 'contract/provider-schema')).replaceAll(
    sep,
    '/',
  );
  return text
    .replaceAll("export * from 'cdktf';", `export * from '${cdk}';`)
    .replaceAll(/'@keystead\/provider-schema\/([^']+)\.ts'/g, (_whole, module) => `'./${contract}/${module}.js'`)
    .replaceAll(/(from|import\() ?'(\.[^']+)\.ts'/g, (_whole, keyword, module) =>
      keyword === 'from' ? `from '${module}.js'` : `import('${module}.js'`,
    );
}

function publishedManifest(): object {
  const { name, version, description, license, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const subpaths = cdks.map((cdk) => [`./${cdk}`, { types: `./${cdk}/index.d.ts`, default: `./${cdk}/index.js` }]);
  return {
    name,
    version,
    description,
    license,
    type: 'commonjs',
    exports: Object.fromEntries(subpaths),
    peerDependencies,
    peerDependenciesMeta,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(root, 'dist') },
      'without-declarations': { type: 'boolean', default: false },
    },
  });
  if (values['without-declarations']) await buildModules(values.out);
  else await buildPackage(values.out);
  cpSync(join(repository, 'LICENSE'), join(values.out, 'LICENSE'));
  cpSync(join(root, 'README.md'), join(values.out, 'README.md'));
}

if (import.meta.main) await main();
