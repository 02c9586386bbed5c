/** Goes on from the last comparison, and finds what a comparison of everything finds, whatever happened in between. */
import { randomBytes } from 'node:crypto';
import { comparerOf } from '@keystead/control-plane/cli/drift/find.ts';
import type { Finding } from '@keystead/control-plane/cli/drift/findings/finding.ts';
import { applyRules, type IgnoreRule } from '@keystead/control-plane/cli/drift/findings/ignore.ts';
import { goOn, type WentOn } from '@keystead/control-plane/cli/drift/keeping/go-on.ts';
import { digestOf, type Memory, pack, unpack } from '@keystead/control-plane/cli/drift/keeping/memory.ts';
import { type JobEngines, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { aKey } from '../../../support/a-key.ts';
import { type CountedConnection, connectionTo } from '../../../support/control-plane-connection.ts';
import { policyText } from '../../../support/policies.ts';
import { randomNumbers, seed } from '../../../support/random.ts';
import { runs } from '../../../support/sizes.ts';
import { DAY_MS, openTestControlPlane, type TestControlPlane } from '../../../support/test-control-plane.ts';
import { declared, keyState, type StateResource } from '../state.ts';

const account = '111122223333';
const there = { region: 'us-east-1' };

let controlPlane: TestControlPlane;
let connection: CountedConnection;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
  connection = connectionTo(controlPlane);
});
afterEach(() => controlPlane?.close());

/** A stack of some keys with aliases and a grant, as its state has them. */
class Stack {
  resources: StateResource[] = [];
  complete = false;

  async addKey(name: string, multiRegion = false): Promise<string> {
    const key = await aKey(controlPlane, { Description: name, MultiRegion: multiRegion }, there);
    const { Policy } = await controlPlane.perform('GetKeyPolicy', { KeyId: key.KeyId }, there);
    const values = { arn: key.Arn, id: key.KeyId, key_id: key.KeyId, description: name, policy: Policy };
    this.resources.push(keyState(values, { address: `aws_kms_key.${name}` }));
    return key.KeyId;
  }

  async addAlias(name: string, keyId: string): Promise<void> {
    const AliasName = `alias/${name}`;
    await controlPlane.perform('CreateAlias', { AliasName, TargetKeyId: keyId }, there);
    const arn = `arn:aws:kms:us-east-1:${account}`;
    const target = { target_key_id: keyId, target_key_arn: `${arn}:key/${keyId}` };
    const values = { arn: `${arn}:${AliasName}`, name: AliasName, region: 'us-east-1', ...target };
    this.resources.push({ address: `aws_kms_alias.${name}`, type: 'aws_kms_alias', values });
  }

  async addGrant(name: string, keyId: string): Promise<void> {
    const GranteePrincipal = `arn:aws:iam::${account}:root`;
    const input = { KeyId: keyId, GranteePrincipal, Operations: ['Encrypt' as const] };
    const { GrantId } = await controlPlane.perform('CreateGrant', input, there);
    const values = { key_id: keyId, grant_id: GrantId, region: 'us-east-1', grantee_principal: GranteePrincipal };
    this.resources.push({
      address: `aws_kms_grant.${name}`,
      type: 'aws_kms_grant',
      values: { ...values, operations: ['Encrypt'] },
    });
  }

  private comparer() {
    const options = { complete: this.complete, settings: {}, region: 'us-east-1' };
    return comparerOf(connection, declared(...this.resources), options, { ignoresTag: () => false });
  }

  async everything(): Promise<readonly Finding[]> {
    const { findings: ofKeys, others } = await this.comparer().compare();
    const findings = [...ofKeys, ...others];
    const since = await this.comparer().since(findings);
    return [...findings, ...(since.findings as readonly Finding[])];
  }

  /** The memory goes through its packed form, as between two runs. */
  async goOn(last: Memory | undefined): Promise<WentOn> {
    const packed = last && (await pack(last));
    const known = packed === undefined ? undefined : await unpack(packed);
    const digest = digestOf([this.resources, this.complete]);
    return goOn(connection, digest, known ?? 'it is the first', this.comparer(), controlPlane.clock.now());
  }
}

const foundBy = ({ memory: { findings, others, since } }: WentOn): readonly Finding[] => [
  ...findings,
  ...others,
  ...(since.findings as readonly Finding[]),
];

const inOrder = (findings: readonly Finding[]) => findings.map((finding) => JSON.stringify(finding)).sort();

async function aStack(keys = 4): Promise<{ readonly stack: Stack; readonly ids: string[] }> {
  const stack = new Stack();
  const ids: string[] = [];
  for (let i = 0; i < keys; i++) {
    const id = await stack.addKey(`k${i}`, i === 0);
    ids.push(id);
    await stack.addAlias(`a${i}`, id);
    await stack.addGrant(`g${i}`, id);
  }
  return { stack, ids };
}

const reads = () => connection.calls('GetKeyConfiguration');

