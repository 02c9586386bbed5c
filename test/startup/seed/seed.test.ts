/** Seeding that is interrupted, that two nodes do at once, or that finds things in the database already. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setOrganization } from '@keystead/control-plane/mutations/identity-mutations.ts';
import { seed } from '@keystead/control-plane/startup/seed/seed.ts';
import { parseSeed } from '@keystead/control-plane/startup/seed/seed-file.ts';
import { StartError } from '@keystead/control-plane/startup/start-error.ts';
import { aKey } from '../../support/a-key.ts';
import { root } from '../../support/server.ts';
import { addRoot, openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

const text = readFileSync(join(root, 'docs/guide/examples/seed.yaml'), 'utf8');
const example = parseSeed('seed.yaml', text);
const orders = '11111111-2222-3333-4444-555555555555';
const there = { region: 'eu-central-1' };

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

const problemsOf = (file: string): Promise<string> =>
  seed(controlPlane.engines, parseSeed('seed.yaml', file)).then(
    () => '',
    (error: unknown) => {
      if (error instanceof StartError) return error.message;
      throw error;
    },
  );

/** The engines of a process that dies after so many writes. */
function dyingAfter(writes: number): TestControlPlane['engines'] {
  let left = writes;
  const store = new Proxy(controlPlane.engines.store, {
    get(target, name) {
      if (name !== 'write') return Reflect.get(target, name) as unknown;
      return (write: Parameters<typeof target.write>[0]) => {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('killed')) : target.write(write);
      };
    },
  });
  return { ...controlPlane.engines, store };
}

async function expectSeeded(): Promise<void> {
  const { Grants } = await controlPlane.perform('ListGrants', { KeyId: orders }, there);
  expect(Grants).toMatchObject([{ Name: 'alice-decrypts' }]);
  const { Aliases } = await controlPlane.perform('ListAliases', { KeyId: orders }, there);
  expect(Aliases).toMatchObject([{ AliasName: 'alias/orders' }]);
  expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId: orders }, there)).toMatchObject({
    KeyRotationEnabled: true,
  });
  const { Keys } = await controlPlane.perform('ListKeys', {}, there);
  expect(Keys).toHaveLength(3);
  expect((await controlPlane.perform('ListUsers', {})).Users).toMatchObject([{ UserName: 'alice' }]);
}

test('continues after an interruption at any write, and creates nothing twice', async () => {
  let deaths = 0;
  for (; deaths < 100; deaths += 1) {
    const died = await seed(dyingAfter(1), example).then(
      () => false,
      (error: Error) => error.message === 'killed',
    );
    if (!died) break;
  }
  expect(deaths).toBeGreaterThan(10);
  await expectSeeded();
  expect(await seed(controlPlane.engines, example)).toEqual({ seeded: 0, unchanged: 7 });
});

