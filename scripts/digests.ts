/**
 * Whether the files that a maintainer's tools generate are fresh, without running the tools: the digests of their
 * inputs and outputs must equal those in scripts/generators/digests.json, which `make generate` writes. The tools are
 * deterministic, so the same inputs and the same version of the tools mean the same output.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Generated {
  /** Path of the program that writes the output. */
  readonly generator: string;
  /** Files, and folders with all below them, that the output follows from, the generator included. */
  readonly inputs: readonly string[];
  /** The folder that is written. */
  readonly output: string;
}

const toolVersions = 'scripts/generators/package-lock.json';

export const byTools: readonly Generated[] = [
  {
    generator: 'provider/proto/generate.ts',
    inputs: ['provider/proto/generate.ts', 'provider/proto/tfplugin6.proto', toolVersions],
    output: 'provider/proto/generated',
  },
  {
    generator: 'constructs/build/generate.ts',
    inputs: [
      'constructs/build/generate.ts',
      'constructs/build/bindings.ts',
      'provider/package.json',
      toolVersions,
      'provider-schema/generated/terraform-schema.json',
      'provider-schema/operations',
    ],
    output: 'constructs/generated',
  },
];

type Digests = Readonly<Record<string, { readonly inputs: string; readonly output: string }>>;

const file = (root: string) => join(root, 'scripts/generators/digests.json');

/** Output folders that do not match today's inputs of their generator. */
export function staleOutputs(root: string, all: readonly Generated[] = byTools): readonly string[] {
  const known = JSON.parse(readFileSync(file(root), 'utf8')) as Digests;
  return all
    .filter(({ inputs, output }) => {
      const { inputs: ofInputs, output: ofOutput } = known[output] ?? {};
      return ofInputs !== digestOfPaths(root, inputs) || ofOutput !== digestOfPaths(root, [output]);
    })
    .map(({ output }) => output);
}

/** Must be called right after the generators ran. */
export function recordDigests(root: string, all: readonly Generated[] = byTools): void {
  const digests: Digests = Object.fromEntries(
    all.map(({ inputs, output }) => [
      output,
      { inputs: digestOfPaths(root, inputs), output: digestOfPaths(root, [output]) },
    ]),
  );
  writeFileSync(file(root), `${JSON.stringify(digests, null, 2)}\n`);
}

/** SHA-256 over the sorted names and contents of files. */
function digestOfPaths(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((each) => filesOf(root, each)).sort()) {
    const contents = createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
    hash.update(`${contents}  ${path}\n`);
  }
  return hash.digest('hex');
}

function filesOf(root: string, path: string): readonly string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) =>
    filesOf(root, `${path}/${entry.name}`),
  );
}
