import { type TermKind, termNumber, termsOf } from '@keystead/control-plane/storage/segments/terms.ts';
import { aRecord } from '../../support/storage/rows.ts';

const accountId = '111122223333';
const resource = (ARN: string) => ({ accountId, type: 'AWS::KMS::Key' as const, ARN });

test('records are found by account, changes, event, user, access key and resource, each once', () => {
  const userIdentity = { type: 'IAMUser', userName: 'ada', accessKeyId: 'AKIA1' };
  const read = aRecord({
    userIdentity,
    eventName: 'Encrypt',
    readOnly: true,
    resources: [resource('a'), resource('b')],
  });
  const texts = [read, read, aRecord({ recipientAccountId: '444455556666' })].map((record) => JSON.stringify(record));
  const own = (kind: TermKind, value = '') => ({ accountId, kind, value });
  const other = (kind: TermKind, value = '') => ({ accountId: '444455556666', kind, value });
  const terms = termsOf([...texts, '', '{}', 'null', 'not JSON']);
  expect([...terms.values()]).toEqual([
    ...[own('time'), own('event', 'Encrypt'), own('user', 'ada'), own('access-key', 'AKIA1')],
    ...[own('resource', 'a'), own('resource', 'b')],
    ...[other('time'), other('changes'), other('event', 'CreateKey'), other('user', 'root')],
  ]);
  expect([...terms.keys()]).toEqual([...terms.values()].map(termNumber));
});

test('a term has the same number for ever: it is stored', () => {
  expect(termNumber({ accountId, kind: 'user', value: 'ada' })).toBe(270133356233026);
});
