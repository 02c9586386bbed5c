/**
 * The examples, each in a directory of its own beside the others, with what its README expects of the environment: a
 * control plane, the provider in a mirror, credentials, and `aws`, `keystead` and `terraform` on the PATH.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageProvider } from '@keystead/provider/package.ts';
import type { AwsCommandLine } from './aws-command-line.ts';
import { putAwsOnPath } from './aws-on-path.ts';
import { pathWithNode } from './provider/packaged.ts';
import { openShell, type Shell } from './readme-commands.ts';
import { type CommandResult, command, root as repository, run, type TestServer } from './server.ts';

export const examplesDirectory = join(repository, 'cdktf-examples');

export const exampleNames: readonly string[] = readdirSync(examplesDirectory)
  .filter((name) => existsSync(join(examplesDirectory, name, 'main.ts')))
  .sort();

export const readExample = (name: string, file: string): string =>
  readFileSync(join(examplesDirectory, name, file), 'utf8');

export interface ExampleRun extends Shell {
  /** The copy, in which the commands run. */
  readonly directory: string;
  /** Configurations that the program has written. */
  stacks(): readonly string[];
  /** Runs one command in a stack; a nonzero exit code is a result. */
  terraform(stack: string, ...args: string[]): Promise<CommandResult>;
  /** The same for `keystead`. */
  keystead(...args: string[]): Promise<CommandResult>;
}

export interface ExampleRuns {
  /** The home directory of the commands. */
  readonly home: string;
  open(name: string, env?: Readonly<Record<string, string>>): ExampleRun;
  stop(): Promise<void>;
}

type ControlPlane = Pick<TestServer, 'endpoint' | 'credentials'>;

export async function openExampleRuns(aws: AwsCommandLine, server: ControlPlane): Promise<ExampleRuns> {
  const place = await mkdtemp(join(tmpdir(), 'keystead-examples-'));
  const [bin, copies] = ['bin', 'cdktf-examples'].map((name) => join(place, name)) as [string, string];
  mkdirSync(bin);
  cpSync(examplesDirectory, copies, { recursive: true, filter: (path) => !/node_modules|cdktf\.out/.test(path) });
  symlinkSync(join(repository, 'node_modules'), join(place, 'node_modules'));
  const entry = join(repository, 'provider/main.ts');
  const outputDirectory = join(place, 'provider');
  const [{ cliConfigPath }, awsOnPath] = await Promise.all([
    packageProvider({ entry, namespace: 'keystead', type: 'aws', version: '0.1.0', outputDirectory }),
    putAwsOnPath(bin, aws),
  ]);
  writeFileSync(join(bin, 'keystead'), `#!/bin/sh\nexec node ${command} "$@"\n`);
  chmodSync(join(bin, 'keystead'), 0o755);
  const environment = {
    PATH: `${bin}:${pathWithNode}`,
    HOME: place,
    KEYSTEAD_NODE: process.execPath,
    // The same programs start many times.
    NODE_COMPILE_CACHE: join(place, 'compile-cache'),
    KEYSTEAD_ENDPOINT: server.endpoint,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    TF_CLI_CONFIG_FILE: cliConfigPath,
    CHECKPOINT_DISABLE: '1',
    // What a reader answers at the prompt.
    TF_INPUT: '0',
    TF_CLI_ARGS_apply: '-auto-approve',
    TF_CLI_ARGS_destroy: '-auto-approve',
  };
  const { accessKeyId, secretAccessKey } = server.credentials;
  const root = `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  return {
    home: place,
    open(name, more = {}) {
      const directory = join(copies, name);
      const credentials = join(place, `${name}.credentials`);
      writeFileSync(credentials, root, { mode: 0o600 });
      const env = { ...environment, AWS_SHARED_CREDENTIALS_FILE: credentials, ...more };
      const written = join(directory, 'cdktf.out/stacks');
      const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
      const inside = (...given: string[]) => run('env', ['-i', ...variables, ...given]);
      return {
        ...openShell(directory, env),
        directory,
        stacks: () => readdirSync(written).map((stack) => join(written, stack)),
        terraform: (stack, ...given) => inside('terraform', `-chdir=${stack}`, ...given, '-no-color'),
        keystead: (...given) => inside('keystead', ...given),
      };
    },
    async stop() {
      await awsOnPath.stop();
      await rm(place, { recursive: true, force: true });
    },
  };
}
