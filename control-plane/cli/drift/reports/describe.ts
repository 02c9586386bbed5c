/** The report for a terminal: the worst first, what has one explanation together. */
import type { Comparison, Finding } from '../findings/finding.ts';
import { countsOf, explanationsOf, type Group, groupsOf } from '../findings/groups.ts';
import type { Severity } from '../findings/severity.ts';
import { count, explanationLine, type Line, linesOf, titleOf, whatOf, whoLines } from './words.ts';

export interface Terminal {
  readonly colour: boolean;
  /** In characters; undefined: lines are not broken. */
  readonly width: number | undefined;
  /** Every finding by itself. */
  readonly all: boolean;
}

/** Lines of a report that is read as a page, and of those the lines of groups that are shown with everything. */
const PAGE_LINES = 60;
const WHOLE_LINES = 30;
/** So few are all shown with everything, however long that is. */
const FEW_FINDINGS = 20;
/** Where the terminal does not say how wide it is. */
const BRIEF_LENGTH = 160;
const SUBJECTS_SHOWN = 3;
const EXPLANATIONS_SHOWN = 5;
const INDENT = '    ';
const LABEL_WIDTH = 10;

export function describeComparison(comparison: Comparison, terminal: Terminal): string {
  const { findings } = comparison;
  if (findings.length === 0) return [clean(comparison), ...leftOut(comparison)].join('\n');
  const parts = [head(comparison, terminal), ...leftOut(comparison)];
  const groups = groupsOf(findings);
  const part = findings.length > FEW_FINDINGS ? page(groups, linesIn(parts), terminal) : wholeGroups(groups, terminal);
  const body = terminal.all ? everyOne(findings, terminal) : part;
  const [first = '', ...rest] = parts;
  return [first, ...body, ...rest].join('\n\n');
}

const everyOne = (findings: readonly Finding[], terminal: Terminal): readonly string[] =>
  wholeGroups(
    findings.map((one): Group => ({ severity: one.severity, findings: [one] })),
    terminal,
  );

/** The first groups with everything about them, a line for each of the next ones, and how many differences are left. */
function page(groups: readonly Group[], taken: number, terminal: Terminal): readonly string[] {
  const all = wholeGroups(groups, terminal);
  if (linesIn(all) + taken <= PAGE_LINES) return all;
  const whole = groups.findIndex(
    (_, index) => linesIn(wholeGroups(groups.slice(0, index + 1), terminal)) > WHOLE_LINES,
  );
  const shown = wholeGroups(groups.slice(0, whole), terminal);
  // The lines are one paragraph, and a last one tells of the rest.
  const room = Math.max(1, PAGE_LINES - taken - linesIn(shown) - 3);
  const brief = groups.slice(whole, whole + room);
  const hidden = groups.slice(whole + room).reduce((sum, group) => sum + group.findings.length, 0);
  return [
    ...shown,
    brief.map((group) => briefly(group, terminal)).join('\n'),
    hidden === 0
      ? '--all shows every difference with everything about it.'
      : `… and ${count(hidden, 'more difference')}; --all shows every one.`,
  ];
}

/** As they are printed: each part is followed by an empty line. */
const linesIn = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + part.split('\n').length + 1, 0);

function wholeGroups(groups: readonly Group[], terminal: Terminal): readonly string[] {
  return groups.flatMap((group, index) => [
    ...(group.severity === groups[index - 1]?.severity ? [] : [heading(group.severity, terminal)]),
    describeGroup(group, terminal),
  ]);
}

/** On one line: what, how often, who. */
function briefly({ severity, findings }: Group, terminal: Terminal): string {
  const [first] = findings;
  const by = first.cause?.principal ?? 'unknown';
  const text =
    findings.length === 1
      ? `${titleOf(first)}, by ${by} (finding ${first.id})`
      : `${first.attribute.replace(/\[.*/s, '')} ${whatOf(first)}, ${findings.length} times, by ${by}`;
  const length = (terminal.width ?? BRIEF_LENGTH) - severity.length - 2;
  const cut = text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text;
  return `${paint(severity, colours[severity], terminal)}: ${cut}`;
}

