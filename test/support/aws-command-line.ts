/**
 * The installed `aws` command line for suites that start it dozens of times. Most of a start is the import of its
 * modules, so they are imported once, and each command runs the script of `aws` in a fork of that interpreter
 * (aws-command-line.py). Where `aws` is not a Python script, and on macOS, where Python cannot fork safely, each command
 * is a process of its own. The other suites always start it so, and test/interop/aws-cli.test.ts compares the two.
 */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { defined } from '@keystead/provider-schema/defined.ts';
import { type CommandResult, run } from './server.ts';

/** Names without a value are not set. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one command with exactly this environment, by default in this directory; a nonzero exit code is a result. */
export type AwsCommandLine = (args: readonly string[], env: Environment, cwd?: string) => Promise<CommandResult>;

/** The command line reads these when a command runs, and not when its modules are imported. */
const READ_BY_COMMANDS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
  'AWS_SHARED_CREDENTIALS_FILE',
];

/** To be called once, outside of tests: the interpreter ends after the tests of the file. */
export function awsCommandLine(): AwsCommandLine {
  let forks: Forks | undefined;
  afterAll(() => forks?.end());
  return (args, env, cwd) => {
    const script = process.platform === 'linux' ? pythonScript() : undefined;
    if (!script) return awsProcess(args, env, cwd);
    forks ??= startForks(script);
    return forks.run(args, env, cwd);
  };
}

/** The same, always as a process of its own. */
export function awsProcess(args: readonly string[], env: Environment, cwd?: string): Promise<CommandResult> {
  const set = Object.entries(env).filter(([, value]) => value !== undefined);
  const assignments = set.map(([name, value]) => `${name}=${value}`);
  return run('env', ['-i', ...assignments, 'aws', ...args], defined({ cwd }));
}

interface PythonScript {
  readonly interpreter: string;
  readonly path: string;
}

/** The script that `aws` is, with the interpreter that its first line names. */
function pythonScript(): PythonScript | undefined {
  const found = onPath('aws');
  if (found === undefined) return undefined;
  // pyenv has a shell script on the PATH for each program.
  const path = head(found).includes('pyenv')
    ? execFileSync('pyenv', ['which', 'aws'], { encoding: 'utf8' }).trim()
    : found;
  const interpreter = /^#!(\S*python[\d.]*)\n/.exec(head(path))?.[1];
  return interpreter === undefined ? undefined : { interpreter, path };
}

function onPath(name: string): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, name));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const head = (path: string) => readFileSync(path).subarray(0, 1024).toString('latin1');

interface Forks {
  run: AwsCommandLine;
  end(): void;
}

interface Answer extends CommandResult {
  readonly id: number;
}

function startForks({ interpreter, path }: PythonScript): Forks {
  const program = join(import.meta.dirname, 'aws-command-line.py');
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    interpreter,
    [program, path, ...READ_BY_COMMANDS],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const waiting = new Map<number, PromiseWithResolvers<CommandResult>>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, code, stdout, stderr } = JSON.parse(line) as Answer;
    waiting.get(id)?.resolve({ code, stdout, stderr });
    waiting.delete(id);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the interpreter of aws ended with ${code}`));
  });
  let last = 0;
  return {
    run(args, env, cwd) {
      const id = ++last;
      const answer = Promise.withResolvers<CommandResult>();
      waiting.set(id, answer);
      child.stdin.write(`${JSON.stringify({ id, args, env, cwd })}\n`);
      return answer.promise;
    },
    end: () => child.stdin.end(),
  };
}
