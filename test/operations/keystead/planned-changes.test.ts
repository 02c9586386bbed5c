/** ReviewPlannedChanges: what planned changes would break, and what the answer does not tell. */

import { authorityOf } from '@keystead/control-plane/authorization/principal-policies.ts';
import { principalOf } from '@keystead/control-plane/authorization/principals.ts';
import type { Caller } from '@keystead/control-plane/context/door.ts';
import type { ChangeFinding, PlannedChange } from '@keystead/provider-schema/generated/types.ts';
import fc from 'fast-check';
import { aKey } from '../../support/a-key.ts';
import { allowed, everything, sessionOf, withAuthority } from '../../support/callers.ts';
import { to, toAccount } from '../../support/permission-cases.ts';
import { policyText, type Statement } from '../../support/policies.ts';
import { runs } from '../../support/sizes.ts';
import {
  accountId,
  addRoot,
  DAY_MS,
  openTestControlPlane,
  type RequestOptions,
  region,
  rootOf,
  type TestControlPlane,
} from '../../support/test-control-plane.ts';

const other = '444455556666';
const Plaintext = Buffer.from('order 7');
const rootArnOf = (account: string) => `arn:aws:iam::${account}:root`;

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

async function review(change: PlannedChange, options: RequestOptions = {}, RecentUseInDays?: number) {
  const input = RecentUseInDays === undefined ? { Changes: [change] } : { Changes: [change], RecentUseInDays };
  const { Reviews } = await controlPlane.perform('ReviewPlannedChanges', input, options);
  const [only] = Reviews;
  if (!only || Reviews.length !== 1) throw new Error('one review for one change');
  return only;
}

const types = (findings: readonly ChangeFinding[]) => findings.map(({ Type }) => Type);

/** A user as the store has it, with its stored policies. */
async function stored(caller: Caller): Promise<Caller> {
  const { principal } = caller;
  const arn = principal.kind === 'assumed-role' ? principal.roleArn : principal.arn;
  const row = await controlPlane.store.findPrincipal(arn);
  if (!row) throw new Error(`${arn} is not stored`);
  const { identityPolicies } = await authorityOf(controlPlane.store, row);
  return { ...withAuthority(caller, { identityPolicies }), principal: principalOf(row) ?? principal };
}

