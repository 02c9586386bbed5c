import { defaultKeyPolicy } from '@keystead/control-plane/domain/keys/default-policy.ts';
import {
  accountIdPattern,
  aliasArn,
  isAccountId,
  isAliasName,
  isKeyId,
  isMultiRegionKeyId,
  isRegion,
  keyArn,
  parseArn,
  parseKeyReference,
  parsePrincipal,
  partitionOf,
  regionalServiceName,
  regionPattern,
  rootArn,
  userArn,
} from '@keystead/provider-schema/arn.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import fc from 'fast-check';
import { notRegionNames, regionNames } from '../support/regions.ts';

const ACCOUNT = '111122223333';
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const MRK_ID = 'mrk-1234abcd12ab34cd56ef1234567890ab';

describe('Regions', () => {
  test.each(regionNames)('%s is a Region', (name) => {
    expect(isRegion(name)).toBe(true);
    // The pattern of AWS's model is wider than ours, so that a request can name the Region too.
    expect(name).toMatch(new RegExp(values.RegionType.pattern));
  });

  test.each(notRegionNames)('%j is not a Region', (name) => {
    expect(isRegion(name)).toBe(false);
  });

  test.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('%s lies in partition %s', (name, partition) => {
    expect(partitionOf(name)).toBe(partition);
  });

  test('are found inside longer texts, with account ids', () => {
    const arn = new RegExp(`^arn:aws:kms:(${regionPattern}):(${accountIdPattern}):key$`);
    expect(arn.exec(`arn:aws:kms:eu-central-1:${ACCOUNT}:key`)?.slice(1)).toEqual(['eu-central-1', ACCOUNT]);
    for (const name of notRegionNames) expect(arn.test(`arn:aws:kms:${name}:${ACCOUNT}:key`)).toBe(false);
  });
});

test.each(['', '11112222333', '1111222233334', '11112222333a', ' 111122223333', '111122223333\n'])(
  '%j is not an account id',
  (text) => expect(isAccountId(text)).toBe(false),
);

describe('ARNs', () => {
  test('are built with the partition of their Region', () => {
    expect(keyArn('us-east-1', ACCOUNT, KEY_ID)).toBe(`arn:aws:kms:us-east-1:${ACCOUNT}:key/${KEY_ID}`);
    expect(keyArn('cn-north-1', ACCOUNT, MRK_ID)).toBe(`arn:aws-cn:kms:cn-north-1:${ACCOUNT}:key/${MRK_ID}`);
    expect(aliasArn('us-gov-west-1', ACCOUNT, 'alias/a')).toBe(`arn:aws-us-gov:kms:us-gov-west-1:${ACCOUNT}:alias/a`);
    expect(rootArn(ACCOUNT)).toBe(`arn:aws:iam::${ACCOUNT}:root`);
    expect(rootArn(ACCOUNT, 'us-isob-east-1')).toBe(`arn:aws-iso-b:iam::${ACCOUNT}:root`);
    expect(userArn(ACCOUNT, 'alice')).toBe(`arn:aws:iam::${ACCOUNT}:user/alice`);
    expect(userArn(ACCOUNT, 'alice', '/team/')).toBe(`arn:aws:iam::${ACCOUNT}:user/team/alice`);
    expect(partitionOf('eu-central-1')).toBe('aws');
  });

  test('are taken apart into what they were built from', () => {
    const region = fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-east-1', 'eusc-de-east-1');
    const keyId = fc.oneof(fc.uuid(), fc.stringMatching(/^mrk-[0-9a-f]{32}$/));
    const aliasName = fc.stringMatching(/^alias\/[a-zA-Z0-9/_-]{1,250}$/);
    fc.assert(
      fc.property(
        region,
        fc.stringMatching(new RegExp(`^${accountIdPattern}$`)),
        keyId,
        aliasName,
        (where, accountId, id, name) => {
          const place = { partition: partitionOf(where), region: where, accountId };
          expect(isRegion(where)).toBe(true);
          expect(parseKeyReference(keyArn(where, accountId, id))).toEqual({ form: 'key-arn', ...place, keyId: id });
          expect(parseKeyReference(aliasArn(where, accountId, name))).toEqual({
            form: 'alias-arn',
            ...place,
            aliasName: name,
          });
        },
      ),
    );
  });

  test.each([
    '',
    'arn',
    'arn:aws:kms:us-east-1:1',
    'arn:aws:kms:us-east-1:1:',
    'arn::kms:::x',
    'urn:aws:kms:a:b:c',
    'arn:gcp:kms:a:b:c',
  ])('%j is not an ARN', (text) => {
    expect(parseArn(text)).toBeUndefined();
  });
});

