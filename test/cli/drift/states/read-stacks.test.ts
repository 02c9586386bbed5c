/** Which states are compared: a mistake about them is an error that says what to do, and never a clean report. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStacks } from '@keystead/control-plane/cli/drift/states/read-stacks.ts';
import { chosenStacks, type StackOptions } from '@keystead/control-plane/cli/drift/states/stacks.ts';
import { arnOf, keyState, type StateResource, shown } from '../state.ts';

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'keystead-stacks-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

const defaults = {
  endpoint: 'http://127.0.0.1:8600',
  region: 'us-east-1',
  provider: 'keystead/aws',
  terraform: 'none',
};
const read = async (options: Partial<StackOptions>) =>
  readStacks((await chosenStacks({ ...defaults, ...options })).stacks);

async function file(name: string, text: string): Promise<string> {
  const path = join(place, name);
  await writeFile(path, text);
  return path;
}

const stateOf = (name: string, ...resources: readonly StateResource[]) => file(name, shown(...resources));
const other = '99999999-12ab-34cd-56ef-1234567890ab';
const otherKey = keyState({ key_id: other, id: other, arn: arnOf(other) }, { address: 'aws_kms_key.other' });

test('several states are compared together', async () => {
  const state = [await stateOf('a.json', keyState()), await stateOf('b.json', otherKey)];
  const stacks = await read({ state });
  expect(stacks.flatMap(({ resources }) => resources.map(({ address }) => address))).toEqual([
    'aws_kms_key.orders',
    'aws_kms_key.other',
  ]);
});

test('a file of stacks gives each its endpoint, Region, profile and provider', async () => {
  await stateOf('in-file.json', keyState());
  const config = await file(
    'drift.yaml',
    'stacks:\n  - state: in-file.json\n    endpoint: https://kms.example.com\n    profile: reader\n    region: eu-west-1\n',
  );
  expect(await read({ config })).toMatchObject([
    {
      stack: { endpoint: 'https://kms.example.com', profile: 'reader', region: 'eu-west-1', provider: 'keystead/aws' },
    },
  ]);
});

test('a stack that can be empty is not an error', async () => {
  const empty = await file('empty.json', '{"format_version":"1.0"}');
  expect(await read({ state: [empty], allowEmpty: true })).toMatchObject([{ resources: [] }]);
  const config = await file('empty.yaml', `stacks: [{ state: ${empty}, empty: true }]`);
  expect(await read({ config })).toMatchObject([{ resources: [] }]);
});

const foreign = keyState({}, { provider_name: 'registry.terraform.io/hashicorp/aws' });
const bucket: StateResource = { address: 'aws_s3_bucket.b', type: 'aws_s3_bucket', values: {} };

test.each([
  ['a state in which nothing is', () => file('nothing.json', '{"format_version":"1.0"}'), /has no state: nothing was/],
  ['a state of another provider', () => stateOf('foreign.json', foreign), /another provider: hashicorp\/aws instead/],
  ['a state without keys', () => stateOf('bucket.json', bucket), /nothing that drift compares, only aws_s3_bucket/],
  ['a file that is not there', async () => join(place, 'nowhere.json'), /nowhere\.json cannot be read/],
  ['a file that is not a state', () => file('text.json', 'hello'), /not JSON/],
])('%s is an error', async (_, state, message) => {
  await expect(read({ state: [await state()] })).rejects.toThrow(message);
});

test('one stack without a state is an error beside others that have one', async () => {
  const state = [await stateOf('good.json', keyState()), await file('bad.json', '{"format_version":"1.0"}')];
  await expect(read({ state })).rejects.toThrow(/bad\.json has no state/);
});

test('two states that declare the same key are an error: one is a copy', async () => {
  const state = [await stateOf('new.json', keyState()), await stateOf('old.json', keyState())];
  await expect(read({ state })).rejects.toThrow(
    /Two states declare the same object: aws_kms_key\.orders in .*new\.json, and aws_kms_key\.orders in .*old\.json/,
  );
});

test('the same key in two control planes is not a mistake', async () => {
  await stateOf('twice.json', keyState());
  const config = await file(
    'twice.yaml',
    'stacks:\n  - { state: twice.json, endpoint: "http://a" }\n  - { state: twice.json, endpoint: "http://b" }\n',
  );
  expect(await read({ config })).toHaveLength(2);
});

test('a directory with states of several workspaces is an error until one is named', async () => {
  const dir = join(place, 'several');
  await mkdir(join(dir, 'terraform.tfstate.d/prod'), { recursive: true });
  await writeFile(join(dir, 'terraform.tfstate.d/prod/terraform.tfstate'), '{}');
  await expect(read({ dir: [dir] })).rejects.toThrow(/states of several workspaces: default, prod/);
});

test.each([
  ['a member that is unknown', 'stacks: [{ dirs: a }]', /stacks\[0\]: there is no member "dirs"; there is dir, state/],
  ['a stack without a place', 'stacks: [{ region: a }]', /must have either "dir" or "state"/],
  ['a workspace of a file', 'stacks: [{ state: a, workspace: b }]', /"workspace" needs "dir"/],
  ['a number for a text', 'stacks: [{ dir: 1 }]', /"dir" must be a text/],
  ['no stacks', 'stacks: []', /at least one stack/],
  ['another form', '- a', /it must be a map/],
  ['text that is not YAML', 'stacks: [', /it is not YAML/],
])('a file of stacks with %s is an error with its place', async (_, text, message) => {
  const config = await file('faulty.yaml', text);
  await expect(read({ config })).rejects.toThrow(message);
});

test('a file of stacks and stacks as options exclude each other', async () => {
  await expect(read({ config: 'x.yaml', dir: ['.'] })).rejects.toThrow(/cannot be combined/);
});
