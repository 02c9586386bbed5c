/**
 * Builds the package into `dist/`, which is what `npm pack` ships: CommonJS modules (which ES modules, CommonJS programs
 * and test runners can all load) with their declarations, once for each CDK. Only the target of `cdk.ts` differs between
 * the two: classes extend the CDK that is chosen when they load, so one build cannot serve both.
 */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeDeclarations } from './declarations.ts';
import { constructsDirectory, repository } from './layout.ts';
import { publishedManifest } from './manifest.ts';
import { writeModules } from './modules.ts';

/** The whole package. @throws Error when a declaration cannot be written */
export async function buildPackage(outputDirectory: string): Promise<void> {
  rmSync(outputDirectory, { recursive: true, force: true });
  await buildModules(outputDirectory);
  writeDeclarations(outputDirectory);
}

/** All but the declarations; those that are there stay. */
export async function buildModules(outputDirectory: string): Promise<void> {
  await writeModules(outputDirectory);
  writeFileSync(join(outputDirectory, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  cpSync(join(repository, 'LICENSE'), join(outputDirectory, 'LICENSE'));
  cpSync(join(constructsDirectory, 'README.md'), join(outputDirectory, 'README.md'));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(constructsDirectory, 'dist') },
      'without-declarations': { type: 'boolean', default: false },
    },
  });
  await (values['without-declarations'] ? buildModules : buildPackage)(values.out);
}

if (import.meta.main) await main();
