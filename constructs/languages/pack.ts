/**
 * Packs the library for Python, Java, Go and C# into `dist/languages/<cdk>/<language>`: a wheel, a Maven repository, a
 * Go module and a NuGet package. Each carries the same JavaScript, which runs in a Node.js process beside the program.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cdk, cdks, repository } from '../build/layout.ts';
import { compileJsiiPackage, jsiiTools } from './jsii.ts';
import { constructsRange, jsiiManifest, type PackageNames } from './manifest.ts';
import { jsiiSources } from './sources.ts';

export const languages = ['python', 'java', 'go', 'dotnet'] as const;
export type Language = (typeof languages)[number];

/** The tool that a language is packed with; a Go module is its sources. */
const tools = { python: 'python3', java: 'mvn', go: undefined, dotnet: 'dotnet' } as const;

/** Where what is packed for a CDK lies. */
export const languagesDirectory = (cdk: Cdk): string => join(repository, 'dist/languages', cdk);

/**
 * Packs what is not there yet for the sources as they are.
 * @throws Error with what jsii refuses, or with the output of the tool that failed
 */
export function packLanguages(cdk: Cdk, wanted: readonly Language[], names: PackageNames = {}): void {
  const directory = languagesDirectory(cdk);
  const digest = digestOf(cdk, names);
  const stampOf = (part: string) => join(directory, `${part}.sha256`);
  const make = (part: string, how: () => void) => {
    const stamp = stampOf(part);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
    rmSync(stamp, { force: true });
    rmSync(join(directory, part), { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    how();
    writeFileSync(stamp, digest);
  };
  make('package', () => compileJsiiPackage(cdk, join(directory, 'package'), names));
  for (const language of wanted) make(language, () => pack(language, directory));
}

/** Of everything that the packages follow from; the lock file stands for the tools. */
function digestOf(cdk: Cdk, names: PackageNames): string {
  const lock = readFileSync(join(jsiiTools, '../package-lock.json'), 'utf8');
  const ownSources = readdirSync(import.meta.dirname).map((name) => readFileSync(join(import.meta.dirname, name)));
  const hash = createHash('sha256')
    .update(JSON.stringify(jsiiManifest(cdk, names)))
    .update(lock);
  for (const text of ownSources) hash.update(text);
  for (const [path, text] of [...jsiiSources(cdk)].sort()) hash.update(path).update(text);
  return hash.digest('hex');
}

function pack(language: Language, directory: string): void {
  const options: Readonly<Record<Language, readonly string[]>> = {
    // Built below, with fewer tools than jsii would install for it.
    python: ['--code-only'],
    go: ['--code-only'],
    // With the CDK's own artifact, which is compiled from its npm package: not every Maven repository has one.
    java: ['--recurse'],
    dotnet: [],
  };
  const args = ['--targets', language, '--outdir', directory, ...options[language]];
  run(process.execPath, [join(jsiiTools, 'jsii-pacmak/bin/jsii-pacmak'), ...args], join(directory, 'package'));
  if (language === 'python') buildWheel(join(directory, 'python'));
  if (language === 'go') requireOldest(join(directory, 'go'));
}

/** With the build tools that the generated project names, in an environment of its own. */
function buildWheel(directory: string): void {
  const environment = join(directory, '.venv');
  run('python3', ['-m', 'venv', environment], directory);
  run(join(environment, 'bin/pip'), ['wheel', '--quiet', '--no-deps', '--wheel-dir', directory, directory], directory);
  rmSync(environment, { recursive: true });
}

/** A Go module names the oldest version that it takes; jsii writes the one that it was compiled with. */
function requireOldest(directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name, 'go.mod');
    const oldest = constructsRange.replace('^', 'v');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/(constructs-go\/constructs\/v10) v\S+/, `$1 ${oldest}`));
  }
}

function run(program: string, args: readonly string[], cwd: string): void {
  const options = { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  // Maven would spend most of its time on pages that nobody reads here.
  const env = { ...process.env, MAVEN_OPTS: `${process.env.MAVEN_OPTS ?? ''} -Dmaven.javadoc.skip=true` };
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...options, env });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

function canPack(language: Language): boolean {
  const tool = tools[language];
  return tool === undefined || spawnSync(tool, ['--version']).error === undefined;
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'go-module': { type: 'string' }, 'maven-group': { type: 'string' } },
  });
  const wanted = languages.filter((language) => positionals.length === 0 || positionals.includes(language));
  for (const cdk of cdks) {
    for (const language of wanted) {
      if (canPack(language)) {
        packLanguages(cdk, [language], { goModule: values['go-module'], mavenGroup: values['maven-group'] });
        console.log(`packed ${join('dist/languages', cdk, language)}`);
      } else {
        console.log(`not packed, because ${tools[language]} is missing: ${language} for ${cdk}`);
      }
    }
  }
}

if (import.meta.main) main();
