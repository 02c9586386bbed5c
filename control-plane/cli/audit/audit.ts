/**
 * `keystead audit`: the audit log as the database or a log directory holds it, read-only, with or without a running
 * server.
 */
import { Command, Option } from 'commander';
import { exitCodes } from '../../startup/start-error.ts';
import type { AuditReader, RecordedAudit } from '../../storage/port/audit.ts';
import { CommandError } from '../shared/report.ts';
import { type AuditPlace, recordsOf, withDatabaseOptions, withStore } from './audit-database.ts';
import { rebuildIndex } from './audit-index-rebuild.ts';
import { verifyLogs } from './audit-log-directory.ts';
import { printCheckpoint, printProof, verifyProofFile } from './audit-proofs.ts';
import { type VerifyOptions, verifyDatabase } from './audit-verify.ts';

const FOLLOW_INTERVAL_MS = 500;

const PUBLIC_KEY = '--public-key <file>';
const PUBLIC_KEY_HELP = 'PEM file of the public key that verifies checkpoints';

export function auditCommand(): Command {
  const audit = new Command('audit').description(
    'The audit log: who did what, when, and whether anyone changed the log.',
  );
  withDatabaseOptions(audit.command('tail').description('print audit records, oldest first, one JSON document a line'))
    .option('-n, --lines <count>', 'how many of the newest records to begin with', '20')
    .option('-f, --follow', 'keep printing new records until interrupted')
    .action(async (options: AuditPlace & { lines: string; follow?: true }) => {
      const lines = requireCount(options.lines);
      await withStore(options, (store) => tail(store, lines, options.follow === true));
    });
  withDatabaseOptions(
    audit
      .command('verify')
      .description(
        'recompute every hash chain and what it is searched by, compare with the signed checkpoints; names what was changed',
      ),
  )
    .option(PUBLIC_KEY, `${PUBLIC_KEY_HELP} (default: <data-dir>/audit-public-key.pem)`)
    .option('--checkpoint <file>', 'compare the log with this checkpoint too, which was kept elsewhere')
    .option('--log-dir <dir>', 'compare the log with the files delivered there too')
    .addOption(
      new Option('--checkpoint-interval <seconds>', 'the --audit-checkpoint-interval of the server')
        .env('KEYSTEAD_AUDIT_CHECKPOINT_INTERVAL')
        .default('300'),
    )
    .action((options: VerifyOptions & { checkpointInterval: string }) =>
      verifyDatabase(options, 1000 * requireSeconds(options.checkpointInterval)),
    );
  withDatabaseOptions(
    audit
      .command('rebuild-index')
      .description('store again, from the records, what the log is searched by; on SQLite stop the server first'),
  ).action(rebuildIndex);
  audit
    .command('verify-logs')
    .description('verify a log directory by itself; names every record that was changed')
    .argument('<dir>', 'the directory that --audit-log-dir names')
    .option(PUBLIC_KEY, `${PUBLIC_KEY_HELP} (default: audit-public-key.pem in the directory)`)
    .action(verifyLogs);
  withDatabaseOptions(
    audit.command('checkpoint').description('print the newest signed checkpoint, to keep elsewhere'),
  ).action(printCheckpoint);
  withDatabaseOptions(
    audit
      .command('prove')
      .description('print a proof that a record is in the log that the newest checkpoint signs')
      .argument('<event-id>', "the record's eventID"),
  ).action(printProof);
  audit
    .command('verify-proof')
    .description('verify a proof and print its record; needs nothing but the public key')
    .argument('<file>', 'the output of "audit prove"')
    .requiredOption(PUBLIC_KEY, PUBLIC_KEY_HELP)
    .action(verifyProofFile);
  return audit;
}

function requireCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new CommandError(`--lines: "${text}" is not a whole number.`, 'Write it like --lines 20.', exitCodes.usage);
}

function requireSeconds(text: string): number {
  if (Number.isFinite(Number(text)) && Number(text) > 0) return Number(text);
  throw new CommandError(
    `--checkpoint-interval: "${text}" is not a positive number of seconds.`,
    'Write it like --checkpoint-interval 300.',
    exitCodes.usage,
  );
}

async function tail(store: AuditReader, lines: number, follow: boolean): Promise<void> {
  const printed = new Map<string, number>();
  const newest: RecordedAudit[] = [];
  for (const chain of await store.listAuditChains()) {
    printed.set(chain.chainId, chain.lastSequence);
    const after = Math.max(0, chain.lastSequence - lines);
    for await (const record of recordsOf(store, chain.chainId, after)) newest.push(record);
  }
  newest.sort((a, b) => eventTimeOf(a).localeCompare(eventTimeOf(b)));
  for (const record of newest.slice(newest.length - Math.min(lines, newest.length))) console.log(record.recordJson);
  while (follow) {
    await new Promise((wake) => setTimeout(wake, FOLLOW_INTERVAL_MS));
    for (const chain of await store.listAuditChains()) {
      for await (const record of recordsOf(store, chain.chainId, printed.get(chain.chainId) ?? 0)) {
        console.log(record.recordJson);
        printed.set(chain.chainId, record.sequence);
      }
    }
  }
}

function eventTimeOf(record: RecordedAudit): string {
  return (JSON.parse(record.recordJson) as { eventTime: string }).eventTime;
}
