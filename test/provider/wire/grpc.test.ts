import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GrpcServer, type Method } from '@keystead/provider/wire/grpc.ts';
import { encodeStatusMessage, GrpcError, parseTimeoutInMs, status } from '@keystead/provider/wire/status.ts';
import { callRaw, framed } from '../../support/provider/grpc-client.ts';

const faults: unknown[] = [];
let release: () => void = () => {};
let isTrusted = true;
let server: Http2Server;
let session: ClientHttp2Session;
let grpc: GrpcServer;

/** How many messages the source was asked for, and whether it was ended. */
const source = { asked: 0, ended: false };

/** As many messages as the request says, each of a size; `-1` fails before the first, `3!` after the third. */
async function* many(request: Uint8Array): AsyncGenerator<Uint8Array> {
  const [count = '', size = '1'] = Buffer.from(request).toString().split(' ');
  if (count === '-1') throw new GrpcError(status.INVALID_ARGUMENT, 'less than none');
  try {
    for (let made = 0; made < Number.parseInt(count, 10); made++) {
      source.asked += 1;
      yield Buffer.alloc(Number(size), made);
    }
    if (count.endsWith('!')) throw new TypeError('inner detail');
  } finally {
    source.ended = true;
  }
}

const methods = new Map<string, Method>([
  ['/t.S/Echo', { kind: 'unary', handle: (request) => request }],
  ['/t.S/Empty', { kind: 'unary', handle: () => new Uint8Array() }],
  [
    '/t.S/Slow',
    {
      kind: 'unary',
      handle: (request) =>
        new Promise((resolve) => {
          release = () => resolve(request);
        }),
    },
  ],
  ['/t.S/Never', { kind: 'unary', handle: () => new Promise<Uint8Array>(() => {}) }],
  [
    '/t.S/Refuse',
    {
      kind: 'unary',
      handle() {
        throw new GrpcError(status.INVALID_ARGUMENT, 'not this: 100 % – ü');
      },
    },
  ],
  [
    '/t.S/Fail',
    {
      kind: 'unary',
      handle() {
        throw new TypeError('inner detail');
      },
    },
  ],
  ['/t.S/Idle', { kind: 'idle-stream' }],
  ['/t.S/Many', { kind: 'server-stream', handle: many }],
]);

