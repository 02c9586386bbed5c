/** What counts as a difference of identities where state, code and reality disagree about who decides. */
import { compareIdentities } from '@keystead/control-plane/cli/drift/findings/identities-declared.ts';
import { knownIn, undeclaredParts } from '@keystead/control-plane/cli/drift/findings/identities-undeclared.ts';
import type { Identities, Owner } from '@keystead/control-plane/cli/drift/running/all-identities.ts';
import type { DeclaredResource } from '@keystead/control-plane/cli/drift/states/declared.ts';
import { account, declared, type StateResource } from '../state.ts';

const POLICY = `arn:aws:iam::${account}:policy/read`;
const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }],
});
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }],
});

const owner = (kind: Owner['kind'], name: string, more: Partial<Owner> = {}): Owner => ({
  ...{ kind, name, arn: `arn:aws:iam::${account}:${kind}/${name}`, uniqueId: `ID${name}`, path: '/', tags: new Map() },
  ...{ inline: new Map(), attached: new Set(), groups: [], accessKeys: [] },
  ...(kind === 'role' && { trust, description: '', maxSessionDuration: 3600 }),
  ...more,
});

const identities = (...owners: readonly Owner[]): Identities => ({
  account: { AccountId: account, CreateDate: 0, AccessKeys: [] },
  owners,
  policies: new Map([
    [POLICY, { arn: POLICY, name: 'read', policyId: 'P', versionId: 'v1', document, tags: new Map() }],
  ]),
  providers: new Map(),
  services: [],
});

const resource = (type: string, name: string, values: StateResource['values']): StateResource => ({
  address: `${type}.${name}`,
  type,
  values: {
    arn: `arn:aws:iam::${account}:${type.replace('aws_iam_', '')}/${name}`,
    unique_id: `ID${name}`,
    name,
    ...values,
  },
});
const role = (values: StateResource['values'] = {}) =>
  resource('aws_iam_role', 'ci', {
    assume_role_policy: trust,
    max_session_duration: 3600,
    path: '/',
    tags_all: {},
    ...values,
  });

function differences(state: readonly DeclaredResource[], running: Identities): readonly string[] {
  const world = { declared: state, identities: running, options: { ignoresTag: (key: string) => key === 'Ignored' } };
  const found = [
    ...compareIdentities(world),
    ...undeclaredParts(world, knownIn(world), { region: 'us-east-1', all: false }),
  ];
  return found.map(({ address, resourceArn, attribute, what }) => `${address ?? resourceArn} ${attribute} ${what}`);
}

test('a trust policy in other words, absent values and ignored tags are not drift', () => {
  const running = owner('role', 'ci', {
    trust: trust.replace(`"${account}"`, `["arn:aws:iam::${account}:root"]`),
    tags: new Map([['Ignored', '1']]),
  });
  expect(differences(declared(role({ description: null, permissions_boundary: '' })), identities(running))).toEqual([]);
});

test('a policy that a refresh put into the state of a role is not declared by it, where the code is known', () => {
  const [state] = declared(role({ managed_policy_arns: [POLICY] }));
  const configured = (is: boolean) => [{ ...state, writes: () => is } as DeclaredResource];
  const [has, hasNot] = [owner('role', 'ci', { attached: new Set([POLICY]) }), owner('role', 'ci')];
  const unknown = `arn:aws:iam::${account}:role/ci attachment["${POLICY}"] unknown to Terraform`;
  expect(differences(configured(false), identities(has))).toEqual([unknown]);
  expect(differences(configured(false), identities(hasNot))).toEqual([]);
  expect(differences(configured(true), identities(has))).toEqual([]);
  expect(differences(configured(true), identities(hasNot))).toEqual([
    `aws_iam_role.ci managed_policy_arns["${POLICY}"] missing`,
  ]);
  expect(differences(declared(role({ managed_policy_arns: [POLICY] })), identities(has))).toEqual([]);
});

test('what belongs to a deleted identity is reported with it, and what belongs to an undeclared one by itself', () => {
  const policy = (user: string): StateResource => ({
    ...{ address: `aws_iam_user_policy.${user}`, type: 'aws_iam_user_policy' },
    values: { name: 'own', user, policy: document },
  });
  const user = resource('aws_iam_user', 'app', { path: '/' });
  expect(differences(declared(user, policy('app'), policy('other')), identities())).toEqual([
    'aws_iam_user.app user missing',
    'aws_iam_user_policy.other inline_policy["own"] missing',
  ]);
});

test('a renamed user keeps what the state has of it', () => {
  const user = resource('aws_iam_user', 'app', { path: '/' });
  const attachment: StateResource = {
    ...{ address: 'aws_iam_user_policy_attachment.app', type: 'aws_iam_user_policy_attachment' },
    values: { user: 'app', policy_arn: POLICY },
  };
  const renamed = owner('user', 'app2', { uniqueId: 'IDapp', attached: new Set([POLICY]) });
  expect(differences(declared(user, attachment), identities(renamed))).toEqual(['aws_iam_user.app name changed']);
});

test('ignore_changes of the code, and replaced resources, are left out', () => {
  const [state] = declared(role({ description: 'declared' }));
  const ignoring = { ...state, ignoresChange: (attribute: string) => attribute === 'description' } as DeclaredResource;
  expect(differences([ignoring], identities(owner('role', 'ci')))).toEqual([]);
  expect(differences(declared({ ...role({ name: 'old', unique_id: 'old' }), deposed_key: '1' }), identities())).toEqual(
    [],
  );
});
