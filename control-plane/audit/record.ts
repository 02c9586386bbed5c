/**
 * Audit records in CloudTrail's event form, built from the contract: members marked sensitive, and every blob, never
 * reach a record, neither of a request nor of an answer; everything else is written in CloudTrail's lowerCamelCase.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents", "userIdentity element"; KMS developer guide, "Logging
 * AWS KMS API calls with AWS CloudTrail".
 */
import { randomUUID } from 'node:crypto';
import type { SessionFacts } from '@keystead/policy/authority.ts';
import type { DecisionNote } from '@keystead/policy/decision.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import type { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { shapeOf, shapes } from '@keystead/provider-schema/shapes/index.ts';
import type { Context } from '../context/context.ts';
import type { Outcome } from '../context/outcome.ts';
import type { ResolvedKeys } from '../context/resolved-key.ts';
import type { AuditRecord, AuditResource } from '../domain/audit/audit-record.ts';
import { timeOrderedId } from '../domain/identifiers/time-ordered-id.ts';
import { trailDate } from './event-form.ts';

export interface AuditedRequest {
  readonly ctx: Context;
  readonly record: OperationRecord;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly keys?: ResolvedKeys;
  /** Every answer of the authorizer's, in order. */
  readonly decisions?: readonly DecisionNote[];
  readonly outcome?: Outcome<unknown>;
  readonly error?: KmsError;
}

/**
 * The request's own record first, then those for the owners of other accounts' keys, then those of events the service
 * made itself because of it.
 */
export function auditRecords(request: AuditedRequest): readonly AuditRecord[] {
  const own = requestRecord(request);
  const { ctx, outcome } = request;
  const serviceEvents = (outcome?.audit?.serviceEvents ?? []).map((event) =>
    serviceEventRecord({ ...event, accountId: ctx.accountId, nowMs: ctx.nowMs, requestId: ctx.requestId }),
  );
  const owners = outcome ? otherOwners(own) : [];
  if (owners.length === 0) return [own, ...serviceEvents];
  const sharedEventID = randomUUID();
  const theirs = owners.map((accountId) => ownersRecord(ctx, own, accountId));
  return [...[own, ...theirs].map((record) => ({ ...record, sharedEventID })), ...serviceEvents];
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
    requestParameters: noParameters ? null : bounded(requestParameters(record, input)),
    responseElements: withoutSecrets(shown?.responseElements) ?? null,
    ...additionalEventData(decisions, shown?.additionalEventData),
    requestID: ctx.requestId,
    eventID: timeOrderedId(ctx.nowMs),
    readOnly: record.effect === 'read',
    resources: shown?.resources ?? keyResources(keys ?? {}),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ctx.accountId,
    eventCategory: 'Management',
    ...(ctx.tlsDetails && { tlsDetails: ctx.tlsDetails }),
  };
}

/** Accounts, beside the caller's, whose keys the request used. A refusal is the caller's affair alone. */
function otherOwners({ resources = [], recipientAccountId }: AuditRecord): readonly string[] {
  const owners = new Set(resources.map(({ accountId }) => accountId));
  owners.delete(recipientAccountId);
  return [...owners];
}

/** The operation's own, and which policy, statement or grant let the request through, or what was missing. */
function additionalEventData(
  decisions: readonly DecisionNote[] = [],
  ofOperation?: Readonly<Record<string, unknown>>,
): Pick<AuditRecord, 'additionalEventData'> {
  if (!ofOperation && decisions.length === 0) return {};
  const data = withoutSecrets(ofOperation) as Readonly<Record<string, unknown>> | undefined;
  return { additionalEventData: { ...data, ...(decisions.length > 0 && { keysteadAuthorization: decisions }) } };
}

/**
 * What the owner of a key learns of a caller from elsewhere: the account and the principal's id, not its name nor its
 * policies.
 */
function ownersRecord({ principal, nowMs }: Context, own: AuditRecord, accountId: string): AuditRecord {
  const { additionalEventData: data, ...rest } = own;
  const { keysteadAuthorization: _, ...shown } = data ?? {};
  return {
    ...rest,
    ...(Object.keys(shown).length > 0 && { additionalEventData: shown }),
    userIdentity: { type: 'AWSAccount', principalId: principal.principalId, accountId: principal.accountId },
    eventID: timeOrderedId(nowMs),
    resources: (own.resources ?? []).filter((resource) => resource.accountId === accountId),
    recipientAccountId: accountId,
  };
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

/** An event the service makes itself: rotation, deletion after the waiting period, a replica's creation. */
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
    ...(event.additionalEventData && { additionalEventData: event.additionalEventData }),
    ...(event.serviceEventDetails && { serviceEventDetails: event.serviceEventDetails }),
    requestID: event.requestId,
    eventID: timeOrderedId(event.nowMs),
    readOnly: false,
    ...(event.resources && { resources: event.resources }),
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
    ...(session && { sessionContext: session }),
    ...(through !== undefined && { invokedBy: through }),
  };
}

