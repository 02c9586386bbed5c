import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  Refusal
} from "./part-4LPORNA4.js";
import {
  CommandError
} from "./part-K2DAL35S.js";
import {
  defaultKeyPolicy
} from "./part-FTZTQLRL.js";
import {
  limits
} from "./part-XHY5IHGK.js";
import {
  accountIdPattern
} from "./part-6MSZOWH6.js";
import {
  defined
} from "./part-LOG5TJBC.js";

// control-plane/cli/drift/states/declared.ts
var primaryTypes = ["aws_kms_key", "aws_kms_external_key"];
var replicaTypes = ["aws_kms_replica_key", "aws_kms_replica_external_key"];
var declaredTypes = [
  ...primaryTypes,
  ...replicaTypes,
  "aws_kms_key_policy",
  "aws_kms_alias",
  "aws_kms_grant"
];
function isPrimaryType(type) {
  return primaryTypes.some((known) => known === type);
}
function isReplicaType(type) {
  return replicaTypes.some((known) => known === type);
}
function isKeyType(type) {
  return isPrimaryType(type) || isReplicaType(type);
}
function parseDeclared(text, defaultRegion, provider) {
  const everything = managed(parseState(text));
  const all = everything.filter(({ type }) => isDeclaredType(type));
  const own = all.filter(({ provider_name: name }) => name === void 0 || isOf(provider)(name));
  return {
    resources: own.map((resource) => declaredResource(resource, defaultRegion)),
    ofOtherProviders: all.length - own.length,
    otherProviders: namesOf(all, ({ provider_name: name = "" }) => isOf(provider)(name) ? "" : sourceOf(name)),
    types: namesOf(everything, ({ type }) => isDeclaredType(type) ? "" : type)
  };
}
function parseState(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CommandError("The Terraform state is not JSON.", 'Give the output of "terraform show -json".');
  }
  if (typeof document?.format_version !== "string" || !document.format_version.startsWith("1.")) {
    throw new CommandError(
      'The Terraform state is not in the format of "terraform show -json" (format_version 1.x).',
      `A terraform.tfstate file is another format: run "terraform show -json" in the stack's directory.`
    );
  }
  if ("planned_values" in document) {
    throw new CommandError(
      "This is a plan, not a state.",
      'Run "terraform show -json" without naming a plan file, in the directory of the applied stack.'
    );
  }
  return document.values?.root_module ?? {};
}
var isOf = (provider) => (name) => `/${name}`.endsWith(`/${provider}`);
var sourceOf = (name) => name.split("/").slice(-2).join("/");
function namesOf(resources, name) {
  return [...new Set(resources.map(name))].filter((one) => one !== "").sort();
}
var isDeclaredType = (type) => declaredTypes.some((known) => known === type);
function managed(module) {
  const own = (module.resources ?? []).filter(({ mode }) => mode === "managed");
  return [...own, ...(module.child_modules ?? []).flatMap(managed)];
}
function declaredResource(resource, defaultRegion) {
  const { address, values = {}, sensitive_values: marks, deposed_key: deposedKey } = resource;
  const sensitive = typeof marks === "object" ? Object.keys(marks).filter((name) => marks[name] === true) : [];
  return {
    address,
    type: resource.type,
    region: regionOf(values) ?? defaultRegion,
    // A key with imported material names itself in `id` alone.
    values: resource.type === "aws_kms_external_key" ? { ...values, key_id: values.id } : values,
    sensitive: new Set(marks === true ? Object.keys(values) : sensitive),
    deposed: deposedKey !== void 0
  };
}
function regionOf(values) {
  if (typeof values.region === "string" && values.region !== "") return values.region;
  const arns = [values.arn, values.target_key_arn, values.key_id].map(
    (arn) => /^arn:[^:]*:kms:([^:]+):/.exec(String(arn))
  );
  return arns.find((match) => match !== null)?.[1];
}
function nameOf({ type, region, values }) {
  if (type === "aws_kms_grant") return `grant ${values.grant_id}`;
  if (type === "aws_kms_alias") return `alias ${region}/${values.name}`;
  return type === "aws_kms_key_policy" ? "" : `key ${region}/${keyIdOf(values.key_id)}`;
}
function keyIdOf(reference) {
  return String(reference).replace(/^arn:.*:key\//, "");
}

// control-plane/cli/drift/running/actual.ts
var leavingStates = /* @__PURE__ */ new Set(["PendingDeletion", "PendingReplicaDeletion"]);
function isLeaving(key) {
  return leavingStates.has(key.KeyMetadata.KeyState);
}
function relatives({ KeyMetadata: { MultiRegionConfiguration: regions } }) {
  return regions ? [regions.PrimaryKey, ...regions.ReplicaKeys] : [];
}
async function readActual(declared, connection) {
  const keys = await readDeclaredKeys(declared, connection);
  const found = [...keys.values()].filter((key) => key !== void 0);
  await readInto(
    keys,
    found.flatMap(relatives).map(({ Region, Arn }) => [Region, Arn]),
    connection
  );
  const targets = /* @__PURE__ */ new Map();
  for (const key of keys.values()) {
    for (const alias of key?.Aliases ?? []) targets.set(alias.AliasArn, keyIdOf(key?.KeyMetadata.Arn));
  }
  const listed = /* @__PURE__ */ new Map();
  for (const { type, region, values } of declared) {
    if (type !== "aws_kms_alias" || targets.has(String(values.arn)) || listed.has(region)) continue;
    listed.set(region, await listAliases(connection, region));
  }
  const byName = new Map([...targets].map(([arn, keyId]) => [placeOfAlias(arn), keyId]));
  return {
    all: [...keys.values()].filter((key) => key !== void 0),
    key: (region, keyId) => keys.get(`${region}/${keyId}`),
    aliasTarget: (region, name) => byName.get(`${region}/${name}`) ?? listed.get(region)?.get(name)
  };
}
async function readDeclaredKeys(declared, connection) {
  const references = declared.map(({ type, region, values }) => {
    if (type === "aws_kms_alias") return [region, values.target_key_arn ?? values.target_key_id];
    return [region, isKeyType(type) && values.arn || values.key_id];
  });
  const [arns, ids] = [true, false].map(
    (isArn) => references.filter(([, reference]) => String(reference).startsWith("arn:") === isArn)
  );
  return readInto(/* @__PURE__ */ new Map(), [...arns ?? [], ...ids ?? []], connection);
}
async function readInto(keys, references, connection) {
  const wanted = /* @__PURE__ */ new Map();
  for (const [region, reference] of references) {
    const place = `${region}/${keyIdOf(reference)}`;
    if (reference && !keys.has(place) && !wanted.has(place)) wanted.set(place, [region, String(reference)]);
  }
  const read = async ([place, [region, reference]]) => {
    keys.set(place, await findKey(connection, region, reference));
  };
  await Promise.all([...wanted].map(read));
  return keys;
}
async function findKey(connection, region, reference) {
  try {
    return await connection.call("GetKeyConfiguration", { KeyId: reference }, region);
  } catch (error) {
    if (error instanceof Refusal && error.code === "NotFoundException") return void 0;
    throw permissionNamed(error);
  }
}
async function listAliases(connection, region) {
  const targets = /* @__PURE__ */ new Map();
  for (let marker; ; ) {
    const input = { Limit: 100, Marker: marker };
    const { Aliases = [], NextMarker } = await connection.call("ListAliases", input, region).catch((error) => {
      throw permissionNamed(error);
    });
    for (const { AliasName, TargetKeyId } of Aliases) {
      if (AliasName !== void 0 && TargetKeyId) targets.set(AliasName, TargetKeyId);
    }
    if (NextMarker === void 0) return targets;
    marker = NextMarker;
  }
}
function placeOfAlias(arn) {
  const [, , , region, , ...name] = arn.split(":");
  return `${region}/${name.join(":")}`;
}
function permissionNamed(error) {
  if (!(error instanceof Refusal) || error.code !== "AccessDeniedException") return error;
  return new CommandError(
    `The keys cannot be read for comparison. ${error.message}`,
    "keystead drift needs kms:DescribeKey, kms:GetKeyPolicy, kms:GetKeyRotationStatus, kms:ListGrants and kms:ListResourceTags on every declared key, kms:ListAliases, and cloudtrail:LookupEvents to name who made a change."
  );
}

// provider-schema/policy-meaning.ts
function samePolicy(a, b) {
  if (a === b) return true;
  const [left, right] = [readDocument(a), readDocument(b)];
  if (left !== void 0 && right !== void 0) return sameDocument(left, right);
  return normalizePolicy(a) === normalizePolicy(b);
}
function normalizePolicy(text) {
  try {
    return text.trim() === "" ? "" : print(JSON.parse(text));
  } catch {
    return text;
  }
}
function describePolicyDifference(declared, actual, word = "declared") {
  if (samePolicy(declared, actual)) return [];
  const [left, right] = [readDocument(declared), readDocument(actual)];
  if (!left) return ["the declared policy is not a policy document"];
  if (!right) return ["the actual policy is not a policy document"];
  const lines = [
    ...differentText("Version", left.version, right.version, word),
    ...differentText("Id", left.id, right.id, word)
  ];
  const [onlyLeft, onlyRight] = unpaired(left.statements, right.statements, sameStatement);
  for (const statement of onlyLeft) {
    const at = onlyRight.findIndex((other) => isNamedAlike(statement, other));
    const [twin] = at < 0 ? [] : onlyRight.splice(at, 1);
    lines.push(
      ...twin ? describeStatements(statement, twin, word) : [`${nameOf2(statement)}: ${word}, missing in the actual policy`]
    );
  }
  lines.push(...onlyRight.map((statement) => `${nameOf2(statement)}: in the actual policy, not ${word}`));
  return lines;
}
function readDocument(text) {
  const json = parse(text.trim() === "" ? "{}" : text);
  const document = Array.isArray(json) && json.length === 1 ? json[0] : json;
  if (!isObject(document)) return void 0;
  const { Version: version = "", Id: id = "", Statement: statement } = document;
  const statements = Array.isArray(statement) ? statement : isAbsent(statement) ? [] : [statement];
  const readable = typeof version === "string" && typeof id === "string" && statements.every((one) => isObject(one) && isReadable(one));
  return readable ? { version, id, statements } : void 0;
}
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}
var isAbsent = (value) => value === void 0 || value === null;
var isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
var isStringList = (value) => listOf(value).every((item) => typeof item === "string");
var isConditionBlock = (value) => isObject(value) && Object.values(value).every((values) => listOf(values).every((one) => typeof one !== "object"));
var listOf = (value) => isAbsent(value) ? [] : Array.isArray(value) ? value : [value];
var element = (json, name) => Object.hasOwn(json, name) ? json[name] : void 0;
var LIST_ELEMENTS = ["Action", "NotAction", "Resource", "NotResource"];
var PRINCIPAL_ELEMENTS = ["Principal", "NotPrincipal"];
function isReadable(statement) {
  const { Sid, Effect, Condition } = statement;
  const isPrincipal = (value) => isAbsent(value) || typeof value === "string" || isObject(value) && Object.values(value).every(isStringList);
  return [Sid, Effect].every((value) => isAbsent(value) || typeof value === "string") && LIST_ELEMENTS.every((name) => isStringList(statement[name])) && PRINCIPAL_ELEMENTS.every((name) => isPrincipal(statement[name])) && (isAbsent(Condition) || isObject(Condition) && Object.values(Condition).every(isConditionBlock));
}
function sameDocument(a, b) {
  return a.version === b.version && a.id === b.id && a.statements.length === b.statements.length && a.statements.every((one) => b.statements.some((other) => sameStatement(one, other))) && b.statements.every((one) => a.statements.some((other) => sameStatement(one, other)));
}
var sameElement = {
  Sid: (a, b) => (a ?? "") === (b ?? ""),
  Effect: (a, b) => String(a ?? "").toLowerCase() === String(b ?? "").toLowerCase(),
  Action: sameList,
  NotAction: sameList,
  Resource: sameList,
  NotResource: sameList,
  Principal: samePrincipal,
  NotPrincipal: samePrincipal,
  Condition: sameCondition
};
function sameStatement(a, b) {
  return differingElements(a, b).length === 0;
}
function differingElements(a, b) {
  return Object.entries(sameElement).flatMap(
    ([name, same]) => same(element(a, name), element(b, name)) ? [] : [name]
  );
}
function sameList(a, b) {
  const [onlyA, onlyB] = unpaired(listOf(a), listOf(b), (one, other) => one === other);
  return onlyA.length === 0 && onlyB.length === 0;
}
function samePrincipal(a, b) {
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b);
  if (!isObject(a) || !isObject(b)) return typeof a === "string" && typeof b === "string" && isSamePrincipalName(a, b);
  return [.../* @__PURE__ */ new Set([...Object.keys(a), ...Object.keys(b)])].every((type) => {
    const [onlyA, onlyB] = unpaired(listOf(element(a, type)), listOf(element(b, type)), (one, other) => one === other);
    const [restA, restB] = unpaired(onlyA, onlyB, isSamePrincipalName);
    return restA.length === 0 && restB.length === 0;
  });
}
function isSamePrincipalName(a, b) {
  return a === b || isRootOf(a, b) || isRootOf(b, a);
}
var rootArnPattern = new RegExp(`^arn:[^:]+:iam::(${accountIdPattern}):root$`);
function isRootOf(arn, accountId) {
  return rootArnPattern.exec(String(arn))?.[1] === accountId;
}
function sameCondition(a, b) {
  if (!isObject(a) || !isObject(b)) return isAbsent(a) && isAbsent(b);
  return sameMembers(
    a,
    b,
    (keysA, keysB) => isObject(keysA) && isObject(keysB) && sameMembers(keysA, keysB, sameValues)
  );
}
function sameMembers(a, b, same) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
}
function sameValues(a, b) {
  const [left, right] = [listOf(a).map(String), listOf(b).map(String)];
  return left.length === right.length && left.every((one) => right.includes(one)) && right.every((one) => left.includes(one));
}
function unpaired(a, b, same) {
  const restB = [...b];
  const restA = a.filter((one) => {
    const at = restB.findIndex((other) => same(one, other));
    if (at >= 0) restB.splice(at, 1);
    return at < 0;
  });
  return [restA, restB];
}
var differentText = (name, declared, actual, word) => declared === actual ? [] : [`${name}: ${word} ${JSON.stringify(declared)}, actual ${JSON.stringify(actual)}`];
var sidOf = (statement) => typeof statement.Sid === "string" ? statement.Sid : "";
function isNamedAlike(a, b) {
  return sidOf(a) === "" && sidOf(b) === "" ? differingElements(a, b).length === 1 : sidOf(a) === sidOf(b);
}
function nameOf2(statement) {
  if (sidOf(statement) !== "") return `statement ${JSON.stringify(sidOf(statement))}`;
  const what = ["Effect", "Action", "NotAction"].flatMap((name) => listOf(element(statement, name))).join(" ");
  return `statement without Sid (${what || "empty"})`;
}
function describeStatements(declared, actual, word) {
  const show2 = (statement, name) => isAbsent(element(statement, name)) ? "absent" : print(element(statement, name));
  return differingElements(declared, actual).map(
    (name) => `${nameOf2(declared)}: ${name} ${word} ${show2(declared, name)}, actual ${show2(actual, name)}`
  );
}
function print(value) {
  if (Array.isArray(value)) return `[${value.map(print).join(",")}]`;
  if (isObject(value)) {
    const members = Object.keys(value).sort(byCodePoint);
    return `{${members.map((name) => `${printString(name)}:${print(value[name])}`).join(",")}}`;
  }
  return typeof value === "string" ? printString(value) : JSON.stringify(value);
}
function printString(text) {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}
function byCodePoint(a, b) {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

// control-plane/cli/drift/findings/left.ts
var untouched = /* @__PURE__ */ Symbol("untouched");
var parameter = (name, absent) => ({ requestParameters }) => requestParameters?.[name] ?? absent;
var state = {
  EnableKey: () => true,
  DisableKey: () => false,
  ScheduleKeyDeletion: () => false,
  CancelKeyDeletion: () => false,
  DeleteImportedKeyMaterial: () => false,
  DeleteExpiredKeyMaterial: () => false
};
var leaves = {
  description: {
    UpdateKeyDescription: parameter("description", ""),
    CreateKey: parameter("description", untouched)
  },
  is_enabled: state,
  enabled: state,
  enable_key_rotation: { EnableKeyRotation: () => true, DisableKeyRotation: () => false },
  rotation_period_in_days: {
    EnableKeyRotation: parameter("rotationPeriodInDays", limits.rotationPeriodInDays.default),
    DisableKeyRotation: () => void 0
  },
  deletion_protection: { ProtectKey: () => true, UnprotectKey: () => false },
  valid_to: { ImportKeyMaterial: parameter("validTo", void 0) },
  policy: { PutKeyPolicy: parameter("policy", untouched), CreateKey: parameter("policy", untouched) }
};
function leftBy(attribute) {
  const tag = tagOf(attribute);
  return (tag === void 0 ? leaves[attribute] : tagLeft(tag)) ?? {};
}
function tagOf(attribute) {
  const [, tag] = /^tags_all\[(.*)\]$/s.exec(attribute) ?? [];
  return tag === void 0 ? void 0 : JSON.parse(tag);
}
var tagAttribute = (key) => `tags_all[${JSON.stringify(key)}]`;
var sameValue = (attribute) => sameness[attribute] ?? Object.is;
var sameness = {
  policy: (left, actual) => samePolicy(String(left), String(actual)),
  // The trail writes dates in words, in UTC, to the second.
  valid_to: (left, actual) => left === void 0 || actual === void 0 ? left === actual : Math.floor(Date.parse(String(actual)) / 1e3) === Date.parse(`${left} UTC`) / 1e3
};
function tagLeft(key) {
  const set = ({ requestParameters }) => {
    const tags = requestParameters?.tags ?? [];
    return tags.findLast(({ tagKey }) => tagKey === key)?.tagValue ?? untouched;
  };
  const removed = ({ requestParameters }) => (requestParameters?.tagKeys ?? []).includes(key) ? void 0 : untouched;
  return { TagResource: set, UntagResource: removed, CreateKey: set };
}

// control-plane/cli/drift/findings/compare.ts
function compareAll(state2, actual, options, isWanted = () => true) {
  const declared = state2.filter(({ deposed }) => !deposed);
  const compared = declared.filter(isWanted).flatMap(
    (resource) => compareOne(resource, declared, actual, options).map((difference) => ({ ...difference, ...pathOf(resource) }))
  );
  return [...compared, ...undeclared(state2, actual, isWanted)];
}
function pathOf({ values: { construct_path: path } }) {
  return typeof path === "string" && path !== "" ? { constructPath: path } : {};
}
function compareOne(resource, declared, actual, options) {
  const { address, region, values } = resource;
  if (resource.type === "aws_kms_alias") return compareAlias(resource, actual);
  const key = actual.key(region, keyIdOf(values.key_id));
  if (resource.type === "aws_kms_grant") return compareGrant(resource, key);
  const resourceArn = key?.KeyMetadata.Arn ?? arnOf(resource);
  if (!key || isLeaving(key)) {
    return [{ address, region, resourceArn, what: "missing", attribute: "key", ...fateOf(key) }];
  }
  const seen = changes(resource, declared, key, options).filter(
    ({ attribute }) => !resource.ignoresChange?.(attribute)
  );
  return seen.map((change) => ({
    address,
    region,
    resourceArn,
    what: "changed",
    ...change,
    ...defined({ isSensitive: resource.sensitive.has(change.attribute.replace(/\[.*/s, "")) || void 0 })
  }));
}
function fateOf(key) {
  if (!key) return { actual: "gone" };
  const { KeyState, DeletionDate: atSeconds } = key.KeyMetadata;
  const date = atSeconds === void 0 ? void 0 : new Date(atSeconds * 1e3).toISOString();
  const details = date === void 0 ? void 0 : [`deleted for good on ${date}, unless cancelled before`];
  return { actual: KeyState, ...defined({ details }) };
}
function changes(resource, declared, key, options) {
  const { type, values } = resource;
  if (type === "aws_kms_key_policy") return policyChange(values.policy, key.Policy);
  const enabled2 = type === "aws_kms_key" ? "is_enabled" : "enabled";
  return [
    ...valueChange("description", values.description ?? "", key.KeyMetadata.Description ?? ""),
    ...valueChange(enabled2, values[enabled2], key.KeyMetadata.Enabled),
    ...type === "aws_kms_key" ? rotationChanges(values, key) : expiryChange(values.valid_to, key),
    ...isPrimaryType(type) ? primaryMoved(resource, key) : [],
    ...isReplicaType(type) ? primaryChange(values.primary_key_arn, key) : [],
    // A key's policy belongs to its aws_kms_key_policy resource when one is declared.
    ...hasPolicyResource(resource, declared) ? [] : policyChange(values.policy, key.Policy),
    ...tagChanges(values.tags_all, key, options),
    // Absent means false, as in a plan.
    ...valueChange("deletion_protection", values.deletion_protection === true, key.DeletionProtection)
  ];
}
function valueChange(attribute, declared, actual) {
  return declared === void 0 || declared === null || declared === actual ? [] : [{ attribute, declared, actual }];
}
function rotationChanges(values, { RotationStatus: actual }) {
  const switched = valueChange("enable_key_rotation", values.enable_key_rotation, actual.KeyRotationEnabled);
  if (switched.length > 0 || !actual.KeyRotationEnabled) return switched;
  return valueChange("rotation_period_in_days", values.rotation_period_in_days, actual.RotationPeriodInDays);
}
function expiryChange(declared, { KeyMetadata: { KeyState, ValidTo } }) {
  const date = typeof declared === "string" && declared !== "" ? declared : void 0;
  const actual = ValidTo === void 0 ? void 0 : new Date(ValidTo * 1e3).toISOString();
  const isSame2 = date === void 0 ? actual === void 0 : Date.parse(date) === Date.parse(actual ?? "");
  return isSame2 || KeyState === "PendingImport" ? [] : [{ attribute: "valid_to", declared: date, actual }];
}
function primaryMoved({ region }, { KeyMetadata }) {
  const regions = KeyMetadata.MultiRegionConfiguration;
  return regions ? valueChange("primary_region", region, regions.PrimaryKey.Region) : [];
}
function primaryChange(declared, { KeyMetadata }) {
  const arn = KeyMetadata.MultiRegionConfiguration?.PrimaryKey.Arn;
  return valueChange("primary_key_arn", declared, arn).map((change) => ({ ...change, keyArn: String(declared) }));
}
function policyChange(declared, actual) {
  if (typeof declared !== "string" || declared === "" || samePolicy(declared, actual)) return [];
  return [{ attribute: "policy", declared, actual, details: describePolicyDifference(declared, actual) }];
}
var withPolicyResource = /* @__PURE__ */ new WeakMap();
function hasPolicyResource({ region, values }, declared) {
  let keys = withPolicyResource.get(declared);
  if (!keys) {
    const policies = declared.filter(({ type }) => type === "aws_kms_key_policy");
    keys = new Set(policies.map((policy) => `${policy.region}/${keyIdOf(policy.values.key_id)}`));
    withPolicyResource.set(declared, keys);
  }
  return keys.has(`${region}/${keyIdOf(values.key_id)}`);
}
function tagChanges(declared, key, { ignoresTag }) {
  if (declared === void 0) return [];
  const wanted = new Map(Object.entries(declared ?? {}));
  const actual = new Map(key.Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  return [.../* @__PURE__ */ new Set([...wanted.keys(), ...actual.keys()])].filter((tag) => wanted.get(tag) !== actual.get(tag) && !ignoresTag(tag) && !tag.startsWith("aws:")).sort().map((tag) => ({
    attribute: tagAttribute(tag),
    ...defined({ declared: wanted.get(tag), actual: actual.get(tag) })
  }));
}
function compareAlias(resource, actual) {
  const { address, region, values } = resource;
  const declared = keyIdOf(values.target_key_id);
  const aliasName = String(values.name);
  const target2 = actual.aliasTarget(region, aliasName);
  if (target2 === declared) return [];
  const keyArn = String(values.target_key_arn ?? values.target_key_id);
  const about = { address, region, resourceArn: String(values.arn), keyArn };
  return target2 === void 0 ? [{ ...about, what: "missing", attribute: "alias", declared: aliasName }] : [{ ...about, what: "changed", attribute: "target_key_id", declared, actual: target2 }];
}
function compareGrant(resource, key) {
  const { address, region, values } = resource;
  if (key?.Grants.some((grant) => grant.GrantId === values.grant_id)) return [];
  const resourceArn = key?.KeyMetadata.Arn ?? arnOf(resource);
  const grantee_principal = values.grantee_principal || values.grantee_service_principal;
  const declared = { grantee_principal, operations: values.operations };
  return [
    { address, region, resourceArn, what: "missing", attribute: "grant", declared, grantId: String(values.grant_id) }
  ];
}
function undeclared(state2, actual, isWanted) {
  const known = new Set(state2.map(nameOf));
  const seen = /* @__PURE__ */ new Set();
  return state2.filter((resource) => isKeyType(resource.type) && !resource.deposed && isWanted(resource)).flatMap((resource) => {
    const { address, region, values } = resource;
    const key = actual.key(region, keyIdOf(values.key_id));
    if (!key || isLeaving(key) || seen.has(key.KeyMetadata.Arn)) return [];
    seen.add(key.KeyMetadata.Arn);
    return [
      ...undeclaredAliases(key, region, address, known),
      ...undeclaredGrants(key, region, address, known),
      ...isPrimaryType(resource.type) ? undeclaredReplicas(key, address, known, actual) : []
    ];
  });
}
var unknownToTerraform = "unknown to Terraform";
function undeclaredAliases(key, region, address, known) {
  return key.Aliases.filter(({ AliasName }) => !known.has(`alias ${region}/${AliasName}`)).map((alias) => ({
    region,
    resourceArn: alias.AliasArn,
    what: unknownToTerraform,
    attribute: "alias",
    actual: `${alias.AliasName} → ${address}`,
    keyArn: key.KeyMetadata.Arn
  }));
}
function undeclaredGrants(key, region, address, known) {
  return key.Grants.filter(({ GrantId }) => !known.has(`grant ${GrantId}`)).map((grant) => ({
    region,
    resourceArn: key.KeyMetadata.Arn,
    what: unknownToTerraform,
    attribute: "grant",
    actual: `${describeGrant(grant)} on ${address}`,
    grantId: grant.GrantId
  }));
}
function undeclaredReplicas(key, address, known, actual) {
  const { KeyId } = key.KeyMetadata;
  return relatives(key).flatMap(({ Arn, Region }) => {
    const replica = actual.key(Region, KeyId);
    if (known.has(`key ${Region}/${KeyId}`) || !replica || isLeaving(replica)) return [];
    return [
      {
        region: Region,
        resourceArn: Arn,
        what: unknownToTerraform,
        attribute: "replica",
        actual: `replica in ${Region} of ${address}`,
        keyArn: key.KeyMetadata.Arn
      }
    ];
  });
}
function describeGrant(grant) {
  const { Name, Operations, GranteePrincipal, GranteeServicePrincipal, Constraints } = grant;
  const name = Name ? ` "${Name}"` : "";
  const constraints = Constraints ? ` with ${JSON.stringify(Constraints)}` : "";
  return `grant${name} of ${[...Operations].sort().join(", ")} to ${GranteePrincipal ?? GranteeServicePrincipal}${constraints}`;
}
function arnOf({ values }) {
  return String(values.arn ?? values.key_id);
}

// control-plane/cli/drift/running/events.ts
var EventsDenied = class extends Error {
  name = "EventsDenied";
};
function readEvents(connection) {
  const pages = /* @__PURE__ */ new Map();
  const readPage = (region, query) => {
    const place = JSON.stringify([region, query]);
    const known = pages.get(place);
    if (known) return known;
    const page = connection.call("LookupEvents", query, region).catch(denied);
    pages.set(place, page);
    return page;
  };
  async function* all(place, filter) {
    for (let pageToken; ; ) {
      const query = { ResourceArn: place.resourceArn, ...filter, MaxResults: 50, NextToken: pageToken };
      const page = await readPage(place.region, query);
      yield* page.Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent));
      if (page.NextToken === void 0) return;
      pageToken = page.NextToken;
    }
  }
  return {
    async *read(place, eventName) {
      for await (const event of all(place, { EventName: eventName })) if (event.errorCode === void 0) yield event;
    },
    async idsWithin(place, second) {
      const time = Date.parse(second) / 1e3;
      const ids = [];
      for await (const { eventID } of all(place, { StartTime: time, EndTime: time })) ids.push(eventID);
      return ids;
    }
  };
}
function denied(error) {
  if (error instanceof Refusal && error.code === "AccessDeniedException") throw new EventsDenied(error.message);
  throw error;
}

// control-plane/cli/drift/findings/caller.ts
var MAX_CHAIN = 8;
async function callerOf(log, event, region) {
  const { sessionContext } = event.userIdentity;
  const roleArn = sessionContext?.sessionIssuer?.arn;
  const chain = roleArn === void 0 ? [] : await chainOf(log, event, region);
  return {
    principal: nameOf3(event),
    ...defined({
      roleArn,
      sourceIdentity: sessionContext?.sourceIdentity,
      chain: chain.length > 0 ? chain : void 0
    })
  };
}
var nameOf3 = ({ userIdentity: { arn, invokedBy, userName, identityProvider } }) => {
  const federated = userName === void 0 || identityProvider === void 0 ? void 0 : `${userName} of ${identityProvider}`;
  return arn ?? invokedBy ?? federated ?? "unknown";
};
async function chainOf(log, event, region) {
  const chain = [];
  for (let one = event; one && chain.length < MAX_CHAIN; ) {
    one = await assumedBy(log, one, region);
    if (one) chain.unshift(nameOf3(one));
  }
  return chain;
}
async function assumedBy(log, event, region) {
  const { arn, accessKeyId, sessionContext } = event.userIdentity;
  const roleArn = sessionContext?.sessionIssuer?.arn;
  if (roleArn === void 0) return void 0;
  for (const name of ["AssumeRole", "AssumeRoleWithWebIdentity"]) {
    for await (const opened of log.read({ region, resourceArn: roleArn }, name)) {
      const { assumedRoleUser, credentials } = opened.responseElements ?? {};
      const isSame2 = credentials?.accessKeyId === void 0 || credentials.accessKeyId === accessKeyId;
      if (assumedRoleUser?.arn === arn && isSame2 && opened.eventTime <= event.eventTime) return opened;
    }
  }
  return void 0;
}

// control-plane/cli/drift/findings/cause.ts
async function findCause(log, difference) {
  try {
    for (const question of questionsAbout(difference)) {
      const found = question.newest ? await newestTrace(log, question) : await oldestOfRun(log, question);
      if (found) return { cause: await causeOf(log, found, question.place.region) };
    }
  } catch (error) {
    if (error instanceof EventsDenied) return { unattributed: `the audit log cannot be read: ${error.message}` };
    throw error;
  }
  return {
    unattributed: "no event in the audit log left this value: it can be older than the log, or of another origin"
  };
}
async function newestTrace(log, question) {
  const found = await Promise.all(
    question.eventNames.map(async (name) => {
      for await (const event2 of log.read(question.place, name)) if (question.trace(event2) === "same") return event2;
      return void 0;
    })
  );
  const [event] = found.filter((one) => one !== void 0).sort(byNewest);
  return event && { event };
}
async function oldestOfRun(log, question) {
  const traced = (await Promise.all(question.eventNames.map((name) => tracesUntilOther(log, question, name)))).flat();
  const order = await orderWithinSeconds(log, question.place, traced);
  return runEnd(traced, order) ?? runEnd(traced, /* @__PURE__ */ new Map());
}
function runEnd(traced, order) {
  const place = ({ event: event2, trace }) => order.get(event2.eventID) ?? (trace === "same" ? 0 : 1);
  const newestFirst = traced.toSorted((a, b) => byNewest(a.event, b.event) || place(a) - place(b));
  const end = newestFirst.findIndex(({ trace }) => trace === "other");
  const event = newestFirst.slice(0, end < 0 ? void 0 : end).at(-1)?.event;
  return event && { event, ...defined({ before: newestFirst[end]?.event }) };
}
async function orderWithinSeconds(log, place, traced) {
  const seconds = (trace) => new Set(traced.filter((one) => one.trace === trace).map((one) => one.event.eventTime));
  const others = seconds("other");
  const mixed = [...seconds("same")].filter((second) => others.has(second));
  const ids = await Promise.all(mixed.map((second) => log.idsWithin(place, second)));
  return new Map(ids.flatMap((inOrder) => inOrder.map((id, index) => [id, index])));
}
async function tracesUntilOther(log, { place, trace }, eventName) {
  const traces = [];
  for await (const event of log.read(place, eventName)) {
    const left = trace(event);
    if (left !== "none") traces.push({ event, trace: left });
    if (left === "other") break;
  }
  return traces;
}
var byNewest = (a, b) => b.eventTime.localeCompare(a.eventTime);
var causeOfEvent = (log, event, region) => causeOf(log, { event }, region);
async function causeOf(log, { event, before }, region) {
  return {
    eventName: event.eventName,
    ...await callerOf(log, event, region),
    time: event.eventTime,
    requestId: event.requestID,
    eventId: event.eventID,
    sourceIp: event.sourceIPAddress,
    userAgent: event.userAgent,
    throughTerraform: /\b(Terraform|OpenTofu)\//.test(event.userAgent),
    ...before && { before: await earlier(log, before, region) }
  };
}
async function earlier(log, event, region) {
  const { principal } = await callerOf(log, event, region);
  return { eventName: event.eventName, principal, time: event.eventTime, requestId: event.requestID };
}
function questionsAbout(difference) {
  const { attribute, resourceArn, region, what, keyArn } = difference;
  const place = { region, resourceArn };
  if (attribute === "key") return what === "missing" ? deletionOf(place) : [creationOf(place)];
  if (attribute === "grant") return [grantQuestion(difference), ...what === "missing" ? deletionOf(place) : []];
  if (attribute === "replica") return replicaQuestions(difference);
  if (attribute === "primary_region") return [primaryMoved2(place)];
  if (attribute === "primary_key_arn") return [primaryMoved2(placeOf(String(keyArn)))];
  if (attribute === "alias" || attribute === "target_key_id") {
    const withKey = what === "missing" && keyArn?.startsWith("arn:") ? deletionOf(placeOf(keyArn)) : [];
    return [aliasQuestion(difference), ...withKey];
  }
  return [valueQuestion(difference)];
}
function creationOf(place) {
  return { place, eventNames: ["CreateKey"], trace: () => "same", newest: true };
}
function deletionOf(place) {
  return ["ScheduleKeyDeletion", "DeleteKey"].map((name) => ({
    place,
    eventNames: [name],
    trace: () => "same",
    newest: true
  }));
}
function grantQuestion({ resourceArn, region, what, grantId }) {
  return {
    place: { region, resourceArn },
    eventNames: what === "missing" ? ["RevokeGrant", "RetireGrant"] : ["CreateGrant"],
    trace: ({ requestParameters, responseElements, additionalEventData }) => [requestParameters, responseElements, additionalEventData].some((part) => part?.grantId === grantId) ? "same" : "none",
    newest: true
  };
}
function replicaQuestions({ resourceArn, region, keyArn }) {
  const byCaller = {
    place: placeOf(String(keyArn)),
    eventNames: ["ReplicateKey"],
    trace: ({ requestParameters }) => requestParameters?.replicaRegion === region ? "same" : "none",
    newest: true
  };
  const byService = {
    place: { region, resourceArn },
    eventNames: ["CreateKey"],
    trace: () => "same",
    newest: true
  };
  return [byCaller, byService];
}
function primaryMoved2(place) {
  return {
    place,
    eventNames: ["UpdatePrimaryRegion"],
    trace: ({ requestParameters }) => typeof requestParameters?.primaryRegion === "string" ? "same" : "none",
    newest: true
  };
}
function aliasQuestion({ resourceArn, region, what, actual, keyArn }) {
  const target2 = what === "missing" ? void 0 : what === "changed" ? actual : keyIdOf(keyArn);
  return {
    place: { region, resourceArn },
    eventNames: ["CreateAlias", "UpdateAlias", "DeleteAlias"],
    trace: ({ eventName, requestParameters }) => {
      const left = eventName === "DeleteAlias" ? void 0 : keyIdOf(requestParameters?.targetKeyId);
      return left === target2 ? "same" : "other";
    }
  };
}
function valueQuestion({ attribute, resourceArn, region, actual }) {
  const events = leftBy(attribute);
  const same = sameValue(attribute);
  return {
    place: { region, resourceArn },
    eventNames: Object.keys(events),
    trace: (event) => {
      const left = events[event.eventName]?.(event);
      return left === untouched ? "none" : same(left, actual) ? "same" : "other";
    }
  };
}
function placeOf(arn) {
  return { region: arn.split(":")[3] ?? "", resourceArn: arn };
}

// control-plane/cli/drift/findings/severity.ts
var severities = ["access gained", "protection lost", "data at risk", "use lost", "cosmetic"];
function severityOf(difference, access) {
  const { attribute, what } = difference;
  if (attribute === "policy") return severityOfPolicy(access);
  if (what === "unknown to Terraform") return byUnknown[attribute] ?? "access gained";
  return byAttribute[attribute]?.(difference) ?? "cosmetic";
}
function severityOfPolicy(access) {
  if (!access?.isComplete) return "access gained";
  const has = (part) => access.changes.some((change) => part(change).length > 0);
  if (has(({ gained, mayGain }) => [...gained, ...mayGain])) return "access gained";
  return has(({ lost, mayLose }) => [...lost, ...mayLose]) ? "use lost" : "cosmetic";
}
var byUnknown = { alias: "cosmetic", key: "data at risk" };
var byAttribute = {
  key: () => "data at risk",
  grant: () => "use lost",
  alias: () => "use lost",
  // What is encrypted under the alias from now on is encrypted under another key.
  target_key_id: () => "data at risk",
  primary_region: () => "protection lost",
  primary_key_arn: () => "protection lost",
  is_enabled: enabled,
  enabled,
  enable_key_rotation: ({ actual }) => actual === false ? "protection lost" : "cosmetic",
  rotation_period_in_days: ({ declared, actual }) => Number(actual) > Number(declared) ? "protection lost" : "cosmetic",
  deletion_protection: ({ actual }) => actual === false ? "protection lost" : "cosmetic",
  valid_to: ({ declared, actual }) => actual === void 0 || Date.parse(String(actual)) > Date.parse(String(declared)) ? "protection lost" : "data at risk"
};
function enabled({ actual }) {
  return actual === true ? "access gained" : "use lost";
}

// control-plane/cli/drift/reports/words.ts
function titleOf(finding) {
  const { address, resourceArn, attribute } = finding;
  return `${address ?? resourceArn}: ${attribute} ${whatOf(finding)}`;
}
var whatOf = ({ what, notDeclared }) => notDeclared ? `not declared, ${what}` : what;
function linesOf(finding) {
  const { details = [], constructPath } = finding;
  return [
    ...constructPath === void 0 ? [] : [{ label: "construct", text: constructPath }],
    ...accessLines(finding),
    ...valueLines(finding),
    ...details.map((text) => ({ label: "", text }))
  ];
}
function valueLines({ attribute, declared, actual, atBaseline, details = [] }) {
  if (attribute === "policy" && details.length > 0) return [];
  return [
    ...atBaseline === void 0 ? [] : [{ label: "baseline", text: show(atBaseline) }],
    ...declared === void 0 ? [] : [{ label: "declared", text: show(declared) }],
    ...actual === void 0 ? [] : [{ label: "actual", text: show(actual) }]
  ];
}
function accessLines({ access }) {
  if (!access) return [];
  const { changes: changes2, isComplete, unknown: unknown2 } = access;
  const of = (label, part) => changes2.filter((change) => part(change).length > 0).map((change) => ({ label, text: `${change.principal}: ${part(change).join(", ")}` }));
  const lines = [
    ...of("gained", ({ gained }) => gained),
    ...of("may gain", ({ mayGain }) => mayGain),
    ...of("lost", ({ lost }) => lost),
    ...of("may lose", ({ mayLose }) => mayLose)
  ];
  if (!isComplete) return [...lines, { label: "access", text: `unknown: ${unknown2}` }];
  return lines.length > 0 ? lines : [{ label: "access", text: "nobody gained or lost an action" }];
}
function whoLines({ cause, unattributed }) {
  if (!cause) return [{ label: "by", text: `unknown: ${unattributed}` }];
  const { chain, sourceIdentity, userAgent, throughTerraform, before } = cause;
  return [
    { label: "by", text: byLine(cause) },
    ...chain ? [{ label: "session", text: `assumed by ${chain.join(", then ")}` }] : [],
    ...sourceIdentity ? [{ label: "identity", text: sourceIdentity }] : [],
    { label: "with", text: throughTerraform ? `Terraform (${userAgent})` : userAgent },
    ...before ? [{ label: "before", text: beforeLine(before) }] : []
  ];
}
function byLine({ principal, time, sourceIp, eventName, requestId }) {
  return `${principal} at ${time} from ${sourceIp} (${eventName}, request ${requestId})`;
}
function beforeLine({ principal, time, eventName, requestId }) {
  return `${eventName} by ${principal} at ${time}, request ${requestId}`;
}
function explanationLine({ eventName, principal, time, until, requests, findings }) {
  return requests === 1 ? `One ${eventName} at ${time} by ${principal} explains ${findings} of these.` : `${requests} ${eventName} from ${time} to ${until} by ${principal} explain ${findings} of these.`;
}
function show(value) {
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}
function count(number, thing) {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

// control-plane/cli/drift/running/baseline.ts
var DEFAULT_BASELINE = "default";
var BASELINE_REGION = "us-east-1";
async function readBaseline(connection, name) {
  for (let NextToken; ; ) {
    const query = { EventName: "AcceptChanges", MaxResults: 50, ...defined({ NextToken }) };
    const page = await connection.call("LookupEvents", query, BASELINE_REGION);
    const events = page.Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent));
    const found = events.find((event) => event.errorCode === void 0 && event.requestParameters?.baseline === name);
    if (found) return baselineOf(name, found);
    if (page.NextToken === void 0) return void 0;
    NextToken = page.NextToken;
  }
}
function baselineOf(name, { requestParameters, eventTime, userIdentity }) {
  const { sequence, note } = requestParameters ?? {};
  return {
    name,
    sequence: Number(sequence),
    time: eventTime,
    principal: userIdentity.arn ?? "unknown",
    ...typeof note === "string" && { note }
  };
}

