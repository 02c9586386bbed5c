import { satisfies, standIn } from '@keystead/control-plane/cli/terraform/versions.ts';
import { standInVersions } from '@keystead/provider-schema/provider-versions.ts';

test.each([
  ['1.2.3', '1.2.3', true],
  ['1.2.3', '= 1.2.4', false],
  ['1.2.3', 'v1.2.3', true],
  ['1.2.0', '1.2', true],
  ['1.2.3', '!= 1.2.3', false],
  ['1.2.3', '> 1.2.3', false],
  ['1.10.0', '> 1.9.9', true],
  ['1.2.3', '>= 1.2, < 2', true],
  ['2.0.0', '>=1.2,<2', false],
  ['1.2.3', '<= 1.2', false],
  ['1.9.0', '~> 1.2', true],
  ['2.0.0', '~> 1.2', false],
  ['1.2.9', '~> 1.2.3', true],
  ['1.3.0', '~> 1.2.3', false],
  ['1.2.2', '~> 1.2.3', false],
  ['9.0.0', '~> 1', true],
])('%s satisfies "%s": %s', (version, constraint, expected) => {
  expect(satisfies(version, constraint)).toBe(expected);
});

test.each(['latest', '>= 1.2.3-beta1', '=> 1', ''])('"%s" is not a constraint of plain versions', (constraint) => {
  expect(satisfies('1.2.3', constraint)).toBeUndefined();
});

test.each(['~> 3.0', '~> 4.0', '~> 5.0', '~> 6.0', '>= 6.28', '~> 5.31', '>= 3.72, < 5', '> 3'])(
  'a stand-in for the AWS provider answers "%s"',
  (constraint) => expect(standInVersions).toContain(standIn(constraint)),
);

test.each(['~> 2.0', '~> 5.31.0', '= 5.100.0', '>= 7'])('none answers "%s"', (constraint) => {
  expect(standIn(constraint)).toBeUndefined();
});
