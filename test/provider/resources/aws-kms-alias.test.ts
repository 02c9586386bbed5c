import { unknown } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let alias: Managed;
let first: Managed;
let second: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  alias = new Managed(engine, 'aws_kms_alias');
  first = new Managed(engine, 'aws_kms_key');
  second = new Managed(engine, 'aws_kms_key');
  await first.applied({});
  await second.applied({});
  door.forget();
});

afterEach(() => door.close());

test.each(['id', 'arn'])('points to a key by its %s, and holds the bare id, as an import does', async (form) => {
  const config = { name: 'alias/orders', target_key_id: first.text(form) };
  expect((await alias.plan(config)).diagnostics).toEqual([]);
  const state = await alias.applied(config);
  expect(door.calls()).toEqual(['CreateAlias', 'ListAliases']);
  expect(state).toEqual({
    arn: 'arn:aws:kms:us-east-1:111122223333:alias/orders',
    id: 'alias/orders',
    name: 'alias/orders',
    name_prefix: '',
    region: 'us-east-1',
    target_key_arn: first.state?.arn,
    target_key_id: first.id,
  });
  expect(door.inputs('CreateAlias')).toMatchObject([{ TargetKeyId: config.target_key_id }]);
  await alias.import('alias/orders');
  expect(alias.state).toEqual(state);
  expect(await alias.isSettled(config)).toBe(true);
});

test('the other form of the same key is not a change', async () => {
  await alias.applied({ name: 'alias/orders', target_key_id: first.id });
  const { planned } = await alias.plan({ name: 'alias/orders', target_key_id: first.text('arn') });
  expect(planned).toEqual(alias.state);
});

test('without a name it makes one, and without a prefix that begins with alias/', async () => {
  const other = new Managed(alias.engine, 'aws_kms_alias');
  await alias.applied({ target_key_id: first.id });
  await other.applied({ target_key_id: first.id, name_prefix: 'alias/app-' });
  expect(alias.state).toMatchObject({
    name: expect.stringMatching(/^alias\/\d{18}[0-9a-f]{8}$/),
    name_prefix: 'alias/',
  });
  expect(other.state).toMatchObject({
    name: expect.stringMatching(/^alias\/app-\d{18}[0-9a-f]{8}$/),
    name_prefix: 'alias/app-',
  });
  expect(await alias.isSettled({ target_key_id: first.id })).toBe(true);
  expect(await other.isSettled({ target_key_id: first.id, name_prefix: 'alias/app-' })).toBe(true);
});

test('another target is an update that ends with the new ARN', async () => {
  await alias.applied({ name: 'alias/orders', target_key_id: first.id });
  const config = { name: 'alias/orders', target_key_id: second.id };
  const { planned, requiresReplace } = await alias.plan(config);
  expect([planned?.target_key_arn, requiresReplace]).toEqual([unknown, []]);
  expect(await alias.applied(config)).toMatchObject({ target_key_arn: second.state?.arn });
  expect(door.inputs('UpdateAlias')).toEqual([{ AliasName: 'alias/orders', TargetKeyId: second.id }]);
});

test('another name replaces', async () => {
  await alias.applied({ name: 'alias/orders', target_key_id: first.id });
  const { requiresReplace } = await alias.plan({ name: 'alias/bills', target_key_id: first.id });
  expect(requiresReplace).toEqual([['name']]);
});

test('a refresh finds its new target among many aliases', async () => {
  await alias.applied({ name: 'alias/orders', target_key_id: first.id });
  for (const name of ['a', 'b', 'c', 'd', 'e']) door.aliases.set(`us-east-1/alias/${name}`, second.id);
  door.aliases.delete('us-east-1/alias/orders');
  door.aliases.set('us-east-1/alias/orders', second.id);
  await alias.refresh();
  expect(alias.state).toMatchObject({ target_key_id: second.id, target_key_arn: second.state?.arn });
});

test('a refresh after its key is gone looks for it everywhere, then drops it', async () => {
  await alias.applied({ name: 'alias/orders', target_key_id: first.id });
  door.keys.delete(`us-east-1/${first.id}`);
  await alias.refresh();
  expect(alias.state).toMatchObject({ id: 'alias/orders' });
  door.aliases.clear();
  await alias.refresh();
  expect(alias.state).toBeNull();
});

test('an alias that exists is refused with the way to import it', async () => {
  door.refuse('CreateAlias', { status: 409, code: 'AlreadyExistsException', detail: 'exists' });
  const { state, diagnostics } = await alias.apply({ name: 'alias/orders', target_key_id: first.id });
  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([{ path: ['name'], detail: expect.stringContaining('terraform import') }]);
});

test('deleting an alias that is gone succeeds', async () => {
  await alias.applied({ name: 'alias/orders', target_key_id: first.id });
  door.refuse('DeleteAlias', { status: 404, code: 'NotFoundException' });
  expect(await alias.destroy()).toEqual([]);
});

test('import by name, with a Region if wanted, is followed by a plan without changes', async () => {
  const config = { name: 'alias/orders', target_key_id: first.text('arn') };
  await alias.applied(config);
  const other = new Managed(alias.engine, 'aws_kms_alias');
  expect(await other.import('alias/orders@us-east-1')).toEqual([]);
  expect(other.state).toMatchObject({ target_key_id: first.id });
  expect(await other.isSettled(config)).toBe(true);
  expect(other.engine.identity('aws_kms_alias', other.state)).toEqual({
    name: 'alias/orders',
    account_id: '111122223333',
    region: 'us-east-1',
  });
});

test.each(['orders', 'arn:aws:kms:us-east-1:111122223333:alias/orders', 'alias/'])(
  'the import id %s is refused with the expected form',
  async (id) => {
    expect(await alias.import(id)).toMatchObject([
      { severity: 'error', detail: expect.stringContaining('alias/orders') },
    ]);
  },
);
