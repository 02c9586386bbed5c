/** Checks the audit log outside the database: the delivered files and the audit mirror. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { openStoreReadOnly } from '@keystead/control-plane/storage/open.ts';
import type { Faults } from './check.ts';
import type { Ledger } from './workload.ts';

export const trailOf = (dataDir: string): string => join(dataDir, 'trail');
export const mirrorOf = (dataDir: string): string => join(dataDir, 'mirror.jsonl');

interface Event {
  readonly eventID: string;
  readonly eventType: string;
  readonly requestID: string;
}

/** Checks that each answered request is in the audit mirror. */
export async function checkMirror(dataDir: string, ledger: Ledger): Promise<Faults> {
  const text = await readFile(mirrorOf(dataDir), 'utf8');
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    // A kill can truncate a line: that request was not answered.
    const event = parse(line);
    if (event) seen.add(event.requestID);
  }
  return [...ledger.answered].filter((id) => !seen.has(id)).map((id) => `request ${id} is not in the audit mirror`);
}

function parse(text: string): Event | undefined {
  try {
    return JSON.parse(text) as Event;
  } catch {
    return undefined;
  }
}

/** Checks that each record is in the log directory once, and that each answered request is among them. */
export async function checkDelivery(dataDir: string, ledger: Ledger): Promise<Faults> {
  await allDelivered(dataDir);
  const names = await readdir(trailOf(dataDir), { recursive: true });
  const times = new Map<string, number>();
  const requests = new Set<string>();
  for (const name of names.filter((file) => file.endsWith('.json.gz'))) {
    const text = gunzipSync(await readFile(join(trailOf(dataDir), name))).toString();
    for (const { eventID, requestID, eventType } of (JSON.parse(text) as { Records: Event[] }).Records) {
      times.set(eventID, (times.get(eventID) ?? 0) + 1);
      if (eventType === 'AwsApiCall') requests.add(requestID);
    }
  }
  const repeated = [...times].filter(([, count]) => count > 1).map(([id, n]) => `event ${id} was delivered ${n} times`);
  const lost = [...ledger.answered].filter((id) => !requests.has(id)).map((id) => `request ${id} was not delivered`);
  return [...repeated, ...lost];
}

const PATIENCE_MS = 60_000;

/** Waits, after the last request, until a checkpoint covers every record and is delivered. */
export async function allDelivered(dataDir: string): Promise<void> {
  const store = await openStoreReadOnly({ database: 'sqlite', dataDir, clock: systemClock });
  try {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(200)) {
      const [heads, trees, last, delivered] = await Promise.all([
        store.listAuditChains(),
        store.listAuditTrees(),
        store.findLastCheckpoint(),
        store.findMeta('audit-delivered-checkpoint'),
      ]);
      const covered = new Map(trees.map(({ chain_id, size }) => [chain_id, size]));
      const whole = heads.every(({ chainId, lastSequence }) => (covered.get(chainId) ?? 0) === lastSequence);
      if (whole && last && delivered?.value === String(last.number)) return;
    }
    throw new Error(`the audit log was not delivered within ${PATIENCE_MS / 1000} seconds`);
  } finally {
    await store.close();
  }
}
