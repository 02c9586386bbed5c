/**
 * Codecs of the HSM protocol's fields: small, typed, composed by the verb table in protocol.ts. Bytes read are views
 * of the frame they came in, so that wiping the frame wipes them.
 */
export interface Codec<T> {
  write(to: Writer, value: T): void;
  /** @throws RangeError when the bytes are not such a value. */
  read(from: Reader): T;
}

/** Collects the parts of one message: bytes, texts, and numbers of 32 bits. */
export class Writer {
  readonly #parts: (Uint8Array | string | number)[] = [];
  #length = 0;

  /** With its length in bytes in front. */
  text(part: string): void {
    const lengthInBytes = Buffer.byteLength(part);
    this.#parts.push(lengthInBytes, part);
    this.#length += 4 + lengthInBytes;
  }

  bytes(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  uint32(value: number): void {
    this.#parts.push(value);
    this.#length += 4;
  }

  /** Copies everything into one new buffer. @throws RangeError for a number that has more than 32 bits */
  finish(): Buffer {
    const message = Buffer.alloc(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      if (typeof part === 'number') offset = message.writeUInt32BE(part, offset);
      else if (typeof part === 'string') offset += message.write(part, offset);
      else {
        message.set(part, offset);
        offset += part.length;
      }
    }
    return message;
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
      for (const [index, codec] of codecs.entries()) codec.write(to, values[index]);
    },
    read: (from) => codecs.map((codec) => codec.read(from)),
  };
}

export function encodeWith<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.finish();
}

/** @throws RangeError when the bytes are not exactly one such value. */
export function decodeWith<T>(codec: Codec<T>, message: Buffer): T {
  const reader = new Reader(message);
  const value = codec.read(reader);
  reader.finish();
  return value;
}
