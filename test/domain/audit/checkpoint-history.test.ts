/** A run of checkpoints, genuine and tampered with, and proofs of single records under them. */

import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { genesisHash, linkHash } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import {
  type ChainEntry,
  nextCheckpoint,
  parseCheckpoint,
  type SignedCheckpoint,
  statementBytes,
} from '@keystead/control-plane/domain/audit/audit-checkpoint.ts';
import {
  type AuditProof,
  parseProof,
  proofFault,
  proveRecord,
} from '@keystead/control-plane/domain/audit/audit-proof.ts';
import { CheckpointHistory } from '@keystead/control-plane/domain/audit/checkpoint-history.ts';
import { GrowingTree, leafHash } from '@keystead/control-plane/domain/audit/merkle.ts';
import { defined } from '@keystead/provider-schema/defined.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');

const signed = (body: string, key: KeyObject = privateKey): SignedCheckpoint => ({
  body,
  signature: sign(null, statementBytes(body), key).toString('hex'),
});
const verifies = (body: string, signature: string) =>
  verify(null, statementBytes(body), publicKey, Buffer.from(signature, 'hex'));

interface Link {
  readonly chainId: string;
  readonly sequence: number;
  readonly previousHash: string;
  readonly recordJson: string;
  readonly hash: string;
}

function chainOf(chainId: string, length: number): readonly Link[] {
  const links: Link[] = [];
  for (let sequence = 1; sequence <= length; sequence++) {
    const link = {
      chainId,
      sequence,
      previousHash: links.at(-1)?.hash ?? genesisHash,
      recordJson: `{"n":${sequence}}`,
    };
    links.push({ ...link, hash: linkHash(link) });
  }
  return links;
}

const leaf = ({ hash }: Link) => leafHash(Buffer.from(hash, 'hex'));

function entryOf(links: readonly Link[], size: number, prunable = 0): ChainEntry {
  const tree = new GrowingTree();
  for (const link of links.slice(0, size)) tree.append(leaf(link));
  const [{ chainId } = { chainId: '' }] = links;
  return { chainId, size, headHash: links[size - 1]?.hash ?? '', treeRoot: tree.root().toString('hex'), prunable };
}

const [a, b] = [chainOf('node-a/1', 9), chainOf('node-b/1', 5)];

/** Three checkpoints over two chains; the second chain comes with the second checkpoint. */
function threeCheckpoints(third: readonly ChainEntry[] = [entryOf(a, 9, 2)]): readonly SignedCheckpoint[] {
  const rounds = [
    { all: [entryOf(a, 3)], changed: [entryOf(a, 3)] },
    { all: [entryOf(a, 3), entryOf(b, 5)], changed: [entryOf(b, 5)] },
    { all: [...third, entryOf(b, 5)], changed: third },
  ];
  const made: { number: number; body: string }[] = [];
  for (const round of rounds) {
    const previous = made.at(-1);
    made.push(nextCheckpoint({ ...defined({ previous }), nowMs: 0, covered: [], ...round }));
  }
  return made.map(({ body }) => signed(body));
}

function read(checkpoints: readonly SignedCheckpoint[]) {
  const history = new CheckpointHistory(verifies);
  const faults = checkpoints.map((checkpoint) => history.add(checkpoint)).filter((fault) => fault !== undefined);
  return { history, faults };
}

