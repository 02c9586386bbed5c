import {
  commonErrors,
  type ErrorCode,
  errorRow,
  errors,
  KmsError,
  messages,
  modelledErrors,
  restStatus,
  restStatuses,
} from '@keystead/provider-schema/errors.ts';
import { limits, pageSize, pageSizes } from '@keystead/provider-schema/limits.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import { exceptions } from '@keystead/provider-schema/shapes/kms/exceptions.ts';

const codes = Object.keys(errors) as ErrorCode[];
const keyArn = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('the error table', () => {
  test('has every error of the KMS model, and marks only these as modelled', () => {
    expect([...modelledErrors].sort()).toEqual(Object.keys(exceptions).sort());
    expect(modelledErrors).toHaveLength(48);
  });

  test('answers 500 for the service faults of the model and 400 for all its other errors', () => {
    for (const code of modelledErrors) {
      const fault = 'fault' in exceptions[code];
      expect([code, errorRow(code).httpStatus]).toEqual([code, fault ? 500 : 400]);
    }
    expect(modelledErrors.filter((code) => 'fault' in exceptions[code])).toEqual([
      'DependencyTimeoutException',
      'KeyUnavailableException',
      'KMSInternalException',
    ]);
  });

  test('spells Message with a capital for AccessDeniedException alone', () => {
    expect(codes.filter((code) => errorRow(code).capitalMessage)).toEqual(['AccessDeniedException']);
  });

  test('does not send a text where the service does not', () => {
    expect(codes.filter((code) => errorRow(code).noMessage).sort()).toEqual([
      'InvalidCiphertextException',
      'KMSInvalidMacException',
      'KMSInvalidSignatureException',
      'NotAuthorizedException',
      'UnknownOperationException',
    ]);
  });

  test('does not have a text for a code that is sent without one', () => {
    for (const code of codes) {
      if (errorRow(code).noMessage) expect(errorRow(code).text).toBeUndefined();
    }
  });

  test('has a real HTTP status at both doors', () => {
    for (const code of codes) {
      for (const status of [errorRow(code).httpStatus, restStatus(code)]) {
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(600);
      }
    }
    expect(restStatus('NotFoundException')).toBe(404);
    expect(restStatus('AccessDeniedException')).toBe(403);
    expect(restStatus('ThrottlingException')).toBe(429);
    expect(restStatus('PreconditionFailedException')).toBe(412);
    expect(restStatus('ValidationException')).toBe(422);
    expect(restStatuses('ValidationException')).toEqual([400, 422]);
    for (const code of ['InvalidSignatureException', 'UnrecognizedClientException', 'ExpiredTokenException'] as const) {
      expect(restStatus(code)).toBe(401);
    }
  });

  test('does not list a common code again for one operation', () => {
    const common: readonly string[] = commonErrors;
    for (const record of Object.values(operations)) {
      const listed: readonly string[] = record.errors;
      expect(listed.filter((code) => common.includes(code))).toEqual([]);
    }
  });
});

describe('KmsError', () => {
  test('carries its code and text', () => {
    const error = new KmsError('NotFoundException', messages.keyNotFound(keyArn));
    expect(error.code).toBe('NotFoundException');
    expect(error.message).toBe(`Key '${keyArn}' does not exist`);
    expect(error).toBeInstanceOf(Error);
  });

  test('has the default text of its code, if the code has one', () => {
    expect(new KmsError('DryRunOperationException').message).toBe(
      'The request would have succeeded, but the DryRun option is set.',
    );
    expect(new KmsError('InvalidCiphertextException').message).toBe('');
    expect(new KmsError('SerializationException').message).toBe('');
  });
});

