/**
 * Writes `generated/`: the CDKTF bindings of our Terraform provider, made by the generator that `cdktf get` uses from
 * the schema that Terraform itself reads, and the list of policy actions. `--check` writes nothing and fails when the
 * checked-in files are stale. `--schema FILE` reads another schema document.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { globalConditionKeys, kmsConditionKeys } from '@keystead/provider-schema/condition-keys.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { actionsModule, addressModule, bindingModule, indexModule, providerModule } from './bindings.ts';
import { conditionKeysModule } from './condition-keys.ts';

/** Installed by `make generate` alone, so that no other installation has them. */
const tool = createRequire(join(import.meta.dirname, '../../scripts/generators/package.json'));

const outputDirectory = join(import.meta.dirname, '../generated');
const defaultSchemaFile = join(import.meta.dirname, '../../provider-schema/generated/terraform-schema.json');

/** Source address of the provider; its last part, `aws`, is also the prefix that the generator takes off type names. */
const providerSource = 'keystead/aws';
const providerName = 'aws';

export type GeneratedFiles = ReadonlyMap<string, string>;

export async function generateAll(schemaFile: string = defaultSchemaFile): Promise<GeneratedFiles> {
  const directory = mkdtempSync(join(tmpdir(), 'keystead-bindings-'));
  try {
    await runGenerator(JSON.parse(readFileSync(schemaFile, 'utf8')), directory);
    return new Map([
      ...bindingFiles(join(directory, 'providers', providerName)),
      actionsFile(),
      conditionKeysFile(),
      ['provider-address.ts', addressModule(providerSource, versionConstraint())],
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Imports the generator class alone: the package's root also loads jsii's packager and asks for the Terraform version.
 */
async function runGenerator(schema: object, directory: string): Promise<void> {
  // Loading the generator runs `terraform version` and prints what that says; a CLI configuration must not change that.
  delete process.env.TF_CLI_CONFIG_FILE;
  const { CodeMaker } = tool('codemaker');
  const { ConstructsMakerProviderTarget, Language, TerraformProviderConstraint } = tool('@cdktf/commons');
  const { TerraformProviderGenerator } = tool('@cdktf/provider-generator/lib/get/generator/provider-generator.js');
  const code = new CodeMaker();
  code.indentation = 2;
  const constraint = new TerraformProviderConstraint({
    name: providerName,
    source: providerSource,
    version: versionConstraint(),
  });
  new TerraformProviderGenerator(code, withSortedKeys(schema)).generate(
    new ConstructsMakerProviderTarget(constraint, Language.TYPESCRIPT),
  );
  await code.save(directory);
}

/** `~> 0.1` for provider 0.1.0: stacks take later minor releases, never the next major one. */
function versionConstraint(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../provider/package.json'), 'utf8'));
  const [major, minor] = String(manifest.version).split('.');
  return `~> ${major}.${minor}`;
}

/** The order Terraform prints, whatever order the records are written in. */
function withSortedKeys<T>(value: T): T {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, withSortedKeys(member)])) as T;
}

function bindingFiles(directory: string): [string, string][] {
  const types = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const modules = types.map(({ name }): [string, string] => [
    `${name}.ts`,
    (name === 'provider' ? providerModule : bindingModule)(readFileSync(join(directory, name, 'index.ts'), 'utf8')),
  ]);
  return [...modules.sort(), ['index.ts', indexModule(readFileSync(join(directory, 'index.ts'), 'utf8'))]];
}

function actionsFile(): [string, string] {
  const records: readonly OperationRecord[] = Object.values(operations);
  const actions = records.flatMap((record) => record.targets.map((target) => target.action));
  const ofKms = new Set(actions.filter((action) => action.startsWith('kms:')));
  return ['kms-actions.ts', actionsModule([...ofKms].sort())];
}

const conditionKeysFile = (): [string, string] => [
  'condition-keys.ts',
  conditionKeysModule(kmsConditionKeys, globalConditionKeys),
];

function readGenerated(): GeneratedFiles {
  return new Map(readdirSync(outputDirectory).map((name) => [name, readFileSync(join(outputDirectory, name), 'utf8')]));
}

function write(files: GeneratedFiles): void {
  rmSync(outputDirectory, { recursive: true, force: true });
  for (const [name, text] of files) {
    const path = join(outputDirectory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** Names of the checked-in files that generating again would add, change or remove. */
export async function staleFiles(schemaFile?: string): Promise<string[]> {
  const [fresh, present] = [await generateAll(schemaFile), readGenerated()];
  const names = new Set([...fresh.keys(), ...present.keys()]);
  return [...names].filter((name) => fresh.get(name) !== present.get(name)).sort();
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, schema: { type: 'string' } } });
  if (!values.check) return write(await generateAll(values.schema));
  const stale = await staleFiles(values.schema);
  if (stale.length === 0) return;
  console.error(`constructs/generated is stale (${stale.join(', ')}): run \`make generate\``);
  process.exitCode = 1;
}

if (import.meta.main) await main();
