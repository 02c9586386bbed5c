/** The report as JUnit XML, which CI systems show as test results: a failure for each difference. */
import type { Comparison, Finding } from '../findings/finding.ts';
import { escapeXml } from './escape.ts';
import { count, linesOf, titleOf, whoLines } from './words.ts';

export function junitReport({ findings, resources }: Comparison): string {
  const passed = `  <testcase classname="keystead drift" name="${count(resources, 'declared resource')} compared"/>`;
  const cases = findings.length === 0 ? [passed] : findings.map(caseOf);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="keystead drift" tests="${cases.length}" failures="${findings.length}" errors="0">`,
    ...cases,
    '</testsuite>',
  ].join('\n');
}

function caseOf(finding: Finding): string {
  const lines = [...linesOf(finding), ...whoLines(finding)].map(({ label, text }) => `${label} ${text}`.trim());
  return [
    `  <testcase classname="${escapeXml(finding.severity)}" name="${escapeXml(titleOf(finding))}">`,
    `    <failure message="${escapeXml(finding.severity)}">${escapeXml(lines.join('\n'))}</failure>`,
    '  </testcase>',
  ].join('\n');
}
