import {
  type AuditLink,
  type ChainReport,
  genesisHash,
  linkHash,
  verifyChain,
} from '@keystead/control-plane/domain/audit/audit-chain.ts';

type Link = AuditLink & { readonly hash: string };

const chainId = '0d3ee7a8-1b1e-4f5b-9f6d-2f1f6f6f0001';

function chainOf(...texts: readonly string[]): Link[] {
  const links: Link[] = [];
  for (const recordJson of texts) links.push(linkAfter(links.at(-1), recordJson));
  return links;
}

function linkAfter(previous: Link | undefined, recordJson: string): Link {
  const link = {
    chainId,
    sequence: (previous?.sequence ?? 0) + 1,
    previousHash: previous?.hash ?? genesisHash,
    recordJson,
  };
  return { ...link, hash: linkHash(link) };
}

const genuine = chainOf('{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":5}');
const head = { chainId, lastSequence: 5, lastHash: genuine.at(-1)?.hash ?? '' };

async function verify(links: readonly Link[], end = head): Promise<ChainReport> {
  async function* read() {
    yield* links;
  }
  return verifyChain(end, read());
}

const at = (sequence: number): Link => {
  const link = genuine[sequence - 1];
  if (!link) throw new RangeError(`no link ${sequence}`);
  return link;
};

describe('link hashes', () => {
  test('are SHA-256 over length-prefixed label, chain id, sequence, previous hash and record', () => {
    // Computed independently, with Python's hashlib.
    expect(linkHash({ chainId: 'chain', sequence: 1, previousHash: genesisHash, recordJson: '{}' })).toBe(
      '8001794375b49c23b6a7e6e0b69b4f3f307150c573a929e761ab9753149002bb',
    );
  });

  test('differ when the same bytes are divided into other fields', () => {
    const link = { sequence: 1, previousHash: genesisHash };
    expect(linkHash({ ...link, chainId: 'ab', recordJson: 'c' })).not.toBe(
      linkHash({ ...link, chainId: 'a', recordJson: 'bc' }),
    );
  });

  test.each([
    ['chain id', { chainId: 'other' }],
    ['sequence', { sequence: 2 }],
    ['previous hash', { previousHash: 'f'.repeat(64) }],
    ['record', { recordJson: '{"n":9}' }],
  ])('cover the %s', (_, change) => {
    const link = { chainId: 'chain', sequence: 1, previousHash: genesisHash, recordJson: '{}' };
    expect(linkHash({ ...link, ...change })).not.toBe(linkHash(link));
  });
});

describe('verifying a chain', () => {
  test('accepts a genuine chain, an empty one, and one that has grown since its end was read', async () => {
    expect(await verify(genuine)).toEqual({ verified: 5 });
    expect(await verify([], { chainId, lastSequence: 0, lastHash: genesisHash })).toEqual({ verified: 0 });
    expect(await verify(genuine, { chainId, lastSequence: 3, lastHash: at(3).hash })).toEqual({ verified: 5 });
  });

  test('names an edited record', async () => {
    const report = await verify(genuine.with(2, { ...at(3), recordJson: '{"n":33}' }));
    expect(report).toMatchObject({ verified: 2, fault: { kind: 'edited', sequence: 3 } });
  });

  test('names an edited record whose hash was recomputed, by the record that follows it', async () => {
    const forged = linkAfter(at(2), '{"n":33}');
    expect(await verify(genuine.with(2, forged))).toMatchObject({ fault: { kind: 'edited', sequence: 3 } });
  });

  test('names an edited last record whose hash was recomputed, by the end the store keeps', async () => {
    const forged = linkAfter(at(4), '{"n":55}');
    expect(await verify(genuine.with(4, forged))).toMatchObject({ fault: { kind: 'edited', sequence: 5 } });
  });

  test('names the first missing record', async () => {
    expect(await verify(genuine.toSpliced(2, 2))).toMatchObject({
      verified: 2,
      fault: { kind: 'missing', sequence: 3 },
    });
  });

  test('names records missing at the end', async () => {
    expect(await verify(genuine.slice(0, 3))).toMatchObject({ verified: 3, fault: { kind: 'missing', sequence: 4 } });
    expect(await verify([])).toMatchObject({ verified: 0, fault: { kind: 'missing', sequence: 1 } });
  });

  test('names records that changed places, renumbered or not', async () => {
    const swapped = genuine.with(1, at(3)).with(2, at(2));
    expect(await verify(swapped)).toMatchObject({ verified: 1, fault: { kind: 'missing', sequence: 2 } });
    const renumbered = genuine.with(1, { ...at(3), sequence: 2 }).with(2, { ...at(2), sequence: 3 });
    expect(await verify(renumbered)).toMatchObject({ verified: 1, fault: { kind: 'reordered', sequence: 2 } });
  });

  test('names a record that appears twice', async () => {
    expect(await verify(genuine.toSpliced(2, 0, at(2)))).toMatchObject({ fault: { kind: 'reordered', sequence: 2 } });
  });

  test('names a chain that does not start with record 1, even when the rest is intact', async () => {
    expect(await verify(genuine.slice(1))).toMatchObject({ verified: 0, fault: { kind: 'wrong-start', sequence: 2 } });
    const claimed = { chainId, sequence: 1, previousHash: at(3).hash, recordJson: '{}' };
    const late = [{ ...claimed, hash: linkHash(claimed) }];
    expect(await verify(late)).toMatchObject({ fault: { kind: 'wrong-start', sequence: 1 } });
  });

  test('refuses another chain’s records', async () => {
    expect(await verify(genuine, { ...head, chainId: 'other' })).toMatchObject({
      verified: 0,
      fault: { kind: 'edited' },
    });
  });
});
