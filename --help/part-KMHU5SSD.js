import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  linkHash
} from "./part-GJX6LNLE.js";

// control-plane/storage/segments/format.ts
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
var FULL_RECORDS = 1024;
var FULL_BYTES = 1024 * 1024;
var MAX_SPAN_MS = 864e5;
var HASH_BYTES = 32;
var LINK_BYTES = HASH_BYTES + 4;
var MAX_TEXT_BYTES = 512 * 1024 * 1024;
function newRecord(record) {
  const atMs = Date.parse(record.eventTime);
  if (Number.isNaN(atMs)) throw new TypeError(`an audit record has the time "${record.eventTime}"`);
  return { recordJson: JSON.stringify(record), atMs };
}
function appendToChain(end, records) {
  const segments = [];
  let { sequence, hash } = end;
  for (const part of parts(records)) {
    const [first, before] = [sequence + 1, hash];
    const links = part.map(({ recordJson, atMs }) => {
      sequence += 1;
      hash = linkHash({ chainId: end.chainId, sequence, previousHash: hash, recordJson });
      return { recordJson, atMs, hash };
    });
    segments.push(openSegment(end.chainId, first, before, links));
  }
  return { segments, end: { chainId: end.chainId, sequence, hash } };
}
function parts(records) {
  const found = [];
  let part = [];
  let [bytes, fromMs, toMs] = [0, 0, 0];
  for (const record of records) {
    const [earliest, latest] = [Math.min(fromMs, record.atMs), Math.max(toMs, record.atMs)];
    if (part.length > 0 && (part.length >= FULL_RECORDS || bytes >= FULL_BYTES || latest - earliest > MAX_SPAN_MS)) {
      found.push(part);
      part = [];
    }
    [fromMs, toMs] = part.length === 0 ? [record.atMs, record.atMs] : [earliest, latest];
    bytes = (part.length === 0 ? 0 : bytes) + record.recordJson.length;
    part.push(record);
  }
  if (part.length > 0) found.push(part);
  return found;
}
function segmentsOf(chainId, firstSequence, previousHash, records) {
  let [sequence, before] = [firstSequence, previousHash];
  return parts(records).map((part) => {
    const segment = openSegment(chainId, sequence, before, part);
    sequence += part.length;
    before = part.at(-1)?.hash ?? before;
    return segment;
  });
}
function openSegment(chainId, first, previousHash, records) {
  const texts = Buffer.from(records.map(({ recordJson }) => recordJson).join("\n"));
  const [fromMs, toMs] = timesOf(records);
  return {
    chain_id: chainId,
    first_sequence: first,
    last_sequence: first + records.length - 1,
    previous_hash: previousHash,
    from_ms: fromMs,
    to_ms: toMs,
    grade: 0,
    size_in_bytes: texts.length,
    links: linksOf(records, fromMs),
    records: texts
  };
}
function timesOf(records) {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { atMs } of records) {
    fromMs = Math.min(fromMs, atMs);
    toMs = Math.max(toMs, atMs);
  }
  return [fromMs, toMs];
}
function linksOf(records, fromMs) {
  const links = Buffer.allocUnsafe(records.length * LINK_BYTES);
  let at = 0;
  for (const { hash, atMs } of records) {
    links.write(hash, at, HASH_BYTES, "hex");
    links.writeUInt32BE(atMs - fromMs, at + HASH_BYTES);
    at += LINK_BYTES;
  }
  return links;
}
function readLinks({ first_sequence, from_ms, links }) {
  return Array.from({ length: Math.floor(links.length / LINK_BYTES) }, (_, index) => {
    const at = index * LINK_BYTES;
    return {
      sequence: first_sequence + index,
      hash: links.toString("hex", at, at + HASH_BYTES),
      atMs: from_ms + links.readUInt32BE(at + HASH_BYTES)
    };
  });
}
async function readRecords(segment) {
  const texts = await readTexts(segment);
  let previousHash = segment.previous_hash;
  return readLinks(segment).map((link, index) => {
    const record = { ...link, previousHash, recordJson: texts[index] ?? "" };
    previousHash = link.hash;
    return record;
  });
}
var readTexts = async (segment) => (await textOf(segment)).split("\n");
var inflate = promisify(inflateRaw);
var RECENT = 4;
var recent = [];
async function textOf(segment) {
  if (segment.grade === 0) return segment.records.toString();
  const known = recent.find(({ compressed }) => compressed.equals(segment.records));
  if (known) return known.text;
  const text = await inflate(segment.records, { maxOutputLength: MAX_TEXT_BYTES }).then(String, () => "");
  recent.unshift({ compressed: segment.records, text });
  recent.length = Math.min(recent.length, RECENT);
  return text;
}
async function withoutFirst(segment, sequence) {
  const kept = (await readRecords(segment)).filter((record) => record.sequence > sequence);
  const [first] = kept;
  return first ? segmentsOf(segment.chain_id, first.sequence, first.previousHash, kept) : [];
}

export {
  FULL_RECORDS,
  FULL_BYTES,
  MAX_SPAN_MS,
  HASH_BYTES,
  LINK_BYTES,
  MAX_TEXT_BYTES,
  newRecord,
  appendToChain,
  segmentsOf,
  readLinks,
  readRecords,
  readTexts,
  withoutFirst
};
