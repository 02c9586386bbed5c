/**
 * A real server under continuous load, whose processes are killed at random moments with SIGKILL: API process and HSM
 * process in turn, and PostgreSQL if requested. Afterwards the answers to clients are compared with the stored state.
 */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aUser, caller } from '../support/calls.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { descendantsOf, hsmOf, stillRunning } from '../support/processes.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { checkKeys, enableAll, type Faults, LogFollower } from './check.ts';
import { checkDelivery, checkMirror, mirrorOf, trailOf } from './delivered.ts';
import { type Address, Ledger, Workload } from './workload.ts';

export interface KillOptions {
  readonly engine: 'sqlite' | 'postgres';
  readonly kills: number;
  readonly clients?: number;
  /** After so many kills, both logs are checked, and the keys that were used since the last check. */
  readonly checkEvery?: number;
  /** PostgreSQL is killed too, at every n-th kill; default never. */
  readonly killDatabaseEvery?: number;
  readonly progress?: (line: string) => void;
}

export interface KillReport {
  readonly faults: Faults;
  readonly apiKills: number;
  readonly hsmKills: number;
  readonly databaseKills: number;
  readonly keys: number;
  readonly ciphertexts: number;
  readonly answers: number;
  /** Attempts without an answer, or with KMSInternalException, which were repeated. */
  readonly repeated: number;
  readonly auditRecords: number;
  readonly changes: number;
}

const MAX_PAUSE_BETWEEN_KILLS_MS = 600;
const ORPHAN_PATIENCE_MS = 10_000;