beforeEach(async () => {
  faults.length = 0;
  isTrusted = true;
  server = createServer();
  grpc = new GrpcServer({
    methods,
    isTrusted: () => isTrusted,
    onFault: (error) => faults.push(error),
    maxRequestSizeInBytes: 1024 * 1024,
  });
  grpc.attach(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  session.on('error', () => {});
});

afterEach(async () => {
  session.destroy();
  server.close();
  await once(server, 'close');
});

const message = Buffer.from('message');

describe('a call that answers with a stream', () => {
  beforeEach(() => {
    Object.assign(source, { asked: 0, ended: false });
  });

  test.each([0, 1, 3])('of %i messages gets them in order, then status 0', async (count) => {
    const answer = await callRaw(session, '/t.S/Many', framed(Buffer.from(String(count))));
    expect(answer.status).toBe('0');
    const messages = Array.from({ length: count }, (_, index) => framed(Buffer.of(index)));
    expect(answer.body).toEqual(Buffer.concat(messages));
  });

  test('that fails has the status, before its first message and after some', async () => {
    expect(await callRaw(session, '/t.S/Many', framed(Buffer.from('-1')))).toMatchObject({
      status: '3',
      message: 'less than none',
    });
    const late = await callRaw(session, '/t.S/Many', framed(Buffer.from('3!')));
    expect(late).toMatchObject({ status: '13', message: 'the provider failed; its log says why' });
    expect(late.body).toHaveLength(18);
    expect(faults).toEqual([expect.objectContaining({ message: 'inner detail' })]);
  });

  test('is not read further than the client takes, and ends when the client goes away', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/t.S/Many', 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.end(framed(Buffer.from('100000 65536')));
    await once(stream, 'response');
    stream.pause();
    let before = -1;
    while (before !== source.asked) {
      before = source.asked;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(source.asked).toBeLessThan(1000);
    stream.close();
    while (!source.ended) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(source.asked).toBeLessThan(1000);
  });
});

describe('a unary call', () => {
  test('answers a framed message, then status 0 in trailers', async () => {
    const answer = await callRaw(session, '/t.S/Echo', framed(message));
    expect(answer.headers[':status']).toBe(200);
    expect(answer.headers['content-type']).toBe('application/grpc');
    expect(answer.headers['grpc-status']).toBeUndefined();
    expect(answer.body.toString('hex')).toBe(`0000000007${message.toString('hex')}`);
    expect(answer.status).toBe('0');
  });

  test('can be an empty message both ways', async () => {
    const answer = await callRaw(session, '/t.S/Empty', framed(new Uint8Array()));
    expect(answer.body.toString('hex')).toBe('0000000000');
    expect(answer.status).toBe('0');
  });

  test('carries messages that span many HTTP/2 frames, many at once', async () => {
    const sizes = [1, 16_384, 65_535, 65_536, 500_000, 1_000_000];
    const answers = await Promise.all(
      sizes.map((size) => callRaw(session, '/t.S/Echo', framed(Buffer.alloc(size, 7)))),
    );
    expect(answers.map(({ body }) => body.length - 5)).toEqual(sizes);
  });

  test('answers an error with its status and a percent-encoded message, without a body', async () => {
    const answer = await callRaw(session, '/t.S/Refuse', framed(message));
    expect(answer.headers['grpc-message']).toBe('not this: 100 %25 %E2%80%93 %C3%BC');
    expect(answer).toMatchObject({ status: '3', message: 'not this: 100 % – ü', body: Buffer.alloc(0) });
  });

  test('hides the detail of a fault from the client and reports it inside', async () => {
    const answer = await callRaw(session, '/t.S/Fail', framed(message));
    expect(answer.status).toBe('13');
    expect(answer.message).not.toContain('inner detail');
    expect(faults).toEqual([new TypeError('inner detail')]);
  });

  test.each([
    ['to an unknown method is unimplemented', '/t.S/Other', framed(message), '12'],
    [
      'that is compressed is unimplemented',
      '/t.S/Echo',
      Buffer.concat([Buffer.of(1), framed(message).subarray(1)]),
      '12',
    ],
    ['without a message is refused', '/t.S/Echo', Buffer.alloc(0), '13'],
    ['cut off inside its head is refused', '/t.S/Echo', Buffer.alloc(4), '13'],
    ['shorter than announced is refused', '/t.S/Echo', framed(message).subarray(0, 8), '13'],
    ['longer than announced is refused', '/t.S/Echo', Buffer.concat([framed(message), message]), '13'],
    ['above the size limit is refused', '/t.S/Echo', framed(Buffer.alloc(1024 * 1024 + 1)), '8'],
  ])('%s', async (_name, path, body, expected) => {
    expect((await callRaw(session, path, body)).status).toBe(expected);
    expect((await callRaw(session, '/t.S/Echo', framed(message))).status).toBe('0');
  });

  test('past its deadline is answered with that status', async () => {
    const answer = await callRaw(session, '/t.S/Never', framed(message), { 'grpc-timeout': '20m' });
    expect(answer.status).toBe('4');
  });

  test('that the client cancels harms nothing', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/t.S/Never', 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.write(framed(message));
    stream.close(8);
    await once(stream, 'close');
    expect((await callRaw(session, '/t.S/Echo', framed(message))).status).toBe('0');
  });

  test('is counted as running until it is answered', async () => {
    const answer = callRaw(session, '/t.S/Slow', framed(message));
    await callRaw(session, '/t.S/Echo', framed(message));
    let isIdle = false;
    const idle = grpc.idle().then(() => {
      isIdle = true;
    });
    await callRaw(session, '/t.S/Echo', framed(message));
    expect(isIdle).toBe(false);
    release();
    await Promise.all([idle, answer]);
    expect(isIdle).toBe(true);
  });

  test.each([
    ['another content type', { 'content-type': 'application/json' }, 415],
    ['another HTTP method', { ':method': 'PUT' }, 405],
  ])('with %s is not a gRPC call', async (_name, headers, expected) => {
    expect((await callRaw(session, '/t.S/Echo', framed(message), headers)).headers[':status']).toBe(expected);
  });
});

describe('a connection', () => {
  test('that is not trusted is closed before any call', async () => {
    isTrusted = false;
    await expect(callRaw(session, '/t.S/Echo', framed(message))).rejects.toThrow();
  });

  test('holds an idle stream open while calls come and go', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/t.S/Idle', 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.end(framed(new Uint8Array()));
    const [headers] = await once(stream, 'response');
    expect(headers['content-type']).toBe('application/grpc');
    await callRaw(session, '/t.S/Echo', framed(message));
    expect(stream.closed).toBe(false);
    stream.close(8);
    await once(stream, 'close');
  });
});

describe('headers', () => {
  test.each([
    ['5S', 5000],
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['99999999n', 100],
    ['1u', 1],
    ['123456789S', undefined],
    ['5', undefined],
    [undefined, undefined],
  ])('a timeout of %s is read', (header, expected) => {
    expect(parseTimeoutInMs(header)).toBe(expected);
  });

  test('a status message without special characters is left as it is', () => {
    expect(encodeStatusMessage('plain ~ text')).toBe('plain ~ text');
    expect(encodeStatusMessage('a\nb%')).toBe('a%0Ab%25');
  });
});
