/** Functions by their messages. */
import { unknown, type Value } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { decodeDynamicValue, encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import { FakeService } from '../../support/provider/service.ts';

const service = new FakeService();
const types = ['number', 'string'] as const;

function call(name: string, ...args: readonly Value[]) {
  const messages = args.map((value, index) => encodeDynamicValue(types[index] ?? 'string', value));
  return service.ask('CallFunction', tfplugin6.CallFunction, { name, arguments: messages });
}

test('are described alike in the schema and by GetFunctions, and named in the metadata', async () => {
  const { functions } = await service.ask('GetProviderSchema', tfplugin6.GetProviderSchema, {});
  const half = functions?.half;
  expect(half?.parameters?.map(({ name, type }) => [name, Buffer.from(type ?? []).toString()])).toEqual([
    ['number', '"number"'],
    ['unit', '"string"'],
  ]);
  expect(half?.variadicParameter).toBeNull();
  expect(Buffer.from(half?.return?.type ?? []).toString()).toBe('["object",{"number":"number","unit":"string"}]');
  expect(half).toMatchObject({ summary: 'Halves', description: 'Half of an even number, and its unit.' });
  expect((await service.ask('GetFunctions', tfplugin6.GetFunctions, {})).functions).toEqual(functions);
  expect((await service.ask('GetMetadata', tfplugin6.GetMetadata, {})).functions).toMatchObject([{ name: 'half' }]);
});

test('answer without a configured provider', async () => {
  const { result, error } = await call('half', 4, 'm');
  expect(error).toBeNull();
  expect(decodeDynamicValue(['object', { number: 'number', unit: 'string' }], result)).toEqual({
    number: 2,
    unit: 'm',
  });
});

test('say which argument is wrong, counted from 0', async () => {
  expect((await call('half', 3, 'm')).error).toMatchObject({ text: 'The number must be even.', functionArgument: 0 });
});

test.each([
  ['too few arguments', () => call('half', 4), 'half takes 2 arguments, not 1.'],
  ['too many', () => call('half', 4, 'm', 'x'), 'there is no argument 3'],
  ['null', () => call('half', null, 'm'), 'number: expected a known value'],
  ['an unknown value', () => call('half', 4, unknown), 'unit: expected a known value'],
  ['a name that does not exist', () => call('third', 4), 'there is no function "third"'],
])('refuse %s', async (_what, ask, text) => {
  const { error, result } = await ask();
  expect(error?.text).toContain(text);
  expect(error?.functionArgument).toBeNull();
  expect(result).toBeNull();
});

test('whose result does not fit its type say that this is a fault of the provider', async () => {
  expect((await call('half', 4, 'broken')).error?.text).toBe('half: expected an object. Please report it.');
});

test('that fail unforeseen do not answer with a result', async () => {
  await expect(call('half', 4, 'crash')).rejects.toThrow('unforeseen');
});
