/**
 * Audit records in CloudTrail's event form, built from the contract: sensitive members and blobs never reach a record,
 * from a request or an answer; everything else is written in CloudTrail's lowerCamelCase.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents", "userIdentity element"; KMS developer guide,
 * "Logging AWS KMS API calls with AWS CloudTrail".
 */
import type { SessionFacts } from '@keystead/policy/authority.ts';
import type { DecisionNote } from '@keystead/policy/decision.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { shapeOf, shapes } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';
import type { Context } from '../context/context.ts';
import type { Outcome } from '../context/outcome.ts';
import type { ResolvedKeys } from '../context/resolved-key.ts';
import type { AuditRecord, AuditResource } from '../domain/audit/audit-record.ts';
import { timeOrderedId } from '../domain/identifiers/time-ordered-id.ts';
import { keyStoreEventData } from '../domain/key-stores/key-store.ts';
import { recordsOfAccounts } from './accounts.ts';
import { boundedParameters } from './bounded-parameters.ts';
import { trailDate } from './event-form.ts';

export interface AuditedRequest {
  readonly ctx: Context;
  readonly record: OperationRecord;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly keys?: ResolvedKeys;
  /** Every decision of the authorizer, in order. */
  readonly decisions?: readonly DecisionNote[];
  readonly outcome?: Outcome<unknown>;
  readonly error?: KmsError;
}

/**
 * The request's own record first, then those for other accounts whose keys it named (accounts.ts), then those of events
 * that the service itself caused because of it.
 */
export function auditRecords(request: AuditedRequest): readonly AuditRecord[] {
  const own = requestRecord(request);
  const { ctx, outcome } = request;
  const serviceEvents = (outcome?.audit?.serviceEvents ?? []).map((event) =>
    serviceEventRecord({ ...event, accountId: ctx.accountId, nowMs: ctx.nowMs, requestId: ctx.requestId }),
  );
  return [...recordsOfAccounts(ctx, own, request.decisions), ...serviceEvents];
}

function requestRecord({ ctx, record, input, keys, decisions, outcome, error }: AuditedRequest): AuditRecord {
  const noParameters = record.name === 'RetireGrant' || input === undefined;
  const shown = outcome?.audit;
  const through = invokedBy(ctx);
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(ctx),
    eventTime: eventTime(ctx.nowMs),
    eventSource: eventSource(record),
    eventName: record.name,
    awsRegion: ctx.region,
    sourceIPAddress: through ?? ctx.sourceIp,
    userAgent: through ?? cutOff(ctx.userAgent),
    ...(error && { errorCode: error.code, ...(error.message !== '' && { errorMessage: cutOff(error.message) }) }),
    requestParameters: noParameters ? null : boundedParameters(requestParameters(record, input)),
    responseElements: withoutSecrets(shown?.responseElements) ?? null,
    ...additionalEventData(
      decisions,
      outcome ? withWarnings(shown?.additionalEventData, outcome.warnings) : refusedKeyData(record, keys, decisions),
    ),
    requestID: ctx.requestId,
    eventID: timeOrderedId(ctx.nowMs),
    readOnly: record.effect === 'read',
    resources: shown?.resources ?? keyResources(keys ?? {}),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ctx.accountId,
    eventCategory: 'Management',
    ...defined({ tlsDetails: ctx.tlsDetails }),
  };
}

const withWarnings = (
  ofOperation: Readonly<Record<string, unknown>> | undefined,
  warnings: readonly string[] | undefined,
): Readonly<Record<string, unknown>> | undefined =>
  warnings ? { ...ofOperation, keysteadWarnings: warnings } : ofOperation;

/** The operation's own data, and which policy, statement or grant allowed the request, or what was missing. */
function additionalEventData(
  decisions: readonly DecisionNote[] = [],
  ofOperation?: Readonly<Record<string, unknown>>,
): Pick<AuditRecord, 'additionalEventData'> {
  if (!ofOperation && decisions.length === 0) return {};
  const data = withoutSecrets(ofOperation) as Readonly<Record<string, unknown>> | undefined;
  return { additionalEventData: { ...data, ...(decisions.length > 0 && { keysteadAuthorization: decisions }) } };
}

/**
 * A use of a key that failed, in its custom key store or before, is recorded with the key store as a successful one is.
 * Not a use that was denied. Source: AWS KMS Developer Guide, "Logging AWS KMS
 * API calls with AWS CloudTrail", "Decrypt failure with a KMS key in an external key store".
 */