describe('a history of checkpoints', () => {
  test('says for each chain what every checkpoint covers of it', () => {
    const { history, faults } = read(threeCheckpoints());
    expect(faults).toEqual([]);
    expect(history.last).toMatchObject({ number: 3, chains: 2, records: 14, complete: false });
    expect(history.expectationOf('node-a/1')).toMatchObject({
      marks: [
        { checkpoint: 1, size: 3 },
        { checkpoint: 3, size: 9 },
      ],
      prunable: 2,
    });
    expect(history.expectationOf('node-b/1')?.marks).toMatchObject([{ checkpoint: 2, size: 5 }]);
    expect(history.expectationOf('node-c/1')).toBeUndefined();
  });

  const genuine = threeCheckpoints();
  const [first, second, third] = genuine as [SignedCheckpoint, SignedCheckpoint, SignedCheckpoint];
  const altered = (change: (body: string) => string) => signed(change(second.body));

  test.each<readonly [string, readonly SignedCheckpoint[], string]>([
    [
      'another key’s',
      [first, signed(second.body, other.privateKey)],
      'checkpoint 2 does not verify under the public key',
    ],
    [
      'an altered text',
      [first, { ...second, body: second.body.replace('"records":8', '"records":7') }],
      'does not verify',
    ],
    ['a missing one', [first, third], 'checkpoint 3 follows checkpoint 1: others are missing'],
    ['a missing first', [second, third], 'does not list every chain: earlier ones are missing'],
    ['one twice', [first, second, second], 'checkpoint 2 follows checkpoint 2'],
    [
      'one after another',
      [first, altered((body) => body.replace(/"previous":"../, '"previous":"00'))],
      'checkpoint 2 does not follow checkpoint 1',
    ],
    [
      'a root that is not that of its chains',
      [first, altered((body) => body.replace('"chains":2', '"chains":3'))],
      'does not have the root',
    ],
    ['a text that is not a checkpoint', [signed('{}')], 'checkpoint at the start cannot be read'],
    [
      'a shrunken chain',
      threeCheckpoints([entryOf(a, 2)]),
      'checkpoint 3 contradicts an earlier one about chain node-a/1',
    ],
    [
      'another chain of the same length',
      threeCheckpoints([{ ...entryOf(a, 3), headHash: 'f'.repeat(64) }]),
      'contradicts',
    ],
  ])('does not accept %s', (_, checkpoints, fault) => {
    expect(read(checkpoints).faults.at(-1)).toContain(fault);
  });

  test('contradicts an earlier one that allowed more removal', () => {
    const less = threeCheckpoints([entryOf(a, 9, 2)]);
    const previous = parseCheckpoint(less[2]?.body ?? '');
    const next = nextCheckpoint({
      previous: { number: previous?.number ?? 0, body: less[2]?.body ?? '' },
      nowMs: 0,
      all: [entryOf(a, 9, 1), entryOf(b, 5)],
      changed: [entryOf(a, 9, 1)],
      covered: [],
    });
    expect(read([...less, signed(next.body)]).faults).toEqual([
      'checkpoint 4 contradicts an earlier one about chain node-a/1',
    ]);
  });

  test.each([
    '',
    'nothing',
    'null',
    '[]',
    '{"format":"keystead/audit-checkpoint/v1"}',
    second.body.replace('[["', '[[["'),
  ])('reads no checkpoint in %p', (text) => {
    expect(parseCheckpoint(text)).toBeUndefined();
  });
});

describe('a proof', () => {
  const checkpoint = threeCheckpoints()[2] as SignedCheckpoint;
  const entries = [entryOf(a, 9, 2), entryOf(b, 5)];
  const whole = { prunedSize: 0, prunedPeaks: [], leaves: a.map(leaf) };
  const proofOf = (sequence: number) =>
    proveRecord({ record: a[sequence - 1] as Link, leaves: whole, entries, checkpoint });

  test('is valid for every record, also after it is written as text and read back', () => {
    for (const { sequence } of a) {
      const proof = parseProof(JSON.stringify(proofOf(sequence))) as AuditProof;
      expect(proofFault(proof, verifies)).toBeUndefined();
    }
  });

  test.each<readonly [string, (proof: AuditProof) => Partial<AuditProof>, string]>([
    ['record', () => ({ record: '{"n":55}' }), 'the record is not the one in the chain at this place'],
    ['place', ({ sequence }) => ({ sequence: sequence + 1 }), 'the record is not the one in the chain at this place'],
    ['predecessor', () => ({ previousHash: genesisHash }), 'the record is not the one in the chain at this place'],
    [
      'path',
      ({ chainPath }) => ({ chainPath: chainPath.slice(1) }),
      'the record is not the one in the chain at this place',
    ],
    [
      'chain',
      ({ chain }) => ({ chain: { ...chain, chainId: 'node-c/1' } }),
      'the chain is not the one that the checkpoint covers',
    ],
    ['chain’s place', () => ({ chainIndex: 1 }), 'the chain is not the one that the checkpoint covers'],
    [
      'checkpoint',
      () => ({ checkpoint: threeCheckpoints()[1] as SignedCheckpoint }),
      'the chain is not the one that the checkpoint covers',
    ],
    [
      'signature',
      () => ({ checkpoint: signed(checkpoint.body, other.privateKey) }),
      'does not verify under the public key',
    ],
  ])('with another %s is not valid', (_, change, fault) => {
    const proof = proofOf(5);
    expect(proofFault({ ...proof, ...change(proof) }, verifies)).toContain(fault);
  });

  test('cannot be made for a chain that the checkpoint does not have', () => {
    const stranger = { ...(a[0] as Link), chainId: 'node-c/1' };
    expect(() => proveRecord({ record: stranger, leaves: whole, entries, checkpoint })).toThrow(RangeError);
  });

  test.each(['', '{}', '[]', 'null', '{"format":"keystead/audit-proof/v1"}'])('is not read from %p', (text) => {
    expect(parseProof(text)).toBeUndefined();
  });
});
