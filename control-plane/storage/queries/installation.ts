/** Queries over the meta table, and over the holders of the root key. */
import type { InstallationReader } from '../port/installation.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

export function installationQueries(db: QueryBuilder, run: RunQuery): InstallationReader {
  const named = prepare((of: { name: string }) => db.selectFrom('meta').selectAll().where('name', '=', of.name));
  const holders = prepare(() => db.selectFrom('root_key_holders').selectAll().orderBy('holder_id'));
  return {
    findMeta: async (name) => (await run(named({ name })))[0],
    listRootKeyHolders: () => run(holders({})),
  };
}
