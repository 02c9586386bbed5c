import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  bodyHash
} from "./part-M22DKBT6.js";

// control-plane/domain/audit/trail-files.ts
import { hash } from "node:crypto";
var DIGEST_FORMAT = "keystead/audit-digest/v1";
var FILE_CHARS = 32 * 1024 * 1024;
var RANDOM_PART_CHARS = 16;
function logFiles(checkpoint, body, records) {
  const groups = /* @__PURE__ */ new Map();
  for (const record of records) {
    const { recipientAccountId, awsRegion, eventTime } = JSON.parse(record.recordJson);
    const group = groups.get(`${recipientAccountId}/${awsRegion}`) ?? [];
    group.push({ ...record, accountId: recipientAccountId, region: awsRegion, eventTime });
    groups.set(`${recipientAccountId}/${awsRegion}`, group);
  }
  return [...groups.values()].flatMap(
    (group) => parts(group).map((part, index) => logFile(checkpoint, bodyHash(body), part, index))
  );
}
function parts(group) {
  const made = [[]];
  let chars = 0;
  for (const record of group) {
    chars += record.recordJson.length;
    if (chars > FILE_CHARS && made.at(-1)?.length !== 0) {
      made.push([]);
      chars = record.recordJson.length;
    }
    made.at(-1)?.push(record);
  }
  return made;
}
function logFile({ time }, checkpointHash, records, part) {
  const { accountId = "", region = "" } = records[0] ?? {};
  const times = records.map(({ eventTime }) => eventTime).sort();
  const minute = `${time.slice(0, 16).replaceAll(/[-:]/g, "")}Z`;
  const random = hash("sha256", [checkpointHash, accountId, region, part].join("/"), "base64").replaceAll(/[^A-Za-z0-9]/g, "").slice(0, RANDOM_PART_CHARS);
  const name = `${accountId}_CloudTrail_${region}_${minute}_${random}.json.gz`;
  return {
    path: `AWSLogs/${accountId}/CloudTrail/${region}/${dayPath(time)}/${name}`,
    text: `{"Records":[${records.map(({ recordJson }) => recordJson).join(",")}]}`,
    runs: runsOf(records),
    oldestEventTime: times[0] ?? "",
    newestEventTime: times.at(-1) ?? ""
  };
}
function runsOf(records) {
  const runs = [];
  for (const { chainId, sequence } of records) {
    const run = runs.at(-1);
    if (run?.chainId === chainId && run.last === sequence - 1) run.last = sequence;
    else runs.push({ chainId, first: sequence, last: sequence });
  }
  return runs;
}
function checkpointPath(number) {
  const thousands = String(Math.floor(number / 1e3)).padStart(7, "0");
  return `Checkpoints/${thousands}/${String(number).padStart(10, "0")}.json`;
}
var dayPath = (time) => time.slice(0, 10).replaceAll("-", "/");
function digestBody(number, body, files, records) {
  const digest = {
    format: DIGEST_FORMAT,
    checkpoint: number,
    checkpointHash: bodyHash(body),
    logFiles: files.map(({ path, text, runs, oldestEventTime, newestEventTime }) => {
      const hashValue = hash("sha256", text, "hex");
      return { path, hashAlgorithm: "SHA-256", hashValue, oldestEventTime, newestEventTime, runs };
    }),
    chains: runsOf(records).map((run) => digestChain(run, records))
  };
  return JSON.stringify(digest);
}
function digestChain(run, records) {
  const own = records.filter(
    ({ chainId, sequence }) => chainId === run.chainId && sequence >= run.first && sequence <= run.last
  );
  const hashes = Buffer.concat(own.map((record) => Buffer.from(record.hash, "hex"))).toString("base64");
  return { ...run, previousHash: own[0]?.previousHash ?? "", hashes };
}

export {
  DIGEST_FORMAT,
  logFiles,
  checkpointPath,
  digestBody
};