export async function runKills(options: KillOptions): Promise<KillReport> {
  const postgres = options.engine === 'postgres' ? await startPostgres() : undefined;
  const dataDir = await mkdtemp(join(tmpdir(), 'keystead-kill-'));
  try {
    const database = (await postgres?.createDatabase()) ?? 'sqlite';
    const run = new KillRun(options, dataDir, database, postgres);
    return await run.run();
  } finally {
    await postgres?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

class KillRun {
  readonly #options: KillOptions;
  readonly #dataDir: string;
  readonly #database: string;
  readonly #postgres: PostgresServer | undefined;
  readonly #ledger = new Ledger();
  readonly #logs: LogFollower;
  readonly #faults: string[] = [];
  readonly #kills = { apiKills: 0, hsmKills: 0, databaseKills: 0 };

  constructor(options: KillOptions, dataDir: string, database: string, postgres: PostgresServer | undefined) {
    this.#options = options;
    this.#dataDir = dataDir;
    this.#database = database;
    this.#postgres = postgres;
    this.#logs = new LogFollower(database, dataDir);
  }

  async run(): Promise<KillReport> {
    const { kills, checkEvery = 5, killDatabaseEvery = 0, progress = () => undefined } = this.#options;
    let server = await this.#start();
    const address: Address = { endpoint: server.endpoint };
    const workload = await this.#workload(server, address);
    try {
      // A killed node keeps the lease of the jobs: it must have delivered something before.
      while (!existsSync(join(trailOf(this.#dataDir), 'Checkpoints'))) await sleep(50);
      workload.resume();
      for (let kill = 1; kill <= kills && this.#faults.length === 0; kill += 1) {
        await sleep(randomInt(MAX_PAUSE_BETWEEN_KILLS_MS));
        workload.throwFailure();
        if (killDatabaseEvery > 0 && kill % killDatabaseEvery === 0) await this.#killDatabase();
        if (kill % 2 === 1) {
          server = await this.#killServer(server);
          address.endpoint = server.endpoint;
        } else {
          await this.#killHsm(server);
        }
        if (kill % checkEvery !== 0 && kill !== kills) continue;
        await workload.pause();
        await this.#check(server);
        progress(this.#line(kill));
        workload.resume();
      }
      await workload.pause();
      await this.#checkAll(server);
      return this.#report();
    } finally {
      await workload.pause().catch(() => undefined);
      await server.stop();
    }
  }

  #start(): Promise<TestServer> {
    const often = ['--job-interval', '0.2', '--audit-checkpoint-interval', '0.2'];
    const beside = ['--audit-log-dir', trailOf(this.#dataDir), '--audit-mirror', mirrorOf(this.#dataDir)];
    return startServer({ dataDir: this.#dataDir, database: this.#database, args: [...often, ...beside] });
  }

  async #workload(server: TestServer, address: Address): Promise<Workload> {
    const { credentials: root, accountId } = server;
    const by = caller(server.endpoint, root);
    const names = Array.from({ length: this.#options.clients ?? 6 }, (_, index) => `client-${index}`);
    const users = await Promise.all(
      names.map(async (name) => {
        const { arn, ...credentials } = await aUser(by, name);
        return { arn, credentials };
      }),
    );
    return new Workload({ ledger: this.#ledger, address, root, users, accountId });
  }

  async #killServer(server: TestServer): Promise<TestServer> {
    const children = await descendantsOf(server.pid);
    await server.kill();
    this.#kills.apiKills += 1;
    const orphans = await stillRunning(children, ORPHAN_PATIENCE_MS);
    if (orphans.length > 0) this.#faults.push(`HSM processes ${orphans.join(', ')} outlived their server`);
    return this.#start();
  }

  async #killHsm(server: TestServer): Promise<void> {
    process.kill(await hsmOf(server.pid), 'SIGKILL');
    this.#kills.hsmKills += 1;
  }

  async #killDatabase(): Promise<void> {
    await this.#postgres?.kill();
    this.#kills.databaseKills += 1;
    await this.#postgres?.restart();
  }

  async #check(server: TestServer): Promise<void> {
    const touched = this.#ledger.keys.filter((key) => key.touched);
    this.#faults.push(...(await checkKeys(server.endpoint, server.credentials, this.#ledger, touched)));
    this.#faults.push(...(await this.#logs.check(this.#ledger)));
  }

  async #checkAll(server: TestServer): Promise<void> {
    const { endpoint, credentials } = server;
    const state = await checkKeys(endpoint, credentials, this.#ledger, this.#ledger.keys);
    await enableAll(endpoint, credentials, this.#ledger);
    const ciphertexts = await checkKeys(endpoint, credentials, this.#ledger, this.#ledger.keys, true);
    this.#faults.push(...state, ...ciphertexts, ...(await this.#logs.check(this.#ledger)));
    const logDir = ['--log-dir', trailOf(this.#dataDir)];
    const verified = await server.keystead('audit', 'verify', '--database', this.#database, ...logDir);
    if (verified.code !== 0) this.#faults.push(`audit verify: ${verified.stdout}${verified.stderr}`);
    this.#faults.push(...(await checkMirror(this.#dataDir, this.#ledger)));
    // On PostgreSQL the lease of a killed node lasts a minute, longer than this run, so its jobs do not run in time.
    if (this.#options.engine === 'postgres') return;
    this.#faults.push(...(await checkDelivery(this.#dataDir, this.#ledger)));
    const logs = await server.keystead('audit', 'verify-logs', trailOf(this.#dataDir));
    if (logs.code !== 0) this.#faults.push(`audit verify-logs: ${logs.stdout}${logs.stderr}`);
  }

  #line(kill: number): string {
    const { keys, ciphertexts, answers, repeated, auditRecords, changes } = this.#report();
    const logs = `${auditRecords} audit records, ${changes} changes`;
    return `${this.#options.engine}: ${kill} kills, ${keys} keys, ${ciphertexts} ciphertexts, ${answers} answers, ${repeated} repeats, ${logs}`;
  }

  #report(): KillReport {
    const { keys, answered, repeated } = this.#ledger;
    return {
      faults: this.#faults,
      ...this.#kills,
      keys: keys.length,
      ciphertexts: keys.reduce((sum, key) => sum + key.ciphertexts.length, 0),
      answers: answered.size,
      repeated,
      ...this.#logs.counts,
    };
  }
}
