/** Text of others in Markdown: it stays one piece of code, whatever it contains. */
import { codeSpan, hiddenMarker, htmlCode } from '@keystead/control-plane/cli/shared/markdown.ts';

test('a code span ends only where the text ends', () => {
  expect(codeSpan('orders')).toBe('`orders`');
  expect(codeSpan('a `b` c')).toBe('``a `b` c``');
  expect(codeSpan('`` @everyone <!-- ``')).toBe('``` `` @everyone <!-- `` ```');
  expect(codeSpan('')).toBe('` `');
});

test('a line break, a cell of a table and invisible characters do not change what is around the text', () => {
  expect(codeSpan('one\n\n# two\r\n| three')).toBe('`one # two \\| three`');
  expect(codeSpan('a\u202eb\u0007c\u200bd\ud800e')).toBe('`a\\u{202e}b\\u{7}c\\u{200b}d\\u{d800}e`');
});

test('in HTML the text cannot open or close an element, or end the block', () => {
  expect(htmlCode('</code></details><script>&amp;\n\n@me')).toBe(
    '<code>&lt;/code&gt;&lt;/details&gt;&lt;script&gt;&amp;amp; @me</code>',
  );
});

test('a marker cannot be ended by its values, and is the same for the same values', () => {
  expect(hiddenMarker('keystead-plan', { stack: 'a --> b', workspace: 'x-y' })).toBe(
    '<!-- keystead-plan stack=a%20%2D%2D%3E%20b workspace=x%2Dy -->',
  );
});
