/** The config file of `keystead serve`: the options by their long names, as one JSON object. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { exitCodes } from '../../startup/start-error.ts';
import { CommandError } from '../shared/report.ts';
import type { ServeOptions } from './serve-options.ts';

/**
 * A value in the config file yields to a flag or a variable, and overrides a default. Reads the file at each call: a
 * value that is not in it any more is the default again.
 */
export function withConfigFile(command: Command): ServeOptions {
  const { config } = command.opts<ServeOptions>();
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'config') {
      command.setOptionValueWithSource(name, option.defaultValue, 'default');
    }
  }
  if (config !== undefined) {
    for (const [name, value] of Object.entries(readConfig(config))) {
      const known = command.options.find((candidate) => candidate.long === `--${name}` && name !== 'config');
      if (!known) {
        throw new CommandError(
          `--config: ${config}: there is no option "${name}".`,
          '"keystead serve --help" lists the options.',
          exitCodes.usage,
        );
      }
      const source = command.getOptionValueSource(known.attributeName());
      if (source === 'default' || source === undefined) {
        command.setOptionValueWithSource(known.attributeName(), String(value), 'config');
      }
    }
  }
  return command.opts<ServeOptions>();
}

function readConfig(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new Error('it does not hold a JSON object');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `--config: ${file} cannot be used: ${reason}.`,
      'It is a JSON object such as {"listen": "127.0.0.1:8600"}.',
      exitCodes.usage,
    );
  }
}
