import type { Caller } from '@keystead/control-plane/context/door.ts';
import { aKey } from '../../support/a-key.ts';
import { allowed, sessionOf } from '../../support/callers.ts';
import { openTestControlPlane, region, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

test('changes are listed in order, with what changed and by which operation, in every Region', async () => {
  const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/app', TargetKeyId: KeyId });
  await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
  await controlPlane.perform('DescribeKey', { KeyId });
  await controlPlane.perform('DeleteAlias', { AliasName: 'alias/app' });
  const { Changes, NextSequence } = await controlPlane.perform('ListChanges', {});
  expect(Changes.map(({ Region, ResourceType, Kind, EventName }) => [Region, ResourceType, Kind, EventName])).toEqual([
    [region, 'key', 'created', 'CreateKey'],
    [region, 'alias', 'created', 'CreateAlias'],
    ['us-east-1', 'key', 'created', 'ReplicateKey'],
    [region, 'alias', 'deleted', 'DeleteAlias'],
  ]);
  expect(await controlPlane.perform('ListChanges', { After: NextSequence })).toEqual({ Changes: [], NextSequence });
  const [one] = (await controlPlane.perform('ListChanges', { Limit: 1 })).Changes;
  expect(one).toEqual(Changes[0]);
  expect(await controlPlane.perform('ListChanges', { Newest: true })).toEqual({
    Changes: [Changes.at(-1)],
    NextSequence,
  });
});

test('of an account without changes the newest is none', async () => {
  expect(await controlPlane.perform('ListChanges', { Newest: true })).toEqual({ Changes: [], NextSequence: 0 });
});

test('a change names its request, which has a record in the audit log', async () => {
  const { KeyId } = await aKey(controlPlane);
  const user = await controlPlane.user('app');
  await controlPlane.perform('PutKeyPolicy', {
    KeyId,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Allow', Principal: { AWS: user.principal.arn }, Action: 'kms:DisableKey', Resource: '*' },
      ],
    }),
  });
  await controlPlane.perform('DisableKey', { KeyId }, { as: user });
  const { Changes } = await controlPlane.perform('ListChanges', {});
  const { Events } = await controlPlane.perform('LookupEvents', { RequestId: Changes.at(-1)?.RequestId });
  expect(Events).toMatchObject([{ EventName: 'DisableKey', Username: 'app' }]);
});

test('events are looked up newest first, by key and by page; refusals are among them', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  await controlPlane.refusal('CancelKeyDeletion', { KeyId });
  await controlPlane.perform('DisableKey', { KeyId });
  const first = await controlPlane.perform('LookupEvents', { ResourceArn: Arn, MaxResults: 2 });
  expect(first.Events.map((event) => event.EventName)).toEqual(['DisableKey', 'CancelKeyDeletion']);
  expect(JSON.parse(first.Events[1]?.CloudTrailEvent ?? '')).toMatchObject({ errorCode: 'KMSInvalidStateException' });
  const second = await controlPlane.perform('LookupEvents', {
    ResourceArn: Arn,
    MaxResults: 2,
    NextToken: first.NextToken,
  });
  expect(second.Events.map((event) => event.EventName)).toEqual(['CreateKey']);
  expect(await controlPlane.refusal('LookupEvents', { MaxResults: 2, NextToken: first.NextToken })).toContain(
    'InvalidNextTokenException',
  );
});

test('a time range that ends before it starts is refused', async () => {
  const now = controlPlane.clock.now();
  expect(
    await controlPlane.refusal('LookupEvents', { StartTime: new Date(now), EndTime: new Date(now - 1000) }),
  ).toContain('InvalidTimeRangeException');
});

