import { requireKeyState, requireKeyUsage } from '@keystead/control-plane/domain/keys/key-state.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord, Target } from '@keystead/provider-schema/records.ts';
import type { KeySpec, KeyState, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';

const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

function aKey({
  state = 'Enabled',
  spec = 'SYMMETRIC_DEFAULT',
  usage = 'ENCRYPT_DECRYPT',
}: {
  state?: KeyState;
  spec?: KeySpec;
  usage?: KeyUsage;
} = {}) {
  return { arn, shared: { key_spec: spec, key_usage: usage, origin: 'AWS_KMS' }, regional: { state } } as const;
}

function keyTarget(name: keyof typeof operations) {
  const record: OperationRecord = operations[name];
  const target = record.targets.find(
    (candidate): candidate is Extract<Target, { kind: 'key' }> => candidate.kind === 'key',
  );
  if (!target) throw new Error(`${name} has no key target`);
  return target;
}

function refusal(name: keyof typeof operations, state: KeyState): string {
  try {
    requireKeyState(keyTarget(name).states, aKey({ state }));
    return 'ok';
  } catch (error) {
    return error instanceof KmsError ? `${error.code}: ${error.message}` : String(error);
  }
}

describe('the answer of a key in each state', () => {
  // Developer guide, "Key states of AWS KMS keys".
  const cells: readonly (readonly [keyof typeof operations, KeyState, string])[] = [
    ['Encrypt', 'Enabled', 'ok'],
    ['Encrypt', 'Updating', 'ok'],
    ['Encrypt', 'Disabled', `DisabledException: ${arn} is disabled.`],
    ['Encrypt', 'PendingDeletion', `KMSInvalidStateException: ${arn} is pending deletion.`],
    ['Encrypt', 'PendingReplicaDeletion', `KMSInvalidStateException: ${arn} is pending replica deletion.`],
    ['Encrypt', 'PendingImport', `KMSInvalidStateException: ${arn} is pending import.`],
    ['Encrypt', 'Unavailable', `KMSInvalidStateException: ${arn} is unavailable.`],
    ['Encrypt', 'Creating', `KMSInvalidStateException: ${arn} is creating.`],
    ['CancelKeyDeletion', 'PendingDeletion', 'ok'],
    ['CancelKeyDeletion', 'PendingReplicaDeletion', 'ok'],
    ['CancelKeyDeletion', 'Enabled', `KMSInvalidStateException: ${arn} is not pending deletion.`],
    ['CancelKeyDeletion', 'PendingImport', `KMSInvalidStateException: ${arn} is not pending deletion.`],
    ['ScheduleKeyDeletion', 'PendingDeletion', `KMSInvalidStateException: ${arn} is pending deletion.`],
    ['ScheduleKeyDeletion', 'Disabled', 'ok'],
    ['ScheduleKeyDeletion', 'Updating', `KMSInvalidStateException: ${arn} is updating.`],
    ['PutKeyPolicy', 'PendingDeletion', 'ok'],
    ['TagResource', 'PendingDeletion', `KMSInvalidStateException: ${arn} is pending deletion.`],
    ['CreateAlias', 'PendingDeletion', `KMSInvalidStateException: ${arn} is pending deletion.`],
    ['CreateAlias', 'Disabled', 'ok'],
    ['EnableKeyRotation', 'Disabled', `DisabledException: ${arn} is disabled.`],
    [
      'EnableKeyRotation',
      'PendingImport',
      `UnsupportedOperationException: ${arn} origin is AWS_KMS which is not valid for this operation.`,
    ],
    ['GetKeyRotationStatus', 'PendingDeletion', 'ok'],
    ['GetKeyRotationStatus', 'Unavailable', 'ok'],
    ['RevokeGrant', 'PendingDeletion', 'ok'],
    ['CreateGrant', 'Disabled', `DisabledException: ${arn} is disabled.`],
    ['CreateGrant', 'Unavailable', 'ok'],
    ['DescribeKey', 'Creating', 'ok'],
  ];

  test.each(cells)('%s on a key that is %s: %s', (name, state, expected) => {
    expect(refusal(name, state)).toBe(expected);
  });
});

describe('the usage of a key', () => {
  test('Encrypt is refused on a signing key, by the key usage', () => {
    const key = aKey({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' });
    expect(() => requireKeyUsage(keyTarget('Encrypt'), key, 'Encrypt')).toThrow(
      `${arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
    );
  });

  test('GenerateDataKey is refused on an RSA encryption key, by the key spec', () => {
    const key = aKey({ spec: 'RSA_2048', usage: 'ENCRYPT_DECRYPT' });
    expect(() => requireKeyUsage(keyTarget('GenerateDataKey'), key, 'GenerateDataKey')).toThrow(
      `${arn} key spec is RSA_2048 which is not valid for this operation.`,
    );
  });

  test('an operation without usages accepts every key', () => {
    expect(() =>
      requireKeyUsage(keyTarget('DescribeKey'), aKey({ usage: 'SIGN_VERIFY' }), 'DescribeKey'),
    ).not.toThrow();
  });
});
