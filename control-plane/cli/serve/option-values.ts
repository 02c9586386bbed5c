/** Values of options, from their texts. */
import { resolve } from 'node:path';
import { exitCodes } from '../../startup/start-error.ts';
import { CommandError } from '../shared/report.ts';

/** The absolute path of an optional file or directory. */
export function pathOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : resolve(text);
}

/** @param unit `seconds`, for the message @throws CommandError */
export function positive(name: string, text: string, unit?: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  const what = unit === undefined ? 'a positive number' : `a positive number of ${unit}`;
  throw new CommandError(`${name}: "${text}" is not ${what}.`, `Write it like ${name} 30.`, exitCodes.usage);
}

/** @throws CommandError */
export function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CommandError(`${name}: "${text}" is not a whole number.`, 'Give 0 or more, in digits.', exitCodes.usage);
}

/** @throws CommandError */
export function positiveWholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandError(
    `${name}: "${text}" is not a positive whole number.`,
    'Give 1 or more, in digits.',
    exitCodes.usage,
  );
}
