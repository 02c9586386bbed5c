/** Grants to services: how they are listed, by whom, and which calls they allow. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { aKey } from '../../support/a-key.ts';
import { allowed, everything, serviceOf, withAuthority } from '../../support/callers.ts';
import { outcome, source, to, toAccount, toDatabase } from '../../support/permission-cases.ts';
import { policyText } from '../../support/policies.ts';
import {
  accountId,
  addRoot,
  openTestControlPlane,
  rootOf,
  type TestControlPlane,
} from '../../support/test-control-plane.ts';

const SERVICE = 'dynamodb.amazonaws.com';
const REGIONAL = 'dynamodb.eu-west-1.amazonaws.com';
const Plaintext = Buffer.from('attack at dawn');

let controlPlane: TestControlPlane;
let app: Caller;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  app = await controlPlane.user('app');
});
afterAll(() => controlPlane?.close());

const service = serviceOf(SERVICE);
const forOrders = withAuthority(service, { source: { arn: source } });
/** The service as it calls in its Region, where it has a second name. */
const inRegion = {
  ...forOrders,
  principal: { ...forOrders.principal, regionalName: REGIONAL },
} as Caller;

/** A key that services can list the grants of. */
const listable = (listing: unknown = { Service: SERVICE }) =>
  aKey(controlPlane, { Policy: policyText(toAccount, to(listing, 'kms:ListGrants')) });

describe('ListGrants by GranteeServicePrincipal', () => {
  test('shows a service the grants to the service that it names, and no others', async () => {
    const { KeyId } = await listable();
    const { GrantId } = await controlPlane.perform('CreateGrant', toDatabase(KeyId));
    await controlPlane.perform('CreateGrant', { ...toDatabase(KeyId), GranteeServicePrincipal: 's3.amazonaws.com' });
    await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'] });
    const input = { KeyId, GranteeServicePrincipal: SERVICE };
    const { Grants } = await controlPlane.perform('ListGrants', input, { as: service });
    expect(Grants).toMatchObject([
      {
        GrantId,
        GranteeServicePrincipal: SERVICE,
        RetiringServicePrincipal: SERVICE,
        Constraints: { SourceArn: source },
      },
    ]);
    for (const absent of ['GranteePrincipal', 'RetiringPrincipal']) expect(Grants?.[0]).not.toHaveProperty(absent);
    const byId = await controlPlane.perform('ListGrants', { ...input, GrantId }, { as: service });
    expect(byId.Grants).toEqual(Grants);
  });

  test('is refused to every caller that is not a service, and together with GranteePrincipal', async () => {
    const { KeyId } = await listable();
    await controlPlane.perform('CreateGrant', toDatabase(KeyId));
    const input = { KeyId, GranteeServicePrincipal: SERVICE };
    const reserved = 'ValidationException: GranteeServicePrincipal can only be used by a service principal.';
    expect(await controlPlane.refusal('ListGrants', input)).toBe(reserved);
    const through = withAuthority(allowed(app, everything), { viaService: REGIONAL });
    expect(await controlPlane.refusal('ListGrants', input, { as: through })).toBe(reserved);
    const both = { ...input, GranteePrincipal: app.principal.arn };
    expect(await controlPlane.refusal('ListGrants', both, { as: service })).toBe(
      'ValidationException: A list of grants has GranteePrincipal or GranteeServicePrincipal, not both.',
    );
  });

  test.each(['dynamodb', 'amazonaws.com', 'dynamo db.amazonaws.com', `${'a'.repeat(128)}.amazonaws.com`])(
    'is refused for %j, which is not a service principal',
    async (GranteeServicePrincipal) => {
      const { KeyId } = await listable();
      for (const as of [service, rootOf(accountId)]) {
        expect(await controlPlane.refusal('ListGrants', { KeyId, GranteeServicePrincipal }, { as })).toMatch(
          /^ValidationException: 1 validation error detected: Value '.*' at 'granteeServicePrincipal' failed/,
        );
      }
    },
  );

  test('needs the permission of every list of grants', async () => {
    const { KeyId } = await aKey(controlPlane);
    const input = { KeyId, GranteeServicePrincipal: SERVICE };
    expect(await controlPlane.refusal('ListGrants', input, { as: service })).toContain('AccessDeniedException');
  });
});

