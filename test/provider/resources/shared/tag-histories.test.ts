/**
 * `tags` through a history of configurations and provider blocks, on each key resource. The states are those that the
 * AWS provider 5.100 writes for the same history; test/e2e/aws-provider.test.ts compares more of them at run time.
 */
import type { ObjectValue, Value } from '@keystead/provider/engine/value.ts';
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
});

afterEach(() => door.close());

const types = [
  { type: 'aws_kms_key', config: (): ObjectValue => ({}) },
  { type: 'aws_kms_external_key', config: (): ObjectValue => ({}) },
  {
    type: 'aws_kms_replica_key',
    config: (): ObjectValue => ({ region: 'us-west-2', primary_key_arn: primaryArns.AWS_KMS }),
  },
  {
    type: 'aws_kms_replica_external_key',
    config: (): ObjectValue => ({ region: 'us-west-2', primary_key_arn: primaryArns.EXTERNAL }),
  },
];

const plain: ObjectValue = {};
const defaults: ObjectValue = { default_tags: [{ tags: { k: 'v', d: '1' } }] };
const ignoring: ObjectValue = { ignore_tags: [{ keys: ['k'] }] };

/** Provider block, configured tags, tags in the state after the apply, and whether the next plan is empty. */
type Step = readonly [ObjectValue, Value, Value, 'settled' | 'lasting update'];

const histories: Readonly<Record<string, readonly Step[]>> = {
  'removed, set again, hidden': [
    [plain, { k: 'v' }, { k: 'v' }, 'settled'],
    [plain, null, {}, 'settled'],
    [defaults, { k: 'v' }, { k: 'v' }, 'settled'],
    [ignoring, { k: 'v' }, {}, 'lasting update'],
    [plain, { k: 'v' }, { k: 'v' }, 'settled'],
  ],
  'removed by an empty map, then defaults only': [
    [plain, { k: 'v' }, { k: 'v' }, 'settled'],
    [plain, {}, {}, 'settled'],
    [defaults, null, {}, 'settled'],
    [plain, null, {}, 'settled'],
  ],
  'an empty map, then none': [
    [plain, {}, null, 'settled'],
    [plain, null, {}, 'settled'],
    [defaults, {}, {}, 'settled'],
  ],
  'none, then pairs without a value': [
    [plain, null, null, 'settled'],
    [plain, { k: null }, {}, 'settled'],
    [plain, { k: null, own: '1' }, { own: '1' }, 'settled'],
    [plain, { own: '1' }, { own: '1' }, 'settled'],
  ],
  'only pairs without a value': [
    [plain, { k: null }, null, 'settled'],
    [plain, null, {}, 'settled'],
  ],
  'moved to the defaults, then partly hidden': [
    [plain, { k: 'v', n: null }, { k: 'v' }, 'settled'],
    [defaults, null, {}, 'settled'],
    [ignoring, { k: 'v', l: 'w' }, { l: 'w' }, 'lasting update'],
    [plain, { l: 'w' }, { l: 'w' }, 'settled'],
  ],
  'an empty text is a value': [
    [plain, { e: '' }, { e: '' }, 'settled'],
    [plain, { e: '', n: null }, { e: '' }, 'settled'],
    [defaults, { e: '' }, { e: '' }, 'settled'],
  ],
};

describe.each(types)('$type', ({ type, config }) => {
  test.each(Object.entries(histories))('%s', async (_, steps) => {
    let state: Managed['state'] = null as Managed['state'];
    for (const [block, tags, expected, after] of steps) {
      const key = new Managed(await configured(door, block), type);
      key.state = state;
      if (state !== null) await key.refresh();
      const { diagnostics } = await key.apply({ ...config(), tags });
      expect(diagnostics).toEqual([]);
      expect(key.state?.tags).toEqual(expected);
      for (const refreshed of [false, true]) {
        if (refreshed) await key.refresh();
        const { planned } = await key.plan({ ...config(), tags });
        if (after === 'settled') expect(planned).toEqual(key.state);
        else expect(planned).not.toEqual(key.state);
      }
      state = key.state;
    }
  });
});
