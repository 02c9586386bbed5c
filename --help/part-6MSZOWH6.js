import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// provider-schema/arn.ts
var partitionByRegionPrefix = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["us-isof-", "aws-iso-f"],
  ["eu-isoe-", "aws-iso-e"],
  ["eusc-", "aws-eusc"]
];
var regionPattern = "(?![a-z0-9-]{33})[a-z]{2,8}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}";
var accountIdPattern = "[0-9]{12}";
var PARTITION = /^aws(-[a-z]+)*$/;
var REGION = new RegExp(`^${regionPattern}$`);
var ACCOUNT_ID = new RegExp(`^${accountIdPattern}$`);
var SINGLE_REGION_KEY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
var MULTI_REGION_KEY_ID = /^mrk-[0-9a-f]{32}$/;
var ALIAS_NAME = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;
var IAM_NAME = /^[\w+=,.@-]{1,128}$/;
var IAM_PATH_AND_NAME = /^([!-.0-~]+\/)*[\w+=,.@-]{1,128}$/;
var UNIQUE_ID = /^(AIDA|AROA)[A-Z0-9]{12,124}$/;
function partitionOf(region) {
  return partitionByRegionPrefix.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}
var SERVICE_NAME = /^(?=.{3,255}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/;
var isServiceName = (text) => SERVICE_NAME.test(text);
function regionalServiceName(name, region) {
  const [service = "", ...domain] = name.split(".");
  return isRegionalServiceName(name) ? name : [service, region, ...domain].join(".");
}
function isRegionalServiceName(text) {
  const [, region = "", ...domain] = text.split(".");
  return isServiceName(text) && REGION.test(region) && domain.length > 1;
}
var isRegion = (text) => REGION.test(text);
var isAccountId = (text) => ACCOUNT_ID.test(text);
var isMultiRegionKeyId = (text) => MULTI_REGION_KEY_ID.test(text);
var isKeyId = (text) => SINGLE_REGION_KEY_ID.test(text) || isMultiRegionKeyId(text);
var isAliasName = (text) => ALIAS_NAME.test(text);
function parseArn(text) {
  const [prefix, partition, service, region, accountId, ...rest] = text.split(":");
  const resource = rest.join(":");
  if (prefix !== "arn" || !partition || !PARTITION.test(partition) || !service || resource === "") return void 0;
  if (region === void 0 || accountId === void 0) return void 0;
  return { partition, service, region, accountId, resource };
}
var kmsArn = (region, accountId, resource) => `arn:${partitionOf(region)}:kms:${region}:${accountId}:${resource}`;
function keyArn(region, accountId, keyId) {
  return kmsArn(region, accountId, `key/${keyId}`);
}
function aliasArn(region, accountId, aliasName) {
  return kmsArn(region, accountId, aliasName);
}
function rootArn(accountId, region = "") {
  return `arn:${partitionOf(region)}:iam::${accountId}:root`;
}
function assumedRoleArn(roleArn, roleName, sessionName) {
  const role = parseArn(roleArn);
  return `arn:${role?.partition}:sts::${role?.accountId}:assumed-role/${roleName}/${sessionName}`;
}
function identityArn(kind, { accountId, name, path = "/", region = "" }) {
  return `arn:${partitionOf(region)}:iam::${accountId}:${kind}${path}${name}`;
}
function oidcProviderArn(accountId, url, region = "") {
  return `arn:${partitionOf(region)}:iam::${accountId}:oidc-provider/${url}`;
}
function driftReportsArn(accountId, stackName, region = "") {
  return `arn:${partitionOf(region)}:keystead::${accountId}:drift-report/${stackName}`;
}
function parseKeyReference(text) {
  if (isKeyId(text)) return { form: "key-id", keyId: text };
  if (isAliasName(text)) return { form: "alias-name", aliasName: text };
  const arn = parseArn(text);
  if (arn?.service !== "kms" || !isRegion(arn.region) || !isAccountId(arn.accountId)) return void 0;
  const { partition, region, accountId, resource } = arn;
  if (isAliasName(resource)) return { form: "alias-arn", partition, region, accountId, aliasName: resource };
  const keyId = resource.startsWith("key/") ? resource.slice("key/".length) : "";
  return isKeyId(keyId) ? { form: "key-arn", partition, region, accountId, keyId } : void 0;
}
var principalKinds = {
  user: { service: "iam", name: IAM_PATH_AND_NAME },
  role: { service: "iam", name: IAM_PATH_AND_NAME },
  "assumed-role": { service: "sts", name: /^[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64}$/ },
  "federated-user": { service: "sts", name: IAM_NAME }
};
function parsePrincipal(text) {
  if (isAccountId(text)) return { kind: "account", accountId: text };
  if (UNIQUE_ID.test(text)) return { kind: "unique-id", principalId: text };
  const arn = parseArn(text);
  if (arn?.region !== "" || !isAccountId(arn.accountId)) return void 0;
  if (arn.service === "iam" && arn.resource === "root") return { kind: "account", accountId: arn.accountId };
  const slash = arn.resource.indexOf("/");
  const kind = arn.resource.slice(0, slash);
  const rule = Object.hasOwn(principalKinds, kind) ? principalKinds[kind] : void 0;
  if (slash < 0 || rule?.service !== arn.service || text.length > 2048) return void 0;
  if (!rule.name.test(arn.resource.slice(slash + 1)) || /[*?]/.test(arn.resource)) return void 0;
  return { kind, accountId: arn.accountId, arn: text };
}

export {
  accountIdPattern,
  partitionOf,
  isServiceName,
  regionalServiceName,
  isRegionalServiceName,
  isRegion,
  isAccountId,
  isMultiRegionKeyId,
  isKeyId,
  parseArn,
  keyArn,
  aliasArn,
  rootArn,
  assumedRoleArn,
  identityArn,
  oidcProviderArn,
  driftReportsArn,
  parseKeyReference,
  parsePrincipal
};
