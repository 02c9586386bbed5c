import { genesisHash } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import { appendToChain, newRecord } from '@keystead/control-plane/storage/segments/format.ts';
import { seal } from '@keystead/control-plane/storage/segments/seal.ts';
import { SealThread } from '@keystead/control-plane/storage/segments/seal-thread.ts';
import { aRecord } from '../../support/storage/rows.ts';

const { segments } = appendToChain(
  { chainId: 'a', sequence: 0, hash: genesisHash },
  Array.from({ length: 20 }, () => newRecord(aRecord())),
);

test('the thread seals as the function does, also several requests at once', async () => {
  const thread = new SealThread();
  const expected = seal(segments, 2);
  const all = await Promise.all([1, 2, 3].map(() => thread.seal(segments, 2)));
  for (const sealed of all) expect(sealed).toEqual(expected);
  await thread.close();
});

test('what the thread cannot seal is an error, and the next request is sealed by a new one', async () => {
  const thread = new SealThread();
  await expect(thread.seal([], 1)).rejects.toThrow('sealing audit records failed: there is nothing to seal');
  expect(await thread.seal(segments, 1)).toEqual(seal(segments, 1));
  await thread.close();
});
