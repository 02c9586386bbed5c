/** Writes the declarations of the package: those that its subpaths reach, each beside its module. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  type Cdk,
  cdks,
  constructsDirectory,
  entryModules,
  importBetween,
  importedSource,
  placeOf,
  repository,
} from './layout.ts';

/** The TypeScript compiler, which `make check` and `make build` install. */
export const typeScriptCompiler = join(repository, 'scripts/typescript/node_modules/typescript/bin/tsc');

/** A module that a declaration names: after `from`, or in `import('…')`. */
const specifiers = /(\bfrom |\bimport\()(["'])([^"'\n]+)\2/g;

/** @throws Error when a declaration cannot be written */
export function writeDeclarations(outputDirectory: string): void {
  const emitted = emitDeclarations();
  try {
    const reached = reachedDeclarations(emitted);
    for (const cdk of cdks) {
      for (const [source, text] of reached) {
        const target = join(outputDirectory, `${placeOf(source, cdk)}.d.ts`);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, declarationFor(cdk, source, text));
      }
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

/** Declarations of this workspace and of those that it uses, in one tree. */
function emitDeclarations(): string {
  // Inside the repository, so that the compiler finds the CDK's own declarations.
  mkdirSync(join(repository, 'node_modules/.cache'), { recursive: true });
  const directory = mkdtempSync(join(repository, 'node_modules/.cache/constructs-'));
  const config = {
    extends: join(repository, 'tsconfig.json'),
    files: reachedSources(),
    include: [],
    compilerOptions: {
      // What the oldest Node.js has that the package is for: a function that came later is an error here.
      lib: ['es2023'],
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

/** Of types too, which the JavaScript does not import. */
function reachedSources(): string[] {
  return [...reachedFrom(entryModules(), (source) => readFileSync(source, 'utf8')).keys()];
}

/** By source file. */
function reachedDeclarations(emitted: string): Map<string, string> {
  return reachedFrom(entryModules(), (source) =>
    readFileSync(join(emitted, relative(repository, source).replace(/\.ts$/, '.d.ts')), 'utf8'),
  );
}

/** The texts of source files, and of all that a text names. */
function reachedFrom(entries: readonly string[], textOf: (source: string) => string): Map<string, string> {
  const reached = new Map<string, string>();
  const pending = [...entries];
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    if (reached.has(source)) continue;
    const text = textOf(source);
    reached.set(source, text);
    for (const [, , , specifier] of text.matchAll(specifiers)) {
      const imported = importedSource(specifier ?? '', source);
      if (imported !== undefined) pending.push(imported);
    }
  }
  return reached;
}

/** Points a declaration at the CDK of its build and at the package's own modules. */
function declarationFor(cdk: Cdk, source: string, text: string): string {
  return text.replaceAll(specifiers, (_whole, before: string, quote: string, specifier: string) => {
    const imported = importedSource(specifier, source);
    const named = imported === undefined ? specifier : importBetween(source, imported, cdk);
    return `${before}${quote}${named === 'cdktf' && isCdkModule(source) ? cdk : named}${quote}`;
  });
}

const isCdkModule = (source: string): boolean => source === join(constructsDirectory, 'cdk.ts');
