/**
 * gRPC over node:http2: unary calls, answers of many messages, and streams that stay open without data, which is all a
 * Terraform plugin serves.
 * Knows framing, status, deadlines and size limits; nothing about Terraform. Written on node:http2 because a gRPC
 * library doubles the time a provider takes to start.
 *
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import {
  constants,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { encodeStatusMessage, GrpcError, parseTimeoutInMs, type StatusCode, status } from './status.ts';

/** What Terraform's own plugin library accepts in either direction. */
const maxMessageSizeInBytes = 256 * 1024 * 1024;

export interface Call {
  /** Resolves when the answer has left, or the client is gone. */
  readonly closed: Promise<void>;
}

export type Method =
  | { readonly kind: 'unary'; handle(request: Uint8Array, call: Call): Promise<Uint8Array> | Uint8Array }
  /** Read as fast as the client takes the messages, and no further once it is gone. */
  | { readonly kind: 'server-stream'; handle(request: Uint8Array): AsyncIterable<Uint8Array> }
  /** Answered with headers and then kept open without data, as long as the connection lives or the client cancels. */
  | { readonly kind: 'idle-stream' };

export interface GrpcOptions {
  /** By path: `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, Method>;
  /** Asked once per connection, before any of its calls. */
  isTrusted(session: ServerHttp2Session): boolean;
  /** Called with an unexpected error; the client is told only that there was one. */
  onFault(error: unknown, path: string): void;
  onAnswer?(path: string, durationInMs: number): void;
  readonly maxRequestSizeInBytes?: number;
}

/** One length-prefixed message: a flag byte (0: not compressed), 4 bytes of length, the message. */
function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(5 + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

function unframe(body: Buffer): Buffer {
  if (body.length < 5) throw new GrpcError(status.INTERNAL, 'the request ends before its message');
  if (body[0] !== 0) throw new GrpcError(status.UNIMPLEMENTED, 'compressed messages are not supported');
  if (body.readUInt32BE(1) !== body.length - 5) {
    throw new GrpcError(status.INTERNAL, 'the request is not as long as it announced');
  }
  return body.subarray(5);
}

/** Rejects as soon as the limit is passed; undefined when the client went away before its request was complete. */
function readBody(stream: ServerHttp2Stream, limitInBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeInBytes = 0;
    stream.on('data', (chunk: Buffer) => {
      sizeInBytes += chunk.length;
      if (sizeInBytes <= limitInBytes + 5) chunks.push(chunk);
      else reject(new GrpcError(status.RESOURCE_EXHAUSTED, `the request is larger than ${limitInBytes} bytes`));
    });
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('close', () => resolve(undefined));
  });
}

const contentType = { ':status': 200, 'content-type': 'application/grpc' };

function answer(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed || stream.headersSent) return;
  begin(stream);
  stream.end(frame(message));
}

async function answerMany(stream: ServerHttp2Stream, messages: AsyncIterable<Uint8Array>): Promise<void> {
  const gone = new Promise<void>((resolve) => stream.once('close', resolve));
  for await (const message of messages) {
    // Leaving the loop ends the source too.
    if (isOver(stream)) return;
    begin(stream);
    if (!stream.write(frame(message))) {
      await Promise.race([gone, new Promise((resolve) => stream.once('drain', resolve))]);
    }
  }
  if (isOver(stream)) return;
  begin(stream);
  stream.end();
}

/** The client is gone, or the deadline has passed. */
const isOver = (stream: ServerHttp2Stream): boolean => stream.destroyed || stream.closed || stream.writableEnded;

/** How answers under way will end. */
const endings = new WeakMap<ServerHttp2Stream, OutgoingHttpHeaders>();

/** Headers go with the first message, so that an error before it still has its own answer. */
function begin(stream: ServerHttp2Stream): void {
  if (stream.headersSent) return;
  const trailers: OutgoingHttpHeaders = { 'grpc-status': status.OK };
  endings.set(stream, trailers);
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.respond(contentType, { waitForTrailers: true });
}

/**
 * An error answer has no message: its status comes in the only header block. After messages it is in the trailers.
 */
function refuse(stream: ServerHttp2Stream, code: StatusCode, message: string): void {
  if (isOver(stream)) return;
  const trailers = { 'grpc-status': code, 'grpc-message': encodeStatusMessage(message) };
  const ending = endings.get(stream);
  if (ending !== undefined) {
    Object.assign(ending, trailers);
    stream.end();
    return;
  }
  stream.respond({ ...contentType, ...trailers }, { endStream: true });
  // The rest of a refused request is not read.
  stream.close(constants.NGHTTP2_NO_ERROR);
}

export class GrpcServer {
  private readonly options: GrpcOptions;
  private readonly trusted = new WeakSet<ServerHttp2Session>();
  private readonly running = new Set<Promise<void>>();

  constructor(options: GrpcOptions) {
    this.options = options;
  }

  attach(server: Http2Server | Http2SecureServer): void {
    server.on('session', (session: ServerHttp2Session) => {
      session.on('error', () => {}); // a connection that breaks ends its calls, not the process
      if (this.options.isTrusted(session)) this.trusted.add(session);
      else session.destroy();
    });
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on('error', () => {}); // a call the client cancelled
      const call = this.serve(stream, headers);
      this.running.add(call);
      void call.finally(() => this.running.delete(call));
    });
  }

  /** Resolves when no call is being worked on. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private async serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const path = String(headers[':path']);
    if (stream.session === undefined || !this.trusted.has(stream.session as ServerHttp2Session)) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    if (headers[':method'] !== 'POST' || !headers['content-type']?.startsWith('application/grpc')) {
      stream.respond({ ':status': headers[':method'] === 'POST' ? 415 : 405 }, { endStream: true });
      return;
    }
    const method = this.options.methods.get(path);
    if (method === undefined) refuse(stream, status.UNIMPLEMENTED, `unknown method ${path}`);
    else if (method.kind === 'idle-stream') this.hold(stream);
    else await this.answerCall(stream, headers, method);
  }

  private hold(stream: ServerHttp2Stream): void {
    stream.respond(contentType);
    stream.resume();
  }

  private async answerCall(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    method: Exclude<Method, { readonly kind: 'idle-stream' }>,
  ): Promise<void> {
    const timeoutInMs = parseTimeoutInMs(headers['grpc-timeout']);
    const timer =
      timeoutInMs === undefined
        ? undefined
        : setTimeout(() => refuse(stream, status.DEADLINE_EXCEEDED, 'the deadline has passed'), timeoutInMs);
    try {
      const closed = new Promise<void>((resolve) => stream.once('close', resolve));
      const body = await readBody(stream, this.options.maxRequestSizeInBytes ?? maxMessageSizeInBytes);
      const startedAtMs = performance.now();
      if (body === undefined) return;
      if (method.kind === 'server-stream') await answerMany(stream, method.handle(unframe(body)));
      else answer(stream, await method.handle(unframe(body), { closed }));
      this.options.onAnswer?.(String(headers[':path']), performance.now() - startedAtMs);
    } catch (error) {
      if (error instanceof GrpcError) {
        refuse(stream, error.code, error.message);
      } else {
        this.options.onFault(error, String(headers[':path']));
        refuse(stream, status.INTERNAL, 'the provider failed; its log says why');
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
