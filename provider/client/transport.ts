/** One HTTP exchange over kept-alive connections. Knows sockets, not signatures or retries. */
import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { defined } from '@keystead/provider-schema/defined.ts';
import { ConnectionError } from './service-error.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TransportSettings {
  /** PEM text of extra certificate authorities. */
  readonly ca: string | undefined;
  /** The server's certificate is not verified. */
  readonly insecure: boolean;
  /** PEM texts, for a server that asks its clients for a certificate. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  readonly proxy: {
    readonly http: string | undefined;
    readonly https: string | undefined;
    readonly no: string | undefined;
  };
}

export interface Transport {
  /** @throws ConnectionError when no complete answer came. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** Terraform runs ten operations at a time by default; more requests than this wait for a free connection. */
const maxConnections = 32;
/** Silence on a connection for this long is a failure. */
const idleTimeoutMs = 30_000;

export async function openTransport(endpoint: URL, settings: TransportSettings): Promise<Transport> {
  const secure = endpoint.protocol === 'https:';
  const proxyEnv = proxyEnvironment(settings.proxy);
  const options = { keepAlive: true, maxSockets: maxConnections, ...defined({ proxyEnv }) };
  const { Agent, request } = secure ? await import('node:https') : await import('node:http');
  const tls = secure
    ? { rejectUnauthorized: !settings.insecure, ...defined({ ca: settings.ca }), ...settings.clientCertificate }
    : {};
  const agent: Agent = new Agent({ ...options, ...tls });
  return {
    send: (sent) => exchange(sent, (url, more, done) => request(url, { agent, ...more }, done)),
    close: () => agent.destroy(),
  };
}

type Open = (
  url: URL,
  options: { readonly method: string; readonly headers: Record<string, string | number> },
  done: (answer: IncomingMessage) => void,
) => ClientRequest;

function exchange(sent: HttpRequest, open: Open): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const fail = (error: NodeJS.ErrnoException): void =>
    reject(new ConnectionError(sent.url.origin, error.code ?? 'UNKNOWN', error.message));
  const headers = { ...sent.headers, 'content-length': Buffer.byteLength(sent.body) };
  const request = open(sent.url, { method: sent.method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', fail);
    answer.on('end', () =>
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    );
  });
  request.on('error', fail);
  request.setTimeout(idleTimeoutMs, () => {
    request.destroy(
      Object.assign(new Error(`no answer within ${idleTimeoutMs / 1000} seconds`), { code: 'ETIMEDOUT' }),
    );
  });
  request.end(sent.body);
  return promise;
}

/** Loopback addresses are reached without the proxy, as in every AWS SDK. */
function proxyEnvironment(proxy: TransportSettings['proxy']): Record<string, string> | undefined {
  if (proxy.http === undefined && proxy.https === undefined) return undefined;
  return {
    ...defined({ HTTP_PROXY: proxy.http, HTTPS_PROXY: proxy.https }),
    NO_PROXY: ['localhost', '127.0.0.1', '::1', ...(proxy.no === undefined ? [] : [proxy.no])].join(','),
  };
}
