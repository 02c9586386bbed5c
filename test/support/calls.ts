/** Signed requests to a running server, sent byte for byte: paths are not normalized, nothing is retried. */
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type SignableRequest, type SigningCredentials, sign } from '@keystead/control-plane/sigv4/verify.ts';
import { requireDocumented } from './documented.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; {} when it is empty or not JSON. */
  readonly json: Json;
  /** The error code, at either door; undefined for a success. */
  readonly code: string | undefined;
  /** The error text, at either door. */
  readonly message: string;
}

export interface Request {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | string;
}

export interface Signing {
  readonly credentials: SigningCredentials;
  readonly region?: string;
  readonly service?: string;
  readonly nowMs?: number;
  /** Changes the request after it was signed. */
  readonly alter?: (request: SignableRequest) => SignableRequest;
}

const agent = new Agent({ keepAlive: true, maxSockets: 24 });

/** The request with its signature, as `send` sends it. */
export function signed(endpoint: string, request: Request, signing: Signing): SignableRequest {
  const [rawPath = '/', rawQuery = ''] = splitOnce(request.target, '?');
  const plain: SignableRequest = {
    method: request.method,
    rawPath,
    rawQuery,
    headers: [['host', new URL(endpoint).host], ...(request.headers ?? [])],
    body: Buffer.from(request.body ?? ''),
  };
  const { credentials, region = 'us-east-1', service = 'kms', nowMs = Date.now(), alter = (same) => same } = signing;
  return alter({ ...plain, headers: sign(plain, credentials, { region, service, nowMs }) });
}

/** Sends a request unchanged. Rejects when the connection ends without an answer. */
export function send(endpoint: string, request: SignableRequest): Promise<Reply> {
  const { hostname, port } = new URL(endpoint);
  const target = request.rawQuery === '' ? request.rawPath : `${request.rawPath}?${request.rawQuery}`;
  const headers = [...request.headers, ['content-length', String(request.body.length)] as const];
  return new Promise((resolve, reject) => {
    const out = httpRequest(
      { agent, hostname, port, method: request.method, path: target, headers: headers.flat(), setHost: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve(replyOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString()));
        });
      },
    );
    out.on('error', reject);
    out.end(request.body);
  });
}

export interface Caller {
  readonly credentials: SigningCredentials;
  /** An operation at the AWS door. */
  aws(operation: string, input?: Json | string, more?: Partial<Signing>): Promise<Reply>;
  /**
   * A request at the REST door; `body` is JSON, or text that is sent unchanged. Fails when the OpenAPI document does not
   * have the answer.
   */
  rest(method: string, target: string, body?: Json | string, more?: Partial<Signing> & RestHeaders): Promise<Reply>;
}

export interface RestHeaders {
  readonly headers?: Readonly<Record<string, string>>;
}

/** A caller who signs with these credentials. */
export function caller(endpoint: string, credentials: SigningCredentials, region = 'us-east-1'): Caller {
  const deliver = (request: Request, more: Partial<Signing>) =>
    send(endpoint, signed(endpoint, request, { credentials, region, ...more }));
  return {
    credentials,
    aws(operation, input = {}, more = {}) {
      return deliver(awsRequest(operation, input), more);
    },
    async rest(method, target, body, { headers = {}, ...more } = {}) {
      const reply = await deliver({ method, target, body: textOf(body), headers: Object.entries(headers) }, more);
      requireDocumented(method, target, reply);
      return reply;
    },
  };
}

export function awsRequest(operation: string, input: Json | string): Request {
  return {
    method: 'POST',
    target: '/',
    headers: [
      ['content-type', 'application/x-amz-json-1.1'],
      ['x-amz-target', `TrentService.${operation}`],
    ],
    body: textOf(input),
  };
}

const textOf = (body: Json | string | undefined): string =>
  typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);

/** Creates a user with one access key. */
export async function aUser(root: Caller, name: string): Promise<SigningCredentials & { readonly arn: string }> {
  const made = await root.rest('POST', '/v1/users', { UserName: name });
  const key = await root.rest('POST', `/v1/users/${encodeURIComponent(name)}/access-keys`);
  const user = made.json.User as { readonly Arn: string } | undefined;
  const shown = key.json.AccessKey as { readonly AccessKeyId: string; readonly SecretAccessKey: string } | undefined;
  if (!user || !shown) throw new Error(`the user ${name} could not be created: ${made.text} ${key.text}`);
  return { arn: user.Arn, accessKeyId: shown.AccessKeyId, secretAccessKey: shown.SecretAccessKey };
}

