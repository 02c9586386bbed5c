/** One example stack: synthesized by its own program, then applied and destroyed by the real Terraform. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Demo, Stack } from './types.ts';

export function stackOf(demo: Demo, name: string, env: Readonly<Record<string, string>>): Stack {
  const output = join(demo.directory, 'stacks', name);
  const directory = join(output, 'stacks', name);
  const terraform = (args: readonly string[], accepted: readonly number[] = [0]) => {
    const all = [`-chdir=${directory}`, ...args];
    const { status, stdout, stderr, error } = spawnSync(demo.terraform, all, { env: demo.env(), encoding: 'utf8' });
    if (error) throw error;
    if (!accepted.includes(status ?? -1))
      throw new Error(`terraform ${args[0]} ended with ${status}:\n${stdout}${stderr}`);
    return { status, stdout };
  };
  return {
    name,
    directory,
    synthesize() {
      // Existing files stay: "make up" finds its state again.
      mkdirSync(output, { recursive: true });
      const example = join(demo.root, 'cdktf-examples', name);
      const options = { cwd: example, env: { ...demo.env(), ...env, CDKTF_OUTDIR: output }, encoding: 'utf8' } as const;
      const { status, stderr } = spawnSync(process.execPath, ['main.ts'], options);
      if (status !== 0) throw new Error(`${name} does not synthesize:\n${stderr}`);
    },
    initialize: () => void terraform(['init', '-input=false', '-no-color']),
    plan() {
      const { status, stdout } = terraform(['plan', '-input=false', '-no-color', '-detailed-exitcode'], [0, 2]);
      const summary = /^(Plan: .*|No changes\..*)$/m.exec(stdout)?.[1] ?? 'no summary';
      return { changes: status === 2, summary, text: stdout };
    },
    apply: () =>
      closingLine(terraform(['apply', '-auto-approve', '-input=false', '-no-color']).stdout, /^Apply complete!.*$/m),
    refreshFindsChanges: () =>
      terraform(['plan', '-refresh-only', '-input=false', '-no-color', '-detailed-exitcode'], [0, 2]).status === 2,
    destroy: () =>
      closingLine(
        terraform(['destroy', '-auto-approve', '-input=false', '-no-color']).stdout,
        /^Destroy complete!.*$/m,
      ),
    output: (output) => terraform(['output', '-raw', output]).stdout.trim(),
  };
}

function closingLine(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[0];
  if (found === undefined) throw new Error(`Terraform did not finish:\n${text}`);
  return found;
}
