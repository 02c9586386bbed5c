import type { Caller } from '@keystead/control-plane/context/door.ts';
import { aKey } from '../../support/a-key.ts';
import { allowed } from '../../support/callers.ts';
import { addRoot, openTestControlPlane, rootOf, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let app: Caller;
let other: Caller;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  app = await controlPlane.user('app');
  other = await controlPlane.user('other');
});
afterAll(() => controlPlane?.close());

const plaintext = Buffer.from('secret');

test('a grant allows its grantee its operations and nothing else', async () => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext: plaintext }, { as: app })).toContain(
    'AccessDeniedException',
  );
  await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'] });
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: plaintext }, { as: app });
  expect(await controlPlane.refusal('Decrypt', { CiphertextBlob }, { as: app })).toContain('AccessDeniedException');
  expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext: plaintext }, { as: other })).toContain(
    'AccessDeniedException',
  );
});

test('a grant is listed as it was created', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  const { GrantId } = await controlPlane.perform('CreateGrant', {
    KeyId,
    GranteePrincipal: app.principal.arn,
    RetiringPrincipal: other.principal.arn,
    Operations: ['Encrypt', 'Decrypt', 'Encrypt'],
    Constraints: { EncryptionContextSubset: { Department: 'finance' } },
  });
  const { Grants } = await controlPlane.perform('ListGrants', { KeyId });
  expect(Grants).toEqual([
    {
      KeyId: Arn,
      GrantId,
      Name: '',
      CreationDate: new Date(controlPlane.clock.now()),
      GranteePrincipal: app.principal.arn,
      RetiringPrincipal: other.principal.arn,
      IssuingAccount: 'arn:aws:iam::111122223333:root',
      Operations: ['Encrypt', 'Decrypt'],
      Constraints: { EncryptionContextSubset: { Department: 'finance' } },
    },
  ]);
  expect(GrantId).toMatch(/^[0-9a-f]{64}$/);
  const [event] = await controlPlane.events('CreateGrant');
  expect(event?.responseElements).toEqual({ grantId: GrantId, keyId: Arn });
});

