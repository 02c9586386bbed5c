/** The outcome of `keystead terraform check` for people. */
import { awsSource, ownSource } from '@keystead/provider-schema/provider-versions.ts';
import type { Finding } from './check.ts';

export interface Outcome {
  readonly directories: number;
  readonly blocks: number;
  readonly findings: readonly Finding[];
  /** Places that require a provider whose place this one takes. */
  readonly toReplace: readonly string[];
  /** Called modules that could not be looked at. */
  readonly notInstalled: readonly string[];
}

export function describeOutcome(outcome: Outcome): string {
  const { findings, toReplace, notInstalled } = outcome;
  return [
    headOf(outcome),
    ...findings.map(describeFinding),
    ...(toReplace.length === 0
      ? []
      : [
          `To use this provider, set source = "${ownSource}" and remove the version in ${toReplace.join(', ')}; where ` +
            `you cannot change it, install the provider as ${awsSource} (make provider SOURCE=${awsSource}).`,
        ]),
    ...(notInstalled.length === 0
      ? []
      : [
          `Not looked at: ${notInstalled.map((call) => `module ${call}`).join(', ')}. Run "terraform get", then again.`,
        ]),
  ].join('\n\n');
}

function headOf({ directories, blocks, findings }: Outcome): string {
  const looked = `${count(blocks, 'block')} in ${count(directories, 'directory', 'directories')} looked at`;
  if (blocks === 0) return `Nothing is for this provider (${looked}).`;
  return findings.length === 0
    ? `Everything is served (${looked}).`
    : `Not served: ${count(findings.length, 'finding')} (${looked}).`;
}

function describeFinding({ place, kind, name, address, remedy }: Finding): string {
  return `${place}: ${kind} ${name}${address === undefined ? '' : ` (${address})`}\n    ${remedy}`;
}

function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}