function clean({ resources }: Comparison): string {
  return resources === 0
    ? 'Nothing to compare: the states have no resources, as --allow-empty accepts.'
    : `No drift: ${count(resources, 'declared resource')} compared, all as declared.`;
}

function head({ resources, findings }: Comparison, terminal: Terminal): string {
  const compared = `${count(resources, 'declared resource')} compared`;
  const counts = countsOf(findings).map(([severity, number]) => `${number} ${severity}`);
  const explained = explanationsOf(findings).slice(0, EXPLANATIONS_SHOWN).map(explanationLine);
  return [
    paint(`Drift: ${count(findings.length, 'difference')} (${compared}).`, 'bold', terminal),
    `${counts.join(', ')}.`,
    ...explained,
  ].join('\n');
}

function leftOut(comparison: Comparison): readonly string[] {
  const { ofOtherProviders: number, notes, baselines, ignored } = comparison;
  return [
    ...incrementalLine(comparison),
    ...baselines.map(({ name, time, principal }) => `Compared with the baseline ${name} of ${time}, by ${principal}.`),
    ...(ignored === 0 ? [] : [`${count(ignored, 'difference')} left out by rules.`]),
    ...notes,
    ...(number === 0
      ? []
      : [`${count(number, 'resource')} of another provider left out; --provider names the one to compare.`]),
  ];
}

function incrementalLine({ incremental: of }: Comparison): readonly string[] {
  if (of === undefined) return [];
  if ('wholeBecause' in of) return [`Everything was compared: ${of.wholeBecause}.`];
  return [
    `Went on from the last report: ${count(of.changes, 'change')} since then, ${count(of.keysRead, 'key')} read.`,
  ];
}

const heading = (severity: Severity, terminal: Terminal): string =>
  paint(severity.toUpperCase(), colours[severity], terminal);

function describeGroup({ findings }: Group, terminal: Terminal): string {
  const [first] = findings;
  if (findings.length === 1) return describeFinding(first, terminal);
  const subjects = findings.map(({ address, resourceArn }) => address ?? resourceArn);
  const others = subjects.length - SUBJECTS_SHOWN;
  const lines = linesOf(first);
  const same = findings.filter((one) => JSON.stringify(linesOf(one)) === JSON.stringify(lines)).length;
  const example =
    same === findings.length ? 'all alike' : `an example; ${same} of ${findings.length} are like this one`;
  return [
    paint(`${first.attribute.replace(/\[.*/s, '')} ${whatOf(first)}, ${findings.length} times`, 'bold', terminal),
    ...print([{ label: 'of', text: `${subjects.slice(0, SUBJECTS_SHOWN).join(', ')}, and ${others} more` }], terminal),
    ...print([...lines, { label: '', text: `(${example})` }, ...whoLines(first)], terminal),
  ].join('\n');
}

function describeFinding(finding: Finding, terminal: Terminal): string {
  const lines = [...linesOf(finding), ...whoLines(finding), { label: 'finding', text: finding.id }];
  return [paint(titleOf(finding), 'bold', terminal), ...print(lines, terminal)].join('\n');
}

function print(lines: readonly Line[], { width }: Terminal): readonly string[] {
  return lines.flatMap(({ label, text }) => {
    const lead = label === '' ? INDENT : INDENT + label.padEnd(LABEL_WIDTH);
    const [first = '', ...rest] = wrap(text, width === undefined ? undefined : width - lead.length);
    return [lead + first, ...rest.map((line) => ' '.repeat(lead.length) + line)];
  });
}

/** At spaces; what is longer than a line stays whole. */
function wrap(text: string, width: number | undefined): readonly string[] {
  if (width === undefined) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const codes = { bold: 1, red: 31, yellow: 33, magenta: 35, dim: 2 } as const;
const colours: Readonly<Record<Severity, keyof typeof codes>> = {
  'access gained': 'red',
  'protection lost': 'red',
  'data at risk': 'magenta',
  'use lost': 'yellow',
  cosmetic: 'dim',
};

function paint(text: string, style: keyof typeof codes, { colour }: Terminal): string {
  return colour ? `\u001B[${codes[style]}m${text}\u001B[0m` : text;
}
