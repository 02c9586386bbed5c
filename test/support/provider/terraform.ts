/** Runs the real Terraform (or OpenTofu) in a directory of its own, with providers from a packaged mirror. */
import { type ChildProcessByStdio, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathWithNode } from './packaged.ts';

/** @throws Error that says how to install it: Terraform is a prerequisite, not a reason to skip the tests. */
export function requireTerraform(): string {
  const found = ['terraform', 'tofu'].find(
    (name) => spawnSync(name, ['version'], { env: { PATH: pathWithNode } }).status === 0,
  );
  if (found === undefined) {
    throw new Error(
      'These tests need terraform or tofu on the PATH. Install one: https://developer.hashicorp.com/terraform/install',
    );
  }
  return found;
}

export interface Result {
  readonly status: number | null;
  readonly output: string;
}

/** One diagnostic as `-json` prints it. */
export interface ShownDiagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly line: number | undefined;
  readonly code: string | undefined;
}

export class Workspace {
  readonly directory: string;
  private readonly env: Readonly<Record<string, string>>;
  private readonly binary = requireTerraform();

  constructor(directory: string, cliConfigPath: string, env: Readonly<Record<string, string>> = {}) {
    mkdirSync(directory, { recursive: true });
    this.directory = directory;
    this.env = {
      PATH: pathWithNode,
      HOME: directory,
      TF_CLI_CONFIG_FILE: cliConfigPath,
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      ...env,
    };
  }

  write(configuration: string): void {
    writeFileSync(join(this.directory, 'main.tf'), configuration);
  }

  run(...args: readonly string[]): Result {
    const { status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(this.binary, args, {
      cwd: this.directory,
      env: this.env,
      encoding: 'utf8',
    });
    return { status, output: `${stdout}${stderr}` };
  }

  /** Starts a command in a process group of its own, as a terminal does. */
  start(...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
    return spawn(this.binary, args, {
      cwd: this.directory,
      env: this.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** Runs a command. @throws when it fails */
  must(...args: readonly string[]): string {
    const { status, output } = this.run(...args, '-no-color');
    if (status !== 0) throw new Error(`terraform ${args.join(' ')} failed with ${status}:\n${output}`);
    return output;
  }

  /** 0: nothing to change; 2: changes. */
  planStatus(...args: readonly string[]): number | null {
    return this.run('plan', '-detailed-exitcode', '-input=false', ...args).status;
  }

  /** The diagnostics of a command, with their places in the configuration. */
  diagnostics(...args: readonly string[]): readonly ShownDiagnostic[] {
    const { output } = this.run(...args, '-json');
    return output
      .split('\n')
      .filter((line) => line.startsWith('{"'))
      .map((line) => JSON.parse(line))
      .filter((line) => line.type === 'diagnostic')
      .map(({ diagnostic: { severity, summary, detail, range, snippet } }) => ({
        severity,
        summary,
        detail,
        line: range?.start.line,
        code: snippet?.code.trim(),
      }));
  }

  /** Attributes in the state, by resource address. */
  state(): Readonly<
    Record<string, { readonly status?: string; readonly attributes: Readonly<Record<string, unknown>> }>
  > {
    const text = readFileSync(join(this.directory, 'terraform.tfstate'), 'utf8');
    const { resources } = JSON.parse(text);
    return Object.fromEntries(
      resources.map((resource: { type: string; name: string; instances: object[] }) => [
        `${resource.type}.${resource.name}`,
        resource.instances[0],
      ]),
    );
  }
}

/** Ids of the processes that run the executable. */
export function processesOf(executable: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(executable);
      } catch {
        return false;
      }
    })
    .map(Number);
}
