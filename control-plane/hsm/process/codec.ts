/**
 * Codecs of the HSM protocol's fields: small, typed, composed by the verb table in protocol.ts. Bytes read are views
 * of the frame they came in, so that wiping the frame wipes them.
 */
export interface Codec<T> {
  write(to: Writer, value: T): void;
  /** @throws RangeError when the bytes are not such a value. */
  read(from: Reader): T;
}

const FIRST_BYTES = 1024;
const UTF8_BYTES_PER_CHARACTER = 3;

/**
 * Writes messages one after the other into one buffer that grows. What it no longer needs is wiped: the buffers that it
 * has outgrown, and what is taken back.
 */
export class Writer {
  #buffer: Buffer;
  #length = 0;

  /** @param buffer is overwritten */
  constructor(buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)) {
    this.#buffer = buffer;
  }

  get length(): number {
    return this.#length;
  }

  /** With its length in bytes in front. */
  text(part: string): void {
    this.#ensure(4 + part.length * UTF8_BYTES_PER_CHARACTER);
    const start = this.#length + 4;
    const lengthInBytes = this.#ascii(part, start) ? part.length : this.#buffer.write(part, start);
    this.#buffer.writeUInt32BE(lengthInBytes, this.#length);
    this.#length = start + lengthInBytes;
  }

  /** Most texts are short and ASCII: a loop takes less time than the call that encodes any text. */
  #ascii(part: string, start: number): boolean {
    for (let index = 0; index < part.length; index += 1) {
      const code = part.charCodeAt(index);
      if (code > 0x7f) return false;
      this.#buffer[start + index] = code;
    }
    return true;
  }

  bytes(part: Uint8Array): void {
    this.#ensure(part.length);
    this.#buffer.set(part, this.#length);
    this.#length += part.length;
  }

  /** @throws RangeError for a number that has more than 32 bits */
  uint32(value: number): void {
    this.#ensure(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  /** Leaves room for what is known only later. */
  room(lengthInBytes: number): void {
    this.#ensure(lengthInBytes);
    this.#length += lengthInBytes;
  }

  /** What was written, for changes in place; another call can move it. */
  at(start: number): Buffer {
    return this.#buffer.subarray(start, this.#length);
  }

  /** Takes back and wipes what was written from `start` on. */
  truncate(start: number): void {
    this.#buffer.fill(0, start, this.#length);
    this.#length = start;
  }

  #ensure(lengthInBytes: number): void {
    const needed = this.#length + lengthInBytes;
    if (needed <= this.#buffer.length) return;
    const outgrown = this.#buffer;
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(needed, 2 * outgrown.length));
    outgrown.copy(this.#buffer, 0, 0, this.#length);
    outgrown.fill(0, 0, this.#length);
  }
}

export class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#offset);
    this.#offset += 4;
    return value;
  }

  bytes(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new RangeError('message is shorter than its fields');
    const view = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return view;
  }

  /** @throws RangeError when bytes are left over. */
  finish(): void {
    if (this.#offset !== this.#bytes.length) throw new RangeError('message is longer than its fields');
  }
}

export const uint32: Codec<number> = {
  write: (to, value) => to.uint32(value),
  read: (from) => from.uint32(),
};

/** Milliseconds since the epoch, in 64 bits. */
export const timeMs: Codec<number> = {
  write(to, value) {
    to.uint32(Math.floor(value / 2 ** 32));
    to.uint32(value % 2 ** 32);
  },
  read: (from) => from.uint32() * 2 ** 32 + from.uint32(),
};

export const bytes: Codec<Uint8Array> = {
  write(to, value) {
    to.uint32(value.length);
    to.bytes(value);
  },
  read: (from) => from.bytes(from.uint32()),
};

export const text: Codec<string> = {
  write: (to, value) => to.text(value),
  read: (from) => from.bytes(from.uint32()).toString('utf8'),
};

export const flag: Codec<boolean> = {
  write: (to, value) => to.uint32(value ? 1 : 0),
  read: (from) => from.uint32() === 1,
};

export const nothing: Codec<void> = { write: () => undefined, read: () => undefined };

type Fields<T> = { readonly [Name in keyof T]-?: Codec<Exclude<T[Name], undefined>> };

/** Members in the order of `required`, then of `optional` (each after a flag that says whether it is present). */
export function struct<T extends object>(
  required: Fields<Pick<T, RequiredNames<T>>>,
  optional?: Fields<Pick<T, OptionalNames<T>>>,
): Codec<T>;
export function struct(
  required: Readonly<Record<string, Codec<unknown>>>,
  optional: Readonly<Record<string, Codec<unknown>>> = {},
): Codec<Record<string, unknown>> {
  const requiredFields = Object.entries(required);
  const optionalFields = Object.entries(optional);
  return {
    write(to, value) {
      for (const [name, codec] of requiredFields) codec.write(to, value[name]);
      for (const [name, codec] of optionalFields) {
        flag.write(to, value[name] !== undefined);
        if (value[name] !== undefined) codec.write(to, value[name]);
      }
    },
    read(from) {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of requiredFields) value[name] = codec.read(from);
      for (const [name, codec] of optionalFields) if (flag.read(from)) value[name] = codec.read(from);
      return value;
    },
  };
}

type OptionalNames<T> = { [Name in keyof T]-?: undefined extends T[Name] ? Name : never }[keyof T];
type RequiredNames<T> = Exclude<keyof T, OptionalNames<T>>;

export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    write(to, values) {
      to.uint32(values.length);
      for (const value of values) codec.write(to, value);
    },
    // Reading past the end throws, whatever the length says.
    read(from) {
      const values: T[] = [];
      for (let left = from.uint32(); left > 0; left--) values.push(codec.read(from));
      return values;
    },
  };
}

/** A value of one of several kinds: the name of its kind, then its members. */
export function union<T extends { readonly kind: string }>(
  codecs: { readonly [Kind in T['kind']]: Codec<Omit<Extract<T, { readonly kind: Kind }>, 'kind'>> },
): Codec<T>;
export function union(codecs: Readonly<Record<string, Codec<object>>>): Codec<{ readonly kind: string }> {
  const codecOf = (kind: string) => {
    const codec = Object.hasOwn(codecs, kind) ? codecs[kind] : undefined;
    if (!codec) throw new RangeError('message has a value of an unknown kind');
    return codec;
  };
  return {
    write(to, value) {
      text.write(to, value.kind);
      codecOf(value.kind).write(to, value);
    },
    read(from) {
      const kind = text.read(from);
      return { kind, ...codecOf(kind).read(from) };
    },
  };
}

/** The arguments of a call, in their order. */
export function tuple<T extends readonly unknown[]>(
  ...codecs: { readonly [Index in keyof T]: Codec<T[Index]> }
): Codec<T>;
export function tuple(...codecs: readonly Codec<unknown>[]): Codec<readonly unknown[]> {
  return {
    write(to, values) {
      for (let index = 0; index < codecs.length; index += 1) codecs[index]?.write(to, values[index]);
    },
    read: (from) => codecs.map((codec) => codec.read(from)),
  };
}

export function encodeWith<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.at(0);
}

/** @throws RangeError when the bytes are not exactly one such value. */
export function decodeWith<T>(codec: Codec<T>, message: Buffer): T {
  const reader = new Reader(message);
  const value = codec.read(reader);
  reader.finish();
  return value;
}
