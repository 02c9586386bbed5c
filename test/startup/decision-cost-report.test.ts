import { reportCost } from '@keystead/control-plane/startup/decision-cost-report.ts';
import { createMetrics } from '@keystead/control-plane/startup/metrics.ts';

test('refusals for their cost are counted, and the log has one line for many', async () => {
  const metrics = createMetrics();
  const lines: unknown[][] = [];
  const report = reportCost(metrics, { warn: (...line: unknown[]) => void lines.push(line) });
  const request = { requestId: 'r', accountId: '111122223333', principal: 'arn:aws:iam::111122223333:user/app' };
  for (let i = 0; i < 5; i++) report({ ...request, operation: 'Encrypt' });
  expect((await metrics.expose()).text).toContain('keystead_decisions_too_costly_total 5');
  expect(lines).toEqual([[{ ...request, operation: 'Encrypt' }, expect.stringMatching(/cost too much to evaluate/)]]);
});
