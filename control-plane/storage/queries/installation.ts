/** Queries over the meta table. */
import type { InstallationReader } from '../port/installation.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

export function installationQueries(db: QueryBuilder, run: RunQuery): InstallationReader {
  const named = prepare((of: { name: string }) => db.selectFrom('meta').selectAll().where('name', '=', of.name));
  return { findMeta: async (name) => (await run(named({ name })))[0] };
}
