import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aStack, resources, synthesize } from '../stack.ts';
import { declare } from './guide-program.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
/** Layout is the formatter's in the program and the reader's in the guide. */
const plain = (text: string) => text.replaceAll(/\s+/g, '').replaceAll(/,([)\]}])/g, '$1');

test('The guide’s program is the one that is compiled, block by block', () => {
  const blocks = [...read('../../../docs/guide/constructs-policies.md').matchAll(/^```ts\n(.*?)^```$/gms)];
  expect(blocks).toHaveLength(5);
  const program = plain(read('guide-program.ts'));
  for (const [, block = ''] of blocks) expect(program).toContain(plain(block));
});

test('The guide’s program synthesizes', () => {
  const stack = aStack({ region: 'eu-west-1' });
  declare(stack);
  const configuration = synthesize(stack);
  expect(resources(configuration, 'aws_kms_key')).toHaveLength(2);
  expect(resources(configuration, 'aws_iam_role_policy')).toHaveLength(2);
});