// control-plane/cli/drift/findings/severity-of-events.ts
var byEvent = {
  PutKeyPolicy: "access gained",
  CreateGrant: "access gained",
  ReplicateKey: "access gained",
  EnableKey: "access gained",
  CancelKeyDeletion: "access gained",
  UnprotectKey: "protection lost",
  DisableKeyRotation: "protection lost",
  UpdatePrimaryRegion: "protection lost",
  ScheduleKeyDeletion: "data at risk",
  DeleteKey: "data at risk",
  DeleteImportedKeyMaterial: "data at risk",
  UpdateAlias: "data at risk",
  DisableKey: "use lost",
  DeleteAlias: "use lost",
  RevokeGrant: "use lost",
  RetireGrant: "use lost"
};
var identities = /* @__PURE__ */ new Set([
  ...["principal", "group", "policy", "oidc-provider", "account", "access-key", "custom-key-store"]
]);
function severityOfEvents(resourceType, eventNames2) {
  const all = eventNames2.map((name) => {
    if (identities.has(resourceType)) return /^(Tag|Untag)/.test(name) ? "cosmetic" : "access gained";
    return byEvent[name] ?? "cosmetic";
  });
  return severities.find((severity) => all.includes(severity)) ?? "cosmetic";
}

// control-plane/cli/drift/findings/made-change.ts
var EVENTS_SHOWN = 10;
async function findingOf(changes2, { resource }, values, { log }) {
  const { change, event } = changes2.at(-1);
  const severity = severityOfEvents(change.ResourceType, eventNames(changes2));
  const shown = { ...aboutObject(change, resource), attribute: change.ResourceType, ...values };
  return { ...shown, severity, details: operationsOf(changes2), ...await causeIn(log, event, change) };
}
var eventNames = (changes2) => changes2.map(({ change: { EventName } }) => EventName);
function aboutObject(change, resource) {
  return {
    ...resource && { address: resource.address, ...pathOf(resource) },
    region: change.Region,
    resourceArn: arnOf2(change),
    what: "changed since the baseline",
    ...change.ResourceType === "grant" && { grantId: change.ResourceId }
  };
}
async function causeIn(log, event, { EventId, Region }) {
  if (event === void 0) return { unattributed: `the audit log does not have event ${EventId}` };
  return { cause: await causeOfEvent(log, event, Region) };
}
function operationsOf(changes2) {
  const hidden2 = changes2.length - EVENTS_SHOWN;
  return [
    ...hidden2 > 0 ? [`${hidden2} earlier changes, and`] : [],
    ...changes2.slice(-EVENTS_SHOWN).map(({ change: { EventName, Time, RequestId }, event }) => {
      const { arn, invokedBy } = event?.userIdentity ?? {};
      return `${EventName} at ${timeOf(Time)} by ${arn ?? invokedBy ?? "unknown"}, request ${RequestId}`;
    })
  ];
}
var timeOf = (seconds) => new Date(Math.floor(seconds) * 1e3).toISOString().replace(".000Z", "Z");
function arnOf2({ ResourceType, AccountId, Region, ResourceId, KeyId }) {
  const base = `arn:aws:kms:${Region}:${AccountId}`;
  if (ResourceType === "key") return `${base}:key/${ResourceId}`;
  if (ResourceType === "grant") return `${base}:key/${KeyId}`;
  return ResourceType === "alias" ? `${base}:${ResourceId}` : ResourceId;
}

