/** The forge that a command names, with what its job's environment says. */
import { InvalidArgumentError, Option } from 'commander';
import type { Environment } from './environment.ts';
import type { Forge } from './forge.ts';
import { openGitHub } from './github.ts';
import { openGitLab } from './gitlab.ts';

export type Provider = 'github' | 'gitlab';

export const providerOption = (): Option =>
  new Option('--provider <forge>', 'whose CI runs this').choices(['github', 'gitlab']).makeOptionMandatory();

export function openForge(provider: Provider, env: Environment): Forge {
  return provider === 'github' ? openGitHub(env) : openGitLab(env);
}

export function requestNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write its number.');
}
