/**
 * The HTTP surface of one process. `POST /` goes straight to an AWS door; everything else is Express: REST under /v1,
 * the OpenAPI document, health, readiness and metrics. Limits of time and size keep a client from holding a connection
 * for ever (bounds.ts), others from taking all of them (connections.ts).
 */
import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { KmsError, MalformedRequest } from '@keystead/provider-schema/errors.ts';
import { openApiDocument } from '@keystead/provider-schema/openapi/document.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import {
  type Admission,
  admittingWebIdentities,
  authenticator,
  takingWebIdentities,
} from '../authentication/authenticate.ts';
import type { Answer, Door, RawRequest } from '../context/door.ts';
import type { Engines } from '../context/engines.ts';
import { toKmsError } from '../pipeline/error-mapping.ts';
import { handle } from '../pipeline/pipeline.ts';
import { awsJsonDoor, jsonServiceOf } from './aws-json.ts';
import { awsQueryDoor, queryApiOf, queryApis, speaksQuery } from './aws-query.ts';
import { RequestAborted } from './body.ts';
import { defaultBounds, type HttpBounds, MAX_HEADER_BYTES, MAX_HEADERS } from './bounds.ts';
import {
  addressOf,
  boundConnections,
  type ConnectionEvents,
  type ConnectionLimits,
  endConnection,
  isEnding,
} from './connections.ts';
import type { Exposition } from './metrics-server.ts';
import { readRaw } from './raw.ts';
import { problem, restDoor, restErrors } from './rest.ts';
import { methodsOf } from './rest-methods.ts';
import { SAFE_HEADERS, safeHeaders } from './safe-headers.ts';

export interface Surface {
  readonly engines: Engines;
  readonly admission: Admission;
  /** Resolves when every engine can serve; rejects and logs the reason. */
  readonly ready: () => Promise<void>;
  /** The metrics, for a client at this address; undefined: it cannot read them here. */
  readonly metricsFor: (address: string) => Promise<Exposition> | undefined;
  readonly connections: { readonly limits: ConnectionLimits; readonly events: ConnectionEvents };
}

/** @param tls absent: plain HTTP */
export function createHttpServer(surface: Surface, tls?: TlsOptions, bounds: HttpBounds = defaultBounds): Server {
  const { admission } = surface;
  const authenticate = authenticator(admission, ['kms']);
  const json = jsonDoors(admission);
  const query = queryDoors(admission);
  const restDoorOf: RestDoorOf = (record, parameters) => {
    const door = restDoor(authenticate, record, parameters);
    return record.unsigned ? takingWebIdentities(door, admission) : door;
  };
  const app = createApp(surface, restDoorOf, json);
  // A request without a Host is refused with its signature, in a form that clients can read, not by Node's bare answer.
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: bounds.requestMs,
    connectionsCheckingInterval: bounds.checkMs,
    requireHostHeader: false,
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (speaksQuery(request.method, request.url ?? '', request.headers['content-type'])) {
      void serve(surface.engines, query, request, response);
    } else if (request.method === 'POST' && (request.url === '/' || request.url?.startsWith('/?'))) {
      void serve(surface.engines, json, request, response);
    } else {
      for (const [name, value] of safeHeaders(request)) response.setHeader(name, value);
      app(request, response);
    }
  };
  const server = tls
    ? createTlsServer({ ...options, ...tls, handshakeTimeout: bounds.headersMs }, listener)
    : createServer(options, listener);
  server.headersTimeout = bounds.headersMs;
  server.keepAliveTimeout = bounds.keepAliveMs;
  server.maxHeadersCount = MAX_HEADERS;
  boundConnections(server, surface.connections.limits, surface.connections.events, bounds);
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Uint8Array }, socket: Duplex) => {
    if (isEnding(socket)) return;
    surface.engines.log.info({ code: error.code }, 'a connection was closed that did not send a complete HTTP request');
    const door = isRestRequest(error.rawPacket) ? restErrors : json.unread;
    refuseUnread(door, socket, unreadable(error.code, bounds), bounds);
  });
  server.on('connect', (_request, socket: Duplex) =>
    refuseUnread(json.unread, socket, new KmsError('UnknownOperationException'), bounds),
  );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Connection', 'close');
    const refusal = new MalformedRequest(`Expect: ${request.headers.expect} is not supported.`);
    const door = request.url?.startsWith(REST_PREFIX) ? restErrors : json.unread;
    send(response, door.encodeError(refusal, randomUUID()));
  });
  return server;
}

const REST_PREFIX = '/v1/';

/** Whether the bytes that could not be read begin a request of the REST door. */
function isRestRequest(packet: Uint8Array | undefined): boolean {
  return packet !== undefined && /^[A-Z]{3,10} \/v1\//.test(Buffer.from(packet.subarray(0, 20)).toString('latin1'));
}

/** The error for bytes that Node's parser rejected, or for a request that did not arrive in time. */
function unreadable(code: string | undefined, { requestMs }: HttpBounds): KmsError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const text = `The request's headers are larger than ${MAX_HEADER_BYTES} bytes.`;
    return new KmsError('RequestEntityTooLargeException', text);
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const text = `The request did not arrive completely within ${requestMs / 1000} seconds.`;
    return new KmsError('RequestExpired', text);
  }
  return new KmsError('SerializationException', 'The request is not valid HTTP/1.1.');
}