// control-plane/cli/drift/findings/value-before.ts
async function valueBefore(log, before, attribute) {
  const { CreateKey: _, ...events } = leftBy(attribute);
  const isEnabled = attribute === "is_enabled" || attribute === "enabled";
  const left = await newestBefore(log, before, isEnabled ? { ...events, ImportKeyMaterial: () => true } : events);
  return left ?? await atCreation(log, before, attribute) ?? "unknown";
}
async function aliasTargetBefore(log, before) {
  const left = await newestBefore(log, before, aliasTargets);
  return left?.value;
}
var target = ({ requestParameters }) => requestParameters?.targetKeyId;
var aliasTargets = {
  CreateAlias: target,
  UpdateAlias: target,
  DeleteAlias: () => void 0
};
async function newestBefore(log, { place, eventId }, events) {
  const found = await Promise.all(
    Object.entries(events).map(async ([name, left]) => {
      for await (const event of log.read(place, name)) {
        const value = event.eventID < eventId ? left(event) : untouched;
        if (value !== untouched) return { event, value };
      }
      return void 0;
    })
  );
  const values = found.filter((one) => one !== void 0);
  return values.toSorted((a, b) => b.event.eventID.localeCompare(a.event.eventID))[0];
}
async function atCreation(log, { place, primaryKeyArn }, attribute) {
  for await (const { requestParameters } of log.read(place, "CreateKey")) {
    if (requestParameters) return { value: madeWith(requestParameters, attribute, place) };
  }
  if (primaryKeyArn === void 0) return void 0;
  const primary = { region: primaryKeyArn.split(":")[3] ?? "", resourceArn: primaryKeyArn };
  for await (const { requestParameters } of log.read(primary, "ReplicateKey")) {
    if (requestParameters?.replicaRegion === place.region) {
      return { value: madeWith(requestParameters, attribute, place) };
    }
  }
  return void 0;
}
function madeWith(parameters, attribute, { region, resourceArn }) {
  const tag = tagOf(attribute);
  if (tag !== void 0) {
    const tags = parameters.tags ?? [];
    return tags.find(({ tagKey }) => tagKey === tag)?.tagValue;
  }
  if (attribute === "policy") return parameters.policy ?? defaultKeyPolicy(resourceArn.split(":")[4] ?? "", region);
  if (attribute === "description") return parameters.description ?? "";
  if (attribute === "is_enabled" || attribute === "enabled") return parameters.origin !== "EXTERNAL";
  return attribute === "enable_key_rotation" || attribute === "deletion_protection" ? false : void 0;
}

