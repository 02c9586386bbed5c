/**
 * Terraform values as msgpack, driven by the type (Terraform's object wire format): objects carry every attribute, sets
 * are arrays, numbers are integers, doubles or decimal text, and an extension value is an unknown one.
 *
 * A codec of our own because general msgpack libraries know no types, round large integers and rename `__proto__`.
 */
import type { AttributeType, Refinement } from '@keystead/provider-schema/terraform.ts';
import { narrowInteger, parseDecimal } from '../../engine/decimal.ts';
import type { PathStep } from '../../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';
import { CodecError } from './codec-error.ts';

type Path = readonly PathStep[];
/** What is known of the unknown value at a path. */
export type Refine = (path: Path) => Refinement | undefined;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Walks msgpack bytes; every read checks the end first, so a false length cannot make us allocate memory. */
class Reader {
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  /** Moves past `length` bytes and returns where they began. */
  private advance(length: number, path: Path): number {
    const start = this.position;
    if (length > this.bytes.length - start) throw new CodecError(path, 'the msgpack bytes end too early');
    this.position = start + length;
    return start;
  }

  /** An unsigned integer of 1, 2 or 4 bytes, as lengths and format bytes are. */
  unsigned(size: 1 | 2 | 4, path: Path): number {
    const at = this.advance(size, path);
    if (size === 1) return this.view.getUint8(at);
    return size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  text(length: number, path: Path): string {
    const at = this.advance(length, path);
    try {
      return utf8.decode(this.bytes.subarray(at, at + length));
    } catch {
      throw new CodecError(path, 'the text is not valid UTF-8');
    }
  }

  skip(length: number, path: Path): void {
    this.advance(length, path);
  }

  /** The number after the format byte `format`; undefined when it announces no number. */
  number(format: number, path: Path): number | bigint | undefined {
    if (format <= 0x7f) return format;
    if (format >= 0xe0) return format - 0x100;
    switch (format) {
      case 0xca:
        return this.view.getFloat32(this.advance(4, path));
      case 0xcb:
        return this.view.getFloat64(this.advance(8, path));
      case 0xcc:
        return this.view.getUint8(this.advance(1, path));
      case 0xcd:
        return this.view.getUint16(this.advance(2, path));
      case 0xce:
        return this.view.getUint32(this.advance(4, path));
      case 0xcf:
        return narrowInteger(this.view.getBigUint64(this.advance(8, path)));
      case 0xd0:
        return this.view.getInt8(this.advance(1, path));
      case 0xd1:
        return this.view.getInt16(this.advance(2, path));
      case 0xd2:
        return this.view.getInt32(this.advance(4, path));
      case 0xd3:
        return narrowInteger(this.view.getBigInt64(this.advance(8, path)));
      default:
        return undefined;
    }
  }

  stringLength(format: number, path: Path): number | undefined {
    if (format >= 0xa0 && format <= 0xbf) return format - 0xa0;
    if (format === 0xd9) return this.unsigned(1, path);
    if (format === 0xda) return this.unsigned(2, path);
    return format === 0xdb ? this.unsigned(4, path) : undefined;
  }

  arrayLength(format: number, path: Path): number | undefined {
    if (format >= 0x90 && format <= 0x9f) return format - 0x90;
    if (format === 0xdc) return this.unsigned(2, path);
    return format === 0xdd ? this.unsigned(4, path) : undefined;
  }

  mapLength(format: number, path: Path): number | undefined {
    if (format >= 0x80 && format <= 0x8f) return format - 0x80;
    if (format === 0xde) return this.unsigned(2, path);
    return format === 0xdf ? this.unsigned(4, path) : undefined;
  }

  /** Moves past an extension value (any code means unknown; refinements are dropped); false for another format. */
  skipExtension(format: number, path: Path): boolean {
    // fixext 1, 2, 4, 8, 16: a type byte and the data
    if (format >= 0xd4 && format <= 0xd8) this.skip(1 + 2 ** (format - 0xd4), path);
    else if (format === 0xc7) this.skip(1 + this.unsigned(1, path), path);
    else if (format === 0xc8) this.skip(1 + this.unsigned(2, path), path);
    else if (format === 0xc9) this.skip(1 + this.unsigned(4, path), path);
    else return false;
    return true;
  }
}

function expected(path: Path, what: string, format: number): CodecError {
  return new CodecError(path, `expected ${what}, found msgpack format 0x${format.toString(16).padStart(2, '0')}`);
}

function readKey(reader: Reader, path: Path): string {
  const format = reader.unsigned(1, path);
  const length = reader.stringLength(format, path);
  if (length === undefined) throw expected(path, 'a text key', format);
  return reader.text(length, path);
}

function readString(reader: Reader, format: number, path: Path): string {
  const length = reader.stringLength(format, path);
  if (length === undefined) throw expected(path, 'a string', format);
  return reader.text(length, path);
}

function readNumber(reader: Reader, format: number, path: Path): number | bigint | string {
  const length = reader.stringLength(format, path);
  if (length !== undefined) {
    const value = parseDecimal(reader.text(length, path));
    if (value === undefined) throw new CodecError(path, 'the text is not a decimal number');
    return value;
  }
  const value = reader.number(format, path);
  if (value === undefined) throw expected(path, 'a number', format);
  if (typeof value === 'bigint') return value;
  if (Number.isNaN(value)) throw new CodecError(path, 'not a number');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return BigInt(value);
  return value === 0 ? 0 : value; // -0 is 0 in Terraform
}

function readBool(format: number, path: Path): boolean {
  if (format !== 0xc2 && format !== 0xc3) throw expected(path, 'true or false', format);
  return format === 0xc3;
}

function readList(reader: Reader, element: AttributeType, format: number, path: Path): Value[] {
  const length = reader.arrayLength(format, path);
  if (length === undefined) throw expected(path, 'an array', format);
  const values: Value[] = [];
  for (let index = 0; index < length; index++) values.push(readValue(reader, element, [...path, index]));
  return values;
}

function readMap(reader: Reader, element: AttributeType, format: number, path: Path): ObjectValue {
  const length = reader.mapLength(format, path);
  if (length === undefined) throw expected(path, 'a map', format);
  // Keys are the user's: without a prototype, `__proto__` is a key like any other.
  const values: Record<string, Value> = Object.create(null);
  for (let index = 0; index < length; index++) {
    const key = readKey(reader, path);
    if (Object.hasOwn(values, key)) throw new CodecError([...path, key], 'the key occurs twice');
    values[key] = readValue(reader, element, [...path, key]);
  }
  return values;
}

function readObject(
  reader: Reader,
  members: Readonly<Record<string, AttributeType>>,
  format: number,
  path: Path,
): ObjectValue {
  const length = reader.mapLength(format, path);
  const count = Object.keys(members).length;
  if (length === undefined) throw expected(path, 'an object', format);
  if (length !== count) throw new CodecError(path, `expected an object of ${count} attributes, found ${length}`);
  const values: Record<string, Value> = Object.create(null);
  for (let index = 0; index < length; index++) {
    const name = readKey(reader, path);
    const type = Object.hasOwn(members, name) ? members[name] : undefined;
    if (type === undefined) throw new CodecError(path, `there is no attribute "${name.slice(0, 100)}"`);
    if (Object.hasOwn(values, name)) throw new CodecError([...path, name], 'the attribute occurs twice');
    values[name] = readValue(reader, type, [...path, name]);
  }
  return values;
}

function readValue(reader: Reader, type: AttributeType, path: Path): Value {
  const format = reader.unsigned(1, path);
  if (format === 0xc0) return null;
  if (reader.skipExtension(format, path)) return unknown;
  if (type === 'string') return readString(reader, format, path);
  if (type === 'number') return readNumber(reader, format, path);
  if (type === 'bool') return readBool(format, path);
  if (type[0] === 'map') return readMap(reader, type[1], format, path);
  if (type[0] === 'object') return readObject(reader, type[1], format, path);
  return readList(reader, type[1], format, path);
}

/**
 * @throws CodecError when the bytes are not exactly one value of the type.
 */
export function decodeMsgpack(type: AttributeType, bytes: Uint8Array): Value {
  const reader = new Reader(bytes);
  const value = readValue(reader, type, []);
  if (!reader.isAtEnd) throw new CodecError([], 'there are bytes after the value');
  return value;
}

/** Collects msgpack bytes in a buffer that doubles when full. */
class Writer {
  readonly refine: Refine | undefined;
  private buffer = Buffer.allocUnsafe(256);
  private length = 0;

