// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
import fc from 'fast-check';
import { compilePattern, matchesArnPattern, matchesPattern } from '../../control-plane/auth/pattern.ts';

const none = () => undefined;
const like = (pattern: string, value: string) =>
  matchesPattern(compilePattern(pattern, { wildcards: true, variables: false }), value, none);
const withVariables = (pattern: string, value: string, values: Record<string, string>) =>
  matchesPattern(compilePattern(pattern, { wildcards: true, variables: true }), value, (name) => values[name]);
const arnLike = (pattern: string, value: string) =>
  matchesArnPattern(compilePattern(pattern, { wildcards: true, variables: false }), value, none);

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
    ['?', '\u{1F511}', true],
  ])('%j matches %j: %s', (pattern, value, expected) => {
    expect(like(pattern, value)).toBe(expected);
  });

  test('agree with a regular expression on random patterns and values', () => {
    const letters = fc.constantFrom('a', 'b', 'A', '.', '\n', '\u{1F511}');
    const pattern = fc.array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 10 });
    const value = fc.array(letters, { maxLength: 12 });
    fc.assert(
      fc.property(pattern, value, (parts, letters) => {
        const source = parts.map((p) => (p === '*' ? '[^]*' : p === '?' ? '[^]' : p.replace('.', '\\.'))).join('');
        const text = letters.join('');
        expect(like(parts.join(''), text)).toBe(new RegExp(`^${source}$`, 'u').test(text));
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

  test('that would make a backtracking matcher explode are answered', () => {
    const pattern = `${'*a'.repeat(2000)}*b`;
    expect(like(pattern, 'a'.repeat(4000))).toBe(false);
    expect(like(pattern, `${'a'.repeat(4000)}b`)).toBe(true);
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
