/** Texts that are longer than a forge takes. */
import { fit } from '@keystead/control-plane/cli/ci/forges/fit.ts';
import { mark, markOf, requireName } from '@keystead/control-plane/cli/ci/forges/marker.ts';

test('a text that fits stays as it is', () => {
  expect(fit('a\nb', 3, 'cut')).toBe('a\nb');
});

test.each([
  ['a fence', ['```', ...Array(50).fill('code'), '```'], /^```\n(code\n)+```\n\n… cut$/],
  [
    'a longer fence, in which a shorter one is text',
    ['````', '```', ...Array(50).fill('x'), '````'],
    /^````\n```\n(x\n)+````\n\n… cut$/,
  ],
  [
    'foldable parts',
    ['<details><summary>a</summary>', '<details>', ...Array(50).fill('x')],
    /(x\n)+<\/details>\n<\/details>\n\n… cut$/,
  ],
  [
    'a foldable part that was closed',
    ['<details>', '</details>', ...Array(50).fill('x')],
    /^<details>\n<\/details>\n(x\n)*x\n\n… cut$/,
  ],
])('%s is closed where the text is cut', (_, lines, pattern) => {
  const text = fit(lines.join('\n'), 90, 'cut');
  expect(text.length).toBeLessThanOrEqual(90);
  expect(text).toMatch(pattern);
});

test('the first line of a text is read back, and only for its name', () => {
  const text = mark('orders', { run: 12, more: 'f1,f2' }, 'body');
  expect(markOf('orders', text)).toEqual({ run: 12, more: 'f1,f2' });
  expect(markOf('orders', text.replace('\n', '\r\n'))).toEqual({ run: 12, more: 'f1,f2' });
  expect(markOf('order', text)).toBeUndefined();
  expect(markOf('orders', `x\n${text}`)).toBeUndefined();
});

test('a name cannot end the comment that hides it', () => {
  expect(requireName('stacks/orders-eu.1')).toBe('stacks/orders-eu.1');
  for (const name of ['a--b', 'a>', '-a', 'a b', '', 'a\n', 'x'.repeat(102)])
    expect(() => requireName(name)).toThrow('--id');
});
