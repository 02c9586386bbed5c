/**
 * Projects of strangers: folders outside the repository with what npm installs from its registry and from the packed
 * file, and with one version of Node.js on the PATH. They need a network, so they belong to `make test-packages`.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildPackage } from '@keystead/constructs/build/build.ts';
import { type CommandResult, root, run } from './server.ts';

export interface NpmProject {
  readonly directory: string;
  /** Runs a program of the project, or of the PATH; a nonzero exit code is a result. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** @returns what the program prints. @throws when it fails */
  succeeds(command: string, args: readonly string[], options?: RunOptions): Promise<string>;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
}

export interface RunOptions {
  /** Major version of Node.js; default: that of the tests. */
  readonly node?: NodeVersion;
  readonly env?: Readonly<Record<string, string>>;
}

export const nodeVersions = [20, 22, 24] as const;
export type NodeVersion = (typeof nodeVersions)[number];

const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];

let place: Promise<string> | undefined;
let packed: Promise<string> | undefined;
const installedNodes = new Map<NodeVersion, Promise<string>>();

afterAll(async () => {
  if (place !== undefined) await rm(await place, { recursive: true, force: true });
});

function folder(): Promise<string> {
  place ??= mkdtemp(join(tmpdir(), 'keystead-packages-'));
  return place;
}

/** The file that `make pack` writes, of today's sources. */
export function packedConstructs(): Promise<string> {
  packed ??= pack();
  return packed;
}

async function pack(): Promise<string> {
  const directory = join(await folder(), 'packed');
  const built = join(directory, 'built');
  await buildPackage(built);
  const args = ['pack', built, '--pack-destination', directory, '--json', '--loglevel=error'];
  const [{ filename }] = JSON.parse(succeeded('npm', args, await run('npm', args)));
  return join(directory, filename);
}

/** An empty folder. */
export async function emptyProject(name: string): Promise<NpmProject> {
  const directory = join(await folder(), name);
  await mkdir(directory);
  return projectIn(directory);
}

/** A folder in which npm has installed these packages. @param manifest what its package.json says beside the name */
export async function npmProject(
  name: string,
  packages: readonly string[],
  manifest: object = {},
): Promise<NpmProject> {
  const project = await emptyProject(name);
  await project.write('package.json', JSON.stringify({ name, version: '1.0.0', private: true, ...manifest }));
  await project.succeeds('npm', ['install', ...quiet, ...packages]);
  return project;
}

function projectIn(directory: string): NpmProject {
  const runIn: NpmProject['run'] = async (command, args, { node = 24, env = {} } = {}) => {
    const path = [join(directory, 'node_modules/.bin'), await nodeDirectory(node), ...pathOutsideTheRepository()];
    return run(command, args, {
      cwd: directory,
      env: { ...ofAStranger, PATH: path.join(delimiter), HOME: await homeDirectory(), ...env },
    });
  };
  return {
    directory,
    run: runIn,
    succeeds: async (command, args, options) => succeeded(command, args, await runIn(command, args, options)),
    write: async (file, text) => {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text);
    },
    read: (file) => readFile(join(directory, file), 'utf8'),
  };
}

/** Nothing that jest sets, and no question or report of a command line. */
const ofAStranger = {
  NODE_OPTIONS: '',
  NODE_ENV: '',
  CI: '1',
  CHECKPOINT_DISABLE: '1',
  TF_INPUT: '0',
  npm_config_update_notifier: 'false',
};

const pathOutsideTheRepository = (): string[] =>
  (process.env.PATH ?? '').split(delimiter).filter((directory) => !directory.startsWith(root));

/** The command lines keep caches and settings there. npm's own cache stays the user's. */
async function homeDirectory(): Promise<string> {
  const home = join(await folder(), 'home');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, '.npmrc'), await npmSettings());
  return home;
}

let settings: Promise<string> | undefined;

/** The registry and cache of the user who runs the tests, which may be those of a machine without a direct network. */
function npmSettings(): Promise<string> {
  settings ??= Promise.all(['registry', 'cache', 'cafile'].map(npmSetting)).then((lines) => lines.join(''));
  return settings;
}

async function npmSetting(name: string): Promise<string> {
  const { stdout } = await run('npm', ['config', 'get', name]);
  const value = stdout.trim();
  return value === '' || value === 'null' ? '' : `${name}=${value}\n`;
}

/** The folder of `node`; the npm package of that name brings each version. */
function nodeDirectory(version: NodeVersion): Promise<string> {
  const ready = Number(process.versions.node.split('.')[0]) === version;
  const known = installedNodes.get(version) ?? (ready ? Promise.resolve(dirname(process.execPath)) : install(version));
  installedNodes.set(version, known);
  return known;
}

async function install(version: NodeVersion): Promise<string> {
  const directory = join(await folder(), `node-${version}`);
  await mkdir(directory);
  await writeFile(join(directory, 'package.json'), '{ "allowScripts": { "node": true } }');
  const args = ['install', ...quiet, '--prefix', directory, `node@${version}`];
  succeeded('npm', args, await run('npm', args, { cwd: directory, env: { NODE_OPTIONS: '' } }));
  return join(directory, 'node_modules/node/bin');
}

function succeeded(command: string, args: readonly string[], { code, stdout, stderr }: CommandResult): string {
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
}
