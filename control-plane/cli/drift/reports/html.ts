/** The report as one page that needs nothing else: no script, no font, no picture. */
import type { Comparison, Finding } from '../findings/finding.ts';
import { countsOf, explanationsOf } from '../findings/groups.ts';
import { escapeXml as text } from './escape.ts';
import { count, explanationLine, linesOf, titleOf, whoLines } from './words.ts';

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
section, li { margin: 1rem 0 } h3 { margin: 0; overflow-wrap: anywhere } dl { display: grid; grid-template-columns: 7rem 1fr; margin: 0 }
dd { margin: 0; overflow-wrap: anywhere } time { font-variant-numeric: tabular-nums } .severity { font-weight: 600 }
`.trim();

export function htmlReport(comparison: Comparison): string {
  const { findings, resources, notes } = comparison;
  const title = findings.length === 0 ? 'No drift' : `Drift: ${count(findings.length, 'difference')}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<meta name="viewport" content="width=device-width"><title>${text(title)}</title><style>${style}</style></head><body>`,
    `<h1>${text(title)}</h1><p>${count(resources, 'declared resource')} compared.</p>`,
    list([...countsOf(findings).map(([severity, number]) => `${number} ${severity}`), ...notes]),
    list(explanationsOf(findings).slice(0, 10).map(explanationLine)),
    ...timeline(findings),
    ...(findings.length === 0 ? [] : ['<h2>Differences</h2>']),
    ...findings.map(section),
    '</body></html>',
  ].join('\n');
}

const list = (lines: readonly string[]): string =>
  lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${text(line)}</li>`).join('')}</ul>`;

/** Requests in the order of their times, each with what it explains. */
function timeline(findings: readonly Finding[]): readonly string[] {
  const caused = findings.filter(({ cause }) => cause !== undefined);
  const requests = [...Map.groupBy(caused, ({ cause }) => cause?.requestId ?? '').values()];
  const entries = requests
    .flatMap((alike) => (alike[0]?.cause ? [{ cause: alike[0].cause, alike }] : []))
    .sort((a, b) => a.cause.time.localeCompare(b.cause.time))
    .map(({ cause: { time, eventName, principal }, alike }) => {
      const links = alike
        .map((one) => `<a href="#${text(one.id)}">${text(one.address ?? one.resourceArn)}</a>`)
        .join(', ');
      return `<li><time>${text(time)}</time> ${text(eventName)} by ${text(principal)}: ${links}</li>`;
    });
  return entries.length === 0 ? [] : ['<h2>Timeline</h2>', `<ol>${entries.join('\n')}</ol>`];
}

function section(finding: Finding): string {
  const lines = [...linesOf(finding), ...whoLines(finding)];
  const rows = lines.map(({ label, text: value }) => `<dt>${text(label)}</dt><dd>${text(value)}</dd>`).join('');
  return [
    `<section id="${text(finding.id)}"><h3>${text(titleOf(finding))}</h3>`,
    `<p class="severity">${text(finding.severity)}</p><dl>${rows}</dl></section>`,
  ].join('');
}
