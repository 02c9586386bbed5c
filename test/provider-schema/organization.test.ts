/** Which paths can be an account's paths in an organization, and which policies can depend on organizations. */
import { faultOfPaths, namesOrganizations } from '@keystead/provider-schema/organization.ts';

const id = 'o-a1b2c3d4e5';

test.each<[string, readonly string[]]>([
  ['no path', []],
  ['the root', [`${id}/r-ab12/`]],
  ['organizational units under the root', [`${id}/r-ab12/ou-ab12-11111111/ou-ab12-22222222/`]],
  ['several places', [`${id}/r-ab12/`, `${id}/r-ab12/ou-ab12-11111111/`]],
])('%s is accepted', (_what, paths) => {
  expect(faultOfPaths({ id, paths })).toBeUndefined();
});

test('a path of another organization is refused, even when its id only begins alike', () => {
  expect(faultOfPaths({ id, paths: ['o-zzzzzzzzzz/r-ab12/'] })).toBe(
    'The path o-zzzzzzzzzz/r-ab12/ is not in the organization o-a1b2c3d4e5.',
  );
  expect(faultOfPaths({ id, paths: [`${id}f/r-ab12/`] })).toContain('is not in the organization');
});

test('an organizational unit of another root is refused', () => {
  expect(faultOfPaths({ id, paths: [`${id}/r-ab12/ou-ab12-11111111/ou-cd34-22222222/`] })).toBe(
    'The organizational unit ou-cd34-22222222 in o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-cd34-22222222/ is not under ' +
      'the root r-ab12.',
  );
});

test('a policy that names a condition key of organizations is recognised without regard to case', () => {
  for (const name of ['aws:PrincipalOrgID', 'AWS:principalorgpaths', 'aws:ResourceOrgID', 'aws:SourceOrgPaths']) {
    expect(namesOrganizations(`{"Condition":{"StringEquals":{"${name}":"o-a1b2c3d4e5"}}}`)).toBe(true);
  }
  expect(namesOrganizations('{"Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}')).toBe(false);
});
