/** The steps of a check, printed one by one; after the first that fails, the rest is not tried. */
import { CommandError } from '../shared/report.ts';

const NAME_WIDTH = 13;

export class Steps {
  #failed = 0;

  ok(name: string, what: string): void {
    this.#print('ok  ', name, what);
  }

  fail(name: string, cause: string): void {
    this.#failed += 1;
    this.#print('FAIL', name, cause);
  }

  /** Either, by whether there is a fault. */
  check(name: string, fault: string | undefined, what: string): void {
    if (fault === undefined) this.ok(name, what);
    else this.fail(name, fault);
  }

  skip(...names: readonly string[]): void {
    for (const name of names) this.#print('-   ', name, 'not tried');
  }

  get hasFailed(): boolean {
    return this.#failed > 0;
  }

  /** @throws CommandError when a step failed */
  end(what: string, hint: string): void {
    if (this.hasFailed) throw new CommandError(`${what} cannot be used.`, hint);
    console.log(`${what} can be used.`);
  }

  #print(mark: string, name: string, text: string): void {
    console.log(`${mark}  ${name.padEnd(NAME_WIDTH)}${text}`);
  }
}

export const textOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
};
