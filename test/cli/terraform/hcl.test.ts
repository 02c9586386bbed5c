import { type Body, UnreadableFile } from '@keystead/control-plane/cli/terraform/body.ts';
import { parseHcl } from '@keystead/control-plane/cli/terraform/hcl.ts';
import { parseTerraformJson } from '@keystead/control-plane/cli/terraform/tf-json.ts';
import fc from 'fast-check';

/** `name label…` of each member with its line, and what is inside. */
function outline(body: Body): readonly unknown[] {
  return body.map(({ name, labels, line, body: inner, text }) => {
    const head = [name, ...labels].join(' ') + (line === undefined ? '' : `:${line}`);
    if (inner !== undefined) return [head, outline(inner)];
    return text === undefined ? head : `${head} "${text}"`;
  });
}

/** Begins an expression in a template. */
const open = '$'.concat('{');

const cases: readonly (readonly [what: string, source: string, expected: readonly unknown[]])[] = [
  ['nothing', '', []],
  ['comments alone', '# a {\n// b {\n/* c {\n*/ ', []],
  ['an argument', 'a = "x"', ['a:1 "x"']],
  ['a byte order mark', '\uFEFFa = 1', ['a:1']],
  ['an argument with a comment behind it', 'a = "x" # y\nb = 1 // "\nc = 2', ['a:1 "x"', 'b:2', 'c:3']],
  ['a block with labels of both kinds', 'a "b c" d {\n e = 1\n}', [['a b c d:1', ['e:2']]]],
  [
    'a block in one line',
    'a { b = "x" }\nc {}',
    [
      ['a:1', ['b:1 "x"']],
      ['c:2', []],
    ],
  ],
  ['blocks in blocks', 'a {\n b {\n  c = 1\n }\n}', [['a:1', [['b:2', ['c:3']]]]]],
  ['objects, lists and calls over lines', 'a = {\n b = [\n 1 ]\n}\nc = f(\n x,\n)\nd = 1', ['a:1', 'c:5', 'd:8']],
  ['braces and quotes in texts', 'a = "} \\" { #"\nb = "$${ %%{ $ %"\nc = 1', ['a:1', 'b:2', 'c:3']],
  [
    'templates with texts inside',
    `a = "${open}f("}", "${open}x}")}"\nb = "%{ if x }{%{ endif }"\nc = 1`,
    ['a:1', 'b:2', 'c:3'],
  ],
  ['heredocs', 'a = <<E\n } "${\nE\nb = <<-E_1\n  {\n  E_1\nc = 1', ['a:1', 'b:4', 'c:7']],
  ['a heredoc in a call', 'a = f(<<E\n ) \nE\n)\nb = 1', ['a:1', 'b:5']],
  ['comments in expressions', 'a = [ # ]\n 1, /* ] */ 2 ]\nb = 1', ['a:1', 'b:3']],
  ['lines that end with CR LF', 'a = "x"\r\nb {\r\n  c = <<E\r\n}\r\nE\r\n}\r\n', ['a:1 "x"', ['b:2', ['c:3']]]],
  ['names with dashes and letters of any language', 'größe-1 = 1', ['größe-1:1']],
  ['conditions and comparisons', 'a = b == c ? 1 : 2\nd = x >= 1 && !y', ['a:1', 'd:2']],
];

test.each(cases)('%s is read', (_, source, expected) => {
  expect(outline(parseHcl(source))).toEqual(expected);
});

test.each([
  ['a block that does not end', 'a {\n b = 1\n', 'line 3: expected "}"'],
  ['a text that does not end', 'a = "x\nb = 1', 'line 1: expected "'],
  ['a list that does not end', '\na = [1,\n', 'line 2: expected "]"'],
  ['a heredoc that does not end', 'a = <<E\nx\n', 'expected E'],
  ['a comment that does not end', '/* a', 'line 1: expected */'],
  ['something else than names', '\n{', 'line 2: expected the name of an argument or a block'],
  ['a name alone', 'a\n', 'line 1: expected "{" or a label of the block'],
])('%s is refused with its line', (_, source, message) => {
  expect(() => parseHcl(source)).toThrow(message);
});

test('JSON has the same form, without lines', () => {
  const source = {
    '//': 'comment',
    terraform: { required_providers: [{ aws: { source: 'keystead/aws' } }] },
    resource: [{ aws_kms_key: { a: [{ description: 'x', timeouts: { create: '1m' } }], b: {} } }],
    data: {
      aws_iam_policy_document: {
        d: { statement: [{ sid: '$' }, { sid: `${open}x}` }], dynamic: { statement: { content: {} } } },
      },
    },
    locals: { resource: { a: 1 } },
    variable: { x: {} },
  };
  expect(outline(parseTerraformJson(JSON.stringify(source)))).toEqual([
    ['terraform', [['required_providers', [['aws', ['source "keystead/aws"']]]]]],
    ['resource aws_kms_key a', ['description "x"', ['timeouts', ['create "1m"']]]],
    ['resource aws_kms_key b', []],
    [
      'data aws_iam_policy_document d',
      [
        ['statement', ['sid "$"']],
        ['statement', ['sid']],
        ['dynamic statement', [['content', []]]],
      ],
    ],
    ['locals', [['resource', ['a']]]],
    ['variable', [['x', []]]],
  ]);
  expect(() => parseTerraformJson('{')).toThrow();
});

test('any text is read or refused, and nothing else happens', () => {
  const parts = [
    'a',
    ' = ',
    '"',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    open,
    '%{',
    '\n',
    '<<E\n',
    'E',
    '#',
    '//',
    '/*',
    '*/',
    '\\',
  ];
  const text = fc.oneof(
    fc.array(fc.constantFrom(...parts), { maxLength: 60 }).map((all) => all.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (source) => {
      try {
        for (const { line } of parseHcl(source)) expect(line).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableFile);
      }
    }),
  );
});

test('a large file is read in one pass', () => {
  const block = 'resource "aws_kms_key" "k" {\n  description = "x"\n}\n';
  const body = parseHcl(block.repeat(30_000));
  expect(body).toHaveLength(30_000);
  expect(body.at(-1)?.line).toBe(89_998);
});