describe('LookupEvents, attribute by attribute', () => {
  const names = async (AttributeKey: string, AttributeValue: string) => {
    const { Events } = await controlPlane.perform('LookupEvents', {
      LookupAttributes: [{ AttributeKey, AttributeValue }],
    });
    return Events.map(({ EventName }) => EventName);
  };

  test('finds events by each of CloudTrail’s eight', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/app', TargetKeyId: KeyId });
    const ada = await controlPlane.user('ada');
    await controlPlane.refusal('DescribeKey', { KeyId }, { as: ada });
    const {
      Events: [described],
    } = await controlPlane.perform('LookupEvents', { EventName: 'DescribeKey' });
    expect(described).toMatchObject({
      ReadOnly: 'true',
      EventSource: 'kms.amazonaws.com',
      Username: 'ada',
      AccessKeyId: 'AKIAUSER000000000000',
      Resources: [{ ResourceType: 'AWS::KMS::Key', ResourceName: Arn }],
    });
    expect(await names('EventId', described?.EventId ?? '')).toEqual(['DescribeKey']);
    expect(await names('EventName', 'CreateAlias')).toEqual(['CreateAlias']);
    expect(await names('Username', 'ada')).toEqual(['DescribeKey']);
    expect(await names('AccessKeyId', 'AKIAUSER000000000000')).toEqual(['DescribeKey']);
    const named = ['DescribeKey', 'CreateAlias', 'CreateKey'];
    expect(await names('ResourceName', Arn)).toEqual(named);
    expect(await names('ResourceName', KeyId)).toEqual(named);
    expect(await names('ResourceName', 'alias/app')).toEqual(['CreateAlias']);
    expect(await names('ResourceType', 'AWS::KMS::Key')).toEqual(named);
    expect(await names('ResourceType', 'AWS::S3::Bucket')).toEqual([]);
    expect(await names('ReadOnly', 'false')).toEqual(['CreateUser', 'CreateAlias', 'CreateKey']);
    expect(await names('ReadOnly', 'true')).toEqual(expect.arrayContaining(['DescribeKey', 'LookupEvents']));
    expect(await names('EventSource', 'cloudtrail.amazonaws.com')).toContain('LookupEvents');
    expect(await names('EventSource', 's3.amazonaws.com')).toEqual([]);
  });

  test('finds no event by an id that was not issued here', async () => {
    await aKey(controlPlane);
    expect(await names('EventId', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f')).toEqual([]);
    expect(await names('EventId', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toEqual([]);
  });

  test('refuses what CloudTrail refuses, with CloudTrail’s codes', async () => {
    const refused = (input: Parameters<typeof controlPlane.refusal<'LookupEvents'>>[1]) =>
      controlPlane.refusal('LookupEvents', input);
    const one = { AttributeKey: 'EventName', AttributeValue: 'CreateKey' };
    expect(await refused({ LookupAttributes: [one, one] })).toMatch(/^InvalidLookupAttributesException: .*only one/);
    expect(await refused({ LookupAttributes: [{ ...one, AttributeKey: 'constructor' }] })).toBe(
      'InvalidLookupAttributesException: constructor is not a lookup attribute key.',
    );
    expect(await refused({ LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'maybe' }] })).toMatch(
      /^InvalidLookupAttributesException/,
    );
    expect(await refused({ MaxResults: 0 })).toBe('InvalidMaxResultsException: MaxResults must be between 1 and 50.');
    expect(await refused({ MaxResults: 51 })).toMatch(/^InvalidMaxResultsException/);
    expect(await refused({ NextToken: 'made up' })).toMatch(/^InvalidNextTokenException/);
    expect(await refused({ EventCategory: 'data' })).toMatch(/^InvalidEventCategoryException/);
  });

  test('has no insights', async () => {
    await aKey(controlPlane);
    expect(await controlPlane.perform('LookupEvents', { EventCategory: 'insight' })).toEqual({ Events: [] });
  });

  test('pages through thousands of events that do not match, and finds the one that does', async () => {
    await aKey(controlPlane);
    const [made] = await controlPlane.events('CreateKey');
    if (!made) throw new Error('the audit log does not have a record of CreateKey');
    const { resources: _none, ...other } = { ...made, eventName: 'Decrypt', readOnly: true };
    const audit = Array.from({ length: 500 }, (_, index) => ({ ...other, eventID: `${index}` }));
    for (let i = 0; i < 9; i++) await controlPlane.store.write({ mutations: [], changes: [], audit });
    const found: string[] = [];
    let pages = 0;
    for (let NextToken: string | undefined; ; ) {
      const page = await controlPlane.perform('LookupEvents', {
        LookupAttributes: [{ AttributeKey: 'ResourceType', AttributeValue: 'AWS::KMS::Key' }],
        NextToken,
      });
      pages += 1;
      found.push(...page.Events.map(({ EventName }) => EventName));
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
    }
    expect(found).toEqual(['CreateKey']);
    expect(pages).toBe(3);
  });
});

test('accepting changes is recorded in the audit log, and changes nothing', async () => {
  await aKey(controlPlane);
  const { NextSequence: Sequence } = await controlPlane.perform('ListChanges', {});
  await controlPlane.perform('AcceptChanges', { Baseline: 'orders', Sequence, Note: 'release 7' });
  expect(await controlPlane.events('AcceptChanges')).toMatchObject([
    { requestParameters: { baseline: 'orders', sequence: Sequence, note: 'release 7' } },
  ]);
  expect((await controlPlane.perform('ListChanges', { After: Sequence })).Changes).toEqual([]);
});

test('changes that are not made yet cannot be accepted, and accepting has a permission of its own', async () => {
  await aKey(controlPlane);
  const { NextSequence } = await controlPlane.perform('ListChanges', {});
  expect(await controlPlane.refusal('AcceptChanges', { Baseline: 'b', Sequence: NextSequence + 1 })).toBe(
    `ValidationException: There is no change ${NextSequence + 1} in this account: name one that ListChanges shows.`,
  );
  await controlPlane.perform('AcceptChanges', { Baseline: 'b', Sequence: 0 });
  const applier = allowed(await controlPlane.user('applier'), { Effect: 'Allow', Action: 'kms:*', Resource: '*' });
  expect(await controlPlane.refusal('AcceptChanges', { Baseline: 'b', Sequence: 0 }, { as: applier })).toContain(
    'not authorized to perform: keystead:AcceptChanges',
  );
});

describe('accepting own changes', () => {
  const mayAll = { Effect: 'Allow' as const, Action: ['kms:*', 'iam:*', 'keystead:AcceptOwnChanges'], Resource: '*' };
  const input = async (Baseline: string) => {
    const { NextSequence: Sequence } = await controlPlane.perform('ListChanges', { Limit: 1000 });
    return { Baseline, Sequence };
  };
  const accept = async (as: Caller, baseline = 'b') =>
    controlPlane.perform('AcceptOwnChanges', await input(baseline), { as });
  const refusal = async (as: Caller, baseline = 'b') =>
    controlPlane.refusal('AcceptOwnChanges', await input(baseline), { as });
  let applier: Caller;
  let keyId: string;

  /** All up to here was accepted by somebody who may. */
  beforeEach(async () => {
    keyId = (await aKey(controlPlane)).KeyId;
    applier = allowed(await sessionOf(controlPlane, 'applier', 'run-1'), mayAll);
    await controlPlane.perform('AcceptChanges', await input('b'));
    controlPlane.clock.advance(1000);
  });

  test('what the same role did is accepted, whichever session it was, and what jobs did', async () => {
    await controlPlane.perform('DisableKey', { KeyId: keyId }, { as: applier });
    const { principal } = applier;
    if (principal.kind !== 'assumed-role') throw new Error('not a session');
    const later = { ...principal, sessionName: 'run-2', principalId: `${principal.roleId}:run-2` };
    await accept({ ...applier, principal: later });
    await accept(applier);
    expect(await controlPlane.events('AcceptOwnChanges')).toMatchObject([
      { requestParameters: { baseline: 'b' } },
      { requestParameters: { baseline: 'b' } },
    ]);
  });

  test('what anybody else did is refused, named, and can be accepted by somebody who may', async () => {
    await controlPlane.perform('DisableKey', { KeyId: keyId }, { as: applier });
    await controlPlane.perform('EnableKey', { KeyId: keyId });
    expect(await refusal(applier)).toMatch(
      /^ValidationException: Change \d+ since this baseline, EnableKey, was made by arn:aws:iam::111122223333:root, and not by you\.$/,
    );
    await controlPlane.perform('AcceptChanges', await input('b'));
    await accept(applier);
  });

  test('a later acceptance under the name counts, of either kind; under another name it does not', async () => {
    await controlPlane.perform('DisableKey', { KeyId: keyId });
    await controlPlane.perform('AcceptChanges', await input('another'));
    expect(await refusal(applier)).toContain('DisableKey, was made by');
    expect(await refusal(applier, 'never-accepted')).toContain('CreateKey, was made by');
  });

  test('a refused acceptance moves nothing', async () => {
    await controlPlane.perform('DisableKey', { KeyId: keyId });
    await refusal(applier);
    await controlPlane.refusal('AcceptChanges', await input('b'), { as: applier });
    expect(await refusal(applier)).toContain('DisableKey, was made by');
  });

  test('a role of the same name that was made anew is another one', async () => {
    await controlPlane.perform('DisableKey', { KeyId: keyId }, { as: applier });
    await controlPlane.perform('DeleteRole', { RoleName: 'applier' });
    const anew = allowed(await sessionOf(controlPlane, 'applier', 'run-1'), mayAll);
    await controlPlane.perform('AcceptChanges', await input('c'));
    await controlPlane.perform('EnableKey', { KeyId: keyId }, { as: applier });
    expect(await refusal(anew, 'c')).toContain('EnableKey, was made by');
  });

  test('it does not come with any other action', async () => {
    const only = allowed(applier, { Effect: 'Allow', Action: ['kms:*', 'keystead:AcceptChanges'], Resource: '*' });
    expect(await refusal(only)).toContain('not authorized to perform: keystead:AcceptOwnChanges');
    expect(await controlPlane.refusal('AcceptChanges', await input('b'), { as: applier })).toContain(
      'not authorized to perform: keystead:AcceptChanges',
    );
  });
});
