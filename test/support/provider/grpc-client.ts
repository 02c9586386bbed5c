/**
 * A gRPC client for tests that gives access to the bytes: one unary call over node:http2, with headers and trailers.
 */
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

export interface Answer {
  readonly headers: IncomingHttpHeaders;
  /** From the trailers; from the headers when the answer has no body. */
  readonly status: string | undefined;
  readonly message: string | undefined;
  readonly body: Buffer;
}

export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export function callRaw(
  session: ClientHttp2Session,
  path: string,
  body: Uint8Array,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const chunks: Buffer[] = [];
    let received: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on('response', (response) => {
      received = response;
    });
    stream.on('trailers', (last) => {
      trailers = last;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const status = trailers['grpc-status'] ?? received['grpc-status'];
      const message = trailers['grpc-message'] ?? received['grpc-message'];
      resolve({
        headers: received,
        status: status === undefined ? undefined : String(status),
        message: message === undefined ? undefined : decodeURIComponent(String(message)),
        body: Buffer.concat(chunks),
      });
    });
    stream.end(body);
  });
}

interface Message<Properties, Decoded> {
  readonly Request: { encode(message: Properties): { finish(): Uint8Array } };
  readonly Response: { decode(bytes: Uint8Array): Decoded };
}

/** Calls an RPC of the provider. @throws when the status is not OK */
export async function call<Properties, Decoded>(
  session: ClientHttp2Session,
  name: string,
  { Request, Response }: Message<Properties, Decoded>,
  request: Properties,
): Promise<Decoded> {
  const answer = await callRaw(session, `/tfplugin6.Provider/${name}`, framed(Request.encode(request).finish()));
  if (answer.status !== '0') throw new Error(`${name} answered status ${answer.status}: ${answer.message}`);
  return Response.decode(answer.body.subarray(5));
}
