/** The files of one module: a directory's configuration as Terraform and OpenTofu read it, and the modules it calls. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandError } from '../shared/report.ts';
import { type Body, type Member, UnreadableFile } from './body.ts';
import { parseHcl } from './hcl.ts';
import { parseTerraformJson } from './tf-json.ts';

export interface File {
  /** As it is shown: the directory as it was given, and the name. */
  readonly path: string;
  readonly body: Body;
}

export interface Module {
  readonly directory: string;
  readonly files: readonly File[];
}

export interface Modules {
  readonly modules: readonly Module[];
  /** Calls of modules that are not on this machine, `name (source)`. */
  readonly notInstalled: readonly string[];
}

/** @throws CommandError for a directory or a file that cannot be read */
export async function readModule(directory: string): Promise<Module> {
  const names = await readdir(directory).catch((error: Error) => {
    throw new CommandError(`${directory} cannot be read: ${error.message}.`, 'Name a directory with .tf files.');
  });
  const wanted = names.filter((name) => /\.(tf|tofu)(\.json)?$/.test(name) && !/^[.#]/.test(name)).sort();
  return { directory, files: await Promise.all(wanted.map((name) => readConfiguration(join(directory, name)))) };
}

/** @throws CommandError for a file that cannot be read */
export async function readConfiguration(path: string): Promise<File> {
  try {
    const source = await readFile(path, 'utf8');
    return { path, body: path.endsWith('.json') ? parseTerraformJson(source) : parseHcl(source) };
  } catch (error) {
    const hint =
      error instanceof UnreadableFile ? 'Let "terraform fmt" say more.' : 'Check the file and its permissions.';
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}.`, hint);
  }
}

/** The module, those it calls by a path, and those that "terraform init" has installed for it; each once. */
export async function readModules(root: string): Promise<Modules> {
  const installed = await installedModules(root);
  const found = new Map<string, Module>();
  const notInstalled: string[] = [];
  const waiting = [root, ...installed.values()];
  for (let directory = waiting.shift(); directory !== undefined; directory = waiting.shift()) {
    if (found.has(resolve(directory))) continue;
    const module = await readModule(directory);
    found.set(resolve(directory), module);
    for (const call of callsOf(module)) {
      const source = textOf(call.body, 'source') ?? '';
      if (/^\.\.?\//.test(source)) waiting.push(join(directory, source));
      else if (directory === root && !installed.has(call.labels[0] ?? '')) {
        notInstalled.push(`${call.labels[0]} (${source})`);
      }
    }
  }
  return { modules: [...found.values()], notInstalled };
}

/** Directories by the name of the call in the root module. */
async function installedModules(root: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(root, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules = [] } = JSON.parse(text) as { Modules?: readonly { readonly Key: string; readonly Dir: string }[] };
  return new Map(Modules.filter(({ Key }) => Key !== '').map(({ Key, Dir }) => [Key, join(root, Dir)] as const));
}

const callsOf = ({ files }: Module): readonly Member[] =>
  files.flatMap(({ body }) => body.filter(({ name }) => name === 'module'));

/** The text of an argument. */
export function textOf(body: Body | undefined, name: string): string | undefined {
  return body?.find((member) => member.name === name)?.text;
}
