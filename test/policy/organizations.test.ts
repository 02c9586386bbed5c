/** Conditions on organizations whose outcome is the same for every request. */
import { type OrganizationFacts, organizationFindings } from '@keystead/policy/organizations.ts';
import type { Organization } from '@keystead/provider-schema/organization.ts';
import {
  ACCOUNT,
  alice,
  aPolicy,
  aStatement,
  database,
  OTHER_ACCOUNT,
  otherRoot,
  root,
  type Statement,
  stranger,
} from '../support/policies.ts';

const organization: Organization = { id: 'o-a1b2c3d4e5', paths: ['o-a1b2c3d4e5/r-ab12/'] };
const withoutPaths: Organization = { ...organization, paths: [] };

const told = (accounts: Readonly<Record<string, Organization>>, more: Partial<OrganizationFacts> = {}) => ({
  organizations: new Map(Object.entries(accounts)),
  resourceAccountId: ACCOUNT,
  ...more,
});
const nobody = told({});

const textsOf = (statement: Statement, facts: OrganizationFacts = nobody) =>
  organizationFindings(aPolicy(aStatement({ Sid: 'org', Principal: '*', ...statement })), facts).map(
    ({ text }) => text,
  );

const inOrganization = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } };
const notInOrganization = {
  Effect: 'Deny',
  Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
};
const below = { Condition: { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/*' } } };

test('an Allow for an organization never applies while no account has one', () => {
  expect(organizationFindings(aPolicy(aStatement({ Sid: 'org', Principal: '*', ...inOrganization })), nobody)).toEqual([
    {
      statement: 'org',
      conditionKey: 'aws:principalorgid',
      text:
        'Allow "org" never applies, because StringEquals aws:PrincipalOrgID never holds: no account of this ' +
        'installation has an organization.',
    },
  ]);
  expect(textsOf(below)).toEqual([
    'Allow "org" never applies, because ForAnyValue:StringLike aws:PrincipalOrgPaths never holds: no account of this ' +
      'installation has paths in an organization.',
  ]);
});

test('a Deny for everybody outside an organization is for everybody while no account has one', () => {
  expect(textsOf(notInOrganization)).toEqual([
    'Deny "org" is not limited by StringNotEquals aws:PrincipalOrgID, which always holds: no account of this ' +
      'installation has an organization.',
  ]);
});

test.each<[string, Statement, 'never' | 'always']>([
  ['IfExists', { Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } }, 'always'],
  ['Null true', { Condition: { Null: { 'aws:PrincipalOrgID': 'true' } } }, 'always'],
  ['Null false', { Condition: { Null: { 'aws:principalorgid': 'false' } } }, 'never'],
  ['ForAllValues', { Condition: { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-*' } } }, 'always'],
])('%s is judged as the decision judges an absent key', (_operator, statement, outcome) => {
  expect(textsOf(statement)).toEqual([expect.stringContaining(`${outcome} holds`)]);
});

test('nothing is found once an account that the statement names has what the condition needs', () => {
  const all = [inOrganization, notInOrganization, below];
  expect(all.flatMap((statement) => textsOf(statement, told({ [OTHER_ACCOUNT]: organization })))).toEqual([]);
  expect(textsOf({ ...inOrganization, Principal: { AWS: otherRoot.arn } }, told({ [ACCOUNT]: organization }))).toEqual([
    expect.stringMatching(new RegExp(`: account ${OTHER_ACCOUNT} does not have an organization\\.$`)),
  ]);
  const both = { ...inOrganization, Principal: { AWS: [otherRoot.arn, '777788889999'] } };
  expect(textsOf(both)).toEqual([expect.stringMatching(/: none of the accounts that it names has an organization\.$/)]);
  expect(textsOf(both, told({ [OTHER_ACCOUNT]: organization }))).toEqual([]);
  expect(textsOf(below, told({ [ACCOUNT]: withoutPaths }))).toEqual([expect.stringContaining('has paths in an')]);
});

test('NotPrincipal and unique ids can mean principals of any account', () => {
  const others = { ...inOrganization, Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: root.arn } };
  const byId = { ...inOrganization, Principal: { AWS: 'AIDAEXAMPLEEXAMPLE123' } };
  for (const statement of [others, byId]) {
    expect(textsOf(statement, told({ [OTHER_ACCOUNT]: organization }))).toEqual([]);
    expect(textsOf(statement)).toEqual([expect.stringContaining('no account of this installation')]);
  }
});

test('services are in no organization', () => {
  const service = { ...inOrganization, Principal: { Service: database.arn } };
  const facts = told({ [ACCOUNT]: organization });
  expect(textsOf(service, facts)).toEqual([expect.stringContaining('services and identity providers')]);
  expect(textsOf(inOrganization, { ...facts, principal: database })).toEqual([
    expect.stringContaining('services and identity providers'),
  ]);
});

test('for one caller only its own account counts', () => {
  const facts = told({ [OTHER_ACCOUNT]: organization });
  expect(textsOf(inOrganization, { ...facts, principal: stranger })).toEqual([]);
  expect(textsOf(inOrganization, { ...facts, principal: alice })).toEqual([
    expect.stringContaining(`account ${ACCOUNT} does not have an organization`),
  ]);
});

test('the resource is the key’s account, and only if the question is about a key', () => {
  const ofResource = { Condition: { StringEquals: { 'aws:ResourceOrgID': 'o-a1b2c3d4e5' } } };
  expect(textsOf(ofResource, told({ [OTHER_ACCOUNT]: organization }))).toEqual([
    expect.stringContaining(`account ${ACCOUNT} does not have an organization`),
  ]);
  expect(textsOf(ofResource, told({ [ACCOUNT]: organization }))).toEqual([]);
  expect(textsOf(ofResource, { organizations: new Map() })).toEqual([]);
});

test('no request has the organization of a source, and other conditions are not judged', () => {
  const ofSource = { Condition: { StringEquals: { 'aws:SourceOrgID': 'o-a1b2c3d4e5' } } };
  expect(textsOf(ofSource, told({ [ACCOUNT]: organization }))).toEqual([
    expect.stringContaining('requests to Keystead never have it'),
  ]);
  expect(textsOf({ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } })).toEqual([]);
});
