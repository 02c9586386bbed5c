/**
 * `keystead root-key remove-generations`: removes what nothing needs. That cannot be undone, so the database's word is
 * not enough: each secret in it is opened with the generations that would be left.
 */
import { liveHolders } from '../../domain/keys/root-key-state.ts';
import type { RootKeys } from '../../hsm/crypto/root-keys.ts';
import { MAX_SESSION_AGE_MS } from '../../hsm/port/credentials.ts';
import { removeGenerationsBefore } from '../../hsm/root-key/change.ts';
import { createSoftHsm } from '../../hsm/soft/soft-hsm.ts';
import { nameOfWrapped, wrappedSecrets } from '../../mutations/wrapped-secrets.ts';
import { startErrorOf } from '../../startup/start-error-mapping.ts';
import type { ReadOnlyStore } from '../../storage/open.ts';
import { type WrappedRows, type WrappedTable, wrappedTables } from '../../storage/port/wrapped-secrets.ts';
import { withStore } from '../audit/audit-database.ts';
import { CommandError } from '../shared/report.ts';
import { asCaller, asOwnerOf, operator, type SealPlace, sealAt } from './place.ts';
import { type DatabasePlace, type Progress, progressIn, timeOf } from './progress.ts';

/** Until every server has noticed the new generation, its HSM seals tokens under the old one. */
const NOTICE_MS = 10 * 60_000;
const PAGE = 200;
const SHOWN = 10;
const PRINT_EVERY = 10_000;

export async function removeGenerations(options: DatabasePlace & SealPlace): Promise<void> {
  const seal = sealAt(options);
  const removedBy = operator();
  await withStore(options, async (store) => {
    const progress = await progressIn(store);
    const { inUse } = progress.state;
    const removal = { removedAtMs: Date.now(), removedBy };
    const approve = (left: RootKeys) =>
      asCaller(seal.path, async () => {
        refuse(inUse, await needs(store, progress, left));
        refuse(inUse, await unopened(store, left));
      });
    const work = () => removeGenerationsBefore(seal, inUse, removal, approve);
    const removed = await asOwnerOf(seal.path, work).catch((error: unknown) => {
      throw startErrorOf(error);
    });
    if (!removed) {
      console.log(
        `Nothing was removed: the servers use generation ${inUse}, and the root key in ${seal.path} has none before it.`,
      );
      return;
    }
    console.log(
      [
        `The root key in ${seal.path} has no generation before ${inUse} any more.`,
        'Copy the file to the other machines of this installation, and back it up.',
        'Backups of the database from before the rotation need a backup of the root key from then: keep both, or neither.',
      ].join('\n'),
    );
  });
}

/** @throws CommandError */
function refuse(inUse: number, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  throw new CommandError(
    [`The generations before ${inUse} are still needed:`, ...reasons.map((reason) => `  ${reason}`)].join('\n'),
    '"keystead root-key status" shows how far the rotation is; run this again when it is complete.',
  );
}

/** What needs an older generation, as far as the database and the root key tell. */
async function needs(store: ReadOnlyStore, { state, rewrap, holders }: Progress, left: RootKeys) {
  const { inUse, inUseSinceMs, fingerprint } = state;
  const reasons: string[] = [];
  const [oldest] = left.describe();
  if (fingerprint !== undefined && oldest?.fingerprint !== fingerprint) {
    reasons.push(`generation ${inUse} of this root key is not the one that the servers use`);
  }
  if (rewrap.complete < inUse) reasons.push(`the rotation to generation ${inUse} is not complete`);
  for (const [table, count] of Object.entries(await store.countWrapped(inUse))) {
    if (count > 0) reasons.push(`${table}: ${count} rows`);
  }
  // The database's time could have been set back; the root key says itself when it was made.
  const usedFromMs = Math.max(inUseSinceMs, oldest?.createdAtMs ?? 0);
  const tokensUntilMs = usedFromMs + MAX_SESSION_AGE_MS + NOTICE_MS;
  if (Date.now() < tokensUntilMs) reasons.push(`session and import tokens, until ${timeOf(tokensUntilMs)}`);
  for (const { holder_id, newest } of liveHolders(holders, Date.now(), 0)) {
    if (newest < inUse) reasons.push(`server ${holder_id}, which does not hold generation ${inUse}`);
  }
  return reasons;
}

/** Names of what cannot be opened without the older generations. */
async function unopened(store: ReadOnlyStore, left: RootKeys): Promise<readonly string[]> {
  // Not closed: that would wipe the root key, which is stored after this.
  const hsm = createSoftHsm(left);
  const found: string[] = [];
  let opened = 0;
  const ofTable = async <T extends WrappedTable>(table: T): Promise<void> => {
    const { secret, key } = wrappedSecrets[table];
    for (let after: readonly string[] | undefined; ; ) {
      const rows: readonly WrappedRows[T][] = await store.listWrapped(table, { limit: PAGE, ...(after && { after }) });
      const results = await hsm.rewrap(rows.map(secret));
      for (const [i, row] of rows.entries()) {
        if (!results[i]?.wrapped) found.push(nameOfWrapped(table, row));
        else if (++opened % PRINT_EVERY === 0) console.error(`${opened} secrets open with what would be left`);
      }
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = key(last);
    }
  };
  for (const table of wrappedTables) await ofTable(table);
  const shown = found.slice(0, SHOWN).map((name) => `${name} cannot be opened without them`);
  return found.length > SHOWN ? [...shown, `${found.length - SHOWN} others`] : shown;
}
