/**
 * `aws_iam_policy_document` against documents that the AWS provider 5.100 wrote for the same arguments; those without a
 * text it refused. test/e2e/policy-documents.test.ts asks that provider again where it is installed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { configured } from '../../support/provider/managed.ts';
import { dataRefusal, mustReadData, readData } from '../../support/provider/read-data.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

interface Recorded {
  readonly name: string;
  readonly config: ObjectValue;
  readonly json?: string;
  readonly minified_json?: string;
  readonly id?: string;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'policy-documents.json'), 'utf8'),
);
/** docs/differences.md: the AWS provider drops these conditions, and so allows more than the document says. */
const droppedUpstream = ['srcnum', 'srccondnull', 'srccondobj'];

let door: RestDoor;
let engine: Engine<Client>;

beforeAll(async () => {
  door = await RestDoor.open();
  engine = await configured(door);
});

afterAll(() => door.close());

const read = (config: ObjectValue) => mustReadData(engine, 'aws_iam_policy_document', config);
const refusal = (config: ObjectValue) => dataRefusal(engine, 'aws_iam_policy_document', config);
const source = (document: unknown) => ({ source_policy_documents: [JSON.stringify(document)] });

const written = recorded.filter(({ json, name }) => json !== undefined && !droppedUpstream.includes(name));
test.each(written)('$name is written as the AWS provider writes it', async ({ config, json, minified_json, id }) => {
  expect(await read(config)).toMatchObject({ json, minified_json, id });
});

test.each(recorded.filter(({ json }) => json === undefined))('$name is refused, as upstream', async ({ config }) => {
  expect(await refusal(config)).toMatchObject({ severity: 'error', state: null, path: expect.any(Array) });
});

test('the recorded documents are many, and of both kinds', () => {
  expect(written.length).toBeGreaterThan(80);
  expect(recorded.length - written.length - droppedUpstream.length).toBeGreaterThan(20);
});

describe('a condition is never dropped', () => {
  test('with a number as its value, which becomes text', async () => {
    const statement = { Effect: 'Allow', Condition: { NumericLessThan: { 'kms:X': [10, true, 'a'] }, N: { k: 1.5 } } };
    expect(await read(source({ Statement: [statement] }))).toMatchObject({
      minified_json: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"N":{"k":"1.5"},"NumericLessThan":{"kms:X":["10","true","a"]}}}]}`,
    });
  });

  test.each([null, {}, [[]], [null]])('with the value %j, which is refused', async (value) => {
    const refused = await refusal(source({ Statement: [{ Condition: { N: { k: value } } }] }));
    expect(refused.detail).toBe('Condition N k must be a text or a list of texts.');
    expect(refused.path).toEqual(['source_policy_documents', 0]);
  });
});

test.each([
  ['a text', '"x"', 'the document must be an object'],
  ['a list', '[]', 'the document must be an object'],
  ['a statement that is a text', '{"Statement":["x"]}', 'a statement must be an object'],
  ['principals in numbers', '{"Statement":[{"Principal":{"AWS":[1]}}]}', 'Principal AWS must be a text'],
])('a document that is %s is refused', async (_, document, what) => {
  const refused = await refusal({ override_policy_documents: ['', document] });
  expect(refused).toMatchObject({ detail: `${what}.`, path: ['override_policy_documents', 1] });
});

test('the defaults are in the state, as upstream', async () => {
  const state = await read({ statement: [{ actions: ['kms:*'] }] });
  expect(state).toMatchObject({ version: '2012-10-17', statement: [{ effect: 'Allow' }], policy_id: null });
});

test('the arguments of old configurations are accepted empty, with a warning each', async () => {
  const { state, diagnostics } = await readData(engine, 'aws_iam_policy_document', {
    source_json: '',
    override_json: '',
  });
  expect(state).toMatchObject({ minified_json: '{"Version":"2012-10-17"}' });
  expect(diagnostics.map(({ severity, path }) => [severity, path])).toEqual([
    ['warning', ['override_json']],
    ['warning', ['source_json']],
  ]);
});
