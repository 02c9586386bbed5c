// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
/** Authorization in the pipeline: every key that a request touches, grants, conditions, identities, audit notes. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { aKey } from '../support/a-key.ts';
import { allowed, everything, foreignUser, serviceOf, withAuthority } from '../support/callers.ts';
import {
  openPermissionCases,
  outcome,
  type PermissionCases,
  source,
  to,
  toAccount,
  toDatabase,
} from '../support/permission-cases.ts';
import { policyText } from '../support/policies.ts';
import { accountId, region, rootOf, type TestControlPlane } from '../support/test-control-plane.ts';

const Plaintext = Buffer.from('secret');
const denied = 'AccessDeniedException: ';

let controlPlane: TestControlPlane;
let app: Caller;
let builder: Caller;
let keyFor: PermissionCases['keyFor'];
beforeAll(async () => {
  ({ controlPlane, app, builder, keyFor } = await openPermissionCases());
});
afterAll(() => controlPlane?.close());

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

test('kms:GrantOperations is a list: without a set operator it allows nothing', async () => {
  const operations = (operator: string) => ({
    ...to({ AWS: app.principal.arn }, 'kms:CreateGrant'),
    Condition: { [operator]: { 'kms:GrantOperations': 'Decrypt' } },
  });
  const create = async (operator: string, Operations: readonly ('Decrypt' | 'Encrypt')[]) => {
    const { Arn } = await keyFor(operations(operator));
    const request = { KeyId: Arn, GranteePrincipal: app.principal.arn, Operations };
    return outcome(controlPlane.perform('CreateGrant', request, { as: app }));
  };
  expect(await create('StringEquals', ['Decrypt', 'Encrypt'])).toBe('AccessDeniedException');
  expect(await create('StringEquals', ['Decrypt'])).toBe('AccessDeniedException');
  expect(await create('StringNotEquals', ['Encrypt'])).toBe('AccessDeniedException');
  expect(await create('ForAllValues:StringEquals', ['Decrypt', 'Encrypt'])).toBe('AccessDeniedException');
  expect(await create('ForAllValues:StringEquals', ['Decrypt'])).toBe('allowed');
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

  test('one note for each decision; of a foreign key, the owner’s record has what its policy decided', async () => {
    const { Arn } = await keyFor(to({ AWS: '444455556666' }));
    const visitor = allowed(foreignUser('444455556666', 'visitor'), everything);
    await controlPlane.perform('DescribeKey', { KeyId: Arn }, { as: visitor });
    const [owners] = await controlPlane.events('DescribeKey');
    const [visitors] = await controlPlane.events('DescribeKey', { accountId: '444455556666' });
    const note = { action: 'kms:DescribeKey', resource: Arn, decision: 'Allow', policy: 'key policy' };
    expect(owners?.additionalEventData).toEqual({ keysteadAuthorization: [{ ...note, statement: 'to' }] });
    expect(visitors?.additionalEventData).toEqual({ keysteadAuthorization: [note] });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext });
    await controlPlane.perform('ReEncrypt', { CiphertextBlob, DestinationKeyId: Arn });
    expect(await noted('ReEncrypt')).toMatchObject([{ action: 'kms:ReEncryptFrom' }, { action: 'kms:ReEncryptTo' }]);
  });
});