describe('ListRetirableGrants by RetiringServicePrincipal', () => {
  test('shows a service its own grants on keys of its account, without a policy, and records why', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    const { GrantId } = await controlPlane.perform('CreateGrant', {
      ...toDatabase(KeyId),
      RetiringServicePrincipal: 'sns.amazonaws.com',
    });
    await addRoot(controlPlane.store, '444455556666', controlPlane.clock.now());
    const foreign = await aKeyOf(rootOf('444455556666'));
    await controlPlane.perform(
      'CreateGrant',
      { ...toDatabase(foreign), RetiringServicePrincipal: 'sns.amazonaws.com' },
      { as: rootOf('444455556666') },
    );
    const input = { RetiringServicePrincipal: 'sns.amazonaws.com' };
    const { Grants } = await controlPlane.perform('ListRetirableGrants', input, { as: serviceOf('sns.amazonaws.com') });
    expect(Grants).toMatchObject([{ KeyId: Arn, GrantId, RetiringServicePrincipal: 'sns.amazonaws.com' }]);
    const [event] = await controlPlane.events('ListRetirableGrants');
    expect(event?.additionalEventData).toMatchObject({
      keysteadAuthorization: [{ action: 'kms:ListRetirableGrants', decision: 'Allow', statement: 'service itself' }],
    });
  });

  test('is refused to another service, and to callers that are not services', async () => {
    const input = { RetiringServicePrincipal: SERVICE };
    expect(await controlPlane.refusal('ListRetirableGrants', input, { as: serviceOf('s3.amazonaws.com') })).toContain(
      'AccessDeniedException',
    );
    expect(await controlPlane.refusal('ListRetirableGrants', input)).toBe(
      'ValidationException: RetiringServicePrincipal can only be used by a service principal.',
    );
    expect(await controlPlane.refusal('ListRetirableGrants', input, { as: app })).toContain('AccessDeniedException');
  });

  test('excludes RetiringPrincipal, and one of the two is required', async () => {
    const both = { RetiringServicePrincipal: SERVICE, RetiringPrincipal: app.principal.arn };
    expect(await controlPlane.refusal('ListRetirableGrants', both, { as: service })).toBe(
      'ValidationException: A list of retirable grants has RetiringPrincipal or RetiringServicePrincipal, not both.',
    );
    expect(await controlPlane.refusal('ListRetirableGrants', {})).toBe(
      "ValidationException: 1 validation error detected: Value null at 'retiringPrincipal' failed to satisfy constraint: Member must not be null",
    );
  });

  async function aKeyOf(owner: Caller): Promise<string> {
    const { KeyMetadata } = await controlPlane.perform('CreateKey', {}, { as: owner });
    return KeyMetadata?.KeyId ?? '';
  }
});

describe('a grant to a service refuses', () => {
  test.each([
    ['a source without an account', { Constraints: { SourceArn: 'arn:aws:s3:::orders-of-2026' } }],
    ['a source that is not an ARN', { Constraints: { SourceArn: 'the table of orders, or another' } }],
    ['a source longer than 512', { Constraints: { SourceArn: `${source}${'x'.repeat(512)}` } }],
    ['a name with one dot', { GranteeServicePrincipal: 'amazonaws.com' }],
    ['a retiring name with one dot', { RetiringServicePrincipal: 'amazonaws.com' }],
    ['a name of more than 128 characters', { GranteeServicePrincipal: `${'a'.repeat(115)}.amazonaws.com` }],
  ])('%s', async (_what, change) => {
    const { KeyId } = await aKey(controlPlane);
    expect(await controlPlane.refusal('CreateGrant', { ...toDatabase(KeyId), ...change })).toMatch(
      /^ValidationException: 1 validation error detected: /,
    );
  });
});