test('without changes no key is read', async () => {
  const { stack } = await aStack();
  const first = await stack.goOn(undefined);
  expect(first).toMatchObject({ wholeBecause: 'it is the first', keysRead: 4 });
  const before = reads();
  expect(await stack.goOn(first.memory)).toEqual({ memory: first.memory, changes: 0, keysRead: 0 });
  expect(reads()).toBe(before);
});

test('a change reads only the key that it touched, and findings of others stay', async () => {
  const { stack, ids } = await aStack();
  await controlPlane.perform('DisableKey', { KeyId: ids[1] ?? '' }, there);
  const first = await stack.goOn(undefined);
  await controlPlane.perform('UpdateKeyDescription', { KeyId: ids[2] ?? '', Description: 'other' }, there);
  const before = reads();
  const second = await stack.goOn(first.memory);
  expect(second).toMatchObject({ changes: 1, keysRead: 1 });
  expect(reads() - before).toBe(1);
  expect(foundBy(second).map(({ address, attribute }) => `${address} ${attribute}`)).toEqual([
    'aws_kms_key.k1 is_enabled',
    'aws_kms_key.k2 description',
  ]);
});

test.each([
  ['another state', async (stack: Stack) => void stack.resources.pop(), 'the states or the options are others'],
  [
    'a change of an identity, on which it depends who gained access',
    () => controlPlane.perform('CreateUser', { UserName: 'new' }),
    'more than keys, aliases and grants was changed',
  ],
])('after %s everything is compared', async (_, happens, wholeBecause) => {
  const { stack } = await aStack();
  const first = await stack.goOn(undefined);
  await happens(stack);
  expect(await stack.goOn(first.memory)).toMatchObject({ wholeBecause });
});

test('after the change log of a backup was restored everything is compared', async () => {
  const { stack } = await aStack();
  const { memory } = await stack.goOn(undefined);
  const wholeBecause = 'the change log is not the one of the last report, as after a restore';
  const { sequence } = memory.position;
  const other = { sequence, eventId: 'other' };
  expect(await stack.goOn({ ...memory, position: other })).toMatchObject({ wholeBecause });
  const ahead = { sequence: sequence + 9, eventId: memory.position.eventId };
  expect(await stack.goOn({ ...memory, position: ahead })).toMatchObject({ wholeBecause });
});

test('what another version or another program wrote is not gone on from', async () => {
  expect(await unpack(Buffer.from('no gzip').toString('base64'))).toBeUndefined();
  const { memory } = await (await aStack(1)).stack.goOn(undefined);
  expect(await unpack((await pack(memory)) ?? '')).toEqual(memory);
});

test('what is larger than the control plane keeps is not kept', async () => {
  const { memory } = await (await aStack(1)).stack.goOn(undefined);
  const details = [randomBytes(300_000).toString('base64')];
  const finding = { details } as unknown as Finding;
  expect(await pack({ ...memory, findings: [finding] })).toBeUndefined();
});

describe('time', () => {
  test('a key that waits for its deletion is read again when its day has come, before a job deletes it and after', async () => {
    const { stack, ids } = await aStack();
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId: ids[3] ?? '', PendingWindowInDays: 7 }, there);
    const first = await stack.goOn(undefined);
    controlPlane.clock.advance(6 * DAY_MS);
    const early = await stack.goOn(first.memory);
    expect(early.keysRead).toBe(0);
    controlPlane.clock.advance(2 * DAY_MS);
    const due = await stack.goOn(early.memory);
    expect(due).toMatchObject({ changes: 0, keysRead: 1 });
    expect(inOrder(foundBy(due))).toEqual(inOrder(await stack.everything()));
    await runJobs();
    const gone = await stack.goOn(due.memory);
    expect(gone.wholeBecause).toBeUndefined();
    expect(inOrder(foundBy(gone))).toEqual(inOrder(await stack.everything()));
    expect(foundBy(gone)).toContainEqual(expect.objectContaining({ attribute: 'key', actual: 'gone' }));
  });

  test('a rule that expires is a finding although nothing was changed', async () => {
    const { stack } = await aStack(1);
    const first = await stack.goOn(undefined);
    const rule = { pattern: '*', reason: 'r', owner: 'o', expires: '2026-01-02' };
    const second = await stack.goOn(first.memory);
    const judged = applyRules(foundBy(second), [rule], controlPlane.clock.now() + 9 * DAY_MS);
    expect(judged.findings).toMatchObject([{ what: 'ignore rule expired' }]);
  });
});

async function runJobs(): Promise<void> {
  const engines: JobEngines = { ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000 };
  const jobs = startJobs(engines);
  await jobs.runOnce();
  await jobs.stop();
}

