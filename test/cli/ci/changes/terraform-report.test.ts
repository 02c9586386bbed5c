/** The counts that GitLab shows in a merge request. */
import { parsePlan } from '@keystead/control-plane/cli/ci/changes/plan-json.ts';
import { terraformReport } from '@keystead/control-plane/cli/ci/changes/terraform-report.ts';

const report = (...changes: readonly (readonly string[])[]) => {
  const resource_changes = changes.map((actions, index) => ({
    ...{ address: `aws_kms_key.k${index}`, mode: 'managed', type: 'aws_kms_key' },
    change: { actions, before: null, after: null },
  }));
  const plan = { format_version: '1.2', planned_values: {}, resource_changes };
  return JSON.parse(terraformReport(parsePlan(JSON.stringify(plan), 'plan.json')));
};

test('creations, updates and deletions are counted, and a replacement is one of both', () => {
  const changes = [['create'], ['create'], ['update'], ['delete'], ['delete', 'create'], ['no-op'], ['read']];
  expect(report(...changes)).toEqual({ create: 3, update: 1, delete: 2 });
  expect(report()).toEqual({ create: 0, update: 0, delete: 0 });
});
