/** Rules for differences that are meant: what they cover, and that they end. */
import type { Finding } from '@keystead/control-plane/cli/drift/findings/finding.ts';
import { applyRules, type IgnoreRule } from '@keystead/control-plane/cli/drift/findings/ignore.ts';
import { aFinding } from '../a-finding.ts';

const today = Date.parse('2026-11-30T12:00:00Z');
const rule = (changes: Partial<IgnoreRule>): IgnoreRule => ({
  pattern: '*',
  reason: 'granted at run time',
  owner: 'platform',
  expires: '2026-11-30',
  ...changes,
});
const left = (rules: readonly IgnoreRule[], findings: readonly Finding[] = [aFinding()]) =>
  applyRules(findings, rules, today);

test.each([
  ['an address', { pattern: 'aws_kms_key.orders' }],
  ['a part of one', { pattern: 'aws_kms_key.*' }],
  ['an ARN', { pattern: 'arn:aws:kms:*:key/*' }],
  ['an attribute', { attribute: 'tags_all["Owner"]' }],
  ['a principal', { principal: 'ali*' }],
])('a rule covers %s until the end of its last day', (_, changes) => {
  expect(left([rule(changes)])).toEqual({ findings: [], ignored: 1 });
});

test.each([
  ['another address', { pattern: 'aws_kms_key.order' }],
  ['a text that only a regular expression would match', { pattern: 'aws.kms.key.orders' }],
  ['another attribute', { attribute: 'policy' }],
  ['another principal', { principal: 'bob' }],
])('a rule for %s covers nothing', (_, changes) => {
  expect(left([rule(changes)])).toMatchObject({ findings: [{ id: 'f1' }], ignored: 0 });
});

test('a rule for a role covers what its sessions made', () => {
  const cause = { ...aFinding().cause, principal: 'session', roleArn: 'arn:role/app' } as Finding['cause'] & object;
  expect(left([rule({ principal: 'arn:role/app' })], [aFinding({ cause })]).ignored).toBe(1);
});

test('a rule with a principal covers nothing whose cause is unknown', () => {
  const { cause: _, ...unknown } = aFinding();
  expect(left([rule({ principal: '*' })], [unknown]).ignored).toBe(0);
});

test('a rule that has expired covers nothing and is a finding with its reason and owner', () => {
  const { findings, ignored } = left([rule({ expires: '2026-11-29' })]);
  expect(ignored).toBe(0);
  expect(findings.map(({ what }) => what)).toEqual(['changed', 'ignore rule expired']);
  expect(findings[1]?.details).toEqual(['expired after 2026-11-29; owner platform; reason: granted at run time']);
});
