/** Opens the database for the audit commands that read the log in it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { systemClock } from '../../domain/clock.ts';
import { requireDatabase } from '../../startup/config.ts';
import type { OpenOptions, ReadOnlyStore } from '../../storage/open.ts';
import type { AuditReader, RecordedAudit } from '../../storage/port/audit.ts';
import type { Store } from '../../storage/port/store.ts';
import { CommandError } from '../shared/report.ts';

export interface AuditPlace {
  readonly dataDir: string;
  readonly database: string;
}

const PAGE = 1000;

export function withDatabaseOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--data-dir <dir>', 'data directory of the server').env('KEYSTEAD_DATA_DIR').default('.keystead'),
    )
    .addOption(
      new Option('--database <url>', '"sqlite", or the postgres:// URL').env('KEYSTEAD_DATABASE').default('sqlite'),
    );
}

export function withStore(options: AuditPlace, work: (store: ReadOnlyStore) => Promise<void>): Promise<void> {
  return withOpened(options, 'openStoreReadOnly', work);
}

const DATA_DIRECTORY_HINT =
  "Name the server's data directory with --data-dir or KEYSTEAD_DATA_DIR, or its database with --database.";

/** Like a server: on SQLite only one can have the data directory. */
export async function withWritableStore(options: AuditPlace, work: (store: Store) => Promise<void>): Promise<void> {
  const dataDir = resolve(options.dataDir);
  // Opening a store creates what is missing.
  if (options.database === 'sqlite' && existsSync(dataDir) && !existsSync(join(dataDir, 'keystead.db'))) {
    throw new CommandError(`There is no database in ${dataDir}.`, DATA_DIRECTORY_HINT);
  }
  return withOpened(options, 'openStore', work);
}

type Opening = Pick<typeof import('../../storage/open.ts'), 'openStore' | 'openStoreReadOnly'>;

async function withOpened<How extends keyof Opening>(
  options: AuditPlace,
  how: How,
  work: (store: Awaited<ReturnType<Opening[How]>>) => Promise<void>,
): Promise<void> {
  const database = requireDatabase(options.database).reveal();
  const dataDir = resolve(options.dataDir);
  if (database === 'sqlite' && !existsSync(dataDir)) {
    throw new CommandError(`The data directory ${dataDir} does not exist.`, DATA_DIRECTORY_HINT);
  }
  // Database drivers are slow to load: only commands that need one wait for it.
  const [opening, { startErrorOf }] = await Promise.all([
    import('../../storage/open.ts'),
    import('../../startup/start-error-mapping.ts'),
  ]);
  const open = opening[how] as (given: OpenOptions) => ReturnType<Opening[How]>;
  const store = (await open({ database, dataDir, clock: systemClock }).catch((error: unknown) => {
    throw startErrorOf(error);
  })) as Awaited<ReturnType<Opening[How]>>;
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

export async function* recordsOf(store: AuditReader, chainId: string, from: number): AsyncGenerator<RecordedAudit> {
  for (let after = from; ; ) {
    const page = await store.listAudit(chainId, { after, limit: PAGE });
    yield* page.rows;
    const last = page.rows.at(-1);
    if (!page.more || !last) return;
    after = last.sequence;
  }
}
