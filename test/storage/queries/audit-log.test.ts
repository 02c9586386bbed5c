/** Look-ups, checkpoints and pruning of the audit log, on both engines. */
import { randomUUID } from 'node:crypto';
import { type ChainHead, verifyChain } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import { indexEntryOf, resourceLinksOf } from '@keystead/control-plane/domain/audit/audit-index.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { GrowingTree, leafHash } from '@keystead/control-plane/domain/audit/merkle.ts';
import type { AuditQuery } from '@keystead/control-plane/storage/port/audit.ts';
import { type Store, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { needs } from '../../support/needs.ts';
import { engines, makePlaces, type Place, type Places } from '../../support/storage/engines.ts';
import { aRecord, keyArn, startMs } from '../../support/storage/rows.ts';
import { asEarlierVersion } from '../../support/storage/segments.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

describe.each(engines)('the audit log on %s', (engine) => {
  let place: Place;
  let store: Store;
  beforeAll(async () => {
    place = await places.create(engine);
    store = await place.open();
  });

  const add = async (...audit: AuditRecord[]) => {
    for (const record of audit) await store.write({ mutations: [], changes: [], audit: [record] });
  };
  let accounts = 0;
  const newAccount = () => {
    accounts += 1;
    return String(600_000_000_000 + accounts);
  };
  const user = (userName: string, accessKeyId: string) => ({ type: 'IAMUser', userName, accessKeyId });

  describe('is looked up by', () => {
    const accountId = '700000000001';
    const mine = (record: Partial<AuditRecord>) => aRecord({ recipientAccountId: accountId, ...record });
    const arn = keyArn(randomUUID());
    const resources = [{ accountId, type: 'AWS::KMS::Key' as const, ARN: arn }];
    const records = [
      mine({ userIdentity: user('ada', 'AKIA1'), eventName: 'CreateKey', resources }),
      mine({ userIdentity: user('ada', 'AKIA2'), eventName: 'Encrypt', readOnly: true, resources }),
      mine({ userIdentity: user('grace', 'AKIA3'), eventName: 'CreateUser', eventSource: 'iam.amazonaws.com' }),
      mine({
        userIdentity: { type: 'AWSService', invokedBy: 's3.amazonaws.com' },
        eventName: 'Decrypt',
        readOnly: true,
      }),
    ];
    beforeAll(() => add(...records));

    const cases: readonly (readonly [string, Partial<AuditQuery>, readonly number[]])[] = [
      ['the account only', {}, [0, 1, 2, 3]],
      ['user', { userName: 'ada' }, [0, 1]],
      ['access key', { accessKeyId: 'AKIA2' }, [1]],
      ['event name', { eventName: 'Decrypt' }, [3]],
      ['changes only', { readOnly: false }, [0, 2]],
      ['reads only', { readOnly: true }, [1, 3]],
      ['event source', { eventSource: 'iam.amazonaws.com' }, [2]],
      ['resource type', { resourceType: 'AWS::KMS::Key' }, [0, 1]],
      ['resource', { resourceArn: arn }, [0, 1]],
      ['resource and user and kind', { resourceArn: arn, userName: 'ada', readOnly: true }, [1]],
      ['event id', { eventId: records[2]?.eventID ?? '', fromMs: startMs, toMs: startMs }, [2]],
      ['event id at another time', { eventId: records[2]?.eventID ?? '', fromMs: startMs + 1000 }, []],
      ['another account', { accountId: '700000000002' }, []],
    ];
    test.each(cases)('%s', async (_, query, expected) => {
      const found = await store.lookupAudit({ accountId, limit: 10, ...query });
      const ids = found.records.map(({ eventID }) => eventID);
      expect(ids.toSorted()).toEqual(expected.map((index) => records[index]?.eventID ?? '').toSorted());
      expect(found.next).toBeUndefined();
    });
  });

  test('has bounded pages, even when almost no record matches', async () => {
    const accountId = newAccount();
    const wanted = aRecord({ recipientAccountId: accountId, eventSource: 'sts.amazonaws.com' });
    await add(wanted);
    const others = Array.from({ length: 250 }, () =>
      aRecord({ recipientAccountId: accountId, eventTime: new Date(startMs + 1000).toISOString() }),
    );
    for (let i = 0; i < 18; i += 1) {
      const audit = others.map((record) => ({ ...record, eventID: randomUUID() }));
      await store.write({ mutations: [], changes: [], audit });
    }
    const pages: number[] = [];
    for (let before: string | undefined; ; ) {
      const page = await store.lookupAudit({
        accountId,
        eventSource: 'sts.amazonaws.com',
        limit: 5,
        ...defined({ before }),
      });
      pages.push(page.records.length);
      before = page.next;
      if (before === undefined) break;
    }
    expect(pages).toEqual([0, 0, 1]);
  });

  test('finds the place of a record', async () => {
    const record = aRecord();
    await add(record);
    const place = await store.findAuditPlace(record.eventID);
    const { rows } = await store.listAudit(place?.chainId ?? '', { after: (place?.sequence ?? 0) - 1, limit: 1 });
    expect(JSON.parse(rows[0]?.recordJson ?? '{}')).toEqual(record);
    expect(await store.findAuditPlace(randomUUID())).toBeUndefined();
  });

  test('keeps checkpoints and trees in order', async () => {
    expect(await store.findLastCheckpoint()).toBeUndefined();
    for (const number of [1, 2, 3]) {
      const row = { number, body: `{"number":${number}}`, signature: 'ab', at_ms: startMs };
      await store.write({ mutations: [{ op: 'insert', table: 'audit_checkpoints', row }], changes: [], audit: [] });
    }
    const again = { number: 3, body: 'another', signature: 'ab', at_ms: startMs };
    const twice = store.write({
      mutations: [{ op: 'insert', table: 'audit_checkpoints', row: again }],
      changes: [],
      audit: [],
    });
    await expect(twice).rejects.toThrow(WriteConflict);
    expect(await store.findLastCheckpoint()).toMatchObject({ number: 3, body: '{"number":3}', revision: 1 });
    const page = await store.listCheckpoints({ after: 1, limit: 1 });
    expect(page).toMatchObject({ rows: [{ number: 2 }], more: true });
    const tree = { chain_id: 'b', size: 2, head_hash: 'ff', peaks: '[]', prunable: 0 };
    for (const chain_id of ['b', 'a']) {
      const row = { ...tree, chain_id };
      await store.write({ mutations: [{ op: 'insert', table: 'audit_trees', row }], changes: [], audit: [] });
    }
    expect((await store.listAuditTrees()).map(({ chain_id }) => chain_id)).toEqual(['a', 'b']);
  });

  test('searches records of earlier versions by what is stored beside them, which can be compared and stored again', async () => {
    const ownPlace = await places.create(engine);
    const own = await ownPlace.open();
    const accountId = '700000000008';
    const [arn, otherArn] = [keyArn(randomUUID()), keyArn(randomUUID())];
    const resources = [{ accountId, type: 'AWS::KMS::Key' as const, ARN: arn }];
    const record = aRecord({ recipientAccountId: accountId, userIdentity: user('ada', 'AKIA1'), resources });
    await own.write({ mutations: [], changes: [], audit: [record] });
    await asEarlierVersion(ownPlace, own);
    const { chainId = '', sequence = 0 } = (await own.findAuditPlace(record.eventID)) ?? {};
    const entry = indexEntryOf(record);
    const links = resourceLinksOf(chainId, sequence, entry);
    const [link] = links;
    if (!link) throw new Error('no link');
    const other = { ...link, resourceArn: otherArn };
    const { resourceArns: _, ...values } = entry;
    const stored = async () => ({
      values: (await own.listAuditIndex(chainId, { after: sequence - 1, limit: 1 })).rows[0],
      found: await own.findResourceLinks([link, other]),
      all: (await own.listResourceLinks({ limit: 10 })).rows,
    });
    const asWritten = {
      values: { sequence, recordJson: JSON.stringify(record), stored: values },
      found: [link],
      all: [{ link, isNamed: true }],
    };
    expect(await stored()).toEqual(asWritten);

    const wrong = { ...entry, userName: undefined, readOnly: true, atMs: entry.atMs + 1 };
    await own.repairAuditIndex({ chainId, entries: [{ sequence, entry: wrong }], add: [other], remove: links });
    expect((await own.lookupAudit({ accountId, userName: 'ada', limit: 5 })).records).toEqual([]);
    expect(await stored()).toEqual({
      values: { ...asWritten.values, stored: { ...values, userName: undefined, readOnly: true, atMs: entry.atMs + 1 } },
      found: [other],
      all: [{ link: other, isNamed: false }],
    });

    for (let twice = 0; twice < 2; twice += 1) {
      await own.repairAuditIndex({ chainId, entries: [{ sequence, entry }], add: links, remove: [other] });
    }
    expect(await stored()).toEqual(asWritten);
    expect((await own.lookupAudit({ accountId, resourceArn: arn, limit: 5 })).records).toEqual([record]);
    await own.repairAuditIndex({ chainId, entries: [], add: [other], remove: [] });
    const first = await own.listResourceLinks({ limit: 1 });
    expect(first.more).toBe(true);
    const [last] = first.rows;
    const second = await own.listResourceLinks({ limit: 1, ...defined({ after: last?.link }) });
    expect([...first.rows, ...second.rows].map((row) => row.link.resourceArn).sort()).toEqual([arn, otherArn].sort());
  });

  describe('is pruned', () => {
    let own: Store;
    beforeEach(async () => {
      own = await (await places.create(engine)).open();
    });

    const accountId = '700000000009';
    const arn = keyArn(randomUUID());
    const resources = [{ accountId, type: 'AWS::KMS::Key' as const, ARN: arn }];

    async function fill(count: number): Promise<ChainHead> {
      for (let i = 0; i < count; i += 1) {
        const audit = [aRecord({ recipientAccountId: accountId, resources })];
        await own.write({ mutations: [], changes: [], audit });
      }
      const heads = (await own.listAuditChains()).filter(({ lastSequence }) => lastSequence > 0);
      const [longest] = heads.toSorted((a, b) => b.lastSequence - a.lastSequence);
      if (!longest) throw new Error('no chain');
      return longest;
    }

    async function anchorAt(head: ChainHead, sequence: number) {
      const tree = GrowingTree.fromHex(head.anchor?.sequence ?? 0, head.anchor?.peaks ?? []);
      const from = head.anchor?.sequence ?? 0;
      const { rows } = await own.listAuditLinks(head.chainId, { after: from, limit: sequence - from });
      for (const { hash } of rows) tree.append(leafHash(Buffer.from(hash, 'hex')));
      return { sequence, hash: rows.at(-1)?.hash ?? '', peaks: tree.peaks };
    }

    const headOf = async (chainId: string) =>
      (await own.listAuditChains()).find((head) => head.chainId === chainId) as ChainHead;

    test('from its oldest record on, together with the resources of the records, and still verifies', async () => {
      const head = await fill(30);
      const middle = Math.floor(head.lastSequence / 2);
      await own.pruneAudit(head.chainId, 0, await anchorAt(head, middle));
      const pruned = await headOf(head.chainId);
      expect(pruned.anchor).toMatchObject({ sequence: middle });
      const { rows } = await own.listAudit(head.chainId, { after: 0, limit: 100 });
      expect(rows[0]?.sequence).toBe(middle + 1);
      expect(await verifyChain(pruned, rows)).toEqual({ verified: head.lastSequence - middle });
      const named = await own.lookupAudit({ accountId, resourceArn: arn, limit: 100 });
      const all = await own.lookupAudit({ accountId, limit: 100 });
      expect(named.records.length).toBe(30 - middle);
      expect(all.records.length).toBe(30 - middle);
      await own.pruneAudit(head.chainId, middle, await anchorAt(pruned, head.lastSequence));
      expect(await verifyChain(await headOf(head.chainId), [])).toEqual({ verified: 0 });
      await fill(5);
    });

    test('by one node at a time: the second one fails', async () => {
      const head = await fill(20);
      const anchor = await anchorAt(head, 1);
      await own.pruneAudit(head.chainId, 0, anchor);
      await expect(own.pruneAudit(head.chainId, 0, anchor)).rejects.toThrow(WriteConflict);
    });

    test('never beyond its end', async () => {
      const head = await fill(20);
      const beyond = { ...(await anchorAt(head, head.lastSequence)), sequence: head.lastSequence + 1 };
      await expect(own.pruneAudit(head.chainId, 0, beyond)).rejects.toThrow(WriteConflict);
      const { rows } = await own.listAudit(head.chainId, { after: 0, limit: 100 });
      expect(rows).toHaveLength(head.lastSequence);
    });
  });
});
