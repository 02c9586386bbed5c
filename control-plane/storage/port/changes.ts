/** The change log: the changes of declared state, for followers and drift. */
import type { Page, SequencePage } from './page.ts';

/** One change of declared state. */
export interface Change {
  readonly accountId: string;
  readonly region: string;
  readonly resourceType:
    | 'key'
    | 'alias'
    | 'grant'
    | 'custom-key-store'
    | 'principal'
    | 'group'
    | 'policy'
    | 'oidc-provider'
    | 'account'
    | 'access-key'
    | 'server-settings';
  /** Key id, alias name, grant id, custom key store id, principal ARN, access key id; `server-settings`. */
  readonly resourceId: string;
  /** The key of a grant or alias. */
  readonly keyId?: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  /** The operation or service event that made the change. */
  readonly eventName: string;
}

export interface RecordedChange extends Change {
  /** Without gaps: increases by one with each change, in commit order. */
  readonly sequence: number;
  readonly atMs: number;
  readonly requestId: string;
  readonly eventId: string;
}

export interface ChangeQuery extends SequencePage {
  readonly accountId?: string;
  readonly region?: string;
  /** Only changes of resources of these types. */
  readonly resourceTypes?: readonly Change['resourceType'][];
}

export interface ChangeReader {
  /** Ordered by sequence. */
  listChanges(query: ChangeQuery): Promise<Page<RecordedChange>>;
  /** At most one. */
  newestChange(accountId: string): Promise<readonly RecordedChange[]>;
}
