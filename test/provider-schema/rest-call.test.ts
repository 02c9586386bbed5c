import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { takesIdempotencyKey } from '@keystead/provider-schema/rest.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';

const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('a call of the REST door', () => {
  test('has identifiers in its path percent-encoded, so that an ARN is one segment', () => {
    expect(encodeRestCall('DescribeKey', { KeyId: arn }).target).toBe(`/v1/keys/${encodeURIComponent(arn)}`);
    expect(encodeRestCall('DeleteAlias', { AliasName: 'alias/a/b' }).target).toBe('/v1/aliases/alias%2Fa%2Fb');
  });

  test('is rejected without a member of its path', () => {
    // @ts-expect-error KeyId is required
    expect(() => encodeRestCall('DescribeKey', {})).toThrow('DescribeKey needs KeyId in its path');
  });

  test('has the other members of a read or deletion in its query, a list repeated, and no body', () => {
    expect(encodeRestCall('DescribeKey', { KeyId: 'a', GrantTokens: ['x&y', 'é*'] })).toEqual({
      method: 'GET',
      target: '/v1/keys/a?GrantTokens=x%26y&GrantTokens=%C3%A9%2A',
      body: '',
      takesIdempotencyKey: false,
    });
    expect(encodeRestCall('ListKeys', { Limit: 5 }).target).toMatch(/\?Limit=5$/);
  });

  test('has the other members of a change in its body, and no query', () => {
    const call = encodeRestCall('UpdateAlias', { AliasName: 'alias/orders', TargetKeyId: arn });
    expect(call.target).toBe('/v1/aliases/alias%2Forders');
    expect(JSON.parse(call.body)).toEqual({ TargetKeyId: arn });
  });

  test('leaves out members that are undefined', () => {
    expect(encodeRestCall('CreateUser', { UserName: 'alice', Path: undefined }).body).toBe('{"UserName":"alice"}');
    expect(encodeRestCall('ListUsers', { Marker: undefined }).target).toBe('/v1/users');
  });

  test('tells whether it takes an idempotency key', () => {
    expect(encodeRestCall('CreateKey', {}).takesIdempotencyKey).toBe(true);
    expect(encodeRestCall('EnableKey', { KeyId: 'a' }).takesIdempotencyKey).toBe(false);
    expect(encodeRestCall('CreateAccessKey', { UserName: 'alice' }).takesIdempotencyKey).toBe(false);
  });
});

describe('an idempotency key', () => {
  test('is sent with each create of AWS KMS, because Terraform can send it again', () => {
    const creates = Object.values<OperationRecord>(operations).filter(
      ({ service, rest }) => service === 'kms' && rest.successStatus === 201,
    );
    expect(creates.map(({ name }) => name)).toContain('CreateGrant');
    expect(creates.filter((record) => !takesIdempotencyKey(record))).toEqual([]);
  });

  test('is sent only with creates', () => {
    expect(takesIdempotencyKey(operations.CreateKey)).toBe(true);
    expect(takesIdempotencyKey(operations.CreateUser)).toBe(true);
    expect(takesIdempotencyKey(operations.EnableKey)).toBe(false);
    expect(takesIdempotencyKey(operations.DescribeKey)).toBe(false);
  });

  test('is not sent with a create whose answer contains a secret, because the secret is shown once', () => {
    expect(takesIdempotencyKey(operations.CreateAccessKey)).toBe(false);
    expect(takesIdempotencyKey(operations.CreateAccount)).toBe(false);
    expect(takesIdempotencyKey(operations.CreateServiceAccessKey)).toBe(false);
  });
});
