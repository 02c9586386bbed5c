// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
/** Authorization in the pipeline: every key that a request touches, principals by name, audit notes, simulation. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { aKey } from '../support/a-key.ts';
import { allowed, everything, foreignUser, serviceOf, sessionOf, withAuthority } from '../support/callers.ts';
import { policyText, type Statement } from '../support/policies.ts';
import {
  accountId,
  addRoot,
  openTestControlPlane,
  region,
  rootOf,
  type TestControlPlane,
} from '../support/test-control-plane.ts';

const Plaintext = Buffer.from('secret');
const denied = 'AccessDeniedException: ';

let controlPlane: TestControlPlane;
let app: Caller;
let builder: Caller;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  app = await controlPlane.user('app');
  builder = await sessionOf(controlPlane, 'builder');
});
afterAll(() => controlPlane?.close());

const toAccount: Statement = {
  Sid: 'account',
  Effect: 'Allow',
  Principal: { AWS: rootArn(accountId, region) },
  Action: 'kms:*',
  Resource: '*',
};
const to = (principal: unknown, Action: unknown = 'kms:*'): Statement => ({
  Sid: 'to',
  Effect: 'Allow',
  Principal: principal,
  Action,
  Resource: '*',
});
const keyFor = (...statements: readonly Statement[]) =>
  aKey(controlPlane, { Policy: policyText(toAccount, ...statements) });
const outcome = (asked: Promise<unknown>) =>
  asked.then(
    () => 'allowed',
    (error: { code: string }) => error.code,
  );

describe('every key that a request touches needs permission', () => {
  const arn = () => app.principal.arn;

  test('ReEncrypt needs ReEncryptFrom on the source and ReEncryptTo on the destination', async () => {
    const cases = [
      ['kms:ReEncryptFrom', 'kms:ReEncryptTo', 'allowed'],
      ['kms:ReEncryptFrom', 'kms:ReEncryptFrom', 'AccessDeniedException'],
      ['kms:ReEncryptTo', 'kms:ReEncryptTo', 'AccessDeniedException'],
      ['kms:ReEncrypt*', 'kms:Encrypt', 'AccessDeniedException'],
      ['kms:Decrypt', 'kms:ReEncrypt*', 'AccessDeniedException'],
    ] as const;
    for (const [onSource, onDestination, expected] of cases) {
      const source = await keyFor(to({ AWS: arn() }, onSource));
      const destination = await keyFor(to({ AWS: arn() }, onDestination));
      const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: source.Arn, Plaintext });
      const request = { CiphertextBlob, DestinationKeyId: destination.Arn };
      expect(await outcome(controlPlane.perform('ReEncrypt', request, { as: app }))).toBe(expected);
      expect(
        await outcome(controlPlane.perform('ReEncrypt', { ...request, SourceKeyId: source.Arn }, { as: app })),
      ).toBe(expected);
    }
  });

  test('Decrypt needs permission on the key that the ciphertext names, and a refusal does not name it', async () => {
    const open = await keyFor(to({ AWS: arn() }));
    const closed = await keyFor();
    const blobOf = async (KeyId: string) =>
      (await controlPlane.perform('Encrypt', { KeyId, Plaintext })).CiphertextBlob;
    const [opened, sealed] = [await blobOf(open.Arn), await blobOf(closed.Arn)];
    expect(await outcome(controlPlane.perform('Decrypt', { CiphertextBlob: opened }, { as: app }))).toBe('allowed');
    const refusal = await controlPlane.refusal('Decrypt', { CiphertextBlob: sealed }, { as: app });
    expect(refusal).toContain('on the resource associated with this ciphertext');
    expect(refusal).not.toContain(closed.KeyId);
  });

  test('CreateAlias, UpdateAlias and DeleteAlias need permission on the alias and on the keys', async () => {
    const alias = `arn:aws:kms:${region}:${accountId}:alias/touched`;
    const mine = await keyFor(to({ AWS: arn() }));
    const next = await keyFor(to({ AWS: arn() }));
    const closed = await keyFor();
    const onAlias = allowed(app, { ...everything, Resource: alias });
    const at = { AliasName: 'alias/touched' };
    const create = (TargetKeyId: string, as: Caller) =>
      outcome(controlPlane.perform('CreateAlias', { ...at, TargetKeyId }, { as }));
    const update = (TargetKeyId: string, as: Caller) =>
      outcome(controlPlane.perform('UpdateAlias', { ...at, TargetKeyId }, { as }));
    expect(await create(mine.Arn, app)).toBe('AccessDeniedException');
    expect(await create(closed.Arn, onAlias)).toBe('AccessDeniedException');
    expect(await create(mine.Arn, onAlias)).toBe('allowed');
    expect(await update(next.Arn, app)).toBe('AccessDeniedException');
    expect(await update(closed.Arn, onAlias)).toBe('AccessDeniedException');
    expect(await update(next.Arn, onAlias)).toBe('allowed');
    await controlPlane.perform('UpdateAlias', { ...at, TargetKeyId: closed.Arn });
    expect(await update(mine.Arn, onAlias)).toBe('AccessDeniedException');
    expect(await outcome(controlPlane.perform('DeleteAlias', at, { as: onAlias }))).toBe('AccessDeniedException');
    await controlPlane.perform('UpdateAlias', { ...at, TargetKeyId: mine.Arn });
    expect(await outcome(controlPlane.perform('DeleteAlias', at, { as: app }))).toBe('AccessDeniedException');
    expect(await outcome(controlPlane.perform('DeleteAlias', at, { as: onAlias }))).toBe('allowed');
  });

  test('ReplicateKey needs CreateKey in the replica’s Region, and TagResource when there are tags', async () => {
    const KeyId = async () =>
      (
        await aKey(controlPlane, {
          MultiRegion: true,
          Policy: policyText(toAccount, to({ AWS: arn() }, 'kms:ReplicateKey')),
        })
      ).Arn;
    const there = { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } };
    const creator = allowed(app, { ...everything, Action: 'kms:CreateKey', Condition: there });
    const elsewhere = allowed(app, {
      ...everything,
      Action: 'kms:CreateKey',
      Condition: { StringEquals: { 'aws:RequestedRegion': region } },
    });
    const tagger = allowed(app, { ...everything, Action: ['kms:CreateKey', 'kms:TagResource'], Condition: there });
    const replicas = allowed(app, {
      ...everything,
      Action: 'kms:CreateKey',
      Condition: { StringEquals: { 'kms:MultiRegionKeyType': 'REPLICA', 'kms:KeySpec': 'SYMMETRIC_DEFAULT' } },
    });
    const replicate = async (as: Caller, more: object = {}) =>
      outcome(
        controlPlane.perform('ReplicateKey', { KeyId: await KeyId(), ReplicaRegion: 'us-east-1', ...more }, { as }),
      );
    const Tags = [{ TagKey: 'a', TagValue: 'b' }];
    expect(await replicate(app)).toBe('AccessDeniedException');
    expect(await replicate(elsewhere)).toBe('AccessDeniedException');
    expect(await replicate(creator)).toBe('allowed');
    expect(await replicate(replicas)).toBe('allowed');
    expect(await replicate(creator, { Tags })).toBe('AccessDeniedException');
    expect(await replicate(tagger, { Tags })).toBe('allowed');
  });

  test('UpdatePrimaryRegion needs permission on both keys', async () => {
    const { Arn, KeyId } = await aKey(controlPlane, {
      MultiRegion: true,
      Policy: policyText(toAccount, to({ AWS: arn() })),
    });
    await controlPlane.perform('ReplicateKey', { KeyId: Arn, ReplicaRegion: 'us-east-1' });
    const move = () =>
      outcome(controlPlane.perform('UpdatePrimaryRegion', { KeyId: Arn, PrimaryRegion: 'us-east-1' }, { as: app }));
    expect(await move()).toBe('AccessDeniedException');
    const Policy = policyText(toAccount, to({ AWS: arn() }, 'kms:UpdatePrimaryRegion'));
    await controlPlane.perform('PutKeyPolicy', { KeyId, Policy }, { region: 'us-east-1' });
    expect(await move()).toBe('allowed');
  });
});

describe('a name in a policy or grant stands for the principal that had it then', () => {
  const remade = async (userName: string) => {
    await controlPlane.perform('DeleteUser', { UserName: userName });
    return controlPlane.user(userName);
  };

  test('another user with the name gets nothing; GetKeyPolicy shows the unique id of the first', async () => {
    const first = await controlPlane.user('carol');
    const { Arn } = await keyFor(to({ AWS: [first.principal.arn, app.principal.arn] }, 'kms:Encrypt'));
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: first }))).toBe('allowed');
    const second = await remade('carol');
    expect(second.principal.arn).toBe(first.principal.arn);
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe(
      'AccessDeniedException',
    );
    const { Policy = '' } = await controlPlane.perform('GetKeyPolicy', { KeyId: Arn });
    expect(JSON.parse(Policy).Statement[1].Principal).toEqual({
      AWS: [first.principal.principalId, app.principal.arn],
    });
    await controlPlane.perform('PutKeyPolicy', {
      KeyId: Arn,
      Policy: policyText(toAccount, to({ AWS: second.principal.arn })),
    });
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe('allowed');
  });

  test('a Deny stays with the first too', async () => {
    const first = await controlPlane.user('dave');
    const { Arn } = await keyFor(to('*', 'kms:Encrypt'), {
      ...to({ AWS: first.principal.arn }),
      Sid: 'no',
      Effect: 'Deny',
    });
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: first }))).toBe(
      'AccessDeniedException',
    );
    const second = await remade('dave');
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe('allowed');
  });

  test('another role with the name, and its sessions, get nothing from role or session ARNs', async () => {
    const first = await sessionOf(controlPlane, 'painter');
    const { roleArn } = first.principal as { roleArn: string };
    const byRole = await keyFor(to({ AWS: roleArn }, 'kms:Encrypt'));
    const bySession = await keyFor(to({ AWS: first.principal.arn }, 'kms:Encrypt'));
    const uses = (Arn: string, as: Caller) =>
      outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as }));
    expect([await uses(byRole.Arn, first), await uses(bySession.Arn, first)]).toEqual(['allowed', 'allowed']);
    await controlPlane.perform('DeleteRole', { RoleName: 'painter' });
    const second = await sessionOf(controlPlane, 'painter');
    expect(second.principal.arn).toBe(first.principal.arn);
    expect(await uses(byRole.Arn, second)).toBe('AccessDeniedException');
    expect(await uses(bySession.Arn, second)).toBe('AccessDeniedException');
  });

  test('a grant stays with the first, as grantee and as retiring principal', async () => {
    const first = await controlPlane.user('erin');
    const { Arn } = await keyFor();
    const { GrantId } = await controlPlane.perform('CreateGrant', {
      KeyId: Arn,
      GranteePrincipal: first.principal.arn,
      RetiringPrincipal: first.principal.arn,
      Operations: ['Encrypt'],
    });
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: first }))).toBe('allowed');
    const second = await remade('erin');
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe(
      'AccessDeniedException',
    );
    expect(await outcome(controlPlane.perform('RetireGrant', { KeyId: Arn, GrantId }, { as: second }))).toBe(
      'AccessDeniedException',
    );
    const { principalId } = first.principal;
    const { Grants } = await controlPlane.perform('ListGrants', { KeyId: Arn });
    expect(Grants).toMatchObject([{ GranteePrincipal: principalId, RetiringPrincipal: principalId }]);
    const retirable = await controlPlane.perform('ListRetirableGrants', { RetiringPrincipal: second.principal.arn });
    expect(retirable.Grants).toEqual([]);
    const named = {
      KeyId: Arn,
      GranteePrincipal: second.principal.arn,
      Operations: ['Encrypt' as const],
      Name: 'again',
    };
    const again = await controlPlane.perform('CreateGrant', named);
    expect(again.GrantId).not.toBe(GrantId);
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe('allowed');
  });

  test('users and roles of an account here must exist; those of other accounts are not checked', async () => {
    await addRoot(controlPlane.store, '777788889999', controlPlane.clock.now());
    const put = (AWS: string) => outcome(keyFor(to({ AWS })));
    expect(await put(`arn:aws:iam::${accountId}:user/nobody`)).toBe('MalformedPolicyDocumentException');
    expect(await put(`arn:aws:iam::${accountId}:role/nobody`)).toBe('MalformedPolicyDocumentException');
    expect(await put(`arn:aws:sts::${accountId}:assumed-role/nobody/x`)).toBe('MalformedPolicyDocumentException');
    expect(await put('arn:aws:iam::777788889999:user/nobody')).toBe('MalformedPolicyDocumentException');
    expect(await put('arn:aws:iam::444455556666:user/anybody')).toBe('allowed');
    expect(await put(builder.principal.arn)).toBe('allowed');
  });
});

const source = `arn:aws:dynamodb:${region}:${accountId}:table/orders`;
const toDatabase = (KeyId: string) => ({
  KeyId,
  GranteeServicePrincipal: 'dynamodb.amazonaws.com',
  RetiringServicePrincipal: 'dynamodb.amazonaws.com',
  Operations: ['Encrypt', 'Decrypt'] as const,
  Constraints: { SourceArn: source },
});

describe('grants', () => {
  test('to a service apply to the resource that they name, in the service’s own account', async () => {
    const { Arn } = await keyFor();
    const { GrantId } = await controlPlane.perform('CreateGrant', toDatabase(Arn));
    const { Grants } = await controlPlane.perform('ListGrants', { KeyId: Arn });
    expect(Grants).toMatchObject([
      {
        GranteeServicePrincipal: 'dynamodb.amazonaws.com',
        RetiringServicePrincipal: 'dynamodb.amazonaws.com',
        Constraints: { SourceArn: source },
      },
    ]);
    const use = (as: Caller) => outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as }));
    const service = serviceOf('dynamodb.amazonaws.com');
    expect(await use(withAuthority(service, { source: { arn: source } }))).toBe('allowed');
    expect(await use(withAuthority(service, { source: { arn: `${source}2` } }))).toBe('AccessDeniedException');
    expect(await use(service)).toBe('AccessDeniedException');
    expect(await use(withAuthority(serviceOf('s3.amazonaws.com'), { source: { arn: source } }))).toBe(
      'AccessDeniedException',
    );
    const foreign = serviceOf('dynamodb.amazonaws.com', '444455556666');
    expect(await use(withAuthority(foreign, { source: { arn: source } }))).toBe('AccessDeniedException');
    const retire = { KeyId: Arn, GrantId };
    expect(await outcome(controlPlane.perform('RetireGrant', retire, { as: foreign }))).toBe('AccessDeniedException');
    const retiring = withAuthority(service, { source: { arn: source } });
    expect(await outcome(controlPlane.perform('RetireGrant', retire, { as: retiring }))).toBe('allowed');
  });

  test('to a service need a source and a retiring principal', async () => {
    const { Arn } = await keyFor();
    const { Constraints: _c, ...withoutSource } = toDatabase(Arn);
    const { RetiringServicePrincipal: _r, ...withoutRetiring } = toDatabase(Arn);
    const { GranteeServicePrincipal: _g, ...withoutGrantee } = toDatabase(Arn);
    expect(await controlPlane.refusal('CreateGrant', withoutSource)).toMatch(/^ValidationException: .*SourceArn/);
    expect(await controlPlane.refusal('CreateGrant', withoutRetiring)).toMatch(
      /^ValidationException: .*RetiringPrincipal/,
    );
    expect(await controlPlane.refusal('CreateGrant', withoutGrantee)).toBe(
      "ValidationException: 1 validation error detected: Value null at 'granteePrincipal' failed to satisfy constraint: Member must not be null",
    );
    const both = { ...toDatabase(Arn), GranteePrincipal: app.principal.arn };
    expect(await controlPlane.refusal('CreateGrant', both)).toMatch(/^ValidationException: .*not both/);
  });

  test('to a role apply to its sessions, to a session only to that session', async () => {
    const { roleArn } = builder.principal as { roleArn: string };
    const byRole = await keyFor();
    const bySession = await keyFor();
    const give = (KeyId: string, GranteePrincipal: string) =>
      controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Encrypt'] });
    await give(byRole.Arn, roleArn);
    await give(bySession.Arn, builder.principal.arn);
    const other = {
      ...builder,
      principal: {
        ...builder.principal,
        arn: builder.principal.arn.replace('/session', '/other'),
        principalId: builder.principal.principalId.replace(':session', ':other'),
      },
    } as Caller;
    const use = (KeyId: string, as: Caller) => outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as }));
    expect([await use(byRole.Arn, builder), await use(byRole.Arn, other)]).toEqual(['allowed', 'allowed']);
    expect([await use(bySession.Arn, builder), await use(bySession.Arn, other)]).toEqual([
      'allowed',
      'AccessDeniedException',
    ]);
  });
});

describe('condition keys whose values are read from the store', () => {
  test('kms:ResourceAliases: the aliases of the key, for identity policies', async () => {
    const { Arn } = await keyFor();
    const Condition = { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/finance/*' } };
    const accountant = allowed(app, { ...everything, Condition });
    const use = () => outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: accountant }));
    expect(await use()).toBe('AccessDeniedException');
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/finance/payroll', TargetKeyId: Arn });
    expect(await use()).toBe('allowed');
    await controlPlane.perform('DeleteAlias', { AliasName: 'alias/finance/payroll' });
    expect(await use()).toBe('AccessDeniedException');
  });

  test('aws:PrincipalTag and aws:ResourceTag can be compared with each other', async () => {
    const { Arn } = await aKey(controlPlane, { Tags: [{ TagKey: 'team', TagValue: 'blue' }] });
    const member = (team: string) =>
      withAuthority(
        allowed(app, {
          ...everything,
          Condition: { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
        }),
        { principalTags: { team } },
      );
    const use = (as: Caller) => outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as }));
    expect(await use(member('blue'))).toBe('allowed');
    expect(await use(member('red'))).toBe('AccessDeniedException');
  });
});

describe('permissions on identities', () => {
  const users = `arn:aws:iam::${accountId}:user`;
  const allowedTo = (Action: string, Resource: string, Condition?: object) =>
    allowed(app, { ...everything, Action, Resource, ...defined({ Condition }) });

  test('name them by ARN, path included, whether they exist yet or not', async () => {
    const maker = allowedTo('iam:CreateUser', `${users}/team/*`);
    const make = (UserName: string, Path: string) =>
      outcome(controlPlane.perform('CreateUser', { UserName, Path }, { as: maker }));
    expect(await make('inside', '/team/')).toBe('allowed');
    expect(await make('outside', '/')).toBe('AccessDeniedException');
    const reader = allowedTo('iam:GetUser', `${users}/team/*`);
    const read = (UserName?: string) =>
      outcome(controlPlane.perform('GetUser', UserName === undefined ? {} : { UserName }, { as: reader }));
    expect(await read('inside')).toBe('allowed');
    expect(await read('app')).toBe('AccessDeniedException');
    expect(await read('nobody')).toBe('AccessDeniedException');
    expect(await read()).toBe('AccessDeniedException');
  });

  test('can depend on their tags and on the tags that they will have', async () => {
    await controlPlane.perform('CreateUser', { UserName: 'tagged', Tags: [{ Key: 'team', Value: 'blue' }] });
    const blue = { StringEquals: { 'aws:ResourceTag/team': 'blue' } };
    const read = (UserName: string) =>
      outcome(controlPlane.perform('GetUser', { UserName }, { as: allowedTo('iam:GetUser', '*', blue) }));
    expect([await read('tagged'), await read('app')]).toEqual(['allowed', 'AccessDeniedException']);
    const make = (Value: string) =>
      outcome(
        controlPlane.perform(
          'CreateUser',
          { UserName: `made-${Value}`, Tags: [{ Key: 'team', Value }] },
          { as: allowedTo('iam:*', '*', { StringEquals: { 'aws:RequestTag/team': 'blue' } }) },
        ),
      );
    expect([await make('blue'), await make('red')]).toEqual(['allowed', 'AccessDeniedException']);
  });
});

test('a service can act for a principal on keys, but not on identities', async () => {
  const through = withAuthority(rootOf(accountId), { viaService: `s3.${region}.amazonaws.com` });
  const { Arn } = await keyFor();
  expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: through }))).toBe('allowed');
  expect(await controlPlane.refusal('CreateUser', { UserName: 'smuggled' }, { as: through })).toMatch(
    /through a service\.$/,
  );
});

describe('the audit notes what decided', () => {
  const noted = async (eventName: string) =>
    (await controlPlane.events(eventName))[0]?.additionalEventData?.keysteadAuthorization;

  test('the key policy’s statement, the identity policy to which it delegates, the grant', async () => {
    const { Arn } = await keyFor(to({ AWS: app.principal.arn }, 'kms:Encrypt'));
    await controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: app });
    expect(await noted('Encrypt')).toEqual([
      {
        action: 'kms:Encrypt',
        resource: Arn,
        decision: 'Allow',
        policy: 'key policy',
        statement: 'to',
      },
    ]);
    await controlPlane.perform('DescribeKey', { KeyId: Arn }, { as: allowed(app, everything) });
    expect(await noted('DescribeKey')).toMatchObject([
      { policy: 'identity policy', policyName: 'own', statement: 'Statement[0]', delegatedBy: 'account' },
    ]);
    const { GrantId } = await controlPlane.perform('CreateGrant', {
      KeyId: Arn,
      GranteePrincipal: builder.principal.arn,
      Operations: ['GenerateDataKey'],
    });
    await controlPlane.perform('GenerateDataKey', { KeyId: Arn, KeySpec: 'AES_256' }, { as: builder });
    expect(await noted('GenerateDataKey')).toMatchObject([{ policy: 'grant', grantId: GrantId }]);
  });

  test('what was missing or denied, which the caller does not learn', async () => {
    const { Arn } = await keyFor({ ...to({ AWS: app.principal.arn }), Sid: 'secret reason', Effect: 'Deny' });
    const refusal = await controlPlane.refusal('Encrypt', { KeyId: Arn, Plaintext }, { as: app });
    expect(refusal.startsWith(denied)).toBe(true);
    expect(refusal).not.toContain('secret reason');
    expect(await noted('Encrypt')).toMatchObject([
      { decision: 'Deny', policy: 'key policy', statement: 'secret reason', reason: expect.stringContaining('denies') },
    ]);
    const open = await keyFor();
    await controlPlane.refusal('Decrypt', { KeyId: open.Arn, CiphertextBlob: Plaintext }, { as: app });
    expect(await noted('Decrypt')).toMatchObject([
      { decision: 'Deny', policy: 'identity policy', delegatedBy: 'account' },
    ]);
  });

  test('one note for each decision, and none in the record of a foreign key’s owner', async () => {
    const { Arn } = await keyFor(to({ AWS: '444455556666' }));
    const visitor = allowed(foreignUser('444455556666', 'visitor'), everything);
    await controlPlane.perform('DescribeKey', { KeyId: Arn }, { as: visitor });
    const [owners] = await controlPlane.events('DescribeKey');
    const [visitors] = await controlPlane.events('DescribeKey', { accountId: '444455556666' });
    expect(JSON.stringify(owners)).not.toContain('keysteadAuthorization');
    expect(visitors?.additionalEventData).toMatchObject({ keysteadAuthorization: [{ policy: 'key policy' }] });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext });
    await controlPlane.perform('ReEncrypt', { CiphertextBlob, DestinationKeyId: Arn });
    expect(await noted('ReEncrypt')).toMatchObject([{ action: 'kms:ReEncryptFrom' }, { action: 'kms:ReEncryptTo' }]);
  });
});

describe('SimulateAuthorization', () => {
  test('decides as for a real request, and says why', async () => {
    const { Arn } = await keyFor(to({ AWS: app.principal.arn }, 'kms:Encrypt'));
    const ask = (Action: string) =>
      controlPlane.perform('SimulateAuthorization', { PrincipalArn: app.principal.arn, Action, KeyId: Arn });
    expect(await ask('kms:Encrypt')).toMatchObject({ Decision: 'Allow', Reason: 'key policy statement "to" allows' });
    const refused = await ask('kms:Decrypt');
    expect(refused).toMatchObject({
      Decision: 'Deny',
      Message: await controlPlane
        .refusal('Decrypt', { KeyId: Arn, CiphertextBlob: Plaintext }, { as: app })
        .then((text) => text.slice(denied.length)),
    });
    expect(refused.Steps.map(({ Question }) => Question)).toEqual([
      'key policy',
      "the caller's identity policies",
      'grants',
      'decision',
    ]);
    expect(refused.Steps[0]?.Details).toEqual([
      'Allow "account": applies to the caller\'s account',
      'Allow "to": is about other actions',
    ]);
  });

  test('uses a policy that is not in force, conditions from the caller, and the stored grants', async () => {
    const { Arn } = await keyFor();
    const { roleArn } = builder.principal as { roleArn: string };
    const Condition = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
    const KeyPolicy = policyText({ ...to({ AWS: roleArn }, 'kms:Sign'), Condition });
    const ask = (more: object) =>
      controlPlane.perform('SimulateAuthorization', { PrincipalArn: roleArn, Action: 'kms:Sign', KeyId: Arn, ...more });
    expect(await ask({})).toMatchObject({ Decision: 'Deny' });
    const without = await ask({ KeyPolicy });
    expect(without.Decision).toBe('Deny');
    expect(JSON.stringify(without.Steps)).toContain('IpAddress aws:SourceIp');
    const within = { ConditionValues: { 'aws:SourceIp': ['203.0.113.7'] } };
    expect(await ask({ KeyPolicy, ...within })).toMatchObject({ Decision: 'Allow' });
    const IdentityPolicy = policyText({ ...everything, Action: 'kms:Sign' });
    expect(await ask({ IdentityPolicy })).toMatchObject({
      Decision: 'Allow',
      Reason: expect.stringContaining('the given policy'),
    });
    await controlPlane.perform('CreateGrant', {
      KeyId: Arn,
      GranteePrincipal: roleArn,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: { a: '1' } },
    });
    const decrypt = (EncryptionContext: Record<string, string>) => ask({ Action: 'kms:Decrypt', EncryptionContext });
    expect(await decrypt({ a: '1', b: '2' })).toMatchObject({
      Decision: 'Allow',
      Reason: expect.stringMatching(/^grant /),
    });
    expect(await decrypt({ a: '2' })).toMatchObject({ Decision: 'Deny' });
  });

  test('knows services, sessions, root, foreign principals, and actions without a key', async () => {
    const { Arn } = await keyFor(to({ Service: 's3.amazonaws.com' }, 'kms:Decrypt'), {
      ...to({ AWS: '444455556666' }),
      Sid: 'partner',
    });
    const ask = (PrincipalArn: string, Action = 'kms:Decrypt', KeyId: string | undefined = Arn) =>
      controlPlane.perform('SimulateAuthorization', { PrincipalArn, Action, ...defined({ KeyId }) });
    expect((await ask('s3.amazonaws.com')).Decision).toBe('Allow');
    expect((await ask('sqs.amazonaws.com')).Decision).toBe('Deny');
    expect((await ask(builder.principal.arn)).Decision).toBe('Deny');
    expect((await ask(rootArn(accountId, region))).Decision).toBe('Allow');
    expect(await ask('arn:aws:iam::444455556666:user/partner')).toMatchObject({
      Decision: 'Allow',
      Reason: expect.stringContaining('assumed for account 444455556666'),
    });
    const create = { PrincipalArn: app.principal.arn, Action: 'kms:CreateKey' };
    expect((await controlPlane.perform('SimulateAuthorization', create)).Decision).toBe('Deny');
    expect(
      await controlPlane.refusal('SimulateAuthorization', { ...create, PrincipalArn: `${app.principal.arn}2` }),
    ).toMatch(/^NoSuchEntityException/);
  });

  test('lets a service use its grant for the resource that the conditions name, as a request would', async () => {
    const { Arn } = await keyFor();
    await controlPlane.perform('CreateGrant', toDatabase(Arn));
    const onBehalfOf = (arn?: string) =>
      controlPlane.perform('SimulateAuthorization', {
        PrincipalArn: 'dynamodb.amazonaws.com',
        Action: 'kms:Decrypt',
        KeyId: Arn,
        ...(arn !== undefined && { ConditionValues: { 'aws:SourceArn': [arn] } }),
      });
    expect((await onBehalfOf(source)).Decision).toBe('Allow');
    expect((await onBehalfOf(`${source}2`)).Decision).toBe('Deny');
    expect((await onBehalfOf()).Decision).toBe('Deny');
  });

  test('needs its own permission, and reveals nothing about other accounts’ keys', async () => {
    const { Arn } = await keyFor();
    const question = { PrincipalArn: app.principal.arn, Action: 'kms:Encrypt', KeyId: Arn };
    expect(await controlPlane.refusal('SimulateAuthorization', question, { as: app })).toContain(
      'keystead:SimulateAuthorization',
    );
    const foreign = { ...question, PrincipalArn: rootArn('444455556666') };
    expect(await controlPlane.refusal('SimulateAuthorization', foreign, { as: rootOf('444455556666') })).toMatch(
      /^AccessDeniedException: .* on this resource because the resource does not exist/,
    );
  });
});
