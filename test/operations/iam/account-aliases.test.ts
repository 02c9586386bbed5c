import { allowed } from '../../support/callers.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

const aliases = () => controlPlane.perform('ListAccountAliases', {});
const create = (AccountAlias: string) => controlPlane.perform('CreateAccountAlias', { AccountAlias });

describe('the alias of an account', () => {
  test('is set, listed, replaced and removed', async () => {
    expect(await aliases()).toEqual({ AccountAliases: [], IsTruncated: false });
    await create('acme');
    expect(await aliases()).toEqual({ AccountAliases: ['acme'], IsTruncated: false });
    await create('acme-prod');
    expect(await aliases()).toEqual({ AccountAliases: ['acme-prod'], IsTruncated: false });
    await controlPlane.perform('DeleteAccountAlias', { AccountAlias: 'acme-prod' });
    expect(await aliases()).toEqual({ AccountAliases: [], IsTruncated: false });
    await create('acme');
  });

  test('is used once', async () => {
    await create('acme');
    expect(await controlPlane.refusal('CreateAccountAlias', { AccountAlias: 'acme' })).toContain(
      'The account alias acme already exists.',
    );
  });

  test('is not that of another account, which cannot remove it', async () => {
    const row = { alias: 'theirs', account_id: '444455556666' };
    await controlPlane.store.write({
      mutations: [{ op: 'insert', table: 'account_aliases', row }],
      changes: [],
      audit: [],
    });
    expect(await controlPlane.refusal('CreateAccountAlias', { AccountAlias: 'theirs' })).toContain(
      'EntityAlreadyExistsException',
    );
    expect(await controlPlane.refusal('DeleteAccountAlias', { AccountAlias: 'theirs' })).toContain(
      'NoSuchEntityException',
    );
    expect(await aliases()).toMatchObject({ AccountAliases: [] });
  });

  test('takes a permission of its own to read and to change, and its changes are in the audit log', async () => {
    const user = await controlPlane.user('reader');
    const reader = allowed(user, { Effect: 'Allow', Action: 'iam:ListAccountAliases', Resource: '*' });
    expect(await controlPlane.refusal('ListAccountAliases', {}, { as: user })).toContain('AccessDeniedException');
    expect(await controlPlane.perform('ListAccountAliases', {}, { as: reader })).toMatchObject({ AccountAliases: [] });
    expect(await controlPlane.refusal('CreateAccountAlias', { AccountAlias: 'acme' }, { as: reader })).toContain(
      'iam:CreateAccountAlias',
    );
    await create('acme');
    const events = await controlPlane.events('CreateAccountAlias');
    expect(JSON.stringify(events[0])).toContain('acme');
    expect(JSON.stringify(events[1])).toContain('AccessDenied');
  });

  test('is removed by its name only', async () => {
    await create('acme');
    expect(await controlPlane.refusal('DeleteAccountAlias', { AccountAlias: 'other' })).toContain(
      'NoSuchEntityException',
    );
    expect(await aliases()).toMatchObject({ AccountAliases: ['acme'] });
  });

  test.each(['ab', 'a'.repeat(64), 'Acme', '-acme', 'acme-', 'ac--me', 'ac me'])('is not "%s"', async (alias) => {
    expect(await controlPlane.refusal('CreateAccountAlias', { AccountAlias: alias })).toContain('ValidationException');
  });

  test('goes to one of many requests at once', async () => {
    const outcomes = await Promise.allSettled(['one', 'two', 'one', 'two', 'one'].map(create));
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await aliases()).AccountAliases).toHaveLength(1);
  });
});
