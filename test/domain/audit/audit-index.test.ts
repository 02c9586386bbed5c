/** What the audit log is searched by, derived from records. */
import {
  indexDifferences,
  indexEntryOf,
  indexEntryOfJson,
  isLinkOf,
  resourceLinksOf,
} from '@keystead/control-plane/domain/audit/audit-index.ts';
import { aRecord, keyArn } from '../../support/storage/rows.ts';

const arn = keyArn('1234abcd-12ab-34cd-56ef-1234567890ab');
const accountId = '111122223333';
const resource = { accountId, type: 'AWS::KMS::Key' as const, ARN: arn };
const record = aRecord({
  recipientAccountId: accountId,
  userIdentity: { type: 'IAMUser', userName: 'ada', accessKeyId: 'AKIA1' },
  resources: [resource, resource],
});
const entry = indexEntryOf(record);

test('every value that is stored otherwise is named', () => {
  expect(indexDifferences(entry, entry)).toEqual([]);
  const others = {
    ...{ accountId: 'x', region: 'x', eventSource: 'x', eventName: 'x', userName: undefined, accessKeyId: 'x' },
    ...{ readOnly: true, resourceType: undefined, requestId: 'x', eventId: 'x', atMs: 0 },
  };
  expect(indexDifferences(others, entry)).toEqual(Object.keys(others));
  const { resourceArns: _, ...values } = entry;
  expect(Object.keys(values)).toEqual(Object.keys(others));
});

test('a resource is linked once, and a link belongs only to a record that names it in this account at this time', () => {
  const [link, ...more] = resourceLinksOf('chain', 7, entry);
  expect(more).toEqual([]);
  if (!link) throw new Error('no link');
  const text = JSON.stringify(record);
  expect(isLinkOf(link, text)).toBe(true);
  expect(isLinkOf({ ...link, resourceArn: `${arn}0` }, text)).toBe(false);
  expect(isLinkOf({ ...link, accountId: '444455556666' }, text)).toBe(false);
  expect(isLinkOf({ ...link, atMs: link.atMs + 1 }, text)).toBe(false);
  expect(isLinkOf(link, undefined)).toBe(false);
});

test('a text that is not a record has no entry', () => {
  expect(indexEntryOfJson('{"eventName":')).toBeUndefined();
  expect(indexEntryOfJson('null')).toBeUndefined();
  expect(indexEntryOfJson(JSON.stringify(record))).toEqual(entry);
});