function refusedKeyData(
  { targets }: OperationRecord,
  keys: ResolvedKeys = {},
  decisions: readonly DecisionNote[] = [],
): Readonly<Record<string, unknown>> | undefined {
  const [target] = targets;
  if (targets.length !== 1 || target?.kind !== 'key' || !target.usages) return undefined;
  if (decisions.length === 0 || decisions.some(({ decision }) => decision === 'Deny')) return undefined;
  const key = keys[target.member];
  return key && keyStoreEventData(key.shared);
}

export interface ServiceEvent {
  readonly eventName: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly nowMs: number;
  readonly requestId: string;
  readonly serviceEventDetails?: Readonly<Record<string, unknown>>;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly resources?: readonly AuditResource[];
}

/** An event that the service itself causes: rotation, deletion after the waiting period, a replica's creation. */
export function serviceEventRecord(event: ServiceEvent): AuditRecord {
  return {
    eventVersion: '1.11',
    userIdentity: { accountId: event.accountId, invokedBy: 'AWS Internal' },
    eventTime: eventTime(event.nowMs),
    eventSource: 'kms.amazonaws.com',
    eventName: event.eventName,
    awsRegion: event.awsRegion,
    sourceIPAddress: 'AWS Internal',
    userAgent: 'AWS Internal',
    requestParameters: null,
    responseElements: null,
    ...defined({ additionalEventData: event.additionalEventData, serviceEventDetails: event.serviceEventDetails }),
    requestID: event.requestId,
    eventID: timeOrderedId(event.nowMs),
    readOnly: false,
    ...defined({ resources: event.resources }),
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: event.accountId,
    eventCategory: 'Management',
  };
}

function userIdentity(ctx: Context): AuditRecord['userIdentity'] {
  const { principal, accessKeyId, authority } = ctx;
  if (principal.kind === 'service') return { accountId: principal.accountId, invokedBy: principal.arn };
  if (principal.kind === 'aws-service') return { type: 'AWSService', invokedBy: principal.arn };
  if (principal.kind === 'federated') {
    const { principalId, subject, provider } = principal;
    return { type: 'WebIdentityUser', principalId, userName: subject, identityProvider: provider };
  }
  const through = invokedBy(ctx);
  const session = sessionContext(principal, authority.session);
  return {
    type: identityTypes[principal.kind],
    principalId: principal.principalId,
    arn: principal.arn,
    accountId: principal.accountId,
    accessKeyId,
    ...(principal.kind === 'user' && { userName: principal.userName }),
    ...defined({ sessionContext: session, invokedBy: through }),
  };
}

const identityTypes = { root: 'Root', user: 'IAMUser', 'assumed-role': 'AssumedRole' } as const;

/** Whose temporary credentials these are, since when, and how they were obtained. */
function sessionContext(principal: Principal, session: SessionFacts | undefined): object | undefined {
  if (!session) return undefined;
  return {
    ...(principal.kind === 'assumed-role' && {
      sessionIssuer: {
        type: 'Role',
        principalId: principal.roleId,
        arn: principal.roleArn,
        accountId: principal.accountId,
        userName: principal.roleName,
      },
    }),
    ...(session.federatedProvider !== undefined && {
      webIdFederationData: {
        federatedProvider: session.federatedProvider,
        attributes: session.federatedClaims ?? {},
      },
    }),
    // MFA is not supported.
    attributes: { creationDate: eventTime(session.issuedAtMs), mfaAuthenticated: 'false' },
    ...defined({ sourceIdentity: session.sourceIdentity }),
  };
}

/** The service that called or acted for the caller: `s3.amazonaws.com` for `s3.eu-central-1.amazonaws.com`. */
function invokedBy({ principal, authority: { viaService } }: Context): string | undefined {
  if (principal.kind === 'aws-service') return principal.arn;
  return viaService?.replace(/^([a-z0-9-]+)\.[a-z0-9-]+\.(amazonaws\.com(?:\.cn)?)$/, '$1.$2');
}

/** Our own operations manage keys, so they are recorded as events of KMS. */
function eventSource({ service }: OperationRecord): AuditRecord['eventSource'] {
  return service === 'keystead' ? 'kms.amazonaws.com' : `${service}.amazonaws.com`;
}

/** The time that was written last: the requests of one second have the same. */
let lastTime = { second: Number.NaN, text: '' };

