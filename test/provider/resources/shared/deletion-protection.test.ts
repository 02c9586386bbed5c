/** `deletion_protection`, on every resource for a key. */
import { planChange } from '@keystead/provider/engine/plan.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../../support/provider/managed.ts';
import { RestDoor } from '../../../support/provider/rest-door.ts';

let door: RestDoor;
beforeEach(async () => {
  door = await RestDoor.open();
});
afterEach(() => door.close());

const manage = async (type: string) => new Managed(await configured(door), type);
const material = { key_material_base64: Buffer.alloc(32).toString('base64'), enabled: true };

/** The resource with what it needs, and an argument whose change replaces the key. */
const types = {
  aws_kms_key: [async () => ({}), { customer_master_key_spec: 'RSA_2048' }],
  aws_kms_external_key: [async () => material, { key_usage: 'GENERATE_VERIFY_MAC' }],
  aws_kms_replica_key: [() => primaryOf('aws_kms_key'), { region: 'ap-south-1' }],
  aws_kms_replica_external_key: [() => primaryOf('aws_kms_external_key', material), { region: 'ap-south-1' }],
} as const satisfies Record<string, readonly [() => Promise<ObjectValue>, ObjectValue]>;

async function primaryOf(type: string, more: ObjectValue = {}): Promise<ObjectValue> {
  const primary = await manage(type);
  await primary.applied({ multi_region: true, ...more });
  return { primary_key_arn: primary.text('arn'), region: 'eu-west-1', ...more };
}

async function protectedKey(type: keyof typeof types = 'aws_kms_key') {
  const [needed, replacing] = types[type];
  const key = await manage(type);
  const config: ObjectValue = { ...(await needed()), deletion_protection: true };
  door.forget();
  await key.applied(config);
  return { key, config, replacing, stored: door.key(key.text('region'), key.id) };
}

describe.each(Object.keys(types) as (keyof typeof types)[])('%s', (type) => {
  test('is protected last, shows no change after a refresh, and is imported with its protection', async () => {
    const { key, config } = await protectedKey(type);
    expect(door.calls().slice(-2)).toEqual(['ProtectKey', 'GetKeyConfiguration']);
    expect(key.state).toMatchObject({ deletion_protection: true });
    await key.refresh();
    expect(await key.isSettled(config)).toBe(true);
    await key.import(`${key.id}@${key.text('region')}`);
    expect(key.state).toMatchObject({ deletion_protection: true });
  });

  test('is not destroyed while it is protected', async () => {
    const { key, config } = await protectedKey(type);
    const { diagnostics } = await key.planDestroy();
    expect(diagnostics).toEqual([
      {
        severity: 'error',
        summary: expect.stringMatching(
          /^KMS (External |Replica |Replica External )?Key \(.+\) is protected from deletion$/,
        ),
        detail: expect.stringMatching(
          /is protected \(deletion_protection\), and this plan destroys it\.[\s\S]*moved block/,
        ),
      },
    ]);
    expect(diagnostics[0]?.detail).toContain(key.text('arn'));
    await key.applied({ ...config, deletion_protection: false });
    expect(door.calls().slice(-2)).toEqual(['UnprotectKey', 'GetKeyConfiguration']);
    expect((await key.planDestroy()).diagnostics).toMatchObject([{ severity: 'warning' }]);
    expect(await key.destroy()).toEqual([]);
  });

  test('is not replaced while it is protected, also when the same change sets the argument to false', async () => {
    const { key, config, replacing } = await protectedKey(type);
    const [name = ''] = Object.keys(replacing);
    const written: readonly Value[] = [true, false, null, unknown];
    for (const deletion_protection of written) {
      const { requiresReplace, diagnostics } = await key.plan({ ...config, ...replacing, deletion_protection });
      expect(requiresReplace).toEqual([[name]]);
      expect(diagnostics).toMatchObject([
        { severity: 'error', path: [name], detail: expect.stringContaining(`replaces it, because ${name} changes`) },
      ]);
    }
  });

  test('is refused in the words of the construct that declares it', async () => {
    const { key, config, replacing } = await protectedKey(type);
    const [name = ''] = Object.keys(replacing);
    const declared = { ...config, construct_path: 'stack/orders/key' };
    await key.applied(declared);
    const destroyed = (await key.planDestroy()).diagnostics[0]?.detail;
    expect(destroyed).toMatch(/declared by the construct stack\/orders\/key, is protected \(removalProtection\)/);
    expect(destroyed).toMatch(
      /renamedFrom\('stack\/orders\/key'\)[\s\S]*removalProtection: false and apply that alone/,
    );
    expect(destroyed).not.toMatch(/\bmoved block|deletion_protection/);
    const replaced = (await key.plan({ ...declared, ...replacing })).diagnostics[0]?.detail;
    expect(replaced).toMatch(/stack\/orders\/key, [\s\S]*removalProtection: false and apply that alone/);
    expect(replaced).toContain(`replaces it, because ${name} changes`);
    expect(await key.destroy()).toMatchObject([
      {
        detail: expect.stringMatching(
          /The construct stack\/orders\/key declares the key[\s\S]*removalProtection: false/,
        ),
      },
    ]);
  });

  test('keeps the path of its construct in the state alone: a change of it changes nothing else and makes no call', async () => {
    const { key, config } = await protectedKey(type);
    expect(key.state).toMatchObject({ construct_path: null });
    for (const construct_path of ['stack/orders/key', 'stack/shop/key', null]) {
      door.forget();
      const before = key.state;
      const { plan } = await key.apply({ ...config, construct_path });
      expect(plan).toEqual({ planned: { ...before, construct_path }, requiresReplace: [], diagnostics: [] });
      expect(key.state).toEqual({ ...before, construct_path });
      expect(door.calls()).toEqual([]);
      await key.refresh();
      expect(await key.isSettled({ ...config, construct_path })).toBe(true);
    }
    await key.applied({ ...config, construct_path: 'stack/orders/key', description: 'both' });
    expect(key.state).toMatchObject({ construct_path: 'stack/orders/key', description: 'both' });
  });

  test('does not call anything for the argument where it is absent or false', async () => {
    const [needed] = types[type];
    for (const config of [{}, { deletion_protection: false }]) {
      const key = await manage(type);
      const whole = { ...(await needed()), ...config };
      await key.applied(whole);
      await key.refresh();
      expect(key.state).toMatchObject({ deletion_protection: null, ...config });
      for (const deletion_protection of [null, false]) {
        expect(await key.isSettled({ ...whole, deletion_protection })).toBe(true);
      }
    }
    expect(door.calls()).not.toContain('UnprotectKey');
    expect(door.calls()).not.toContain('ProtectKey');
  });
});