test('two nodes that start together create everything once', async () => {
  const starts = await Promise.allSettled([seed(controlPlane.engines, example), seed(controlPlane.engines, example)]);
  expect(starts.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  await seed(controlPlane.engines, example);
  await expectSeeded();
});

test('is in the audit log and the change log, with the service as the principal', async () => {
  await seed(controlPlane.engines, example);
  const [created] = await controlPlane.events('CreateKey', there);
  expect(created).toMatchObject({ userIdentity: { invokedBy: 'AWS Internal' }, userAgent: 'keystead serve --seed' });
  const [aliased] = await controlPlane.events('CreateAlias', there);
  expect(aliased).toMatchObject({ requestParameters: { aliasName: expect.stringMatching(/^alias\//) } });
  const { Changes } = await controlPlane.perform('ListChanges', {});
  const names = Changes.map(({ EventName }) => EventName);
  expect(names).toEqual(expect.arrayContaining(['CreateKey', 'CreateAlias', 'CreateGrant', 'CreateUser']));
  expect(JSON.stringify(await controlPlane.store.lookupAudit({ accountId: '111122223333', limit: 50 }))).not.toContain(
    'seed-secret',
  );
});

test('takes over nothing that it did not create', async () => {
  const { KeyId } = await aKey(controlPlane, {}, there);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/orders', TargetKeyId: KeyId }, there);
  await controlPlane.perform('CreateUser', { UserName: 'Alice' });
  const problems = await problemsOf(text);
  expect(problems).toContain(`Accounts[0].Keys[0].Aliases[0]: alias/orders is an alias of ${KeyId} already`);
  expect(problems).toContain(
    'Accounts[0].Users[0]: the user alice exists already, and was not created from a seed file',
  );
  const taken = text.replace(orders, KeyId).replace('alias/orders', 'alias/other').replaceAll('alice', 'bob');
  expect(await problemsOf(taken)).toContain(
    `Accounts[0].Keys[0].KeyId: arn:aws:kms:eu-central-1:111122223333:key/${KeyId}`,
  );
  expect((await controlPlane.perform('ListKeys', {}, there)).Keys).toHaveLength(1);
});

test('refuses material of another spec, and a policy with an unknown principal, and names their places', async () => {
  expect(await problemsOf(text.replace('KeySpec: HMAC_256', 'KeySpec: HMAC_512'))).toContain(
    'Accounts[1].Keys[0].KeyMaterial: it is not key material for HMAC_512',
  );
  expect((await controlPlane.perform('ListKeys', {}, there)).Keys).toEqual([]);
  const stranger = text.replace(
    'user/alice" }\n              Action: [kms',
    'user/nobody" }\n              Action: [kms',
  );
  expect(stranger).not.toBe(text);
  expect(await problemsOf(stranger)).toContain('Accounts[0].Keys[2]: MalformedPolicyDocumentException');
});

test('an access key of another user is not given to the user of the file', async () => {
  await seed(controlPlane.engines, example);
  const other = `Accounts: [{AccountId: "111122223333", Users: [{UserName: bob, AccessKeys: [
    {AccessKeyId: AKIASEEDALICE0000001, SecretAccessKey: seed-secret-of-alice-not-for-production}]}]}]`;
  expect(await problemsOf(other)).toMatch(
    /AccessKeys\[0\]: the access key AKIASEEDALICE0000001 belongs to .*user\/alice/,
  );
});

describe('an organization', () => {
  const other = '444455556666';
  const organizationOf = async () => {
    const { organization_id, organization_paths } = (await controlPlane.store.findAccount(other)) ?? {};
    return [organization_id, organization_paths];
  };
  const seeded = ['o-a1b2c3d4e5', '["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"]'];

  test('is set on record, and not again after somebody changed it', async () => {
    await seed(controlPlane.engines, example);
    expect(await organizationOf()).toEqual(seeded);
    const [event] = await controlPlane.events('PutAccountOrganization', { accountId: other, region: 'us-east-1' });
    expect(event).toMatchObject({
      userIdentity: { invokedBy: 'AWS Internal' },
      requestParameters: { accountId: other, organizationId: 'o-a1b2c3d4e5' },
    });
    const account = await controlPlane.store.findAccount(other);
    if (!account) throw new Error('the account was not seeded');
    await controlPlane.store.write({ mutations: [setOrganization(account, undefined)], changes: [], audit: [] });
    expect(await seed(controlPlane.engines, example)).toEqual({ seeded: 0, unchanged: 7 });
    expect(await organizationOf()).toEqual([null, null]);
  });

  test('that is another one than was seeded, or than the account has, is refused before anything is written', async () => {
    await addRoot(controlPlane.store, other, controlPlane.clock.now());
    const account = await controlPlane.store.findAccount(other);
    if (!account) throw new Error('the account does not exist');
    const organization = { id: 'o-zzzzzzzzzz', paths: [] };
    await controlPlane.store.write({ mutations: [setOrganization(account, organization)], changes: [], audit: [] });
    expect(await problemsOf(text)).toContain(
      'Accounts[1].OrganizationId: the account has the organization o-zzzzzzzzzz already, which a seed file did not set',
    );
    expect((await controlPlane.perform('ListKeys', {}, there)).Keys).toEqual([]);
    const now = await controlPlane.store.findAccount(other);
    if (!now) throw new Error('the account does not exist');
    await controlPlane.store.write({ mutations: [setOrganization(now, undefined)], changes: [], audit: [] });
    await seed(controlPlane.engines, example);
    expect(await organizationOf()).toEqual(seeded);
    expect(await problemsOf(text.replaceAll('o-a1b2c3d4e5', 'o-b1b2c3d4e5'))).toContain(
      'it was "o-a1b2c3d4e5" when it was seeded, and is "o-b1b2c3d4e5" now',
    );
  });
});

test('protects a key from deletion, and does not protect it again after the protection was lifted', async () => {
  const KeyId = '22222222-3333-4444-5555-666666666666';
  const declared = `{ KeyId: ${KeyId}, Region: eu-central-1, Enabled: false, DeletionProtection: true }`;
  const file = parseSeed('seed.yaml', `Accounts: [{ AccountId: "111122223333", Keys: [${declared}] }]`);
  const isProtected = async () =>
    (await controlPlane.perform('GetKeyConfiguration', { KeyId }, there)).DeletionProtection;
  await seed(controlPlane.engines, file);
  expect(await isProtected()).toBe(true);
  expect(await controlPlane.events('ProtectKey', there)).toHaveLength(1);
  await controlPlane.perform('UnprotectKey', { KeyId }, there);
  await seed(controlPlane.engines, file);
  expect(await isProtected()).toBe(false);
});
