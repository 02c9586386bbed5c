/** Reports for programs and pages: every form has every finding, and nothing in a finding breaks out of the form. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison, Finding } from '@keystead/control-plane/cli/drift/findings/finding.ts';
import { formats } from '@keystead/control-plane/cli/drift/reports/formats.ts';
import { requireReports, writeReports } from '@keystead/control-plane/cli/drift/reports/write.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { root } from '../../../support/server.ts';
import { aFinding } from '../a-finding.ts';

const hostile = '</details><script>alert(1)</script> & "x" | @everyone \u0000\u0008 `code` [a](b)';
const comparison = (...findings: readonly Finding[]): Comparison => ({
  resources: 3,
  findings,
  ignored: 0,
  baselines: [],
  notes: [],
  ofOtherProviders: 0,
});
const write = (form: string, ...findings: readonly Finding[]) => formats[form]?.(comparison(...findings)) ?? '';
const of = (severity: Finding['severity']) => aFinding({ id: severity, severity, actual: hostile });
const two = [of('access gained'), of('cosmetic')] as const;

test('SARIF has a result for each finding, with its level and the same fingerprint in every run', () => {
  const { version, runs } = JSON.parse(write('sarif', ...two));
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  expect(results).toMatchObject([
    { ruleId: 'access-gained', level: 'error', partialFingerprints: { 'keysteadFinding/v1': 'access gained' } },
    { ruleId: 'cosmetic', level: 'note' },
  ]);
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
  expect(results[0].locations[0].logicalLocations[0].fullyQualifiedName).toBe('aws_kms_key.orders');
});

test('JUnit has a failure for each finding, and one test that passed where there are none', () => {
  const text = write('junit', ...two);
  expect(text).toContain('tests="2" failures="2"');
  expect(text.match(/<failure /g)).toHaveLength(2);
  expect(text).not.toContain('<script>');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 cannot have
  expect(text).not.toMatch(/[\u0000-\u0008]/);
  expect(write('junit')).toContain('tests="1" failures="0"');
});

test('Markdown escapes what a value could do to a comment', () => {
  const text = write('markdown', ...two);
  expect(text).toContain('### Drift: 2 differences');
  expect(text.match(/<details>/g)).toHaveLength(2);
  expect(text.match(/<\/details>/g)).toHaveLength(2);
  expect(text).not.toMatch(/<script>|@everyone|&#64;everyone|\[a\]\(b\)/);
  expect(write('markdown')).toContain('### No drift');
});

test('Markdown of 400 differences fits into a comment', () => {
  const many = Array.from({ length: 400 }, (_, index) =>
    aFinding({ actual: 'x'.repeat(5000), cause: { ...aFinding().cause, principal: `p${index}` } as never }),
  );
  expect(write('markdown', ...many).length).toBeLessThan(65_536);
});

test('the page has a timeline, needs nothing from elsewhere, and runs no script', () => {
  const text = write('html', ...two);
  expect(text).toContain('<h2>Timeline</h2>');
  expect(text).toContain('<time>2026-11-22T03:12:00Z</time> UntagResource by alice');
  expect(text).toContain("default-src 'none'");
  expect(text).not.toMatch(/<script|src=|href="(?!#)/);
});

test('the JSON document is as its published schema says', () => {
  const schema = JSON.parse(readFileSync(join(root, 'docs/reference/drift-report.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  const access = { changes: [{ principal: 'a', gained: ['b'], lost: [], mayGain: [], mayLose: [] }], isComplete: true };
  const { cause: _, ...unknown } = aFinding({ unattributed: 'older than the log' });
  const document = JSON.parse(write('json', ...two, aFinding({ attribute: 'policy', access }), unknown));
  expect([validate(document), validate.errors]).toEqual([true, null]);
  expect(validate({ ...document, findings: [{ id: 1 }] })).toBe(false);
  expect(validate({ ...document, more: true })).toBe(false);
});

test('reports are written to the files that --report names', async () => {
  const place = await mkdtemp(join(tmpdir(), 'keystead-reports-'));
  await writeReports(requireReports([`junit=${place}/a=b.xml`]), comparison());
  expect(await readFile(join(place, 'a=b.xml'), 'utf8')).toContain('<testsuite');
  await expect(writeReports(requireReports([`html=${place}/no/such`]), comparison())).rejects.toThrow(
    'cannot be written',
  );
  await rm(place, { recursive: true });
});

test.each(['pdf=x', 'sarif', 'json='])('--report %s is refused before anything is compared', (text) => {
  expect(() => requireReports([text])).toThrow(/does not name a report/);
});
