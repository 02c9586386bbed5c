/**
 * A value of the seed file and its path. A reader that asks for another type than the value has gets an empty one, and
 * the problem is added to the list that all places of a file share.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';

export class Place {
  readonly path: string;
  readonly value: unknown;
  readonly #problems: string[];

  constructor(path: string, value: unknown, problems: string[]) {
    this.path = path;
    this.value = value;
    this.#problems = problems;
  }

  refuse(problem: string): void {
    this.#problems.push(`${this.path === '' ? 'the file' : this.path}: ${problem}`);
  }

  /** Runs a check; the text of a KmsError that it throws becomes the problem. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof KmsError)) throw error;
      this.refuse(error.message === '' ? `refused with ${error.code}` : error.message);
      return undefined;
    }
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The members by name; one that is not in `names` is a mistake. */
  members<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Place>> {
    const value = this.#object();
    for (const name of Object.keys(value)) {
      if (!names.some((known) => known === name))
        this.refuse(`it has an unknown member "${name}"; known members are ${names.join(', ')}`);
    }
    return Object.fromEntries(names.map((name) => [name, this.#member(name, value[name])])) as Record<Name, Place>;
  }

  /** Members of any name. */
  entries(): readonly (readonly [string, Place])[] {
    return this.isAbsent
      ? []
      : Object.entries(this.#object()).map(([name, value]) => [name, this.#member(name, value)]);
  }

  /** The items; none when the list is absent. */
  list(): readonly Place[] {
    if (this.isAbsent) return [];
    if (Array.isArray(this.value)) return this.value.map((item, index) => this.#at(`${this.path}[${index}]`, item));
    this.refuse('it is not a list');
    return [];
  }

  /** @param form what a text that does not match the pattern is not, with its article */
  text(pattern?: RegExp, form = ''): string {
    if (typeof this.value !== 'string') {
      this.refuse(this.isAbsent ? 'it is missing' : 'it is not a text; put it in quotes');
      return '';
    }
    if (pattern && !pattern.test(this.value)) this.refuse(`it is not ${form}`);
    return this.value;
  }

  flag(fallback: boolean): boolean {
    if (this.isAbsent) return fallback;
    if (typeof this.value !== 'boolean') this.refuse('it is neither true nor false');
    return this.value === true;
  }

  #object(): Readonly<Record<string, unknown>> {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) {
      return this.value as Readonly<Record<string, unknown>>;
    }
    this.refuse(this.isAbsent ? 'it is missing' : 'it is not a mapping of names to values');
    return {};
  }

  #member(name: string, value: unknown): Place {
    return this.#at(this.path === '' ? name : `${this.path}.${name}`, value);
  }

  #at(path: string, value: unknown): Place {
    return new Place(path, value, this.#problems);
  }
}