/** Creates a key. @returns its id and ARN */
export async function aKey(by: Caller, input: Json = {}, more: Partial<Signing> = {}) {
  const made = await by.aws('CreateKey', input, more);
  const metadata = made.json.KeyMetadata as { readonly KeyId: string; readonly Arn: string } | undefined;
  if (!metadata) throw new Error(`the key could not be created: ${made.text}`);
  return { keyId: metadata.KeyId, arn: metadata.Arn };
}

/** Everything that requests can store and the root user can see, as a text: equal texts mean equal states. */
export async function storedState(root: Caller, regions: readonly string[] = ['us-east-1']): Promise<string> {
  const seen: unknown[] = [(await root.rest('GET', '/v1/users')).json];
  for (const region of regions) {
    seen.push((await root.aws('ListKeys', { Limit: 1000 }, { region })).json);
    seen.push((await root.aws('ListAliases', { Limit: 100 }, { region })).json);
    seen.push(await lastChange(root, region));
  }
  return JSON.stringify(seen);
}

/** The sequence number of the newest change. */
export async function lastChange(root: Caller, region = 'us-east-1'): Promise<number> {
  for (let after = 0; ; ) {
    const { json } = await root.rest('GET', `/v1/changes?After=${after}&Limit=1000`, undefined, { region });
    if ((json.Changes as readonly unknown[]).length === 0) return after;
    after = json.NextSequence as number;
  }
}

/** A connection for bytes that a client library would not send. */
export interface RawConnection {
  readonly socket: Socket;
  write(bytes: string | Uint8Array): void;
  /** The answers until the server closes the connection, or until there are `count` complete ones. */
  answers(count?: number): Promise<readonly Reply[]>;
}

export function rawConnection(endpoint: string): RawConnection {
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  let over = false;
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const watcher of watchers) watcher();
  };
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    notify();
  });
  // A server that has answered can close the connection while the rest of the request is still being sent.
  socket.on('error', () => {});
  socket.on('close', () => {
    over = true;
    notify();
  });
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    answers(count = Number.POSITIVE_INFINITY) {
      return new Promise((resolve) => {
        const look = () => {
          const replies = repliesIn(received);
          if (replies.length < count && !over) return;
          watchers.delete(look);
          resolve(replies);
        };
        watchers.add(look);
        look();
      });
    },
  };
}

/** HTTP/1.1 as text, for a raw connection. */
export function wireText(request: SignableRequest, version = '1.1'): Buffer {
  const target = request.rawQuery === '' ? request.rawPath : `${request.rawPath}?${request.rawQuery}`;
  const lines = request.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `${request.method} ${target} HTTP/${version}\r\n${lines}content-length: ${request.body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), request.body]);
}

function repliesIn(bytes: Buffer): readonly Reply[] {
  const replies: Reply[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) break;
    const [statusLine = '', ...lines] = rest.subarray(0, headEnd).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => splitOnce(line, ':')).map(([name = '', value = '']) => [name.toLowerCase(), value.trim()]),
    );
    const status = Number(statusLine.split(' ')[1]);
    const length = status === 100 || status === 204 ? 0 : Number(headers['content-length'] ?? 0);
    const bodyAt = headEnd + 4;
    if (rest.length < bodyAt + length) break;
    if (status !== 100) replies.push(replyOf(status, headers, rest.subarray(bodyAt, bodyAt + length).toString()));
    rest = rest.subarray(bodyAt + length);
  }
  return replies;
}

function replyOf(status: number, headers: Reply['headers'], text: string): Reply {
  const json = parse(text);
  const code = json.__type ?? json.code;
  const message = json.Message ?? json.message ?? json.detail;
  return {
    status,
    headers,
    text,
    json,
    code: typeof code === 'string' ? code : undefined,
    message: typeof message === 'string' ? message : '',
  };
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
