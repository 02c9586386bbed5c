/**
 * `keystead audit tail` and `keystead audit verify`: the audit log as the database holds it, read-only, with or
 * without a running server.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { systemClock } from '../clock.ts';
import { exitCodes, requireDatabase } from '../config.ts';
import { verifyChain } from '../domain/audit-chain.ts';
import type { RecordedAudit, StoreReader } from '../storage/store.ts';
import { CommandError } from './report.ts';

interface AuditOptions {
  readonly dataDir: string;
  readonly database: string;
}

const PAGE = 1000;
const FOLLOW_INTERVAL_MS = 500;

export function auditCommand(): Command {
  const audit = new Command('audit').description(
    'The audit log: who did what, when, and whether anyone touched the log.',
  );
  withDatabaseOptions(audit.command('tail').description('print audit records, oldest first, one JSON document a line'))
    .option('-n, --lines <count>', 'how many of the newest to begin with', '20')
    .option('-f, --follow', 'keep printing new records until interrupted')
    .action(async (options: AuditOptions & { lines: string; follow?: true }) => {
      const lines = requireCount(options.lines);
      await withStore(options, (store) => tail(store, lines, options.follow === true));
    });
  withDatabaseOptions(
    audit.command('verify').description('recompute every hash chain; any edit, removal or reordering is named'),
  ).action(async (options: AuditOptions) => withStore(options, verify));
  return audit;
}

function withDatabaseOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--data-dir <dir>', 'data directory of the server').env('KEYSTEAD_DATA_DIR').default('.keystead'),
    )
    .addOption(
      new Option('--database <url>', '"sqlite", or the postgres:// URL').env('KEYSTEAD_DATABASE').default('sqlite'),
    );
}

async function withStore(options: AuditOptions, work: (store: StoreReader) => Promise<void>): Promise<void> {
  const database = requireDatabase(options.database);
  const dataDir = resolve(options.dataDir);
  if (database === 'sqlite' && !existsSync(dataDir)) {
    throw new CommandError(
      `There is no data directory ${dataDir}.`,
      "Name the server's with --data-dir or KEYSTEAD_DATA_DIR, or its database with --database.",
    );
  }
  // Database drivers are slow to load: only commands that need one wait for it.
  const [{ openStoreReadOnly }, { startErrorOf }] = await Promise.all([
    import('../storage/open.ts'),
    import('../start-errors.ts'),
  ]);
  const store = await openStoreReadOnly({ database, dataDir, clock: systemClock }).catch((error: unknown) => {
    throw startErrorOf(error);
  });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

function requireCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new CommandError(`--lines is "${text}".`, 'It takes a whole number.', exitCodes.usage);
}

async function tail(store: StoreReader, lines: number, follow: boolean): Promise<void> {
  const printed = new Map<string, number>();
  const newest: RecordedAudit[] = [];
  for (const chain of await store.listAuditChains()) {
    printed.set(chain.chainId, chain.lastSequence);
    const after = Math.max(0, chain.lastSequence - lines);
    for await (const record of records(store, chain.chainId, after)) newest.push(record);
  }
  newest.sort((a, b) => eventTimeOf(a).localeCompare(eventTimeOf(b)));
  for (const record of newest.slice(newest.length - Math.min(lines, newest.length))) console.log(record.recordJson);
  while (follow) {
    await new Promise((wake) => setTimeout(wake, FOLLOW_INTERVAL_MS));
    for (const chain of await store.listAuditChains()) {
      for await (const record of records(store, chain.chainId, printed.get(chain.chainId) ?? 0)) {
        console.log(record.recordJson);
        printed.set(chain.chainId, record.sequence);
      }
    }
  }
}

function eventTimeOf(record: RecordedAudit): string {
  return (JSON.parse(record.recordJson) as { eventTime: string }).eventTime;
}

async function* records(store: StoreReader, chainId: string, from: number): AsyncGenerator<RecordedAudit> {
  for (let after = from; ; ) {
    const page = await store.listAudit(chainId, { after, limit: PAGE });
    yield* page.rows;
    const last = page.rows.at(-1);
    if (!page.more || !last) return;
    after = last.sequence;
  }
}

async function verify(store: StoreReader): Promise<void> {
  let total = 0;
  let broken = 0;
  for (const chain of await store.listAuditChains()) {
    const { verified, fault } = await verifyChain(chain, records(store, chain.chainId, 0));
    total += verified;
    if (fault) broken += 1;
    console.log(`${chain.chainId}: ${fault ? `BROKEN, ${fault.message}` : `${verified} records, intact`}`);
  }
  if (broken > 0) {
    throw new CommandError(
      `${broken} audit chain${broken === 1 ? ' is' : 's are'} broken.`,
      'Compare the named records with a backup; the log was edited outside Keystead.',
    );
  }
  console.log(`${total} audit records verified.`);
}
