import { keyImportId, splitImportId } from '@keystead/provider/resources/shared/import-id.ts';

const uuid = '1234abcd-12ab-34cd-56ef-1234567890ab'.replace('56ef', '96ef');
const mrk = 'mrk-1234abcd12ab34cd56ef1234567890ab';

test.each([
  ['alias/orders', 'alias/orders', undefined],
  ['alias/orders@eu-west-1', 'alias/orders', 'eu-west-1'],
  ['a@us-gov-west-1', 'a', 'us-gov-west-1'],
  ['a@b@us-east-1', 'a@b', 'us-east-1'],
  ['alias/orders@somewhere', 'alias/orders@somewhere', undefined],
  ['@us-east-1', '@us-east-1', undefined],
  ['a@us-east-123', 'a@us-east-123', undefined],
])('%s is id %s in Region %s', (text, id, region) => {
  expect(splitImportId(text)).toEqual({ id, region });
});

test.each([
  [uuid, uuid, undefined],
  [mrk, mrk, undefined],
  [`${mrk}@us-west-2`, mrk, 'us-west-2'],
  [`arn:aws:kms:eu-west-1:111122223333:key/${uuid}`, uuid, 'eu-west-1'],
  [`arn:aws:kms:eu-west-1:111122223333:key/${mrk}@us-west-2`, mrk, 'us-west-2'],
])('%s is key %s in Region %s', (text, id, region) => {
  expect(keyImportId('aws_kms_key', text)).toEqual({ id, region });
});

test.each(['', 'orders', 'alias/orders', uuid.toUpperCase(), `${uuid}x`, 'arn:aws:kms:eu-west-1:111122223333:alias/x'])(
  'the key import id "%s" is refused with the expected form',
  (text) => {
    expect(() => keyImportId('aws_kms_key', text)).toThrow(/Cannot import aws_kms_key: .*a key id such as/);
  },
);
