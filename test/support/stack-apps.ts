/** CDK apps written for a workspace, stack by stack, and Terraform run in the folder of one stack. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import type { CommandResult } from './server.ts';
import type { Workspace } from './terraform.ts';

/** A stack whose state lies in the workspace. */
export type NewStack = (name: string) => TerraformStack;

export interface StackApps {
  /** Writes the stacks that `declare` makes, in place of what was written before. @throws what synthesis refuses */
  write(declare: (stack: NewStack) => void): void;
  /** Runs a command in the stack's folder, initialized when it must be; a nonzero exit code is a result. */
  terraform(stack: string, ...args: string[]): Promise<CommandResult>;
  /** Applies the stacks in this order. @throws when one fails */
  apply(...stacks: string[]): Promise<string>;
  /** What a plan of the stack says, `Plan: 1 to add, …` included. @throws when the plan fails */
  plan(stack: string): Promise<string>;
  /** The errors of a plan that is refused, in one line. @throws when the plan succeeds */
  refusedPlan(stack: string, ...args: string[]): Promise<string>;
  /** Attribute values in the stack's state, by resource address. */
  state(stack: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>;
}

export function stackApps(workspace: Workspace): StackApps {
  const outdir = join(workspace.directory, 'app');
  const folder = (stack: string) => join(outdir, 'stacks', stack);
  const initialized = new Set<string>();

  async function terraform(stack: string, command: string, ...args: string[]): Promise<CommandResult> {
    const at = `-chdir=${folder(stack)}`;
    if (!initialized.has(stack) || !existsSync(join(folder(stack), '.terraform'))) {
      const { code, stdout, stderr } = await workspace.terraform(at, 'init', '-no-color');
      if (code !== 0) throw new Error(`init of ${stack} ended with ${code}:\n${stdout}\n${stderr}`);
      initialized.add(stack);
    }
    return workspace.terraform(at, command, ...args);
  }

  async function succeed(stack: string, command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await terraform(stack, command, ...args);
    if (code !== 0) throw new Error(`${command} of ${stack} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout + stderr;
  }

  return {
    write(declare) {
      const app = new App({ outdir });
      declare((name) => {
        const stack = new TerraformStack(app, name);
        new LocalBackend(stack, { path: join(workspace.directory, `${name}.tfstate`) });
        return stack;
      });
      app.synth();
    },
    terraform,
    async apply(...stacks) {
      let said = '';
      for (const stack of stacks) said += await succeed(stack, 'apply', '-auto-approve', '-no-color');
      return said;
    },
    plan: (stack) => succeed(stack, 'plan', '-no-color'),
    async refusedPlan(stack, ...args) {
      const { code, stdout, stderr } = await terraform(stack, 'plan', '-no-color', ...args);
      if (code !== 1) throw new Error(`the plan of ${stack} is not refused:\n${stdout}`);
      return stderr.replace(/[│╷╵\s]+/g, ' ');
    },
    async state(stack) {
      const shown = JSON.parse(await succeed(stack, 'show', '-json'));
      const resources: { address: string; values: Record<string, unknown> }[] =
        shown.values?.root_module?.resources ?? [];
      return new Map(resources.map(({ address, values }) => [address, values]));
    },
  };
}
