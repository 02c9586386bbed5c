/**
 * Bundles the control plane and its command line into one directory, where it starts in a third of the time that a
 * thousand modules need. `node control-plane/build/bundle.ts [OUTPUT_DIRECTORY]`, by default dist/keystead.
 *
 * Packages with code of the machine stay outside: Node finds them in node_modules, in a directory above.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const repository = resolve(root, '..');
const defaultOutput = join(repository, 'dist/keystead');

/** What is started by its path. Each is `<name>.js` in the bundle, as runtime/program-files.ts expects. */
const programs = [
  ...['cli/bin/keystead', 'hsm/process/process.ts'],
  ...['storage/engines/sqlite-worker.ts', 'storage/segments/seal-worker.ts'],
];

const nativePackages = ['better-sqlite3', 'pkcs11js'];
/** Asked for by a client that works without it. */
const optionalPackages = ['pg-native'];

const banner = [
  // Packages in CommonJS call it for the modules of Node.
  "import { createRequire as requireOf } from 'node:module';",
  'const require = requireOf(import.meta.url);',
  // Node is silent about what packages in node_modules still call, but cannot tell them from our code here.
  'process.noDeprecation = true;',
].join(' ');

export async function bundleControlPlane(outputDirectory = defaultOutput): Promise<void> {
  rmSync(outputDirectory, { recursive: true, force: true });
  mkdirSync(outputDirectory, { recursive: true });
  writeFileSync(join(outputDirectory, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  await build({
    entryPoints: programs.map((source) => ({ in: join(root, source), out: basename(source, '.ts') })),
    outdir: outputDirectory,
    bundle: true,
    // Each command loads its own part only.
    splitting: true,
    chunkNames: 'part-[hash]',
    platform: 'node',
    format: 'esm',
    // Older than what the code needs, so that an older Node can parse the first file and say what is missing.
    target: 'node20',
    loader: { '': 'js' },
    external: [...nativePackages, ...optionalPackages],
    legalComments: 'none',
    charset: 'utf8',
    banner: { js: banner },
    logLevel: 'warning',
  });
  chmodSync(join(outputDirectory, 'keystead.js'), 0o755);
}

function manifest(): object {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { name, version, license, type: 'module', bin: { keystead: './keystead.js' } };
}

/** Bundles again where a source or the lock file is newer than the bundle. */
export async function bundleIfStale(): Promise<void> {
  const made = join(defaultOutput, 'keystead.js');
  if (!existsSync(made) || newestSourceMs() > statSync(made).mtimeMs) await bundleControlPlane();
}

function newestSourceMs(): number {
  const sources = ['control-plane', 'policy', 'provider', 'provider-schema'].flatMap((tree) =>
    readdirSync(join(repository, tree), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.[cm]?[jt]s$/.test(path) || path.endsWith('bin/keystead'))
      .map((path) => join(repository, tree, path)),
  );
  return Math.max(...[join(repository, 'package-lock.json'), ...sources].map((path) => statSync(path).mtimeMs));
}

if (import.meta.main) {
  const [, , output] = process.argv;
  if (output?.startsWith('-')) throw new Error(`usage: bundle.ts [directory], which ${output} is not`);
  await bundleControlPlane(output && resolve(output));
}
