/** Findings that have one explanation: a report of hundreds is read as a page. */
import type { Finding } from './finding.ts';
import { type Severity, severities } from './severity.ts';

/** Differences of the same kind and severity, by the same caller with the same operation. */
export interface Group {
  readonly severity: Severity;
  /** In the order of the report; at least one. */
  readonly findings: readonly [Finding, ...Finding[]];
}

/** A request, or a caller, that explains more than one finding. */
export interface Explanation {
  readonly eventName: string;
  readonly principal: string;
  /** Of the first. */
  readonly time: string;
  /** Of the last. */
  readonly until: string;
  readonly requests: number;
  readonly findings: number;
}

/** Fewer than this stay apart: each can be read. */
const TOGETHER_FROM = 4;

/** The worst first, and what belongs to one key side by side. */
export function groupsOf(findings: readonly Finding[]): readonly Group[] {
  const byKind = Map.groupBy(findings, kindOf);
  const groups = [...byKind.values()].flatMap((alike): readonly Group['findings'][] =>
    alike.length < TOGETHER_FROM ? alike.map((finding) => [finding]) : [alike as [Finding, ...Finding[]]],
  );
  return groups
    .map((alike): Group => ({ severity: alike[0].severity, findings: alike }))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || byKey(a, b));
}

function kindOf({ severity, attribute, what, notDeclared, cause, unattributed }: Finding): string {
  const by = cause ? [cause.principal, cause.eventName, cause.sourceIp] : [unattributed];
  return JSON.stringify([severity, attribute.replace(/\[.*/s, ''), what, notDeclared, ...by]);
}

function byKey({ findings: [a] }: Group, { findings: [b] }: Group): number {
  return keyOf(a).localeCompare(keyOf(b));
}

/** The key that a finding is about, also of one about its alias. */
export function keyOf({ keyArn, resourceArn }: Finding): string {
  return keyArn ?? resourceArn;
}

/** The largest first; of a caller with one operation, all requests together. */
export function explanationsOf(findings: readonly Finding[]): readonly Explanation[] {
  const caused = findings.flatMap(({ cause }) => cause ?? []);
  return [...Map.groupBy(caused, ({ eventName, principal }) => `${eventName} ${principal}`).values()]
    .flatMap((causes) => {
      const [first] = causes;
      if (!first || causes.length < 2) return [];
      const times = causes.map(({ time }) => time).sort();
      const requests = new Set(causes.map(({ requestId }) => requestId)).size;
      const { eventName, principal } = first;
      return [
        {
          ...{ eventName, principal, requests, findings: causes.length },
          ...{ time: times[0] ?? '', until: times.at(-1) ?? '' },
        },
      ];
    })
    .sort((a, b) => b.findings - a.findings);
}

/** How many findings there are of each severity, the worst first, without those that have none. */
export function countsOf(findings: readonly Finding[]): readonly (readonly [severity: Severity, count: number])[] {
  return severities
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0);
}
