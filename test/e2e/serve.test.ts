/** Start and stop of `keystead serve`, as an operator sees them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { aKey, caller } from '../support/calls.ts';
import { needs } from '../support/needs.ts';
import { descendantsOf, stillRunning } from '../support/processes.ts';
import {
  asOneUser,
  type CommandResult,
  command,
  runKeystead,
  type ServerOptions,
  startServer,
} from '../support/server.ts';

needs('ps');

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-serve-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

const start = (options: ServerOptions = {}) => startServer({ dataDir, ...options });

/** A start that must fail. */
const refused = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> =>
  runKeystead(['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...asOneUser, ...args], env);

const mode = async (name = '') => ((await stat(join(dataDir, name))).mode & 0o777).toString(8);

describe('the first start', () => {
  test('creates directory, root key, credentials and database so that only their owner can read them', async () => {
    await rm(dataDir, { recursive: true });
    const server = await start();
    expect(await mode()).toBe('700');
    for (const name of ['root.key', 'credentials', 'keystead.db', 'keystead.db-wal']) {
      expect([name, await mode(name)]).toEqual([name, '600']);
    }
    expect((await stat(join(dataDir, 'root.key'))).size).toBe(32);
    expect(await readFile(join(dataDir, 'credentials'), 'utf8')).toMatch(
      /^\[default\]\naws_access_key_id = AKIA[A-Z2-7]{16}\naws_secret_access_key = \S{40}\nregion = us-east-1\n$/m,
    );
    await server.stop();
  });

  test('uses the credentials of an earlier first start that was killed before they were in the database', async () => {
    const first = await start();
    await first.stop();
    const database = new Database(join(dataDir, 'keystead.db'));
    for (const table of ['access_keys', 'principals', 'accounts']) database.exec(`delete from ${table}`);
    database.close();
    const second = await start();
    expect(second.credentials).toEqual(first.credentials);
    await aKey(caller(second.endpoint, first.credentials));
    await second.stop();
  });

  test('takes root credentials from the environment, and new ones at the next start, each on record', async () => {
    const env = {
      KEYSTEAD_ROOT_ACCESS_KEY_ID: 'AKIAFIRST00000000000',
      KEYSTEAD_ROOT_SECRET_ACCESS_KEY: 'first-'.repeat(7),
    };
    const first = await start({ env });
    await aKey(caller(first.endpoint, first.credentials));
    await first.stop();
    const changed = { ...env, KEYSTEAD_ROOT_SECRET_ACCESS_KEY: 'second'.repeat(7) };
    const second = await start({ env: changed });
    await aKey(caller(second.endpoint, second.credentials));
    expect((await caller(second.endpoint, first.credentials).aws('ListKeys')).code).toBe('InvalidSignatureException');
    const recorded = await second.keystead('audit', 'tail', '--lines', '100');
    expect(recorded.stdout.match(/CreateRootAccessKey/g)).toHaveLength(2);
    await second.stop();
    await expect(stat(join(dataDir, 'credentials'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a start is refused', () => {
  test.each([
    ['an unknown option', ['--colour', 'red'], {}],
    ['an unknown log level', ['--log-level', 'loud'], {}],
    ['a listen address without a port', ['--listen', 'localhost'], {}],
    ['an account id that is not 12 digits', ['--account-id', '42'], {}],
    ['an unknown kind of database', ['--database', 'mysql://root:hunter2@db'], {}],
    ['an unknown kind of seal', ['--seal', 'paper'], {}],
    ['a grace period that is not a number', ['--shutdown-grace', 'soon'], {}],
    ['half of the root credentials', [], { KEYSTEAD_ROOT_ACCESS_KEY_ID: 'AKIAFIRST00000000000' }],
  ])('with exit code 2 and a hint on %s', async (_, args, env) => {
    const { code, stderr } = await refused(args, env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^(keystead: .*\nhint: .*|error: .*\n(.*\n)*.*--help.*)\n$/);
    expect(stderr).not.toContain('hunter2');
  });

  test.each([
    ['--account-id', '42'],
    ['--audit-deadline', '0'],
    ['--audit-retention-days', 'soon'],
    ['--config', '/nowhere.json'],
    ['--database', 'mysql://db'],
    ['--failed-authentications', '-1'],
    ['--hsm', '/run/hsm.sock'],
    ['--job-interval', 'often'],
    ['--listen', 'banana'],
    ['--log-level', 'loud'],
    ['--plaintext', 'somewhere'],
    ['--quotas', '/nowhere.json'],
    ['--region', 'nowhere'],
    ['--regions', 'us-east-1,nowhere'],
    ['--seal', 'paper'],
    ['--seal', 'passphrase:/root.key'],
    ['--shutdown-grace', 'soon'],
    ['--user', 'no such user'],
    ['--xks-connect-to', 'banana'],
    ['--xks-timeout', '0'],
  ])('by the name of the flag for %s %s', async (flag, value) => {
    const { code, stderr } = await refused([`${flag}=${value}`]);
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^(keystead|error): .*${flag}`)),
    ]);
  });

  test.each([
    ['is not JSON', 'listen: 8600'],
    ['is not an object', '["listen"]'],
    ['names an unknown option', '{"lisen": "127.0.0.1:0"}'],
  ])('with exit code 2 when the config file %s', async (_, text) => {
    const config = join(dataDir, 'config.json');
    await writeFile(config, text);
    const { code, stderr } = await refused(['--config', config]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/config\.json.*\nhint: /)]);
  });

  test('with exit code 3 while another server uses the data directory, and that server keeps running', async () => {
    const server = await start();
    const { code, stderr } = await refused();
    expect([code, stderr]).toEqual([3, expect.stringMatching(/using .*\nhint: .*--data-dir/)]);
    await aKey(caller(server.endpoint, server.credentials));
    await server.stop();
  });

  test('with exit code 4 when the address is in use, and no process is left', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { code, stderr } = await refused(['--listen', `127.0.0.1:${address.port}`]);
    taken.close();
    expect([code, stderr]).toEqual([4, expect.stringMatching(/already in use.*\nhint: .*--listen/)]);
  });

  describe('with exit code 5 when the root key', () => {
    let keyId: string;
    let home: string;
    const key = () => join(home, 'root.key');
    const kept = () => join(home, 'kept.key');

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'keystead-root-key-'));
      const server = await startServer({ dataDir: home });
      keyId = (await aKey(caller(server.endpoint, server.credentials))).keyId;
      await server.stop();
    });
    afterAll(async () => {
      await rm(home, { recursive: true, force: true });
    });
    beforeEach(() => rename(key(), kept()));
    afterEach(async () => {
      await rm(key(), { recursive: true, force: true });
      await rename(kept(), key());
    });

    test.each([
      ['is missing', async () => undefined, /There is no root key/],
      ['belongs to another database', () => writeFile(key(), Buffer.alloc(32, 1), { mode: 0o600 }), /not the one/],
      ['is too short', () => writeFile(key(), Buffer.alloc(31, 1), { mode: 0o600 }), /has 31 bytes/],
      ['is readable by others', () => copyFile(kept(), key()).then(() => chmod(key(), 0o644)), /open to other users/],
      ['is a directory', () => mkdir(key(), { mode: 0o700 }), /cannot be read|is not a regular file/],
    ])('%s', async (_, spoil, message) => {
      await spoil();
      const { code, stderr } = await refused(['--data-dir', home]);
      expect([code, stderr]).toEqual([5, expect.stringMatching(message)]);
      expect(stderr).toMatch(/\nhint: ./);
    });

    test('and a later start with the right root key succeeds, and the keys work', async () => {
      await copyFile(kept(), key());
      await chmod(key(), 0o600);
      const server = await startServer({ dataDir: home });
      const input = { KeyId: keyId, Plaintext: 'aGVsbG8=' };
      expect((await caller(server.endpoint, server.credentials).aws('Encrypt', input)).status).toBe(200);
      await server.stop();
    });
  });

  test.each([
    ['cannot be reached', ['--database', 'postgres://keystead:hunter2@127.0.0.1:1/keystead']],
    ['has no address', ['--database', 'postgres://keystead:hunter2@nowhere.invalid/keystead']],
  ])('with exit code 6 when the database %s, without its password', async (_, args) => {
    const { code, stderr } = await refused(args);
    expect([code, stderr]).toEqual([6, expect.stringMatching(/PostgreSQL: .+\nhint: .*--database/)]);
    expect(stderr).not.toContain('hunter2');
  });

  test('with exit code 6 when the database file is not a database', async () => {
    await writeFile(join(dataDir, 'keystead.db'), 'no database at all '.repeat(100));
    const { code, stderr } = await refused();
    expect([code, stderr]).toEqual([6, expect.stringMatching(/keystead\.db: .+\nhint: /)]);
  });
});

describe('an option', () => {
  const accountOf = async (options: ServerOptions) => {
    const server = await start(options);
    const { json } = await caller(server.endpoint, server.credentials).rest('GET', '/v1/caller-identity');
    await server.stop();
    return json.Account;
  };

  test('is taken from a flag first, then from a variable, then from the config file', async () => {
    const config = join(dataDir, 'config.json');
    await writeFile(config, JSON.stringify({ region: 'eu-west-3', 'job-interval': 3600, 'log-level': 'debug' }));
    const server = await start({
      args: ['--config', config, '--log-level', 'warn'],
      env: { KEYSTEAD_LOG_LEVEL: 'info', KEYSTEAD_REGION: 'eu-west-2' },
    });
    await server.stop();
    expect(server.log()).not.toContain('serving');
    expect(await readFile(join(dataDir, 'credentials'), 'utf8')).toContain('region = eu-west-2');
  });

  test('for the account sets the account of the root user', async () => {
    expect(await accountOf({ accountId: '444455556666' })).toBe('444455556666');
  });
});

describe('a stop', () => {
  /** A server in a process group of its own, as a shell starts it. */
  async function startGroup(): Promise<{ child: ChildProcess; endpoint: string; log: () => string }> {
    const child = spawn(process.execPath, [command, 'serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
    if (!child.stdout) throw new Error('the server has no output');
    const [line] = await once(createInterface(child.stdout), 'line');
    return { child, endpoint: / at (\S+)$/.exec(line)?.[1] ?? '', log: () => log };
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s to the whole group answers every request under way, and only then ends the HSM',
    async (signal) => {
      const { child, endpoint, log } = await startGroup();
      const text = await readFile(join(dataDir, 'credentials'), 'utf8');
      const [, accessKeyId = '', secretAccessKey = ''] = /id = (\S+)\n.*key = (\S+)/.exec(text) ?? [];
      const by = caller(endpoint, { accessKeyId, secretAccessKey });
      const { keyId } = await aKey(by);
      const hsms = await descendantsOf(child.pid as number);
      // `keystead hsm`, and the HSM process that it keeps running.
      expect(hsms).toHaveLength(2);

      const exit = once(child, 'exit');
      const input = { KeyId: keyId, Plaintext: Buffer.alloc(4096).toString('base64') };
      const underWay = Array.from({ length: 40 }, () => by.aws('Encrypt', input).catch((error) => error.code));
      await Promise.race(underWay);
      process.kill(-(child.pid as number), signal);
      const answers = await Promise.all(underWay);
      // A request that had not reached the server gets no answer; all others get a complete one.
      for (const answer of answers) {
        if (typeof answer === 'string') expect(['ECONNRESET', 'ECONNREFUSED']).toContain(answer);
        else expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('CiphertextBlob')]);
      }
      expect(await exit).toEqual([0, null]);
      expect(await stillRunning(hsms, 5_000)).toEqual([]);
      expect(log()).toContain('"stopped"');
      expect(log()).not.toMatch(/died|"level":(50|60)/);
    },
  );

  test('does not wait for clients with open connections, idle or busy', async () => {
    const server = await start({ args: ['--shutdown-grace', '600'] });
    const by = caller(server.endpoint, server.credentials);
    await Promise.all(Array.from({ length: 10 }, () => by.aws('ListKeys')));
    let answers = 0;
    const busy = (async () => {
      for (;;) {
        const answer = await by.aws('ListKeys').catch(() => undefined);
        if (!answer) return;
        answers += 1;
      }
    })();
    while (answers === 0) await sleep(5);
    await server.stop();
    await busy;
    expect(server.log()).toContain('"stopped"');
  });
});
