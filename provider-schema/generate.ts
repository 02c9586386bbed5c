/**
 * Writes every file that is generated from the records: `node provider-schema/generate.ts`. With `--check` it writes
 * nothing; it lists stale files and exits 1 if there are any. The same records give the same bytes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referencePages } from './generators/operations-doc.ts';
import { restRoutesModule } from './generators/rest-routes.ts';
import { documentPages } from './generators/terraform-docs/pages.ts';
import { terraformSchemaDocument } from './generators/terraform-schema.ts';
import { typesModule } from './generators/types.ts';
import { validatorsDeclarations, validatorsModule } from './generators/validators.ts';

/** Generated files and the function that makes each, by path from the root of the repository. */
export const generatedFiles: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(Object.entries(referencePages).map(([name, page]) => [`docs/reference/${name}`, page])),
  ...Object.fromEntries(Object.entries(documentPages).map(([name, page]) => [`docs/${name}`, page])),
  'provider-schema/generated/rest-routes.ts': restRoutesModule,
  'provider-schema/generated/terraform-schema.json': terraformSchemaDocument,
  'provider-schema/generated/types.ts': typesModule,
  'provider-schema/generated/validators.d.ts': validatorsDeclarations,
  'provider-schema/generated/validators.js': validatorsModule,
};

const root = new URL('../', import.meta.url);

/** Paths of generated files that are missing or differ from the records. */
export function staleFiles(): string[] {
  return Object.entries(generatedFiles)
    .filter(([path, make]) => readIfPresent(path) !== make())
    .map(([path]) => path);
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return undefined;
  }
}

function writeAll(): void {
  for (const [path, make] of Object.entries(generatedFiles)) {
    const text = make();
    if (readIfPresent(path) === text) continue;
    const file = fileURLToPath(new URL(path, root));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${relative(process.cwd(), file)}`);
  }
}

function main(args: readonly string[]): void {
  if (!args.includes('--check')) {
    writeAll();
    return;
  }
  const stale = staleFiles();
  if (stale.length === 0) return;
  console.error(`Stale: ${stale.join(', ')}. Run \`make generate\`.`);
  process.exitCode = 1;
}

if (import.meta.main) main(process.argv.slice(2));
