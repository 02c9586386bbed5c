/** OpenPGP packets and numbers. Source: RFC 9580, sections 3.2 and 4.2. */

export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

/** @throws Error for bytes that are not a sequence of whole packets */
export function packetsOf(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { tag, start, length } = headerOf(bytes, at);
    const end = start + length;
    if (end > bytes.length) throw new Error('The OpenPGP key is cut off: a packet is longer than the key.');
    packets.push({ tag, body: bytes.subarray(start, end) });
    at = end;
  }
  return packets;
}

function headerOf(
  bytes: Buffer,
  at: number,
): { readonly tag: number; readonly start: number; readonly length: number } {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) === 0) throw new Error('The text is not an OpenPGP key: it does not begin with a packet.');
  // Past the end every byte reads as 0, and the length is checked against the end.
  const byte = (offset: number) => bytes[at + offset] ?? 0;
  const number = (count: number) => {
    let value = 0;
    for (let offset = 1; offset <= count; offset++) value = value * 256 + byte(offset);
    return value;
  };
  if ((first & 0x40) === 0) {
    const count = [1, 2, 4][first & 3];
    if (count === undefined) throw new Error('The OpenPGP key has a packet without a length.');
    return { tag: (first >> 2) & 15, start: at + 1 + count, length: number(count) };
  }
  const tag = first & 63;
  const length = byte(1);
  if (length < 192) return { tag, start: at + 2, length };
  if (length < 224) return { tag, start: at + 3, length: ((length - 192) << 8) + byte(2) + 192 };
  if (length < 255) throw new Error('The OpenPGP key has a packet in parts.');
  return { tag, start: at + 6, length: Buffer.of(byte(2), byte(3), byte(4), byte(5)).readUInt32BE() };
}

/** A packet with a header of the newer form. */
export function packet(tag: number, body: Uint8Array): Buffer {
  const { length } = body;
  const size = length < 192 ? [length] : [((length - 192) >> 8) + 192, (length - 192) & 0xff];
  if (length >= 8384) throw new Error(`a packet of ${length} bytes is too long`);
  return Buffer.concat([Buffer.of(0xc0 | tag, ...size), body]);
}

/** A number with its length in bits before it, and what follows. @throws Error when it is cut off */
export function readMpi(bytes: Buffer): readonly [value: Buffer, rest: Buffer] {
  const end = bytes.length < 2 ? Number.POSITIVE_INFINITY : 2 + Math.ceil(bytes.readUInt16BE() / 8);
  if (end > bytes.length) throw new Error('The OpenPGP key is cut off: a number is longer than its packet.');
  return [bytes.subarray(2, end), bytes.subarray(end)];
}

export function writeMpi(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? bytes.subarray(bytes.length) : bytes.subarray(start);
  const bits = digits.length === 0 ? 0 : digits.length * 8 - Math.clz32(digits[0] ?? 0) + 24;
  return Buffer.concat([Buffer.of(bits >> 8, bits & 0xff), digits]);
}
