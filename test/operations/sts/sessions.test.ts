/** Sessions: who can open one, what it is allowed to do, and what ends it. */

import { defined } from '@keystead/provider-schema/defined.ts';
import {
  allow,
  aRole,
  arnOfRole,
  arnOfUser,
  aUser,
  changeIdentities,
  clearIdentities,
  entered,
  policy,
  removeRow,
  signedBy,
  type TestUser,
  trusting,
} from '../../support/sessions.ts';
import {
  accountId,
  addRoot,
  DAY_MS,
  openTestControlPlane,
  rootOf,
  type TestControlPlane,
} from '../../support/test-control-plane.ts';

const OTHER = '444455556666';
const HOUR_MS = 3_600_000;
const ROOT = { AWS: `arn:aws:iam::${accountId}:root` };

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  await addRoot(controlPlane.store, OTHER, controlPlane.clock.now());
});
afterEach(async () => {
  for (const account of [accountId, OTHER]) await clearIdentities(controlPlane, account);
});
afterAll(() => controlPlane?.close());

/** The current time as audit records write it. */
const now = () => new Date(controlPlane.clock.now()).toISOString().replace('.000Z', 'Z');

const mayAssume = {
  policies: { assume: policy(allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'])) },
};
const mayUseKms = { policies: { kms: policy(allow('kms:*')) } };

/** A role that trusts the account, and a user of the account who is allowed to assume it. */
async function aPair(more: Parameters<typeof aRole>[3] = {}): Promise<{ user: TestUser; RoleArn: string }> {
  const user = await aUser(controlPlane, 'alice', mayAssume);
  const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
  return { user, RoleArn: await aRole(controlPlane, 'Deploy', trusting(ROOT, {}, actions), { ...mayUseKms, ...more }) };
}

const session = { RoleSessionName: 'build-7' };

describe('AssumeRole', () => {
  test('answers with credentials of a session of the role', async () => {
    const { user, RoleArn } = await aPair();
    const answer = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    const roleId = (await controlPlane.store.findPrincipal(RoleArn))?.principal_id;
    expect(answer).toEqual({
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${accountId}:assumed-role/Deploy/build-7`,
        AssumedRoleId: `${roleId}:build-7`,
      },
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
        SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
        SessionToken: expect.stringMatching(/^[\w-]{200,}$/),
        Expiration: new Date(controlPlane.clock.now() + HOUR_MS),
      },
    });
    const as = await entered(controlPlane, answer);
    expect(await controlPlane.perform('GetCallerIdentity', {}, { as })).toEqual({
      Account: accountId,
      Arn: answer.AssumedRoleUser.Arn,
      UserId: answer.AssumedRoleUser.AssumedRoleId,
    });
    await controlPlane.perform('CreateKey', {}, { as });
  });

  test('does not need an identity policy for a principal that the trust policy names', async () => {
    const [named, other] = [await aUser(controlPlane, 'named'), await aUser(controlPlane, 'other', mayAssume)];
    const RoleArn = await aRole(controlPlane, 'Narrow', trusting({ AWS: arnOfUser('named') }));
    await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: named.caller });
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn }, { as: other.caller })).toBe(
      `AccessDeniedException: User: ${arnOfUser('other')} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
  });

  test('needs an identity policy where the trust policy names the account', async () => {
    const RoleArn = await aRole(controlPlane, 'Shared', trusting(ROOT));
    const without = await aUser(controlPlane, 'without');
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn }, { as: without.caller })).toMatch(
      /^AccessDenied/,
    );
    const on = (resource: string) => ({ policies: { assume: policy(allow('sts:AssumeRole', resource)) } });
    const elsewhere = await aUser(controlPlane, 'elsewhere', on(arnOfRole('Other')));
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn }, { as: elsewhere.caller })).toMatch(
      /^AccessDenied/,
    );
    const here = await aUser(controlPlane, 'here', on(RoleArn));
    await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: here.caller });
  });

  test('is refused by an explicit deny on either side', async () => {
    const deny = { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' };
    const denied = await aUser(controlPlane, 'denied', { policies: { deny: policy(allow('sts:*'), deny) } });
    const RoleArn = await aRole(controlPlane, 'Open', trusting({ AWS: arnOfUser('denied') }));
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn }, { as: denied.caller })).toMatch(
      /^AccessDenied/,
    );
    const { user } = await aPair();
    const closed = policy(
      { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
      { Effect: 'Deny', Principal: { AWS: arnOfUser('alice') }, Action: 'sts:*' },
    );
    const Closed = await aRole(controlPlane, 'Closed', closed);
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn: Closed }, { as: user.caller })).toMatch(
      /^AccessDenied/,
    );
  });

  test('gives the same error for a role that does not exist', async () => {
    const { user } = await aPair();
    const RoleArn = arnOfRole('Nobody');
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn }, { as: user.caller })).toBe(
      `AccessDeniedException: User: ${arnOfUser('alice')} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
    expect(
      await controlPlane.refusal('AssumeRole', { ...session, RoleArn: arnOfUser('alice') }, { as: user.caller }),
    ).toMatch(/^ValidationException: .* is invalid$/);
  });

  test('is refused for root', async () => {
    const { RoleArn } = await aPair();
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn })).toBe(
      'AccessDeniedException: Roles may not be assumed by root accounts.',
    );
  });

  test('across accounts needs permission on both sides', async () => {
    const closed = await aRole(controlPlane, 'Closed', trusting(ROOT), { account: OTHER });
    const open = await aRole(
      controlPlane,
      'Open',
      trusting({ AWS: [`arn:aws:iam::${accountId}:root`, arnOfUser('named')] }),
      {
        account: OTHER,
      },
    );
    const [named, allowed] = [await aUser(controlPlane, 'named'), await aUser(controlPlane, 'allowed', mayAssume)];
    const own = await aRole(controlPlane, 'Own', trusting({ AWS: `arn:aws:iam::${OTHER}:root` }), { account: OTHER });
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn: open }, { as: named.caller })).toMatch(
      /^AccessDenied/,
    );
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn: own }, { as: allowed.caller })).toMatch(
      /^AccessDenied/,
    );
    for (const RoleArn of [open, closed]) {
      const as = await entered(
        controlPlane,
        await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: allowed.caller }),
      );
      expect(as.accountId).toBe(OTHER);
    }
  });

  test('requires the external id in the trust policy', async () => {
    const RoleArn = await aRole(
      controlPlane,
      'Vendor',
      trusting({ AWS: arnOfUser('vendor') }, { Condition: { StringEquals: { 'sts:ExternalId': 'contract-12' } } }),
    );
    const { caller: as } = await aUser(controlPlane, 'vendor');
    await controlPlane.perform('AssumeRole', { ...session, RoleArn, ExternalId: 'contract-12' }, { as });
    for (const ExternalId of [undefined, 'contract-13']) {
      const input = { ...session, RoleArn, ...defined({ ExternalId }) };
      expect(await controlPlane.refusal('AssumeRole', input, { as })).toMatch(/^AccessDenied/);
    }
  });

  test('evaluates trust policies with session name, source and role tags', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable looks like a placeholder of a template
    const named = { StringLike: { 'sts:RoleSessionName': '${aws:username}' } };
    const trust = policy({
      Effect: 'Allow',
      Principal: { AWS: arnOfUser('alice') },
      Action: 'sts:AssumeRole',
      Condition: named,
    });
    const RoleArn = await aRole(controlPlane, 'ByName', trust);
    const { caller: as } = await aUser(controlPlane, 'alice');
    await controlPlane.perform('AssumeRole', { RoleArn, RoleSessionName: 'alice' }, { as });
    expect(await controlPlane.refusal('AssumeRole', { RoleArn, RoleSessionName: 'bob' }, { as })).toMatch(
      /^AccessDenied/,
    );
    const tagged = allow('sts:AssumeRole', '*', { Condition: { StringEquals: { 'aws:ResourceTag/Team': 'red' } } });
    const red = await aUser(controlPlane, 'red', { policies: { tagged: policy(tagged) } });
    const ours = await aRole(controlPlane, 'Red', trusting(ROOT), { tags: { Team: 'red' } });
    await controlPlane.perform('AssumeRole', { ...session, RoleArn: ours }, { as: red.caller });
    for (const [name, tags] of Object.entries({ Blue: { Team: 'blue' }, Lower: { team: 'red' } })) {
      const theirs = await aRole(controlPlane, name, trusting(ROOT), { tags });
      expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn: theirs }, { as: red.caller })).toMatch(
        /^AccessDenied/,
      );
    }
  });

  test('refuses MFA and provided contexts', async () => {
    const { user, RoleArn } = await aPair();
    const input = { ...session, RoleArn, SerialNumber: `arn:aws:iam::${accountId}:mfa/alice`, TokenCode: '123456' };
    expect(await controlPlane.refusal('AssumeRole', input, { as: user.caller })).toMatch(
      /^AccessDeniedException: MultiFactorAuthentication failed/,
    );
    const contexts = { ...session, RoleArn, ProvidedContexts: [{ ContextAssertion: 'assertion' }] };
    expect(await controlPlane.refusal('AssumeRole', contexts, { as: user.caller })).toMatch(/^ValidationException/);
  });

  test('has an audit record with the access key id and the role, never the secret or the session token', async () => {
    const { user, RoleArn } = await aPair();
    const { Credentials } = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    const [record] = await controlPlane.events('AssumeRole');
    expect(record).toMatchObject({
      eventSource: 'sts.amazonaws.com',
      readOnly: true,
      userIdentity: { type: 'IAMUser', userName: 'alice' },
      requestParameters: { roleArn: RoleArn, roleSessionName: 'build-7' },
      responseElements: { credentials: { accessKeyId: Credentials.AccessKeyId } },
      resources: [{ accountId, type: 'AWS::IAM::Role', ARN: RoleArn }],
    });
    expect(JSON.stringify(record)).not.toContain(Credentials.SessionToken);
    expect(JSON.stringify(record)).not.toContain(Credentials.SecretAccessKey);
    const as = await entered(controlPlane, { Credentials });
    await controlPlane.perform('ListKeys', {}, { as });
    const roleId = (await controlPlane.store.findPrincipal(RoleArn))?.principal_id;
    expect((await controlPlane.events('ListKeys'))[0]?.userIdentity).toEqual({
      type: 'AssumedRole',
      principalId: `${roleId}:build-7`,
      arn: `arn:aws:sts::${accountId}:assumed-role/Deploy/build-7`,
      accountId,
      accessKeyId: Credentials.AccessKeyId,
      sessionContext: {
        sessionIssuer: { type: 'Role', principalId: roleId, arn: RoleArn, accountId, userName: 'Deploy' },
        attributes: { creationDate: now(), mfaAuthenticated: 'false' },
      },
    });
  });
});

describe('the duration of a session', () => {
  test('is an hour by default, and at most the maximum of the role', async () => {
    const { user, RoleArn } = await aPair({ maxSeconds: 7200 });
    const assume = (DurationSeconds: number) => ({ ...session, RoleArn, DurationSeconds });
    const { Credentials } = await controlPlane.perform('AssumeRole', assume(7200), { as: user.caller });
    expect(Credentials.Expiration).toEqual(new Date(controlPlane.clock.now() + 2 * HOUR_MS));
    expect(await controlPlane.refusal('AssumeRole', assume(7201), { as: user.caller })).toBe(
      'ValidationException: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
    expect(await controlPlane.refusal('AssumeRole', assume(899), { as: user.caller })).toMatch(
      /greater than or equal to 900/,
    );
    expect(await controlPlane.refusal('AssumeRole', assume(43_201), { as: user.caller })).toMatch(
      /less than or equal to 43200/,
    );
  });

  test('ends with ExpiredTokenException, to the millisecond', async () => {
    const { user, RoleArn } = await aPair();
    const answer = await controlPlane.perform(
      'AssumeRole',
      { ...session, RoleArn, DurationSeconds: 900 },
      { as: user.caller },
    );
    controlPlane.clock.advance(900_000 - 1);
    await entered(controlPlane, answer);
    controlPlane.clock.advance(1);
    await expect(entered(controlPlane, answer)).rejects.toMatchObject({ code: 'ExpiredTokenException' });
  });

  test('is an hour at most when a session of another role opens it', async () => {
    const trust = trusting({ AWS: '*' });
    const first = await aRole(controlPlane, 'First', trust, { ...mayAssume, maxSeconds: 43_200 });
    const second = await aRole(controlPlane, 'Second', trusting({ AWS: first }), { maxSeconds: 43_200 });
    const { caller } = await aUser(controlPlane, 'alice');
    const as = await entered(
      controlPlane,
      await controlPlane.perform('AssumeRole', { ...session, RoleArn: first, DurationSeconds: 43_200 }, { as: caller }),
    );
    const assume = (DurationSeconds: number) => ({ ...session, RoleArn: second, DurationSeconds });
    await controlPlane.perform('AssumeRole', assume(3600), { as });
    expect(await controlPlane.refusal('AssumeRole', assume(3601), { as })).toMatch(
      /1 hour session limit .* role chaining$/,
    );
  });
});

describe('session policies', () => {
  const Policy = policy(allow('kms:ListKeys'));

  test('limit what the role is allowed to do, and allow nothing more', async () => {
    const { user, RoleArn } = await aPair({ policies: { own: policy(allow(['kms:ListKeys', 'kms:CreateKey'])) } });
    const answer = await controlPlane.perform(
      'AssumeRole',
      { ...session, RoleArn, Policy: policy(allow(['kms:ListKeys', 'kms:ListAliases'])) },
      { as: user.caller },
    );
    const as = await entered(controlPlane, answer);
    await controlPlane.perform('ListKeys', {}, { as });
    expect(await controlPlane.refusal('CreateKey', {}, { as })).toMatch(/no session policy allows/);
    expect(await controlPlane.refusal('ListAliases', {}, { as })).toMatch(/^AccessDenied/);
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
  });

  test.each(['Principal', 'NotPrincipal'])('belong to their session, and cannot have %s', async (element) => {
    const { user, RoleArn } = await aPair();
    const named = policy({ ...allow('kms:ListKeys'), [element]: ROOT });
    expect(
      await controlPlane.refusal('AssumeRole', { ...session, RoleArn, Policy: named }, { as: user.caller }),
    ).toMatch(/^MalformedPolicyDocument.*: Policy document should not specify a principal\.$/);
  });

  test('can be managed policies, whose changes have an effect at once', async () => {
    const { user, RoleArn } = await aPair();
    const missing = { ...session, RoleArn, PolicyArns: [{ arn: `arn:aws:iam::${accountId}:policy/none` }] };
    expect(await controlPlane.refusal('AssumeRole', missing, { as: user.caller })).toMatch(/^MalformedPolicyDocument/);
    const managed = `arn:aws:iam::${accountId}:policy/Lists`;
    const row = {
      policy_id: 'ANPAAAAAAAAAAAAAAAAAA',
      account_id: accountId,
      name: 'Lists',
      name_key: 'lists',
      arn: managed,
      path: '/',
      description: '',
      tags: '{}',
      default_version_number: 1,
      latest_version_number: 1,
      created_at_ms: 0,
      updated_at_ms: 0,
    };
    const version = (document: string) => ({
      policy_id: row.policy_id,
      version_number: 1,
      account_id: accountId,
      document,
      created_at_ms: 0,
    });
    await changeIdentities(controlPlane, [
      { op: 'insert', table: 'managed_policies', row },
      { op: 'insert', table: 'policy_versions', row: version(Policy) },
    ]);
    const answer = await controlPlane.perform(
      'AssumeRole',
      { ...session, RoleArn, PolicyArns: [{ arn: managed }] },
      { as: user.caller },
    );
    const as = await entered(controlPlane, answer);
    await controlPlane.perform('ListKeys', {}, { as });
    expect(await controlPlane.refusal('ListAliases', {}, { as })).toMatch(/no session policy allows/);
    const [stored] = await controlPlane.store.listPolicyVersions(row.policy_id);
    await changeIdentities(controlPlane, [
      {
        op: 'update',
        table: 'policy_versions',
        key: { policy_id: row.policy_id, version_number: 1 },
        revision: stored?.revision ?? 0,
        set: { document: policy(allow('kms:ListAliases')) },
      },
    ]);
    const later = await entered(controlPlane, answer);
    expect(await controlPlane.refusal('ListKeys', {}, { as: later })).toMatch(/no session policy allows/);
    await controlPlane.perform('ListAliases', {}, { as: later });
  });

  test.each([
    ['not JSON', 'x', /^MalformedPolicyDocumentException/],
    ['a policy with a principal', trusting('*'), /^MalformedPolicyDocumentException/],
    [
      'long, however well they pack',
      policy(allow('kms:*', Array(2000).fill('arn:aws:kms:*'))),
      /^PackedPolicyTooLargeException: The session policy is longer than 10240 characters\.$/,
    ],
    [
      'more than there is room for',
      policy(allow(Array.from({ length: 600 }, (_, i) => `kms:A${(i * 2_654_435_761).toString(36)}`))),
      /^PackedPolicyTooLargeException: Packed policy consumes \d{3,}% of allotted space, please use smaller policy\.$/,
    ],
  ])('are refused when they are %s', async (_title, Policy, text) => {
    const { user, RoleArn } = await aPair();
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn, Policy }, { as: user.caller })).toMatch(
      text,
    );
  });

  test('are not passed to a session that the session opens, unless they are requested again', async () => {
    const { user, RoleArn } = await aPair({ policies: { all: policy(allow(['sts:*', 'kms:*'])) } });
    const as = await entered(
      controlPlane,
      await controlPlane.perform(
        'AssumeRole',
        { ...session, RoleArn, Policy: policy(allow('sts:*')) },
        { as: user.caller },
      ),
    );
    const next = await aRole(controlPlane, 'Next', trusting(ROOT), mayUseKms);
    const chained = await entered(
      controlPlane,
      await controlPlane.perform('AssumeRole', { ...session, RoleArn: next }, { as }),
    );
    await controlPlane.perform('ListKeys', {}, { as: chained });
  });
});

describe('session tags', () => {
  const Tags = [
    { Key: 'Team', Value: 'red' },
    { Key: 'stage', Value: 'prod' },
  ];

  test('are the aws:PrincipalTag of the session, and replace those of the role', async () => {
    const byTeam = (team: string) =>
      policy(allow('kms:ListKeys', '*', { Condition: { StringEquals: { 'aws:PrincipalTag/team': team } } }));
    const { user, RoleArn } = await aPair({ tags: { team: 'blue' }, policies: { tagged: byTeam('red') } });
    const plain = await entered(
      controlPlane,
      await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller }),
    );
    expect(await controlPlane.refusal('ListKeys', {}, { as: plain })).toMatch(/^AccessDenied/);
    const tagged = await entered(
      controlPlane,
      await controlPlane.perform('AssumeRole', { ...session, RoleArn, Tags }, { as: user.caller }),
    );
    await controlPlane.perform('ListKeys', {}, { as: tagged });
  });

  test('need sts:TagSession on both sides, and policies see them as request tags', async () => {
    const { caller: as } = await aUser(controlPlane, 'bob', { policies: { assume: policy(allow('sts:AssumeRole')) } });
    const RoleArn = await aRole(controlPlane, 'Tagged', trusting(ROOT, {}, ['sts:AssumeRole', 'sts:TagSession']));
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn, Tags }, { as })).toMatch(
      /perform: sts:TagSession on/,
    );
    const untagged = await aRole(controlPlane, 'Untagged', trusting({ AWS: arnOfUser('carol') }));
    const { caller: carol } = await aUser(controlPlane, 'carol', mayAssume);
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn: untagged, Tags }, { as: carol })).toMatch(
      /sts:TagSession/,
    );
    const asked = {
      StringEquals: { 'aws:RequestTag/Team': ['red'] },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team', 'team', 'stage'] },
    };
    const picky = await aRole(controlPlane, 'Picky', trusting(ROOT, { Condition: asked }, 'sts:*'));
    await controlPlane.perform('AssumeRole', { ...session, RoleArn: picky, Tags }, { as: carol });
    for (const other of [
      { Key: 'Team', Value: 'blue' },
      { Key: 'team', Value: 'red' },
    ]) {
      expect(
        await controlPlane.refusal('AssumeRole', { ...session, RoleArn: picky, Tags: [other] }, { as: carol }),
      ).toMatch(/^AccessDenied/);
    }
  });

  test('that are transitive are passed to further sessions and cannot be changed there', async () => {
    const byTeam = policy(
      allow('kms:ListKeys', '*', { Condition: { StringEquals: { 'aws:PrincipalTag/Team': 'red' } } }),
      allow(['sts:AssumeRole', 'sts:TagSession']),
    );
    const trust = trusting(ROOT, {}, ['sts:AssumeRole', 'sts:TagSession']);
    const names = ['One', 'Two', 'Three'];
    const arns: string[] = [];
    for (const name of names) arns.push(await aRole(controlPlane, name, trust, { policies: { byTeam } }));
    const [one, two, three] = arns;
    const { caller } = await aUser(controlPlane, 'alice', mayAssume);
    const input = { ...session, RoleArn: one ?? '', Tags, TransitiveTagKeys: ['team'] };
    const first = await entered(controlPlane, await controlPlane.perform('AssumeRole', input, { as: caller }));
    const second = await entered(
      controlPlane,
      await controlPlane.perform('AssumeRole', { ...session, RoleArn: two ?? '' }, { as: first }),
    );
    const third = await entered(
      controlPlane,
      await controlPlane.perform('AssumeRole', { ...session, RoleArn: three ?? '' }, { as: second }),
    );
    await controlPlane.perform('ListKeys', {}, { as: third });
    expect(third.authority.principalTags).toEqual({ Team: 'red' });
    const other = { ...session, RoleArn: two ?? '', Tags: [{ Key: 'TEAM', Value: 'blue' }] };
    expect(await controlPlane.refusal('AssumeRole', other, { as: first })).toMatch(
      /conflicts with a transitive tag key/,
    );
    const closed = await aRole(controlPlane, 'Closed', trusting(ROOT), { policies: { byTeam } });
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn: closed }, { as: first })).toMatch(
      /sts:TagSession/,
    );
  });

  test.each([
    ['name one key twice, in any case', { Tags: [...Tags, { Key: 'TEAM', Value: 'x' }] }, /case insensitive/],
    ['are reserved', { Tags: [{ Key: 'aws:x', Value: 'y' }] }, /aws: are reserved/],
    ['make a missing key transitive', { Tags, TransitiveTagKeys: ['cost'] }, /must be included/],
  ])('are refused when they %s', async (_title, input, text) => {
    const { user, RoleArn } = await aPair();
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn, ...input }, { as: user.caller })).toMatch(
      text,
    );
  });
});

describe('a source identity', () => {
  test('is passed to every further session, and cannot be changed', async () => {
    const trust = trusting(ROOT, {}, ['sts:AssumeRole', 'sts:SetSourceIdentity']);
    const bySource = policy(
      allow('kms:ListKeys', '*', { Condition: { StringEquals: { 'aws:SourceIdentity': 'alice@example.com' } } }),
      allow(['sts:AssumeRole', 'sts:SetSourceIdentity']),
    );
    const { caller } = await aUser(controlPlane, 'alice', mayAssume);
    const one = await aRole(controlPlane, 'One', trust, { policies: { bySource } });
    const two = await aRole(controlPlane, 'Two', trust, { policies: { bySource } });
    const closed = await aRole(controlPlane, 'Closed', trusting(ROOT), { policies: { bySource } });
    const SourceIdentity = 'alice@example.com';
    const answer = await controlPlane.perform(
      'AssumeRole',
      { ...session, RoleArn: one, SourceIdentity },
      { as: caller },
    );
    expect(answer.SourceIdentity).toBe(SourceIdentity);
    const first = await entered(controlPlane, answer);
    const chained = await controlPlane.perform('AssumeRole', { ...session, RoleArn: two }, { as: first });
    expect(chained.SourceIdentity).toBe(SourceIdentity);
    const second = await entered(controlPlane, chained);
    await controlPlane.perform('ListKeys', {}, { as: second });
    expect((await controlPlane.events('ListKeys'))[0]?.userIdentity).toMatchObject({
      sessionContext: { sourceIdentity: SourceIdentity },
    });
    const changed = { ...session, RoleArn: two, SourceIdentity: 'mallory' };
    expect(await controlPlane.refusal('AssumeRole', changed, { as: first })).toMatch(/^AccessDenied/);
    expect(await controlPlane.refusal('AssumeRole', { ...session, RoleArn: closed }, { as: first })).toMatch(
      /sts:SetSourceIdentity/,
    );
  });
});

describe('GetSessionToken', () => {
  test('opens a session of the user itself, for twelve hours', async () => {
    const { caller } = await aUser(controlPlane, 'alice', mayUseKms);
    const answer = await controlPlane.perform('GetSessionToken', {}, { as: caller });
    expect(answer.Credentials.Expiration).toEqual(new Date(controlPlane.clock.now() + 12 * HOUR_MS));
    const as = await entered(controlPlane, answer);
    expect(as.principal).toEqual(caller.principal);
    await controlPlane.perform('CreateKey', {}, { as });
    expect((await controlPlane.events('CreateKey'))[0]?.userIdentity).toMatchObject({
      type: 'IAMUser',
      userName: 'alice',
      sessionContext: { attributes: { creationDate: now(), mfaAuthenticated: 'false' } },
    });
  });

  test('gives root an hour, even if it requests more', async () => {
    const { wrapped } = await controlPlane.engines.credentials.generateSecret({
      accountId,
      accessKeyId: 'AKIAROOT000000000000',
    });
    const row = {
      access_key_id: 'AKIAROOT000000000000',
      account_id: accountId,
      principal_id: accountId,
      wrapped_secret: wrapped,
      status: 'Active',
      created_at_ms: 0,
    } as const;
    await changeIdentities(controlPlane, [{ op: 'insert', table: 'access_keys', row }]);
    const answer = await controlPlane.perform(
      'GetSessionToken',
      { DurationSeconds: 129_600 },
      { as: rootOf(accountId) },
    );
    expect(answer.Credentials.Expiration).toEqual(new Date(controlPlane.clock.now() + HOUR_MS));
    const as = await entered(controlPlane, answer);
    await controlPlane.perform('CreateKey', {}, { as });
  });

  test('opens a session that cannot call IAM, and of STS only two operations', async () => {
    const { caller } = await aUser(controlPlane, 'alice', { policies: { all: policy(allow('*')) } });
    const as = await entered(controlPlane, await controlPlane.perform('GetSessionToken', {}, { as: caller }));
    expect(await controlPlane.refusal('ListUsers', {}, { as })).toMatch(/^UnrecognizedClientException/);
    expect(await controlPlane.refusal('GetSessionToken', {}, { as })).toBe(
      'AccessDeniedException: Cannot call GetSessionToken with session credentials',
    );
    expect(await controlPlane.refusal('GetAccessKeyInfo', { AccessKeyId: as.accessKeyId }, { as })).toMatch(
      /^AccessDenied/,
    );
    await controlPlane.perform('GetCallerIdentity', {}, { as });
    const RoleArn = await aRole(controlPlane, 'Deploy', trusting(ROOT), { maxSeconds: 7200 });
    // The session is still the user's, so this is not role chaining.
    await controlPlane.perform('AssumeRole', { ...session, RoleArn, DurationSeconds: 7200 }, { as });
  });

  test('opens a session that cannot create service principals, their access keys or accounts', async () => {
    const { caller } = await aUser(controlPlane, 'alice', { policies: { all: policy(allow('*')) } });
    const own = await entered(controlPlane, await controlPlane.perform('GetSessionToken', {}, { as: caller }));
    const { session: facts } = own.authority;
    const ofRoot = {
      ...rootOf(accountId),
      authority: { ...rootOf(accountId).authority, ...defined({ session: facts }) },
    };
    const ServiceName = 'sqs.amazonaws.com';
    await controlPlane.perform('CreateServicePrincipal', { ServiceName }, { as: caller });
    const provider = { OpenIDConnectProviderArn: `arn:aws:iam::${accountId}:oidc-provider/ci.example.com` };
    for (const as of [own, ofRoot]) {
      const refusals = [
        await controlPlane.refusal('CreateServicePrincipal', { ServiceName: 's3.amazonaws.com' }, { as }),
        await controlPlane.refusal('CreateServiceAccessKey', { ServiceName }, { as }),
        await controlPlane.refusal('DeleteServicePrincipal', { ServiceName }, { as }),
        await controlPlane.refusal('CreateAccount', { AccountId: '777788889999' }, { as }),
        await controlPlane.refusal('PutOpenIDConnectProviderKeys', provider, { as }),
      ];
      for (const refusal of refusals) {
        expect(refusal).toMatch(/^AccessDeniedException: Cannot call \w+ with session credentials$/);
      }
      // What only reads identities stays open.
      await controlPlane.perform('ListServicePrincipals', {}, { as });
    }
    await controlPlane.perform('DeleteServicePrincipal', { ServiceName }, { as: caller });
  });

  test('is refused for sessions of roles', async () => {
    const { user, RoleArn } = await aPair({ policies: { all: policy(allow('*')) } });
    const as = await entered(
      controlPlane,
      await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller }),
    );
    expect(await controlPlane.refusal('GetSessionToken', {}, { as })).toMatch(/^AccessDenied/);
  });
});

describe('a session ends at once', () => {
  test('when its role is deleted, and a new role of the same name does not make it valid again', async () => {
    const { user, RoleArn } = await aPair();
    const answer = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    await entered(controlPlane, answer);
    const row = await controlPlane.store.findPrincipal(RoleArn);
    if (!row) throw new Error('the role is not stored');
    await removeRow(controlPlane, row);
    await expect(entered(controlPlane, answer)).rejects.toThrow('UnrecognizedClientException');
    await aRole(controlPlane, 'Deploy', trusting(ROOT), mayUseKms);
    await expect(entered(controlPlane, answer)).rejects.toThrow('UnrecognizedClientException');
  });

  test('when the access key that opened it is deactivated, also through sessions between', async () => {
    const { user, RoleArn } = await aPair({ policies: { all: policy(allow('*')) } });
    const own = await controlPlane.perform('GetSessionToken', {}, { as: user.caller });
    const first = await controlPlane.perform(
      'AssumeRole',
      { ...session, RoleArn },
      { as: await entered(controlPlane, own) },
    );
    const next = await aRole(controlPlane, 'Next', trusting(ROOT), mayUseKms);
    const second = await controlPlane.perform(
      'AssumeRole',
      { ...session, RoleArn: next },
      { as: await entered(controlPlane, first) },
    );
    await entered(controlPlane, second);
    const setStatus = async (status: 'Active' | 'Inactive') => {
      const row = await controlPlane.store.findAccessKey(user.accessKeyId);
      const key = { access_key_id: user.accessKeyId };
      await changeIdentities(controlPlane, [
        { op: 'update', table: 'access_keys', key, revision: row?.revision ?? 0, set: { status } },
      ]);
    };
    await setStatus('Inactive');
    for (const answer of [own, first, second]) {
      await expect(entered(controlPlane, answer)).rejects.toThrow('UnrecognizedClientException');
    }
    await setStatus('Active');
    for (const answer of [own, first, second]) await entered(controlPlane, answer);
  });

  test('when the user who opened it is deleted', async () => {
    const { user, RoleArn } = await aPair();
    const answer = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    await removeRow(controlPlane, user.row);
    await expect(entered(controlPlane, answer)).rejects.toThrow('UnrecognizedClientException');
  });

  test('for the permissions that a change of the role’s policies removes', async () => {
    const { user, RoleArn } = await aPair();
    const answer = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    await controlPlane.perform('ListKeys', {}, { as: await entered(controlPlane, answer) });
    const owner = (await controlPlane.store.findPrincipal(RoleArn))?.principal_id ?? '';
    const [own] = await controlPlane.store.listInlinePolicies(owner);
    const key = { owner_id: owner, name: 'kms' };
    await changeIdentities(controlPlane, [
      { op: 'delete', table: 'inline_policies', key, revision: own?.revision ?? 0 },
    ]);
    expect(await controlPlane.refusal('ListKeys', {}, { as: await entered(controlPlane, answer) })).toMatch(
      /^AccessDenied/,
    );
  });

  test('by a policy that denies tokens issued before a time, as AWS revokes sessions', async () => {
    const before = new Date(controlPlane.clock.now() + 60_000).toISOString();
    const revoke = {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': before } },
    };
    const { user, RoleArn } = await aPair({
      policies: { kms: policy(allow('kms:*')), AWSRevokeOlderSessions: policy(revoke) },
    });
    const older = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    controlPlane.clock.advance(120_000);
    const newer = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    expect(await controlPlane.refusal('ListKeys', {}, { as: await entered(controlPlane, older) })).toMatch(
      /explicit deny/,
    );
    await controlPlane.perform('ListKeys', {}, { as: await entered(controlPlane, newer) });
  });
});

describe('a session token', () => {
  test('is valid only together with its own access key', async () => {
    const { user, RoleArn } = await aPair();
    const [one, two] = [
      await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller }),
      await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller }),
    ];
    const mixed = { accessKeyId: one.Credentials.AccessKeyId, sessionToken: two.Credentials.SessionToken };
    await expect(signedBy(controlPlane, mixed)).rejects.toThrow('UnrecognizedClientException');
    for (const accessKeyId of [user.accessKeyId, one.Credentials.AccessKeyId]) {
      for (const sessionToken of ['', 'x', await controlPlane.engines.sealedTokens.seal('marker', { accessKeyId })]) {
        await expect(signedBy(controlPlane, { accessKeyId, sessionToken })).rejects.toThrow(
          'UnrecognizedClientException',
        );
      }
    }
    await expect(signedBy(controlPlane, { accessKeyId: one.Credentials.AccessKeyId })).rejects.toThrow('Unrecognized');
  });

  test('is invalid when any part of it is changed', async () => {
    const { user, RoleArn } = await aPair();
    const { Credentials } = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    const { AccessKeyId: accessKeyId, SessionToken: sessionToken } = Credentials;
    for (let at = 0; at < sessionToken.length; at += 7) {
      const changed = sessionToken.slice(0, at) + (sessionToken[at] === 'A' ? 'B' : 'A') + sessionToken.slice(at + 1);
      await expect(signedBy(controlPlane, { accessKeyId, sessionToken: changed })).rejects.toThrow('Unrecognized');
    }
  });

  test('is valid on every node, and reveals nothing to its holder', async () => {
    const { user, RoleArn } = await aPair();
    const { Credentials } = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as: user.caller });
    const text = Buffer.from(Credentials.SessionToken, 'base64url').toString('latin1');
    for (const known of [accountId, 'Deploy', 'build-7', Credentials.AccessKeyId]) expect(text).not.toContain(known);
  });
});

describe('GetAccessKeyInfo', () => {
  test('returns the account of long-term and of temporary access keys', async () => {
    const { accessKeyId } = await aUser(controlPlane, 'alice', { account: OTHER });
    expect(await controlPlane.perform('GetAccessKeyInfo', { AccessKeyId: accessKeyId })).toEqual({ Account: OTHER });
    const RoleArn = await aRole(controlPlane, 'Deploy', trusting({ AWS: arnOfUser('bob') }), { account: OTHER });
    const { caller: as } = await aUser(controlPlane, 'bob', mayAssume);
    const { Credentials } = await controlPlane.perform('AssumeRole', { ...session, RoleArn }, { as });
    controlPlane.clock.advance(DAY_MS);
    const { AccessKeyId } = Credentials;
    expect(await controlPlane.perform('GetAccessKeyInfo', { AccessKeyId })).toEqual({ Account: OTHER });
    expect(await controlPlane.refusal('GetAccessKeyInfo', { AccessKeyId }, { as })).toMatch(/sts:GetAccessKeyInfo/);
    expect(await controlPlane.refusal('GetAccessKeyInfo', { AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })).toMatch(
      /^Validation/,
    );
  });
});

test('authorization messages are not encoded', async () => {
  expect(await controlPlane.refusal('DecodeAuthorizationMessage', { EncodedMessage: 'x' })).toMatch(
    /^InvalidAuthorizationMessageException/,
  );
});
