/** The `aws cloudtrail` command line and the CloudTrail SDK, unmodified, against a running server's audit log. */
import { join } from 'node:path';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  type Event,
  LookupEventsCommand,
  paginateLookupEvents,
} from '@aws-sdk/client-cloudtrail';
import { jest } from '@jest/globals';
import { aKey, aUser, caller } from '../support/calls.ts';
import { needs } from '../support/needs.ts';
import { run, startServer, type TestServer } from '../support/server.ts';

needs('aws');

/** The command line needs seconds to start on a busy machine. */
jest.setTimeout(300_000);

let server: TestServer;
let trail: CloudTrailClient;
let key: { readonly keyId: string; readonly arn: string };
let ada: Awaited<ReturnType<typeof aUser>>;

beforeAll(async () => {
  server = await startServer();
  trail = new CloudTrailClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  const root = caller(server.endpoint, server.credentials);
  key = await aKey(root);
  ada = await aUser(root, 'ada');
  await caller(server.endpoint, ada).aws('Encrypt', { KeyId: key.keyId, Plaintext: 'aGVsbG8=' });
  for (let i = 0; i < 60; i++) await root.aws('DescribeKey', { KeyId: key.keyId });
});

afterAll(async () => {
  trail?.destroy();
  await server?.stop();
});

async function aws(...args: string[]) {
  const env = {
    ...server.env,
    AWS_CONFIG_FILE: join(server.dataDir, 'no-config'),
    AWS_DEFAULT_OUTPUT: 'json',
    AWS_ENDPOINT_URL_CLOUDTRAIL: '',
  };
  return run('aws', ['cloudtrail', ...args, '--endpoint-url', server.endpoint, '--region', 'us-east-1'], { env });
}

const attribute = (AttributeKey: 'Username' | 'EventName' | 'ResourceName', AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

describe('the SDK', () => {
  test('looks up what a user did, refusals included, with the whole event', async () => {
    const { Events = [] } = await trail.send(new LookupEventsCommand(attribute('Username', 'ada')));
    expect(Events).toHaveLength(1);
    const [event] = Events as [Event];
    expect(event).toMatchObject({
      EventName: 'Encrypt',
      EventSource: 'kms.amazonaws.com',
      ReadOnly: 'true',
      AccessKeyId: ada.accessKeyId,
      Username: 'ada',
      Resources: [{ ResourceType: 'AWS::KMS::Key', ResourceName: key.arn }],
    });
    expect(event.EventTime?.getTime()).toBeGreaterThan(Date.now() - 600_000);
    expect(JSON.parse(event.CloudTrailEvent ?? '')).toMatchObject({
      eventID: event.EventId,
      errorCode: 'AccessDeniedException',
      userIdentity: { type: 'IAMUser', userName: 'ada', arn: ada.arn },
    });
  });

  test('pages through all events of a key, each once, newest first', async () => {
    const input = { ...attribute('ResourceName', key.arn), MaxResults: 20 };
    const ids: (string | undefined)[] = [];
    let pages = 0;
    for await (const page of paginateLookupEvents({ client: trail }, input)) {
      pages += 1;
      ids.push(...(page.Events ?? []).map(({ EventId }) => EventId));
    }
    expect(ids).toHaveLength(62);
    expect(new Set(ids).size).toBe(62);
    expect(pages).toBe(4);
  });

  test('returns only events of the time range', async () => {
    const { Events } = await trail.send(
      new LookupEventsCommand({ StartTime: new Date(0), EndTime: new Date(1_000_000_000_000) }),
    );
    expect(Events).toEqual([]);
  });

  test.each([
    [
      'InvalidLookupAttributesException',
      { LookupAttributes: [{ AttributeKey: 'Colour' as 'EventName', AttributeValue: 'x' }] },
    ],
    ['InvalidMaxResultsException', { MaxResults: 1000 }],
    ['InvalidNextTokenException', { NextToken: 'made-up' }],
    ['InvalidTimeRangeException', { StartTime: new Date(2000), EndTime: new Date(1000) }],
    ['InvalidEventCategoryException', { EventCategory: 'network' as 'insight' }],
  ])('gets a mistake as %s', async (name, input) => {
    await expect(trail.send(new LookupEventsCommand(input))).rejects.toMatchObject({ name });
  });

  test('gets UnsupportedOperationException for operations on trails', async () => {
    await expect(trail.send(new DescribeTrailsCommand({}))).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
      message: expect.stringContaining('DescribeTrails is not supported') as unknown,
    });
  });

  test('needs permission: a user without a policy is refused', async () => {
    const hers = new CloudTrailClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: ada });
    const refused = hers.send(new LookupEventsCommand({}));
    await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
    hers.destroy();
  });
});

describe('the command line', () => {
  test('looks up events by name and follows pages by itself', async () => {
    const name = 'AttributeKey=EventName,AttributeValue=DescribeKey';
    const { code, stdout, stderr } = await aws(
      'lookup-events',
      '--lookup-attributes',
      name,
      '--query',
      'length(Events)',
    );
    expect([code, stderr, stdout.trim()]).toEqual([0, '', '60']);
  });

  test('finds a key’s events by the key’s id alone', async () => {
    const name = `AttributeKey=ResourceName,AttributeValue=${key.keyId}`;
    const { stdout } = await aws('lookup-events', '--lookup-attributes', name, '--max-items', '1');
    expect(JSON.parse(stdout)).toMatchObject({ Events: [{ EventName: 'DescribeKey' }] });
  });
});

test('a signature for another service is refused', async () => {
  const root = caller(server.endpoint, server.credentials);
  const target = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents';
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
  const asKms = await root.rest('POST', '/', '{}', { headers });
  expect(asKms.code).toBe('InvalidSignatureException');
  const asTrail = await root.rest('POST', '/', '{}', { headers, service: 'cloudtrail' });
  expect(asTrail.status).toBe(200);
  const short = { ...headers, 'x-amz-target': 'CloudTrail_20131101.LookupEvents' };
  expect((await root.rest('POST', '/', '{}', { headers: short, service: 'cloudtrail' })).status).toBe(200);
  expect((await root.aws('ListKeys', {}, { service: 'cloudtrail' })).code).toBe('InvalidSignatureException');
});
