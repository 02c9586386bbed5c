/**
 * The files of a small zip: what forges make of artifacts. Every file must be one that is asked for, without a folder of
 * its own, so nothing can be written elsewhere; sizes and checksums are verified.
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { CommandError } from '../../shared/report.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
const LARGEST_FILE = 256 * 1024 * 1024;

/** @param isWanted whether the file of this name, without its folders, is read @throws CommandError */
export function unzip(zip: Buffer, isWanted: (name: string) => boolean): ReadonlyMap<string, Buffer> {
  try {
    return filesOf(zip, isWanted);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw damaged();
  }
}

function filesOf(zip: Buffer, isWanted: (name: string) => boolean): ReadonlyMap<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || zip.readUInt32LE(end) !== END) throw damaged();
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < zip.readUInt16LE(end + 10); entry += 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw damaged();
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const path = zip.subarray(at + 46, at + 46 + nameLength).toString();
    const name = path.split('/').at(-1) ?? '';
    if (name !== '' && isWanted(name)) {
      if (files.has(name))
        throw new CommandError(`The artifact has two files ${name}.`, 'Run the job that plans again.');
      files.set(name, fileAt(zip, at, name));
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

function fileAt(zip: Buffer, entry: number, name: string): Buffer {
  const method = zip.readUInt16LE(entry + 10);
  const [checksum, packed, size, header] = [16, 20, 24, 42].map((offset) => zip.readUInt32LE(entry + offset)) as [
    number,
    number,
    number,
    number,
  ];
  if (size > LARGEST_FILE) {
    throw new CommandError(
      `${name} in the artifact is larger than 256 MiB.`,
      'A plan is smaller: look at the artifact.',
    );
  }
  const begin = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const bytes = zip.subarray(begin, begin + packed);
  if (method !== STORED && method !== DEFLATED) throw damaged();
  const file = method === STORED ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  if (file.length !== size || crc32(file) !== checksum) throw damaged();
  return file;
}

const damaged = () =>
  new CommandError('The artifact is not a zip that can be read.', 'Run the job that plans again, and then this one.');
