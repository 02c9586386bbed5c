/** The report as Markdown, for a comment on a pull request or an issue: short, with the details folded. */
import type { Comparison } from '../findings/finding.ts';
import { countsOf, explanationsOf, type Group, groupsOf } from '../findings/groups.ts';
import { escapeMarkdown } from './escape.ts';
import { count, explanationLine, linesOf, titleOf, whoLines } from './words.ts';

/** A comment of GitHub has room for 65,536 characters. */
const GROUPS_SHOWN = 40;
const LINES_SHOWN = 12;
const LINE_LENGTH = 400;

export function markdownReport({ findings, resources, notes }: Comparison): string {
  const groups = groupsOf(findings);
  const hidden = groups.slice(GROUPS_SHOWN).reduce((sum, group) => sum + group.findings.length, 0);
  return [
    findings.length === 0 ? '### No drift' : `### Drift: ${count(findings.length, 'difference')}`,
    '',
    `${count(resources, 'declared resource')} compared.`,
    ...explanationsOf(findings)
      .slice(0, 5)
      .map((one) => `- ${escapeMarkdown(explanationLine(one))}`),
    ...notes.map((note) => `- ${escapeMarkdown(note)}`),
    ...(findings.length === 0 ? [] : ['', '| Severity | Differences |', '|---|---|']),
    ...countsOf(findings).map(([severity, number]) => `| ${severity} | ${number} |`),
    '',
    ...groups.slice(0, GROUPS_SHOWN).map(fold),
    ...(hidden === 0 ? [] : [`… and ${count(hidden, 'more difference')}.`]),
  ].join('\n');
}

function fold({ severity, findings }: Group): string {
  const [first] = findings;
  const more = findings.length === 1 ? '' : ` and ${findings.length - 1} more like it`;
  const lines = [...linesOf(first), ...whoLines(first)].slice(0, LINES_SHOWN);
  return [
    `<details><summary>${severity}: ${escapeMarkdown(titleOf(first))}${more}</summary>`,
    '',
    ...lines.map(({ label, text }) => `- ${label} ${escapeMarkdown(text.slice(0, LINE_LENGTH))}`.replace(/^- +/, '- ')),
    '',
    '</details>',
  ].join('\n');
}
