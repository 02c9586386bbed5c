/**
 * Random writes, arrangements, prunings and failures of single statements, against a list of records in memory: every
 * chain verifies, and every look-up is what a scan of all records finds.
 */
import { randomUUID } from 'node:crypto';
import { type ChainHead, verifyChain } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import { indexEntryOf } from '@keystead/control-plane/domain/audit/audit-index.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { GrowingTree, leafHash } from '@keystead/control-plane/domain/audit/merkle.ts';
import type { AuditQuery } from '@keystead/control-plane/storage/port/audit.ts';
import { type Store, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { readTexts, type SegmentRow } from '@keystead/control-plane/storage/segments/format.ts';
import { termsOf } from '@keystead/control-plane/storage/segments/terms.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { needs } from '../../../support/needs.ts';
import { randomNumbers, seed } from '../../../support/random.ts';
import {
  auditRecords,
  type EngineName,
  engines,
  makePlaces,
  type Place,
  type Places,
} from '../../../support/storage/engines.ts';
import { aRecord, startMs } from '../../../support/storage/rows.ts';
import { arrangeAll, asEarlierVersion } from '../../../support/storage/segments.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

const ROUNDS = { sqlite: 60, postgres: 30 };
const DAY_MS = 86_400_000;
const accounts = ['700000000001', '700000000002'];
const users = ['ada', 'grace', 'root', 'a"b\\é'];
const events = ['Encrypt', 'Decrypt', 'CreateKey'];
const arns = Array.from({ length: 6 }, (_, index) => `arn:aws:kms:us-east-1:700000000001:key/${index}`);

type Random = (below: number) => number;
const oneOf = <Value>(random: Random, values: readonly Value[]): Value => values[random(values.length)] as Value;

/** Times go back now and then, and jump. */
function randomRecord(random: Random, nowMs: number): AuditRecord {
  const accountId = oneOf(random, accounts);
  const userName = oneOf(random, users);
  const jumpMs = random(20) === 0 ? random(3 * DAY_MS) : random(3000);
  const named = Array.from({ length: random(3) }, () => oneOf(random, arns));
  return aRecord({
    recipientAccountId: accountId,
    eventTime: new Date(Math.floor((nowMs - jumpMs) / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
    eventName: oneOf(random, events),
    awsRegion: oneOf(random, ['us-east-1', 'eu-west-1']),
    readOnly: random(2) === 0,
    userIdentity:
      userName === 'root'
        ? { type: 'Root', accountId }
        : { type: 'IAMUser', userName, accessKeyId: `AKIA-${userName}` },
    ...(named.length > 0 && { resources: named.map((ARN) => ({ accountId, type: 'AWS::KMS::Key' as const, ARN })) }),
    requestParameters: { padding: 'x'.repeat(random(200)) },
  });
}

function randomQuery(random: Random, nowMs: number, known: readonly AuditRecord[]): AuditQuery {
  const maybe = <Value>(value: Value, odds = 3) => (random(odds) === 0 ? value : undefined);
  const filters = defined({
    region: maybe('us-east-1'),
    resourceArn: maybe(oneOf(random, arns)),
    eventName: maybe(oneOf(random, events)),
    userName: maybe(oneOf(random, users)),
    accessKeyId: maybe(`AKIA-${oneOf(random, users)}`, 4),
    readOnly: maybe(random(2) === 0),
    eventId: maybe(known[random(known.length)]?.eventID, 8),
    fromMs: maybe(nowMs - random(4 * DAY_MS), 4),
    toMs: maybe(nowMs - random(2 * DAY_MS), 4),
  });
  return { accountId: oneOf(random, accounts), limit: 1 + random(40), ...filters };
}

/** The obvious search. */
function scan(records: Iterable<AuditRecord>, { accountId, resourceArn, fromMs, toMs, ...query }: AuditQuery) {
  const { limit: _, ...exact } = query;
  return [...records].filter((record) => {
    const entry = indexEntryOf(record);
    return (
      entry.accountId === accountId &&
      (resourceArn === undefined || entry.resourceArns.includes(resourceArn)) &&
      (fromMs === undefined || entry.atMs >= fromMs) &&
      (toMs === undefined || entry.atMs <= toMs) &&
      Object.entries(exact).every(([name, value]) => entry[name as keyof typeof entry] === value)
    );
  });
}

async function lookedUp(store: Store, query: AuditQuery): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = [];
  for (let before: string | undefined; ; ) {
    const page = await store.lookupAudit({ ...query, ...defined({ before }) });
    expect(page.records.length).toBeLessThanOrEqual(query.limit);
    found.push(...page.records);
    before = page.next;
    if (before === undefined) return found;
  }
}

async function checkLookUps(store: Store, model: ReadonlyMap<string, AuditRecord>, random: Random, nowMs: number) {
  const known = [...model.values()];
  for (let i = 0; i < 4; i += 1) {
    const query = randomQuery(random, nowMs, known);
    const found = await lookedUp(store, query);
    const ids = found.map(({ eventID }) => eventID);
    expect({ query, ids: ids.toSorted() }).toEqual({
      query,
      ids: scan(known, query)
        .map(({ eventID }) => eventID)
        .sort(),
    });
    const times = found.map(({ eventTime }) => Date.parse(eventTime));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  }
}

async function checkChains(store: Store, model: ReadonlyMap<string, AuditRecord>) {
  const seen: string[] = [];
  for (const head of await store.listAuditChains()) {
    const records: AuditRecord[] = [];
    const from = head.anchor?.sequence ?? 0;
    const links = (await store.listAuditLinks(head.chainId, { after: from, limit: 100_000 })).rows;
    for await (const record of auditRecords(store, head.chainId)) {
      const parsed = JSON.parse(record.recordJson) as AuditRecord;
      expect(links[records.length]).toEqual({
        sequence: record.sequence,
        hash: record.hash,
        atMs: Date.parse(parsed.eventTime),
      });
      records.push(parsed);
    }
    expect(await verifyChain(head, auditRecords(store, head.chainId))).toEqual({ verified: head.lastSequence - from });
    seen.push(...records.map(({ eventID }) => eventID));
    for (let after = 0, more = true; more; ) {
      const page = await store.listIndexedSegments(head.chainId, { after, limit: 100 });
      for (const segment of page.rows) expect(segment).toMatchObject({ differences: [], missing: [] });
      ({ more } = page);
      after = page.rows.at(-1)?.last ?? 0;
    }
  }
  expect(seen.toSorted()).toEqual([...model.keys()].sort());
}

/** Removes some of the oldest records of a chain, from the model too. */
async function pruneSome(store: Store, model: Map<string, AuditRecord>, random: Random) {
  const heads = (await store.listAuditChains()).filter((head) => head.lastSequence > (head.anchor?.sequence ?? 0));
  if (heads.length === 0) return;
  const head: ChainHead = oneOf(random, heads);
  const from = head.anchor?.sequence ?? 0;
  const until = from + 1 + random(Math.min(60, head.lastSequence - from));
  const tree = GrowingTree.fromHex(from, head.anchor?.peaks ?? []);
  const { rows } = await store.listAudit(head.chainId, { after: from, limit: until - from });
  for (const { hash } of rows) tree.append(leafHash(Buffer.from(hash, 'hex')));
  await store.pruneAudit(head.chainId, from, { sequence: until, hash: rows.at(-1)?.hash ?? '', peaks: tree.peaks });
  for (const { recordJson } of rows) model.delete((JSON.parse(recordJson) as AuditRecord).eventID);
}

describe.each(engines)('the audit log on %s', (engine) => {
  test(`is the same to every reader, however it is arranged, pruned and interrupted (seed ${seed})`, async () => {
    const place = await places.create(engine);
    let store = await place.open();
    const random = randomNumbers(seed);
    const model = new Map<string, AuditRecord>();
    let nowMs = startMs;
    const add = async (writes: number, records: number) => {
      const all = Array.from({ length: writes }, () =>
        Array.from({ length: 1 + random(records) }, () => randomRecord(random, nowMs)),
      );
      await Promise.all(all.map((audit) => store.write({ mutations: [], changes: [], audit })));
      for (const record of all.flat()) model.set(record.eventID, record);
    };
    await add(40, 20);
    await asEarlierVersion(place, store);
    await checkChains(store, model);
    let failures = 0;
    for (let round = 0; round < ROUNDS[engine]; round += 1) {
      nowMs += random(40_000);
      const kind = round % 4 === 3 ? 7 : random(7);
      if (kind < 4) await add(1 + random(30), 1 + random(8));
      else if (kind < 6) await arrangeSome(store, nowMs, random);
      else if (kind === 6) await pruneSome(store, model, random);
      else if (kind === 7) failures += await failingOnce(engine, place, store, round, nowMs);
      if (round % 15 === 14) {
        await store.close();
        store = await place.open();
      }
      await checkLookUps(store, model, random, nowMs);
      if (round % 10 === 0) await checkChains(store, model);
    }
    expect(failures).toBeGreaterThan(0);
    await arrangeAll(store, nowMs + DAY_MS);
    expect(await place.select('select count(*) as left_over from audit_log')).toEqual([{ left_over: 0 }]);
    expect(await place.select('select count(*) as left_over from audit_resources')).toEqual([{ left_over: 0 }]);
    expect(await place.select('select count(*) as open from audit_segments where grade = 0')).toEqual([{ open: 0 }]);
    await checkChains(store, model);
    await checkLookUps(store, model, random, nowMs);
    expect(await straysOf(place)).toBe(0);
  }, 300_000);
});

test('two servers that arrange and prune one log at once lose and repeat nothing', async () => {
  const place = await places.create('postgres');
  const [first, second] = await Promise.all([place.open(), place.open()]);
  const random = randomNumbers(seed);
  const model = new Map<string, AuditRecord>();
  const add = async (store: Store) => {
    const all = Array.from({ length: 40 }, () => randomRecord(random, startMs));
    await Promise.all(all.map((record) => store.write({ mutations: [], changes: [], audit: [record] })));
    for (const record of all) model.set(record.eventID, record);
  };
  await add(first);
  await asEarlierVersion(place, first);
  const nowMs = startMs + DAY_MS;
  let conflicts = 0;
  for (let round = 0; round < 15; round += 1) {
    await Promise.all([add(first), add(second)]);
    const chains = await first.listAuditToArrange(nowMs, 50);
    const arranging = [first, second].flatMap((store) =>
      chains.map((chainId) => store.arrangeAudit({ chainId, nowMs })),
    );
    const results = await Promise.allSettled([...arranging, pruneSome(first, model, random)]);
    for (const result of results) {
      if (result.status === 'fulfilled') continue;
      expect(result.reason).toBeInstanceOf(WriteConflict);
      conflicts += 1;
    }
  }
  expect(conflicts).toBeGreaterThan(0);
  await arrangeAll(second, nowMs);
  await checkChains(first, model);
  await checkLookUps(first, model, random, nowMs);
}, 300_000);

async function arrangeSome(store: Store, nowMs: number, random: Random): Promise<void> {
  for (const chainId of await store.listAuditToArrange(nowMs, 3)) {
    for (let step = 0; step <= random(3); step += 1) await store.arrangeAudit({ chainId, nowMs });
  }
}

/** Entries of the index, beyond those that the sealed segments have. */
async function straysOf(place: Place): Promise<number> {
  const [{ stored }] = (await place.select('select count(*) as stored from audit_terms')) as [{ stored: number }];
  const segments = (await place.select('select * from audit_segments where grade > 0')) as readonly SegmentRow[];
  const terms = await Promise.all(segments.map(async (segment) => termsOf(await readTexts(segment)).size));
  return stored - terms.reduce((a, b) => a + b, 0);
}

const failingStatements = [
  ['update', 'audit_segments'],
  ['delete', 'audit_segments'],
  ['insert', 'audit_terms'],
  ['delete', 'audit_terms'],
  ['insert', 'audit_segments'],
  ['delete', 'audit_log'],
  ['delete', 'audit_resources'],
] as const;

/** Arranges while one kind of statement fails. @returns how often it failed */
async function failingOnce(engine: EngineName, place: Place, store: Store, round: number, nowMs: number) {
  const [event, table] = failingStatements[((round - 3) / 4) % failingStatements.length] ?? failingStatements[0];
  const name = `fail_${randomUUID().replaceAll('-', '')}`;
  if (engine === 'sqlite') {
    const fails = `begin select raise(abort, 'made to fail'); end`;
    await place.tamper(`create trigger ${name} before ${event} on ${table} ${fails}`);
  } else {
    await place.tamper(
      `create function ${name}() returns trigger language plpgsql as $$ begin raise 'made to fail'; end $$`,
    );
    await place.tamper(`create trigger ${name} before ${event} on ${table} for each row execute function ${name}()`);
  }
  let failures = 0;
  for (const chainId of await store.listAuditToArrange(nowMs + DAY_MS, 3)) {
    try {
      await store.arrangeAudit({ chainId, nowMs: nowMs + DAY_MS });
    } catch (error) {
      expect(String(error)).toContain('made to fail');
      failures += 1;
    }
  }
  await place.tamper(engine === 'sqlite' ? `drop trigger ${name}` : `drop function ${name}() cascade`);
  return failures;
}
