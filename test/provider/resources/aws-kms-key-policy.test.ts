import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

const policy = '{"Version":"2012-10-17","Statement":[{"Sid":"Mine","Effect":"Allow"}]}';

let door: RestDoor;
let key: Managed;
let keyPolicy: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  key = new Managed(engine, 'aws_kms_key');
  keyPolicy = new Managed(engine, 'aws_kms_key_policy');
  await key.applied({});
  door.forget();
});

afterEach(() => door.close());

const stored = () => JSON.parse(door.key('us-east-1', key.id).policy);

test.each(['id', 'arn'])('is attached to a key named by its %s, and holds the bare id', async (form) => {
  const config = { key_id: key.text(form), policy };
  await keyPolicy.applied(config);
  expect(stored()).toEqual(JSON.parse(policy));
  await keyPolicy.refresh();
  expect(keyPolicy.state).toMatchObject({ id: config.key_id, key_id: key.id, policy });
  expect(await keyPolicy.isSettled(config)).toBe(true);
});

test('another policy is put in place, with the bypass flag when it is set', async () => {
  await keyPolicy.applied({ key_id: key.id, policy });
  await keyPolicy.apply({ key_id: key.id, policy: '{"Statement":[]}', bypass_policy_lockout_safety_check: true });
  expect(door.inputs('PutKeyPolicy').at(-1)).toEqual({
    KeyId: key.id,
    PolicyName: 'default',
    Policy: '{"Statement":[]}',
    BypassPolicyLockoutSafetyCheck: true,
  });
});

test('the bypass flag alone calls nothing but the read', async () => {
  await keyPolicy.applied({ key_id: key.id, policy });
  door.forget();
  await keyPolicy.applied({ key_id: key.id, policy, bypass_policy_lockout_safety_check: true });
  expect(door.calls()).toEqual(['GetKeyConfiguration']);
});

test('another key replaces it, the same key written otherwise does not', async () => {
  await keyPolicy.applied({ key_id: key.id, policy });
  const other = await keyPolicy.plan({ key_id: '99999999-9999-4999-8999-999999999999', policy });
  expect(other.requiresReplace).toEqual([['key_id']]);
  const same = await keyPolicy.plan({ key_id: key.text('arn'), policy });
  expect([same.planned, same.requiresReplace]).toEqual([keyPolicy.state, []]);
});

test('destroying it puts the default policy back', async () => {
  await keyPolicy.applied({ key_id: key.id, policy });
  expect(await keyPolicy.destroy()).toEqual([]);
  expect(stored()).toEqual({
    Version: '2012-10-17',
    Id: 'default',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
});

test('destroying it with the bypass flag leaves the policy', async () => {
  await keyPolicy.apply({ key_id: key.id, policy, bypass_policy_lockout_safety_check: true });
  door.forget();
  expect(await keyPolicy.destroy()).toEqual([]);
  expect(door.calls()).toEqual([]);
});

test('destroying it after its key is gone is a success', async () => {
  await keyPolicy.applied({ key_id: key.id, policy });
  door.keys.clear();
  expect(await keyPolicy.destroy()).toEqual([]);
});

test('a key that is gone takes its policy out of the state', async () => {
  await keyPolicy.applied({ key_id: key.id, policy });
  door.keys.clear();
  expect(await keyPolicy.refresh()).toEqual([]);
  expect(keyPolicy.state).toBeNull();
});

test('a refused policy is an error at its argument, and nothing is kept', async () => {
  door.refuse('PutKeyPolicy', { status: 400, code: 'MalformedPolicyDocumentException', detail: 'locked out' });
  const { state, diagnostics } = await keyPolicy.apply({ key_id: key.id, policy });
  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([{ path: ['policy'], detail: expect.stringContaining('locked out') }]);
});

test('import by key id is followed by a plan without changes, whether the key is named by id or ARN', async () => {
  await keyPolicy.applied({ key_id: key.id, policy });
  const other = new Managed(keyPolicy.engine, 'aws_kms_key_policy');
  expect(await other.import(key.id)).toEqual([]);
  expect(await other.isSettled({ key_id: key.id, policy })).toBe(true);
  expect(await other.isSettled({ key_id: key.text('arn'), policy })).toBe(true);
});

test('the plan warns of conditions on organizations that cannot hold', async () => {
  const Message = 'Deny "org" is not limited by StringNotEquals aws:PrincipalOrgID.';
  door.policyFindings = [{ Statement: 'org', ConditionKey: 'aws:principalorgid', Message }];
  const outside = '{"Statement":[{"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}';
  const { diagnostics } = await keyPolicy.plan({ key_id: key.id, policy: outside });
  expect(diagnostics).toMatchObject([
    { severity: 'warning', path: ['policy'], detail: expect.stringContaining(Message) },
  ]);
  expect((await keyPolicy.plan({ key_id: key.id, policy })).diagnostics).toEqual([]);
});
