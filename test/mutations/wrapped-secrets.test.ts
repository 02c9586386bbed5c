import { wrappedBy } from '@keystead/control-plane/mutations/wrapped-secrets.ts';
import type { Mutation } from '@keystead/control-plane/storage/port/store.ts';

test('the bytes of a write count as wrapped under the root key, but for documents', () => {
  const wrapped = Buffer.from('wrapped');
  const key = { account_id: '111122223333', stack_name: 'orders' };
  const mutations: Mutation[] = [
    { op: 'update', table: 'access_keys', key: { access_key_id: 'A' }, revision: 1, set: { wrapped_secret: wrapped } },
    { op: 'update', table: 'drift_stacks', key, revision: 1, set: { continuation: Buffer.from('document') } },
    { op: 'deleteAll', table: 'drift_reports', where: key },
  ];
  expect(wrappedBy(mutations)).toEqual([wrapped]);
});
