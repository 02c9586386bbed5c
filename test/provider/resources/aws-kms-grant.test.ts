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

const service = 'dynamodb.amazonaws.com';
const source = 'arn:aws:dynamodb:us-east-1:111122223333:table/orders';
const root = 'arn:aws:iam::111122223333:root';
const constraint = (given: ObjectValue): ObjectValue => ({
  encryption_context_equals: null,
  encryption_context_subset: null,
  source_arn: null,
  ...given,
});
const toService = (more: ObjectValue = {}): ObjectValue => ({
  key_id: key.id,
  grantee_service_principal: service,
  retiring_service_principal: service,
  operations: ['Decrypt'],
  constraints: [constraint({ source_arn: source })],
  ...more,
});

test('is for a service that acts for one resource, in an encryption context too', async () => {
  const whole = toService({
    retiring_service_principal: null,
    retiring_principal: root,
    constraints: [constraint({ source_arn: source, encryption_context_subset: { app: 'shop' } })],
  });
  await grant.applied(whole);
  const sent = {
    KeyId: key.id,
    GranteeServicePrincipal: service,
    RetiringPrincipal: root,
    Operations: ['Decrypt'],
    Constraints: { EncryptionContextSubset: { app: 'shop' }, SourceArn: source },
  };
  expect(door.inputs('CreateGrant')).toEqual([sent]);
  await grant.refresh();
  expect(await grant.isSettled(whole)).toBe(true);
  expect(grant.state).toMatchObject({ grantee_principal: null, retiring_service_principal: null });
});

test('asks before the apply for principals by ARN, not for services', async () => {
  await grant.plan(toService());
  expect(door.inputs('ReviewPlannedChanges')).toEqual([]);
  await grant.plan(toService({ retiring_service_principal: null, retiring_principal: root }));
  expect(door.inputs('ReviewPlannedChanges')).toMatchObject([
    { Changes: [{ Operation: 'CreateGrant', KeyId: key.id, RetiringPrincipal: root }] },
  ]);
});

test.each<[string, string, ObjectValue]>([
  ['service', 'grantee_service_principal', { grantee_service_principal: 's3.amazonaws.com' }],
  ['retiring service', 'retiring_service_principal', { retiring_service_principal: 's3.amazonaws.com' }],
  ['source', 'constraints', { constraints: [constraint({ source_arn: `${source}2` })] }],
])('another %s replaces the grant', async (_what, name, change) => {
  await grant.applied(toService());
  expect((await grant.plan(toService(change))).requiresReplace).toEqual([[name]]);
});

test('import of a grant to a service is followed by a plan without changes', async () => {
  await grant.applied(toService());
  const other = new Managed(grant.engine, 'aws_kms_grant');
  expect(await other.import(grant.id)).toEqual([]);
  expect(other.state).toMatchObject({ grantee_principal: null, grantee_service_principal: service });
  expect(await other.isSettled(toService())).toBe(true);
});

test('a service as it is called in a Region stays in the argument that names it, whichever member the list has', async () => {
  const name = 'dynamodb.us-east-1.amazonaws.com';
  const listed = (members: ObjectValue) => {
    const [entry] = door.key('us-east-1', key.id).grants;
    for (const member of [
      'GranteePrincipal',
      'GranteeServicePrincipal',
      'RetiringPrincipal',
      'RetiringServicePrincipal',
    ])
      delete (entry as Record<string, unknown> | undefined)?.[member];
    Object.assign(entry ?? {}, members);
  };
  const plain = config({ grantee_principal: name, constraints: [constraint({ source_arn: source })] });
  await grant.applied(plain);
  listed({ GranteeServicePrincipal: name });
  await grant.refresh();
  expect(await grant.isSettled(plain)).toBe(true);
  listed({ GranteePrincipal: grantee, RetiringPrincipal: name });
  const retired = config({ retiring_service_principal: name });
  grant.state = { ...grant.state, ...retired, retiring_principal: null, constraints: [] };
  await grant.refresh();
  expect(grant.state).toMatchObject({ retiring_principal: null, retiring_service_principal: name });
});

const validate = (given: ObjectValue) =>
  grant.engine.validateResource('aws_kms_grant', given, { writeOnlyAllowed: true });

test('exactly one of principal and service is the grantee, and at most one of each retires', () => {
  const both = 'grantee_principal, grantee_service_principal';
  expect(validate(toService({ grantee_service_principal: null }))).toMatchObject([
    { severity: 'error', detail: `One of ${both} must be set.`, path: ['grantee_principal'] },
  ]);
  expect(validate(toService({ grantee_principal: grantee }))).toMatchObject([
    { severity: 'error', detail: `Only one of ${both} can be set. Remove the others.` },
  ]);
  expect(validate(toService({ retiring_principal: root }))).toMatchObject([
    { severity: 'error', summary: 'Conflicting arguments', path: ['retiring_principal'] },
  ]);
  expect(validate(toService({ grantee_principal: unknown }))).toEqual([]);
});

test('a service needs a source and somebody who can retire the grant, which can be unknown', () => {
  expect(validate(toService())).toEqual([]);
  const alone = { constraints: [], retiring_service_principal: null };
  expect(validate(toService(alone))).toMatchObject([
    {
      severity: 'error',
      detail: `A grant to the service ${service} needs source_arn in a constraints block, and retiring_principal or retiring_service_principal.`,
      path: ['grantee_service_principal'],
    },
  ]);
  expect(validate(toService({ ...alone, constraints: unknown, retiring_principal: unknown }))).toEqual([]);
  expect(validate(toService({ constraints: [constraint({ source_arn: unknown })] }))).toEqual([]);
});

test('the source and the encryption context are in one block', () => {
  const blocks = [constraint({ source_arn: source }), constraint({ encryption_context_equals: { a: '1' } })];
  expect(validate(toService({ constraints: blocks }))).toMatchObject([
    { severity: 'error', detail: expect.stringContaining('one source_arn in the same block'), path: ['constraints'] },
  ]);
  const sources = [constraint({ source_arn: source }), constraint({ source_arn: `${source}2` })];
  expect(validate(toService({ constraints: sources }))).toMatchObject([{ path: ['constraints'] }]);
});

test.each<[string, ObjectValue]>([
  ['grantee_service_principal', { grantee_service_principal: 'dynamodb' }],
  ['retiring_service_principal', { retiring_service_principal: root }],
  ['constraints', { constraints: [constraint({ source_arn: 'arn:aws:s3:::orders-and-more' })] }],
])('a wrong %s is refused at its path', (name, change) => {
  expect(validate(toService(change)).map(({ path = [] }) => path[0])).toEqual([name]);
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
