/** Commands that are printed for what no plan sets back. */
import { commandsFor, commandsForOpen } from '@keystead/control-plane/cli/drift/ways-on/commands.ts';
import { aFinding } from '../a-finding.ts';
import { account } from '../state.ts';

const iam = (name: string) => `arn:aws:iam::${account}:${name}`;
const policy = 'arn:aws:iam::aws:policy/AdministratorAccess';
const reach = { endpoint: 'http://127.0.0.1:8600' };
const lines = (resourceArn: string, attribute: string) =>
  commandsFor(aFinding({ what: 'unknown to Terraform', resourceArn, attribute }), reach).map(({ line }) =>
    line.replace(' --endpoint-url=http://127.0.0.1:8600', ''),
  );

test.each([
  ['role/a/b/deploy', `attachment["${policy}"]`, `detach-role-policy --role-name=deploy --policy-arn=${policy}`],
  ['group/staff', 'inline_policy["own"]', 'delete-group-policy --group-name=staff --policy-name=own'],
  ['group/staff', 'member["alice"]', 'remove-user-from-group --group-name=staff --user-name=alice'],
])('what %s has beside the declared is taken from it: %s', (arn, attribute, expected) => {
  expect(lines(iam(arn), attribute)).toEqual([`aws iam ${expected}`]);
});

test('an access key is switched off first, and deleted after that', () => {
  expect(lines(iam('user/app'), 'access_key["AKIA1"]')).toEqual([
    'aws iam update-access-key --user-name=app --access-key-id=AKIA1 --status=Inactive',
    'aws iam delete-access-key --user-name=app --access-key-id=AKIA1',
  ]);
});

test('whole identities, keys of providers and the root user have no command', () => {
  for (const [arn, attribute] of [
    [iam('user/shadow'), 'user'],
    [iam('oidc-provider/ci.example.com'), 'keys["sha256:00"]'],
    [iam('root'), 'access_key["AKIA1"]'],
  ] as const) {
    expect(lines(arn, attribute)).toEqual([]);
  }
});

test('the policy of an identity is not put on a key', () => {
  const finding = aFinding({ resourceArn: iam('policy/read'), attribute: 'policy', declared: '{}' });
  expect(commandsForOpen(finding, reach)).toEqual([]);
});
