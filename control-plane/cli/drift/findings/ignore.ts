/** Rules for differences that are known and meant: each has a reason, an owner and a last day. */
import type { Finding } from './finding.ts';

export interface IgnoreRule {
  /** What it covers, with `*` for any text: an address, or the ARN of what has none. */
  readonly pattern: string;
  readonly attribute?: string;
  /** ARN of the principal or its role who made the difference. */
  readonly principal?: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day, `2027-01-31`, UTC. */
  readonly expires: string;
}

export interface Judged {
  readonly findings: readonly Finding[];
  readonly ignored: number;
}

/** A rule that has expired covers nothing, and is a finding itself. */
export function applyRules(findings: readonly Finding[], rules: readonly IgnoreRule[], nowMs: number): Judged {
  const isExpired = ({ expires }: IgnoreRule) => Date.parse(`${expires}T23:59:59Z`) < nowMs;
  const inForce = rules.filter((rule) => !isExpired(rule));
  const left = findings.filter((finding) => !inForce.some((rule) => covers(rule, finding)));
  return { findings: [...left, ...rules.filter(isExpired).map(expired)], ignored: findings.length - left.length };
}

function covers({ pattern, attribute, principal }: IgnoreRule, finding: Finding): boolean {
  const { cause } = finding;
  return (
    [finding.address, finding.resourceArn].some((name) => name !== undefined && matches(pattern, name)) &&
    (attribute === undefined || matches(attribute, finding.attribute)) &&
    (principal === undefined ||
      [cause?.principal, cause?.roleArn].some((arn) => arn !== undefined && matches(principal, arn)))
  );
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}

function expired({ pattern, reason, owner, expires, attribute }: IgnoreRule): Finding {
  return {
    id: `rule ${pattern}`,
    severity: 'protection lost',
    region: '',
    resourceArn: pattern,
    what: 'ignore rule expired',
    attribute: attribute ?? 'ignore',
    details: [`expired after ${expires}; owner ${owner}; reason: ${reason}`],
    unattributed: 'a rule ends by itself',
  };
}