/** What somebody does by hand, at random; what the control plane refuses in the present state changes nothing. */
function hands(stack: Stack, ids: string[], random: (below: number) => number) {
  const grants: { KeyId: string; GrantId: string }[] = [];
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const key = () => ({ KeyId: pick(ids) });
  const alias = () => `alias/${pick(['a0', 'a1', 'a2', 'a3', 'x', 'y'])}`;
  const everybody = () => ({
    ...{ Sid: `s${random(3)}`, Effect: 'Allow' as const, Action: pick(['kms:*', 'kms:Decrypt']), Resource: '*' },
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  });
  const owner = { Effect: 'Allow' as const, Action: 'kms:*', Resource: '*', Principal: { AWS: account } };
  const actions: (() => Promise<unknown>)[] = [
    () => controlPlane.perform('UpdateKeyDescription', { ...key(), Description: pick(['k0', 'k1', 'by hand']) }, there),
    () => controlPlane.perform(pick(['EnableKeyRotation', 'DisableKeyRotation'] as const), key(), there),
    () => controlPlane.perform(pick(['EnableKey', 'DisableKey'] as const), key(), there),
    () => controlPlane.perform(pick(['ProtectKey', 'UnprotectKey'] as const), key(), there),
    () => controlPlane.perform('TagResource', { ...key(), Tags: [{ TagKey: pick(['A', 'B']), TagValue: 'v' }] }, there),
    () => controlPlane.perform('UntagResource', { ...key(), TagKeys: [pick(['A', 'B'])] }, there),
    () => controlPlane.perform('PutKeyPolicy', { ...key(), Policy: policyText(owner, everybody()) }, there),
    () => controlPlane.perform('CreateAlias', { AliasName: alias(), TargetKeyId: pick(ids) }, there),
    () => controlPlane.perform('UpdateAlias', { AliasName: alias(), TargetKeyId: pick(ids) }, there),
    () => controlPlane.perform('DeleteAlias', { AliasName: alias() }, there),
    async () => {
      const input = { ...key(), GranteePrincipal: `arn:aws:iam::${account}:root`, Operations: ['Decrypt' as const] };
      const { GrantId = '' } = await controlPlane.perform('CreateGrant', input, there);
      grants.push({ KeyId: input.KeyId, GrantId });
    },
    async () => {
      const declaredGrants = stack.resources.filter(({ type }) => type === 'aws_kms_grant');
      const { values } = pick(declaredGrants);
      const named = { KeyId: String(values.key_id), GrantId: String(values.grant_id) };
      await controlPlane.perform('RevokeGrant', pick([...grants, named]), there);
    },
    () => controlPlane.perform('ScheduleKeyDeletion', { ...key(), PendingWindowInDays: 7 }, there),
    () => controlPlane.perform('CancelKeyDeletion', key(), there),
    () => controlPlane.perform('ReplicateKey', { KeyId: ids[0] ?? '', ReplicaRegion: 'eu-west-1' }, there),
    () =>
      controlPlane.perform('UpdateKeyDescription', { KeyId: ids[0] ?? '', Description: 'r' }, { region: 'eu-west-1' }),
    () => controlPlane.perform('UpdatePrimaryRegion', { KeyId: ids[0] ?? '', PrimaryRegion: 'eu-west-1' }, there),
    async () => void (await aKey(controlPlane, { Description: 'nobody’s' }, there)),
    () => controlPlane.perform('CreateUser', { UserName: `u${random(1000)}` }, there),
    async () => controlPlane.clock.advance(random(4) * DAY_MS),
    () => runJobs(),
    async () => {
      const { NextSequence: Sequence } = await controlPlane.perform('ListChanges', { Newest: true });
      await controlPlane.perform('AcceptChanges', { Baseline: 'default', Sequence }, there);
    },
    async () => {
      const resource = pick(stack.resources);
      stack.resources = stack.resources.map((one) =>
        one === resource ? { ...one, values: { ...one.values, description: pick(['k1', 'declared']) } } : one,
      );
    },
  ];
  return async () => {
    controlPlane.clock.advance(1000);
    await pick(actions)().catch(() => undefined);
  };
}

test('whatever happens by hand, in time and in the state, going on finds what comparing everything finds', async () => {
  const { stack, ids } = await aStack();
  const random = randomNumbers(seed);
  const act = hands(stack, ids, random);
  let last: WentOn | undefined;
  let continued = 0;
  for (let step = 0; step < runs(15, 1000); step++) {
    if (step % 10 === 5) stack.complete = !stack.complete;
    for (let i = random(3); i >= 0; i--) await act();
    last = await stack.goOn(last?.memory);
    if (last.wholeBecause === undefined) continued += 1;
    const everything = await stack.everything();
    expect({ seed, step, found: inOrder(foundBy(last)) }).toEqual({ seed, step, found: inOrder(everything) });
    const rules: IgnoreRule[] = [
      { pattern: '*k1*', reason: 'r', owner: 'o', expires: ['2026-01-02', '2036-01-02'][random(2)] ?? '' },
    ];
    const now = controlPlane.clock.now();
    expect(applyRules(foundBy(last), rules, now).ignored).toBe(applyRules(everything, rules, now).ignored);
  }
  expect(continued).toBeGreaterThan(3);
}, 3_600_000);
