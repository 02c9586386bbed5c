/** Findings beside a change: as many as GitHub shows, and no text of a finding becomes a command. */
import { codeQuality, workflowCommand, workflowCommands } from '@keystead/control-plane/cli/ci/forges/annotations.ts';
import { aFinding } from '../../drift/a-finding.ts';

test('an access that was gained is an error, a tag a notice', () => {
  const lines = workflowCommands([aFinding({ severity: 'access gained', attribute: 'policy' }), aFinding()]);
  expect(lines.map((line) => line.replace(/::[^:]*$/, ''))).toEqual([
    expect.stringMatching(/^::error title=Drift%3A access gained::aws_kms_key\.orders: policy changed/),
    expect.stringMatching(/^::notice title=Drift%3A cosmetic::/),
  ]);
});

test('text of a finding cannot begin a command or a property', () => {
  const hostile = 'x\r\n::set-output name=a::b\n::stop-commands::c 100%';
  const lines = workflowCommands([aFinding({ declared: hostile, address: `aws_kms_key.a,file=b::${hostile}` })]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\r\n]/);
  expect(workflowCommand('error', 'a:b,c\nd', '50%\n')).toBe('::error title=a%3Ab%2Cc%0Ad::50%25%0A');
});

test('more findings of a level than GitHub shows end with how many there are', () => {
  const findings = Array.from({ length: 30 }, (_, index) =>
    aFinding({ address: `aws_kms_key.k${index}`, attribute: `attribute_${index}` }),
  );
  const lines = workflowCommands(findings);
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toContain('and 21 more');
});

test("GitLab's Code Quality has a place and the same fingerprint in every run", () => {
  const [entry] = JSON.parse(codeQuality([aFinding({ severity: 'use lost' })], 'stacks/orders/main.tf'));
  expect(entry).toEqual({
    description: 'Drift, use lost: aws_kms_key.orders: tags_all["Owner"] changed',
    check_name: 'keystead-drift-use-lost',
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    severity: 'major',
    location: { path: 'stacks/orders/main.tf', lines: { begin: 1 } },
  });
  expect(codeQuality([], 'main.tf')).toBe('[]\n');
});
