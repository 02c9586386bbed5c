/** Findings for people: what differs, and who made it so. */
import type { Comparison, Finding } from '../findings/finding.ts';

export function describeComparison({ resources, findings, ofOtherProviders }: Comparison): string {
  const compared = `${count(resources, 'declared resource')} compared`;
  const leftOut =
    ofOtherProviders === 0
      ? []
      : [`${count(ofOtherProviders, 'resource')} of another provider left out; --provider names the one to compare.`];
  if (findings.length > 0) {
    const head = `Drift: ${count(findings.length, 'difference')} (${compared}).`;
    return [head, ...findings.map(describeFinding), ...leftOut].join('\n\n');
  }
  const none =
    resources === 0
      ? 'Nothing to compare: the states have no resources, as --allow-empty accepts.'
      : `No drift: ${compared}, all as declared.`;
  return [none, ...leftOut].join('\n');
}

function describeFinding(finding: Finding): string {
  const { address, resourceArn, attribute, what, details = [] } = finding;
  return [
    `${address ?? resourceArn}: ${attribute} ${what}`,
    ...values(finding),
    ...details.map(indent),
    by(finding),
  ].join('\n');
}

/** The parts of a policy that differ say more than two whole policies. */
function values({ attribute, declared, actual, details = [] }: Finding): readonly string[] {
  if (attribute === 'policy' && details.length > 0) return [];
  return [
    ...(declared === undefined ? [] : [indent(`declared  ${show(declared)}`)]),
    ...(actual === undefined ? [] : [indent(`actual    ${show(actual)}`)]),
  ];
}

function by({ cause, unattributed }: Finding): string {
  if (!cause) return indent(`by        unknown: ${unattributed}`);
  const { principal, time, sourceIp, eventName, requestId } = cause;
  return indent(`by        ${principal} at ${time} from ${sourceIp} (${eventName}, request ${requestId})`);
}

function indent(text: string): string {
  return `    ${text}`;
}

function show(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
