/** `keystead audit rebuild-index`: stores again, from the records, what the audit log is searched by. */
import type { AuditIndexRepair } from '../../storage/port/audit.ts';
import { type AuditPlace, withWritableStore } from './audit-database.ts';
import { type IndexFault, indexFaultLine, indexFaults } from './audit-index.ts';

/** Faults that one write repairs: other writes wait for it. */
const REPAIRS_PER_WRITE = 200;

/** Prints each record that searches did not find as it is. The records themselves stay as they are. */
export function rebuildIndex(options: AuditPlace): Promise<void> {
  return withWritableStore(options, async (store) => {
    const waiting: IndexFault[] = [];
    let repaired = 0;
    const flush = async () => {
      const faults = waiting.splice(0);
      for (const repair of repairsOf(faults.filter(({ segment }) => !segment))) await store.repairAuditIndex(repair);
      for (const { chainId, segment } of faults) if (segment) await store.repairAuditSegment(chainId, segment.last);
      repaired += faults.length;
    };
    for await (const fault of indexFaults(store)) {
      console.log(indexFaultLine(fault));
      waiting.push(fault);
      if (waiting.length === REPAIRS_PER_WRITE) await flush();
    }
    await flush();
    const what = repaired === 0 ? 'The index is what the records say.' : `${repaired} entries were stored again.`;
    console.log(`${what} "keystead audit verify" says whether the records are those that were written.`);
  });
}

function repairsOf(faults: readonly IndexFault[]): readonly AuditIndexRepair[] {
  return [...Map.groupBy(faults, ({ chainId }) => chainId)].map(([chainId, own]) => ({
    chainId,
    entries: own.flatMap(({ sequence, entry, differences }) =>
      entry && differences.length > 0 ? [{ sequence, entry }] : [],
    ),
    add: own.flatMap(({ missing }) => missing),
    remove: own.flatMap(({ stray }) => (stray ? [stray] : [])),
  }));
}
