/** Reads a request's body as exact bytes, bounded in size; the server's timeouts bound it in time. */
import type { IncomingMessage } from 'node:http';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';

/** About what AWS's front ends accept; the largest valid request is far smaller. */
const MAX_BODY_BYTES = limits.requestBodyInBytes;

/** The connection ended before the request was complete, so it cannot be answered. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

/**
 * @throws KmsError RequestEntityTooLargeException over MAX_BODY_BYTES; the rest is not read.
 * @throws RequestAborted when the connection ended early.
 */
export function readBody(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = () => {
      request.removeAllListeners('data');
      request.pause();
      reject(new KmsError('RequestEntityTooLargeException'));
    };
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return tooLarge();
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return tooLarge();
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', () => reject(new RequestAborted()));
    request.on('aborted', () => reject(new RequestAborted()));
  });
}
