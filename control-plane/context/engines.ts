/** The engines behind every request. */
import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.ts';
import type { HsmServices } from '../hsm/port/hsm.ts';
import type { FairShare } from '../quotas/fair-share.ts';
import type { ResourceQuotas, Throttle } from '../quotas/quotas.ts';
import type { Store } from '../storage/port/store.ts';
import type { KeyStoreEngines } from './key-store-engines.ts';
import type { RefusalTally } from './refusal-tally.ts';
import type { SealedTokens } from './sealed-tokens.ts';

/** How the server was started: values by name, without secrets. */
export type ServerSettings = Readonly<Record<string, string>>;

/** The engines of one process; startup/server.ts builds them. */
export interface Engines extends HsmServices {
  readonly store: Store;
  /**
   * Resolves when the store's reads have every write that was acknowledged before this call; every request waits for it.
   * Absent: they always have. @throws StoreUnavailable
   */
  readonly catchUp?: () => Promise<void>;
  readonly clock: Clock;
  readonly sealedTokens: SealedTokens;
  readonly keyStores: KeyStoreEngines;
  readonly quotas: ResourceQuotas;
  readonly throttle: Throttle;
  readonly fairShare: FairShare;
  /** The Regions that are served; absent: all. */
  readonly regions?: ReadonlySet<string>;
  readonly settings: ServerSettings;
  readonly refusals: RefusalTally;
  readonly log: Logger;
  /** Lets the jobs run now. */
  readonly wakeJobs: () => void;
  /** Called once per request, after the answer is decided. */
  readonly observe: (seen: { readonly operation: string; readonly code: string; readonly seconds: number }) => void;
  /** Called for a request that was refused because its decisions cost too much. */
  readonly decisionTooCostly: (request: {
    readonly requestId: string;
    readonly accountId: string;
    /** ARN. */
    readonly principal: string;
    readonly operation: string;
  }) => void;
}
