/** Runs the programs of the guide "Constructs in other languages", each in a folder of its own, as a reader does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/guide/constructs-languages.md'), 'utf8');

type Cdk = 'cdktf' | 'cdktn';

/** A fenced block: its language, the name of its file (or the language that its commands are of), and its text. */
const blocks = [...guide.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, kind, name = '', text = '']) => ({
  kind: kind ?? '',
  name,
  text,
}));

/** The guide shows CDKTF; with CDK Terrain only the name is another. */
const forCdk = (text: string, cdk: Cdk) => text.replaceAll('cdktf', cdk);

/** An empty folder, which is removed afterwards. */
export async function inEmptyFolder<Result>(
  use: (directory: string) => Result | Promise<Result>,
  parent: string = tmpdir(),
): Promise<Result> {
  mkdirSync(parent, { recursive: true });
  const directory = realpathSync(mkdtempSync(join(parent, 'keystead-languages-')));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The files that the guide names, in the folder. @param kinds languages of blocks */
export function writeProgram(directory: string, kinds: readonly string[], cdk: Cdk): void {
  for (const { name, text } of blocks.filter((block) => kinds.includes(block.kind) && block.name !== '')) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, forCdk(text, cdk).replaceAll('/path/to/keystead', root));
  }
}

/** The commands of a language's section. @returns what they print @throws Error with it, when they fail */
export function runCommands(directory: string, language: string, cdk: Cdk, env: Record<string, string> = {}): string {
  const commands = blocks.filter(({ kind, name }) => kind === 'sh' && name === language).map(({ text }) => text);
  expect(commands).toHaveLength(1);
  return runShell(directory, forCdk(commands.join(''), cdk).replaceAll('/path/to/keystead', root), env);
}

export function runShell(directory: string, script: string, env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', script], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      ...env,
    },
  });
  if (status !== 0) throw new Error(`ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** The stack that a program in the folder wrote, byte for byte but for the folder's own name. */
export function stackIn(directory: string): string {
  const text = readFileSync(join(directory, 'cdktf.out/stacks/orders/cdk.tf.json'), 'utf8');
  return text.replaceAll(directory, '/folder');
}

/** What a program in TypeScript writes. */
export function typeScriptStack(cdk: Cdk, program: string = programOf('ts')): Promise<string> {
  // Beside the packages of this repository.
  return inEmptyFolder(
    (directory) => {
      writeFileSync(join(directory, 'main.ts'), forCdk(program, cdk));
      runShell(directory, 'node main.ts');
      return stackIn(directory);
    },
    join(root, 'dist'),
  );
}

function programOf(kind: string): string {
  return blocks.find((block) => block.kind === kind)?.text ?? '';
}
