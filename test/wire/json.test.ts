import { parseJson } from '@keystead/control-plane/wire/json.ts';
import { limits } from '@keystead/provider-schema/limits.ts';

const parse = (text: string) => parseJson(Buffer.from(text));
const { requestValues } = limits;
const tooMany = `The request has more than ${requestValues} values.`;

test.each([
  ['lists in lists', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['objects in objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['numbers', `{"a":[${'1,'.repeat(requestValues)}1]}`],
  ['members', `{${Array.from({ length: requestValues + 1 }, (_, i) => `"k${i}":1`).join(',')}}`],
  ['values after a text with quotes', `{"b":"\\"\\\\","a":[${'1,'.repeat(requestValues)}1]}`],
])('a body with too many values is refused before it is parsed: %s', (_title, text) => {
  expect(() => parse(text)).toThrow(tooMany);
});

test('as many as an operation takes are read, and those within a text do not count', () => {
  const pairs = Object.fromEntries(Array.from({ length: 2700 }, (_, i) => [i.toString(36).padStart(3, 'a'), '']));
  expect(parse(JSON.stringify({ EncryptionContext: pairs }))).toEqual({ EncryptionContext: pairs });
  const Policy = JSON.stringify({ list: Array.from({ length: 8000 }, () => [',', '{', '"']) });
  expect(parse(JSON.stringify({ Policy }))).toEqual({ Policy });
});
