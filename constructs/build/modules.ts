/**
 * Writes the JavaScript of the package: every source file that an entry reaches, as one CommonJS module, whose names
 * Node's lexer finds for ES modules.
 */
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type Cdk, cdks, entryModules, importBetween, importedSource, placeOf, repository } from './layout.ts';

/** What a program has beside the package. */
const peers = ['cdktf', 'cdktn', 'constructs'];

/** @throws Error when the sources need a package that is not there for a user of this one */
export async function writeModules(outputDirectory: string): Promise<void> {
  const sources = await reachedSources();
  for (const cdk of cdks) await writeFor(cdk, sources, outputDirectory);
}

async function reachedSources(): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: entryModules(),
    absWorkingDir: repository,
    outdir: 'unwritten',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins: [
      {
        name: 'sources',
        setup: ({ onResolve }) =>
          onResolve({ filter: /./ }, ({ path, importer, kind }) => resolveSource(path, importer, kind)),
      },
    ],
  });
  return Object.keys(metafile.inputs).map((path) => join(repository, path));
}

function resolveSource(specifier: string, importer: string, kind: string): { path: string; external?: boolean } {
  if (kind === 'entry-point') return { path: specifier };
  const source = importedSource(specifier, importer);
  if (source?.endsWith('.ts')) return { path: source };
  if (peers.includes(specifier) || specifier.startsWith('node:')) return { path: specifier, external: true };
  throw new Error(`${importer} imports ${specifier}, which a user of @keystead/constructs does not have.`);
}

async function writeFor(cdk: Cdk, sources: readonly string[], outputDirectory: string): Promise<void> {
  await build({
    entryPoints: sources.map((source) => ({ in: source, out: placeOf(source, cdk) })),
    outdir: outputDirectory,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    plugins: [betweenModules(cdk)],
    logLevel: 'warning',
  });
}

/** Leaves every import where it is, under the name that it has in the package. */
function betweenModules(cdk: Cdk): Plugin {
  return {
    name: 'between-modules',
    setup: ({ onResolve }) =>
      onResolve({ filter: /./ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return { path };
        const source = importedSource(path, importer);
        if (source !== undefined) return { path: importBetween(importer, source, cdk), external: true };
        return { path: path === 'cdktf' ? cdk : path, external: true };
      }),
  };
}
