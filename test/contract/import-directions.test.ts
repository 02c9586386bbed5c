/** The rooms and what each may import: the table in ARCHITECTURE.md, enforced on the import lines themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Folder (longest match wins) → rooms it may import. `contract` is provider-schema; packages are named with `npm:`. */
const table: Readonly<Record<string, readonly string[]>> = {
  'provider-schema': ['npm:ajv'],
  'control-plane/wire': [
    'contract',
    'control-plane/authentication',
    'control-plane/context',
    'control-plane/pipeline',
    'control-plane/validation',
    'npm:express',
    'npm:pino',
  ],
  policy: ['contract'],
  'control-plane/operations': [
    'contract',
    'control-plane/domain',
    'control-plane/context',
    'control-plane/mutations',
    'control-plane/audit/event-form.ts',
    'control-plane/storage/port',
    'control-plane/hsm/port/hsm.ts',
    'control-plane/xks/port/xks.ts',
    'policy/grants.ts',
    'policy/principal.ts',
  ],
  'control-plane/domain': ['contract'],
  'control-plane/hsm': [
    'contract',
    'control-plane/domain',
    'control-plane/runtime',
    'npm:@noble/ciphers',
    'npm:@noble/curves',
    'npm:@noble/post-quantum',
    'npm:pkcs11js',
    'npm:pino',
  ],
  'control-plane/xks': [
    'contract',
    'control-plane/runtime',
    'control-plane/domain',
    'control-plane/domain/clock.ts',
    'control-plane/hsm/port/hsm.ts',
    'control-plane/sigv4/sign.ts',
    'npm:pino',
  ],
  'control-plane/storage': [
    'contract',
    'control-plane/domain',
    'control-plane/domain/clock.ts',
    'npm:kysely',
    'npm:pg',
    'npm:better-sqlite3',
    'npm:pino',
  ],
  'control-plane/jobs': [
    'contract',
    'control-plane/runtime',
    'control-plane/audit',
    'control-plane/mutations',
    'control-plane/domain',
    'control-plane/storage/port',
    'control-plane/hsm/port/hsm.ts',
    'control-plane/xks/port/xks.ts',
    'npm:pino',
  ],
  'control-plane/cli': [
    'contract',
    'control-plane/startup',
    'control-plane/domain',
    'control-plane/storage/open.ts',
    'control-plane/storage/port/store.ts',
    'control-plane/sigv4/verify.ts',
    // Verifies signatures with a public key; no HSM is needed for that.
    'control-plane/hsm/crypto/checkpoint-key.ts',
    'npm:commander',
    'npm:pino',
  ],
  provider: ['contract', 'npm:protobufjs'],
  constructs: ['contract', 'npm:cdktf', 'npm:cdktn', 'npm:constructs'],
  'cdktf-examples': ['npm:@keystead/constructs', 'npm:constructs', 'npm:cdktf'],
};

/** Build-time tools, not part of what runs. */
const tools = /(^|\/)(generate|build|package)\.ts$/;
const generated = /(^|\/)(generated|dist|node_modules|cdktf\.out)\//;
const importLine = /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s*'([^'\\]+)'|import\('([^']+)'\)/g;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts') && !generated.test(name) && !tools.test(name));
}

/** What an import line names, in the table's words. */
function roomOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined;
  if (specifier.startsWith('@keystead/provider-schema/')) return 'contract';
  if (specifier.startsWith('@keystead/policy/')) return specifier.slice('@keystead/'.length);
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(file), specifier));
  const [scope, name] = specifier.split('/');
  return `npm:${specifier.startsWith('@') ? `${scope}/${name}` : scope}`;
}

function allowed(folder: string, room: string): boolean {
  if (room.startsWith(`${folder}/`)) return true;
  return (table[folder] ?? []).some((entry) => entry === room || room.startsWith(`${entry}/`));
}

describe.each(Object.keys(table))('%s', (folder) => {
  test('imports only the rooms and packages its row allows', () => {
    const files = sources(folder);
    expect(files.length).toBeGreaterThan(0);
    const strays = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(importLine)].flatMap((match) => {
        const specifier = match[1] ?? match[2] ?? '';
        const room = roomOf(file, specifier);
        return room === undefined || allowed(folder, room) ? [] : [`${file} imports ${specifier}`];
      }),
    );
    expect(strays).toEqual([]);
  });
});

test('hsm and storage know nothing of each other', () => {
  const crossings = [...sources('control-plane/hsm'), ...sources('control-plane/storage')].filter((file) => {
    const other = file.startsWith('control-plane/hsm') ? '/storage/' : '/hsm/';
    return readFileSync(join(root, file), 'utf8').includes(`..${other}`);
  });
  expect(crossings).toEqual([]);
});
