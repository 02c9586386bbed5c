/**
 * Finds in audit records who used which key for what, and the facts of the request on which policies and grants can
 * depend, as far as the audit has them. No I/O.
 */
import { regionalServiceName } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import { type KeyUse, usesIn } from './key-usage.ts';

/** What a decision about the same request again depends on. */
export interface UseFacts {
  readonly encryptionContext?: Readonly<Record<string, string>>;
  readonly sourceIp?: string;
  /** `s3.eu-central-1.amazonaws.com` */
  readonly viaService?: string;
  /** Of a session of a role. */
  readonly sessionName?: string;
  /** The alias by which the request named the key, `alias/orders`. */
  readonly alias?: string;
}

/** A use of a key, with the principal: a session counts as its role. */
export interface UseByPrincipal extends Pick<KeyUse, 'accountId' | 'region' | 'keyId' | 'usedAtMs' | 'eventId'> {
  /** Unique id of a user or role, account id of a root user, name of a service. */
  readonly principalId: string;
  readonly principalAccountId: string;
  /** `kms:ReEncryptFrom` */
  readonly action: string;
  readonly facts: UseFacts;
}

/** The actions of one record; none where the principal or the action is not recorded. */
export function usersIn(record: AuditRecord): readonly UseByPrincipal[] {
  const principal = principalIn(record);
  if (!principal) return [];
  const uses = new Map(usesIn(record).map((use) => [use.keyId, use]));
  return [...uses.values()].flatMap(({ accountId, region, keyId, usedAtMs, eventId }) =>
    actionsOn(record, keyId).map((action) => ({
      accountId,
      region,
      keyId,
      usedAtMs,
      eventId,
      principalId: principal.id,
      principalAccountId: principal.accountId,
      action,
      facts: factsIn(record, action, principal.sessionName),
    })),
  );
}

function principalIn({ userIdentity, recipientAccountId }: AuditRecord) {
  const { type, principalId, accountId, invokedBy } = userIdentity;
  if (type === 'AWSService') {
    return typeof invokedBy === 'string' ? { id: invokedBy, accountId: recipientAccountId } : undefined;
  }
  if (typeof principalId !== 'string' || typeof accountId !== 'string') return undefined;
  const [id = '', ...session] = principalId.split(':');
  return { id, accountId, ...(session.length > 0 && { sessionName: session.join(':') }) };
}

interface RecordedDecision {
  readonly action: string;
  readonly resource?: string;
  readonly decision: string;
}

/** By the decisions that allowed the request, which tell the two sides of a re-encryption apart. */
function actionsOn({ additionalEventData }: AuditRecord, keyId: string): readonly string[] {
  const decisions = (additionalEventData?.keysteadAuthorization ?? []) as readonly RecordedDecision[];
  const onKey = decisions.filter(
    ({ decision, resource }) => decision === 'Allow' && resource?.endsWith(`:key/${keyId}`),
  );
  return [...new Set(onKey.map(({ action }) => action))];
}

function factsIn(record: AuditRecord, action: string, sessionName: string | undefined): UseFacts {
  const side = sides[action] ?? { context: 'encryptionContext', key: 'keyId' };
  const parameters = (record.requestParameters ?? {}) as Readonly<Record<string, unknown>>;
  const { type, invokedBy } = record.userIdentity;
  const isForwarded = type !== 'AWSService' && typeof invokedBy === 'string';
  return defined({
    encryptionContext: textsIn(parameters[side.context]),
    // In the place of an address, a service's call has the service's name.
    sourceIp: isForwarded || type === 'AWSService' ? undefined : record.sourceIPAddress,
    viaService: isForwarded ? regionalServiceName(invokedBy, record.awsRegion) : undefined,
    sessionName,
    alias: aliasIn(parameters[side.key]),
  });
}

const sides: Readonly<Record<string, { readonly context: string; readonly key: string }>> = {
  'kms:ReEncryptFrom': { context: 'sourceEncryptionContext', key: 'sourceKeyId' },
  'kms:ReEncryptTo': { context: 'destinationEncryptionContext', key: 'destinationKeyId' },
};

/** undefined also for what a record has in the place of a context that is too long for it. */
function textsIn(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isContext = Object.values(value).every((text) => typeof text === 'string');
  return isContext ? (value as Readonly<Record<string, string>>) : undefined;
}

const aliasIn = (keyId: unknown): string | undefined =>
  typeof keyId === 'string' ? /^(?:arn:[^/]*:)?(alias\/.+)$/.exec(keyId)?.[1] : undefined;
