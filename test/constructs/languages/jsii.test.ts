/** The constructs' public API keeps to what jsii carries into other languages; jsii's own compiler says so. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileJsiiPackage, readAssembly, runJsii } from '@keystead/constructs/languages/jsii.ts';
import { type Assembly, describeApi, recordedApi } from '@keystead/constructs/languages/public-api.ts';
import { writeJsiiPackage } from '@keystead/constructs/languages/sources.ts';
import { needs } from '../../support/needs.ts';

needs('jsii');

/** Beside the packages of this repository, as the compiler needs it. */
let directory: string;
const parent = join(import.meta.dirname, '../../../dist');

beforeEach(() => {
  mkdirSync(parent, { recursive: true });
  directory = mkdtempSync(join(parent, 'jsii-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('Other languages can have the whole public API, which is the recorded one', () => {
  compileJsiiPackage('cdktn', directory);
  const api = describeApi(readAssembly(directory) as Assembly);
  if (api === recordedApi()) return;
  // The difference is printed; the message in front of it says what to do.
  expect(`After \`make public-api\`, look at each changed line: is it a breaking change?\n${api}`).toBe(recordedApi());
});

/** What is said about a library of this one file. */
function refusals(index: string): string {
  writeJsiiPackage('cdktn', directory);
  rmSync(join(directory, 'src'), { recursive: true });
  mkdirSync(join(directory, 'src'));
  writeFileSync(join(directory, 'src/index.ts'), index);
  try {
    runJsii(directory);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('What other languages cannot have is refused with its place, its name and what to do instead', () => {
  const refused = refusals(`interface Hidden { readonly a: string }
    export class Box { public hidden(): Hidden { return { a: '' }; } }
    export class Caller { public call(then: () => void): void { then(); } }
    export interface Shape { readonly size: { readonly width: number }; }`);
  expect(refused.split('\n')).toEqual([
    "Other languages cannot have 3 things of the constructs' public API:",
    expect.stringMatching(/^constructs\/index\.ts:2 .*"Hidden".*\(JSII\d+\)$/),
    expect.stringMatching(/^ {4}Export the type from constructs\/index\.ts/),
    expect.stringMatching(/^constructs\/index\.ts:3 .*\(JSII\d+\)$/),
    expect.stringMatching(/^ {4}.*For a callback: an I… interface with a method\.$/),
    'constructs/index.ts:4 Only string-indexed map types are supported (JSII1003)',
    expect.stringMatching(/^ {4}For data: Record<string, …>, or an exported interface/),
  ]);
});

test('What Node.js 20 does not have is refused', () => {
  expect(refusals('export class Box { public size(): number { return Map.groupBy([1], (n) => n).size; } }')).toMatch(
    /constructs\/index\.ts:1 Property 'groupBy' does not exist .* \(TS2550\)\n {4}Node\.js 20 does not have it/,
  );
});
