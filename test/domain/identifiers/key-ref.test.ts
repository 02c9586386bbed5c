import { parseKeyRef } from '@keystead/control-plane/domain/identifiers/key-ref.ts';

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const multiRegionId = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const arn = `arn:aws:kms:eu-west-1:111122223333:key/${keyId}`;
const aliasArn = 'arn:aws:kms:eu-west-1:111122223333:alias/app/main';

test.each([
  [keyId, { form: 'key-id', keyId }],
  [multiRegionId, { form: 'key-id', keyId: multiRegionId }],
  [arn, { form: 'key-arn', region: 'eu-west-1', accountId: '111122223333', keyId }],
  ['alias/app/main', { form: 'alias-name', aliasName: 'alias/app/main' }],
  [aliasArn, { form: 'alias-arn', region: 'eu-west-1', accountId: '111122223333', aliasName: 'alias/app/main' }],
])('%s names a key', (text, expected) => {
  expect(parseKeyRef(text, 'key-or-alias')).toMatchObject(expected);
});

test.each(['alias/app/main', aliasArn])('%s is not a key id where an alias is not accepted', (text) => {
  expect(() => parseKeyRef(text, 'key')).toThrow(
    expect.objectContaining({ code: 'NotFoundException', message: `Invalid keyId '${text}'` }),
  );
});

test.each(['aws/s3', 'allas/x', keyId.toUpperCase(), 'mrk-12', 'alias/', '1234'])('%s is an unknown key id', (text) => {
  expect(() => parseKeyRef(text, 'key-or-alias')).toThrow(
    expect.objectContaining({ code: 'NotFoundException', message: `Invalid keyId '${text}'` }),
  );
});

test('a key ARN with a malformed key id names that id', () => {
  expect(() => parseKeyRef('arn:aws:kms:eu-west-1:111122223333:key/foo', 'key')).toThrow(
    expect.objectContaining({ code: 'NotFoundException', message: "Invalid keyId 'foo'" }),
  );
});

test.each(['arn:aws:iam::111122223333:root', 'arn:aws:kms', 'arn:aws:kms:eu-west-1:111122223333:vault/x'])(
  '%s is not an ARN of a key',
  (text) => {
    expect(() => parseKeyRef(text, 'key-or-alias')).toThrow(expect.objectContaining({ code: 'InvalidArnException' }));
  },
);
