/**
 * Compiles the library with jsii, which carries its API into other languages and refuses what they cannot have. Run
 * directly, it says what jsii refuses and writes nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Cdk, repository } from '../build/layout.ts';
import type { PackageNames } from './manifest.ts';
import { sourceOf, writeJsiiPackage } from './sources.ts';

/** Installed by `make languages` and `make test` alone, so that no other installation has it. */
export const jsiiTools = join(repository, 'scripts/jsii/node_modules');

/** Words that some language keeps for itself get an underscore there; a peer's range begins below what is tested. */
const silenced = ['reserved-word', 'metadata/missing-dev-dependency'];

/** What to do about a refusal, where the compiler's own words do not say it. */
const remedies: Readonly<Record<string, string>> = {
  JSII1003:
    'For data: Record<string, …>, or an exported interface with readonly members. For a callback: an I… interface with a method.',
  JSII1006: 'Write out the types, or keep the generic part in TypeScript alone.',
  JSII1007: 'Return void: a method that always throws has that type for other languages.',
  JSII1999: 'Write the type out as an exported interface with readonly members.',
  JSII3000: 'Export the type from constructs/index.ts, or begin the member with _ and mark it @internal.',
  JSII3001: 'Export the type from constructs/index.ts, or begin the member with _ and mark it @internal.',
  JSII3008: 'Props are interfaces of readonly members without an I in front; interfaces with methods begin with I.',
  JSII5015: 'Leave the member to the interface that declares it first.',
  JSII9002: 'Export the type from constructs/index.ts, or begin the member with _ and mark it @internal.',
  TS2339: 'If a newer Node.js has it: the library runs on Node.js 20 too.',
  TS2550: 'Node.js 20 does not have it, and the library runs there too.',
};

/** @throws Error when jsii refuses something, with each place, what is wrong there and what to do */
export function compileJsiiPackage(cdk: Cdk, directory: string, names?: PackageNames): void {
  writeJsiiPackage(cdk, directory, names);
  runJsii(directory);
}

/** @throws Error as `compileJsiiPackage` does */
export function runJsii(directory: string): void {
  const options = ['-c', 'tsconfig.jsii.json', '--validate-tsconfig', 'minimal', '--fail-on-warnings'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(jsiiTools, 'jsii/bin/jsii'), ...options, '--silence-warnings', ...silenced],
    { cwd: directory, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0' } },
  );
  if (status !== 0) throw new Error(describeRefusals(`${stdout}${stderr}`));
}

/** What jsii said, with the places in our sources. */
export function describeRefusals(output: string): string {
  const lines = [...output.matchAll(/^(src\/\S+?):(\d+):\d+ - \w+ ((?:JSII|TS)\d+): (.*)$/gm)].map(
    ([, place = '', line, code = '', what = '']) =>
      [`${sourceOf(place)}:${line} ${plain(what)} (${code})`, remedies[code]]
        .filter((part) => part !== undefined)
        .join('\n    '),
  );
  const refused = [...new Set(lines)];
  if (refused.length === 0) return `jsii failed:\n${output}`;
  return `Other languages cannot have ${refused.length} things of the constructs' public API:\n${refused.join('\n')}`;
}

/** Without the package's name, the rule's long name, and what does not help here. */
function plain(what: string): string {
  return what
    .replaceAll(/@keystead\/constructs-\w+\./g, '')
    .replace(/ \[[\w-]+\/[\w-]+\]$/, '')
    .replace(/ Do you need to change your target library\?.*$/, '');
}

/** Compiles into a folder that `use` reads and that is removed afterwards. */
export function withCompiledPackage<Result>(cdk: Cdk, use: (directory: string) => Result): Result {
  // Beside the repository's packages, which the compiler reads, and not below a node_modules, which it would take for
  // somebody else's.
  mkdirSync(join(repository, 'dist'), { recursive: true });
  const directory = mkdtempSync(join(repository, 'dist/jsii-'));
  try {
    compileJsiiPackage(cdk, directory);
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What jsii writes about the library: every type of its API. */
export function readAssembly(directory: string): unknown {
  return JSON.parse(readFileSync(join(directory, '.jsii'), 'utf8'));
}

function main(): void {
  if (!existsSync(jsiiTools)) throw new Error('jsii is not installed: run npm ci in scripts/jsii');
  withCompiledPackage('cdktn', () => console.log('Other languages can have all of it.'));
}

if (import.meta.main) main();
