import { Engine } from '@keystead/provider/engine/engine.ts';
import type { Value } from '@keystead/provider/engine/value.ts';
import { provider } from '@keystead/provider/provider.ts';
import * as records from '@keystead/provider-schema/functions/index.ts';

const engine = new Engine(provider);
const call = (name: string, ...args: readonly Value[]) => engine.callFunction(name, args);

test('are those of the contract, under the same names', () => {
  expect(provider.functions.map(({ record }) => record.name).sort()).toEqual(Object.keys(records).sort());
  for (const [name, record] of Object.entries(records)) expect(record.name).toBe(name);
});

test.each([
  ['arn:aws:kms:eu-west-1:111122223333:key/1234', ['aws', 'kms', 'eu-west-1', '111122223333', 'key/1234']],
  ['arn:aws:iam::111122223333:role/path/name', ['aws', 'iam', '', '111122223333', 'role/path/name']],
  ['arn:aws-cn:s3:::bucket/a:b:c', ['aws-cn', 's3', '', '', 'bucket/a:b:c']],
  ['arn::::::', ['', '', '', '', ':']],
])('arn_parse splits %s, and arn_build joins it again', (arn, parts) => {
  const [partition, service, region, account_id, resource] = parts;
  expect(call('arn_parse', arn)).toEqual({ result: { partition, service, region, account_id, resource } });
  expect(call('arn_build', ...parts)).toEqual({ result: arn });
});

/** What hashicorp/aws 5.100.0 answered when it was asked; undefined: an error. */
test.each([
  ['arn:aws:iam:::', { partition: 'aws', service: 'iam', region: '', account_id: '', resource: '' }, undefined],
  [
    'arn:aws:iam::1:role/',
    { partition: 'aws', service: 'iam', region: '', account_id: '1', resource: 'role/' },
    'arn:aws:iam::1:role/',
  ],
  [
    'arn:aws:iam::1:role//x/',
    { partition: 'aws', service: 'iam', region: '', account_id: '1', resource: 'role//x/' },
    'arn:aws:iam::1:role/',
  ],
  ['arn:a:b:c:d:', { partition: 'a', service: 'b', region: 'c', account_id: 'd', resource: '' }, undefined],
  ['arn:a:b:c:d', undefined, undefined],
  ['ARN:a:b:c:d:e', undefined, undefined],
])('%s gives what the AWS provider gives', (arn, parsed, trimmed) => {
  const outcomes = ['arn_parse', 'trim_iam_role_path'].map((name) => call(name, arn));
  expect(outcomes.map((outcome) => ('result' in outcome ? outcome.result : undefined))).toEqual([parsed, trimmed]);
});

test.each(['', 'key/1234', 'ARN:aws:kms:eu-west-1:111122223333:key/1', 'arn:aws:kms:eu-west-1:111122223333', 'arn'])(
  'arn_parse refuses "%s" and points at the argument',
  (text) => {
    expect(call('arn_parse', text)).toEqual({ error: expect.stringContaining('is not an ARN'), argument: 0 });
  },
);

test.each([
  ['arn:aws:iam::111122223333:role/name', 'arn:aws:iam::111122223333:role/name'],
  ['arn:aws:iam::111122223333:role/a/b/name', 'arn:aws:iam::111122223333:role/name'],
  ['arn:aws-cn:iam::111122223333:role/aws-service-role/x.amazonaws.com/n', 'arn:aws-cn:iam::111122223333:role/n'],
])('trim_iam_role_path of %s is %s', (arn, trimmed) => {
  expect(call('trim_iam_role_path', arn)).toEqual({ result: trimmed });
});

test.each([
  ['no ARN', 'role/name', 'is not an ARN'],
  ['another service', 'arn:aws:kms::111122223333:role/name', 'is kms, not iam'],
  ['a Region', 'arn:aws:iam:eu-west-1:111122223333:role/name', 'no Region'],
  ['another resource', 'arn:aws:iam::111122223333:user/name', 'begins with role/'],
])('trim_iam_role_path refuses %s', (_what, arn, text) => {
  expect(call('trim_iam_role_path', arn)).toEqual({ error: expect.stringContaining(text), argument: 0 });
});

test.each([
  [['module', '1.0', 'ours'], 'module/1.0 (ours)'],
  [['module', '', 'ours'], 'module (ours)'],
  [['module', '1.0', ''], 'module/1.0'],
  [['module', '', ''], 'module'],
])('user_agent of %j is %s', (parts, product) => {
  expect(call('user_agent', ...parts)).toEqual({ result: product });
});

test('user_agent refuses a product without a name', () => {
  expect(call('user_agent', '', '1', '')).toEqual({ error: 'A product must have a name.', argument: 0 });
});