/** CloudTrail writes whole seconds. */
function eventTime(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (lastTime.second !== second) lastTime = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  return lastTime.text;
}

function keyResources(keys: ResolvedKeys): readonly AuditResource[] {
  const existing = Object.values(keys).filter((key) => !key.notYetCreated);
  return existing.map((key) => ({
    accountId: key.regional.account_id,
    type: 'AWS::KMS::Key',
    ARN: key.arn,
  }));
}

/** As sent, with the defaults that KMS logs filled in. */
function requestParameters(record: OperationRecord, input: Readonly<Record<string, unknown>>): unknown {
  const sent = loggable(writeOf(record.input), input);
  const defaults = Object.hasOwn(loggedDefaults, record.name) ? loggedDefaults[record.name] : undefined;
  return defaults ? { ...defaults(input), ...(sent as object | null) } : sent;
}

const defaultAlgorithm = { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' } as const;
const defaultAlgorithms = {
  sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
} as const;

/** By operation. Source: AWS KMS Developer Guide, "Examples of AWS KMS log entries". */
const loggedDefaults: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>> = {
  CreateKey(input) {
    const keySpec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
    return {
      description: '',
      origin: 'AWS_KMS',
      keySpec,
      customerMasterKeySpec: keySpec,
      keyUsage: 'ENCRYPT_DECRYPT',
      bypassPolicyLockoutSafetyCheck: false,
      multiRegion: false,
    };
  },
  Encrypt: () => defaultAlgorithm,
  Decrypt: () => defaultAlgorithm,
  ReEncrypt: () => defaultAlgorithms,
};

/** The value as a record can hold it; undefined for a value that must not be written. */
type Write = (value: unknown) => unknown;

/** By the name of a shape; undefined: its values are never written. Made at their first use. */
const writes = new Map<string, Write | undefined>();

function writeOf(shapeName: string): Write | undefined {
  if (!writes.has(shapeName)) writes.set(shapeName, makeWrite(shapeOf(shapeName)));
  return writes.get(shapeName);
}

function makeWrite(shape: Shape): Write | undefined {
  if (shape.sensitive || shape.type === 'blob') return undefined;
  switch (shape.type) {
    case 'structure':
      return writeOfStructure(shape.members);
    case 'list': {
      const write = writeOf(shape.member);
      return (value) => (value as readonly unknown[]).map((member) => loggable(write, member));
    }
    case 'timestamp':
      return (value) => trailDate(value as Date);
    default:
      return (value) => value;
  }
}

const loggable = (write: Write | undefined, value: unknown): unknown =>
  value === undefined || value === null ? undefined : write?.(value);

function writeOfStructure(shapeNames: Readonly<Record<string, string>>): Write {
  const members = Object.entries(shapeNames).flatMap(([name, shape]) => {
    const write = UNLOGGED.has(name) ? undefined : writeOf(shape);
    return write ? [{ name, logged: lowerCamel(name), write }] : [];
  });
  return (value) => {
    const written: Record<string, unknown> = {};
    let isEmpty = true;
    for (const { name, logged, write } of members) {
      const member = loggable(write, (value as Readonly<Record<string, unknown>>)[name]);
      if (member === undefined) continue;
      written[logged] = member;
      isEmpty = false;
    }
    return isEmpty ? null : written;
  };
}

function cutOff(text: string): string {
  return text.length > limits.auditedTextLength ? text.slice(0, limits.auditedTextLength).toWellFormed() : text;
}

/** Not secret, but not for readers of the audit: anyone who holds a grant token can use it. */
const UNLOGGED: ReadonlySet<string> = new Set(['GrantToken', 'GrantTokens']);

/** Names, as a record spells them, of members that the contract marks sensitive, of blobs and of grant tokens. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  Object.keys(shapes)
    .map(shapeOf)
    .flatMap((shape) => (shape.type === 'structure' ? Object.entries(shape.members) : []))
    .filter(([name, target]) => UNLOGGED.has(name) || shapeOf(target).sensitive || shapeOf(target).type === 'blob')
    .map(([name]) => lowerCamel(name))
    // An access key id is an identifier, which CloudTrail writes; only the id for an external key store proxy is
    // sensitive.
    .filter((name) => name !== 'accessKeyId'),
);

/** The data that an operation adds to its record, without secrets, which it must not add anyway. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value instanceof Uint8Array) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !SECRET_NAMES.has(name))
      .map(([name, member]) => [name, withoutSecrets(member)]),
  );
}

function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
