/**
 * Tools that tests need beyond npm. Tests whose tool is missing are skipped, each with the tool in its title, and
 * `make test` counts them at the end. With CI=true they fail instead, and say how to install the tool.
 */
import { installation, missing, type ToolName, tools } from '../../scripts/tools.mjs';

type Declare = typeof test;
type Group = typeof describe;

/** The title of a skipped test; scripts/not-run.ts reads it. */
export const leftOutTitle = (title: string, what: string): string => `${title} [needs ${what}]`;

/** Skips every `describe` and `test` of the file after this call when one of the tools is missing. */
export function needs(...names: readonly ToolName[]): void {
  const lacking = missing(names);
  if (lacking.length === 0) return;
  const leftOut = leaveOutTests(lacking);
  Object.assign(globalThis, { test: leftOut, it: leftOut, describe: leaveOutGroups(lacking) });
}

/** For a part of a file: `describe`, or a function that skips its tests when one of the tools is missing. */
export function describeWith(...names: readonly ToolName[]): Group {
  const lacking = missing(names);
  return lacking.length === 0 ? describe : leaveOutGroups(lacking);
}

const real = { test, describe };

function whatOf(lacking: readonly ToolName[]): string {
  return lacking.map((name) => tools[name].what).join(', ');
}

function refusal(lacking: readonly ToolName[]): Error {
  const hints = lacking.flatMap((name) => tools[name].hint ?? []);
  const how = [installation(lacking)?.line, ...hints].filter((line) => line !== undefined);
  return new Error(`This test needs ${whatOf(lacking)}. ${how.join(' ')}`);
}

function leaveOutTests(lacking: readonly ToolName[]): Declare {
  const title = (name: string) => leftOutTitle(name, whatOf(lacking));
  const fail = () => {
    throw refusal(lacking);
  };
  const one =
    process.env.CI === 'true'
      ? (name: string) => real.test(title(name), fail)
      : (name: string) => real.test.skip(title(name), () => undefined);
  const each =
    process.env.CI === 'true'
      ? (rows: readonly unknown[]) => (name: string) => real.test.each(rows)(title(name), fail)
      : (rows: readonly unknown[]) => (name: string) => real.test.skip.each(rows)(title(name), () => undefined);
  const all = Object.assign(one, { each, skip: real.test.skip });
  return Object.assign(all, { concurrent: all }) as unknown as Declare;
}

function leaveOutGroups(lacking: readonly ToolName[]): Group {
  const title = (name: string) => leftOutTitle(name, whatOf(lacking));
  if (process.env.CI === 'true') {
    const fails = leaveOutTests(lacking);
    const one = (name: string) => fails(name, () => undefined);
    const each = (rows: readonly unknown[]) => (name: string) => fails.each(rows)(name, () => undefined);
    return Object.assign(one, { each, skip: real.describe.skip }) as unknown as Group;
  }
  const one = (name: string, declare: () => void) => real.describe.skip(title(name), declare);
  const each = (rows: readonly unknown[]) => (name: string, declare: (...row: unknown[]) => void) =>
    real.describe.skip.each(rows)(title(name), declare);
  return Object.assign(one, { each, skip: real.describe.skip }) as unknown as Group;
}
