/**
 * Idempotency keys of the REST door: a create that carries one and is sent again within a day gets the first answer
 * again, and nothing is created twice. The answer is remembered in the same write as the creation.
 */
import { createHash } from 'node:crypto';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { holdsSecret } from '@keystead/provider-schema/shapes/index.ts';
import type { Context } from '../context/context.ts';
import type { Call } from '../context/door.ts';
import type { Mutation } from '../storage/port/store.ts';
import type { IdempotencyRow } from '../storage/port/tables.ts';
import { fromStoredOutput, toStoredOutput } from '../validation/validate.ts';

const REMEMBERED_FOR_MS = limits.idempotencyInHours * 60 * 60 * 1000;

/** An answer that shows a secret once cannot be shown again, so it is never remembered. */
const isShownOnce = ({ output }: OperationRecord) => output !== null && holdsSecret(output);

type Input = Readonly<Record<string, unknown>>;

/** What is known about a request's idempotency key before the operation runs. */
export interface Remembered {
  /** The first answer, when this request repeats an earlier one. */
  readonly replay?: { readonly output: unknown };
  /** An expired row, which the new answer replaces. */
  readonly expired?: IdempotencyRow;
}

/**
 * @throws KmsError IdempotentParameterMismatchException when the key was sent with another request before;
 *   ValidationException for an operation whose answer shows a secret once
 */
export async function findRemembered(ctx: Context, call: Call, input: Input): Promise<Remembered> {
  if (call.idempotencyKey === undefined) return {};
  if (isShownOnce(call.record)) {
    throw new KmsError(
      'ValidationException',
      `${call.record.name} shows a secret once and does not accept an idempotency key. Send the request without it.`,
    );
  }
  const row = await ctx.store.findIdempotent(ctx.accountId, ctx.principal.principalId, call.idempotencyKey);
  if (!row) return {};
  if (row.expires_at_ms <= ctx.nowMs) return { expired: row };
  if (row.operation !== call.record.name || row.request_hash !== requestHash(ctx, call, input)) {
    throw new KmsError('IdempotentParameterMismatchException');
  }
  return {
    replay: { output: fromStoredOutput(call.record.name, await sealGrantToken(ctx, JSON.parse(row.response))) },
  };
}

/**
 * Remembers the answer in the operation's own write. When two requests with one key race, the second loses its write
 * (the row exists, or has a newer revision), runs again and finds the answer of the first.
 */
export async function rememberMutation(
  ctx: Context,
  call: Call,
  input: Input,
  output: unknown,
  { expired }: Remembered,
): Promise<readonly Mutation[]> {
  if (call.idempotencyKey === undefined) return [];
  const key = {
    account_id: ctx.accountId,
    principal_id: ctx.principal.principalId,
    idempotency_key: call.idempotencyKey,
  };
  const answer = {
    operation: call.record.name,
    request_hash: requestHash(ctx, call, input),
    response: JSON.stringify(await openGrantToken(ctx, toStoredOutput(call.record.name, output))),
    expires_at_ms: ctx.nowMs + REMEMBERED_FOR_MS,
  };
  return expired
    ? [{ op: 'update', table: 'idempotency', key, revision: expired.revision, set: answer }]
    : [{ op: 'insert', table: 'idempotency', row: { ...key, ...answer } }];
}

type StoredAnswer = { readonly GrantToken?: unknown } | undefined;

/** A grant token is stored as its content, without the seal, so a database or its backup holds no usable token. */
async function openGrantToken(ctx: Context, answer: unknown): Promise<unknown> {
  const grantToken = (answer as StoredAnswer)?.GrantToken;
  return typeof grantToken === 'string'
    ? { ...(answer as object), GrantToken: await ctx.sealedTokens.open('grant', grantToken) }
    : answer;
}

/** The same content has the same seal, so the replay equals the first answer. */
async function sealGrantToken(ctx: Context, answer: unknown): Promise<unknown> {
  const content = (answer as StoredAnswer)?.GrantToken;
  return content === undefined
    ? answer
    : { ...(answer as object), GrantToken: await ctx.sealedTokens.seal('grant', content) };
}

/** The Region is part of the request: the same create in two Regions makes two resources. */
function requestHash(ctx: Context, call: Call, input: Input): string {
  const canonical = JSON.stringify([call.record.name, ctx.region, sorted(input)]);
  return createHash('sha256').update(canonical).digest('hex');
}

function sorted(value: unknown): unknown {
  if (value instanceof Date || value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(sorted);
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}
