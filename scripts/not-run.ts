/** After a test run: which suites left tests out because a tool is missing, how many, and how to install it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { installation, missing, type ToolName, tools } from './tools.mjs';

interface TestRun {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface LeftOut {
  /** Relative to the repository. */
  readonly suite: string;
  readonly tests: number;
  readonly needs: readonly string[];
}

/** @param run what jest wrote with --json */
export function leftOut(run: TestRun, root: string): readonly LeftOut[] {
  return run.testResults
    .map(({ name, assertionResults }) => {
      const needs = assertionResults
        .filter(({ status }) => status === 'pending')
        .flatMap(({ fullName }) => /\[needs (.*?)\]/.exec(fullName)?.[1] ?? []);
      return { suite: relative(root, name), tests: needs.length, needs: [...new Set(needs)] };
    })
    .filter(({ tests }) => tests > 0)
    .sort((a, b) => (a.suite < b.suite ? -1 : 1));
}

export function describeLeftOut(all: readonly LeftOut[]): string {
  if (all.length === 0) return 'No test was left out.';
  const sum = all.reduce((total, { tests }) => total + tests, 0);
  const rows = all.map(
    ({ suite, tests, needs }) => `  ${String(tests).padStart(5)}  ${suite}: needs ${needs.join('; ')}`,
  );
  return [`Not run: ${sum} tests in ${all.length} suites.`, ...rows].join('\n');
}

function howToGet(): readonly string[] {
  const lacking = missing((Object.keys(tools) as ToolName[]).filter((name) => name !== 'compiler'));
  const how = installation(lacking);
  const hints = lacking.flatMap((name) => tools[name].hint ?? []);
  return [...(how ? [`To run them, paste: ${how.line}`] : []), ...new Set(hints)];
}

function main(): void {
  const root = join(import.meta.dirname, '..');
  const results = join(root, 'dist/test-results.json');
  // An interrupted run did not write the file, and has said why.
  if (!existsSync(results)) return;
  const all = leftOut(JSON.parse(readFileSync(results, 'utf8')) as TestRun, root);
  console.log(describeLeftOut(all));
  if (all.length > 0) console.log(howToGet().join('\n'));
}

if (import.meta.main) main();
