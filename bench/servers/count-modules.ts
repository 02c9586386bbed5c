/**
 * Preloaded into a server (`--import`): writes a line for each module file that its main thread (`api`) or its other
 * threads (`api-thread`) load, into lists in the directory COUNT_MODULES_INTO. Only the count of modules uses it, never
 * a measurement of time. The HSM process does not start with preloaded code, so only the path of its program is written
 * down (`hsm-program`), for bench/servers/list-imports.ts.
 */
import childProcess from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const { COUNT_MODULES_INTO: directory } = process.env;
if (directory === undefined) throw new Error('COUNT_MODULES_INTO must name a directory');
const list = join(directory, isMainThread ? 'api' : 'api-thread');

module.registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) appendFileSync(list, `${fileURLToPath(url)}\n`);
    return nextLoad(url, context);
  },
});

if (isMainThread) {
  const { spawn } = childProcess;
  const noting = (program: string, args: readonly string[], options: childProcess.SpawnOptions) => {
    writeFileSync(join(directory, 'hsm-program'), args.at(-1) ?? '');
    return spawn(program, args, options);
  };
  childProcess.spawn = noting as typeof spawn;
  module.syncBuiltinESMExports();
}
