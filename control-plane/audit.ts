/**
 * Audit records in CloudTrail's event form, built from the contract: members marked sensitive, and every blob, never
 * reach a record; everything else is written in CloudTrail's lowerCamelCase.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents"; KMS developer guide, CloudTrail log entries.
 */
import { randomUUID } from 'node:crypto';
import type { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { shapeOf } from '@keystead/provider-schema/shapes.ts';
import type { Principal } from './auth/principal.ts';
import type { Context, Outcome, ResolvedKeys } from './context.ts';
import type { AuditRecord, AuditResource } from './domain/audit-record.ts';

export interface AuditedRequest {
  readonly ctx: Context;
  readonly record: OperationRecord;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly keys?: ResolvedKeys;
  readonly outcome?: Outcome<unknown>;
  readonly error?: KmsError;
}

/** The request's own record first, then those of events the service made itself because of it. */
export function auditRecords(request: AuditedRequest): readonly AuditRecord[] {
  const own = requestRecord(request);
  const { ctx, outcome } = request;
  const others = (outcome?.audit?.serviceEvents ?? []).map((event) =>
    serviceEventRecord({ ...event, accountId: ctx.accountId, nowMs: ctx.nowMs, requestId: ctx.requestId }),
  );
  return [own, ...others];
}

function requestRecord({ ctx, record, input, keys, outcome, error }: AuditedRequest): AuditRecord {
  const noParameters = record.name === 'RetireGrant' || input === undefined;
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(ctx.principal, ctx.accessKeyId),
    eventTime: eventTime(ctx.nowMs),
    eventSource: eventSource(record),
    eventName: record.name,
    awsRegion: ctx.region,
    sourceIPAddress: ctx.sourceIp,
    userAgent: cutOff(ctx.userAgent),
    ...(error && { errorCode: error.code, ...(error.message !== '' && { errorMessage: cutOff(error.message) }) }),
    requestParameters: noParameters ? null : bounded(loggable(record.input, input)),
    responseElements: outcome?.audit?.responseElements ?? null,
    ...(outcome?.audit?.additionalEventData && { additionalEventData: outcome.audit.additionalEventData }),
    requestID: ctx.requestId,
    eventID: randomUUID(),
    readOnly: record.effect === 'read',
    resources: outcome?.audit?.resources ?? keyResources(keys ?? {}),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ctx.accountId,
    eventCategory: 'Management',
  };
}

export interface ServiceEvent {
  readonly eventName: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly nowMs: number;
  readonly requestId: string;
  readonly serviceEventDetails?: Readonly<Record<string, unknown>>;
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
    ...(event.serviceEventDetails && { serviceEventDetails: event.serviceEventDetails }),
    requestID: event.requestId,
    eventID: randomUUID(),
    readOnly: false,
    ...(event.resources && { resources: event.resources }),
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: event.accountId,
    eventCategory: 'Management',
  };
}

function userIdentity(principal: Principal, accessKeyId: string): AuditRecord['userIdentity'] {
  if (principal.kind === 'service') return { accountId: principal.accountId, invokedBy: principal.arn };
  return {
    type: principal.kind === 'root' ? 'Root' : 'IAMUser',
    principalId: principal.principalId,
    arn: principal.arn,
    accountId: principal.accountId,
    accessKeyId,
    ...(principal.kind === 'user' && { userName: principal.userName }),
  };
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
  return Object.values(keys)
    .filter((key) => !key.unmade)
    .map((key) => ({
      accountId: key.regional.account_id,
      type: 'AWS::KMS::Key',
      ARN: key.arn,
    }));
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
      return (value as Date).toISOString();
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

function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
