import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { unknown } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

const grantee = 'arn:aws:iam::111122223333:user/app';

let door: RestDoor;
let grant: Managed;
let key: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  grant = new Managed(engine, 'aws_kms_grant');
  key = new Managed(engine, 'aws_kms_key');
  await key.applied({});
  door.forget();
});

afterEach(() => door.close());

const config = (more: ObjectValue = {}): ObjectValue => ({
  key_id: key.id,
  grantee_principal: grantee,
  operations: ['Decrypt', 'Encrypt'],
  ...more,
});

const finance: ObjectValue = {
  constraints: [{ encryption_context_equals: { Department: 'finance' }, encryption_context_subset: null }],
};

test('sends what is configured and keeps the grant token, which is shown once', async () => {
  const whole = config({
    ...finance,
    name: 'app',
    retiring_principal: 'arn:aws:iam::111122223333:root',
    grant_creation_tokens: ['token'],
  });
  await grant.applied(whole);
  expect(door.inputs('CreateGrant')).toEqual([
    {
      KeyId: key.id,
      GranteePrincipal: grantee,
      Operations: ['Decrypt', 'Encrypt'],
      Name: 'app',
      RetiringPrincipal: 'arn:aws:iam::111122223333:root',
      Constraints: { EncryptionContextEquals: { Department: 'finance' } },
      GrantTokens: ['token'],
    },
  ]);
  const grantId = grant.text('grant_id');
  expect(grant.state).toMatchObject({ id: `${key.id}:${grantId}`, grant_token: `token-of-${grantId}` });
  await grant.refresh();
  expect(await grant.isSettled(whole)).toBe(true);
});

test('lets a grantee encapsulate and decapsulate', async () => {
  const whole = config({ operations: ['Decapsulate', 'Encapsulate'] });
  await grant.applied(whole);
  expect(door.inputs('CreateGrant')).toMatchObject([{ Operations: ['Decapsulate', 'Encapsulate'] }]);
  expect(await grant.isSettled(whole)).toBe(true);
});

test('a key can be named by its ARN, which is then part of the id', async () => {
  const arn = key.text('arn');
  await grant.applied(config({ key_id: arn }));
  expect(grant.id).toBe(`${arn}:${grant.text('grant_id')}`);
  await grant.refresh();
  expect(await grant.isSettled(config({ key_id: arn }))).toBe(true);
});

test('operations have no order', async () => {
  await grant.applied(config());
  const { requiresReplace } = await grant.plan(config({ operations: ['Encrypt', 'Decrypt'] }));
  expect(requiresReplace).toEqual([]);
});

test.each([
  ['name', { name: 'other' }],
  ['operations', { operations: ['Decrypt'] }],
  ['grantee_principal', { grantee_principal: 'arn:aws:iam::111122223333:user/other' }],
  ['retire_on_delete', { retire_on_delete: true }],
  ['constraints', finance],
])('another %s replaces the grant', async (name, change) => {
  await grant.applied(config());
  expect((await grant.plan(config(change))).requiresReplace).toEqual([[name]]);
});

test('a second constraint is refused at its path, an unknown one not yet', () => {
  const both = { encryption_context_equals: { a: '1' }, encryption_context_subset: { b: '2' } };
  const validate = (constraints: ObjectValue[]) =>
    grant.engine.validateResource('aws_kms_grant', config({ constraints }), { writeOnlyAllowed: true });
  expect(validate([both])).toMatchObject([{ severity: 'error', path: ['constraints'] }]);
  expect(validate([{ ...both, encryption_context_subset: unknown }])).toEqual([]);
  expect(validate([{ ...both, encryption_context_subset: {} }])).toEqual([]);
});

test('a grant that is gone, and one whose key is gone, leave the state at once', async () => {
  await grant.applied(config());
  const before = grant.state;
  door.refuse('ListGrants', { status: 400, code: 'InvalidGrantIdException' });
  expect(await grant.refresh()).toEqual([]);
  expect(grant.state).toBeNull();
  grant.state = before;
  door.keys.clear();
  await grant.refresh();
  expect(grant.state).toBeNull();
});

test('a principal that was deleted is an error, and the grant is not replaced automatically', async () => {
  await grant.applied(config());
  Object.assign(door.key('us-east-1', key.id).grants[0] ?? {}, { GranteePrincipal: 'AIDAEXAMPLE123456' });
  expect(await grant.refresh()).toMatchObject([
    { severity: 'error', path: ['grantee_principal'], detail: expect.stringContaining('AIDAEXAMPLE123456') },
  ]);
  expect(grant.state).not.toBeNull();
});

test.each([
  [false, 'RevokeGrant'],
  [true, 'RetireGrant'],
] as const)('with retire_on_delete %s it is deleted by %s', async (retire_on_delete, operation) => {
  const state = await grant.applied(config({ retire_on_delete }));
  expect(await grant.destroy()).toEqual([]);
  expect(door.inputs(operation)).toEqual([{ KeyId: key.id, GrantId: state.grant_id }]);
});

test('deleting a grant that is gone succeeds', async () => {
  await grant.applied(config());
  door.refuse('RevokeGrant', { status: 404, code: 'NotFoundException' });
  expect(await grant.destroy()).toEqual([]);
});

test.each(['id', 'arn'])('import by key %s and grant id is followed by a plan without changes', async (form) => {
  const whole = config({ ...finance, name: 'app', key_id: key.text(form) });
  await grant.applied(whole);
  const other = new Managed(grant.engine, 'aws_kms_grant');
  expect(await other.import(grant.id)).toEqual([]);
  expect(other.state).toMatchObject({ grant_token: null });
  expect(await other.isSettled(whole)).toBe(true);
});

test.each(['', 'key', 'key:', ':0a', 'key:not-hex', 'a/b:0a'])('the import id "%s" is refused', async (id) => {
  expect(await grant.import(id)).toMatchObject([{ severity: 'error', detail: expect.stringContaining('grant id') }]);
});