// control-plane/cli/drift/findings/key-since.ts
async function changedAttributes(object, question) {
  const { left, resource } = object;
  const names = new Map(left.map((made) => [made, attributesOf(made, resource)]));
  const attributes2 = [...new Set([...names.values()].flat())];
  const courses = await Promise.all(attributes2.map((attribute) => courseOf(attribute, object, question)));
  const moved = new Set(courses.filter(hasMoved).map(({ attribute }) => attribute));
  for (const own of names.values()) if (own[0] !== void 0 && !own.some((name) => moved.has(name))) moved.add(own[0]);
  const shown = courses.filter(({ attribute }) => moved.has(attribute) && !isIgnoredTag(attribute, question));
  const ignored = shown.filter(({ attribute }) => resource?.ignoresChange?.(attribute));
  const whole = left.filter((made) => names.get(made)?.length === 0 || concernsKey(made));
  const findings = await Promise.all([
    ...whole.length === 0 ? [] : [findingOf(whole, object, {}, question)],
    ...shown.filter((course) => !ignored.includes(course)).map((course) => attributeFinding(course, object, question, changesOf(course.attribute, names)))
  ]);
  return { findings, leftToOthers: ignored.length };
}
var changesOf = (attribute, names) => [...names].flatMap(([made, own]) => own.includes(attribute) ? [made] : []);
var isIgnoredTag = (attribute, { ignoresTag }) => {
  const tag = tagOf(attribute);
  return tag !== void 0 && ignoresTag(tag);
};
var ofWholeKey = /^(ScheduleKeyDeletion|CancelKeyDeletion|ImportKeyMaterial|Delete(Imported|Expired)KeyMaterial)$/;
var concernsKey = ({ change }) => ofWholeKey.test(change.EventName);
var attributes = ["description", "enable_key_rotation", "rotation_period_in_days", "deletion_protection", "policy"];
function attributesOf({ change, event }, resource) {
  if (/^(Schedule|Cancel)KeyDeletion$/.test(change.EventName)) return [];
  const tags = event && /^(Tag|Untag)Resource$/.test(event.eventName) ? tagsOf(event) : [];
  const isOther = resource !== void 0 && resource.type !== "aws_kms_key";
  const named = [...attributes, isOther ? "enabled" : "is_enabled", "valid_to"].filter(
    (name) => leftBy(name)[change.EventName] !== void 0
  );
  return [...tags, ...named];
}
function tagsOf({ requestParameters }) {
  const { tags = [], tagKeys = [] } = requestParameters ?? {};
  const set = tags.map(({ tagKey }) => tagKey);
  return [...set, ...tagKeys].map(tagAttribute);
}
async function courseOf(attribute, { all, resource }, question) {
  const [{ change }] = all;
  const at = { region: change.Region, resourceArn: arnOf2(change) };
  const primary = resource?.values.primary_key_arn;
  const place = {
    place: at,
    eventId: change.EventId,
    ...typeof primary === "string" && { primaryKeyArn: primary }
  };
  const left = leftBy(attribute);
  const set = all.flatMap((made) => {
    const value = made.event ? left[made.event.eventName]?.(made.event) : void 0;
    const concerns = made.event ? left[made.event.eventName] !== void 0 : left[made.change.EventName] !== void 0;
    return concerns && value !== untouched ? [{ made, value }] : [];
  });
  return { attribute, before: await valueBefore(question.log, place, attribute), set };
}
var isSame = (attribute, a, b) => attribute === "policy" ? sameValue(attribute)(a, b) : Object.is(a, b);
var hasMoved = ({ attribute, before, set }) => before === "unknown" || set.some(({ value }) => !isSame(attribute, value, before.value));
async function attributeFinding({ attribute, before, set }, { resource }, question, changes2) {
  const now = set.at(-1)?.value;
  const isBack = before !== "unknown" && isSame(attribute, now, before.value);
  const values = { ...before !== "unknown" && { declared: before.value }, actual: now };
  const isSensitive = resource?.sensitive.has(attribute.replace(/\[.*/s, "")) ?? false;
  const about = { ...aboutObject(changes2[0].change, resource), attribute };
  const difference = { ...about, what: "changed", ...values };
  const access = isBack || isSensitive || before === "unknown" ? void 0 : await question.accessOf(difference);
  const author = isBack ? changes2.at(-1) : lastSetter(attribute, set, changes2) ?? changes2.at(-1);
  const { change, event } = author ?? changes2[0];
  const net = isBack ? "cosmetic" : severityOf(difference, access);
  const between = changes2.length > 1 || isBack ? severityOfEvents("key", eventNames(changes2)) : "cosmetic";
  return {
    ...about,
    ...isSensitive ? hidden(values) : shownValues(attribute, values),
    ...isUndeclared(attribute, resource, question.declared) && { notDeclared: true },
    severity: severities.find((one) => one === net || one === between) ?? net,
    ...access && { access },
    details: [
      ...attribute === "policy" && !isBack && before !== "unknown" && !isSensitive ? describePolicyDifference(String(before.value), String(now), "at the baseline") : [],
      ...before === "unknown" ? ["value at the baseline unknown: the audit log does not reach back to it"] : [],
      ...isBack ? ["now as at the baseline again"] : [],
      ...operationsOf(changes2)
    ],
    ...await causeIn(question.log, event, change)
  };
}
function lastSetter(attribute, set, changes2) {
  const now = set.at(-1)?.value;
  const other = set.findLastIndex(({ value }) => !isSame(attribute, value, now));
  const setter = set[other + 1]?.made;
  return setter && changes2.includes(setter) ? setter : void 0;
}
function shownValues(attribute, { declared, actual }) {
  const shown = (value) => attribute === "valid_to" && typeof value === "string" ? (/* @__PURE__ */ new Date(`${value} UTC`)).toISOString() : value;
  return {
    ...declared !== void 0 && { atBaseline: shown(declared) },
    ...actual !== void 0 && { actual: shown(actual) }
  };
}
function hidden({ declared, actual }) {
  const hide = (value) => value === void 0 ? void 0 : "(sensitive value)";
  return shownValues("", { declared: hide(declared), actual: hide(actual) });
}
function isUndeclared(attribute, resource, declared) {
  if (resource?.writes === void 0) return false;
  if (attribute === "policy" && hasPolicyResource(resource, declared)) return false;
  return !resource.writes(attribute);
}

// control-plane/cli/drift/findings/changed-since.ts
async function changedSince(question) {
  const resources = new Map(question.declared.map((resource) => [nameOf(resource), resource]));
  const objects = Map.groupBy(question.made, ({ change }) => objectOf(change));
  const answers = await Promise.all(
    [...objects.values()].map((all) => {
      const left = all.filter(({ change: change2, event }) => !question.reported.has(change2.RequestId) && !isRoutine(event));
      const [{ change }] = all;
      const object = { all, left, resource: resources.get(nameOfChange(change)) };
      return left.length === 0 ? Promise.resolve({ findings: [], leftToOthers: 0 }) : answerAbout(object, question);
    })
  );
  return {
    findings: answers.flatMap(({ findings }) => findings),
    leftToOthers: answers.reduce((sum, { leftToOthers }) => sum + leftToOthers, 0)
  };
}
async function answerAbout(object, question) {
  const [{ change }] = object.left;
  const isNew = object.all.some(({ change: { Kind } }) => Kind === "created");
  if (change.ResourceType === "key" && !isNew) return changedAttributes(object, question);
  const values = change.ResourceType === "alias" ? await aliasValues(object, question) : {};
  return { findings: [await findingOf(object.left, object, values, question)], leftToOthers: 0 };
}
async function aliasValues({ all }, { log }) {
  const [{ change }] = all;
  const before = { place: { region: change.Region, resourceArn: arnOf2(change) }, eventId: change.EventId };
  const event = all.at(-1)?.event;
  const idOf = (reference) => reference === void 0 ? void 0 : keyIdOf(reference);
  return defined({
    atBaseline: idOf(await aliasTargetBefore(log, before)),
    actual: event && idOf(aliasTargets[event.eventName]?.(event))
  });
}
var isRoutine = (event) => event?.eventName === "RotateKey" && event.userIdentity.invokedBy === "AWS Internal";
var objectOf = ({ Region, ResourceType, ResourceId }) => `${Region} ${ResourceType} ${ResourceId}`;
function nameOfChange({ ResourceType, Region, ResourceId }) {
  return ResourceType === "grant" ? `grant ${ResourceId}` : `${ResourceType} ${Region}/${ResourceId}`;
}

// control-plane/cli/drift/running/changes.ts
var PAGE = 1e3;
async function readChanges(connection, after) {
  const changes2 = [];
  for (let position = after; ; ) {
    const input = { After: position, Limit: PAGE };
    const { Changes, NextSequence } = await connection.call("ListChanges", input).catch(permissionNamed2);
    changes2.push(...Changes);
    if (Changes.length === 0 || NextSequence === position) return changes2;
    position = NextSequence;
  }
}
async function newestChange(connection) {
  const { Changes } = await connection.call("ListChanges", { Newest: true }).catch(permissionNamed2);
  return Changes[0];
}
function permissionNamed2(error) {
  if (!(error instanceof Refusal) || error.code !== "AccessDeniedException") throw error;
  throw new CommandError(
    `The change log cannot be read. ${error.message}`,
    "keystead drift needs keystead:ListChanges and cloudtrail:LookupEvents where there is a baseline, and with --publish."
  );
}
async function readEvent(connection, { EventId, Region }) {
  const { Events } = await connection.call("LookupEvents", { EventId }, Region);
  const [found] = Events;
  return found && JSON.parse(found.CloudTrailEvent);
}

// control-plane/cli/drift/baseline.ts
async function sinceBaseline(connection, name, compared, findings) {
  const baseline = await findBaseline(connection, name);
  if (baseline === void 0) return { findings: [], notes: [] };
  if (typeof baseline === "string") return { findings: [], notes: [baseline] };
  const made = await madeSince(connection, baseline.sequence);
  const reported = new Set(findings.flatMap(({ cause }) => cause?.requestId ?? []));
  const since = await changedSince({ ...compared, made, reported, log: readEvents(connection) });
  return { baseline, findings: since.findings, notes: ignoredNotes(since.leftToOthers) };
}
var ignoredNotes = (number) => number === 0 ? [] : [`${count(number, "attribute")} that ignore_changes names changed since the baseline.`];
async function isSinceBaseline(connection, name, { baseline, notes }) {
  if (notes.length > 0) return false;
  return JSON.stringify(await findBaseline(connection, name)) === JSON.stringify(baseline);
}
async function findBaseline(connection, name) {
  const found = await readBaseline(connection, name ?? DEFAULT_BASELINE).catch((error) => {
    if (!(error instanceof Refusal) || error.code !== "AccessDeniedException") throw error;
    if (name === void 0) return `Not compared with a baseline: the audit log cannot be read: ${error.message}`;
    throw new CommandError(
      `The baseline ${name} cannot be read. ${error.message}`,
      "It needs cloudtrail:LookupEvents."
    );
  });
  if (found !== void 0 || name === void 0) return found;
  throw new CommandError(
    `There is no baseline ${name}: it was never recorded, or the audit log does not reach back to it.`,
    `Look at what runs, then record one: keystead drift accept --baseline ${name}.`
  );
}
async function madeSince(connection, sequence) {
  const changes2 = await readChanges(connection, sequence);
  const events = /* @__PURE__ */ new Map();
  return Promise.all(
    changes2.map(async (change) => {
      const event = events.get(change.EventId) ?? readEvent(connection, change);
      events.set(change.EventId, event);
      return { change, event: await event };
    })
  );
}
async function acceptChanges(connection, acceptance) {
  const { baseline: name, note, by } = acceptance;
  const before = await readBaseline(connection, name);
  const made = await madeSince(connection, before?.sequence ?? 0);
  const foreign = by === void 0 ? [] : made.filter(({ event }) => !by.includes(principalOf(event)));
  if (foreign.length > 0) {
    const lines = foreign.slice(0, 10).map(lineOf).join("; ");
    throw new CommandError(
      `${foreign.length} of ${count(made.length, "change")} since the baseline ${foreign.length === 1 ? "was" : "were"} not made by ${by?.join(" or ")}: ${lines}.`,
      "Look at them with keystead drift; accept without --by what was meant."
    );
  }
  const Sequence = made.at(-1)?.change.Sequence ?? before?.sequence ?? 0;
  await connection.call("AcceptChanges", { Baseline: name, Sequence, ...note && { Note: note } }, BASELINE_REGION);
  const head = before === void 0 ? `Baseline ${name}` : `Baseline ${name}, last accepted at ${before.time}`;
  return [`${head}: ${count(made.length, "change")} accepted, up to change ${Sequence}.`, ...made.map(lineOf)];
}
function principalOf(event) {
  const { sessionContext, arn, invokedBy } = event?.userIdentity ?? {};
  return sessionContext?.sessionIssuer?.arn ?? arn ?? invokedBy ?? "unknown";
}
function lineOf({ change, event }) {
  return `${change.EventName} of ${change.ResourceType} ${change.ResourceId} by ${principalOf(event)}`;
}

// control-plane/cli/drift/findings/access.ts
function readAccess(connection) {
  return async (difference) => {
    const { attribute, what, declared, isSensitive } = difference;
    if (attribute !== "policy" || what !== "changed" || isSensitive) return void 0;
    return comparedAccess(connection, difference.resourceArn, String(declared), difference.region);
  };
}
function comparedAccess(connection, KeyId, Policy, region) {
  return allPages((Marker) => {
    const page = { Policy, ...defined({ Marker }) };
    if (KeyId === void 0) return connection.call("SimulateNewKeyPolicy", page, region);
    return connection.call("CompareKeyPolicies", { KeyId, ...page }, region);
  }).catch(unknown);
}
async function allPages(read) {
  const changes2 = [];
  const undecided = [];
  for (let Marker; ; ) {
    const page = await read(Marker);
    undecided.push(...page.Unknown);
    for (const { PrincipalArn: principal, Gained, Lost, MayGain, MayLose } of page.Changes) {
      changes2.push({ principal, gained: Gained, lost: Lost, mayGain: MayGain, mayLose: MayLose });
    }
    if (page.NextMarker === void 0) break;
    Marker = page.NextMarker;
  }
  if (undecided.length === 0) return { changes: changes2, isComplete: true };
  return { changes: changes2, isComplete: false, unknown: `too costly to decide for ${undecided.join(", ")}` };
}
function unknown(error) {
  if (error instanceof Refusal) return { changes: [], isComplete: false, unknown: error.message };
  throw error;
}

// control-plane/cli/drift/findings/groups.ts
var TOGETHER_FROM = 4;
function groupsOf(findings) {
  const byKind = Map.groupBy(findings, kindOf);
  const groups = [...byKind.values()].flatMap(
    (alike) => alike.length < TOGETHER_FROM ? alike.map((finding) => [finding]) : [alike]
  );
  return groups.map((alike) => ({ severity: alike[0].severity, findings: alike })).sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || byKey(a, b));
}
function kindOf({ severity, attribute, what, notDeclared, cause, unattributed }) {
  const by = cause ? [cause.principal, cause.eventName, cause.sourceIp] : [unattributed];
  return JSON.stringify([severity, attribute.replace(/\[.*/s, ""), what, notDeclared, ...by]);
}
function byKey({ findings: [a] }, { findings: [b] }) {
  return keyOf(a).localeCompare(keyOf(b));
}
function keyOf({ keyArn, resourceArn }) {
  return keyArn ?? resourceArn;
}
function explanationsOf(findings) {
  const caused = findings.flatMap(({ cause }) => cause ?? []);
  return [...Map.groupBy(caused, ({ eventName, principal }) => `${eventName} ${principal}`).values()].flatMap((causes) => {
    const [first] = causes;
    if (!first || causes.length < 2) return [];
    const times = causes.map(({ time }) => time).sort();
    const requests = new Set(causes.map(({ requestId }) => requestId)).size;
    const { eventName, principal } = first;
    return [
      {
        ...{ eventName, principal, requests, findings: causes.length },
        ...{ time: times[0] ?? "", until: times.at(-1) ?? "" }
      }
    ];
  }).sort((a, b) => b.findings - a.findings);
}
function countsOf(findings) {
  return severities.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length]).filter(([, count2]) => count2 > 0);
}

