/** Reading what code declares from a plan. */
import { parsePlanned } from '@keystead/control-plane/cli/drift/states/planned.ts';
import { keyState, type StateResource, shown } from '../state.ts';

const valuesOf = (...resources: readonly StateResource[]) => JSON.parse(shown(...resources)).values;
const change = (address: string, actions: readonly string[], more: object = {}) => ({
  address,
  change: { actions, ...more },
});

function read(planned: readonly StateResource[], prior: readonly StateResource[], changes: readonly object[]) {
  const plan = {
    format_version: '1.2',
    planned_values: valuesOf(...planned),
    prior_state: { format_version: '1.0', values: valuesOf(...prior) },
    resource_changes: changes,
  };
  return parsePlanned(JSON.stringify(plan), 'us-east-1', 'keystead/aws');
}

const at = (address: string, values: StateResource['values'] = {}) => keyState(values, { address });

test('what exists has the values that the plan would leave', () => {
  const { resources, notApplied, notInCode } = read(
    [at('aws_kms_key.a', { description: 'code' })],
    [at('aws_kms_key.a', { description: 'runs' })],
    [change('aws_kms_key.a', ['update'])],
  );
  expect(resources).toMatchObject([{ address: 'aws_kms_key.a', values: { description: 'code' }, deposed: false }]);
  expect([notApplied, notInCode]).toEqual([[], []]);
});

test('what is new was not applied, and what code dropped is known and not compared', () => {
  const { resources, notApplied, notInCode } = read(
    [at('aws_kms_key.new', { key_id: undefined, arn: undefined })],
    [at('aws_kms_key.old')],
    [change('aws_kms_key.new', ['create']), change('aws_kms_key.old', ['delete'])],
  );
  expect(resources).toMatchObject([{ address: 'aws_kms_key.old', deposed: true }]);
  expect(notApplied).toMatchObject([{ resource: { address: 'aws_kms_key.new' }, because: [] }]);
  expect(notInCode).toMatchObject([{ address: 'aws_kms_key.old' }]);
});

test('what is replaced was not applied, with the attributes that code sets otherwise', () => {
  const { resources, notApplied, notInCode } = read(
    [at('aws_kms_key.a', { key_id: undefined })],
    [at('aws_kms_key.a')],
    [change('aws_kms_key.a', ['delete', 'create'], { replace_paths: [['key_usage']] })],
  );
  expect(resources).toMatchObject([{ deposed: true }]);
  expect(notApplied).toMatchObject([{ because: ['the code asks for another object in its place: other key_usage'] }]);
  expect(notInCode).toEqual([]);
});

test('an alias whose key is not there yet is not compared', () => {
  const alias: StateResource = { address: 'aws_kms_alias.a', type: 'aws_kms_alias', values: { name: 'alias/a' } };
  const unknown = { after_unknown: { target_key_id: true } };
  const { notApplied } = read([alias], [alias], [change('aws_kms_alias.a', ['update'], unknown)]);
  expect(notApplied).toMatchObject([{ because: ['its key was never applied'] }]);
});

test.each([
  ['a state', '{"format_version":"1.0","values":{}}', /^This is not a plan/],
  ['a text', 'PK', /^This is not a plan/],
  ['a plan that failed', '{"format_version":"1.2","planned_values":{},"errored":true}', /ended with an error/],
])('%s is refused', (_, text, message) => {
  expect(() => parsePlanned(text, 'us-east-1', 'keystead/aws')).toThrow(message);
});
