/**
 * Findings of drift where CI systems show them beside a change: GitHub's workflow commands, GitLab's Code Quality.
 * Sources: GitHub, "Workflow commands", toolkit's command.ts for what is escaped; GitLab, "Code Quality report format".
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../../drift/findings/finding.ts';
import { groupsOf } from '../../drift/findings/groups.ts';
import type { Severity } from '../../drift/findings/severity.ts';
import { count, linesOf, titleOf, whoLines } from '../../drift/reports/words.ts';

/** GitHub shows as many of one level for each step. */
const SHOWN_OF_A_LEVEL = 10;

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  'access gained': 'error',
  'protection lost': 'error',
  'data at risk': 'error',
  'use lost': 'warning',
  cosmetic: 'notice',
};

/** Lines for standard output. The last one of a level says how many more there are. */
export function workflowCommands(findings: readonly Finding[]): readonly string[] {
  const groups = groupsOf(findings);
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const ofLevel = groups.filter(({ severity }) => levels[severity] === level);
    const all = ofLevel.length > SHOWN_OF_A_LEVEL ? ofLevel.slice(0, SHOWN_OF_A_LEVEL - 1) : ofLevel;
    const lines = all.map((group) => workflowCommand(level, `Drift: ${group.severity}`, textOf(group.findings)));
    const hidden = ofLevel.length - all.length;
    if (hidden === 0) return lines;
    return [...lines, workflowCommand(level, 'Drift', `… and ${hidden} more of this level, in the report.`)];
  });
}

/** @param message can be of anybody: it cannot begin a command of its own */
export function workflowCommand(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function textOf(findings: readonly [Finding, ...Finding[]]): string {
  const [first] = findings;
  const more = findings.length === 1 ? [] : [`… and ${count(findings.length - 1, 'more difference')} like it`];
  const lines = [...linesOf(first), ...whoLines(first)].map(({ label, text }) => `${label} ${text}`.trim());
  return [titleOf(first), ...more, ...lines].join('\n');
}

const qualities = { error: 'critical', warning: 'major', notice: 'info' } as const;

/** @param path a file of the stack, because each entry must name one */
export function codeQuality(findings: readonly Finding[], path: string): string {
  const entries = findings.map((finding) => ({
    description: `Drift, ${finding.severity}: ${titleOf(finding)}`,
    check_name: `keystead-drift-${finding.severity.replaceAll(' ', '-')}`,
    fingerprint: createHash('sha256').update(finding.id).digest('hex'),
    severity: qualities[levels[finding.severity]],
    location: { path, lines: { begin: 1 } },
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}