describe('the loss of a key', () => {
  test('names who used it lately and for what, and its aliases, grants and replicas', async () => {
    const app = allowed(await controlPlane.user('app'), everything);
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/orders', TargetKeyId: KeyId });
    const grant = { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Decrypt' as const] };
    await controlPlane.perform('CreateGrant', { ...grant, Name: 'nightly' });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    controlPlane.clock.advance(DAY_MS);
    const { CiphertextBlob = new Uint8Array() } = await controlPlane.perform(
      'Encrypt',
      { KeyId, Plaintext },
      { as: app },
    );
    await controlPlane.perform('Decrypt', { CiphertextBlob }, { as: app });

    const at = new Date(controlPlane.clock.now());
    const byApp = { Principal: app.principal.arn, AccountId: accountId, LastUsedDate: at };
    const byRoot = { Principal: rootArnOf(accountId), AccountId: accountId, Actions: ['kms:Encrypt'] };
    const expected = {
      Findings: [
        {
          Type: 'RecentlyUsed',
          Uses: [
            { ...byApp, Actions: expect.arrayContaining(['kms:Encrypt', 'kms:Decrypt']) },
            { ...byRoot, LastUsedDate: new Date(at.getTime() - DAY_MS) },
          ],
          Total: 2,
        },
        { Type: 'HasAliases', Names: ['alias/orders'], Total: 1 },
        { Type: 'HasGrants', Names: [`${app.principal.arn} (nightly)`], Total: 1 },
        { Type: 'HasReplicas', Names: ['us-east-1'], Total: 1 },
      ],
      Unreviewed: [],
      LastUse: { ...byApp, Actions: [expect.stringMatching(/^kms:(De|En)crypt$/)] },
    };
    expect(await review({ Operation: 'ScheduleKeyDeletion', KeyId })).toEqual(expected);
    expect(await review({ Operation: 'DisableKey', KeyId })).toEqual(expected);
    expect(types((await review({ Operation: 'ImportKeyMaterial', KeyId })).Findings)).toEqual(['RecentlyUsed']);
  });

  test('tells of an older use when it was, and finds it only in a longer time', async () => {
    const { KeyId } = await aKey(controlPlane);
    const change = { Operation: 'ScheduleKeyDeletion', KeyId } as const;
    expect(await review(change)).toEqual({ Findings: [], Unreviewed: [] });
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const LastUsedDate = new Date(controlPlane.clock.now());
    controlPlane.clock.advance(91 * DAY_MS);
    expect(await review(change)).toMatchObject({ Findings: [], LastUse: { Actions: ['kms:Encrypt'], LastUsedDate } });
    expect(types((await review(change, {}, 100)).Findings)).toEqual(['RecentlyUsed']);
  });

  test('counts what it does not list', async () => {
    const { KeyId } = await aKey(controlPlane);
    for (let n = 1; n <= 7; n += 1) {
      await controlPlane.perform('CreateAlias', { AliasName: `alias/a${n}`, TargetKeyId: KeyId });
    }
    const { Findings } = await review({ Operation: 'ScheduleKeyDeletion', KeyId });
    expect(Findings).toEqual([{ Type: 'HasAliases', Names: [1, 2, 3, 4, 5].map((n) => `alias/a${n}`), Total: 7 }]);
  });

  test('names a user that was deleted by its unique id, and one of another account too', async () => {
    const [gone, ours] = [await controlPlane.user('gone'), await aKey(controlPlane)];
    await controlPlane.perform('Encrypt', { KeyId: ours.Arn, Plaintext }, { as: allowed(gone, everything) });
    await controlPlane.perform('DeleteUser', { UserName: 'gone' });
    const ofOurs = await review({ Operation: 'ScheduleKeyDeletion', KeyId: ours.KeyId });
    expect(ofOurs.Findings).toMatchObject([
      { Uses: [{ Principal: gone.principal.principalId, AccountId: accountId }] },
    ]);

    await addRoot(controlPlane.store, other, controlPlane.clock.now());
    const { User } = await controlPlane.perform('CreateUser', { UserName: 'stranger' }, { as: rootOf(other) });
    const stranger = allowed(
      {
        ...rootOf(other),
        principal: { kind: 'user', accountId: other, arn: User.Arn, principalId: User.UserId, userName: 'stranger' },
      },
      everything,
    );
    const shared = await aKey(controlPlane, { Policy: policyText(toAccount, to({ AWS: other }, 'kms:Encrypt')) });
    await controlPlane.perform('Encrypt', { KeyId: shared.Arn, Plaintext }, { as: stranger });
    const ofShared = await review({ Operation: 'ScheduleKeyDeletion', KeyId: shared.KeyId });
    expect(ofShared.Findings).toMatchObject([{ Uses: [{ Principal: User.UserId, AccountId: other }] }]);
    expect(JSON.stringify(ofShared)).not.toContain('stranger');
    // Simulated as if its own account allowed it everything.
    const lost = await review({ Operation: 'PutKeyPolicy', KeyId: shared.KeyId });
    expect(lost.Findings).toMatchObject([{ Type: 'AccessLost', Uses: [{ Principal: User.UserId }] }]);
  });
});

describe('what a caller may not know', () => {
  const withActions = async (name: string, ...actions: string[]) =>
    allowed(await controlPlane.user(name), { ...everything, Action: actions });

  test('is left out, and the review names the action that it needs', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/orders', TargetKeyId: KeyId });
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const change = { Operation: 'ScheduleKeyDeletion', KeyId } as const;
    const denied = (Action: string) => ({ Reason: 'AccessDenied', Action });
    const nobody = await controlPlane.user('nobody');
    expect(await review(change, { as: nobody })).toEqual({
      Findings: [],
      Unreviewed: [denied('kms:GetKeyLastUsage'), denied('kms:DescribeKey')],
    });
    const reader = await withActions('reader', 'kms:DescribeKey', 'kms:ListGrants');
    expect(await review(change, { as: reader })).toEqual({
      Findings: [{ Type: 'HasAliases', Names: ['alias/orders'], Total: 1 }],
      Unreviewed: [denied('kms:GetKeyLastUsage')],
    });
    // When it was used, but not who is allowed to: then not who did either.
    const clock = await withActions('clock', 'kms:GetKeyLastUsage');
    expect(await review(change, { as: clock })).toEqual({
      Findings: [],
      Unreviewed: [denied('kms:GetKeyPolicy'), denied('kms:DescribeKey')],
    });
    const Policy = policyText(toAccount);
    expect(await review({ Operation: 'PutKeyPolicy', KeyId, Policy }, { as: reader })).toEqual({
      Findings: [],
      Unreviewed: [denied('kms:GetKeyPolicy')],
    });
  });

  test('is nothing where the key policy allows kms:* by itself', async () => {
    const admin = await controlPlane.user('admin');
    const { KeyId } = await aKey(controlPlane, { Policy: policyText(toAccount, to({ AWS: admin.principal.arn })) });
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const { Findings, Unreviewed } = await review({ Operation: 'ScheduleKeyDeletion', KeyId }, { as: admin });
    expect([types(Findings), Unreviewed]).toEqual([['RecentlyUsed'], []]);
  });

  test('is everything about a key of another account or Region, whether the key exists or not', async () => {
    await addRoot(controlPlane.store, other, controlPlane.clock.now());
    const theirs = await aKey(controlPlane, {}, { as: rootOf(other) });
    const absent = theirs.Arn.replace(theirs.KeyId, '11111111-2222-3333-4444-555555555555');
    const reviews = async (KeyId: string) =>
      Promise.all(
        (['ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy', 'DeleteAlias', 'ImportKeyMaterial'] as const).map(
          (Operation) => review({ Operation, KeyId, AliasName: 'alias/orders' }),
        ),
      );
    const refused = { Findings: [], Unreviewed: [{ Reason: 'AccessDenied', Action: 'kms:DescribeKey' }] };
    expect(await reviews(theirs.Arn)).toEqual(Array(5).fill(refused));
    expect(await reviews(absent)).toEqual(Array(5).fill(refused));
    const notFound = { Findings: [], Unreviewed: [{ Reason: 'NotFound' }] };
    expect(await reviews(theirs.KeyId)).toEqual(Array(5).fill(notFound));
    const ours = await aKey(controlPlane, {}, { region: 'us-west-2' });
    expect(await reviews(ours.Arn)).toEqual(Array(5).fill(notFound));
  });

  test('the audit record names the keys that were told about, and the decisions', async () => {
    const [{ Arn: told, KeyId }, { KeyId: hidden }] = [await aKey(controlPlane), await aKey(controlPlane)];
    const admin = allowed(await controlPlane.user('admin'), { ...everything, Action: 'kms:*', Resource: told });
    const Changes = [KeyId, hidden].map((one) => ({ Operation: 'DisableKey' as const, KeyId: one }));
    await controlPlane.perform('ReviewPlannedChanges', { Changes }, { as: admin });
    const [event] = await controlPlane.events('ReviewPlannedChanges');
    expect(event).toMatchObject({
      readOnly: true,
      resources: [{ accountId, type: 'AWS::KMS::Key', ARN: told }],
      requestParameters: {
        changes: [
          { operation: 'DisableKey', keyId: KeyId },
          { operation: 'DisableKey', keyId: hidden },
        ],
      },
    });
    const decisions = event?.additionalEventData?.keysteadAuthorization as readonly { decision: string }[];
    expect(decisions.map(({ decision }) => decision)).toEqual(['Allow', 'Allow', 'Allow', 'Allow', 'Deny', 'Deny']);
  });

  test('a hundred changes can be reviewed together, and no more', async () => {
    const { KeyId } = await aKey(controlPlane);
    const Changes = Array.from({ length: 101 }, () => ({ Operation: 'DisableKey' as const, KeyId }));
    const { Reviews } = await controlPlane.perform('ReviewPlannedChanges', { Changes: Changes.slice(1) });
    expect(Reviews).toHaveLength(100);
    expect(await controlPlane.refusal('ReviewPlannedChanges', { Changes })).toMatch(/^ValidationException/);
  });
});

