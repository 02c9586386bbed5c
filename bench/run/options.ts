/** Values of command line options that both commands take. */

/** @throws Error that names the option. */
export function optionalRounds(text: string | undefined): { readonly rounds?: number } {
  if (text === undefined) return {};
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds > 0) return { rounds };
  throw new Error(`--rounds: "${text}" is not a number of rounds. Give a whole number above zero, for example 9.`);
}

/** @throws Error that names the option. */
export function limitOf(option: string, text: string): number {
  const limit = Number(text);
  if (text.trim() !== '' && Number.isFinite(limit) && limit >= 0) return limit;
  throw new Error(`${option}: "${text}" is not a limit. Give a number that is not negative.`);
}

/** Names after `--only`, separated by commas, and those given as arguments. */
export function namesOf(only: string | undefined, positionals: readonly string[]): readonly string[] {
  return [...(only?.split(',') ?? []), ...positionals].map((name) => name.trim()).filter((name) => name !== '');
}
