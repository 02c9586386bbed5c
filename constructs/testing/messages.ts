/** What a failed assertion says: what is there instead, the closest first. */
import type { Arguments, Candidate, Configuration } from './candidates.ts';
import { type Difference, differences, shown } from './match.ts';

/** Lines about one candidate. */
const shownDifferences = 8;

export function noMatch(
  what: string,
  expected: Arguments,
  candidates: readonly Candidate[],
  configuration: Configuration,
): string {
  const wanted = `No ${what} has ${shown(expected)}.`;
  const [closest, ...others] = candidates
    .map((candidate) => ({ candidate, found: differences(expected, candidate.found) }))
    .sort((a, b) => a.found.length - b.found.length);
  if (closest === undefined) return `${wanted} The stack has none. It has: ${inventory(configuration)}.`;
  const count = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const lines = closest.found.slice(0, shownDifferences).map(described);
  const rest = closest.found.length - lines.length;
  return [
    `${wanted} The closest is ${named(closest.candidate)}${count}:`,
    ...lines,
    ...(rest > 0 ? [`  and ${rest} more differences`] : []),
  ].join('\n');
}

export function failedCount(what: string, expected: number, candidates: readonly Candidate[]): string {
  const found = candidates.map(named).join(', ');
  return `The stack has ${candidates.length} ${what}, not ${expected}${found === '' ? '' : `: ${found}`}.`;
}

const named = ({ address, path }: Candidate) => (path === undefined ? address : `${address} (${path})`);

function described({ path, expected, found }: Difference): string {
  return `  ${path === '' ? 'value' : path}: expected ${expected}, found ${found}`;
}

function inventory({ resource = {}, data = {} }: Configuration): string {
  const counted = [
    ...Object.entries(resource).map(([type, all]) => `${Object.keys(all).length} ${type}`),
    ...Object.entries(data).map(([type, all]) => `${Object.keys(all).length} data ${type}`),
  ];
  return counted.length === 0 ? 'nothing' : counted.join(', ');
}
