/** An alias that moves while a request about it is under way. */
import type { Engines } from '@keystead/control-plane/context/engines.ts';
import type { Store } from '@keystead/control-plane/storage/port/store.ts';
import { aKey } from '../../support/a-key.ts';
import { accountId, openTestControlPlane, region, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const closedTo = (action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Deny', Principal: '*', Action: action, Resource: '*' },
    ],
  });

/** A store in which the alias is moved right after it was read for the first time. */
function storeWithRace(store: Store, aliasName: string, target: string): Store {
  let raced = false;
  const findAlias: Store['findAlias'] = async (...of) => {
    const alias = await store.findAlias(...of);
    if (raced || !alias) return alias;
    raced = true;
    const key = { account_id: accountId, region, alias_name: aliasName };
    const set = { target_key_id: target };
    await store.write({
      mutations: [{ op: 'update', table: 'aliases', key, revision: alias.revision, set }],
      changes: [],
      audit: [],
    });
    return alias;
  };
  return new Proxy(store, {
    get: (whole, name) => {
      if (name === 'findAlias') return findAlias;
      const member: unknown = Reflect.get(whole, name, whole);
      return typeof member === 'function' ? member.bind(whole) : member;
    },
  });
}

test.each(['UpdateAlias', 'DeleteAlias'] as const)(
  '%s is authorized on the key that the alias names when it is changed, not on the one it named before',
  async (operation) => {
    const AliasName = `alias/${operation}`;
    const [before, goal] = [await aKey(controlPlane), await aKey(controlPlane)];
    const closed = await aKey(controlPlane, { Policy: closedTo(`kms:${operation}`) });
    await controlPlane.perform('CreateAlias', { AliasName, TargetKeyId: before.KeyId });
    const { store } = controlPlane.engines;
    const engines = controlPlane.engines as { -readonly [Name in keyof Engines]: Engines[Name] };
    engines.store = storeWithRace(store, AliasName, closed.KeyId);
    try {
      const input = operation === 'UpdateAlias' ? { AliasName, TargetKeyId: goal.KeyId } : { AliasName };
      expect(await controlPlane.refusal(operation, input)).toContain('explicit deny in a resource-based policy');
    } finally {
      engines.store = store;
    }
    expect((await controlPlane.perform('DescribeKey', { KeyId: AliasName })).KeyMetadata?.KeyId).toBe(closed.KeyId);
  },
);
