// @ts-check
/**
 * Hostile code inside the API process: preloaded by NODE_OPTIONS, it waits for SIGUSR2, then tries what an attacker
 * would try, and writes what it got to standard error as one line of JSON. The targets come in the environment.
 */
import { spawnSync } from 'node:child_process';
import { openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** @param {() => unknown} attempt */
function outcomeOf(attempt) {
  try {
    return attempt() ? 'succeeded' : 'failed';
  } catch (error) {
    return String(/** @type {NodeJS.ErrnoException} */ (error).code ?? error);
  }
}

/** The memory of a process can be read through /proc at any address that it has mapped. @param {string} pid */
function readMemoryOf(pid) {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  const [start = '0'] = /** @type {RegExpExecArray} */ (/^([0-9a-f]+)-[0-9a-f]+ rw/m.exec(maps)).slice(1);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  return readSync(memory, Buffer.alloc(16), 0, 16, Number.parseInt(start, 16)) === 16;
}

/** What native code can do is what the kernel lets it do. @param {string} file */
function readWithNativeCode(file) {
  const Database = createRequire(process.argv[1] ?? '')('better-sqlite3');
  const database = new Database(':memory:');
  try {
    // SQLite opens the file, reads it, and says that it is not a database: it could read it.
    database.exec(`attach database '${file}' as stolen; select * from stolen.sqlite_schema`);
    return true;
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'SQLITE_NOTADB') return true;
    throw error;
  }
}

if (process.env.HOSTILE_ROOT_KEY && process.argv.includes('--hsm')) {
  process.on('SIGUSR2', () => {
    const rootKey = process.env.HOSTILE_ROOT_KEY ?? '';
    const dataDir = process.env.HOSTILE_DATA_DIR ?? '';
    const pid = readFileSync(`${dataDir}/run/hostile-target`, 'utf8').trim();
    const results = {
      uid: process.geteuid?.(),
      readRootKey: outcomeOf(() => readFileSync(rootKey).length > 0),
      readRootKeyThroughProc: outcomeOf(() => readFileSync(`/proc/self/root${rootKey}`).length > 0),
      replaceRootKey: outcomeOf(() => writeFileSync(rootKey, Buffer.alloc(32)) === undefined),
      readRootKeyWithNativeCode: outcomeOf(() => readWithNativeCode(rootKey)),
      readMemoryOfHsm: outcomeOf(() => readMemoryOf(pid)),
      readEnvironmentOfHsm: outcomeOf(() => readFileSync(`/proc/${pid}/environ`)),
      signalHsm: outcomeOf(() => process.kill(Number(pid), 0)),
      startProcess: outcomeOf(() => spawnSync('/bin/true').status === 0),
      listSystemConfiguration: outcomeOf(() => readdirSync('/etc').length > 0),
      capabilities: outcomeOf(() => /^CapEff:\s+0+$/m.test(readFileSync('/proc/self/status', 'utf8'))),
      readOwnDatabase: outcomeOf(() => readFileSync(`${dataDir}/keystead.db`).length > 0),
    };
    process.stderr.write(`hostile ${JSON.stringify(results)}\n`);
  });
}
