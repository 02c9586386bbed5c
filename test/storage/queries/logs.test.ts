/** Reads over the change log, the audit log and stored answers, on both engines. */
import type { AuditLogReader } from '@keystead/control-plane/storage/port/audit.ts';
import { WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { ids, newAccount, onEveryEngine } from '../../support/storage/on-every-engine.ts';
import { aChange, account, anAnswer, aRecord, keyArn, region, startMs } from '../../support/storage/rows.ts';

onEveryEngine('the store', (on) => {
  describe('the change log', () => {
    test('numbers changes in order without a gap, and has the request of each', async () => {
      const accountId = newAccount();
      const first = aRecord();
      const changes = [
        aChange({ accountId, keyId: 'k', resourceType: 'alias', resourceId: 'alias/a' }),
        aChange({ accountId, region: 'us-east-1', kind: 'deleted', eventName: 'DeleteKey' }),
      ];
      await on.store.write({ mutations: [], changes, audit: [first, aRecord()] });
      await on.store.write({ mutations: [], changes: [aChange({ accountId })], audit: [aRecord()] });
      const { rows, more } = await on.store.listChanges({ accountId, after: 0, limit: 10 });
      const cause = { atMs: startMs, requestId: first.requestID, eventId: first.eventID };
      const start = rows[0]?.sequence ?? Number.NaN;
      expect(rows.slice(0, 2)).toEqual([
        { ...changes[0], ...cause, sequence: start },
        { ...changes[1], ...cause, sequence: start + 1 },
      ]);
      expect(rows[2]?.sequence).toBe(start + 2);
      expect(more).toBe(false);
      const pages = await on.store.listChanges({ accountId, after: start, limit: 1 });
      expect([pages.rows.map((row) => row.sequence), pages.more]).toEqual([[start + 1], true]);
      const elsewhere = await on.store.listChanges({ accountId, region: 'us-east-1', after: 0, limit: 10 });
      expect(elsewhere.rows.map((row) => row.sequence)).toEqual([start + 1]);
    });
  });

  describe('the audit log', () => {
    test('looks records up by account, Region, event, request, time and resource, newest first, in pages', async () => {
      const accountId = newAccount();
      const [keyOne, keyTwo] = ids(2).map(keyArn) as [string, string];
      const naming = (...arns: string[]) => arns.map((ARN) => ({ accountId, type: 'AWS::KMS::Key', ARN }) as const);
      const at = (second: number) => `2026-01-15T12:00:0${second}Z`;
      const record = (second: number, rest: Parameters<typeof aRecord>[0]) =>
        aRecord({ recipientAccountId: accountId, eventTime: at(second), ...rest });
      const records = [
        record(1, { eventName: 'CreateKey', resources: naming(keyOne) }),
        record(2, { eventName: 'Encrypt', resources: naming(keyOne, keyTwo) }),
        record(3, { eventName: 'Encrypt', awsRegion: 'us-east-1', resources: naming(keyTwo, keyTwo) }),
        record(4, { eventName: 'ListKeys' }),
      ];
      for (const audit of records) await on.store.write({ mutations: [], changes: [], audit: [audit] });
      const found = async (query: Partial<Parameters<AuditLogReader['lookupAudit']>[0]>) => {
        const { records: rows } = await on.store.lookupAudit({ accountId, limit: 10, ...query });
        return rows.map((row) => records.findIndex((made) => made.eventID === row.eventID) + 1);
      };
      expect(await found({})).toEqual([4, 3, 2, 1]);
      expect(await found({ accountId: newAccount() })).toEqual([]);
      expect(await found({ region: 'us-east-1' })).toEqual([3]);
      expect(await found({ eventName: 'Encrypt' })).toEqual([3, 2]);
      expect(await found({ requestId: records[0]?.requestID ?? '' })).toEqual([1]);
      expect(await found({ resourceArn: keyOne })).toEqual([2, 1]);
      expect(await found({ resourceArn: keyTwo, eventName: 'Encrypt', region })).toEqual([2]);
      expect(await found({ resourceArn: keyTwo })).toEqual([3, 2]);
      expect(await found({ fromMs: Date.parse(at(2)), toMs: Date.parse(at(3)) })).toEqual([3, 2]);
      expect(await found({ resourceArn: keyOne, fromMs: Date.parse(at(2)) })).toEqual([2]);

      for (const resourceArn of [undefined, keyOne]) {
        const seen: number[] = [];
        let before: string | undefined;
        do {
          const query = { accountId, limit: 1, ...defined({ resourceArn, before }) };
          const page = await on.store.lookupAudit(query);
          seen.push(...page.records.map((row) => records.findIndex((made) => made.eventID === row.eventID) + 1));
          before = page.next;
        } while (before);
        expect(seen).toEqual(resourceArn ? [2, 1] : [4, 3, 2, 1]);
      }
    });

    test('pages through the records of one second without losing or repeating one', async () => {
      const accountId = newAccount();
      const audit = Array.from({ length: 7 }, () => aRecord({ recipientAccountId: accountId }));
      await Promise.all(audit.map((record) => on.store.write({ mutations: [], changes: [], audit: [record] })));
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const page = await on.store.lookupAudit({ accountId, limit: 2, ...defined({ before }) });
        seen.push(...page.records.map((record) => record.eventID));
        before = page.next;
      } while (before);
      expect(seen.toSorted()).toEqual(audit.map((record) => record.eventID).toSorted());
    });

    test('refuses a malformed position', async () => {
      const lookup = on.store.lookupAudit({ accountId: account, limit: 1, before: 'nonsense' });
      await expect(lookup).rejects.toThrow(RangeError);
    });

    test('keeps a record exactly as it was serialized', async () => {
      const record = aRecord({ requestParameters: { text: 'é\0\u2028"\\', nested: [null, 1.5, true] } });
      await on.store.write({ mutations: [], changes: [], audit: [record] });
      const { records } = await on.store.lookupAudit({ accountId: account, requestId: record.requestID, limit: 1 });
      expect(records).toEqual([record]);
    });
  });

  test('answers to idempotent requests are found by account, principal and key', async () => {
    const answer = anAnswer();
    await on.write({ op: 'insert', table: 'idempotency', row: answer });
    const { account_id, principal_id, idempotency_key } = answer;
    expect(await on.store.findIdempotent(account_id, principal_id, idempotency_key)).toEqual({
      ...answer,
      revision: 1,
    });
    expect(await on.store.findIdempotent(account_id, 'other', idempotency_key)).toBeUndefined();
    await expect(on.write({ op: 'insert', table: 'idempotency', row: answer })).rejects.toThrow(WriteConflict);
  });

  test('a use of an identity token is found by its digest, and recorded once', async () => {
    const row = { token_digest: 'ab'.repeat(32), role_id: 'AROA1', session_name: 'job-1', expires_at_ms: 40 };
    expect(await on.store.findIdentityTokenUse(row.token_digest)).toBeUndefined();
    await on.write({ op: 'insert', table: 'identity_token_uses', row });
    expect(await on.store.findIdentityTokenUse(row.token_digest)).toEqual({ ...row, revision: 1 });
    const other = { ...row, session_name: 'thief' };
    await expect(on.write({ op: 'insert', table: 'identity_token_uses', row: other })).rejects.toThrow(WriteConflict);
    expect(await on.store.listExpiredIdentityTokenUses(39, 10)).toEqual([]);
    expect(await on.store.listExpiredIdentityTokenUses(40, 10)).toEqual([{ ...row, revision: 1 }]);
  });

  test('expired answers are listed, oldest first', async () => {
    // The answers of other tests expire later than all times here.
    const [second, first, later] = [20, 10, 31].map((expires_at_ms) => anAnswer({ expires_at_ms }));
    for (const row of [second, first, later]) {
      if (row) await on.write({ op: 'insert', table: 'idempotency', row });
    }
    const keys = async (limit: number) =>
      (await on.store.listExpiredIdempotency(30, limit)).map((row) => row.idempotency_key);
    expect(await keys(10)).toEqual([first?.idempotency_key, second?.idempotency_key]);
    expect(await keys(1)).toEqual([first?.idempotency_key]);
  });
});
