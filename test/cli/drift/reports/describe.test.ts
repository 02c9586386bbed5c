/** The report for a terminal: hundreds of differences are read as one page, the worst first. */
import type { Comparison, Finding } from '@keystead/control-plane/cli/drift/findings/finding.ts';
import { describeComparison, type Terminal } from '@keystead/control-plane/cli/drift/reports/describe.ts';
import { aFinding } from '../a-finding.ts';

const plain: Terminal = { colour: false, width: undefined, all: false };
const report = (findings: readonly Finding[], terminal = plain) => {
  const comparison: Comparison = {
    resources: 812,
    findings,
    baselines: [],
    notes: [],
    ignored: 0,
    ofOtherProviders: 0,
  };
  return describeComparison(comparison, terminal);
};
const many = (length: number, change: (index: number) => Partial<Finding> = () => ({})) =>
  Array.from({ length }, (_, index) => aFinding({ address: `aws_kms_key.each[${index}]`, ...change(index) }));

test('400 differences by one caller are one paragraph with three of them by name', () => {
  const text = report(many(400));
  expect(text.split('\n').length).toBeLessThan(20);
  expect(text).toContain('Drift: 400 differences (812 declared resources compared).');
  expect(text).toContain('aws_kms_key.each[0], aws_kms_key.each[1], aws_kms_key.each[2], and 397 more');
  expect(text).toContain('One UntagResource at 2026-11-22T03:12:00Z by alice explains 400 of these.');
});

const byCallers = (length: number) =>
  many(length, (index) => ({ cause: { ...aFinding().cause, principal: `user-${index}` } as never }));

test.each([undefined, 80, 40, 200])(
  '400 differences of 400 callers are a page on a terminal of %s columns',
  (width) => {
    const lines = report(byCallers(400), { ...plain, width }).split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(lines.length).toBeGreaterThan(50);
    const brief = lines.filter((line) => line.startsWith('cosmetic: '));
    expect(brief.length).toBeGreaterThan(10);
    expect(Math.max(...brief.map(({ length }) => length))).toBeLessThanOrEqual(width ?? 160);
    const more = Number(/^… and (\d+) more differences; --all shows every one\.$/m.exec(lines.join('\n'))?.[1]);
    const whole = lines.filter((line) => line.startsWith('    finding ')).length;
    expect(whole + brief.length + more).toBe(400);
  },
);

test('400 differences of every kind are a page that begins with the worst', () => {
  const kinds = ['access gained', 'protection lost', 'data at risk', 'use lost', 'cosmetic'] as const;
  const findings = byCallers(400).map((finding, index) => ({
    ...finding,
    severity: kinds[Math.floor(index / 80)] ?? 'cosmetic',
    attribute: ['policy', 'is_enabled', 'key', 'alias', 'description'][index % 5] ?? '',
    details: Array.from({ length: 40 }, (_, line) => `statement ${line}`),
  }));
  const lines = report(findings).split('\n');
  expect(lines.length).toBeLessThanOrEqual(60);
  expect(lines.join('\n')).toContain(
    '80 access gained, 80 protection lost, 80 data at risk, 80 use lost, 80 cosmetic.',
  );
  expect(lines.find((line) => /^[a-z]/.test(line) && line.includes(': '))).toMatch(/^access gained: /);
});

test('few differences are shown with everything about them', () => {
  const text = report(byCallers(20));
  expect(text.match(/^ {4}finding /gm)).toHaveLength(20);
  expect(text).not.toContain('--all');
});

test('--all shows every difference by itself', () => {
  const text = report(many(400), { ...plain, all: true });
  expect(text.match(/^aws_kms_key\.each\[\d+\]: /gm)).toHaveLength(400);
});

test('the worst comes first, under a heading', () => {
  const text = report([aFinding({ severity: 'access gained' }), aFinding({ severity: 'cosmetic' })]);
  expect(text.match(/^[A-Z ]+$/gm)).toEqual(['ACCESS GAINED', 'COSMETIC']);
  expect(text).toContain('1 access gained, 1 cosmetic.');
});

test('a policy says who gained what before it says which statement differs', () => {
  const changes = [{ principal: 'mallory', gained: ['kms:Decrypt'], lost: [], mayGain: [], mayLose: ['kms:Sign'] }];
  const access = { changes, isComplete: true };
  const text = report([aFinding({ attribute: 'policy', access, details: ['statement "x": …'] })]);
  expect(text).toMatch(/gained {4}mallory: kms:Decrypt\n {4}may lose {2}mallory: kms:Sign\n {4}statement "x"/);
});

test('who says session, address, program, request and the change before', () => {
  const text = report([aFinding()]);
  expect(text).toContain('by        alice at 2026-11-22T03:12:00Z from 192.0.2.1 (UntagResource, request r1)');
  expect(text).toContain('session   assumed by bob');
  expect(text).toContain('with      aws-cli/2');
  expect(text).toContain('before    TagResource by carol at 2026-11-21T00:00:00Z, request r0');
});

test('lines are broken for a terminal, and colours are there only for one that has them', () => {
  const text = report(many(9), { ...plain, width: 60, colour: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
  const lines = text.replace(/\u001B\[\d+m/g, '').split('\n');
  const broken = lines.filter((line) => line.startsWith('    ') && /\S \S/.test(line.trim()));
  expect(Math.max(...broken.map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(text).toContain('\u001B[');
  expect(report(many(9))).not.toContain('\u001B[');
});