// control-plane/cli/drift/reports/escape.ts
function escapeXml(text) {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "�").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
function escapeMarkdown(text) {
  return escapeXml(text).replace(/[\\`*_{}[\]()#+!|~@]/g, (char) => `&#${char.charCodeAt(0)};`).replace(/\s+/g, " ");
}

// control-plane/cli/drift/reports/markdown.ts
var GROUPS_SHOWN = 40;
var LINES_SHOWN = 12;
var LINE_LENGTH = 400;
function markdownReport({ findings, resources, notes }) {
  const groups = groupsOf(findings);
  const hidden2 = groups.slice(GROUPS_SHOWN).reduce((sum, group) => sum + group.findings.length, 0);
  return [
    findings.length === 0 ? "### No drift" : `### Drift: ${count(findings.length, "difference")}`,
    "",
    `${count(resources, "declared resource")} compared.`,
    ...explanationsOf(findings).slice(0, 5).map((one) => `- ${escapeMarkdown(explanationLine(one))}`),
    ...notes.map((note) => `- ${escapeMarkdown(note)}`),
    ...findings.length === 0 ? [] : ["", "| Severity | Differences |", "|---|---|"],
    ...countsOf(findings).map(([severity, number]) => `| ${severity} | ${number} |`),
    "",
    ...groups.slice(0, GROUPS_SHOWN).map(fold),
    ...hidden2 === 0 ? [] : [`… and ${count(hidden2, "more difference")}.`]
  ].join("\n");
}
function fold({ severity, findings }) {
  const [first] = findings;
  const more = findings.length === 1 ? "" : ` and ${findings.length - 1} more like it`;
  const lines = [...linesOf(first), ...whoLines(first)].slice(0, LINES_SHOWN);
  return [
    `<details><summary>${severity}: ${escapeMarkdown(titleOf(first))}${more}</summary>`,
    "",
    ...lines.map(({ label, text }) => `- ${label} ${escapeMarkdown(text.slice(0, LINE_LENGTH))}`.replace(/^- +/, "- ")),
    "",
    "</details>"
  ].join("\n");
}

export {
  isKeyType,
  parseDeclared,
  nameOf,
  keyIdOf,
  samePolicy,
  describePolicyDifference,
  isLeaving,
  readActual,
  compareAll,
  readEvents,
  callerOf,
  findCause,
  severities,
  severityOf,
  severityOfEvents,
  titleOf,
  whatOf,
  linesOf,
  whoLines,
  explanationLine,
  show,
  count,
  DEFAULT_BASELINE,
  readChanges,
  newestChange,
  readEvent,
  sinceBaseline,
  isSinceBaseline,
  acceptChanges,
  readAccess,
  comparedAccess,
  groupsOf,
  keyOf,
  explanationsOf,
  countsOf,
  escapeXml,
  escapeMarkdown,
  markdownReport
};