const identityTypes = { root: 'Root', user: 'IAMUser', 'assumed-role': 'AssumedRole' } as const;

/** Temporary credentials: whose they are, since when, and how they were come by. */
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
    // There is no second factor here to have been asked for.
    attributes: { creationDate: eventTime(session.issuedAtMs), mfaAuthenticated: 'false' },
    ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
  };
}

/** The service that called, or through which the caller came: `s3.eu-central-1.amazonaws.com` is `s3.amazonaws.com`. */
function invokedBy({ principal, authority: { viaService } }: Context): string | undefined {
  if (principal.kind === 'aws-service') return principal.arn;
  return viaService?.replace(/^([a-z0-9-]+)\.[a-z0-9-]+\.(amazonaws\.com(?:\.cn)?)$/, '$1.$2');
}

/** Operations of our own are management of keys, and so KMS's. */
function eventSource({ service }: OperationRecord): AuditRecord['eventSource'] {
  return service === 'keystead' ? 'kms.amazonaws.com' : `${service}.amazonaws.com`;
}

/** CloudTrail writes whole seconds. */
function eventTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function keyResources(keys: ResolvedKeys): readonly AuditResource[] {
  const existing = Object.values(keys).filter((key) => !key.notYetCreated);
  return existing.map((key) => ({
    accountId: key.regional.account_id,
    type: 'AWS::KMS::Key',
    ARN: key.arn,
  }));
}

/** As sent; for CreateKey with the defaults filled in, as KMS logs it. */
function requestParameters(record: OperationRecord, input: Readonly<Record<string, unknown>>): unknown {
  const sent = loggable(record.input, input);
  if (record.name !== 'CreateKey') return sent;
  const keySpec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  return {
    description: '',
    origin: 'AWS_KMS',
    keySpec,
    customerMasterKeySpec: keySpec,
    keyUsage: 'ENCRYPT_DECRYPT',
    bypassPolicyLockoutSafetyCheck: false,
    multiRegion: false,
    ...(sent as object | null),
  };
}

/** The value as a record may hold it; undefined for what must not be written. */
function loggable(shapeName: string, value: unknown): unknown {
  const shape = shapeOf(shapeName);
  if (value === undefined || value === null || shape.sensitive || shape.type === 'blob') return undefined;
  switch (shape.type) {
    case 'structure':
      return loggableStructure(shape.members, value as Readonly<Record<string, unknown>>);
    case 'list':
      return (value as readonly unknown[]).map((member) => loggable(shape.member, member));
    case 'timestamp':
      return trailDate(value as Date);
    default:
      return value;
  }
}

/** CloudTrail's limit keeps those who may do nothing from filling the trail. */
function bounded(parameters: unknown): unknown {
  return JSON.stringify(parameters ?? null).length > limits.auditedParametersInBytes ? null : parameters;
}

function cutOff(text: string): string {
  return text.length > limits.auditedTextLength ? text.slice(0, limits.auditedTextLength).toWellFormed() : text;
}

function loggableStructure(members: Readonly<Record<string, string>>, value: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(members)
    .filter(([name]) => !UNLOGGED.has(name))
    .map(([name, shape]) => [lowerCamel(name), loggable(shape, value[name])] as const)
    .filter(([, member]) => member !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

/** Not secret, but nobody else's business: whoever holds a grant token may use it. */
const UNLOGGED: ReadonlySet<string> = new Set(['GrantToken', 'GrantTokens']);

/** Names under which the contract knows something that is never written, as an answer's members are called in a record. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  Object.keys(shapes)
    .map(shapeOf)
    .flatMap((shape) => (shape.type === 'structure' ? Object.entries(shape.members) : []))
    .filter(([name, target]) => UNLOGGED.has(name) || shapeOf(target).sensitive || shapeOf(target).type === 'blob')
    .map(([name]) => lowerCamel(name))
    // An identifier, which CloudTrail writes; only the credentials of an external key store's proxy keep theirs.
    .filter((name) => name !== 'accessKeyId'),
);

/** What an operation wants written about its answer; should that ever name a secret, the secret stays out. */
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