describe('a grant to a service as it is called in a Region', () => {
  test('is accepted as GranteePrincipal, listed so, and allows the service there', async () => {
    const { KeyId } = await aKey(controlPlane);
    const RetiringPrincipal = 'rds.eu-west-1.amazonaws.com';
    const input = { KeyId, GranteePrincipal: REGIONAL, RetiringPrincipal, Operations: ['Encrypt'] } as const;
    const { GrantId } = await controlPlane.perform('CreateGrant', input);
    const { Grants } = await controlPlane.perform('ListGrants', { KeyId, GranteePrincipal: REGIONAL });
    expect(Grants).toMatchObject([{ GrantId, GranteePrincipal: REGIONAL, RetiringPrincipal }]);
    const encrypt = (as: Caller) => outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as }));
    expect([await encrypt(inRegion), await encrypt(app)]).toEqual(['allowed', 'AccessDeniedException']);
  });

  test.each(['dynamodb.amazonaws.com', 'dynamodb.eu-west-1', 'amazonaws.com'])(
    'is refused for %s, which does not have a Region or is not a service',
    async (GranteePrincipal) => {
      const { KeyId } = await aKey(controlPlane);
      expect(await controlPlane.refusal('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Encrypt'] })).toContain(
        'InvalidArnException',
      );
    },
  );
});

test('a source binds a grant on a key of any kind, DescribeKey where the call has a source, and not RetireGrant', async () => {
  const { KeyId } = await aKey(controlPlane, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const Operations = ['GenerateMac', 'DescribeKey', 'RetireGrant'] as const;
  const { GrantId } = await controlPlane.perform('CreateGrant', {
    ...toDatabase(KeyId),
    Operations,
    RetiringServicePrincipal: 's3.amazonaws.com',
  });
  const mac = { KeyId, Message: Plaintext, MacAlgorithm: 'HMAC_SHA_256' } as const;
  const other = withAuthority(service, { source: { arn: `${source}2` } });
  const outcomes = async (as: Caller) => [
    await outcome(controlPlane.perform('GenerateMac', mac, { as })),
    await outcome(controlPlane.perform('DescribeKey', { KeyId }, { as })),
  ];
  const denied = 'AccessDeniedException';
  expect(await outcomes(forOrders)).toEqual(['allowed', 'allowed']);
  expect(await outcomes(other)).toEqual([denied, denied]);
  expect(await outcomes(service)).toEqual([denied, 'allowed']);
  expect(await outcome(controlPlane.perform('RetireGrant', { KeyId, GrantId }, { as: other }))).toBe('allowed');
});

test('a grant with a source never allows a user’s own call, which is on behalf of no resource', async () => {
  const { KeyId } = await aKey(controlPlane);
  const Constraints = { SourceArn: source };
  const grant = { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'], Constraints } as const;
  await controlPlane.perform('CreateGrant', grant);
  expect(await outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as: app }))).toBe(
    'AccessDeniedException',
  );
  const { Constraints: _, ...free } = grant;
  await controlPlane.perform('CreateGrant', free);
  expect(await outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as: app }))).toBe('allowed');
});

