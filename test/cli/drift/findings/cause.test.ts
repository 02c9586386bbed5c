/** Which caller the audit log names for a difference; the log here is a list. */
import { findCause } from '@keystead/control-plane/cli/drift/findings/cause.ts';
import type { Difference } from '@keystead/control-plane/cli/drift/findings/compare.ts';
import { type EventLog, EventsDenied } from '@keystead/control-plane/cli/drift/running/events.ts';
import { keyArn, type Line, logOf } from '../a-log.ts';
import { account, arnOf, keyId } from '../state.ts';

const about = (changes: Partial<Difference>): Difference => ({
  address: 'aws_kms_key.orders',
  region: 'us-east-1',
  resourceArn: keyArn,
  what: 'changed',
  attribute: 'description',
  ...changes,
});

async function blamed(lines: readonly Line[], difference: Partial<Difference>, resourceArn?: string): Promise<string> {
  const found = await findCause(logOf(lines, resourceArn), about(difference));
  if ('unattributed' in found) return 'nobody';
  const { principal, time: at, requestId, eventName } = found.cause;
  return `${principal.replace(/.*\//, '')} ${Number(at.slice(-3, -1))} ${eventName} ${requestId}`;
}

const text = (description: string) => ({ keyId, description });
const tags = (...pairs: readonly (readonly [string, string])[]) => ({
  tags: pairs.map(([tagKey, tagValue]) => ({ tagKey, tagValue })),
});
const policy = (Id: string) => JSON.stringify({ Version: '2012-10-17', Id, Statement: [] });
const aliasArn = `arn:aws:kms:us-east-1:${account}:alias/orders`;

