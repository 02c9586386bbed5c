/**
 * Queries that are compiled once. Building a query costs more than running a point look-up, and every request needs
 * look-ups; so a query of fixed shape is built once, with marks that each call replaces by its values.
 */
import type { Compilable, CompiledQuery } from 'kysely';

/** Runs a compiled query and returns its rows. */
export type RunQuery = <Row>(query: CompiledQuery<Row>) => Promise<readonly Row[]>;

class Mark {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** `build` must use each value as a value only: never branch on it, spread it or take its length. */
export function prepare<Values extends object, Row>(
  build: (values: Values) => Compilable<Row>,
): (values: Values) => CompiledQuery<Row> {
  const marks = new Proxy({} as Values, { get: (_, name) => new Mark(String(name)) });
  let compiled: CompiledQuery<Row> | undefined;
  return (values) => {
    compiled ??= build(marks).compile();
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Mark ? values[parameter.name as keyof Values] : parameter,
    );
    return { ...compiled, parameters };
  };
}