describe('ReEncrypt by permission of two grants', () => {
  const anywhere = source.replace(/orders$/, '*');
  const grantFor = (KeyId: string, SourceArn: string, ...Operations: ('ReEncryptFrom' | 'ReEncryptTo')[]) =>
    controlPlane.perform('CreateGrant', { ...toDatabase(KeyId), Operations, Constraints: { SourceArn } });
  const twoKeys = async () => {
    const [from, into] = [await aKey(controlPlane), await aKey(controlPlane)];
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: from.KeyId, Plaintext });
    const move = () =>
      outcome(controlPlane.perform('ReEncrypt', { CiphertextBlob, DestinationKeyId: into.KeyId }, { as: forOrders }));
    return { from: from.KeyId, into: into.KeyId, move };
  };

  test('is denied when the grants name different sources, though each holds', async () => {
    const { from, into, move } = await twoKeys();
    await grantFor(from, source, 'ReEncryptFrom');
    await grantFor(into, anywhere, 'ReEncryptTo');
    expect(await move()).toBe('AccessDeniedException');
    const [event] = await controlPlane.events('ReEncrypt');
    expect(event?.additionalEventData).toMatchObject({
      keysteadAuthorization: [
        { action: 'kms:ReEncryptFrom', decision: 'Allow' },
        { action: 'kms:ReEncryptTo', decision: 'Deny', reason: 'the grants on the two keys name different sources' },
      ],
    });
  });

  test('is allowed when they name the same one, also when other grants do not, and records those two', async () => {
    const { from, into, move } = await twoKeys();
    const first = await grantFor(from, source, 'ReEncryptFrom');
    await grantFor(into, anywhere, 'ReEncryptTo');
    const second = await grantFor(into, source, 'ReEncryptTo');
    expect(await move()).toBe('allowed');
    const third = await grantFor(from, anywhere, 'ReEncryptFrom');
    expect(await move()).toBe('allowed');
    await controlPlane.perform('RevokeGrant', { KeyId: into, GrantId: second.GrantId ?? '' });
    expect(await move()).toBe('allowed');
    const decided = (await controlPlane.events('ReEncrypt')).map(
      ({ additionalEventData: data }) =>
        (data?.keysteadAuthorization as readonly { readonly grantId: string }[] | undefined)?.[0]?.grantId,
    );
    expect(decided[0]).toBe(third.GrantId);
    expect(decided[2]).toBe(first.GrantId);
  });

  test('is not held to a source where a key policy allows one side', async () => {
    const from = await aKey(controlPlane, {
      Policy: policyText(toAccount, to({ Service: SERVICE }, 'kms:ReEncryptFrom')),
    });
    const into = await aKey(controlPlane);
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: from.KeyId, Plaintext });
    await grantFor(into.KeyId, anywhere, 'ReEncryptTo');
    const input = { CiphertextBlob, DestinationKeyId: into.KeyId };
    expect(await outcome(controlPlane.perform('ReEncrypt', input, { as: forOrders }))).toBe('allowed');
  });
});

describe('a service’s name in a Region', () => {
  test('is a grantee and a retiring principal, as its global name is', async () => {
    const { KeyId } = await listable({ Service: REGIONAL });
    const { GrantId } = await controlPlane.perform('CreateGrant', {
      ...toDatabase(KeyId),
      GranteeServicePrincipal: REGIONAL,
      RetiringServicePrincipal: REGIONAL,
    });
    const use = (as: Caller) => outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as }));
    expect(await use(inRegion)).toBe('allowed');
    expect(await use(forOrders)).toBe('AccessDeniedException');
    const elsewhere = {
      ...inRegion,
      principal: { ...inRegion.principal, regionalName: 'dynamodb.us-east-1.amazonaws.com' },
    } as Caller;
    expect(await use(elsewhere)).toBe('AccessDeniedException');
    const filter = { KeyId, GranteeServicePrincipal: REGIONAL };
    expect((await controlPlane.perform('ListGrants', filter, { as: inRegion })).Grants).toMatchObject([
      { GrantId, GranteeServicePrincipal: REGIONAL, RetiringServicePrincipal: REGIONAL },
    ]);
    const own = { RetiringServicePrincipal: REGIONAL };
    expect((await controlPlane.perform('ListRetirableGrants', own, { as: inRegion })).Grants).toMatchObject([
      { GrantId },
    ]);
    expect(await outcome(controlPlane.perform('ListRetirableGrants', own, { as: elsewhere }))).toBe(
      'AccessDeniedException',
    );
    const retire = { KeyId, GrantId };
    expect(await outcome(controlPlane.perform('RetireGrant', retire, { as: elsewhere }))).toBe('AccessDeniedException');
    expect(await outcome(controlPlane.perform('RetireGrant', retire, { as: inRegion }))).toBe('allowed');
  });

  test('is a principal of key policies, and one of the names in aws:PrincipalServiceNamesList', async () => {
    const listed = {
      'ForAnyValue:StringEquals': { 'aws:PrincipalServiceNamesList': REGIONAL },
    };
    for (const statement of [
      to({ Service: REGIONAL }, 'kms:Encrypt'),
      { ...to({ Service: SERVICE }, 'kms:Encrypt'), Condition: listed },
    ]) {
      const { KeyId } = await aKey(controlPlane, { Policy: policyText(toAccount, statement) });
      const use = (as: Caller) => outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as }));
      expect(await use(inRegion)).toBe('allowed');
      expect(await use(forOrders)).toBe('AccessDeniedException');
    }
  });
});
