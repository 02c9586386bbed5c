/** The text of a stack's state: what `terraform show -json` prints, from whatever backend the stack has. */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { CommandError } from '../../shared/report.ts';
import type { StateSource } from './stack.ts';

const MAX_STATE_BYTES = 512 * 1024 * 1024;

/** @throws CommandError when there is no such state, or more than one where one was meant */
export async function readStateText(source: StateSource): Promise<string> {
  if ('file' in source) return readStateFile(source.file);
  if ('plan' in source) return readPlan(source);
  const { dir, workspace, terraform } = source;
  await requireDirectory(dir);
  if (workspace === undefined) await requireOneWorkspace(dir);
  // Terraform shows a workspace that does not exist as an empty state, and makes a directory for it.
  else await requireWorkspace(terraform, dir, workspace);
  const env = workspace === undefined ? process.env : { ...process.env, TF_WORKSPACE: workspace };
  return terraformIn(terraform, dir, ['show', '-json', '-no-color'], env);
}

async function readStateFile(file: string): Promise<string> {
  if (file === '-') return readStream(process.stdin);
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, 'Give the output of "terraform show -json".');
  });
}

/** A saved plan is a ZIP archive. */
async function readPlan({ plan, madeIn, terraform }: Extract<StateSource, { readonly plan: string }>): Promise<string> {
  const bytes = await readFile(plan).catch((error: Error) => {
    throw new CommandError(`${plan} cannot be read: ${error.message}.`, 'Give a plan of "terraform plan -out=FILE".');
  });
  if (bytes.subarray(0, 2).toString() !== 'PK') return bytes.toString();
  return terraformIn(terraform, madeIn, ['show', '-json', '-no-color', resolve(plan)], process.env);
}

async function requireDirectory(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new CommandError(`${dir} is not a directory.`, 'Name the directory of an applied stack with --dir.');
}

/** Which of several workspaces is meant must be said, by `terraform workspace select` at least. */
async function requireOneWorkspace(dir: string): Promise<void> {
  if (process.env.TF_WORKSPACE) return;
  const chosen = await readFile(join(dir, '.terraform/environment'), 'utf8').catch(() => '');
  if (chosen.trim() !== '' && chosen.trim() !== 'default') return;
  const others = await workspacesWithState(dir);
  if (others.length === 0) return;
  throw new CommandError(
    `${dir} has states of several workspaces: default, ${others.join(', ')}.`,
    'Name those to compare with --workspace, "default" included.',
  );
}

async function workspacesWithState(dir: string): Promise<readonly string[]> {
  const place = join(dir, 'terraform.tfstate.d');
  const names = await readdir(place).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(place, name, 'terraform.tfstate')).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return names.filter((_, index) => (sizes[index] ?? 0) > 0).sort();
}

async function requireWorkspace(terraform: string, dir: string, workspace: string): Promise<void> {
  const { TF_WORKSPACE: _, ...env } = process.env;
  const listed = await terraformIn(terraform, dir, ['workspace', 'list', '-no-color'], env);
  const names = listed.split('\n').flatMap((line) => line.replace(/^\*?\s*/, '').trim() || []);
  if (names.includes(workspace)) return;
  throw new CommandError(
    `There is no workspace ${workspace} in ${dir}; there is ${names.join(', ')}.`,
    'Correct --workspace, or run terraform init in the directory.',
  );
}

/** Runs Terraform in the directory. @returns what it prints. @throws CommandError when it fails */
export async function terraformIn(
  binary: string,
  dir: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const options = { maxBuffer: MAX_STATE_BYTES, env };
  const { stdout } = await promisify(execFile)(binary, [`-chdir=${dir}`, ...args], options).catch(
    (error: NodeJS.ErrnoException & { readonly stderr?: string }) => {
      if (error.code === 'ENOENT') {
        throw new CommandError(
          `"${binary}" is not on the PATH.`,
          'Install Terraform, name it with --terraform, or give --state.',
        );
      }
      throw new CommandError(
        `"${binary} ${args.join(' ')}" failed in ${dir}: ${(error.stderr || error.message).trim()}`,
        'Run it in the directory of an applied stack (--dir), after terraform init.',
      );
    },
  );
  return stdout;
}
