/** Which code belongs to which stack. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../../shared/report.ts';
import type { Stack } from './stack.ts';

/**
 * @param code paths in the order of the stacks; `true`: each directory is its own
 * @throws CommandError when there is not one for each stack
 */
export async function withChosenCode(
  stacks: readonly Stack[],
  code: readonly string[] | true | undefined,
): Promise<readonly Stack[]> {
  if (code === undefined) return stacks;
  if (code === true) return stacks.map(ownCode);
  const paths = (await Promise.all(code.map(expanded))).flat();
  if (paths.length === stacks.length) return stacks.map((stack, index) => ({ ...stack, code: paths[index] ?? '' }));
  throw new CommandError(
    `There are ${paths.length} codes (${paths.join(', ')}) for ${stacks.length} states.`,
    'Name the code of each --dir or --state with --code, in their order.',
  );
}

function ownCode(stack: Stack): Stack {
  if ('dir' in stack.source) return { ...stack, code: stack.source.dir };
  throw new CommandError(`${stack.name} has no code beside it.`, 'Name its code: --code DIR.');
}

/** The directory that a CDKTF program writes has one for each stack. */
async function expanded(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new CommandError(`${path} does not exist.`, 'Name a directory or a cdk.tf.json with --code.');
  }
  const names = await readdir(join(path, 'stacks')).catch(() => undefined);
  return names === undefined ? [path] : names.sort().map((name) => join(path, 'stacks', name));
}
