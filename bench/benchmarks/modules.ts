/**
 * How many module files of this repository a server loads to start and to answer one Encrypt. An exact count without a
 * floor: each module costs start-up time and memory, and a change that splits files shows here first.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { call, prepareEncrypt } from '../load/prepare.ts';
import type { Benchmark, RoundSamples } from '../measure/benchmark.ts';
import { type Closers, withClosers } from '../measure/closers.ts';
import { cleanEnvironment, root, scripts } from '../servers/paths.ts';
import { callerOf, startKeystead } from '../servers/processes.ts';

const shape = { unit: 'modules', better: 'lower' } as const;

export const modules: Benchmark = {
  name: 'modules',
  summary: 'module files that a server loads to start and to answer one Encrypt',
  rounds: 1,
  lasting: false,
  figures: [
    { id: 'modules-api', name: 'Loaded for one Encrypt, API main thread', ...shape },
    { id: 'modules-writer', name: 'Loaded for one Encrypt, SQLite writer thread', ...shape },
    { id: 'modules-hsm', name: 'Loaded for one Encrypt, HSM process', ...shape },
    { id: 'modules-total', name: 'Loaded for one Encrypt, different files in all', ...shape },
  ],
  prepare: () => withClosers(async (closers) => ({ measure: () => measure(closers), close: closers.close })),
};

async function measure(closers: Closers): Promise<RoundSamples> {
  const into = await answerOneEncrypt(closers);
  const written = (list: string) => readFile(join(into, list), 'utf8');
  const api = ownModules('API main thread', await written('api'));
  const writer = ownModules('SQLite writer thread', await written('api-thread'));
  const hsm = ownModules('HSM process', await importsOf(await written('hsm-program')));
  return {
    'modules-api': { subject: api.size },
    'modules-writer': { subject: writer.size },
    'modules-hsm': { subject: hsm.size },
    'modules-total': { subject: new Set([...api, ...writer, ...hsm]).size },
  };
}

/**
 * The key is made by an earlier start, so that CreateKey's own modules are not counted. @returns where the lists are
 */
async function answerOneEncrypt(closers: Closers): Promise<string> {
  const dataDir = await closers.directory();
  const into = join(dataDir, 'modules');
  await mkdir(into);
  const earlier = await startKeystead(dataDir);
  const prepared = await callerOf(earlier, dataDir).then(prepareEncrypt).finally(earlier.stop);
  const { KeyId } = JSON.parse(prepared.body) as { readonly KeyId: string };
  const environment = { NODE_OPTIONS: `--import=${pathToFileURL(scripts.countModules)}`, COUNT_MODULES_INTO: into };
  const counted = await startKeystead(dataDir, { environment });
  await callerOf(counted, dataDir)
    .then((caller) => call(caller, 'Encrypt', { KeyId, Plaintext: Buffer.from('one').toString('base64') }))
    .finally(counted.stop);
  return into;
}

/** The HSM process does not start with preloaded code: its modules are those that its program imports. */
async function importsOf(program: string): Promise<string> {
  const options = { env: cleanEnvironment() };
  return (await promisify(execFile)(process.execPath, [scripts.listImports, program], options)).stdout;
}

/** @throws Error when there are none: then nothing was counted. */
function ownModules(where: string, list: string): ReadonlySet<string> {
  const files = list.split('\n').map((file) => relative(root, file));
  const isOwn = (file: string) => file !== '' && !file.startsWith('..') && !file.split(sep).includes('node_modules');
  const own = new Set(files.filter(isOwn));
  if (own.size === 0) throw new Error(`the list of ${where} names no module of this repository`);
  return own;
}
