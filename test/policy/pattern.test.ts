// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates

import type { Effort } from '@keystead/policy/effort.ts';
import { compilePattern, matchesArnPattern, matchesPattern } from '@keystead/policy/pattern.ts';
import fc from 'fast-check';

const none = () => undefined;
/** What a match may cost is not the subject here. */
const unlimited: Effort = { unitsLeft: Number.POSITIVE_INFINITY, spentBefore: 0 };
const like = (pattern: string, value: string) =>
  matchesPattern(compilePattern(pattern, { wildcards: true, variables: false }), value, none, unlimited);
const withVariables = (pattern: string, value: string, values: Record<string, string>) =>
  matchesPattern(
    compilePattern(pattern, { wildcards: true, variables: true }),
    value,
    (name) => values[name],
    unlimited,
  );
const arnLike = (pattern: string, value: string) =>
  matchesArnPattern(
    compilePattern(pattern, { wildcards: true, variables: false, isArn: true }),
    value,
    none,
    unlimited,
  );

describe('wildcards', () => {
  test.each([
    ['kms:*', 'kms:', true],
    ['kms:*', 'kms:Encrypt', true],
    ['kms:?ncrypt', 'kms:Encrypt', true],
    ['kms:?ncrypt', 'kms:ncrypt', false],
    ['*', '', true],
    ['?', '', false],
    ['', '', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['a.c', 'abc', false],
    ['??', '\u{1F511}', true],
  ])('%j matches %j: %s', (pattern, value, expected) => {
    expect(like(pattern, value)).toBe(expected);
  });

  test('agree with a regular expression on random patterns and values', () => {
    const letters = fc.constantFrom('a', 'b', 'A', '.', '\n', '\u00e9');
    const pattern = fc.array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 10 });
    const value = fc.array(letters, { maxLength: 12 });
    fc.assert(
      fc.property(pattern, value, (parts, letters) => {
        const source = parts.map((p) => (p === '*' ? '[^]*' : p === '?' ? '[^]' : p.replace('.', '\\.'))).join('');
        const text = letters.join('');
        expect(like(parts.join(''), text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('find a match wherever random text replaced the wildcards', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom('*', '?'), fc.constantFrom('x', 'yz'))),
        fc.infiniteStream(fc.string({ unit: 'binary', maxLength: 4 })),
        (parts, fill) => {
          const take = () => fill.next().value ?? '';
          const value = parts.map((p) => (p === '*' ? take() : p === '?' ? '\u00e9' : p)).join('');
          expect(like(parts.join(''), value)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('agree with a regular expression where pieces are longer than a machine word', () => {
    const piece = fc.tuple(
      fc.integer({ min: 20, max: 80 }),
      fc.constantFrom('a', '?', 'ab', 'a?'),
      fc.constantFrom('', 'b', 'c'),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 3 }),
        fc.stringMatching(/^[ab]{0,90}c?[ab]{0,90}$/),
        (pieces, value) => {
          const pattern = `*${pieces.map(([count, unit, tail]) => unit.repeat(count) + tail).join('*')}*`;
          const source = [...pattern].map((p) => (p === '*' ? '[^]*?' : p === '?' ? '[^]' : p)).join('');
          for (const text of [value, 'ab'.repeat(60), `${'a'.repeat(200)}b`, `${'a'.repeat(99)}b${'a'.repeat(99)}c`]) {
            expect(like(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['many runs', '*a'.repeat(8_000), 'b'],
    ['a long run of one letter', `*${'a'.repeat(16_000)}`, 'b*'],
    ['a long run that starts with another letter', '*b', `${'a'.repeat(16_000)}*`],
    ['a long run with gaps', `*${'a?'.repeat(8_000)}`, 'b*'],
  ])('that would block a backtracking matcher are decided: %s', (_title, head, tail) => {
    const value = 'a'.repeat(65_536);
    expect(like(`${head}${tail}`, value)).toBe(false);
    expect(like(`${head}${tail}`, `${'a'.repeat(100)}b${'a'.repeat(16_000)}b`)).toBe(true);
  });
});

describe('policy variables', () => {
  const values = { 'aws:username': 'a*b', 'aws:principaltag/team': 'blue' };
  test.each([
    ['user/${aws:username}', 'user/a*b', true],
    ['user/${aws:username}', 'user/aXb', false],
    ['user/${AWS:UserName}', 'user/a*b', true],
    ['${aws:principaltag/team}/*', 'blue/anything', true],
    ['${aws:missing}', '', false],
    ['${aws:missing}', '${aws:missing}', false],
    ["${aws:missing, 'nobody'}", 'nobody', true],
    ["${aws:username, 'nobody'}", 'a*b', true],
    ['${aws:missing, nobody}', 'nobody', false],
    ['a${*}b', 'a*b', true],
    ['a${*}b', 'aXb', false],
    ['a${?}b${$}', 'a?b$', true],
    ['${}', '', false],
    ['${unclosed', '${unclosed', true],
  ])('%j matches %j: %s', (pattern, value, expected) => {
    expect(withVariables(pattern, value, values)).toBe(expected);
  });

  test('are plain text where the policy’s version has none', () => {
    expect(like('${aws:username}', '${aws:username}')).toBe(true);
  });
});

describe('ARN patterns', () => {
  const arn = 'arn:aws:iam::111122223333:user/team/alice';
  test.each([
    ['*', arn, true],
    ['*', 'alice', false],
    [arn, arn, true],
    ['arn:aws:iam::111122223333:user/*', arn, true],
    ['arn:aws:iam::*:user/*', arn, true],
    ['arn:*:user/team/alice', arn, false],
    ['arn:aws:iam:*:user/team/alice', arn, false],
    ['arn:aws:iam::111122223333:USER/*', arn, false],
    ['arn:aws:sns:?s-east-1:*:a*c', 'arn:aws:sns:us-east-1:1:a:b:c', true],
  ])('%j is like %j: %s', (pattern, value, expected) => {
    expect(arnLike(pattern, value)).toBe(expected);
  });
});
