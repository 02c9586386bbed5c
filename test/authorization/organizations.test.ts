// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
/**
 * Conditions on organizations in requests: whose keys they are, in every policy and at every API, and what is said where
 * they cannot hold. Callers are looked up by their credentials, as the doors do it.
 */
import type { Organization } from '@keystead/provider-schema/organization.ts';
import { aKey } from '../support/a-key.ts';
import { serviceOf } from '../support/callers.ts';
import { outcome, to, toAccount } from '../support/permission-cases.ts';
import { policyText, type Statement } from '../support/policies.ts';
import {
  allow,
  aRole,
  arnOfRole,
  aUser,
  entered,
  policy,
  signedBy,
  type TestUser,
  trusting,
} from '../support/sessions.ts';
import { accountId, addRoot, openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

const OTHER = '444455556666';
const THIRD = '777788889999';
/** Made by a test. */
const NEW = '888899990000';
const UNIT = 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/';
const organization: Organization = { id: 'o-a1b2c3d4e5', paths: [UNIT] };
const Plaintext = Buffer.from('secret');

const inOrganization = { StringEquals: { 'aws:PrincipalOrgID': organization.id } };
const outsideOrganization = { StringNotEquals: { 'aws:PrincipalOrgID': organization.id } };
const below = { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${UNIT}*` } };

let controlPlane: TestControlPlane;
let partner: TestUser;
let third: TestUser;
let own: TestUser;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  await controlPlane.store.write({
    mutations: [{ op: 'insert', table: 'meta', row: { name: 'first-account', value: accountId } }],
    changes: [],
    audit: [],
  });
  for (const account of [OTHER, THIRD]) await addRoot(controlPlane.store, account, controlPlane.clock.now());
  const policies = { all: policy(allow('*')) };
  own = await aUser(controlPlane, 'own', { policies });
  partner = await aUser(controlPlane, 'partner', { account: OTHER, policies });
  third = await aUser(controlPlane, 'third', { account: THIRD, policies });
});
afterEach(async () => {
  for (const account of [accountId, OTHER, THIRD, NEW]) await outcome(leave(account));
});
afterAll(() => controlPlane?.close());

const join = (AccountId: string, { id, paths }: Organization = organization) =>
  controlPlane.perform('PutAccountOrganization', { AccountId, OrganizationId: id, OrganizationPaths: [...paths] });
const leave = (AccountId: string) => controlPlane.perform('DeleteAccountOrganization', { AccountId });

/** The user's next request. */
const now = ({ accessKeyId }: TestUser) => signedBy(controlPlane, { accessKeyId });
const keyWith = (...statements: readonly Statement[]) =>
  aKey(controlPlane, { Policy: policyText(toAccount, ...statements) });
const encrypts = async (user: TestUser, KeyId: string) =>
  outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as: await now(user) }));

describe('a key policy', () => {
  test('allows a principal of another account of the organization, from when the account is in it until it is not', async () => {
    const { Arn } = await keyWith({ ...to('*', 'kms:Encrypt'), Condition: inOrganization });
    expect(await encrypts(partner, Arn)).toBe('AccessDeniedException');
    await join(OTHER);
    expect([await encrypts(partner, Arn), await encrypts(third, Arn)]).toEqual(['allowed', 'AccessDeniedException']);
    await join(OTHER, { id: 'o-zzzzzzzzzz', paths: [] });
    expect(await encrypts(partner, Arn)).toBe('AccessDeniedException');
    await join(OTHER);
    await leave(OTHER);
    expect(await encrypts(partner, Arn)).toBe('AccessDeniedException');
  });

  test('allows by any of the paths of the caller’s account', async () => {
    const { Arn } = await keyWith({ ...to('*', 'kms:Encrypt'), Condition: below });
    await join(OTHER, { id: organization.id, paths: ['o-a1b2c3d4e5/r-ab12/', `${UNIT}ou-ab12-22222222/`] });
    await join(THIRD, { id: organization.id, paths: ['o-a1b2c3d4e5/r-ab12/ou-ab12-33333333/'] });
    expect([await encrypts(partner, Arn), await encrypts(third, Arn)]).toEqual(['allowed', 'AccessDeniedException']);
    await join(OTHER, { id: organization.id, paths: [] });
    expect(await encrypts(partner, Arn)).toBe('AccessDeniedException');
  });

  test('that denies everybody outside the organization also denies a principal without one, as AWS does', async () => {
    const { Arn } = await keyWith(to('*', 'kms:Encrypt'), {
      ...to('*', 'kms:Encrypt'),
      Sid: 'outside',
      Effect: 'Deny',
      Condition: outsideOrganization,
    });
    expect(await encrypts(own, Arn)).toBe('AccessDeniedException');
    await join(accountId);
    expect([await encrypts(own, Arn), await encrypts(partner, Arn)]).toEqual(['allowed', 'AccessDeniedException']);
  });

  test('holds for a role’s sessions and for the root user, and not for a service', async () => {
    const { Arn } = await keyWith({ ...to('*', 'kms:Encrypt'), Condition: inOrganization });
    const RoleArn = await aRole(controlPlane, 'app', trusting({ AWS: own.row.arn }), {
      policies: { all: policy(allow('*')) },
    });
    const Policy = policy(allow('kms:*', '*', { Condition: inOrganization }));
    const opened = await controlPlane.perform(
      'AssumeRole',
      { RoleArn, RoleSessionName: 'session', Policy },
      { as: await now(own) },
    );
    const session = async () =>
      outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: await entered(controlPlane, opened) }));
    expect(await session()).toBe('AccessDeniedException');
    await join(accountId);
    expect(await session()).toBe('allowed');
    const { AccessKey } = await controlPlane.perform('CreateAccount', { AccountId: NEW });
    await join(NEW);
    const root = await signedBy(controlPlane, { accessKeyId: AccessKey.AccessKeyId });
    expect(root.authority.organization).toEqual(organization);
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: root }))).toBe('allowed');
    const service = serviceOf('s3.amazonaws.com');
    const asService = { ...service, authority: { ...service.authority, organization } };
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: asService }))).toBe(
      'AccessDeniedException',
    );
  });

  test('that only the organization can change passes the lockout check for a caller in it, and for nobody else', async () => {
    const Policy = policyText(toAccount, {
      ...to('*'),
      Sid: 'outside',
      Effect: 'Deny',
      Condition: outsideOrganization,
    });
    const { KeyId } = await keyWith();
    const put = async () => controlPlane.perform('PutKeyPolicy', { KeyId, Policy }, { as: await now(own) });
    await expect(put()).rejects.toThrow('will not allow you to update the key policy');
    await join(accountId);
    await put();
  });
});

describe('policies of principals and roles', () => {
  test('an identity policy and a boundary can ask for the caller’s organization, at the IAM and the KMS API', async () => {
    const bound = await aUser(controlPlane, 'bound', {
      policies: { org: policy(allow(['iam:ListUsers', 'kms:ListKeys'], '*', { Condition: inOrganization })) },
    });
    const asks = async () => {
      const as = await now(bound);
      return [
        await outcome(controlPlane.perform('ListUsers', {}, { as })),
        await outcome(controlPlane.perform('ListKeys', {}, { as })),
      ];
    };
    expect(await asks()).toEqual(['AccessDeniedException', 'AccessDeniedException']);
    await join(accountId);
    expect(await asks()).toEqual(['allowed', 'allowed']);
    const document = policy(allow('*', '*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-zzzzzzzzzz' } } }));
    const { Policy } = await controlPlane.perform('CreatePolicy', { PolicyName: 'bound', PolicyDocument: document });
    await controlPlane.perform('PutUserPermissionsBoundary', {
      UserName: 'bound',
      PermissionsBoundary: Policy?.Arn ?? '',
    });
    expect(await asks()).toEqual(['AccessDeniedException', 'AccessDeniedException']);
  });

  test('a trust policy can ask for the organization of the caller and of the role', async () => {
    const assume = async (user: TestUser, name: string) => {
      const asked = { RoleArn: arnOfRole(name), RoleSessionName: 'session' };
      return outcome(controlPlane.perform('AssumeRole', asked, { as: await now(user) }));
    };
    const ofResource = { StringEquals: { 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' } };
    await aRole(controlPlane, 'trusting', trusting({ AWS: '*' }, { Condition: inOrganization }));
    await aRole(controlPlane, 'together', trusting({ AWS: '*' }, { Condition: ofResource }));
    expect([await assume(partner, 'trusting'), await assume(partner, 'together')]).toEqual([
      'AccessDeniedException',
      'AccessDeniedException',
    ]);
    await join(OTHER);
    expect([await assume(partner, 'trusting'), await assume(partner, 'together')]).toEqual([
      'allowed',
      'AccessDeniedException',
    ]);
    await join(accountId);
    expect(await assume(partner, 'together')).toBe('allowed');
    expect(await assume(third, 'trusting')).toBe('AccessDeniedException');
  });

  test('an identity policy can keep its holder to keys of its own organization', async () => {
    const { Arn } = await keyWith(to({ AWS: [OTHER, accountId] }, 'kms:Encrypt'));
    const Condition = { StringNotEquals: { 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' } };
    const policies = { all: policy(allow('*'), { ...allow('*', '*', { Condition }), Effect: 'Deny' }) };
    const careful = await aUser(controlPlane, 'careful', { account: OTHER, policies });
    await join(OTHER);
    expect(await encrypts(careful, Arn)).toBe('AccessDeniedException');
    await join(accountId, { id: organization.id, paths: [] });
    expect(await encrypts(careful, Arn)).toBe('allowed');
    expect(await encrypts(partner, Arn)).toBe('allowed');
  });
});

describe('where no account has an organization', () => {
  const org = { ...to('*', 'kms:Encrypt'), Sid: 'org', Condition: inOrganization };
  const neverApplies =
    'Allow "org" never applies, because StringEquals aws:PrincipalOrgID never holds: no account of this installation ' +
    'has an organization.';

  test('PutKeyPolicy and CreateKey accept the policy and record a warning', async () => {
    const { KeyId } = await keyWith(org);
    const [created] = await controlPlane.events('CreateKey');
    expect(created?.additionalEventData).toMatchObject({ keysteadWarnings: [neverApplies] });
    await controlPlane.perform('PutKeyPolicy', { KeyId, Policy: policyText(toAccount, org) });
    const [put] = await controlPlane.events('PutKeyPolicy');
    expect(put?.additionalEventData).toMatchObject({ keysteadWarnings: [neverApplies] });
    await join(OTHER);
    await controlPlane.perform('PutKeyPolicy', { KeyId, Policy: policyText(toAccount, org) });
    const [after] = await controlPlane.events('PutKeyPolicy');
    expect(after?.additionalEventData).not.toHaveProperty('keysteadWarnings');
  });

  test('ReplicateKey warns of the replica’s policy', async () => {
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    await controlPlane.perform('ReplicateKey', {
      KeyId,
      ReplicaRegion: 'us-east-1',
      Policy: policyText(toAccount, org),
    });
    const [event] = await controlPlane.events('ReplicateKey');
    expect(event?.additionalEventData).toMatchObject({ keysteadWarnings: [neverApplies] });
  });

  test('ValidateKeyPolicy says so before the policy is put, and refuses what PutKeyPolicy refuses', async () => {
    const ask = (Policy: string) => controlPlane.perform('ValidateKeyPolicy', { Policy });
    expect(await ask(policyText(toAccount, org))).toEqual({
      Findings: [{ Statement: 'org', ConditionKey: 'aws:principalorgid', Message: neverApplies }],
    });
    expect(await ask(policyText(toAccount))).toEqual({ Findings: [] });
    await join(THIRD);
    expect(await ask(policyText(toAccount, org))).toEqual({ Findings: [] });
    expect(await controlPlane.refusal('ValidateKeyPolicy', { Policy: '{"Statement":[{}]}' })).toMatch(
      /^MalformedPolicyDocumentException/,
    );
    const nobody = await controlPlane.user('nobody');
    expect(await controlPlane.refusal('ValidateKeyPolicy', { Policy: '{}' }, { as: nobody })).toContain(
      'keystead:ValidateKeyPolicy',
    );
  });

  test('SimulateAuthorization explains it for the caller of the question, and knows other accounts’ organizations', async () => {
    const { Arn } = await keyWith(org);
    const ask = (PrincipalArn: string, more: object = {}) =>
      controlPlane.perform('SimulateAuthorization', { PrincipalArn, Action: 'kms:Encrypt', KeyId: Arn, ...more });
    const stepOf = ({ Steps }: Awaited<ReturnType<typeof ask>>) =>
      Steps.find(({ Question }) => Question === 'organizations')?.Details;
    const denied = await ask(partner.row.arn);
    expect(denied.Decision).toBe('Deny');
    expect(stepOf(denied)).toEqual([
      'Allow "org" never applies, because StringEquals aws:PrincipalOrgID never holds: account 444455556666 does not ' +
        'have an organization.',
    ]);
    const assumed = await ask(partner.row.arn, { ConditionValues: { 'aws:PrincipalOrgID': [organization.id] } });
    expect([assumed.Decision, stepOf(assumed)]).toEqual(['Allow', undefined]);
    await join(OTHER);
    const allowed = await ask(partner.row.arn);
    expect([allowed.Decision, stepOf(allowed)]).toEqual(['Allow', undefined]);
    expect(allowed.ConditionValues).toMatchObject({
      'aws:principalorgid': [organization.id],
      'aws:principalorgpaths': [UNIT],
    });
    expect((await ask(`arn:aws:iam::${OTHER}:root`)).Decision).toBe('Allow');
    expect((await ask(`arn:aws:iam::${THIRD}:root`)).Decision).toBe('Deny');
  });

  test('the explanation covers the caller’s own policies too', async () => {
    const policies = { mine: policy(allow('kms:*', '*', { Sid: 'mine', Condition: inOrganization })) };
    const careful = await aUser(controlPlane, 'explained', { policies });
    const { Arn } = await keyWith();
    const question = { PrincipalArn: careful.row.arn, Action: 'kms:Encrypt', KeyId: Arn };
    const before = await controlPlane.perform('SimulateAuthorization', question);
    expect(before.Decision).toBe('Deny');
    expect(JSON.stringify(before.Steps)).toContain('account 111122223333 does not have an organization');
    await join(accountId);
    const after = await controlPlane.perform('SimulateAuthorization', question);
    expect([after.Decision, after.ConditionValues['aws:resourceorgid']]).toEqual(['Allow', [organization.id]]);
  });
});