describe('a key policy', () => {
  test('that takes access from somebody who used the key lately is found, by what would be denied', async () => {
    const [app, job] = [await controlPlane.user('app'), await sessionOf(controlPlane, 'job')];
    const { roleArn } = job.principal as { roleArn: string };
    const uses = to({ AWS: [app.principal.arn, roleArn] }, ['kms:Encrypt', 'kms:Decrypt']);
    const { KeyId } = await aKey(controlPlane, { Policy: policyText(toAccount, uses) });
    const EncryptionContext = { order: '7' };
    const encrypted = await controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext }, { as: app });
    const { CiphertextBlob = new Uint8Array() } = encrypted;
    await controlPlane.perform('Decrypt', { CiphertextBlob, EncryptionContext }, { as: job });
    const findings = async (...statements: readonly Statement[]) =>
      (await review({ Operation: 'PutKeyPolicy', KeyId, Policy: policyText(...statements) })).Findings;

    expect(await findings(toAccount, uses)).toEqual([]);
    const lost = (Principal: string, ...Actions: string[]) => ({
      Principal,
      AccountId: accountId,
      Actions,
      LastUsedDate: expect.any(Date),
    });
    expect(await findings(toAccount)).toEqual([
      {
        Type: 'AccessLost',
        Uses: expect.arrayContaining([lost(app.principal.arn, 'kms:Encrypt'), lost(roleArn, 'kms:Decrypt')]),
        Total: 2,
      },
    ]);
    expect(await findings(toAccount, to({ AWS: app.principal.arn }, 'kms:Encrypt'))).toMatchObject([
      { Type: 'AccessLost', Uses: [lost(roleArn, 'kms:Decrypt')], Total: 1 },
    ]);
    // The context of the last request counts, and so do grants and identity policies.
    const only = (order: string) => ({
      ...uses,
      Condition: { StringEquals: { 'kms:EncryptionContext:order': order } },
    });
    expect(await findings(toAccount, only('7'))).toEqual([]);
    expect(await findings(toAccount, only('8'))).toMatchObject([{ Type: 'AccessLost', Total: 2 }]);
    await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal: roleArn, Operations: ['Decrypt'] });
    const PolicyDocument = policyText({ ...everything, Action: 'kms:Encrypt' });
    await controlPlane.perform('PutUserPolicy', { UserName: 'app', PolicyName: 'own', PolicyDocument });
    expect(await findings(toAccount)).toEqual([]);

    await controlPlane.perform('DeleteUserPolicy', { UserName: 'app', PolicyName: 'own' });
    await controlPlane.perform('DeleteUser', { UserName: 'app' });
    expect(await findings(toAccount)).toEqual([]);
    controlPlane.clock.advance(91 * DAY_MS);
    expect(await findings({ ...toAccount, Action: ['kms:PutKeyPolicy', 'kms:Describe*'] })).toEqual([]);
  });

  test('that locks out the caller, an administrator, the account or everybody is found', async () => {
    const [admin, second] = [await controlPlane.user('admin'), await controlPlane.user('second')];
    const administer = (caller: Caller) => to({ AWS: caller.principal.arn }, 'kms:*');
    const { KeyId } = await aKey(controlPlane, {
      Policy: policyText(toAccount, administer(admin), administer(second)),
    });
    const findings = async (...statements: readonly Statement[]) =>
      (await review({ Operation: 'PutKeyPolicy', KeyId, Policy: policyText(...statements) }, { as: admin })).Findings;

    expect(await findings(toAccount, administer(admin), administer(second))).toEqual([]);
    expect(await findings(toAccount, administer(admin))).toEqual([
      { Type: 'AdministratorsLockedOut', Names: [second.principal.arn], Total: 1 },
    ]);
    expect(await findings(administer(admin), administer(second))).toEqual([
      { Type: 'AdministratorsLockedOut', Names: [rootArnOf(accountId)], Total: 1 },
    ]);
    expect(types(await findings(administer(second)))).toEqual(['CallerLockedOut', 'AdministratorsLockedOut']);
    expect(types(await findings(to({ AWS: admin.principal.arn }, 'kms:Encrypt')))).toEqual([
      'EveryoneLockedOut',
      'CallerLockedOut',
      'AdministratorsLockedOut',
    ]);
    const denied = { ...to('*', 'kms:PutKeyPolicy'), Sid: 'no', Effect: 'Deny' };
    expect(types(await findings(toAccount, denied))).toContain('EveryoneLockedOut');
    // Somebody can still meet the condition.
    const Condition = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
    expect(types(await findings({ ...administer(admin), Condition }))).not.toContain('EveryoneLockedOut');
    const except = { ...denied, Condition: { ArnNotEquals: { 'aws:PrincipalArn': admin.principal.arn } } };
    expect(types(await findings(toAccount, administer(admin), except))).toEqual(['AdministratorsLockedOut']);

    // A caller who cannot put the policy now does not lose that.
    const reader = allowed(await controlPlane.user('reader'), {
      ...everything,
      Action: ['kms:Get*', 'kms:Describe*', 'kms:List*'],
    });
    const asReader = await review({ Operation: 'PutKeyPolicy', KeyId, Policy: policyText(toAccount) }, { as: reader });
    expect(types(asReader.Findings)).toEqual(['AdministratorsLockedOut']);
  });

  test('of a new key that locks out the caller or everybody is found, for callers who can create keys', async () => {
    const app = await controlPlane.user('app');
    const change = (...statements: readonly Statement[]) =>
      ({ Operation: 'CreateKey', Policy: policyText(...statements) }) as const;
    expect(await review(change(toAccount))).toEqual({ Findings: [], Unreviewed: [] });
    expect((await review(change(to({ AWS: app.principal.arn })))).Findings).toEqual([{ Type: 'CallerLockedOut' }]);
    expect(types((await review(change(to({ AWS: app.principal.arn }, 'kms:Encrypt')))).Findings)).toEqual([
      'EveryoneLockedOut',
      'CallerLockedOut',
    ]);
    expect(await review(change(toAccount), { as: app })).toEqual({
      Findings: [],
      Unreviewed: [{ Reason: 'AccessDenied', Action: 'kms:CreateKey' }],
    });
  });

  test('that is not a key policy is found, and absent stands for the default policy', async () => {
    const { KeyId } = await aKey(controlPlane, { Policy: policyText(toAccount, to('*', 'kms:Encrypt')) });
    for (const Policy of ['{', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}']) {
      expect(await review({ Operation: 'PutKeyPolicy', KeyId, Policy })).toEqual({
        Findings: [{ Type: 'PolicyRefused', Message: expect.any(String) }],
        Unreviewed: [],
      });
    }
    const app = await controlPlane.user('app');
    await controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as: app });
    expect(types((await review({ Operation: 'PutKeyPolicy', KeyId })).Findings)).toEqual(['AccessLost']);
  });

  test('loses somebody access exactly if the authorizer allowed the request before it and denies it after', async () => {
    const admin = await controlPlane.user('admin');
    const free = await controlPlane.user('free');
    const PolicyDocument = policyText({ ...everything, Action: 'kms:*' });
    await controlPlane.perform('PutUserPolicy', { UserName: 'free', PolicyName: 'all', PolicyDocument });
    const users = await Promise.all(
      [await controlPlane.user('app'), free, await sessionOf(controlPlane, 'job')].map(stored),
    );
    const nameOf = ({ principal }: Caller) => (principal.kind === 'assumed-role' ? principal.roleArn : principal.arn);

    const statement = fc.record(
      {
        Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
        Principal: fc.oneof(
          fc.constant({ AWS: rootArnOf(accountId) }),
          fc.subarray(users.map(nameOf), { minLength: 1 }).map((AWS) => ({ AWS })),
          fc.constant('*'),
        ),
        Action: fc.constantFrom('kms:*', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:G*'),
        Resource: fc.constant('*'),
        Condition: fc.constantFrom(
          { StringEquals: { 'kms:EncryptionContext:order': '7' } },
          { StringLike: { 'kms:EncryptionContext:order': ['8*'] } },
          { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
          { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } },
          { ArnLike: { 'aws:PrincipalArn': '*/app' } },
          { Null: { 'kms:ViaService': 'true' } },
        ),
      },
      { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
    );
    const statements = fc.array(statement, { maxLength: 4 });
    const administration = {
      ...to({ AWS: admin.principal.arn }),
      Action: ['kms:Get*', 'kms:Put*', 'kms:List*', 'kms:Describe*', 'kms:CreateGrant'],
    };
    const requests = users.flatMap((as) =>
      (['Encrypt', 'GenerateDataKey'] as const).map((operation) => ({ as, operation })),
    );
    const attempt = async (KeyId: string, order: string) => {
      const done = new Set<string>();
      for (const { as, operation } of requests) {
        const input = { KeyId, EncryptionContext: { order } };
        const asked =
          operation === 'Encrypt'
            ? controlPlane.perform(operation, { ...input, Plaintext }, { as })
            : controlPlane.perform(operation, { ...input, KeySpec: 'AES_256' }, { as });
        if (
          await asked.then(
            () => true,
            () => false,
          )
        )
          done.add(`${nameOf(as)} kms:${operation}`);
      }
      return done;
    };
    let losses = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          before: statements,
          after: statements,
          order: fc.constantFrom('7', '8'),
          grantee: fc.option(fc.constantFrom(...users), { nil: undefined }),
        }),
        async ({ before, after, order, grantee }) => {
          const document = (own: readonly Statement[]) =>
            policyText(administration, ...own.map((one, n) => ({ Sid: `s${n}`, ...one })));
          const BypassPolicyLockoutSafetyCheck = true;
          const { KeyId } = await aKey(controlPlane, { Policy: document(before), BypassPolicyLockoutSafetyCheck });
          if (grantee) {
            const grant = { KeyId, GranteePrincipal: nameOf(grantee), Operations: ['Encrypt' as const] };
            await controlPlane.perform('CreateGrant', grant, { as: admin }).catch(() => undefined);
          }
          const could = await attempt(KeyId, order);
          const planned = { KeyId, Policy: document(after) };
          const { Reviews } = await controlPlane.perform(
            'ReviewPlannedChanges',
            { Changes: [{ Operation: 'PutKeyPolicy', ...planned }] },
            { as: admin },
          );
          if (Reviews[0]?.Unreviewed.length !== 0) return;
          const found = Reviews[0].Findings.find(({ Type }) => Type === 'AccessLost');
          const said = (found?.Uses ?? []).flatMap(({ Principal, Actions }) =>
            Actions.map((action) => `${Principal} ${action}`),
          );
          const put = { ...planned, BypassPolicyLockoutSafetyCheck, PolicyName: 'default' };
          await controlPlane.perform('PutKeyPolicy', put, { as: admin });
          const can = await attempt(KeyId, order);
          const lost = [...could].filter((use) => !can.has(use));
          losses += lost.length;
          expect(said.sort()).toEqual(lost.sort());
        },
      ),
      { numRuns: runs(60, 1500) },
    );
    expect(losses).toBeGreaterThan(0);
  }, 900_000);
});