describe('texts that clients match on', () => {
  test.each([
    [
      messages.aliasNotFound('arn:aws:kms:us-west-2:111122223333:alias/a'),
      'Alias arn:aws:kms:us-west-2:111122223333:alias/a is not found.',
    ],
    [messages.invalidKeyId('aws/s3'), "Invalid keyId 'aws/s3'"],
    [messages.aliasExists('ARN'), 'An alias with the name ARN already exists'],
    [messages.disabled(keyArn), `${keyArn} is disabled.`],
    [messages.notPendingDeletion(keyArn), `${keyArn} is not pending deletion.`],
    [
      messages.originNotValid(keyArn, 'EXTERNAL'),
      `${keyArn} origin is EXTERNAL which is not valid for this operation.`,
    ],
    [
      messages.keyUsageNotValid(keyArn, 'SIGN_VERIFY', 'Encrypt'),
      `${keyArn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
    ],
    [messages.incorrectKey, 'The key ID in the request does not identify a CMK that can perform this operation.'],
    [messages.policyLockout, 'The new key policy will not allow you to update the key policy in the future.'],
    [
      messages.accessDenied('arn:aws:iam::111122223333:user/a', 'kms:Encrypt', keyArn, {
        kind: 'no-allow',
        policyType: 'resource-based policy',
      }),
      `User: arn:aws:iam::111122223333:user/a is not authorized to perform: kms:Encrypt on resource: ${keyArn} because no resource-based policy allows the kms:Encrypt action`,
    ],
    [
      messages.accessDenied('U', 'kms:ListKeys', undefined, { kind: 'no-allow', policyType: 'identity-based policy' }),
      'User: U is not authorized to perform: kms:ListKeys because no identity-based policy allows the kms:ListKeys action',
    ],
    [
      messages.accessDenied('U', 'kms:Encrypt', keyArn, { kind: 'explicit-deny', policyType: 'identity-based policy' }),
      `User: U is not authorized to perform: kms:Encrypt on resource: ${keyArn} with an explicit deny in an identity-based policy`,
    ],
    [
      messages.accessDenied('U', 'kms:Encrypt', keyArn, { kind: 'explicit-deny', policyType: 'resource-based policy' }),
      `User: U is not authorized to perform: kms:Encrypt on resource: ${keyArn} with an explicit deny in a resource-based policy`,
    ],
    [
      messages.accessDeniedForeign('U', 'kms:Encrypt'),
      'User: U is not authorized to perform: kms:Encrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access',
    ],
    [
      messages.accessDeniedCiphertext('U', 'kms:Decrypt'),
      'User: U is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access',
    ],
  ])('%s', (made, expected) => {
    expect(made).toBe(expected);
  });

  test('name the state that forbids an operation, except that cancelling needs a key pending deletion', () => {
    const encrypt = operations.Encrypt.targets[0];
    const cancel = operations.CancelKeyDeletion.targets[0];
    if (encrypt?.kind !== 'key' || cancel?.kind !== 'key') throw new Error('both touch a key');
    expect(messages.stateForbids(keyArn, encrypt.states, 'Disabled')).toBe(`${keyArn} is disabled.`);
    expect(messages.stateForbids(keyArn, encrypt.states, 'PendingDeletion')).toBe(`${keyArn} is pending deletion.`);
    expect(messages.stateForbids(keyArn, encrypt.states, 'PendingImport')).toBe(`${keyArn} is pending import.`);
    expect(messages.stateForbids(keyArn, encrypt.states, 'Creating')).toBe(`${keyArn} is creating.`);
    expect(messages.stateForbids(keyArn, cancel.states, 'PendingImport')).toBe(`${keyArn} is not pending deletion.`);
  });
});

describe('limits', () => {
  test('are those of the service', () => {
    expect(limits.pendingWindowInDays).toEqual({ min: 7, max: 30, default: 30 });
    expect(limits.rotationPeriodInDays).toEqual({ min: 90, max: 2560, default: 365 });
    expect(limits).toMatchObject({
      grantConstraintPairs: 8,
      grantConstraintValueLength: 384,
      onDemandRotationsPerKey: 25,
      policyInBytes: 32_768,
      tagsPerKey: 50,
    });
  });

  test('limit a page to the operation’s maximum instead of failing, and give its default size', () => {
    expect(pageSize('ListKeys', undefined)).toBe(100);
    expect(pageSize('ListAliases', undefined)).toBe(50);
    expect(pageSize('ListAliases', 1000)).toBe(100);
    expect(pageSize('ListResourceTags', 51)).toBe(50);
    expect(pageSize('ListKeys', 1)).toBe(1);
  });

  test('give a page size to every operation that pages', () => {
    const paging = Object.values(operations)
      .filter((record) => record.service === 'kms' && record.errors.some((code) => code === 'InvalidMarkerException'))
      .map((record) => record.name);
    for (const name of paging) expect(Object.keys(pageSizes)).toContain(name);
  });
});
