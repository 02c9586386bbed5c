/** The metadata of requests to an external key store proxy; its failures are mapped to each operation's codes. */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import { type XksFailureRow, xksFailures } from '../../../domain/key-stores/xks-failures.ts';
import { XksError, type XksKeyRequestMetadata, type XksRequestMetadata } from '../../../xks/port/xks.ts';

export const healthRequest = (ctx: Pick<Context, 'requestId'>, kmsOperation: string): XksRequestMetadata => ({
  kmsOperation,
  kmsRequestId: ctx.requestId,
});

export const keyRequest = (ctx: Context, kmsOperation: string): XksKeyRequestMetadata => ({
  ...healthRequest(ctx, kmsOperation),
  awsPrincipalArn: ctx.principal.arn,
});

/** Maps a proxy's failure to the code of one kind of request. Other errors are thrown as they are. */
export function refusalIn(column: Exclude<keyof XksFailureRow, 'message' | 'connection'>) {
  return (error: unknown): never => {
    if (!(error instanceof XksError)) throw error;
    const row: XksFailureRow = xksFailures[error.failure];
    throw new KmsError(row[column], row.message);
  };
}
