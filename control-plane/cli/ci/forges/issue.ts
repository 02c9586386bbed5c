/** One open issue for each name, as long as there is drift: opened, kept up to date, and closed when there is none. */

import type { Comparison, Finding } from '../../drift/findings/finding.ts';
import { countsOf } from '../../drift/findings/groups.ts';
import { escapeMarkdown } from '../../drift/reports/escape.ts';
import { markdownReport } from '../../drift/reports/markdown.ts';
import { count, titleOf } from '../../drift/reports/words.ts';
import { fit } from './fit.ts';
import type { Forge, ForgeIssue, IssueText } from './forge.ts';
import { mark, markOf, withoutMark } from './marker.ts';

/** Every issue of these commands has it, and people do not need to remove it. */
export const LABEL = 'keystead-drift';
const SEVERITY_LABEL = 'drift: ';
/** More than these are not written into the first line; a new one beyond them is not announced. */
const IDS_KEPT = 500;
const NAMED = 10;

/** @returns what was done, for the log */
export async function reportIssue(forge: Forge, name: string, title: string, comparison: Comparison): Promise<string> {
  const author = await forge.author();
  const own = async () => (await forge.openIssues(LABEL)).filter((one) => isOwn(one, author, name)).toSorted(byNumber);
  const [first, ...more] = await own();
  for (const { number } of more) await forge.closeIssue(number, false);
  if (comparison.findings.length === 0) return closeClean(forge, first);
  const text = issueText(forge, name, title, comparison);
  if (first !== undefined) return update(forge, name, first, text, comparison.findings);
  const created = await forge.createIssue(text);
  // Of two that were opened at the same time both runs keep the older.
  const [oldest = created] = await own();
  if (oldest.number === created.number) return `Issue ${created.number} opened: ${created.address}`;
  await forge.closeIssue(created.number, false);
  return update(forge, name, oldest, text, comparison.findings);
}

const isOwn = (issue: ForgeIssue, author: string, name: string): boolean =>
  issue.author === author && markOf(name, issue.body) !== undefined;

const byNumber = (a: ForgeIssue, b: ForgeIssue): number => a.number - b.number;

function issueText(forge: Forge, name: string, title: string, comparison: Comparison): IssueText {
  const { findings } = comparison;
  const ids = findings
    .slice(0, IDS_KEPT)
    .map(({ id }) => id)
    .join(',');
  const body = mark(name, { run: forge.run, more: ids }, forge.harmless(markdownReport(comparison)));
  return {
    title: `${title}: ${count(findings.length, 'difference')}`,
    body: fit(body, forge.longestBody, 'the rest is in the reports of the job.'),
    labels: [LABEL, ...countsOf(findings).map(([severity]) => SEVERITY_LABEL + severity)],
  };
}

async function closeClean(forge: Forge, issue: ForgeIssue | undefined): Promise<string> {
  if (issue === undefined) return 'No drift, and no issue of it is open.';
  await forge.commentOnIssue(issue.number, 'No drift any more: everything is as declared.');
  await forge.closeIssue(issue.number, true);
  return `Issue ${issue.number} closed: no drift.`;
}

async function update(
  forge: Forge,
  name: string,
  present: ForgeIssue,
  text: IssueText,
  findings: readonly Finding[],
): Promise<string> {
  const before = markOf(name, present.body);
  if ((before?.run ?? 0) > forge.run) return `Issue ${present.number} is that of a later run, and stays.`;
  // Labels that people added stay.
  const others = present.labels.filter((label) => label !== LABEL && !label.startsWith(SEVERITY_LABEL));
  const labels = [...text.labels, ...others];
  const isSame =
    withoutMark(present.body) === withoutMark(text.body) &&
    present.title === text.title &&
    labels.toSorted().join('\n') === present.labels.toSorted().join('\n');
  if (isSame) return `Issue ${present.number} is up to date.`;
  await forge.updateIssue(present.number, { ...text, labels });
  const known = new Set(before?.more.split(','));
  // An edit tells nobody; a comment does.
  const added = findings.slice(0, IDS_KEPT).filter(({ id }) => !known.has(id));
  if (added.length > 0) await forge.commentOnIssue(present.number, newOnes(added));
  return `Issue ${present.number} updated: ${count(added.length, 'new difference')}.`;
}

function newOnes(added: readonly Finding[]): string {
  const named = added.slice(0, NAMED).map((finding) => `- ${finding.severity}: ${escapeMarkdown(titleOf(finding))}`);
  const more = added.length > NAMED ? [`- … and ${added.length - NAMED} more`] : [];
  return [`${count(added.length, 'new difference')}:`, '', ...named, ...more].join('\n');
}
