/** When a plan made now counts as the saved one. */
import type { PlanJson } from '@keystead/control-plane/cli/ci/changes/plan-json.ts';
import { differencesOf } from '@keystead/control-plane/cli/ci/saved/same-plan.ts';

const resource = (address: string, actions: readonly string[], after: unknown, more: object = {}) => ({
  address,
  mode: 'managed',
  type: 'aws_kms_key',
  change: { actions, before: { description: 'a' }, after, after_unknown: {}, ...more },
});
const plan = (...resource_changes: PlanJson['resource_changes'] & object): PlanJson => ({
  format_version: '1.2',
  resource_changes,
  configuration: { root_module: {} },
});
const saved = plan(resource('aws_kms_key.k', ['update'], { description: 'b' }));

test('the same changes are the same, whatever stays as it is', () => {
  const fresh = plan(...(saved.resource_changes ?? []), resource('aws_kms_key.other', ['no-op'], { key_state: 'x' }));
  expect(differencesOf(saved, fresh)).toEqual([]);
});

test.each<[string, PlanJson, string]>([
  [
    'another value',
    plan(resource('aws_kms_key.k', ['update'], { description: 'SECRET' })),
    'aws_kms_key.k: other values of description',
  ],
  [
    'another action',
    plan(resource('aws_kms_key.k', ['delete', 'create'], { description: 'b' })),
    'aws_kms_key.k: the saved plan would update, and now it would delete and create',
  ],
  ['nothing to do', plan(), 'aws_kms_key.k: the saved plan would update, and now nothing would change'],
  [
    'one more change',
    plan(...(saved.resource_changes ?? []), resource('aws_kms_key.l', ['create'], {})),
    'aws_kms_key.l: the saved plan leaves it, and now it would create',
  ],
  [
    'another value that is known later',
    plan(resource('aws_kms_key.k', ['update'], { description: 'b' }, { after_unknown: { arn: true } })),
    'aws_kms_key.k: other values of arn',
  ],
  [
    'another configuration, such as a provisioner',
    { ...saved, configuration: { root_module: { resources: [] } } },
    'the configuration',
  ],
  ['another variable', { ...saved, variables: { x: { value: 'SECRET' } } }, 'variable x'],
  [
    'another output',
    { ...saved, output_changes: { o: { actions: ['create'], before: null, after: 'SECRET' } } },
    'output o',
  ],
])('%s is a difference, named without its value', (_, fresh, line) => {
  expect(differencesOf(saved, fresh)).toEqual([line]);
});