describe('a grant', () => {
  test('whose grantee or retiring principal does not exist is found, on a key that is there or not', async () => {
    const app = await controlPlane.user('app');
    const { KeyId } = await aKey(controlPlane);
    const nobody = app.principal.arn.replace('app', 'nobody');
    const grant = (GranteePrincipal: string, more: Partial<PlannedChange> = {}) =>
      review({ Operation: 'CreateGrant', GranteePrincipal, ...more });
    const nothing = { Findings: [], Unreviewed: [] };
    const missing = (Type: string, name: string) => ({ ...nothing, Findings: [{ Type, Names: [name], Total: 1 }] });
    expect(await grant(app.principal.arn, { KeyId })).toEqual(nothing);
    expect(await grant(nobody, { KeyId })).toEqual(missing('GranteeMissing', nobody));
    expect(await grant(nobody)).toEqual(missing('GranteeMissing', nobody));
    expect(await grant(app.principal.arn, { RetiringPrincipal: nobody })).toEqual(
      missing('RetiringPrincipalMissing', nobody),
    );
    expect(await grant(rootArnOf(accountId))).toEqual(nothing);
    expect(await grant(`dynamodb.${region}.amazonaws.com`)).toEqual(nothing);
    // Whether a principal of another account exists is not told.
    expect(await grant(`arn:aws:iam::${other}:user/nobody`)).toEqual(nothing);
  });

  test('is not reviewed for a caller who could not create it', async () => {
    const app = await controlPlane.user('app');
    const { KeyId } = await aKey(controlPlane);
    const change = { Operation: 'CreateGrant', GranteePrincipal: `${app.principal.arn}x` } as const;
    const denied = (Action: string) => ({ Findings: [], Unreviewed: [{ Reason: 'AccessDenied', Action }] });
    expect(await review({ ...change, KeyId }, { as: app })).toEqual(denied('kms:CreateGrant'));
    expect(await review(change, { as: app })).toEqual(denied('kms:CreateKey'));
  });
});

test('an alias is found in use when the last requests named the key by it', async () => {
  const { KeyId } = await aKey(controlPlane);
  for (const AliasName of ['alias/used', 'alias/unused']) {
    await controlPlane.perform('CreateAlias', { AliasName, TargetKeyId: KeyId });
  }
  await controlPlane.perform('Encrypt', { KeyId: `arn:aws:kms:${region}:${accountId}:alias/used`, Plaintext });
  const ofAlias = (AliasName: string) => review({ Operation: 'DeleteAlias', KeyId, AliasName });
  expect((await ofAlias('alias/used')).Findings).toMatchObject([
    { Type: 'AliasUsed', Uses: [{ Principal: rootArnOf(accountId), Actions: ['kms:Encrypt'] }], Total: 1 },
  ]);
  expect(await ofAlias('alias/unused')).toEqual({ Findings: [], Unreviewed: [] });
});
