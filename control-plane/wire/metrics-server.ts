/** Metrics on an address of their own, for monitoring that must not reach the doors. */
import { createServer, type Server } from 'node:http';
import { defaultBounds, type HttpBounds, MAX_HEADER_BYTES, MAX_HEADERS } from './bounds.ts';
import { boundConnections, type ConnectionEvents } from './connections.ts';
import { SAFE_HEADERS } from './safe-headers.ts';

/** In Prometheus's text format. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** A scraper needs one connection. */
const MAX_CONNECTIONS = 100;

/** Serves `GET /metrics` and nothing else, to everyone who reaches it. */
export function createMetricsServer(
  expose: () => Promise<Exposition>,
  events: ConnectionEvents,
  bounds: HttpBounds = defaultBounds,
): Server {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: bounds.requestMs, connectionsCheckingInterval: bounds.checkMs },
    async (request, response) => {
      for (const [name, value] of SAFE_HEADERS) response.setHeader(name, value);
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const path = request.url?.split('?', 1)[0];
      if (!isRead || path !== '/metrics') return void response.writeHead(404).end();
      const { contentType, text } = await expose();
      response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) });
      response.end(request.method === 'HEAD' ? undefined : text);
    },
  );
  server.headersTimeout = bounds.headersMs;
  server.maxHeadersCount = MAX_HEADERS;
  const limits = { inAll: MAX_CONNECTIONS, perAddress: MAX_CONNECTIONS, isTrustedProxy: () => false };
  boundConnections(server, limits, events, bounds);
  return server;
}
