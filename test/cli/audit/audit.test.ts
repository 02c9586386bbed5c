/** `keystead audit` beside a running server, and against someone who edits its database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { linkHash } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import type { SegmentRecord } from '@keystead/control-plane/storage/segments/format.ts';
import { termNumber } from '@keystead/control-plane/storage/segments/terms.ts';
import Database from 'better-sqlite3';
import { root, runKeystead, startServer, type TestServer } from '../../support/server.ts';
import { arrangeAll, onFile, rewriteChain } from '../../support/storage/segments.ts';

let server: TestServer;
let kms: KMSClient;
let keyId: string;
let logDir: string;

beforeAll(async () => {
  logDir = await mkdtemp(join(tmpdir(), 'keystead-cli-trail-'));
  const often = ['--job-interval', '0.5', '--audit-checkpoint-interval', '0.5', '--audit-log-dir', logDir];
  server = await startServer({ args: often });
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  keyId = KeyMetadata?.KeyId ?? '';
  for (let i = 0; i < 4; i += 1) await describeKey();
});

afterAll(async () => {
  kms?.destroy();
  await server?.stop();
  await rm(logDir, { recursive: true, force: true });
});

async function describeKey(): Promise<string | undefined> {
  return (await kms.send(new DescribeKeyCommand({ KeyId: keyId }))).$metadata.requestId;
}

/** Waits until a checkpoint covers everything and is delivered. */
async function covered(): Promise<void> {
  const database = new Database(join(server.dataDir, 'keystead.db'), { readonly: true });
  try {
    const left = `select (select sum(last_sequence) from audit_chains) - (select sum(size) from audit_trees) as records,
      (select max(number) from audit_checkpoints) -
        (select cast(value as integer) from meta where name = 'audit-delivered-checkpoint') as checkpoints`;
    for (;;) {
      const { records, checkpoints } = database.prepare(left).get() as Record<string, number | null>;
      if (records === 0 && checkpoints === 0) return;
      await sleep(100);
    }
  } finally {
    database.close();
  }
}

const audit = (...args: string[]) => runKeystead(['audit', ...args], { KEYSTEAD_DATA_DIR: server.dataDir });

interface Shown {
  readonly eventName: string;
  readonly requestID: string;
}

function shownIn(stdout: string): readonly Shown[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Shown);
}

