/** A finding in words, the same in every report for people. */
import type { Cause } from '../findings/cause.ts';
import type { Finding } from '../findings/finding.ts';
import type { Explanation } from '../findings/groups.ts';

/** A line of a finding: what it says, and a word for it. */
export interface Line {
  readonly label: string;
  readonly text: string;
}

export function titleOf(finding: Finding): string {
  const { address, resourceArn, attribute } = finding;
  return `${address ?? resourceArn}: ${attribute} ${whatOf(finding)}`;
}

export const whatOf = ({ what, notDeclared }: Finding): string => (notDeclared ? `not declared, ${what}` : what);

/** Everything but who: the values, who gained or lost what, the parts that differ. */
export function linesOf(finding: Finding): readonly Line[] {
  const { details = [], constructPath } = finding;
  return [
    ...(constructPath === undefined ? [] : [{ label: 'construct', text: constructPath }]),
    ...accessLines(finding),
    ...valueLines(finding),
    ...details.map((text) => ({ label: '', text })),
  ];
}

/** The parts of a policy that differ say more than two whole policies. */
function valueLines({ attribute, declared, actual, atBaseline, details = [] }: Finding): readonly Line[] {
  if (/policy/.test(attribute) && details.length > 0) return [];
  return [
    ...(atBaseline === undefined ? [] : [{ label: 'baseline', text: show(atBaseline) }]),
    ...(declared === undefined ? [] : [{ label: 'declared', text: show(declared) }]),
    ...(actual === undefined ? [] : [{ label: 'actual', text: show(actual) }]),
  ];
}

function accessLines({ access }: Finding): readonly Line[] {
  if (!access) return [];
  const { changes, isComplete, unknown } = access;
  const of = (label: string, part: (change: (typeof changes)[number]) => readonly string[]) =>
    changes
      .filter((change) => part(change).length > 0)
      .map((change) => ({ label, text: `${change.principal}: ${part(change).join(', ')}` }));
  const lines = [
    ...of('gained', ({ gained }) => gained),
    ...of('may gain', ({ mayGain }) => mayGain),
    ...of('lost', ({ lost }) => lost),
    ...of('may lose', ({ mayLose }) => mayLose),
  ];
  if (!isComplete) return [...lines, { label: 'access', text: `unknown: ${unknown}` }];
  return lines.length > 0 ? lines : [{ label: 'access', text: 'nobody gained or lost an action' }];
}

export function whoLines({ cause, unattributed }: Finding): readonly Line[] {
  if (!cause) return [{ label: 'by', text: `unknown: ${unattributed}` }];
  const { chain, sourceIdentity, userAgent, throughTerraform, before } = cause;
  return [
    { label: 'by', text: byLine(cause) },
    ...(chain ? [{ label: 'session', text: `assumed by ${chain.join(', then ')}` }] : []),
    ...(sourceIdentity ? [{ label: 'identity', text: sourceIdentity }] : []),
    { label: 'with', text: throughTerraform ? `Terraform (${userAgent})` : userAgent },
    ...(before ? [{ label: 'before', text: beforeLine(before) }] : []),
  ];
}

function byLine({ principal, time, sourceIp, eventName, requestId }: Cause): string {
  return `${principal} at ${time} from ${sourceIp} (${eventName}, request ${requestId})`;
}

function beforeLine({ principal, time, eventName, requestId }: NonNullable<Cause['before']>): string {
  return `${eventName} by ${principal} at ${time}, request ${requestId}`;
}

export function explanationLine({ eventName, principal, time, until, requests, findings }: Explanation): string {
  return requests === 1
    ? `One ${eventName} at ${time} by ${principal} explains ${findings} of these.`
    : `${requests} ${eventName} from ${time} to ${until} by ${principal} explain ${findings} of these.`;
}

export function show(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
