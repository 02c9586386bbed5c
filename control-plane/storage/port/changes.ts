/** The change log: what happened to declared state, for followers and drift. */
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
    | 'access-key';
  /** Key id, alias name, grant id, custom key store id, principal ARN, access key id. */
  readonly resourceId: string;
  /** The key a grant or alias belongs to, when there is one. */
  readonly keyId?: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  /** Operation or service event that made it. */
  readonly eventName: string;
}

export interface RecordedChange extends Change {
  /** Gap-free, grows by one with each change in commit order. */
  readonly sequence: number;
  readonly atMs: number;
  readonly requestId: string;
  readonly eventId: string;
}

export interface ChangeReader {
  /** Ordered by sequence. */
  listChanges(
    query: SequencePage & { readonly accountId?: string; readonly region?: string },
  ): Promise<Page<RecordedChange>>;
}