/** Without a request Node has no response object: the answer is written to the socket and ends the connection. */
function refuseUnread(
  door: Pick<Door, 'encodeError'>,
  socket: Duplex,
  error: KmsError,
  { lingerMs }: HttpBounds,
): void {
  const { status, headers, body } = door.encodeError(error, randomUUID());
  const fields = {
    ...Object.fromEntries(SAFE_HEADERS),
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
  endConnection(socket, answer, lingerMs);
}

type RestDoorOf = (record: OperationRecord, pathParameters: Readonly<Record<string, string>>) => Door;

function createApp(surface: Surface, restDoorOf: RestDoorOf, json: Doors): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('case sensitive routing', true);
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', (_request, response) =>
    surface.ready().then(
      () => void response.json({ status: 'ready' }),
      () => void response.status(503).json({ status: 'not ready' }),
    ),
  );
  app.get('/metrics', async (request, response, next) => {
    const exposition = await surface.metricsFor(addressOf(request.socket));
    if (!exposition) return next();
    response.type(exposition.contentType).send(exposition.text);
  });
  let openApi: string | undefined;
  app.get('/v1/openapi.json', (_request, response) => {
    openApi ??= openApiDocument();
    response.type('application/json').send(openApi);
  });
  for (const record of Object.values<OperationRecord>(operations)) {
    const path = record.rest.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app[method(record)](path, (request: Request, response: Response) =>
      serve(surface.engines, only(restDoorOf(record, request.params as Record<string, string>)), request, response),
    );
  }
  app.use(
    '/v1',
    (request, response) => void send(response, withoutRoute(request.method, request.baseUrl + request.path)),
  );
  // Everything else gets the answer of AWS JSON: an SDK with a wrong path can read the error.
  app.use((request, response) => void serve(surface.engines, json, request, response));
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    // Express itself refuses a path that is not valid percent-encoding.
    surface.engines.log.info({ err: error }, 'a request was refused: its path is malformed');
    send(response, restErrors.encodeError(new MalformedRequest('The request path is malformed.'), randomUUID()));
  };
  app.use(onError);
  return app;
}

function method(record: OperationRecord): 'get' | 'post' | 'put' | 'patch' | 'delete' {
  return record.rest.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
}

/** 405 where the path has operations with other methods (RFC 9110 section 15.5.6), 404 where it has none. */
function withoutRoute(method: string, path: string): Answer {
  const allowed = methodsOf(path);
  const found = allowed.length > 0;
  const text = found
    ? `${path} does not have ${method}, only ${allowed.join(', ')}.`
    : `There is no ${method} ${path}.`;
  const error = new KmsError('UnknownOperationException', `${text} See /v1/openapi.json.`);
  return problem(error, randomUUID(), found ? 405 : 404, found ? { Allow: allowed.join(', ') } : {});
}

/** The door of a request, and the one that answers a request that could not be read. */
interface Doors {
  of(raw: RawRequest): Door;
  readonly unread: Door;
}

const only = (door: Door): Doors => ({ of: () => door, unread: door });

function jsonDoors(admission: Admission): Doors {
  const doors = {
    kms: awsJsonDoor('kms', authenticator(admission, ['kms'])),
    cloudtrail: awsJsonDoor('cloudtrail', authenticator(admission, ['cloudtrail'])),
  };
  return { of: (raw) => doors[jsonServiceOf(raw)], unread: doors.kms };
}

function queryDoors(admission: Admission): Doors {
  const { iam, sts } = queryApis;
  const doors = {
    iam: awsQueryDoor(iam, authenticator(admission, ['iam'])),
    sts: admittingWebIdentities(awsQueryDoor(sts, authenticator(admission, ['sts'])), admission),
  };
  return { of: (raw) => doors[queryApiOf(raw).service], unread: doors.iam };
}

/** Reads the whole request, runs the pipeline and sends the answer. */
async function serve(
  engines: Engines,
  doors: Doors,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const raw = await readRaw(request);
    send(response, await handle(engines, doors.of(raw), raw));
  } catch (error) {
    if (error instanceof RequestAborted) return void response.destroy();
    const requestId = randomUUID();
    const refusal = toKmsError(error, engines.log, requestId);
    // Nothing more is read from this connection: the bytes after the refused part are not a request.
    response.setHeader('Connection', 'close');
    send(response, doors.unread.encodeError(refusal, requestId));
  }
}

/** In one list, because Node takes much longer to collect headers one by one. A door's own header replaces a safe one. */
function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  const list: (string | number)[] = [];
  for (const [name, value] of safeHeaders(response.req)) if (headers[name] === undefined) list.push(name, value);
  for (const name in headers) list.push(name, headers[name] as string);
  list.push('Content-Length', Buffer.byteLength(body));
  response.writeHead(status, list as OutgoingHttpHeader[]);
  response.end(body);
}
