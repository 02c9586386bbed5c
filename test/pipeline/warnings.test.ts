/** Warnings in the header of an answer. */
import { WARNING, withWarnings } from '@keystead/control-plane/pipeline/warnings.ts';

const answer = { status: 200, headers: { 'x-amzn-RequestId': '1' }, body: '' };
const headerOf = (warnings: readonly string[]) => withWarnings(answer, warnings).headers[WARNING];

test('are joined, beside the other headers', () => {
  expect(withWarnings(answer, ['One.', 'Two.'])).toEqual({
    ...answer,
    headers: { 'x-amzn-RequestId': '1', [WARNING]: 'One. Two.' },
  });
});

test('have only characters that a header can have', () => {
  expect(headerOf(['Allow "größe\r\nset-cookie: a" never'])).toBe('Allow "gr??e??set-cookie: a" never');
});

test('stay far below the size of headers that clients accept, however many there are', () => {
  const header = headerOf(Array.from({ length: 500 }, () => 'x'.repeat(1000)));
  expect(header?.length).toBeLessThan(8192);
  expect(header).toMatch(/ and 492 more$/);
});
