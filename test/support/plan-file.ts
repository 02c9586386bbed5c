/** A plan that Terraform saved: a ZIP archive (APPNOTE.TXT sections 4.3.7 and 4.3.12). */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** The bytes of every file in it. */
export function filesOfPlan(path: string): Buffer {
  const zip = readFileSync(path);
  const files: Buffer[] = [];
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4)) {
    const start = zip.readUInt32LE(at + 42);
    const data = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    const bytes = zip.subarray(data, data + zip.readUInt32LE(at + 20));
    files.push(zip.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes));
  }
  return Buffer.concat(files);
}