describe('audit tail', () => {
  test('prints the newest records, oldest first, while the server runs', async () => {
    const newest = await describeKey();
    const { code, stdout, stderr } = await audit('tail', '-n', '3');
    expect(stderr).toBe('');
    expect(shownIn(stdout)).toHaveLength(3);
    expect(shownIn(stdout).at(-1)).toMatchObject({ eventName: 'DescribeKey', requestID: newest });
    expect(code).toBe(0);
  });

  test('prints all records when --lines is larger, and none for 0', async () => {
    const all = shownIn((await audit('tail', '-n', '1000')).stdout);
    expect(all.map(({ eventName }) => eventName)).toContain('CreateKey');
    expect(new Set(all.map(({ requestID }) => requestID)).size).toBeGreaterThanOrEqual(6);
    expect((await audit('tail', '-n', '0')).stdout).toBe('');
  });

  test('-f keeps printing new records, each once', async () => {
    const command = join(root, 'control-plane/cli/bin/keystead');
    const child = spawn(process.execPath, [command, 'audit', 'tail', '-n', '1', '-f'], {
      env: { ...process.env, NODE_OPTIONS: '', KEYSTEAD_DATA_DIR: server.dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => (JSON.parse((await lines.next()).value ?? '{}') as Shown).requestID;
    await next();
    const first = await describeKey();
    expect(await next()).toBe(first);
    const more = [await describeKey(), await describeKey()];
    expect([await next(), await next()]).toEqual(more);
    child.kill('SIGINT');
    await ended;
  });

  test('refuses a count that is not a whole number', async () => {
    const { code, stderr } = await audit('tail', '-n', 'ten');
    expect(stderr).toBe('keystead: --lines: "ten" is not a whole number.\nhint: Write it like --lines 20.\n');
    expect(code).toBe(2);
  });

  test('says where it looked when there is no data directory', async () => {
    const { code, stderr } = await runKeystead(['audit', 'tail', '--data-dir', '/nowhere/at/all']);
    expect(stderr).toMatch(/^keystead: The data directory \/nowhere\/at\/all does not exist\.\nhint: .*--data-dir/);
    expect(code).toBe(1);
  });
});

describe('audit verify', () => {
  test('finds every record intact, while the server runs', async () => {
    await covered();
    const { code, stdout, stderr } = await audit('verify');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\S+: (\d+) records, intact\n\1 audit records verified\.\nCheckpoint \d+ of \S+ covers \1/);
    expect(stdout).toMatch(/Key SHA256:[A-Za-z0-9+/]{43}\.\n$/);
    expect(code).toBe(0);
  });

  type Edit = (n: number) => (records: readonly SegmentRecord[]) => readonly SegmentRecord[];
  const only =
    (n: number, edit: (record: SegmentRecord) => readonly SegmentRecord[]) => (all: readonly SegmentRecord[]) =>
      all.flatMap((record) => (record.sequence === n ? edit(record) : [record]));
  const textAt = (all: readonly SegmentRecord[], n: number) =>
    all.find(({ sequence }) => sequence === n)?.recordJson ?? '';
  const faults: readonly (readonly [string, Edit, (n: number) => string])[] = [
    [
      'an edited record',
      (n) => only(n, (record) => [{ ...record, recordJson: record.recordJson.replace('127.0.0.1', '203.0.113.9') }]),
      (n) => `record ${n} is not what was written`,
    ],
    ['a removed record', (n) => only(n, () => []), (n) => `record ${n} is missing`],
    [
      'two records that changed places',
      (n) => (all) =>
        all.map((record) => {
          const other = record.sequence === n ? n + 1 : record.sequence === n + 1 ? n : undefined;
          return other === undefined ? record : { ...record, recordJson: textAt(all, other) };
        }),
      (n) => `record ${n} is not what was written`,
    ],
    [
      'records cut off at the end',
      (n) => (all) => all.filter(({ sequence }) => sequence < n),
      (n) => `records ${n} to ${n + 2} at the end of the chain are missing`,
    ],
  ];

  test.each(faults)('names %s and ends with 1', async (_, edit, message) => {
    const database = new Database(join(server.dataDir, 'keystead.db'));
    try {
      const { chain_id, sequence } = database
        .prepare('select chain_id, last_sequence - 2 as sequence from audit_chains order by last_sequence desc')
        .get() as { chain_id: string; sequence: number };
      const before = database.prepare('select * from audit_segments').all() as Record<string, unknown>[];
      await rewriteChain(onFile(database), chain_id, (records) => {
        const edited = edit(sequence)(records);
        expect(edited).not.toEqual(records);
        return edited;
      });
      const { code, stdout, stderr } = await audit('verify');
      expect(stdout).toBe(`${chain_id}: BROKEN, ${message(sequence)}\n`);
      expect(stderr).toMatch(/^keystead: 1 audit chain is broken\.\nhint: /);
      expect(code).toBe(1);
      restore(database, before);
    } finally {
      database.close();
    }
    expect((await audit('verify')).code).toBe(0);
  });

  function restore(database: Database.Database, rows: readonly Record<string, unknown>[]): void {
    const columns = Object.keys(rows[0] ?? {});
    const insert = database.prepare(
      `insert into audit_segments (${columns}) values (${columns.map((name) => `@${name}`)})`,
    );
    database.exec('delete from audit_segments');
    for (const row of rows) insert.run(row);
  }
});

describe('audit verify against checkpoints', () => {
  /** A copy of the server's database that a test can spoil; the server's public key is beside it. */
  async function copyOfDatabase(): Promise<{ readonly directory: string; readonly database: Database.Database }> {
    await covered();
    const directory = await mkdtemp(join(tmpdir(), 'keystead-cli-copy-'));
    const original = new Database(join(server.dataDir, 'keystead.db'), { readonly: true });
    await original.backup(join(directory, 'keystead.db'));
    original.close();
    const key = await readFile(join(server.dataDir, 'audit-public-key.pem'));
    await writeFile(join(directory, 'audit-public-key.pem'), key);
    return { directory, database: new Database(join(directory, 'keystead.db')) };
  }

  async function verifyCopy(spoil: (database: Database.Database) => unknown, ...args: string[]) {
    const { directory, database } = await copyOfDatabase();
    try {
      await spoil(database);
      database.close();
      return await runKeystead(['audit', 'verify', '--data-dir', directory, ...args]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Keeps some records of the only chain. @returns the hash of record `n` */
  async function keep(
    database: Database.Database,
    n: number,
    isKept: (record: SegmentRecord) => boolean,
  ): Promise<string> {
    let hash = '';
    await rewriteChain(onFile(database), onlyChain(database), (records) => {
      hash = records.find(({ sequence }) => sequence === n)?.hash ?? '';
      return records.filter(isKept);
    });
    return hash;
  }

  const onlyChain = (database: Database.Database): string =>
    (database.prepare('select chain_id from audit_chains').get() as { chain_id: string }).chain_id;

  test('names records that were rewritten with all their hashes', async () => {
    const { code, stdout } = await verifyCopy((database) => rewriteFrom(database, 3), '--log-dir', logDir);
    expect(stdout).toMatch(
      /: BROKEN, (record \d+ is|one or more of records \d+ to \d+ are) not what checkpoint \d+ covers\n/,
    );
    expect(stdout).toMatch(/: record 3 is not the one that was delivered\n/);
    expect(code).toBe(1);
  });

  test('finds a chain that was removed with all rows about it', async () => {
    const { code, stdout, stderr } = await verifyCopy((database) => {
      for (const table of ['audit_segments', 'audit_terms', 'audit_chains', 'audit_trees']) {
        database.exec(`delete from ${table}`);
      }
    });
    expect(stdout).toMatch(/^\S+: GONE, with its \d+ records\n$/);
    expect(stderr).toContain('The audit log does not match its checkpoints.');
    expect(code).toBe(1);
  });

  test('finds a tail that was cut off, where the recorded end of the chain was changed too', async () => {
    const { stdout } = await verifyCopy(async (database) => {
      const last = await keep(database, 4, ({ sequence }) => sequence <= 4);
      database.prepare('update audit_chains set last_sequence = 4, last_hash = ?').run(last);
    });
    expect(stdout).toMatch(/: BROKEN, records 5 to \d+ at the end of the chain are missing\n/);
  });

  test('finds removed records that pretend to be removed by retention', async () => {
    const { stdout } = await verifyCopy(async (database) => {
      const last = await keep(database, 4, ({ sequence }) => sequence > 4);
      database.prepare('update audit_chains set pruned_sequence = 4, pruned_hash = ?').run(last);
    });
    expect(stdout).toContain('BROKEN, records 1 to 4 were removed, but no checkpoint allows retention to remove them');
  });

  test('finds checkpoints that were altered, dropped or made by another key', async () => {
    const altered = await verifyCopy((database) =>
      database.exec(`update audit_checkpoints set body = replace(body, '"records":', '"records": ') where number = 2`),
    );
    expect(altered.stdout).toContain('checkpoints: BROKEN, checkpoint 2 does not verify under the public key');
    const dropped = await verifyCopy((database) => database.exec('delete from audit_checkpoints where number = 1'));
    expect(dropped.stdout).toMatch(/checkpoints: BROKEN, checkpoint 2 is the first one/);
  });

  test('finds a database that was set back to an old copy, by a checkpoint kept elsewhere', async () => {
    const { directory } = await copyOfDatabase();
    await describeKey();
    await covered();
    const kept = join(directory, 'kept.json');
    await writeFile(kept, (await audit('checkpoint')).stdout);
    const byCheckpoint = await runKeystead(['audit', 'verify', '--data-dir', directory, '--checkpoint', kept]);
    expect(byCheckpoint.stdout).toMatch(/kept\.json: ROLLED BACK, the database ends with checkpoint \d+ and this is/);
    expect(byCheckpoint.code).toBe(1);
    const byDelivery = await runKeystead(['audit', 'verify', '--data-dir', directory, '--log-dir', logDir]);
    expect(byDelivery.stdout).toContain('ROLLED BACK');
    expect((await audit('verify', '--checkpoint', kept, '--log-dir', logDir)).code).toBe(0);
    await rm(directory, { recursive: true, force: true });
  });

  test('says what it needs when there is no public key', async () => {
    const { directory, database } = await copyOfDatabase();
    database.close();
    await rm(join(directory, 'audit-public-key.pem'));
    const { code, stderr } = await runKeystead(['audit', 'verify', '--data-dir', directory]);
    expect(stderr).toMatch(/audit-public-key\.pem cannot be read: ENOENT\.\nhint: .*--public-key/);
    expect(code).toBe(1);
    await rm(directory, { recursive: true, force: true });
  });

  test('names what the log is searched by, where it is not what the records say, and rebuild-index stores it again', async () => {
    const { directory, database } = await copyOfDatabase();
    database.close();
    const run = (...args: string[]) => runKeystead(['audit', ...args, '--data-dir', directory]);
    try {
      const { chain, accountId, arn } = await sealAll(directory);
      expect((await run('verify')).code).toBe(0);
      const spoiled = new Database(join(directory, 'keystead.db'));
      const { first, last } = spoiled
        .prepare('select first_sequence as first, last_sequence as last from audit_segments')
        .get() as { first: number; last: number };
      const term = termNumber({ accountId, kind: 'resource', value: arn });
      expect(spoiled.prepare('delete from audit_terms where term = ?').run(term).changes).toBe(1);
      spoiled.exec('update audit_segments set to_ms = to_ms + 90000000');
      spoiled.exec('update audit_terms set from_ms = from_ms + 1');
      spoiled.close();
      const names = `are searched by another time and are not found by time`;
      const lines = [`${chain}: INDEX, records ${first} to ${last} ${names}`];
      const broken = await run('verify');
      expect(
        broken.stdout
          .split('\n')
          .filter((line) => line.includes('INDEX'))
          .map((line) => line.slice(0, lines[0]?.length)),
      ).toEqual(lines);
      expect(broken.stdout).toContain(` and are not found by resource ${arn}`);
      expect(broken.stderr).toMatch(/searched by other values than its records\.\nhint: .*rebuild-index/);
      expect(broken.code).toBe(1);
      expect((await run('rebuild-index')).stdout).toContain('1 entries were stored again.');
      const repaired = await run('verify');
      expect([repaired.stderr, repaired.code]).toEqual(['', 0]);
      expect((await run('rebuild-index')).stdout).toContain('The index is what the records say.');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('does not rebuild the index beside a running server on SQLite, or where there is no database', async () => {
    const { code, stderr } = await audit('rebuild-index');
    expect(stderr).toContain('Another keystead server is using');
    expect(code).toBe(3);
    const empty = await mkdtemp(join(tmpdir(), 'keystead-cli-empty-'));
    const nothing = await runKeystead(['audit', 'rebuild-index', '--data-dir', empty]);
    expect(nothing.stderr).toContain(`There is no database in ${empty}.`);
    expect(await readdir(empty)).toEqual([]);
    await rm(empty, { recursive: true });
  });

  test('fails when there are no checkpoints at all', async () => {
    const { code, stdout, stderr } = await verifyCopy((database) => {
      for (const table of ['audit_checkpoints', 'audit_trees']) database.exec(`delete from ${table}`);
    });
    expect(stdout).toContain('checkpoints: MISSING, there is none');
    expect(stderr).toMatch(/^keystead: Checkpoints of the audit log are missing\.\nhint: /);
    expect(code).toBe(1);
  });

  test('fails when the newest checkpoints were removed: the log goes on for too long without one', async () => {
    await new Promise((later) => setTimeout(later, 1100));
    await describeKey();
    const cut = (database: Database.Database) => {
      database.exec('delete from audit_checkpoints where number > 1');
      const { body } = database.prepare('select body from audit_checkpoints').get() as { body: string };
      const [[, size, head]] = (JSON.parse(body) as { entries: [[string, number, string]] }).entries;
      database.exec(`update audit_trees set size = ${size}, head_hash = '${head}'`);
    };
    const { code, stdout } = await verifyCopy(cut, '--checkpoint-interval', '0.1');
    expect(stdout).toMatch(/: NOT COVERED, no checkpoint covers record \d+ of \S+, although the log goes on until /);
    expect(code).toBe(1);
  });

  test('fails when the tree of a chain is missing, or another than the newest checkpoint signs', async () => {
    const missing = await verifyCopy((database) => database.exec('delete from audit_trees'));
    expect(missing.stdout).toMatch(/: TREE, it is missing: the next checkpoint cannot continue this chain\n/);
    expect(missing.code).toBe(1);
    const other = await verifyCopy((database) => database.exec(`update audit_trees set peaks = '["ff"]'`));
    expect(other.stdout).toMatch(/: TREE, it is not the one that the newest checkpoint signs\n/);
    expect(other.code).toBe(1);
  });

  test('fails for a log directory that does not exist or is empty', async () => {
    await covered();
    const empty = await mkdtemp(join(tmpdir(), 'keystead-cli-empty-'));
    const key = ['--public-key', join(server.dataDir, 'audit-public-key.pem')];
    for (const [directory, what] of [
      [join(empty, 'nowhere'), 'does not exist.'],
      [key[1] ?? '', 'is not a directory.'],
      [empty, 'has no checkpoints: nothing in it can be verified.'],
    ] as const) {
      for (const result of [
        await runKeystead(['audit', 'verify-logs', directory, ...key]),
        await audit('verify', '--log-dir', directory),
      ]) {
        expect(result.stderr).toContain(`The log directory ${directory} ${what}\nhint: `);
        expect([result.code, result.stdout]).toEqual([1, '']);
      }
    }
    await rm(empty, { recursive: true });
  });

  /** What an attacker who knows the log's format does: new text, new hashes, new end. */
  async function rewriteFrom(database: Database.Database, first: number): Promise<void> {
    const chainId = onlyChain(database);
    let previousHash = '';
    await rewriteChain(onFile(database), chainId, (records) =>
      records.map((record) => {
        if (record.sequence < first) {
          previousHash = record.hash;
          return record;
        }
        const recordJson = record.recordJson.replace('127.0.0.1', '203.0.113.9');
        const link = { chainId, sequence: record.sequence, previousHash, recordJson };
        previousHash = linkHash(link);
        return { ...record, ...link, hash: previousHash };
      }),
    );
    database.prepare('update audit_chains set last_hash = ?').run(previousHash);
  }

  /** @returns a resource that a record names */
  async function sealAll(dataDir: string) {
    const store = await openStore({ database: 'sqlite', dataDir, clock: systemClock });
    try {
      await arrangeAll(store, Date.now() + 3_600_000);
      const [{ chainId } = { chainId: '' }] = await store.listAuditChains();
      const { rows } = await store.listAudit(chainId, { after: 0, limit: 10 });
      const record = rows
        .map(({ recordJson }) => JSON.parse(recordJson) as AuditRecord)
        .find(({ resources }) => resources);
      const [resource] = record?.resources ?? [];
      return { chain: chainId, accountId: record?.recipientAccountId ?? '', arn: resource?.ARN ?? '' };
    } finally {
      await store.close();
    }
  }
});

describe('a log directory', () => {
  test('verifies by itself, and names a record that was changed', async () => {
    await covered();
    const good = await runKeystead(['audit', 'verify-logs', logDir]);
    expect(good.stderr).toBe('');
    expect(good.stdout).toMatch(/^\d+ audit records verified, up to checkpoint \d+\. Key SHA256:/);
    const names = await readdir(logDir, { recursive: true });
    const log = join(logDir, names.find((name) => name.endsWith('.json.gz')) ?? '');
    const original = await readFile(log);
    await writeFile(log, gzipSync(gunzipSync(original).toString().replace('us-east-1', 'us-east-2')));
    const { code, stdout } = await runKeystead(['audit', 'verify-logs', logDir]);
    expect(stdout).toMatch(/AWSLogs\S+: record \d+ of chain \S+ is not what was written \(\w+, event [0-9a-f-]{36}\)/);
    expect(code).toBe(1);
    await writeFile(log, original);
  });
});

describe('a proof', () => {
  test('shows one record to anyone with the public key, and refuses an altered one', async () => {
    await describeKey();
    await covered();
    const newest = JSON.parse((await audit('tail', '-n', '1')).stdout) as { readonly eventID: string };
    const { stdout, stderr } = await audit('prove', newest.eventID);
    expect(stderr).toBe('');
    const file = join(logDir, 'proof.json');
    const key = ['--public-key', join(server.dataDir, 'audit-public-key.pem')];
    await writeFile(file, stdout);
    const shown = await runKeystead(['audit', 'verify-proof', file, ...key]);
    expect(JSON.parse(shown.stdout)).toEqual(newest);
    await writeFile(file, stdout.replace('us-east-1', 'us-east-2'));
    const refused = await runKeystead(['audit', 'verify-proof', file, ...key]);
    expect(refused.stderr).toContain('The proof does not hold: the record is not the one in the chain at this place.');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    await writeFile(file, '{}');
    expect((await runKeystead(['audit', 'verify-proof', file, ...key])).stderr).toContain('does not hold a proof');
  });

  test('cannot be made for an event that is not there', async () => {
    const { code, stderr } = await audit('prove', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
    expect(stderr).toMatch(/^keystead: There is no event 017f22e2/);
    expect(code).toBe(1);
  });
});
