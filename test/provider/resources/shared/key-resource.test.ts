/** What all key resources have in common, tested on each. */
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../../support/provider/managed.ts';
import { RestDoor } from '../../../support/provider/rest-door.ts';

let door: RestDoor;
let primaryArns: Readonly<Record<'AWS_KMS' | 'EXTERNAL', string>>;

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  const primary = new Managed(engine, 'aws_kms_key');
  const external = new Managed(engine, 'aws_kms_external_key');
  await primary.applied({ multi_region: true });
  await external.applied({ multi_region: true });
  primaryArns = { AWS_KMS: primary.text('arn'), EXTERNAL: external.text('arn') };
  door.forget();
});

afterEach(() => door.close());

const rows = [
  { type: 'aws_kms_key', title: 'KMS Key', config: () => ({}), window: null },
  { type: 'aws_kms_external_key', title: 'KMS External Key', config: () => ({}), window: 30 },
  {
    type: 'aws_kms_replica_key',
    title: 'KMS Replica Key',
    config: () => ({ region: 'us-west-2', primary_key_arn: primaryArns.AWS_KMS }),
    window: 30,
  },
  {
    type: 'aws_kms_replica_external_key',
    title: 'KMS Replica External Key',
    config: () => ({ region: 'us-west-2', primary_key_arn: primaryArns.EXTERNAL }),
    window: 30,
  },
] as const;

describe.each(rows)('$type', ({ type, title, config, window }) => {
  async function made(more: ObjectValue = {}): Promise<Managed> {
    const key = new Managed(await configured(door), type);
    await key.applied({ ...config(), ...more });
    return key;
  }

  test('is settled once it is made, and its state has each attribute of its record', async () => {
    const key = await made({ description: 'orders', tags: { team: 'red' } });
    await key.refresh();
    expect(await key.isSettled({ ...config(), description: 'orders', tags: { team: 'red' } })).toBe(true);
    const { attributes, blocks = {} } = key.engine.requireResource(type).record;
    expect(Object.keys(key.state ?? {}).sort()).toEqual([...Object.keys(attributes), ...Object.keys(blocks)].sort());
  });

  test('is made, read and deleted under its own name', async () => {
    const key = await made();
    door.refuse('GetKeyConfiguration', { status: 400, code: 'AccessDeniedException' });
    expect(await key.refresh()).toMatchObject([{ summary: `reading ${title} (${key.id})` }]);
    door.refuse('ScheduleKeyDeletion', { status: 400, code: 'AccessDeniedException' });
    expect(await key.destroy()).toMatchObject([{ summary: `deleting ${title} (${key.id})` }]);
  });

  test('keeps what is never read as planned, also when an update fails', async () => {
    const key = await made();
    door.refuse('UpdateKeyDescription', { status: 400, code: 'AccessDeniedException' });
    const { diagnostics } = await key.apply({ ...config(), description: 'new', deletion_window_in_days: 7 });
    expect(diagnostics).toHaveLength(1);
    expect(key.state).toMatchObject({ deletion_window_in_days: 7, bypass_policy_lockout_safety_check: false });
    expect(key.state?.description).not.toBe('new');
  });

  test('imported, it has the window that its record has by default', async () => {
    const { id, state } = await made();
    const imported = new Managed(await configured(door), type);
    expect(await imported.import(`${id}@${String(state?.region)}`)).toEqual([]);
    expect(imported.state).toMatchObject({ id, deletion_window_in_days: window, region: state?.region });
  });

  test('is removed from the state when it is gone, and deleting it once more is not an error', async () => {
    const key = await made();
    const twin = new Managed(key.engine, type);
    twin.state = key.state;
    expect(await key.destroy()).toEqual([]);
    const before = twin.state;
    await twin.refresh();
    expect(twin.state).toBeNull();
    twin.state = before;
    expect(await twin.destroy()).toEqual([]);
  });
});