describe('identifiers of keys', () => {
  test('have two forms, each in lower case', () => {
    expect([KEY_ID, MRK_ID].every(isKeyId)).toBe(true);
    expect([KEY_ID, MRK_ID].map(isMultiRegionKeyId)).toEqual([false, true]);
    for (const no of [
      KEY_ID.toUpperCase(),
      `${KEY_ID}0`,
      MRK_ID.slice(0, -1),
      'mrk-',
      '',
      ` ${KEY_ID}`,
      `${KEY_ID}\n`,
    ]) {
      expect(isKeyId(no)).toBe(false);
    }
  });

  test('can be written in four forms', () => {
    expect(parseKeyReference(KEY_ID)).toEqual({ form: 'key-id', keyId: KEY_ID });
    expect(parseKeyReference('alias/a/b_c-D')).toEqual({ form: 'alias-name', aliasName: 'alias/a/b_c-D' });
  });

  test.each([
    '',
    'alias',
    'alias/',
    'alias/a:b',
    `alias/${'a'.repeat(251)}`,
    'key/x',
    `arn:aws:kms:us-east-1:${ACCOUNT}:key/`,
    `arn:aws:kms:us-east-1:${ACCOUNT}:key/not-an-id`,
    `arn:aws:kms:us-east-1:${ACCOUNT}:store/x`,
    `arn:aws:kms:nowhere:${ACCOUNT}:key/${KEY_ID}`,
    `arn:aws:kms:us-east-1:1:key/${KEY_ID}`,
    `arn:aws:s3:us-east-1:${ACCOUNT}:key/${KEY_ID}`,
  ])('%j does not refer to a key', (text) => {
    expect(parseKeyReference(text)).toBeUndefined();
  });

  test('an alias name is at most 256 characters with its prefix', () => {
    expect(isAliasName(`alias/${'a'.repeat(250)}`)).toBe(true);
    expect(isAliasName(`alias/${'a'.repeat(251)}`)).toBe(false);
  });
});

describe('principals', () => {
  const user = `arn:aws:iam::${ACCOUNT}:user/team/alice`;
  const sts = `arn:aws:sts::${ACCOUNT}`;
  test.each([
    [ACCOUNT, { kind: 'account', accountId: ACCOUNT }],
    [`arn:aws-cn:iam::${ACCOUNT}:root`, { kind: 'account', accountId: ACCOUNT }],
    [user, { kind: 'user', accountId: ACCOUNT, arn: user }],
    [`arn:aws:iam::${ACCOUNT}:role/app`, { kind: 'role', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/app` }],
    [`${sts}:assumed-role/app/me`, { kind: 'assumed-role', accountId: ACCOUNT, arn: `${sts}:assumed-role/app/me` }],
    [`${sts}:federated-user/me`, { kind: 'federated-user', accountId: ACCOUNT, arn: `${sts}:federated-user/me` }],
    ['AROACKCEVSQ6C2EXAMPLE', { kind: 'unique-id', principalId: 'AROACKCEVSQ6C2EXAMPLE' }],
  ])('%s is a principal', (text, expected) => {
    expect(parsePrincipal(text)).toEqual(expected);
  });

  test.each([
    '*',
    'alice',
    `arn:aws:iam::${ACCOUNT}:group/admins`,
    `arn:aws:iam::${ACCOUNT}:user/*`,
    `arn:aws:iam::${ACCOUNT}:user/`,
    `arn:aws:iam::${ACCOUNT}:constructor/x`,
    `arn:aws:iam:us-east-1:${ACCOUNT}:user/alice`,
    `arn:aws:iam::*:root`,
    `arn:aws:sts::${ACCOUNT}:user/alice`,
    `arn:aws:iam::${ACCOUNT}:assumed-role/app/me`,
    `${sts}:assumed-role/app`,
    `arn:aws:iam::${ACCOUNT}:root/x`,
    'AIDA',
  ])('%s is not a principal', (text) => {
    expect(parsePrincipal(text)).toBeUndefined();
  });
});

test('the default key policy has the service’s exact text, and the partition of its Region', () => {
  expect(defaultKeyPolicy(ACCOUNT, 'us-east-1')).toBe(
    '{\n' +
      '  "Version" : "2012-10-17",\n' +
      '  "Id" : "key-default-1",\n' +
      '  "Statement" : [ {\n' +
      '    "Sid" : "Enable IAM User Permissions",\n' +
      '    "Effect" : "Allow",\n' +
      '    "Principal" : { "AWS" : "arn:aws:iam::111122223333:root" },\n' +
      '    "Action" : "kms:*",\n' +
      '    "Resource" : "*"\n' +
      '  } ]\n' +
      '}',
  );
  expect(defaultKeyPolicy(ACCOUNT, 'cn-north-1')).toContain('"arn:aws-cn:iam::111122223333:root"');
});

describe('services', () => {
  test.each([
    ['dynamodb.amazonaws.com', 'us-east-1', 'dynamodb.us-east-1.amazonaws.com'],
    ['logs.eu-central-1.amazonaws.com', 'eu-central-1', 'logs.eu-central-1.amazonaws.com'],
    ['logs.eu-central-1.amazonaws.com', 'us-east-1', 'logs.eu-central-1.amazonaws.com'],
  ])('%s is in %s %s', (name, region, expected) => {
    expect(regionalServiceName(name, region)).toBe(expected);
  });
});
