import { unknown } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let key: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  key = new Managed(await configured(door), 'aws_kms_key');
});

afterEach(() => door.close());

describe('create', () => {
  test('sends what is configured, switches rotation on before it disables, and reads once', async () => {
    const config = {
      description: 'orders',
      enable_key_rotation: true,
      rotation_period_in_days: 180,
      is_enabled: false,
      multi_region: true,
      policy: '{"Version":"2012-10-17","Statement":[]}',
      tags: { Department: 'finance' },
    };
    const state = await key.applied(config);
    const review = 'ReviewPlannedChanges';
    expect(door.calls()).toEqual([review, 'CreateKey', 'EnableKeyRotation', 'DisableKey', 'GetKeyConfiguration']);
    expect(door.inputs('CreateKey')).toEqual([
      {
        Description: 'orders',
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyUsage: 'ENCRYPT_DECRYPT',
        MultiRegion: true,
        Policy: '{"Statement":[],"Version":"2012-10-17"}',
        Tags: [{ TagKey: 'Department', TagValue: 'finance' }],
      },
    ]);
    expect(door.inputs('EnableKeyRotation')).toEqual([{ KeyId: state.id, RotationPeriodInDays: 180 }]);
    expect(state).toMatchObject({ ...config, arn: expect.stringContaining(`key/${key.id}`), key_id: state.id });
    expect(await key.isSettled(config)).toBe(true);
  });

  test('without arguments sends only what has a default', async () => {
    const state = await key.applied({});
    expect(door.inputs('CreateKey')).toEqual([{ KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' }]);
    expect(state).toMatchObject({
      bypass_policy_lockout_safety_check: false,
      deletion_window_in_days: null,
      description: '',
      enable_key_rotation: false,
      is_enabled: true,
      multi_region: false,
      region: 'us-east-1',
      rotation_period_in_days: 0,
      tags: null,
      tags_all: {},
      timeouts: null,
    });
    expect(await key.isSettled({})).toBe(true);
  });

  test.each([
    ['RSA_4096', 'ENCRYPT_DECRYPT'],
    ['ECC_NIST_P384', 'KEY_AGREEMENT'],
    ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY'],
    ['ML_DSA_65', 'SIGN_VERIFY'],
    ['ML_KEM_512', 'ENCAPSULATE_DECAPSULATE'],
    ['ML_KEM_1024', 'ENCAPSULATE_DECAPSULATE'],
    ['HMAC_512', 'GENERATE_VERIFY_MAC'],
  ])('makes a key of spec %s for %s, and settles', async (customer_master_key_spec, key_usage) => {
    const config = { customer_master_key_spec, key_usage };
    expect(await key.applied(config)).toMatchObject({ ...config, enable_key_rotation: false });
    expect(door.inputs('CreateKey')).toEqual([{ KeySpec: customer_master_key_spec, KeyUsage: key_usage }]);
    expect(door.calls()).toEqual(['CreateKey', 'GetKeyConfiguration']);
    expect(await key.isSettled(config)).toBe(true);
  });

  test('that fails at once leaves no state', async () => {
    door.refuse('CreateKey', { status: 409, code: 'LimitExceededException', detail: 'Too many keys.' });
    const { state, diagnostics } = await key.apply({});
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      {
        severity: 'error',
        summary: 'creating KMS Key',
        detail: expect.stringMatching(/LimitExceededException: Too many keys/),
      },
    ]);
  });

  test('names the argument when the service refuses it', async () => {
    door.refuse('CreateKey', { status: 400, code: 'MalformedPolicyDocumentException', detail: 'No.' });
    const { diagnostics } = await key.apply({ policy: '{}' });
    expect(diagnostics).toMatchObject([{ path: ['policy'], detail: expect.stringContaining('Request id') }]);
  });

  test('that fails after the key was made keeps the key with its real attributes', async () => {
    door.refuse('EnableKeyRotation', { status: 400, code: 'UnsupportedOperationException' });
    const { state, diagnostics } = await key.apply({ enable_key_rotation: true, is_enabled: false });
    expect(door.calls()).toEqual(['CreateKey', 'EnableKeyRotation', 'GetKeyConfiguration']);
    expect(diagnostics).toMatchObject([{ severity: 'error', path: ['enable_key_rotation'] }]);
    expect(state).toMatchObject({ id: expect.any(String), enable_key_rotation: false, is_enabled: true });
  });

  test('that cannot be read back still keeps the id', async () => {
    door.refuse('GetKeyConfiguration', { status: 400, code: 'AccessDeniedException', detail: 'kms:GetKeyPolicy' });
    const { state, diagnostics } = await key.apply({ description: 'orders' });
    expect(diagnostics).toMatchObject([{ severity: 'error', detail: expect.stringContaining('kms:GetKeyPolicy') }]);
    expect(state).toMatchObject({ id: expect.any(String), description: 'orders', policy: null });
  });
});

describe('plan', () => {
  test('knows the Region and leaves to the service what it decides', async () => {
    const { planned } = await key.plan({ enable_key_rotation: true });
    expect(planned).toMatchObject({
      region: 'us-east-1',
      rotation_period_in_days: unknown,
      policy: unknown,
      id: unknown,
    });
  });

  test('of rotation switched on without a period leaves the period unknown, and keeps a known one', async () => {
    await key.applied({});
    expect((await key.plan({ enable_key_rotation: true })).planned).toMatchObject({ rotation_period_in_days: unknown });
    await key.applied({ enable_key_rotation: true, rotation_period_in_days: 91 });
    expect((await key.plan({ enable_key_rotation: true })).planned).toMatchObject({ rotation_period_in_days: 91 });
    expect(await key.isSettled({ enable_key_rotation: true })).toBe(true);
  });

  test('another Region, key spec or multi-Region replaces, and warns of it', async () => {
    await key.applied({});
    for (const change of [{ region: 'eu-west-1' }, { customer_master_key_spec: 'RSA_2048' }, { multi_region: true }]) {
      const { requiresReplace, diagnostics } = await key.plan(change);
      expect(requiresReplace).toEqual([[Object.keys(change)[0]]]);
      expect(diagnostics).toMatchObject([{ severity: 'warning', summary: 'A KMS key will be replaced' }]);
    }
  });

  test('a Region of another partition is refused', async () => {
    const { diagnostics } = await key.plan({ region: 'cn-north-1' });
    expect(diagnostics).toMatchObject([
      { severity: 'error', path: ['region'], detail: expect.stringMatching(/aws-cn/) },
    ]);
  });

  test('a policy put without the lockout check is warned of', async () => {
    const config = { policy: '{"Statement":[]}', bypass_policy_lockout_safety_check: true };
    expect((await key.plan(config)).diagnostics).toMatchObject([{ severity: 'warning' }]);
    await key.apply(config);
    expect((await key.plan(config)).diagnostics).toEqual([]);
  });

  test('a policy with a condition on organizations that cannot hold is warned of, when it is put', async () => {
    const policy = '{"Statement":[{"Sid":"org","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}';
    const Message = 'Allow "org" never applies, because no account of this installation has an organization.';
    door.policyFindings = [{ Statement: 'org', ConditionKey: 'aws:principalorgid', Message }];
    const { diagnostics = [] } = await key.plan({ policy });
    expect(diagnostics).toMatchObject([
      { severity: 'warning', path: ['policy'], detail: expect.stringContaining(Message) },
    ]);
    expect(diagnostics[0]?.detail).toContain('keystead identity set-organization');
    expect(door.inputs('ValidateKeyPolicy')).toEqual([{ Policy: policy }]);
    await key.apply({ policy });
    door.forget();
    expect((await key.plan({ policy })).diagnostics).toEqual([]);
    expect(door.calls()).not.toContain('ValidateKeyPolicy');
  });

  test('the plan asks about no other policy, and goes on without an answer', async () => {
    door.policyFindings = [{ Statement: 'org', ConditionKey: 'aws:principalorgid', Message: 'never' }];
    expect((await key.plan({ policy: '{"Statement":[]}' })).diagnostics).toEqual([]);
    expect(door.calls()).not.toContain('ValidateKeyPolicy');
    door.refuse('ValidateKeyPolicy', { status: 403, code: 'AccessDeniedException' });
    const policy = '{"Statement":[{"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}';
    expect((await key.plan({ policy })).diagnostics).toEqual([]);
    expect(door.calls()).toContain('ValidateKeyPolicy');
  });

  test('a policy with the same meaning is not a change', async () => {
    const policy =
      '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}]}';
    await key.applied({ policy });
    const written = [...door.keys.values()][0];
    if (written === undefined) throw new Error('no key');
    written.policy =
      '{"Statement":{"Effect":"allow","Principal":{"AWS":["arn:aws:iam::111122223333:root"]},"Action":["kms:*"],"Resource":["*"]}}';
    await key.refresh();
    expect(key.state?.policy).toBe(policy);
    expect(await key.isSettled({ policy })).toBe(true);
  });
});

describe('update', () => {
  test('does tags first, enables before everything else and disables last', async () => {
    await key.applied({ is_enabled: false, tags: { old: '1' } });
    door.forget();
    await key.applied({
      description: 'new',
      enable_key_rotation: true,
      policy: '{"Statement":[]}',
      tags: { fresh: '1' },
    });
    expect(door.calls()).toEqual([
      'ReviewPlannedChanges',
      'UntagResource',
      'TagResource',
      'EnableKey',
      'EnableKeyRotation',
      'UpdateKeyDescription',
      'PutKeyPolicy',
      'GetKeyConfiguration',
    ]);
    door.forget();
    await key.applied({ description: 'newer', is_enabled: false, policy: '{"Statement":[]}', tags: { fresh: '1' } });
    expect(door.calls()).toEqual([
      'ReviewPlannedChanges',
      'DisableKeyRotation',
      'UpdateKeyDescription',
      'DisableKey',
      'GetKeyConfiguration',
    ]);
  });

  test('of the deletion window or the bypass flag alone calls nothing but the read', async () => {
    await key.applied({});
    door.forget();
    const state = await key.applied({ deletion_window_in_days: 7, bypass_policy_lockout_safety_check: true });
    expect(door.calls()).toEqual(['GetKeyConfiguration']);
    expect(state).toMatchObject({ deletion_window_in_days: 7, bypass_policy_lockout_safety_check: true });
  });

  test('of rotation that is switched off takes a period along that is not configured any more', async () => {
    await key.applied({ enable_key_rotation: true, rotation_period_in_days: 180 });
    expect(await key.applied({})).toMatchObject({ enable_key_rotation: false, rotation_period_in_days: 0 });
    expect(await key.isSettled({})).toBe(true);
    expect(await key.applied({ enable_key_rotation: true })).toMatchObject({ rotation_period_in_days: 365 });
  });

  test('of the period while rotation is off is kept but not sent', async () => {
    const config = { enable_key_rotation: false, rotation_period_in_days: 120 };
    await key.applied({ enable_key_rotation: false });
    door.forget();
    await key.applied(config);
    expect(door.calls()).toEqual(['GetKeyConfiguration']);
    await key.refresh();
    expect(await key.isSettled(config)).toBe(true);
    await key.applied({ ...config, enable_key_rotation: true });
    expect(door.inputs('EnableKeyRotation')).toMatchObject([{ RotationPeriodInDays: 120 }]);
  });

  test('that fails half-way names the argument and returns the real state', async () => {
    await key.applied({});
    door.refuse('PutKeyPolicy', { status: 400, code: 'MalformedPolicyDocumentException' });
    const { state, diagnostics } = await key.apply({
      description: 'new',
      policy: '{"Statement":[]}',
      is_enabled: false,
    });
    expect(diagnostics).toMatchObject([{ severity: 'error', path: ['policy'] }]);
    expect(state).toMatchObject({ description: 'new', is_enabled: true });
    expect(state?.policy).not.toBe('{"Statement":[]}');
  });

  test.each(['', null])('of a description to %j keeps it, as the upstream provider does', async (description) => {
    await key.applied({ description: 'old' });
    expect(await key.isSettled({ description })).toBe(true);
  });

  test.each(['', null])('of a policy to %j keeps it, and a new key has the default one', async (policy) => {
    const state = await key.applied({ policy });
    expect(state.policy).not.toBe('');
    expect(await key.isSettled({ policy })).toBe(true);
  });
});

describe('refresh', () => {
  test('drops a key that is gone or waits for its deletion', async () => {
    const { id } = await key.applied({});
    const before = key.state;
    Object.assign(door.key('us-east-1', String(id)).metadata, { KeyState: 'PendingDeletion' });
    expect(await key.refresh()).toEqual([]);
    expect(key.state).toBeNull();
    key.state = before;
    door.keys.clear();
    expect(await key.refresh()).toEqual([]);
    expect(key.state).toBeNull();
  });

  test('shows what others changed', async () => {
    const { id } = await key.applied({ description: 'orders' });
    Object.assign(door.key('us-east-1', String(id)).metadata, { Enabled: false, Description: 'hacked' });
    door.key('us-east-1', String(id)).tags = [{ TagKey: 'x', TagValue: '1' }];
    await key.refresh();
    expect(key.state).toMatchObject({
      is_enabled: false,
      description: 'hacked',
      tags: { x: '1' },
      tags_all: { x: '1' },
    });
  });

  test('takes over a state that hashicorp/aws wrote without a replacement or a call that changes the key', async () => {
    await key.applied({});
    key.state = {
      ...key.state,
      region: null,
      custom_key_store_id: '',
      xks_key_id: '',
      rotation_period_in_days: 0,
      tags: {},
    };
    await key.refresh();
    door.forget();
    expect((await key.plan({})).requiresReplace).toEqual([]);
    await key.applied({});
    expect(door.calls()).toEqual(['GetKeyConfiguration']);
    expect(await key.isSettled({})).toBe(true);
    expect((await key.plan({ enable_key_rotation: true })).planned).toMatchObject({ rotation_period_in_days: unknown });
  });

  test('fills the Region of a state from before the region argument', async () => {
    await key.applied({});
    key.state = { ...key.state, region: null };
    await key.refresh();
    expect(key.state).toMatchObject({ region: 'us-east-1' });
  });

  test('refuses a replica', async () => {
    const { id } = await key.applied({ multi_region: true });
    Object.assign(door.key('us-east-1', String(id)).metadata, {
      MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA' },
    });
    expect(await key.refresh()).toMatchObject([
      { severity: 'error', detail: expect.stringContaining('aws_kms_replica_key') },
    ]);
    expect(key.state).toMatchObject({ id });
  });

  test('keeps the state when the control plane does not answer', async () => {
    await key.applied({});
    const { id } = key;
    door.refuse('GetKeyConfiguration', { status: 503, code: 'KMSInternalException' });
    expect(await key.refresh()).toMatchObject([{ severity: 'error', summary: `reading KMS Key (${id})` }]);
    expect(key.state).toMatchObject({ id });
  });

  test('hides default tags and keeps them apart', async () => {
    const block = { default_tags: [{ tags: { Owner: 'platform' } }] };
    const tagged = new Managed(await configured(door, block), 'aws_kms_key');
    const config = { tags: { a: '1' } };
    await tagged.applied(config);
    await tagged.refresh();
    expect(tagged.state).toMatchObject({ tags: { a: '1' }, tags_all: { a: '1', Owner: 'platform' } });
    expect(await tagged.isSettled(config)).toBe(true);
  });
});

describe('destroy', () => {
  test('uses the window in the state, and the service chooses without one', async () => {
    await key.applied({ deletion_window_in_days: 7 });
    await key.destroy();
    await key.applied({});
    await key.destroy();
    expect(door.inputs('ScheduleKeyDeletion').map(({ PendingWindowInDays }) => PendingWindowInDays)).toEqual([
      7,
      undefined,
    ]);
  });

  test.each([
    [404, 'NotFoundException', 'gone'],
    [409, 'KMSInvalidStateException', 'arn:… is pending deletion.'],
    [409, 'KMSInvalidStateException', 'arn:… is pending replica deletion.'],
  ])('%i %s (%s) counts as deleted', async (status, code, detail) => {
    await key.applied({});
    door.refuse('ScheduleKeyDeletion', { status, code, detail });
    expect(await key.destroy()).toEqual([]);
    expect(key.state).toBeNull();
  });

  test('that is refused keeps the state', async () => {
    await key.applied({});
    door.refuse('ScheduleKeyDeletion', { status: 409, code: 'KMSInvalidStateException', detail: 'is creating.' });
    expect(await key.destroy()).toMatchObject([{ severity: 'error' }]);
    expect(key.state).not.toBeNull();
  });
});

describe('import', () => {
  test.each([
    {},
    { description: 'orders', enable_key_rotation: true, tags: { a: '1' } },
    { is_enabled: false, multi_region: true },
  ])('of %j is followed by a plan without changes', async (config) => {
    const { id } = await key.applied(config);
    const other = new Managed(await configured(door), 'aws_kms_key');
    expect(await other.import(String(id))).toEqual([]);
    expect(await other.isSettled(config)).toBe(true);
  });

  test('goes to the Region named in the id', async () => {
    await key.applied({ region: 'eu-west-1' });
    const { id } = key;
    await key.import(`${id}@eu-west-1`);
    expect(key.state).toMatchObject({ region: 'eu-west-1', arn: `arn:aws:kms:eu-west-1:111122223333:key/${id}` });
    await key.import(String(id));
    expect(key.state).toBeNull();
  });

  test('by identity refuses another account', async () => {
    await key.applied({});
    const { engine, id } = key;
    const identity = { id, account_id: '111122223333', region: null };
    expect((await engine.import('aws_kms_key', { identity })).state).toMatchObject({ id });
    const wrong = await engine.import('aws_kms_key', { identity: { ...identity, account_id: '999999999999' } });
    expect(wrong.diagnostics).toMatchObject([{ severity: 'error', detail: expect.stringContaining('999999999999') }]);
  });

  test('the identity names account and Region', async () => {
    const state = await key.applied({ region: 'eu-west-1' });
    expect(key.engine.identity('aws_kms_key', state)).toEqual({
      id: state.id,
      account_id: '111122223333',
      region: 'eu-west-1',
    });
    expect(key.engine.identity('aws_kms_key', { ...state, arn: null })).toBeNull();
  });
});

describe('rotation_triggers', () => {
  const rotations = () => door.calls().filter((call) => call === 'RotateKeyOnDemand').length;

  test('rotate the key when they change, not when it is made and not when they are removed', async () => {
    await key.applied({ rotation_triggers: { incident: '1' } });
    expect(rotations()).toBe(0);
    expect(await key.isSettled({ rotation_triggers: { incident: '1' } })).toBe(true);
    const state = await key.applied({ rotation_triggers: { incident: '2' } });
    expect(state.rotation_triggers).toEqual({ incident: '2' });
    expect(door.inputs('RotateKeyOnDemand')).toEqual([{ KeyId: key.id }]);
    await key.applied({ rotation_triggers: { incident: '2', yearly: '2027' }, description: 'new' });
    expect(rotations()).toBe(2);
    await key.applied({});
    expect(rotations()).toBe(2);
  });

  test('rotate after the key is enabled and before it is disabled', async () => {
    await key.applied({ is_enabled: false });
    door.forget();
    await key.applied({ rotation_triggers: { a: '1' } });
    expect(door.calls()).toEqual(['EnableKey', 'RotateKeyOnDemand', 'GetKeyConfiguration']);
    door.forget();
    await key.applied({ rotation_triggers: { a: '2' }, is_enabled: false });
    expect(door.calls()).toEqual(['ReviewPlannedChanges', 'RotateKeyOnDemand', 'DisableKey', 'GetKeyConfiguration']);
  });

  test('of a rotation that failed are planned again', async () => {
    await key.applied({});
    door.refuse('RotateKeyOnDemand', { status: 400, code: 'LimitExceededException' });
    const { diagnostics } = await key.apply({ rotation_triggers: { a: '1' } });
    expect(diagnostics).toMatchObject([{ severity: 'error', path: ['rotation_triggers'] }]);
    await key.applied({ rotation_triggers: { a: '1' } });
    expect(rotations()).toBe(2);
  });
});
