/**
 * Writes generated/ from tfplugin6.proto: `node provider/proto/generate.ts`, or with `--check` only says whether the
 * files in the repository are fresh (exit code 1 when not). The output depends on nothing but the proto file and the
 * installed protobufjs-cli.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
/** Installed by `make generate` alone. */
const tools = join(here, '../../scripts/generators/package.json');
const targets = ['tfplugin6.js', 'tfplugin6.d.ts'] as const;
type Target = (typeof targets)[number];

/** Only encode and decode: verify, convert and services would only cost time at every start. */
const flags = [
  '--target=static-module',
  '--wrap=esm',
  '--dependency=../runtime.ts',
  '--force-number',
  '--no-create',
  '--no-verify',
  '--no-convert',
  '--no-delimited',
  '--no-typeurl',
  '--no-service',
];

async function pbjs(...extra: string[]): Promise<void> {
  const cli = join(dirname(createRequire(tools).resolve('protobufjs-cli/package.json')), 'bin/pbjs');
  await promisify(execFile)(process.execPath, [cli, ...flags, ...extra, join(here, 'tfplugin6.proto')]);
}

async function generate(): Promise<Record<Target, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'keystead-proto-'));
  try {
    // The declarations are made from the comments, which the code itself leaves out.
    await pbjs('--dts', `--out=${join(folder, 'typed.js')}`);
    await pbjs('--no-comments', `--out=${join(folder, 'code.js')}`);
    const types = await readFile(join(folder, 'typed.d.ts'), 'utf8');
    return {
      'tfplugin6.js': await readFile(join(folder, 'code.js'), 'utf8'),
      'tfplugin6.d.ts': types
        .replace('import Long = require("long");\n', '')
        .replace(
          'import * as $protobuf from "../runtime.ts"',
          'import type * as $protobuf from "protobufjs/minimal.js"',
        ),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The names of the generated files that differ from what the proto file would give now. */
export async function staleFiles(): Promise<string[]> {
  const fresh = await generate();
  const stale: string[] = [];
  for (const name of targets) {
    const current = await readFile(join(here, 'generated', name), 'utf8').catch(() => '');
    if (current !== fresh[name]) stale.push(name);
  }
  return stale;
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    if (stale.length > 0) {
      console.error(`stale: ${stale.join(', ')}. Run: node provider/proto/generate.ts`);
      process.exitCode = 1;
    }
  } else {
    const fresh = await generate();
    for (const name of targets) await writeFile(join(here, 'generated', name), fresh[name]);
  }
}
