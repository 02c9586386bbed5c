/** The machine and the commit of a run. */
import { execFile } from 'node:child_process';
import { cpus, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';

export interface Machine {
  readonly processors: number;
  readonly model: string;
  readonly memoryInGiB: number;
  readonly system: string;
}

export function thisMachine(): Machine {
  const processors = cpus();
  const system = platform() === 'linux' ? 'Linux' : platform();
  return {
    processors: processors.length,
    model: processors[0]?.model ?? 'unknown processor',
    memoryInGiB: Math.round(totalmem() / 2 ** 30),
    system: `${system} ${release().replace(/-.*/, '')}`,
  };
}

export function machineText({ processors, model, memoryInGiB, system }: Machine): string {
  return `${processors} × ${model}, ${memoryInGiB} GiB, ${system}`;
}

/** Without a commit outside a git work tree. */
export async function commitOf(directory: string): Promise<{ readonly commit?: string; readonly dirty: boolean }> {
  const git = async (...args: string[]) => (await promisify(execFile)('git', args, { cwd: directory })).stdout.trim();
  try {
    return { commit: await git('rev-parse', 'HEAD'), dirty: (await git('status', '--porcelain')) !== '' };
  } catch {
    return { dirty: false };
  }
}
