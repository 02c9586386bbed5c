import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  accessKeyIdOf,
  userNameOf
} from "./part-Q3MGWXPC.js";

// control-plane/domain/audit/audit-index.ts
function indexEntryOf(record) {
  return {
    accountId: record.recipientAccountId,
    region: record.awsRegion,
    eventSource: record.eventSource,
    eventName: record.eventName,
    userName: userNameOf(record),
    accessKeyId: accessKeyIdOf(record),
    readOnly: record.readOnly,
    // All resources of a record have one type.
    resourceType: record.resources?.[0]?.type,
    requestId: record.requestID,
    eventId: record.eventID,
    atMs: Date.parse(record.eventTime),
    resourceArns: [...new Set((record.resources ?? []).map((resource) => resource.ARN))]
  };
}
function indexEntryOfJson(recordJson) {
  try {
    return indexEntryOf(JSON.parse(recordJson));
  } catch {
    return void 0;
  }
}
function resourceLinksOf(chainId, sequence, { accountId, atMs, resourceArns }) {
  return resourceArns.map((resourceArn) => ({ accountId, resourceArn, atMs, chainId, sequence }));
}
function isLinkOf({ accountId, resourceArn, atMs }, recordJson) {
  const entry = recordJson === void 0 ? void 0 : indexEntryOfJson(recordJson);
  return entry?.accountId === accountId && entry.atMs === atMs && entry.resourceArns.includes(resourceArn);
}
var VALUE_NAMES = [
  ...["accountId", "region", "eventSource", "eventName", "userName", "accessKeyId", "readOnly"],
  ...["resourceType", "requestId", "eventId", "atMs"]
];
function indexDifferences(stored, derived) {
  return VALUE_NAMES.filter((name) => stored[name] !== derived[name]);
}

export {
  indexEntryOfJson,
  resourceLinksOf,
  isLinkOf,
  indexDifferences
};
