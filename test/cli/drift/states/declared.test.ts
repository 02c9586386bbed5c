/** Reading `terraform show -json`. */
import { parseDeclared } from '@keystead/control-plane/cli/drift/states/declared.ts';
import { arnOf, keyId, keyState, shown } from '../state.ts';

const parse = (text: string) => parseDeclared(text, 'eu-central-1', 'keystead/aws');

test('finds the resources of every module, whatever their instance key', () => {
  const { values } = JSON.parse(shown(keyState({}, { address: 'aws_kms_key.a[0]' })));
  const inner = JSON.parse(shown(keyState({}, { address: 'module.m["x"].module.n[1].aws_kms_key.b["k"]' })));
  const document = {
    format_version: '1.0',
    values: { root_module: { ...values.root_module, child_modules: [{ child_modules: [inner.values.root_module] }] } },
  };
  expect(parse(JSON.stringify(document)).resources.map(({ address }) => address)).toEqual([
    'aws_kms_key.a[0]',
    'module.m["x"].module.n[1].aws_kms_key.b["k"]',
  ]);
});

test('leaves out data sources and other types', () => {
  const state = shown(
    keyState({}, { mode: 'data' }),
    { address: 'aws_s3_bucket.b', type: 'aws_s3_bucket', values: {} },
    { address: 'aws_kms_ciphertext.e', type: 'aws_kms_ciphertext', values: {} },
  );
  const types = ['aws_kms_ciphertext', 'aws_s3_bucket'];
  expect(parse(state)).toEqual({ resources: [], ofOtherProviders: 0, otherProviders: [], types });
});

test('leaves out resources of another provider and counts them; a mirror or private registry changes nothing', () => {
  const state = shown(
    keyState({}, { provider_name: 'registry.terraform.io/hashicorp/aws' }),
    keyState({}, { address: 'aws_kms_key.fork', provider_name: 'registry.terraform.io/notkeystead/aws' }),
    keyState({}, { address: 'aws_kms_key.private', provider_name: 'registry.example.com/keystead/aws' }),
    keyState({}, { address: 'aws_kms_key.tofu', provider_name: 'registry.opentofu.org/keystead/aws' }),
  );
  const { resources, ofOtherProviders, otherProviders } = parse(state);
  expect(resources.map(({ address }) => address)).toEqual(['aws_kms_key.private', 'aws_kms_key.tofu']);
  expect(ofOtherProviders).toBe(2);
  expect(otherProviders).toEqual(['hashicorp/aws', 'notkeystead/aws']);
  expect(parseDeclared(state, 'us-east-1', 'hashicorp/aws').resources).toHaveLength(1);
});

test.each([
  ['its region attribute', { region: 'ap-south-1', arn: arnOf(keyId, 'us-west-2') }, 'ap-south-1'],
  ['its ARN where a state has no region', { region: undefined, arn: arnOf(keyId, 'us-west-2') }, 'us-west-2'],
  ["its key's ARN", { region: undefined, arn: undefined, key_id: arnOf(keyId, 'us-west-2') }, 'us-west-2'],
  ["the command's option when nothing else names one", { region: null, arn: undefined }, 'eu-central-1'],
])('takes the Region from %s', (_, values, expected) => {
  expect(parse(shown(keyState(values))).resources).toMatchObject([{ region: expected }]);
});

test('knows which attributes are sensitive', () => {
  const of = (sensitive_values: unknown) => [
    ...(parse(shown(keyState({}, { sensitive_values }))).resources[0]?.sensitive ?? []),
  ];
  expect(of({ policy: true, tags: {}, tags_all: { a: true } })).toEqual(['policy']);
  expect(of({})).toEqual([]);
});

test('reads a state in which nothing was ever applied as an empty one', () => {
  expect(parse('{"format_version":"1.0"}')).toMatchObject({ resources: [], ofOtherProviders: 0 });
});

test.each([
  ['text that is not JSON', 'resource "aws_kms_key" {}', /not JSON/],
  ['a null document', 'null', /not in the format/],
  ['a terraform.tfstate file', '{"version":4,"terraform_version":"1.11.4","resources":[]}', /not in the format/],
  ['a format of the future', '{"format_version":"2.0"}', /not in the format/],
  ['a plan', '{"format_version":"1.2","planned_values":{"root_module":{}}}', /a plan, not a state/],
])('refuses %s and says what to give instead', (_, text, message) => {
  expect(() => parse(text)).toThrow(message);
});
