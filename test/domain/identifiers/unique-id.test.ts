import {
  accountOfTemporaryAccessKeyId,
  temporaryAccessKeyId,
  uniqueId,
} from '@keystead/control-plane/domain/identifiers/unique-id.ts';
import fc from 'fast-check';

const account = fc.integer({ min: 0, max: 999_999_999_999 }).map((number) => String(number).padStart(12, '0'));

describe('the access key id of temporary credentials', () => {
  test('has the form of AWS’s and contains its account', () => {
    fc.assert(
      fc.property(account, (accountId) => {
        const id = temporaryAccessKeyId(accountId);
        expect(id).toMatch(/^ASIA[A-Z2-7]{16}$/);
        expect(accountOfTemporaryAccessKeyId(id)).toBe(accountId);
      }),
    );
  });

  test('is read like AWS’s: a published id yields its known account', () => {
    // From "AWS Access Key ID formats", whose author publishes the account beside the id.
    expect(accountOfTemporaryAccessKeyId('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753');
  });

  test('is different each time', () => {
    const ids = Array.from({ length: 1000 }, () => temporaryAccessKeyId('111122223333'));
    expect(new Set(ids).size).toBe(1000);
  });

  test.each([
    '',
    'ASIA',
    'AKIAQNZGKIQY56JQ7WML',
    'ASIA1NZGKIQY56JQ7WML',
    'ASIAQNZGKIQY56JQ7WMLA',
    'ASIAAAAAAAAAAAAAAAAA',
  ])('is not %p', (text) => {
    expect(accountOfTemporaryAccessKeyId(text)).toBeUndefined();
  });
});

test('an id has the digits of its kind', () => {
  expect(uniqueId('AKIA')).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(uniqueId('AIDA')).toMatch(/^AIDA[A-Z2-7]{17}$/);
});
