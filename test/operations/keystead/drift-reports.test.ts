import { limits } from '@keystead/provider-schema/limits.ts';
import { aKey } from '../../support/a-key.ts';
import { allowed } from '../../support/callers.ts';
import { openTestControlPlane, rootOf, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

const document = (of: object = {}) => Buffer.from(JSON.stringify({ formatVersion: '1.0', findings: [], ...of }));
const report = (StackName: string, more: object = {}) => ({
  ...{ StackName, Sequence: 0, Resources: 3, Findings: [], Document: document() },
  ...more,
});

test('a report is kept as the last of its stack, with its document, its publisher and how far it compared', async () => {
  await aKey(controlPlane);
  const { NextSequence: Sequence } = await controlPlane.perform('ListChanges', {});
  const found = [{ Severity: 'access gained' as const, Count: 2 }];
  await controlPlane.perform('PutDriftReport', report('orders'));
  const { DriftReport } = await controlPlane.perform(
    'PutDriftReport',
    report('orders', { Sequence, Findings: found, Document: document({ n: 2 }), Continuation: Buffer.from('go on') }),
  );
  expect(DriftReport).toEqual({
    StackName: 'orders',
    Number: 2,
    PublishedAt: new Date(controlPlane.clock.now()),
    PublishedBy: 'arn:aws:iam::111122223333:root',
    Sequence,
    Resources: 3,
    Findings: [
      { Severity: 'access gained', Count: 2 },
      ...['protection lost', 'data at risk', 'use lost', 'cosmetic'].map((Severity) => ({ Severity, Count: 0 })),
    ],
  });
  expect(await controlPlane.perform('GetDriftReport', { StackName: 'orders' })).toEqual({
    DriftReport,
    Document: new Uint8Array(document({ n: 2 })),
    Continuation: new Uint8Array(Buffer.from('go on')),
  });
  const first = await controlPlane.perform('GetDriftReport', { StackName: 'orders', Number: 1 });
  expect(first).toMatchObject({ DriftReport: { Number: 1 }, Document: new Uint8Array(document()) });
  expect(first).not.toHaveProperty('Continuation');
});

test('what the next comparison goes on from is forgotten with a report that has none', async () => {
  await controlPlane.perform('PutDriftReport', report('orders', { Continuation: Buffer.from('go on') }));
  await controlPlane.perform('PutDriftReport', report('orders'));
  expect(await controlPlane.perform('GetDriftReport', { StackName: 'orders' })).not.toHaveProperty('Continuation');
});

test('the list says of each stack when it was last compared; of one stack it has the reports, the last one first', async () => {
  for (const name of ['web', 'orders', 'orders']) {
    await controlPlane.perform('PutDriftReport', report(name));
    controlPlane.clock.advance(1000);
  }
  const names = (list: Awaited<ReturnType<typeof controlPlane.perform<'ListDriftReports'>>>) =>
    list.DriftReports.map(({ StackName, Number: number }) => `${StackName} ${number}`);
  expect(names(await controlPlane.perform('ListDriftReports', {}))).toEqual(['orders 2', 'web 1']);
  const first = await controlPlane.perform('ListDriftReports', { Limit: 1 });
  expect([names(first), first.Truncated]).toEqual([['orders 2'], true]);
  expect(names(await controlPlane.perform('ListDriftReports', { Limit: 1, Marker: first.NextMarker }))).toEqual([
    'web 1',
  ]);
  const ofOne = await controlPlane.perform('ListDriftReports', { StackName: 'orders', Limit: 1 });
  expect(names(ofOne)).toEqual(['orders 2']);
  const { NextMarker: Marker } = ofOne;
  expect(names(await controlPlane.perform('ListDriftReports', { StackName: 'orders', Marker }))).toEqual(['orders 1']);
  expect(await controlPlane.refusal('ListDriftReports', { StackName: 'web', Marker })).toContain(
    'InvalidMarkerException',
  );
  expect(await controlPlane.perform('ListDriftReports', { StackName: 'nothing' })).toEqual({
    DriftReports: [],
    Truncated: false,
  });
});

test('reports of another account are not seen', async () => {
  await controlPlane.perform('PutDriftReport', report('orders'));
  const as = rootOf('444455556666');
  expect(await controlPlane.perform('ListDriftReports', {}, { as })).toMatchObject({ DriftReports: [] });
  expect(await controlPlane.refusal('GetDriftReport', { StackName: 'orders' }, { as })).toBe(
    'NoSuchEntityException: There are no drift reports of a stack orders.',
  );
});

test('a role for one stack can keep its reports and no others, and kms:* does not contain it', async () => {
  const Resource = 'arn:aws:keystead::111122223333:drift-report/orders';
  const drift = allowed(await controlPlane.user('drift'), {
    Effect: 'Allow',
    Action: 'keystead:PutDriftReport',
    Resource,
  });
  const { DriftReport } = await controlPlane.perform('PutDriftReport', report('orders'), { as: drift });
  expect(DriftReport.PublishedBy).toBe('arn:aws:iam::111122223333:user/drift');
  expect(await controlPlane.refusal('PutDriftReport', report('orders-2'), { as: drift })).toContain(
    'not authorized to perform: keystead:PutDriftReport on resource: arn:aws:keystead::111122223333:drift-report/orders-2',
  );
  expect(await controlPlane.refusal('GetDriftReport', { StackName: 'orders' }, { as: drift })).toContain(
    'not authorized to perform: keystead:GetDriftReport',
  );
  expect(await controlPlane.refusal('ListDriftReports', {}, { as: drift })).toContain('keystead:ListDriftReports');
  const user = allowed(await controlPlane.user('kms'), { Effect: 'Allow', Action: 'kms:*', Resource: '*' });
  for (const name of ['GetDriftReport', 'DeleteDriftReports'] as const) {
    expect(await controlPlane.refusal(name, { StackName: 'orders' }, { as: user })).toContain(`keystead:${name}`);
  }
});

test('a report is recorded in the audit log without its document, found by the stack’s ARN, and is not a change', async () => {
  await controlPlane.perform('PutDriftReport', report('orders', { Document: document({ secret: 'x' }) }));
  const [event] = await controlPlane.events('PutDriftReport');
  const ARN = 'arn:aws:keystead::111122223333:drift-report/orders';
  expect(event).toMatchObject({
    eventSource: 'kms.amazonaws.com',
    readOnly: false,
    requestParameters: { stackName: 'orders', sequence: 0, resources: 3 },
    resources: [{ type: 'Keystead::DriftReport', ARN }],
  });
  expect(JSON.stringify(event)).not.toContain('document');
  const found = await controlPlane.perform('LookupEvents', { ResourceArn: ARN });
  expect(found.Events.map(({ EventName }) => EventName)).toEqual(['PutDriftReport']);
  expect((await controlPlane.perform('ListChanges', {})).Changes).toEqual([]);
});

describe('is refused', () => {
  test('a report that claims to have seen a change that does not exist yet', async () => {
    expect(await controlPlane.refusal('PutDriftReport', report('orders', { Sequence: 7 }))).toBe(
      'ValidationException: There is no change 7 in this account: name one that ListChanges shows.',
    );
  });

  test('a report that compared less far than the last one', async () => {
    await aKey(controlPlane);
    await aKey(controlPlane);
    const { NextSequence: Sequence } = await controlPlane.perform('ListChanges', {});
    await controlPlane.perform('PutDriftReport', report('orders', { Sequence }));
    expect(await controlPlane.refusal('PutDriftReport', report('orders', { Sequence: Sequence - 1 }))).toBe(
      `ValidationException: The last report of the stack orders compared up to change ${Sequence}; this one did only up to ${Sequence - 1}. Compare again.`,
    );
  });

  test.each([
    ['text that is not JSON', Buffer.from('no report')],
    ['JSON that is not a report', Buffer.from('{"findings":[]}')],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['null', Buffer.from('null')],
  ])('a document that is %s', async (_, Document) => {
    expect(await controlPlane.refusal('PutDriftReport', report('orders', { Document }))).toBe(
      'ValidationException: Document is not a drift report: JSON with formatVersion and findings.',
    );
  });

  test('a document beyond the bound, and a name with other characters', async () => {
    const Document = Buffer.alloc(393_217, 0x20);
    expect(await controlPlane.refusal('PutDriftReport', report('orders', { Document }))).toContain(
      'ValidationException',
    );
    expect(await controlPlane.refusal('PutDriftReport', report('../orders'))).toContain('ValidationException');
  });

  test('a stack beyond those of an account, until one is deleted', async () => {
    for (let i = 0; i < limits.driftStacksPerAccount; i++)
      await controlPlane.perform('PutDriftReport', report(`s${i}`));
    expect(await controlPlane.refusal('PutDriftReport', report('more'))).toContain('LimitExceededException');
    await controlPlane.perform('PutDriftReport', report('s0'));
    await controlPlane.perform('DeleteDriftReports', { StackName: 's1' });
    await controlPlane.perform('PutDriftReport', report('more'));
  });
});

test('the oldest reports of a stack are forgotten, and deleting a stack forgets all', async () => {
  const kept = limits.driftReportsPerStack;
  for (let i = 0; i < kept + 2; i++) await controlPlane.perform('PutDriftReport', report('orders'));
  const { DriftReports } = await controlPlane.perform('ListDriftReports', { StackName: 'orders' });
  expect(DriftReports.map(({ Number: number }) => number)).toEqual(
    Array.from({ length: kept }, (_, index) => kept + 2 - index),
  );
  expect(await controlPlane.refusal('GetDriftReport', { StackName: 'orders', Number: 2 })).toBe(
    `NoSuchEntityException: The stack orders does not have a drift report 2; the last is ${kept + 2}.`,
  );
  await controlPlane.perform('DeleteDriftReports', { StackName: 'orders' });
  expect(await controlPlane.refusal('GetDriftReport', { StackName: 'orders' })).toContain('NoSuchEntityException');
  expect(await controlPlane.refusal('DeleteDriftReports', { StackName: 'orders' })).toContain('NoSuchEntityException');
  const { DriftReport } = await controlPlane.perform('PutDriftReport', report('orders'));
  expect(DriftReport.Number).toBe(1);
});

test('of two reports that are put at once, both are kept', async () => {
  const put = () => controlPlane.perform('PutDriftReport', report('orders'));
  const both = await Promise.all([put(), put(), put()]);
  expect(both.map(({ DriftReport }) => DriftReport.Number).sort()).toEqual([1, 2, 3]);
});