test('an empty constraint beside a full one says nothing, and of two empty ones the stricter stays', async () => {
  const { KeyId } = await aKey(controlPlane);
  const pairs = { Department: 'finance' };
  const input = { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'] } as const;
  const listed = async (Constraints: object) => {
    const { GrantId } = await controlPlane.perform('CreateGrant', { ...input, Constraints });
    return (await controlPlane.perform('ListGrants', { KeyId, GrantId })).Grants?.[0]?.Constraints;
  };
  expect(await listed({ EncryptionContextEquals: {}, EncryptionContextSubset: pairs })).toEqual({
    EncryptionContextSubset: pairs,
  });
  expect(await listed({ EncryptionContextEquals: pairs, EncryptionContextSubset: {} })).toEqual({
    EncryptionContextEquals: pairs,
  });
  expect(await listed({ EncryptionContextEquals: {}, EncryptionContextSubset: {} })).toEqual({
    EncryptionContextEquals: {},
  });
});

test('a policy sees the constraint that is meant, beside an empty one', async () => {
  const { KeyId } = await aKey(controlPlane);
  const as = allowed(app, {
    Effect: 'Allow',
    Action: 'kms:CreateGrant',
    Resource: '*',
    Condition: {
      StringEquals: {
        'kms:GrantConstraintType': 'EncryptionContextSubset',
        'kms:EncryptionContext:Department': 'finance',
      },
    },
  });
  const grant = (Constraints: object) =>
    ({ KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'], Constraints }) as const;
  const meant = { EncryptionContextEquals: {}, EncryptionContextSubset: { Department: 'finance' } };
  await controlPlane.perform('CreateGrant', grant(meant), { as });
  const other = { EncryptionContextEquals: { Department: 'finance' }, EncryptionContextSubset: {} };
  expect(await controlPlane.refusal('CreateGrant', grant(other), { as })).toContain('AccessDeniedException');
});

test('a grant by another grant is as narrow as the constraint that is meant', async () => {
  const { KeyId } = await aKey(controlPlane);
  const grant = (GranteePrincipal: string, Constraints: object) =>
    ({ KeyId, GranteePrincipal, Operations: ['Encrypt', 'CreateGrant'], Constraints }) as const;
  const meant = { EncryptionContextEquals: {}, EncryptionContextSubset: { Department: 'finance' } };
  await controlPlane.perform('CreateGrant', grant(app.principal.arn, meant));
  await controlPlane.perform('CreateGrant', grant(other.principal.arn, meant), { as: app });
  const wider = { EncryptionContextEquals: {}, EncryptionContextSubset: { Team: 'x' } };
  expect(await controlPlane.refusal('CreateGrant', grant(other.principal.arn, wider), { as: app })).toContain(
    'AccessDeniedException',
  );
});

test('a named grant created again is the same grant with another grant token', async () => {
  const { KeyId } = await aKey(controlPlane);
  const input = {
    KeyId,
    GranteePrincipal: app.principal.arn,
    Operations: ['Decrypt', 'Encrypt'],
    Name: 'nightly',
  } as const;
  const first = await controlPlane.perform('CreateGrant', input);
  const again = await controlPlane.perform('CreateGrant', { ...input, Operations: ['Encrypt', 'Decrypt'] });
  expect(again.GrantId).toBe(first.GrantId);
  expect(again.GrantToken).not.toBe(first.GrantToken);
  const different = await controlPlane.perform('CreateGrant', { ...input, Operations: ['Decrypt'] });
  expect(different.GrantId).not.toBe(first.GrantId);
  const { Name: _, ...unnamed } = input;
  const ids = [await controlPlane.perform('CreateGrant', unnamed), await controlPlane.perform('CreateGrant', unnamed)];
  expect(new Set(ids.map((grant) => grant.GrantId)).size).toBe(2);
});

test('a named grant that many requests create at once is created once', async () => {
  const { KeyId } = await aKey(controlPlane);
  const input = { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Decrypt'], Name: 'race' } as const;
  const grants = await Promise.all(Array.from({ length: 15 }, () => controlPlane.perform('CreateGrant', input)));
  expect(new Set(grants.map((grant) => grant.GrantId)).size).toBe(1);
  expect((await controlPlane.perform('ListGrants', { KeyId })).Grants).toHaveLength(1);
});

describe('CreateGrant refuses', () => {
  const grant = (input: object) => ({
    GranteePrincipal: app.principal.arn,
    Operations: ['Encrypt'] as const,
    ...input,
  });

  test.each([
    [{ Operations: ['Sign'] }, 'ValidationException: Operation Sign cannot be granted'],
    [{ Operations: [] }, 'ValidationException'],
    [{ GranteePrincipal: 'arn:aws:iam::111122223333:user/nobody' }, 'InvalidArnException'],
    [{ GranteePrincipal: 'arn:aws:iam::111122223333:group/staff' }, 'InvalidArnException'],
    [{ GranteePrincipal: '111122223333' }, 'InvalidArnException'],
    [{ RetiringPrincipal: 'arn:aws:iam::111122223333:user/nobody' }, 'InvalidArnException'],
    [
      { Constraints: { EncryptionContextEquals: { a: '1' }, EncryptionContextSubset: { a: '1' } } },
      'ValidationException: A grant has EncryptionContextEquals or EncryptionContextSubset, not both.',
    ],
    [{ GrantTokens: ['bm8'] }, 'InvalidGrantTokenException'],
  ])('%j', async (input, expected) => {
    const { KeyId } = await aKey(controlPlane);
    expect(await controlPlane.refusal('CreateGrant', { KeyId, ...grant(input) })).toContain(expected);
    expect((await controlPlane.perform('ListGrants', { KeyId })).Grants).toEqual([]);
  });

  test('a disabled key', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    await controlPlane.perform('DisableKey', { KeyId });
    expect(await controlPlane.refusal('CreateGrant', { KeyId, ...grant({}) })).toBe(
      `DisabledException: ${Arn} is disabled.`,
    );
  });

  test('a grant that allows more than the one its creator has', async () => {
    const { KeyId } = await aKey(controlPlane);
    const input = { KeyId, GranteePrincipal: other.principal.arn };
    await controlPlane.perform('CreateGrant', { KeyId, ...grant({ Operations: ['CreateGrant', 'Encrypt'] }) });
    expect(await controlPlane.refusal('CreateGrant', { ...input, Operations: ['Decrypt'] }, { as: app })).toContain(
      'AccessDenied',
    );
    await controlPlane.perform('CreateGrant', { ...input, Operations: ['Encrypt'] }, { as: app });
  });
});

test('a dry run creates nothing and says so', async () => {
  const { KeyId } = await aKey(controlPlane);
  const input = { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'] } as const;
  expect(await controlPlane.refusal('CreateGrant', { ...input, DryRun: true })).toBe(
    'DryRunOperationException: The request would have succeeded, but the DryRun option is set.',
  );
  expect((await controlPlane.perform('ListGrants', { KeyId })).Grants).toEqual([]);
  const { GrantId = '' } = await controlPlane.perform('CreateGrant', input);
  expect(await controlPlane.refusal('RevokeGrant', { KeyId, GrantId, DryRun: true })).toContain(
    'DryRunOperationException',
  );
  expect((await controlPlane.perform('ListGrants', { KeyId })).Grants).toHaveLength(1);
});

test('grants are filtered by id and grantee', async () => {
  const { KeyId } = await aKey(controlPlane);
  const make = async (grantee: Caller) =>
    (
      await controlPlane.perform('CreateGrant', {
        KeyId,
        GranteePrincipal: grantee.principal.arn,
        Operations: ['Encrypt'],
      })
    ).GrantId;
  const [forApp, forOther] = [await make(app), await make(other)];
  const ids = async (filter: object) =>
    (await controlPlane.perform('ListGrants', { KeyId, ...filter })).Grants?.map((grant) => grant.GrantId);
  expect(await ids({ GrantId: forApp })).toEqual([forApp]);
  expect(await ids({ GranteePrincipal: other.principal.arn })).toEqual([forOther]);
  expect(await ids({ GrantId: forApp, GranteePrincipal: other.principal.arn })).toEqual([]);
  expect(await controlPlane.refusal('ListGrants', { KeyId, GrantId: 'ab'.repeat(32) })).toContain(
    'InvalidGrantIdException',
  );
});

test('a revoked grant ends at once, and cannot be revoked twice', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  const input = { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'] } as const;
  const { GrantId = '', GrantToken = '' } = await controlPlane.perform('CreateGrant', input);
  await controlPlane.perform('RevokeGrant', { KeyId, GrantId });
  const withGrantToken = { KeyId, Plaintext: plaintext, GrantTokens: [GrantToken] };
  expect(await controlPlane.refusal('Encrypt', withGrantToken, { as: app })).toContain('AccessDeniedException');
  const gone = `NotFoundException: Grant '${GrantId}' does not exist on ${Arn}`;
  expect(await controlPlane.refusal('RevokeGrant', { KeyId, GrantId })).toBe(gone);
  expect(await controlPlane.refusal('RevokeGrant', { KeyId, GrantId, DryRun: true })).toBe(gone);
  expect(await controlPlane.refusal('RevokeGrant', { KeyId, GrantId: 'ab'.repeat(32) })).toContain('NotFoundException');
  expect(await controlPlane.refusal('RevokeGrant', { KeyId, GrantId: 'none' })).toContain('InvalidGrantIdException');
  expect(await controlPlane.refusal('RetireGrant', { GrantToken })).toContain('InvalidGrantTokenException');
});

describe('a grant is retired', () => {
  const make = async (input: object = {}) => {
    const { KeyId, Arn } = await aKey(controlPlane);
    const grant = { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'], ...input } as const;
    const { GrantId = '', GrantToken = '' } = await controlPlane.perform('CreateGrant', grant);
    return { KeyId, Arn, GrantId, GrantToken };
  };
  const left = async (KeyId: string) => (await controlPlane.perform('ListGrants', { KeyId })).Grants?.length;

  test('by its retiring principal, by grant token', async () => {
    const { KeyId, Arn, GrantId, GrantToken } = await make({ RetiringPrincipal: other.principal.arn });
    await controlPlane.perform('RetireGrant', { GrantToken }, { as: other });
    expect(await left(KeyId)).toBe(0);
    const [event] = await controlPlane.events('RetireGrant');
    expect(event).toMatchObject({
      requestParameters: null,
      additionalEventData: { grantId: GrantId },
      resources: [{ ARN: Arn }],
    });
  });

  test('by its grantee, if the grant has RetireGrant, by key and grant id', async () => {
    const { Arn, KeyId, GrantId } = await make({ Operations: ['Encrypt', 'RetireGrant'] });
    await controlPlane.perform('RetireGrant', { KeyId: Arn, GrantId }, { as: app });
    expect(await left(KeyId)).toBe(0);
  });

  test('by the account that created it', async () => {
    const { KeyId, GrantId } = await make();
    await controlPlane.perform('RetireGrant', { KeyId, GrantId });
    expect(await left(KeyId)).toBe(0);
  });

  test('and by nobody else', async () => {
    const { KeyId, GrantId, GrantToken } = await make();
    expect(await controlPlane.refusal('RetireGrant', { GrantToken }, { as: app })).toContain('AccessDeniedException');
    expect(await controlPlane.refusal('RetireGrant', { KeyId, GrantId }, { as: other })).toContain(
      'AccessDeniedException',
    );
    expect(await left(KeyId)).toBe(1);
  });

  test('with a grant token, or with both key and grant id', async () => {
    const { KeyId, GrantId, GrantToken } = await make();
    for (const input of [{}, { KeyId }, { GrantId }, { GrantToken, KeyId, GrantId }]) {
      expect(await controlPlane.refusal('RetireGrant', input)).toBe(
        'ValidationException: Grant token OR (grant ID, key ID) must be specified',
      );
    }
    expect(await controlPlane.refusal('RetireGrant', { GrantToken: 'bm8' })).toContain('InvalidGrantTokenException');
  });
});

test('retirable grants are listed for principals of the caller’s account', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  const retiring = await controlPlane.user('retiring');
  await controlPlane.perform('CreateGrant', {
    KeyId,
    GranteePrincipal: app.principal.arn,
    RetiringPrincipal: retiring.principal.arn,
    Operations: ['Encrypt'],
  });
  const { Grants } = await controlPlane.perform('ListRetirableGrants', { RetiringPrincipal: retiring.principal.arn });
  expect(Grants).toMatchObject([{ KeyId: Arn }]);
  expect(
    await controlPlane.refusal('ListRetirableGrants', { RetiringPrincipal: 'arn:aws:iam::444455556666:root' }),
  ).toContain('AccessDeniedException');
});

test('a grant to another account is used there by key ARN, and shows the account that created it', async () => {
  await addRoot(controlPlane.store, '444455556666', controlPlane.clock.now());
  const foreign = rootOf('444455556666');
  const { KeyId, Arn } = await aKey(controlPlane);
  expect(await controlPlane.refusal('Encrypt', { KeyId: Arn, Plaintext: plaintext }, { as: foreign })).toContain(
    'AccessDenied',
  );
  await controlPlane.perform('CreateGrant', {
    KeyId,
    GranteePrincipal: foreign.principal.arn,
    Operations: ['Encrypt', 'Decrypt'],
  });
  const { CiphertextBlob } = await controlPlane.perform(
    'Encrypt',
    { KeyId: Arn, Plaintext: plaintext },
    { as: foreign },
  );
  expect((await controlPlane.perform('Decrypt', { CiphertextBlob }, { as: foreign })).KeyId).toBe(Arn);
});
