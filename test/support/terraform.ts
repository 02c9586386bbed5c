/** The real Terraform, or OpenTofu, with the packaged provider, in a directory of its own, against one running control plane. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Packaged, packageProvider } from '@keystead/provider/package.ts';
import { type CommandResult, root, run, type TestServer } from './server.ts';

export interface Workspace {
  readonly directory: string;
  /** In which every command runs. */
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the configuration; the provider requirement and block are added. */
  write(hcl: string): Promise<void>;
  /** Runs any command; a nonzero exit code is a result. */
  terraform(...args: string[]): Promise<CommandResult>;
  /** Starts a command in a process group of its own, as a terminal does. */
  start(...args: string[]): ChildProcess;
  /** @returns Terraform's output. @throws when the command fails */
  apply(...args: string[]): Promise<string>;
  /** With `-detailed-exitcode`: 0 nothing to change, 2 changes. @throws when the plan fails */
  plan(...args: string[]): Promise<{ readonly code: 0 | 2; readonly text: string }>;
  /** Attribute values in the state, by resource address. */
  state(): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>;
  dispose(): Promise<void>;
}

const version = '0.1.0';

/** What every module needs that uses the provider. */
export const requirement = `terraform {
  required_providers {
    aws = { source = "keystead/aws" }
  }
}
`;

/** Of the provider's current sources; each test file packages them once. */
let packaged: { readonly directory: string; readonly provider: Promise<Packaged> } | undefined;

async function currentProvider(): Promise<Packaged> {
  if (!packaged) {
    const directory = mkdtempSync(join(tmpdir(), 'keystead-provider-'));
    const entry = join(root, 'provider/main.ts');
    const provider = packageProvider({
      entry,
      namespace: 'keystead',
      type: 'aws',
      version,
      outputDirectory: directory,
    });
    packaged = { directory, provider };
  }
  return packaged.provider;
}

afterAll(async () => {
  if (packaged) await rm(packaged.directory, { recursive: true, force: true });
});

export async function openWorkspace(
  server: TestServer,
  env: Readonly<Record<string, string>> = {},
  binary: 'terraform' | 'tofu' = 'terraform',
): Promise<Workspace> {
  const directory = await mkdtemp(join(tmpdir(), 'keystead-terraform-'));
  const { cliConfigPath } = await currentProvider();
  const settings = {
    ...server.env,
    TF_CLI_CONFIG_FILE: cliConfigPath,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    KEYSTEAD_NODE: process.execPath,
    NODE_OPTIONS: '',
    ...env,
  };
  const terraform = (...args: string[]) => run(binary, [...args], { cwd: directory, env: settings });
  const succeed = (command: string, { code, stdout, stderr }: CommandResult, ...accepted: number[]): string => {
    if (code === 0 || accepted.includes(code)) return stdout + stderr;
    throw new Error(`${binary} ${command} ended with ${code}:\n${stdout}\n${stderr}`);
  };
  let initialized = false;
  return {
    directory,
    env: settings,
    terraform,
    start: (...args) =>
      spawn(binary, args, {
        cwd: directory,
        env: { ...process.env, ...settings },
        detached: true,
        stdio: 'ignore',
      }),
    async write(hcl) {
      await writeFile(join(directory, 'main.tf'), requirement + hcl);
      if (!initialized) succeed('init', await terraform('init', '-no-color'));
      initialized = true;
    },
    async apply(...args) {
      return succeed('apply', await terraform('apply', '-auto-approve', '-no-color', ...args));
    },
    async plan(...args) {
      const result = await terraform('plan', '-detailed-exitcode', '-no-color', ...args);
      const text = succeed('plan', result, 2);
      return { code: result.code === 2 ? 2 : 0, text };
    },
    async state() {
      const shown = JSON.parse(succeed('show', await terraform('show', '-json')));
      const resources: { address: string; values: Record<string, unknown> }[] =
        shown.values?.root_module?.resources ?? [];
      return new Map(resources.map(({ address, values }) => [address, values]));
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}