describe('blames', () => {
  const cases: readonly (readonly [string, readonly Line[], Partial<Difference>, string])[] = [
    [
      'the caller who set the value, not who set it before or changed something else since',
      [
        [1, 'UpdateKeyDescription', 'terraform', text('declared')],
        [2, 'UpdateKeyDescription', 'alice', text('by hand')],
        [3, 'TagResource', 'bob', tags(['a', '1'])],
      ],
      { actual: 'by hand' },
      'alice 2 UpdateKeyDescription r1',
    ],
    [
      'the caller who set it first, not who set the same again',
      [
        [1, 'UpdateKeyDescription', 'terraform', text('declared')],
        [2, 'UpdateKeyDescription', 'alice', text('by hand')],
        [3, 'UpdateKeyDescription', 'bob', text('by hand')],
      ],
      { actual: 'by hand' },
      'alice 2 UpdateKeyDescription r1',
    ],
    [
      'the caller who made the change after one that was repaired',
      [
        [1, 'DisableKey', 'alice'],
        [2, 'EnableKey', 'terraform'],
        [3, 'DisableKey', 'bob'],
      ],
      { attribute: 'is_enabled', actual: false },
      'bob 3 DisableKey r2',
    ],
    [
      'the caller who lifted the protection, not who protected the key before',
      [
        [1, 'ProtectKey', 'terraform'],
        [2, 'UnprotectKey', 'alice'],
        [3, 'UnprotectKey', 'bob'],
      ],
      { attribute: 'deletion_protection', actual: false },
      'alice 2 UnprotectKey r1',
    ],
    [
      'the caller of the last change where all of them happened within one second',
      [
        [1, 'DisableKey', 'alice'],
        [1, 'EnableKey', 'terraform'],
        [1, 'DisableKey', 'bob'],
      ],
      { attribute: 'is_enabled', actual: false },
      'bob 1 DisableKey r2',
    ],
    [
      'the caller who scheduled a deletion that was cancelled and left the key disabled',
      [
        [1, 'CreateKey', 'terraform'],
        [2, 'ScheduleKeyDeletion', 'alice'],
        [3, 'CancelKeyDeletion', 'bob'],
      ],
      { attribute: 'is_enabled', actual: false },
      'alice 2 ScheduleKeyDeletion r1',
    ],
    [
      'the caller who deleted imported key material, not who enabled the key before',
      [
        [1, 'EnableKey', 'terraform'],
        [2, 'DeleteImportedKeyMaterial', 'alice'],
      ],
      { attribute: 'enabled', actual: false },
      'alice 2 DeleteImportedKeyMaterial r1',
    ],
    [
      'the caller who imported key material with another expiry',
      [
        [1, 'ImportKeyMaterial', 'terraform', { validTo: 'Jan 1, 2027, 12:00:00 AM' }],
        [2, 'ImportKeyMaterial', 'alice', { validTo: 'Feb 1, 2027, 12:00:00 AM' }],
        [3, 'ImportKeyMaterial', 'bob', { validTo: 'Feb 1, 2027, 12:00:00 AM' }],
      ],
      { attribute: 'valid_to', actual: '2027-02-01T00:00:00.250Z' },
      'alice 2 ImportKeyMaterial r1',
    ],
    [
      'the caller who enabled rotation without a period, which means a year',
      [
        [1, 'EnableKeyRotation', 'terraform', { rotationPeriodInDays: 90 }],
        [2, 'EnableKeyRotation', 'alice'],
      ],
      { attribute: 'rotation_period_in_days', actual: 365 },
      'alice 2 EnableKeyRotation r1',
    ],
    [
      'the caller who put a policy of the same meaning, however it is written',
      [
        [1, 'PutKeyPolicy', 'terraform', { policy: policy('declared') }],
        [2, 'PutKeyPolicy', 'alice', { policy: ` ${policy('by hand')} ` }],
      ],
      { attribute: 'policy', actual: policy('by hand') },
      'alice 2 PutKeyPolicy r1',
    ],
    [
      'the caller who changed this tag, not who changed another since',
      [
        [1, 'CreateKey', 'terraform', tags(['a', '1'], ['b', '1'])],
        [2, 'TagResource', 'alice', tags(['a', '2'])],
        [3, 'TagResource', 'bob', tags(['b', '2'])],
      ],
      { attribute: 'tags_all["a"]', declared: '1', actual: '2' },
      'alice 2 TagResource r1',
    ],
    [
      'the caller who removed a tag',
      [
        [1, 'CreateKey', 'terraform', tags(['a', '1'])],
        [2, 'UntagResource', 'alice', { tagKeys: ['b', 'a'] }],
        [3, 'UntagResource', 'bob', { tagKeys: ['b'] }],
      ],
      { attribute: 'tags_all["a"]', declared: '1' },
      'alice 2 UntagResource r1',
    ],
    [
      'the caller who asked for the deletion of a key that the service then deleted',
      [
        [1, 'ScheduleKeyDeletion', 'alice'],
        [2, 'DeleteKey', 'AWS Internal'],
      ],
      { what: 'missing', attribute: 'key', actual: 'gone' },
      'alice 1 ScheduleKeyDeletion r0',
    ],
    [
      'the caller who revoked this grant, not another',
      [
        [1, 'RevokeGrant', 'alice', { grantId: 'a1' }],
        [2, 'RevokeGrant', 'bob', { grantId: 'b2' }],
      ],
      { what: 'missing', attribute: 'grant', grantId: 'a1' },
      'alice 1 RevokeGrant r0',
    ],
    [
      'the caller who scheduled the deletion of the key that took a grant with it',
      [[1, 'ScheduleKeyDeletion', 'alice']],
      { what: 'missing', attribute: 'grant', grantId: 'a1' },
      'alice 1 ScheduleKeyDeletion r0',
    ],
    [
      'the caller who moved the primary key away',
      [
        [1, 'UpdatePrimaryRegion', 'AWS Internal', null],
        [2, 'UpdatePrimaryRegion', 'alice', { primaryRegion: 'us-west-2' }],
      ],
      { attribute: 'primary_region', declared: 'us-east-1', actual: 'us-west-2' },
      'alice 2 UpdatePrimaryRegion r1',
    ],
    [
      'the caller who made a replica in this Region, not in another',
      [
        [1, 'ReplicateKey', 'alice', { replicaRegion: 'eu-west-1' }],
        [2, 'ReplicateKey', 'bob', { replicaRegion: 'us-west-2' }],
      ],
      {
        what: 'unknown to Terraform',
        attribute: 'replica',
        region: 'eu-west-1',
        keyArn,
        resourceArn: arnOf(keyId, 'eu-west-1'),
      },
      'alice 1 ReplicateKey r0',
    ],
    [
      'nobody when the newest event left another value',
      [
        [1, 'UpdateKeyDescription', 'alice', text('by hand')],
        [2, 'UpdateKeyDescription', 'bob', text('another')],
      ],
      { actual: 'by hand' },
      'nobody',
    ],
    ['nobody when the audit log is empty', [], { attribute: 'policy', actual: policy('x') }, 'nobody'],
    ['nobody for an attribute that no event changes', [[1, 'CreateKey', 'alice']], { attribute: 'other' }, 'nobody'],
  ];
  test.each(cases)('%s', async (_, lines, difference, expected) => {
    expect(await blamed(lines, difference)).toBe(expected);
  });

  const aliasCases: readonly (readonly [string, readonly Line[], Partial<Difference>, string])[] = [
    [
      'the caller who pointed an alias elsewhere',
      [
        [1, 'CreateAlias', 'terraform', { targetKeyId: keyArn }],
        [2, 'UpdateAlias', 'alice', { targetKeyId: arnOf('other') }],
      ],
      { attribute: 'target_key_id', declared: keyId, actual: 'other' },
      'alice 2 UpdateAlias r1',
    ],
    [
      'the caller who deleted an alias, not who deleted it earlier',
      [
        [1, 'DeleteAlias', 'alice'],
        [2, 'CreateAlias', 'terraform', { targetKeyId: keyArn }],
        [3, 'DeleteAlias', 'bob'],
      ],
      { what: 'missing', attribute: 'alias' },
      'bob 3 DeleteAlias r2',
    ],
    [
      'the caller who made an undeclared alias',
      [[1, 'CreateAlias', 'alice', { targetKeyId: keyId }]],
      { what: 'unknown to Terraform', attribute: 'alias', keyArn, actual: 'alias/orders → aws_kms_key.orders' },
      'alice 1 CreateAlias r0',
    ],
  ];
  test.each(aliasCases)('%s', async (_, lines, difference, expected) => {
    expect(await blamed(lines, { keyArn, ...difference, resourceArn: aliasArn }, aliasArn)).toBe(expected);
  });

  test('the caller who had the key deleted, for the alias that went with it', async () => {
    const log: readonly Line[] = [[1, 'ScheduleKeyDeletion', 'alice']];
    const missing = { what: 'missing', attribute: 'alias', resourceArn: aliasArn, keyArn } as const;
    expect(await blamed(log, missing)).toBe('alice 1 ScheduleKeyDeletion r0');
  });
});

test('a caller who is not allowed to read the audit log gets the difference, and why it is unattributed', async () => {
  const log: EventLog = {
    // biome-ignore lint/correctness/useYield: it is refused before its first event
    async *read() {
      throw new EventsDenied('not authorized to perform: cloudtrail:LookupEvents');
    },
    idsWithin: async () => [],
  };
  expect(await findCause(log, about({ actual: 'x' }))).toEqual({
    unattributed: 'the audit log cannot be read: not authorized to perform: cloudtrail:LookupEvents',
  });
});

test('only events that can have made the difference are looked up', async () => {
  const log = logOf([]);
  await findCause(log, about({ attribute: 'description', actual: 'x' }));
  expect(log.asked).toEqual(['UpdateKeyDescription', 'CreateKey']);
});
