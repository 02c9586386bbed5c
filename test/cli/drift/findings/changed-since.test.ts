/** What was changed since the baseline, with the value there and the value now; the audit log is a list. */
import { changedSince } from '@keystead/control-plane/cli/drift/findings/changed-since.ts';
import type { MadeChange } from '@keystead/control-plane/cli/drift/findings/made-change.ts';
import type { DeclaredResource } from '@keystead/control-plane/cli/drift/states/declared.ts';
import { keyArn, type Line, logOf } from '../a-log.ts';
import { account, declared, defaultPolicy, keyId, keyState } from '../state.ts';

const text = (description: string) => ({ keyId, description });
const tags = (...pairs: readonly (readonly [string, string])[]) => ({
  tags: pairs.map(([tagKey, tagValue]) => ({ tagKey, tagValue })),
});
const made: Line = [0, 'CreateKey', 'terraform', { description: 'orders', origin: 'AWS_KMS', ...tags(['Team', 'a']) }];

/** @param from which of the events is the first since the baseline */
async function since(
  lines: readonly Line[],
  from: number,
  resource: Partial<DeclaredResource> = {},
  reported: readonly string[] = [],
) {
  const log = logOf(lines);
  const changes: MadeChange[] = log.events.slice(from).map((event, index) => ({
    change: {
      Sequence: from + index,
      Time: Date.parse(event.eventTime) / 1000,
      AccountId: account,
      Region: 'us-east-1',
      ResourceType: 'key',
      ResourceId: keyId,
      KeyId: keyId,
      Kind: event.eventName === 'CreateKey' ? 'created' : 'updated',
      EventName: event.eventName,
      RequestId: event.requestID,
      EventId: event.eventID,
    },
    event,
  }));
  const [key] = declared(keyState());
  return changedSince({
    made: changes,
    reported: new Set(reported),
    declared: key ? [{ ...key, ...resource }] : [],
    log,
    accessOf: async () => undefined,
    ignoresTag: (tag) => tag === 'hidden',
  });
}

