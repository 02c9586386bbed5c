/**
 * The report as SARIF, for tools that show findings of analyses. What differs has a Terraform address and no place in a
 * file, so locations are logical ones.
 * Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", sections 3.14, 3.27, 3.33.
 */
import type { Comparison, Finding } from '../findings/finding.ts';
import { type Severity, severities } from '../findings/severity.ts';
import { linesOf, titleOf, whoLines } from './words.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  'access gained': 'error',
  'protection lost': 'error',
  'data at risk': 'error',
  'use lost': 'warning',
  cosmetic: 'note',
};

export function sarifReport({ findings }: Comparison): string {
  const rules = severities.map((severity) => ({
    id: ruleOf(severity),
    shortDescription: { text: `Drift: ${severity}` },
    defaultConfiguration: { level: levels[severity] },
  }));
  const run = {
    tool: { driver: { name: 'keystead drift', rules } },
    columnKind: 'utf16CodeUnits',
    results: findings.map(resultOf),
  };
  return JSON.stringify(
    { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] },
    null,
    2,
  );
}

const ruleOf = (severity: Severity): string => severity.replaceAll(' ', '-');

function resultOf(finding: Finding) {
  const { id, severity, address, resourceArn } = finding;
  const lines = [...linesOf(finding), ...whoLines(finding)].map(({ label, text }) => `${label} ${text}`.trim());
  return {
    ruleId: ruleOf(severity),
    ruleIndex: severities.indexOf(severity),
    level: levels[severity],
    message: { text: [titleOf(finding), ...lines].join('\n') },
    locations: [{ logicalLocations: [{ fullyQualifiedName: address ?? resourceArn, kind: 'resource' }] }],
    partialFingerprints: { 'keysteadFinding/v1': id },
  };
}
