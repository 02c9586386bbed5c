/** The metadata of requests to an external key store proxy; its failures are mapped to each operation's codes. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import { type XksFailureRow, xksFailures } from '../../../domain/key-stores/xks-failures.ts';
import { XksError, type XksKeyRequestMetadata, type XksRequestMetadata } from '../../../xks/port/xks.ts';

export const healthRequest = (ctx: Pick<Context, 'requestId'>, kmsOperation: string): XksRequestMetadata => ({
  kmsOperation,
  kmsRequestId: ctx.requestId,
});

/** A proxy's policy names a role, not each of its sessions: the principal is that of `aws:PrincipalArn`. */
export function keyRequest(ctx: Context, kmsOperation: string): XksKeyRequestMetadata {
  const { principal, authority } = ctx;
  return {
    ...healthRequest(ctx, kmsOperation),
    awsPrincipalArn: principal.kind === 'assumed-role' ? principal.roleArn : principal.arn,
    ...defined({ kmsViaService: authority.viaService }),
  };
}

/** Maps a proxy's failure to the code of one kind of request. Other errors are thrown as they are. */
export function refusalIn(column: Exclude<keyof XksFailureRow, 'message' | 'connection'>) {
  return (error: unknown): never => {
    if (!(error instanceof XksError)) throw error;
    const row: XksFailureRow = xksFailures[error.failure];
    throw new KmsError(row[column], row.message);
  };
}