async function brief(...args: Parameters<typeof since>): Promise<readonly string[]> {
  return (await since(...args)).findings.map(({ attribute, atBaseline, actual, severity, cause, notDeclared }) =>
    [
      `${attribute}: ${JSON.stringify(atBaseline)} → ${JSON.stringify(actual)}`,
      severity,
      cause?.principal.replace(/.*\//, ''),
      ...(notDeclared ? ['not declared'] : []),
    ].join(', '),
  );
}

test('the value at the baseline is what the newest event before it left', async () => {
  const log: Line[] = [
    made,
    [1, 'UpdateKeyDescription', 'bob', text('x')],
    [2, 'UpdateKeyDescription', 'eve', text('y')],
  ];
  expect(await brief(log, 2)).toEqual(['description: "x" → "y", cosmetic, eve']);
  expect(await brief(log, 1)).toEqual(['description: "orders" → "y", cosmetic, eve']);
});

test('a key that nobody changed before has the values of its creation, and defaults for the rest', async () => {
  const off: Line = [1, 'DisableKey', 'eve', {}];
  expect(await brief([made, off], 1)).toEqual(['is_enabled: true → false, use lost, eve']);
  expect(await brief([made, [1, 'ProtectKey', 'eve', {}]], 1)).toEqual([
    'deletion_protection: false → true, cosmetic, eve',
  ]);
  expect(await brief([made, [1, 'EnableKeyRotation', 'eve', { rotationPeriodInDays: 90 }]], 1)).toEqual([
    'enable_key_rotation: false → true, cosmetic, eve',
    'rotation_period_in_days: undefined → 90, cosmetic, eve',
  ]);
  const [policy] = (await since([made, [1, 'PutKeyPolicy', 'eve', { policy: '{"Statement":[]}' }]], 1)).findings;
  expect(policy).toMatchObject({ attribute: 'policy', severity: 'access gained' });
  expect(policy?.atBaseline).toContain('key-default-1');
  expect(policy?.details?.join('\n')).toContain('at the baseline, missing in the actual policy');
});

test('each tag is an attribute, and those that are hidden or did not change are left out', async () => {
  const log: Line[] = [made, [1, 'TagResource', 'eve', tags(['Team', 'b'], ['New', 'n'], ['hidden', 'h'])]];
  expect(await brief(log, 1)).toEqual([
    'tags_all["Team"]: "a" → "b", cosmetic, eve',
    'tags_all["New"]: undefined → "n", cosmetic, eve',
  ]);
  expect(await brief([...log, [2, 'TagResource', 'bob', tags(['Team', 'b'], ['More', 'm'])]], 2)).toEqual([
    'tags_all["More"]: undefined → "m", cosmetic, bob',
  ]);
  expect(await brief([...log, [2, 'UntagResource', 'bob', { tagKeys: ['Team'] }]], 2)).toEqual([
    'tags_all["Team"]: "b" → undefined, cosmetic, bob',
  ]);
});

test('what was changed and changed back stays a finding, with both operations', async () => {
  const log: Line[] = [made, [1, 'DisableKey', 'eve', {}], [2, 'EnableKey', 'eve', {}]];
  const { findings } = await since(log, 1);
  expect(findings).toMatchObject([
    { attribute: 'is_enabled', atBaseline: true, actual: true, severity: 'access gained' },
  ]);
  expect(findings[0]?.details).toEqual([
    'now as at the baseline again',
    expect.stringMatching(/^DisableKey at .*eve, request r1$/),
    expect.stringMatching(/^EnableKey at .*eve, request r2$/),
  ]);
});

test('an operation that set what was there already is a finding too', async () => {
  expect(await brief([made, [1, 'UpdateKeyDescription', 'eve', text('orders')]], 1)).toEqual([
    'description: "orders" → "orders", cosmetic, eve',
  ]);
});

test('what is now is attributed to the caller who set it, not to one who set it once more', async () => {
  const to = (second: number, who: string, value: string): Line => [second, 'UpdateKeyDescription', who, text(value)];
  expect(await brief([made, to(1, 'bob', 'x'), to(2, 'eve', 'y'), to(3, 'bob', 'y')], 1)).toEqual([
    'description: "orders" → "y", cosmetic, eve',
  ]);
});

test('an attribute that the configuration does not have is said to be not declared', async () => {
  const log: Line[] = [made, [1, 'UpdateKeyDescription', 'eve', text('x')], [2, 'DisableKey', 'eve', {}]];
  expect(await brief(log, 1, { writes: (attribute) => attribute === 'is_enabled' })).toEqual([
    'description: "orders" → "x", cosmetic, eve, not declared',
    'is_enabled: true → false, use lost, eve',
  ]);
});

test('attributes in ignore_changes are counted and left out', async () => {
  const log: Line[] = [made, [1, 'UpdateKeyDescription', 'eve', text('x')], [2, 'DisableKey', 'eve', {}]];
  const { findings, leftToOthers } = await since(log, 1, { ignoresChange: (attribute) => attribute === 'description' });
  expect([findings.map(({ attribute }) => attribute), leftToOthers]).toEqual([['is_enabled'], 1]);
});

test('a value that the log does not reach back to is unknown, and the change a finding', async () => {
  const { findings } = await since([[1, 'UpdateKeyDescription', 'eve', text('x')]], 0);
  expect(findings).toMatchObject([{ attribute: 'description', actual: 'x' }]);
  expect(findings[0]?.details?.[0]).toBe('value at the baseline unknown: the audit log does not reach back to it');
});

test('a value that the state hides is hidden', async () => {
  const { findings } = await since([made, [1, 'PutKeyPolicy', 'eve', { policy: defaultPolicy }]], 1, {
    sensitive: new Set(['policy']),
  });
  expect(findings).toMatchObject([{ atBaseline: '(sensitive value)', actual: '(sensitive value)' }]);
  expect(JSON.stringify(findings)).not.toContain(keyArn.replace('key/', 'root/'));
  expect(JSON.stringify(findings)).not.toContain('kms:*');
});

test('what is reported from the state is not reported twice, and what went before it is', async () => {
  const log: Line[] = [made, [1, 'DisableKey', 'eve', {}], [2, 'EnableKey', 'eve', {}], [3, 'DisableKey', 'bob', {}]];
  expect(await brief(log.slice(0, 2), 1, {}, ['r1'])).toEqual([]);
  const { findings } = await since(log, 1, {}, ['r3']);
  expect(findings[0]?.details).toHaveLength(2);
});

test('a new key is one finding, and so is what concerns the key as a whole', async () => {
  const log: Line[] = [made, [1, 'UpdateKeyDescription', 'eve', text('x')]];
  expect(await brief(log, 0)).toEqual(['key: undefined → undefined, cosmetic, eve']);
  expect(await brief([made, [1, 'ScheduleKeyDeletion', 'eve', {}]], 1)).toEqual([
    'key: undefined → undefined, data at risk, eve',
  ]);
});
