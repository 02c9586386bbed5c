/**
 * Mutated audit chains: single edits, drops, insertions and swaps, by someone who changes rows and by someone who also
 * computes every hash and the chain's end again. The chain itself shows the first, only signed checkpoints show the
 * second. Every mutation must be found, and the record named.
 */
import {
  type AuditLink,
  type ChainExpectation,
  type ChainHead,
  genesisHash,
  linkHash,
  verifyChain,
} from '@keystead/control-plane/domain/audit/audit-chain.ts';
import { GrowingTree, leafHash } from '@keystead/control-plane/domain/audit/merkle.ts';
import { runs } from '../../support/sizes.ts';

type Link = AuditLink & { readonly hash: string };

const RUNS = runs(5_000, 1_000_000);
const CHAIN_LENGTH = 8;
const MARKED_SIZES = [3, CHAIN_LENGTH];
const chainId = '0d3ee7a8-1b1e-4f5b-9f6d-2f1f6f6f0001';

/** mulberry32: small, seeded, good enough to choose mutations. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function chainOf(texts: readonly string[]): Link[] {
  const links: Link[] = [];
  for (const [index, recordJson] of texts.entries()) {
    const previousHash = links.at(-1)?.hash ?? genesisHash;
    const link = { chainId, sequence: index + 1, previousHash, recordJson };
    links.push({ ...link, hash: linkHash(link) });
  }
  return links;
}

const headOf = (links: readonly Link[]): ChainHead => ({
  chainId,
  lastSequence: links.length,
  lastHash: links.at(-1)?.hash ?? genesisHash,
});

function expectationOf(links: readonly Link[]): ChainExpectation {
  const tree = new GrowingTree();
  const marks = links.flatMap(({ sequence, hash }) => {
    tree.append(leafHash(Buffer.from(hash, 'hex')));
    const mark = { checkpoint: sequence, size: sequence, headHash: hash, treeRoot: tree.root().toString('hex') };
    return MARKED_SIZES.includes(sequence) ? [mark] : [];
  });
  return { marks, prunable: 0 };
}

const texts = Array.from({ length: CHAIN_LENGTH }, (_, index) => {
  const eventID = `01a20300-ff3e-7fad-8648-d308e125924${index}`;
  return JSON.stringify({ eventName: 'Decrypt', eventID, userIdentity: { userName: `user-${index}` } });
});
const genuine = chainOf(texts);
const head = headOf(genuine);
const expectation = expectationOf(genuine);

interface Mutation<Row> {
  readonly rows: readonly Row[];
  /** Sequence of the first record that was changed. */
  readonly first: number;
}

type Mutate = <Row>(rows: readonly Row[], edit: (row: Row) => Row, random: (below: number) => number) => Mutation<Row>;

const mutations: Readonly<Record<string, Mutate>> = {
  edit(rows, edit, random) {
    const at = random(rows.length);
    return { rows: rows.with(at, edit(rows[at] as (typeof rows)[number])), first: at + 1 };
  },
  drop(rows, _edit, random) {
    const at = random(rows.length);
    return { rows: rows.toSpliced(at, 1), first: at + 1 };
  },
  insert(rows, edit, random) {
    const at = random(rows.length);
    return { rows: rows.toSpliced(at, 0, edit(rows[random(rows.length)] as (typeof rows)[number])), first: at + 1 };
  },
  swap(rows, _edit, random) {
    const at = random(rows.length - 1);
    const other = at + 1 + random(rows.length - 1 - at);
    const [one, two] = [rows[at] as (typeof rows)[number], rows[other] as (typeof rows)[number]];
    return { rows: rows.with(at, two).with(other, one), first: at + 1 };
  },
};

const kinds = Object.keys(mutations);

/** Changes one character somewhere in a record's text. */
function editedText(text: string, random: (below: number) => number): string {
  const at = random(text.length);
  const code = text.charCodeAt(at);
  return text.slice(0, at) + String.fromCharCode(code === 0x7e ? 0x21 : code + 1) + text.slice(at + 1);
}

test('the unchanged chain passes', async () => {
  expect(await verifyChain(head, genuine, expectation)).toEqual({ verified: CHAIN_LENGTH });
});

test(`of ${RUNS} chains with changed rows, every one is found, and the changed record named`, async () => {
  const random = randomFrom(1);
  const missed: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const kind = kinds[run % kinds.length] as keyof typeof mutations;
    const edit = (link: Link) => ({ ...link, recordJson: editedText(link.recordJson, random) });
    const { rows, first } = (mutations[kind] as Mutate)(genuine, edit, random);
    const { fault } = await verifyChain(head, rows);
    // An inserted record has a sequence of its own: the named one is that, or the one whose place it took.
    const atStart = first === 1 && fault?.kind === 'wrong-start';
    const named = fault && (fault.sequence === first || atStart || kind === 'insert');
    if (!named) missed.push(`run ${run}: ${kind} at ${first} was reported as ${JSON.stringify(fault)}`);
  }
  expect(missed).toEqual([]);
});

test(`of ${RUNS} chains whose hashes and end were computed again, every one is found by the checkpoints`, async () => {
  const random = randomFrom(2);
  const missed: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const kind = kinds[run % kinds.length] as keyof typeof mutations;
    const { rows, first } = (mutations[kind] as Mutate)(texts, (text) => editedText(text, random), random);
    const forged = chainOf(rows);
    const { fault } = await verifyChain(headOf(forged), forged, expectation);
    // A checkpoint names the batch that it covers, and so the first record that can be at fault.
    const batch = MARKED_SIZES.findLast((size) => size < first) ?? 0;
    const named = fault && (fault.sequence === batch + 1 || fault.kind === 'missing');
    if (!named) missed.push(`run ${run}: ${kind} at ${first} was reported as ${JSON.stringify(fault)}`);
  }
  expect(missed).toEqual([]);
});