test('a protection that was lifted by hand is a change in the plan, and the apply protects the key again', async () => {
  const { key, config, stored } = await protectedKey();
  stored.isProtected = false;
  await key.refresh();
  expect(key.state).toMatchObject({ deletion_protection: false });
  expect((await key.plan(config)).planned).toEqual({ ...key.state, deletion_protection: true });
  await key.applied(config);
  expect(stored.isProtected).toBe(true);
});

test('a protection that was set by hand is a change in the plan, and holds until it is applied', async () => {
  const key = await manage('aws_kms_key');
  await key.applied({});
  door.key('us-east-1', key.id).isProtected = true;
  // Without a refresh the state does not know of it.
  expect((await key.planDestroy()).diagnostics).toMatchObject([{ severity: 'error' }]);
  expect((await key.plan({ region: 'eu-west-1' })).diagnostics).toMatchObject([{ severity: 'error' }]);
  await key.refresh();
  expect((await key.plan({})).planned).toEqual({ ...key.state, deletion_protection: null });
  await key.applied({});
  expect(door.key('us-east-1', key.id).isProtected).toBe(false);
  expect(await key.isSettled({})).toBe(true);
});

test('what the state says counts where the control plane cannot be asked', async () => {
  const { key } = await protectedKey();
  const { state } = key;
  const resource = key.engine.requireResource('aws_kms_key');
  const withoutClient = await planChange(resource, undefined, { config: null, prior: state });
  expect(withoutClient.diagnostics).toMatchObject([{ severity: 'error', summary: expect.stringContaining(key.id) }]);
  door.refuse('GetKeyConfiguration', { status: 400, code: 'AccessDeniedException' });
  expect((await key.planDestroy()).diagnostics).toMatchObject([{ severity: 'error' }]);
});

test('without a client nothing is said of a key that the state does not call protected', async () => {
  const key = await manage('aws_kms_key');
  await key.applied({});
  const resource = key.engine.requireResource('aws_kms_key');
  expect((await planChange(resource, undefined, { config: null, prior: key.state })).diagnostics).toEqual([]);
});

test('a deletion that the control plane refuses only at apply keeps the state and says what to do', async () => {
  const { key } = await protectedKey();
  expect(await key.destroy()).toMatchObject([
    {
      severity: 'error',
      summary: `deleting KMS Key (${key.id})`,
      detail: expect.stringMatching(/is protected from deletion[\s\S]*set deletion_protection = false in its resource/),
    },
  ]);
  expect(key.state).toMatchObject({ deletion_protection: true });
});

test('a key whose creation fails half-way is not protected: the next apply can replace it', async () => {
  const key = await manage('aws_kms_key');
  door.refuse('EnableKeyRotation', { status: 400, code: 'AccessDeniedException' });
  await key.apply({ enable_key_rotation: true, deletion_protection: true });
  expect(key.state).toMatchObject({ deletion_protection: false });
  expect(door.calls()).not.toContain('ProtectKey');
});

test('a protection that is refused is an error at the argument, and the state has what is in force', async () => {
  const key = await manage('aws_kms_key');
  await key.applied({});
  door.refuse('ProtectKey', { status: 400, code: 'AccessDeniedException' });
  const { diagnostics } = await key.apply({ deletion_protection: true });
  expect(diagnostics).toMatchObject([{ severity: 'error', path: ['deletion_protection'] }]);
  expect(key.state?.deletion_protection).not.toBe(true);
});

test('a key that is taken back from its deletion is protected', async () => {
  const old = await manage('aws_kms_key');
  await old.applied({});
  const { id } = old;
  await old.destroy();
  const key = await manage('aws_kms_key');
  await key.applied({ adopt_pending_deletion: id, deletion_protection: true });
  expect(door.key('us-east-1', id).isProtected).toBe(true);
  expect(key.state).toMatchObject({ id, deletion_protection: true });
});