  constructor(refine?: Refine) {
    this.refine = refine;
  }

  /** Makes room for `size` bytes and returns where they go. */
  private reserve(size: number): number {
    const start = this.length;
    this.length += size;
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, start);
      this.buffer = larger;
    }
    return start;
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  /**
   * A format byte with its count inside (`fixed`, below `fixedLimit`), or followed by 1 (if any), 2 or 4 bytes of it.
   */
  header(count: number, fixed: number, fixedLimit: number, formats: readonly [number | null, number, number]): void {
    const [format8, format16, format32] = formats;
    if (count < fixedLimit) {
      this.byte(fixed + count);
    } else if (format8 !== null && count <= 0xff) {
      this.byte(format8);
      this.byte(count);
    } else if (count <= 0xffff) {
      this.byte(format16);
      const at = this.reserve(2);
      this.buffer.writeUInt16BE(count, at);
    } else {
      this.byte(format32);
      const at = this.reserve(4);
      this.buffer.writeUInt32BE(count, at);
    }
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.header(size, 0xa0, 32, [0xd9, 0xda, 0xdb]);
    const at = this.reserve(size);
    this.buffer.write(value, at);
  }

  double(value: number): void {
    const at = this.reserve(9);
    this.buffer[at] = 0xcb;
    this.buffer.writeDoubleBE(value, at + 1);
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

function writeString(writer: Writer, value: Value, path: Path): void {
  if (typeof value !== 'string') throw new CodecError(path, 'expected a string');
  if (!value.isWellFormed()) throw new CodecError(path, 'the text holds half of a surrogate pair');
  writer.text(value);
}

/**
 * Numbers are sent as decimal text. A double of 0.1 is not the 0.1 in the configuration. And Terraform 1.10 and later
 * takes an integer in binary for another one than that in the state: its refresh-only plans compare the internal form
 * of numbers and end with "changes" (2) although there are none (hashicorp/terraform issue 36403).
 */
function writeNumber(writer: Writer, value: Value, path: Path): void {
  if (typeof value === 'bigint') writer.text(value.toString());
  else if (typeof value === 'number' && Number.isInteger(value)) writer.text(BigInt(value).toString());
  else if (typeof value === 'number' && Number.isFinite(value)) writer.text(String(value));
  else if (typeof value === 'number' && !Number.isNaN(value)) writer.double(value);
  else if (typeof value === 'string' && parseDecimal(value) !== undefined) writer.text(value);
  else throw new CodecError(path, 'expected a number');
}

function writeBool(writer: Writer, value: Value, path: Path): void {
  if (typeof value !== 'boolean') throw new CodecError(path, 'expected true or false');
  writer.byte(value ? 0xc3 : 0xc2);
}

/** The prefix says nothing of a value whose text could join with it to another character. ASCII cannot. */
const ascii = /^[\x20-\x7e]+$/;

/**
 * Fixext 1 with code 0 and one zero byte; with a refinement, ext 8 with code 12 and a map: 1 is whether the value can be
 * null, 2 how its text begins.
 */
function writeUnknown(writer: Writer, path: Path): void {
  const refinement = writer.refine?.(path);
  if (refinement === undefined) {
    writer.byte(0xd4);
    writer.byte(0);
    writer.byte(0);
    return;
  }
  const { prefix } = refinement;
  if (prefix !== undefined && !(ascii.test(prefix) && prefix.length < 32)) {
    throw new CodecError(path, 'a prefix must be 1 to 31 ASCII characters');
  }
  writer.byte(0xc7);
  writer.byte(prefix === undefined ? 3 : 5 + prefix.length);
  writer.byte(12);
  writer.byte(prefix === undefined ? 0x81 : 0x82);
  writer.byte(1);
  writer.byte(0xc2);
  if (prefix === undefined) return;
  writer.byte(2);
  writer.text(prefix);
}

function writeList(writer: Writer, element: AttributeType, value: Value, path: Path): void {
  if (!Array.isArray(value)) throw new CodecError(path, 'expected a list');
  writer.header(value.length, 0x90, 16, [null, 0xdc, 0xdd]);
  value.forEach((item, index) => {
    writeValue(writer, element, item, [...path, index]);
  });
}

function isObject(value: Value): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function writeMap(writer: Writer, element: AttributeType, value: Value, path: Path): void {
  if (!isObject(value)) throw new CodecError(path, 'expected a map');
  const entries = Object.entries(value);
  writer.header(entries.length, 0x80, 16, [null, 0xde, 0xdf]);
  for (const [key, item] of entries) {
    writeString(writer, key, path);
    writeValue(writer, element, item, [...path, key]);
  }
}

function writeObject(writer: Writer, members: Readonly<Record<string, AttributeType>>, value: Value, path: Path): void {
  if (!isObject(value)) throw new CodecError(path, 'expected an object');
  const names = Object.keys(members);
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(members, name)) throw new CodecError(path, `there is no attribute "${name}"`);
  }
  writer.header(names.length, 0x80, 16, [null, 0xde, 0xdf]);
  for (const [name, type] of Object.entries(members)) {
    writer.text(name);
    writeValue(writer, type, Object.hasOwn(value, name) ? value[name] : undefined, [...path, name]);
  }
}

function writeValue(writer: Writer, type: AttributeType, value: Value | undefined, path: Path): void {
  if (value === undefined) throw new CodecError(path, 'there is no value');
  if (value === null) writer.byte(0xc0);
  else if (value === unknown) writeUnknown(writer, path);
  else if (type === 'string') writeString(writer, value, path);
  else if (type === 'number') writeNumber(writer, value, path);
  else if (type === 'bool') writeBool(writer, value, path);
  else if (type[0] === 'map') writeMap(writer, type[1], value, path);
  else if (type[0] === 'object') writeObject(writer, type[1], value, path);
  else writeList(writer, type[1], value, path);
}

/**
 * @param refine says what is known of unknown values
 * @throws CodecError when the value does not fit the type.
 */
export function encodeMsgpack(type: AttributeType, value: Value, refine?: Refine): Buffer {
  const writer = new Writer(refine);
  writeValue(writer, type, value, []);
  return writer.finish();
}
