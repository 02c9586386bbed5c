/** `keystead audit` beside a running server, and against someone who edits its database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import Database from 'better-sqlite3';
import { root, runKeystead, startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let kms: KMSClient;
let keyId: string;

beforeAll(async () => {
  server = await startServer();
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  keyId = KeyMetadata?.KeyId ?? '';
  for (let i = 0; i < 4; i += 1) await describeKey();
});

afterAll(async () => {
  kms?.destroy();
  await server?.stop();
});

async function describeKey(): Promise<string | undefined> {
  return (await kms.send(new DescribeKeyCommand({ KeyId: keyId }))).$metadata.requestId;
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

  test('prints all there are when asked for more, and none when asked for none', async () => {
    const all = shownIn((await audit('tail', '-n', '1000')).stdout);
    expect(all.map(({ eventName }) => eventName)).toContain('CreateKey');
    expect(new Set(all.map(({ requestID }) => requestID)).size).toBeGreaterThanOrEqual(6);
    expect((await audit('tail', '-n', '0')).stdout).toBe('');
  });

  test('-f goes on printing what comes, each record once', async () => {
    const command = join(root, 'control-plane/bin/keystead');
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

  test('refuses a count that is none', async () => {
    const { code, stderr } = await audit('tail', '-n', 'ten');
    expect(stderr).toBe('keystead: --lines is "ten".\nhint: It takes a whole number.\n');
    expect(code).toBe(2);
  });

  test('says where it looked when there is no data directory', async () => {
    const { code, stderr } = await runKeystead(['audit', 'tail', '--data-dir', '/nowhere/at/all']);
    expect(stderr).toMatch(/^keystead: There is no data directory \/nowhere\/at\/all\.\nhint: .*--data-dir/);
    expect(code).toBe(1);
  });
});

describe('audit verify', () => {
  test('finds every record intact, while the server runs', async () => {
    const { code, stdout } = await audit('verify');
    expect(stdout).toMatch(/^\S+: (\d+) records, intact\n\1 audit records verified\.\n$/);
    expect(code).toBe(0);
  });

  interface Row {
    readonly chain_id: string;
    readonly sequence: number;
  }
  const where = 'where chain_id = @chain_id and sequence = @sequence';
  const faults: readonly (readonly [string, (database: Database.Database, row: Row) => void, (n: number) => string])[] =
    [
      [
        'an edited record',
        (database, row) => {
          const edit = `replace(record_json, '127.0.0.1', '203.0.113.9')`;
          expect(database.prepare(`update audit_log set record_json = ${edit} ${where}`).run(row).changes).toBe(1);
        },
        (n) => `record ${n} is not what was written`,
      ],
      [
        'a removed record',
        (database, row) => void database.prepare(`delete from audit_log ${where}`).run(row),
        (n) => `record ${n} is missing`,
      ],
      [
        'two records that changed places',
        (database, row) => {
          const texts = 'select record_json from audit_log';
          const swap = `update audit_log set record_json = case sequence
          when @sequence then (${texts} where chain_id = @chain_id and sequence = @sequence + 1)
          else (${texts} where chain_id = @chain_id and sequence = @sequence) end
          where chain_id = @chain_id and sequence in (@sequence, @sequence + 1)`;
          expect(database.prepare(swap).run(row).changes).toBe(2);
        },
        (n) => `record ${n} is not what was written`,
      ],
      [
        'records cut off at the end',
        (database, row) =>
          void database
            .prepare(where.replace('where', 'delete from audit_log where').replace('= @sequence', '>= @sequence'))
            .run(row),
        (n) => `records ${n} to ${n + 2} at the end of the chain are missing`,
      ],
    ];

  test.each(faults)('names %s and ends with 1', async (_, tamper, message) => {
    const database = new Database(join(server.dataDir, 'keystead.db'));
    database.pragma('foreign_keys = off');
    try {
      const row = database
        .prepare('select chain_id, last_sequence - 2 as sequence from audit_chains order by last_sequence desc')
        .get() as Row;
      const before = database.prepare('select * from audit_log').all() as Record<string, unknown>[];
      tamper(database, row);
      const { code, stdout, stderr } = await audit('verify');
      expect(stdout).toBe(`${row.chain_id}: BROKEN, ${message(row.sequence)}\n`);
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
      `insert or replace into audit_log (${columns}) values (${columns.map((name) => `@${name}`)})`,
    );
    for (const row of rows) insert.run(row);
  }
});
