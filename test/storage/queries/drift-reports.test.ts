/** Reads over drift reports, on both engines. */
import type { DriftReportRow, DriftStackRow } from '@keystead/control-plane/storage/port/tables.ts';
import { newAccount, onEveryEngine } from '../../support/storage/on-every-engine.ts';
import { startMs } from '../../support/storage/rows.ts';

onEveryEngine('the store', (on) => {
  test('finds the last report of each stack and all of one, without their documents, in pages', async () => {
    const accountId = newAccount();
    const stack = (stack_name: string, last_number: number): Omit<DriftStackRow, 'revision'> => ({
      account_id: accountId,
      ...{ stack_name, last_number, continuation: stack_name === 'orders' ? Buffer.from([0, 255]) : null },
    });
    const report = (stack_name: string, number: number): Omit<DriftReportRow, 'revision'> => ({
      account_id: accountId,
      ...{ stack_name, number, published_at_ms: startMs + number, published_by: 'arn', sequence: 7, resources: 3 },
      ...{ findings: '{"cosmetic":1}', document: Buffer.from('{}') },
    });
    const entry = (name: string, number: number) => {
      const { document: _, ...rest } = report(name, number);
      return rest;
    };
    await on.insertAll('drift_stacks', [stack('orders', 3), stack('web', 9)]);
    await on.insertAll('drift_reports', [report('orders', 2), report('orders', 3), report('web', 9)]);
    const { store } = on;
    expect(await store.countDriftStacks(accountId)).toBe(2);
    expect(await store.findDriftStack(accountId, 'absent')).toBeUndefined();
    const found = await store.findDriftStack(accountId, 'orders');
    expect(found?.continuation && [...found.continuation]).toEqual([0, 255]);
    expect(await store.findDriftReport(accountId, 'orders', 1)).toBeUndefined();
    expect(Buffer.from((await store.findDriftReport(accountId, 'orders', 3))?.document ?? []).toString()).toBe('{}');
    expect(await store.listLastDriftReports(accountId, { limit: 1 })).toEqual({
      rows: [entry('orders', 3)],
      more: true,
    });
    expect(await store.listLastDriftReports(accountId, { limit: 1, after: 'orders' })).toEqual({
      rows: [entry('web', 9)],
      more: false,
    });
    expect(await store.listDriftReports(accountId, 'orders', { limit: 1 })).toEqual({
      rows: [entry('orders', 3)],
      more: true,
    });
    expect(await store.listDriftReports(accountId, 'orders', { limit: 9, before: 3 })).toEqual({
      rows: [entry('orders', 2)],
      more: false,
    });
    const newest = (await store.newestDriftReports(1000)).filter(({ account_id }) => account_id === accountId);
    expect(newest).toEqual([entry('web', 9), entry('orders', 3)]);
    expect(await store.newestDriftReports(1)).toHaveLength(1);
  });
});
