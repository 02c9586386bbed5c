import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/domain/audit/audit-record.ts
function userNameOf({ userIdentity: { type, userName, principalId } }) {
  if (type === "Root") return "root";
  if (typeof userName === "string") return userName;
  if (type !== "AssumedRole" && type !== "FederatedUser") return void 0;
  return String(principalId).split(":").slice(1).join(":") || void 0;
}
function accessKeyIdOf({ userIdentity: { accessKeyId } }) {
  return typeof accessKeyId === "string" ? accessKeyId : void 0;
}

export {
  userNameOf,
  accessKeyIdOf
};
