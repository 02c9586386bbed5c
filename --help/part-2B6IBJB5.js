import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  accessKeyIdOf,
  userNameOf
} from "./part-Q3MGWXPC.js";

// control-plane/storage/segments/terms.ts
import { hash } from "node:crypto";
var NUMBER_BYTES = 6;
function termNumber({ accountId, kind, value }) {
  return hash("sha256", `${accountId}/${kind}/${value}`, "buffer").readUIntBE(0, NUMBER_BYTES);
}
var AccountTerms = class {
  changes = false;
  events = /* @__PURE__ */ new Set();
  users = /* @__PURE__ */ new Set();
  accessKeys = /* @__PURE__ */ new Set();
  resources = /* @__PURE__ */ new Set();
  add(record) {
    if (!record.readOnly) this.changes = true;
    this.events.add(record.eventName);
    const [userName, accessKeyId] = [userNameOf(record), accessKeyIdOf(record)];
    if (userName !== void 0) this.users.add(userName);
    if (accessKeyId !== void 0) this.accessKeys.add(accessKeyId);
    if (record.resources) for (const { ARN } of record.resources) this.resources.add(ARN);
  }
  list(accountId) {
    const ofKind = (kind, values) => Array.from(values, (value) => ({ accountId, kind, value }));
    return [
      ...ofKind("time", [""]),
      ...ofKind("changes", this.changes ? [""] : []),
      ...ofKind("event", this.events),
      ...ofKind("user", this.users),
      ...ofKind("access-key", this.accessKeys),
      ...ofKind("resource", this.resources)
    ];
  }
};
function termsOf(texts) {
  const accounts = /* @__PURE__ */ new Map();
  for (const text of texts) {
    const record = parsed(text);
    if (!record) continue;
    const known = accounts.get(record.recipientAccountId);
    const terms2 = known ?? new AccountTerms();
    if (!known) accounts.set(record.recipientAccountId, terms2);
    terms2.add(record);
  }
  const terms = [...accounts].flatMap(([accountId, known]) => known.list(accountId));
  return new Map(terms.map((term) => [termNumber(term), term]));
}
function parsed(text) {
  try {
    const record = JSON.parse(text);
    return typeof record.recipientAccountId === "string" && record.userIdentity ? record : void 0;
  } catch {
    return void 0;
  }
}

export {
  termNumber,
  termsOf
};
