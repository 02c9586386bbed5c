import { createMetrics } from '@keystead/control-plane/startup/metrics.ts';
import type { DriftReportEntry } from '@keystead/control-plane/storage/port/drift-reports.ts';

const entry: DriftReportEntry = {
  ...{ account_id: '111122223333', stack_name: 'orders', number: 4, published_at_ms: 1_790_000_000_500 },
  ...{ published_by: 'arn:aws:iam::111122223333:role/drift', sequence: 9, resources: 3 },
  findings: '{"access gained":2}',
};

async function linesOf(read: (limit: number) => Promise<readonly DriftReportEntry[]>) {
  const metrics = createMetrics();
  metrics.watchDriftReports(read);
  const { text } = await metrics.expose();
  return text.split('\n').filter((line) => line.startsWith('keystead_drift_'));
}

test('metrics say when each stack was last compared and how much was found, and nothing of what or who', async () => {
  const lines = await linesOf(async () => [entry]);
  const of = 'account="111122223333",stack="orders"';
  expect(lines).toEqual([
    `keystead_drift_last_compared_timestamp_seconds{${of}} 1790000000.5`,
    `keystead_drift_findings{${of},severity="access-gained"} 2`,
    ...['protection-lost', 'data-at-risk', 'use-lost', 'cosmetic'].map(
      (severity) => `keystead_drift_findings{${of},severity="${severity}"} 0`,
    ),
  ]);
});

test('the stacks that metrics show are bounded', async () => {
  let asked = 0;
  await linesOf(async (limit) => {
    asked = limit;
    return [];
  });
  expect(asked).toBe(500);
});

test('a database that cannot be read leaves the other metrics readable', async () => {
  const metrics = createMetrics();
  metrics.watchDriftReports(() => Promise.reject(new Error('the disk is full')));
  expect((await metrics.expose()).text).toContain('keystead_requests_total');
});
