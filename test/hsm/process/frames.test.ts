import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeWith, encodeWith } from '@keystead/control-plane/hsm/process/codec.ts';
import { type Frame, FrameReader, FrameSender, MAX_FRAME_BYTES } from '@keystead/control-plane/hsm/process/frames.ts';
import { verbNames, verbs } from '@keystead/control-plane/hsm/process/protocol.ts';
import fc from 'fast-check';

const frames = fc.array(
  fc.record({ requestId: fc.nat(2 ** 32 - 1), kind: fc.nat(255), body: fc.uint8Array({ maxLength: 40 }) }),
  { maxLength: 6 },
);

function encodeFrame({ requestId, kind, body }: { requestId: number; kind: number; body: Uint8Array }): Buffer {
  const prefix = Buffer.alloc(9);
  prefix.writeUInt32BE(5 + body.length, 0);
  prefix.writeUInt32BE(requestId, 4);
  prefix[8] = kind;
  return Buffer.concat([prefix, body]);
}

const seen = ({ requestId, kind, body }: { requestId: number; kind: number; body: Uint8Array }) => ({
  requestId,
  kind,
  body: Buffer.from(body).toString('hex'),
});

describe('reading frames', () => {
  test('finds the same frames however the stream is split', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, sizes) => {
        const stream = Buffer.concat(sent.map(encodeFrame));
        const received: Frame[] = [];
        const reader = new FrameReader((frame) => received.push(frame));
        for (let offset = 0, cut = 0; offset < stream.length; cut++) {
          const size = sizes[cut % sizes.length] ?? 1;
          reader.push(Buffer.from(stream.subarray(offset, offset + size)));
          offset += size;
        }
        expect(received.map(seen)).toEqual(sent.map(seen));
      }),
    );
  });

  test('wipes the chunks that it has split and leaves the frames unchanged', () => {
    const received: Frame[] = [];
    const reader = new FrameReader((frame) => received.push(frame));
    const chunk = encodeFrame({ requestId: 1, kind: 2, body: Buffer.from('secret') });
    reader.push(chunk);
    expect(chunk.every((byte) => byte === 0)).toBe(true);
    expect(received[0]?.body.toString()).toBe('secret');
  });

  test.each([0, 4, MAX_FRAME_BYTES + 1])('refuses a frame with a length of %i bytes before it arrives', (length) => {
    const reader = new FrameReader(() => undefined);
    const claim = Buffer.alloc(4);
    claim.writeUInt32BE(length);
    expect(() => reader.push(claim)).toThrow(expect.objectContaining({ name: 'RangeError' }));
  });
});

describe('sending frames', () => {
  let accepted: Socket;
  let socket: Socket;
  const server = createServer((connection) => {
    accepted = connection;
  });
  beforeAll(async () => {
    const path = join(tmpdir(), `keystead-frames-${process.pid}.sock`);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    socket = createConnection(path);
    await Promise.all([once(server, 'connection'), once(socket, 'connect')]);
  });
  afterAll(() => {
    socket.destroy();
    accepted.destroy();
    server.close();
  });

  test('writes the frames of one turn together, in order, and wipes their bodies', async () => {
    const received: Frame[] = [];
    const reader = new FrameReader((frame) => received.push(frame));
    let writes = 0;
    const write = socket.write.bind(socket);
    socket.write = ((...args: Parameters<typeof write>) => {
      writes++;
      return write(...args);
    }) as typeof socket.write;
    const sender = new FrameSender(socket);
    const bodies = ['a', 'b', 'c'].map((text) => Buffer.from(text));
    for (const [requestId, body] of bodies.entries()) sender.send({ requestId, kind: 1, body });
    const arrived = once(accepted, 'data');
    const [chunk] = await arrived;
    reader.push(chunk);
    expect(writes).toBe(1);
    expect(received.map(({ body }) => body.toString())).toEqual(['a', 'b', 'c']);
    expect(Buffer.concat(bodies).every((byte) => byte === 0)).toBe(true);
  });

  test('refuses a message that is too large for a frame', () => {
    const body = Buffer.alloc(MAX_FRAME_BYTES);
    expect(() => new FrameSender(socket).send({ requestId: 1, kind: 1, body })).toThrow(RangeError);
  });

  test('sends nothing of a value that cannot be sent, and what came before and after it unchanged', async () => {
    const received: Frame[] = [];
    const reader = new FrameReader((frame) => received.push(frame));
    const sender = new FrameSender(socket);
    const { kind, arguments: args } = verbs.pkcs11TokenStatus;
    sender.sendValue(1, kind, args, ['first']);
    expect(() => sender.sendValue(2, kind, args, ['x'.repeat(MAX_FRAME_BYTES)])).toThrow(RangeError);
    expect(() => sender.sendValue(3, kind, verbs.pkcs11Random.arguments, [{} as never, -1])).toThrow();
    sender.sendValue(4, kind, args, ['zweites, größer']);
    // What was written between them has made the buffer grow.
    sender.sendValue(5, kind, args, ['y'.repeat(100_000)]);
    const all = 3;
    while (received.length < all) reader.push((await once(accepted, 'data'))[0] as Buffer);
    const texts = received.map(({ body }) => decodeWith(args, body)[0]);
    expect(received.map(({ requestId }) => requestId)).toEqual([1, 4, 5]);
    expect(texts).toEqual(['first', 'zweites, größer', 'y'.repeat(100_000)]);
  });
});

describe('the table of verbs', () => {
  test('gives each verb a kind of its own, which differs from hello', () => {
    const kinds = verbNames.map((name) => verbs[name].kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const kind of kinds) expect(kind).toBeGreaterThan(0);
  });

  test('encodes and decodes arguments and results without change', () => {
    const text = fc.string({ unit: 'grapheme' });
    const bytes = fc.uint8Array({ maxLength: 50 }).map((value) => Buffer.from(value));
    const material = fc.record({
      accountId: text,
      domainRegion: text,
      keyId: text,
      keySpec: fc.constantFrom('SYMMETRIC_DEFAULT' as const, 'SM2' as const),
      materialId: text,
      wrapped: bytes,
    });
    const request = fc.record({
      material,
      lengthInBytes: fc.nat(1024),
      encryptionContext: fc.dictionary(text, text),
      withPlaintext: fc.boolean(),
    });
    const { arguments: args, result } = verbs.generateDataKey;
    const answer = fc.record({ ciphertextBlob: bytes, plaintext: bytes }, { requiredKeys: ['ciphertextBlob'] });
    fc.assert(
      fc.property(request, answer, (asked, answered) => {
        expect(decodeWith(args, encodeWith(args, [asked]))).toEqual([asked]);
        expect(decodeWith(result, encodeWith(result, answered))).toEqual(answered);
      }),
    );
  });

  test('refuses arguments that are too short or too long', () => {
    const encoded = encodeWith(verbs.pkcs11TokenStatus.arguments, ['marker']);
    const decode = (message: Buffer) => () => decodeWith(verbs.pkcs11TokenStatus.arguments, message);
    const refused = expect.objectContaining({ name: 'RangeError' });
    for (let length = 0; length < encoded.length; length++)
      expect(decode(encoded.subarray(0, length))).toThrow(refused);
    expect(decode(Buffer.concat([encoded, Buffer.of(0)]))).toThrow(refused);
  });
});
