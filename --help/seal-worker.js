import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  termsOf
} from "./part-2B6IBJB5.js";
import "./part-Q3MGWXPC.js";
import {
  HASH_BYTES,
  LINK_BYTES,
  MAX_TEXT_BYTES
} from "./part-KMHU5SSD.js";
import "./part-GJX6LNLE.js";
import "./part-J52KMMNH.js";

// control-plane/storage/segments/seal-worker.ts
import { parentPort } from "node:worker_threads";

// control-plane/storage/segments/seal.ts
import { deflateRawSync, inflateRawSync } from "node:zlib";
var COMPRESSION = { level: 1, memLevel: 9 };
var LINE_BREAK = Buffer.from("\n");
function seal(segments, grade) {
  const [first] = segments;
  const last = segments.at(-1);
  if (!first || !last) throw new RangeError("there is nothing to seal");
  const bytes = Buffer.concat(
    segments.flatMap((segment, index) => [...index === 0 ? [] : [LINE_BREAK], bytesOf(segment)])
  );
  const fromMs = Math.min(...segments.map(({ from_ms }) => from_ms));
  const row = {
    chain_id: first.chain_id,
    first_sequence: first.first_sequence,
    last_sequence: last.last_sequence,
    previous_hash: first.previous_hash,
    from_ms: fromMs,
    to_ms: Math.max(...segments.map(({ to_ms }) => to_ms)),
    grade,
    size_in_bytes: bytes.length,
    links: Buffer.concat(segments.map(({ links, from_ms }) => later(links, from_ms - fromMs))),
    records: deflateRawSync(bytes, COMPRESSION)
  };
  return { row, terms: [...termsOf(bytes.toString().split("\n")).keys()] };
}
function bytesOf({ grade, records }) {
  if (grade === 0) return records;
  try {
    return inflateRawSync(records, { maxOutputLength: MAX_TEXT_BYTES });
  } catch {
    return Buffer.alloc(0);
  }
}
function later(links, byMs) {
  if (byMs === 0) return links;
  const moved = Buffer.from(links);
  for (let at = HASH_BYTES; at + 4 <= moved.length; at += LINK_BYTES) {
    moved.writeUInt32BE((moved.readUInt32BE(at) + byMs) % 2 ** 32, at);
  }
  return moved;
}

// control-plane/storage/segments/seal-worker.ts
if (!parentPort) throw new Error("seal-worker.ts must run as a worker thread");
var port = parentPort;
port.on("message", ({ id, segments, grade }) => {
  port.postMessage({ id, sealed: seal(segments, grade) });
});
