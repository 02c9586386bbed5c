/** The data sources that need no request. What they answer was compared with the AWS provider 5.100. */
import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import { configured } from '../../support/provider/managed.ts';
import { dataRefusal, mustReadData, readData } from '../../support/provider/read-data.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let engine: Engine<Client>;

beforeEach(async () => {
  door = await RestDoor.open();
  engine = await configured(door, {
    default_tags: [{ tags: { team: 'keys', hidden: 'yes' } }],
    ignore_tags: [{ keys: ['hidden'] }],
  });
});

afterEach(async () => {
  expect(door.calls()).toEqual([]);
  await door.close();
});

const inRegion = (region: string) => configured(door, { region });

describe('aws_region', () => {
  const ireland = {
    description: 'Europe (Ireland)',
    endpoint: 'ec2.eu-west-1.amazonaws.com',
    id: 'eu-west-1',
    name: 'eu-west-1',
    region: 'eu-west-1',
  };

  test('is that of the provider', async () => {
    expect(await mustReadData(engine, 'aws_region', {})).toEqual({
      description: 'US East (N. Virginia)',
      endpoint: 'ec2.us-east-1.amazonaws.com',
      id: 'us-east-1',
      name: 'us-east-1',
      region: 'us-east-1',
    });
  });

  test.each([{ region: 'eu-west-1' }, { name: 'eu-west-1' }, { endpoint: 'ec2.eu-west-1.amazonaws.com' }])(
    'is found by %j',
    async (config) => expect(await mustReadData(engine, 'aws_region', config)).toEqual(ireland),
  );

  test('is found by its name with a warning, because the argument is deprecated', async () => {
    const { diagnostics } = await readData(engine, 'aws_region', { name: 'eu-west-1' });
    expect(diagnostics).toMatchObject([{ severity: 'warning', summary: 'Argument is deprecated', path: ['name'] }]);
  });

  test('can be one that AWS does not have', async () => {
    expect(await mustReadData(engine, 'aws_region', { region: 'eu-cellar-1' })).toMatchObject({
      region: 'eu-cellar-1',
      description: '',
    });
  });

  test.each([
    { region: 'Ireland' },
    { endpoint: 'kms.eu-west-1.amazonaws.com' },
    { endpoint: 'ec2.cn-north-1.amazonaws.com' },
    { region: 'us-east-1', endpoint: 'ec2.eu-west-1.amazonaws.com' },
  ])('is not found by %j', async (config) => {
    expect(await dataRefusal(engine, 'aws_region', config)).toMatchObject({ summary: 'Region not found' });
  });

  test('is named once', async () => {
    const config = { region: 'eu-west-1', name: 'eu-west-1' };
    expect(await dataRefusal(engine, 'aws_region', config)).toMatchObject({ summary: 'Conflicting arguments' });
  });
});

test.each([
  ['us-east-1', 'aws', 'amazonaws.com', 'com.amazonaws'],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn', 'cn.com.amazonaws'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com', 'com.amazonaws'],
  ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov', 'gov.ic.c2s'],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov', 'gov.sgov.sc2s'],
  ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk', 'uk.adc-e.cloud'],
  ['us-isof-south-1', 'aws-iso-f', 'csp.hci.ic.gov', 'gov.ic.hci.csp'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu', 'eu.amazonaws'],
])('aws_partition of %s is %s', async (region, partition, dns_suffix, reverse_dns_prefix) => {
  const state = await mustReadData(await inRegion(region), 'aws_partition', {});
  expect(state).toEqual({ dns_suffix, id: partition, partition, reverse_dns_prefix });
});

test.each([
  ['us-east-1', 's3', 'amazonaws.com'],
  ['us-east-1', 'Foo', 'amazonaws.com'],
  ['eusc-de-east-1', 'logs', 'amazonaws.com'],
  ['cn-north-1', 'ec2', 'amazonaws.com'],
  ['cn-north-1', 'logs', 'amazonaws.com.cn'],
  ['us-iso-east-1', 'config', 'c2s.ic.gov'],
  ['us-iso-east-1', 's3', 'amazonaws.com'],
  ['us-isob-east-1', 'dms', 'sc2s.sgov.gov'],
])('aws_service_principal in %s of %s ends in %s', async (region, service_name, suffix) => {
  const config = { service_name, region };
  expect(await mustReadData(engine, 'aws_service_principal', config)).toEqual({
    id: `${service_name}.${region}.${suffix}`,
    name: `${service_name}.${suffix}`,
    region,
    service_name,
    suffix,
  });
});

test('aws_arn takes an ARN apart', async () => {
  const arn = 'arn:aws:iam::111122223333:role/a/b:c:d';
  expect(await mustReadData(engine, 'aws_arn', { arn })).toEqual({
    account: '111122223333',
    arn,
    id: arn,
    partition: 'aws',
    region: '',
    resource: 'role/a/b:c:d',
    service: 'iam',
  });
});

test.each(['', 'role/a', 'arn:aws:iam'])('aws_arn refuses %j', async (arn) => {
  expect(await dataRefusal(engine, 'aws_arn', { arn })).toMatchObject({ path: ['arn'] });
});

test('aws_default_tags are those of the provider, without the ignored ones', async () => {
  expect(await mustReadData(engine, 'aws_default_tags', {})).toEqual({ id: 'aws', tags: { team: 'keys' } });
});

test.each(['arn:aws:iam::111122223333:user/a', 'arn:aws:sts::111122223333:federated-user/x', 'arn:aws:s3:::b'])(
  'aws_iam_session_context takes %s for its own issuer',
  async (arn) => {
    const state = await mustReadData(engine, 'aws_iam_session_context', { arn });
    expect(state).toEqual({ arn, id: arn, issuer_arn: arn, issuer_id: '', issuer_name: '', session_name: '' });
  },
);

test('aws_kms_secret says what took its place, and asks nothing', async () => {
  const secret = [{ name: 'a', payload: 'AAAA' }];
  expect(await dataRefusal(engine, 'aws_kms_secret', { secret })).toMatchObject({
    summary: 'aws_kms_secret was replaced by aws_kms_secrets',
  });
});
