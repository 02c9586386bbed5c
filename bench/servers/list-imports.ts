/**
 * Prints the module files that a program imports, a line each, without running it: Node.js loads and links the whole
 * graph before the first module runs, and that first one ends the process. What a program imports later, by `import()`,
 * is not in the list. Argument: the program.
 */
import { writeSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [program = ''] = process.argv.slice(2);
const entry = pathToFileURL(program).href;
const END_FIRST = "import 'data:text/javascript,process.exit()';\n";

module.registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url.startsWith('file:')) writeSync(process.stdout.fd, `${fileURLToPath(url)}\n`);
    return url === entry ? { ...loaded, source: `${END_FIRST}${loaded.source}` } : loaded;
  },
});
await import(entry);
