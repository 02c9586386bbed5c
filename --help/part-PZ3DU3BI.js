import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  readModule,
  resources_exports
} from "./part-5KE5P7U5.js";
import {
  DEFAULT_BASELINE,
  acceptChanges,
  callerOf,
  compareAll,
  count,
  countsOf,
  escapeXml,
  explanationLine,
  explanationsOf,
  findCause,
  groupsOf,
  isKeyType,
  isLeaving,
  isSinceBaseline,
  keyIdOf,
  keyOf,
  linesOf,
  markdownReport,
  nameOf,
  newestChange,
  parseDeclared,
  readAccess,
  readActual,
  readChanges,
  readEvent,
  readEvents,
  severities,
  severityOf,
  severityOfEvents,
  show,
  sinceBaseline,
  titleOf,
  whatOf,
  whoLines
} from "./part-FVA5DKDX.js";
import {
  Refusal,
  connect,
  withConnectionOptions
} from "./part-4LPORNA4.js";
import {
  version
} from "./part-I6WPCKDI.js";
import {
  Command,
  CommandError,
  InvalidArgumentError,
  Option
} from "./part-K2DAL35S.js";
import "./part-5XLD6PTW.js";
import {
  keysteadShapes,
  require_dist
} from "./part-MXNEUUDL.js";
import "./part-DR5M3JVV.js";
import "./part-FTZTQLRL.js";
import "./part-NELHBBMN.js";
import "./part-XHY5IHGK.js";
import "./part-YFCC4CVH.js";
import "./part-6ACPXKQJ.js";
import "./part-6MSZOWH6.js";
import "./part-XDU5MBKC.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import "./part-RN4T6Q5A.js";
import {
  __toESM
} from "./part-J52KMMNH.js";

// control-plane/cli/drift/find.ts
import { createHash as createHash2 } from "node:crypto";

// control-plane/cli/drift/findings/ignore.ts
function applyRules(findings, rules, nowMs) {
  const isExpired = ({ expires }) => Date.parse(`${expires}T23:59:59Z`) < nowMs;
  const inForce = rules.filter((rule) => !isExpired(rule));
  const left = findings.filter((finding) => !inForce.some((rule) => covers(rule, finding)));
  return { findings: [...left, ...rules.filter(isExpired).map(expired)], ignored: findings.length - left.length };
}
function covers({ pattern, attribute, principal }, finding) {
  const { cause } = finding;
  return [finding.address, finding.resourceArn].some((name) => name !== void 0 && matches(pattern, name)) && (attribute === void 0 || matches(attribute, finding.attribute)) && (principal === void 0 || [cause?.principal, cause?.roleArn].some((arn) => arn !== void 0 && matches(principal, arn)));
}
function matches(pattern, text) {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return new RegExp(`^${source}$`, "s").test(text);
}
function expired({ pattern, reason, owner, expires, attribute }) {
  return {
    id: `rule ${pattern}`,
    severity: "protection lost",
    region: "",
    resourceArn: pattern,
    what: "ignore rule expired",
    attribute: attribute ?? "ignore",
    details: [`expired after ${expires}; owner ${owner}; reason: ${reason}`],
    unattributed: "a rule ends by itself"
  };
}

// control-plane/cli/drift/findings/unmanaged.ts
function unmanagedKeys(keys, declared) {
  const known = new Set(
    declared.filter(({ type }) => isKeyType(type)).map(({ region, values }) => `${region}/${keyIdOf(values.key_id)}`)
  );
  const primaries = new Set([...known].map((name) => name.slice(name.indexOf("/") + 1)));
  return keys.flatMap((key) => {
    const { Arn, KeyId, Description } = key.KeyMetadata;
    const region = Arn.split(":")[3] ?? "";
    if (known.has(`${region}/${KeyId}`) || primaries.has(KeyId) || isLeaving(key)) return [];
    const aliases = key.Aliases.map(({ AliasName }) => AliasName).join(", ");
    const name = [aliases, Description].filter((text) => text).join(": ");
    return [
      {
        region,
        resourceArn: Arn,
        what: "unknown to Terraform",
        attribute: "key",
        actual: name === "" ? "a key without alias and description" : name
      }
    ];
  });
}

// control-plane/cli/drift/keeping/memory.ts
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
var FORMAT = 1;
var { max: MAX_BYTES } = keysteadShapes.DriftContinuationType;
var MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
var positionOf = (change) => change === void 0 ? { sequence: 0, eventId: "" } : { sequence: change.Sequence, eventId: change.EventId };
function digestOf(inputs) {
  return createHash("sha256").update(JSON.stringify([FORMAT, version, inputs])).digest("base64url");
}
async function pack(memory) {
  const bytes = await promisify(gzip)(JSON.stringify({ format: FORMAT, ...memory }));
  return bytes.length > MAX_BYTES ? void 0 : bytes.toString("base64");
}
async function unpack(text) {
  const unzipped = await promisify(gunzip)(Buffer.from(text, "base64"), { maxOutputLength: MAX_UNPACKED_BYTES }).catch(
    () => void 0
  );
  if (!unzipped) return void 0;
  const { format, ...memory } = JSON.parse(unzipped.toString());
  return format === FORMAT ? memory : void 0;
}

// control-plane/cli/drift/keeping/touched.ts
var CLOCKS_DIFFER_MS = 6e5;
function touchedBy(changes, watched, nowMs) {
  const due = watched.filter(({ fromMs = 0 }) => fromMs <= nowMs + CLOCKS_DIFFER_MS);
  const keyIds = new Set(due.map(({ keyId }) => keyId));
  const aliases = /* @__PURE__ */ new Set();
  for (const { ResourceType, Region, ResourceId, KeyId } of changes) {
    if (!["key", "alias", "grant"].includes(ResourceType)) return void 0;
    if (ResourceType === "alias") aliases.add(`${Region}/${ResourceId}`);
    const keyId = KeyId ?? (ResourceType === "key" ? ResourceId : void 0);
    if (keyId === void 0) return void 0;
    keyIds.add(keyId);
  }
  return { keyIds, aliases };
}
function watchedOf(keys) {
  return keys.flatMap(({ KeyMetadata: { KeyId: keyId, CustomKeyStoreId, DeletionDate, ValidTo } }) => {
    if (CustomKeyStoreId !== void 0) return [{ keyId }];
    const times = [DeletionDate, ValidTo].filter((seconds) => seconds !== void 0);
    return times.length === 0 ? [] : [{ keyId, fromMs: Math.min(...times) * 1e3 }];
  });
}
function concernsResource(touched, { type, region, values }) {
  const key = type === "aws_kms_alias" ? values.target_key_arn ?? values.target_key_id : values.key_id;
  if (touched.keyIds.has(keyIdOf(key))) return true;
  return type === "aws_kms_alias" && touched.aliases.has(`${region}/${values.name}`);
}
function concernsFinding(touched, addresses, finding) {
  const { address, resourceArn, keyArn } = finding;
  if (address !== void 0 && addresses.has(address)) return true;
  return [resourceArn, keyArn].some((arn) => {
    const [, region, keyId, alias] = /^arn:[^:]*:kms:([^:]*):\d*:(?:key\/(.*)|(alias\/.*))$/.exec(arn ?? "") ?? [];
    return keyId === void 0 ? touched.aliases.has(`${region}/${alias}`) : touched.keyIds.has(keyId);
  });
}

// control-plane/cli/drift/keeping/go-on.ts
var CHANGES_FOLLOWED = 5e3;
async function goOn(connection, digest, last, comparer, nowMs) {
  if (typeof last === "string") return compareWhole(connection, digest, comparer, last);
  if (last.digest !== digest) return compareWhole(connection, digest, comparer, "the states or the options are others");
  const changes = await changesSince(connection, last);
  if (typeof changes === "string") return compareWhole(connection, digest, comparer, changes);
  const touched = touchedBy(changes, last.watched, nowMs);
  if (!touched) {
    return compareWhole(connection, digest, comparer, "more than keys, aliases and grants was changed");
  }
  const position = changes.length === 0 ? last.position : positionOf(changes.at(-1));
  const isUntouched = touched.keyIds.size === 0 && touched.aliases.size === 0;
  if (isUntouched && await comparer.isSince(last.since)) {
    return { memory: { ...last, position }, changes: 0, keysRead: 0 };
  }
  const compared = isUntouched ? { findings: last.findings, watched: last.watched, keysRead: 0 } : await compareTouched(comparer, touched, last);
  const since = await comparer.since(compared.findings);
  const { findings, watched, keysRead } = compared;
  return { memory: { digest, position, findings, since, watched }, changes: changes.length, keysRead };
}
async function compareTouched(comparer, touched, last) {
  const { findings, watched, keysRead } = await comparer.compare(touched, last.findings);
  const others = last.watched.filter(({ keyId }) => !touched.keyIds.has(keyId));
  return { findings, watched: [...others, ...watched], keysRead };
}
async function compareWhole(connection, digest, comparer, wholeBecause) {
  const position = positionOf(await newestChange(connection));
  const { findings, watched, keysRead } = await comparer.compare();
  const since = await comparer.since(findings);
  return { memory: { digest, position, findings, since, watched }, wholeBecause, changes: 0, keysRead };
}
async function changesSince(connection, { position }) {
  const { sequence, eventId } = position;
  const newest = await newestChange(connection);
  if ((newest?.Sequence ?? 0) - sequence > CHANGES_FOLLOWED) return "there are too many changes since the last report";
  const changes = await readChanges(connection, Math.max(0, sequence - 1));
  if (sequence === 0) return changes;
  const [known, ...rest] = changes;
  if (known?.Sequence === sequence && known.EventId === eventId) return rest;
  return "the change log is not the one of the last report, as after a restore";
}

// control-plane/cli/drift/keeping/kept-reports.ts
var { max: MAX_DOCUMENT_BYTES } = keysteadShapes.DriftDocumentType;
var STACK_NAME = new RegExp(keysteadShapes.DriftStackNameType.pattern);
function requireStackName(name) {
  if (STACK_NAME.test(name) && name.length <= keysteadShapes.DriftStackNameType.max) return;
  throw new CommandError(
    `--publish: "${name}" is not a name of a stack.`,
    'Write letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit.'
  );
}
async function lastMemory(connection, stackName) {
  const [last, caller] = await Promise.all([
    connection.call("GetDriftReport", { StackName: stackName }).catch(whyNot),
    connection.call("GetCallerIdentity", {})
  ]);
  if (typeof last === "string") return last;
  const { DriftReport, Continuation } = last;
  if (roleOrUser(DriftReport.PublishedBy) !== roleOrUser(caller.Arn ?? "")) {
    return `the last report is by ${DriftReport.PublishedBy}`;
  }
  if (Continuation === void 0) return "the last report does not say enough";
  return await unpack(Continuation) ?? "another version wrote the last report";
}
function whyNot(error) {
  if (error instanceof Refusal && error.code === "NoSuchEntityException") return "it is the first report";
  if (error instanceof Refusal && error.code === "AccessDeniedException") {
    return `the last report cannot be read: ${error.message}`;
  }
  throw error;
}
function roleOrUser(arn) {
  const [, account, name] = /^arn:[^:]*:sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  const [, ofAccount, ofName] = /^arn:[^:]*:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  if (name !== void 0) return `role ${account} ${name}`;
  return ofName === void 0 ? arn : `role ${ofAccount} ${ofName}`;
}
async function publish(connection, stackName, comparison, document, memory) {
  const { DriftReport } = await connection.call("PutDriftReport", {
    StackName: stackName,
    Sequence: memory.position.sequence,
    Resources: comparison.resources,
    Findings: countsOf(comparison.findings).map(([Severity, Count]) => ({ Severity, Count })),
    Document: Buffer.from(boundedDocument(comparison, document)).toString("base64"),
    ...defined({ Continuation: await pack(memory) })
  }).catch((error) => {
    if (!(error instanceof Refusal) || error.code !== "AccessDeniedException") throw error;
    throw new CommandError(
      `The report cannot be published. ${error.message}`,
      `It needs keystead:PutDriftReport on the drift reports of the stack ${stackName}, and --incremental keystead:GetDriftReport.`
    );
  });
  return DriftReport.Number;
}
function boundedDocument(comparison, document) {
  const { findings, notes } = comparison;
  const lines = (shown2) => {
    const note = `Only the first ${shown2} of ${findings.length} differences have room in the report that is kept.`;
    const part = { ...comparison, findings: findings.slice(0, shown2), notes: [...notes, note] };
    return JSON.stringify(JSON.parse(document(shown2 === findings.length ? comparison : part)));
  };
  for (let shown2 = findings.length; ; shown2 = Math.floor(shown2 * 0.8)) {
    const text = lines(shown2);
    if (Buffer.byteLength(text) <= MAX_DOCUMENT_BYTES || shown2 === 0) return text;
  }
}

// control-plane/cli/drift/running/all-keys.ts
async function readAllKeys(connection, regions) {
  const ofRegions = await Promise.all(regions.map((region) => readRegion(connection, region)));
  return ofRegions.flat();
}
async function readTheseKeys(connection, regions, keyIds) {
  const found = await Promise.all(
    regions.flatMap(
      (region) => keyIds.map(
        (KeyId) => connection.call("GetKeyConfiguration", { KeyId }, region).catch((error) => {
          if (error instanceof Refusal && error.code === "NotFoundException") return void 0;
          return permissionNamed(error);
        })
      )
    )
  );
  return found.filter((key) => key !== void 0);
}
async function readRegion(connection, region) {
  const ids = [];
  for (let Marker; ; ) {
    const page = await connection.call("ListKeys", { Limit: 1e3, ...defined({ Marker }) }, region).catch(permissionNamed);
    ids.push(...(page.Keys ?? []).flatMap(({ KeyArn }) => KeyArn ?? []));
    if (page.NextMarker === void 0) break;
    Marker = page.NextMarker;
  }
  return Promise.all(
    ids.map(async (KeyId) => {
      const key = await connection.call("GetKeyConfiguration", { KeyId }, region).catch(permissionNamed);
      return key;
    })
  );
}
function permissionNamed(error) {
  if (!(error instanceof Refusal) || error.code !== "AccessDeniedException") throw error;
  throw new CommandError(
    `Keys that no state declares cannot be looked for. ${error.message}`,
    "--unmanaged needs kms:ListKeys, and on every key of the account what declared keys need."
  );
}

// control-plane/cli/drift/find.ts
async function compareStacks(stacks, options, compare) {
  const groups = Map.groupBy(stacks, ({ stack }) => controlPlaneOf(stack));
  const found = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [{ stack } = { stack: options }] = group;
      const connection = await connect({ ...options, ...stack });
      const resources = group.flatMap(({ resources: resources2 }) => resources2);
      const comparer = comparerOf(connection, resources, options, compare);
      const { findings, since, memory, wentOn } = await compareGroup(connection, comparer, options.keeping);
      return { ...since, findings: [...findings, ...since.findings.map(withId)], memory, wentOn, connection };
    })
  );
  const comparison = comparisonOf(stacks, found, options.rules);
  const [one] = found;
  if (options.keeping && one?.memory) await options.keeping.publish(one.connection, comparison, one.memory);
  return comparison;
}
function comparisonOf(stacks, found, rules) {
  const judged = applyRules(
    found.flatMap(({ findings }) => findings),
    rules,
    Date.now()
  );
  const sum = (count2) => stacks.reduce((total, stack) => total + count2(stack), 0);
  return {
    resources: sum(({ resources }) => resources.length),
    findings: judged.findings.toSorted(bySeverity),
    ignored: judged.ignored,
    baselines: found.flatMap(({ baseline }) => baseline ?? []),
    notes: found.flatMap(({ notes }) => notes),
    ofOtherProviders: sum(({ ofOtherProviders }) => ofOtherProviders),
    ...wentOnFrom(found[0]?.wentOn)
  };
}
function wentOnFrom(wentOn) {
  if (!wentOn) return {};
  const { wholeBecause, changes, keysRead } = wentOn;
  return { incremental: wholeBecause === void 0 ? { changes, keysRead } : { wholeBecause } };
}
async function compareGroup(connection, comparer, keeping) {
  if (!keeping) {
    const { findings: findings2 } = await comparer.compare();
    return { findings: findings2, since: await comparer.since(findings2) };
  }
  const last = keeping.isIncremental ? await lastMemory(connection, keeping.stackName) : "it was not asked for";
  const wentOn = await goOn(connection, digestOf(keeping.inputs), last, comparer, Date.now());
  const { memory } = wentOn;
  const { findings, since } = memory;
  return { findings, since, memory, ...keeping.isIncremental && { wentOn } };
}
function comparerOf(connection, resources, options, compare) {
  return {
    compare: (touched, kept = []) => findDrift(resources, connection, compare, options.complete, touched, kept),
    since: (findings) => {
      const compared = { ...compare, declared: resources, accessOf: readAccess(connection) };
      return sinceBaseline(connection, options.baseline, compared, findings);
    },
    isSince: (since) => isSinceBaseline(connection, options.baseline, since)
  };
}
var controlPlaneOf = ({ endpoint, profile }) => JSON.stringify([endpoint, profile]);
async function findDrift(declared, connection, options, complete, touched, kept) {
  const regions = [...new Set(declared.map(({ region }) => region))];
  const wanted = touched ? declared.filter((resource) => concernsResource(touched, resource)) : declared;
  const [actual, all] = await Promise.all([
    readActual(wanted, connection),
    complete ? readUndeclared(connection, regions, touched) : []
  ]);
  const isWanted = new Set(wanted);
  const differences = [
    ...compareAll(declared, actual, options, (resource) => isWanted.has(resource)),
    ...unmanagedKeys(all, declared)
  ];
  const log = readEvents(connection);
  const accessOf = readAccess(connection);
  const found = await Promise.all(
    differences.map(async (difference) => {
      const [access, cause] = await Promise.all([accessOf(difference), findCause(log, difference)]);
      const severity = severityOf(difference, access);
      return { id: idOf(difference), severity, ...shown(difference), ...defined({ access }), ...cause };
    })
  );
  const addresses = new Set(wanted.map(({ address }) => address));
  const others = touched ? kept.filter((finding) => !concernsFinding(touched, addresses, finding)) : [];
  return { findings: [...others, ...found], watched: watchedOf([...actual.all, ...all]), keysRead: actual.all.length };
}
function readUndeclared(connection, regions, touched) {
  return touched ? readTheseKeys(connection, regions, [...touched.keyIds]) : readAllKeys(connection, regions);
}
function idOf({ resourceArn, attribute, what, grantId = "" }) {
  const name = JSON.stringify([resourceArn, attribute, what, grantId]);
  return createHash2("sha256").update(name).digest("hex").slice(0, 10);
}
var withId = (finding) => ({ id: idOf(finding), ...finding });
var bySeverity = (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || compareTexts(placeOf(a), placeOf(b));
var placeOf = ({ address, resourceArn, attribute, id }) => [address ?? resourceArn, attribute, id].join("\n");
var compareTexts = (a, b) => a < b ? -1 : Number(a > b);
function shown({ isSensitive, ...difference }) {
  if (!isSensitive) return difference;
  const { declared, actual, details, ...rest } = difference;
  const hide = (value) => value === void 0 ? void 0 : "(sensitive value)";
  return { ...rest, declared: hide(declared), actual: hide(actual) };
}

// control-plane/cli/drift/explain.ts
var EVENTS_SHOWN = 50;
function requireFinding(findings, id) {
  const found = findings.find((one) => one.id === id);
  if (found) return found;
  const known = findings.slice(0, 10).map((one) => one.id);
  throw new CommandError(
    `There is no finding ${id} now${known.length > 0 ? `; there is ${known.join(", ")}` : ""}.`,
    "Take the id from a report of keystead drift with the same options."
  );
}
async function eventsBehind(connection, finding) {
  const { region, resourceArn } = finding;
  const arns = [.../* @__PURE__ */ new Set([resourceArn, keyOf(finding)])];
  const pages = await Promise.all(
    arns.map(
      (ResourceArn) => connection.call("LookupEvents", { ResourceArn, ReadOnly: false, MaxResults: EVENTS_SHOWN }, region)
    )
  );
  const events = pages.flatMap(({ Events }) => Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent))).sort((a, b) => b.eventTime.localeCompare(a.eventTime));
  const once = [...new Map(events.map((event) => [event.eventID, event])).values()].slice(0, EVENTS_SHOWN);
  const log = readEvents(connection);
  return Promise.all(once.map(async (event) => describeEvent(event, await callerOf(log, event, region))));
}
function describeEvent(event, { principal, chain, sourceIdentity }) {
  const { eventTime, eventName, errorCode, sourceIPAddress, userAgent, requestID, requestParameters } = event;
  return [
    `${eventTime} ${eventName}${errorCode === void 0 ? "" : ` refused: ${errorCode}`}`,
    `    by        ${principal}`,
    ...chain ? [`    session   assumed by ${chain.join(", then ")}`] : [],
    ...sourceIdentity ? [`    identity  ${sourceIdentity}`] : [],
    `    from      ${sourceIPAddress} with ${userAgent}`,
    `    request   ${requestID}`,
    `    asked     ${JSON.stringify(requestParameters ?? {})}`
  ].join("\n");
}

// control-plane/cli/drift/states/stacks.ts
import { stat } from "node:fs/promises";

// control-plane/cli/drift/states/drift-file.ts
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
var import_yaml = __toESM(require_dist(), 1);
var DRIFT_FILE = "keystead-drift.yaml";
var texts = ["dir", "state", "workspace", "endpoint", "region", "profile", "provider", "terraform"];
var members = /* @__PURE__ */ new Set([...texts, "empty"]);
var topLevel = /* @__PURE__ */ new Set(["stacks", "complete", "ignore"]);
var required = ["pattern", "reason", "owner", "expires"];
var ofRule = /* @__PURE__ */ new Set([...required, "attribute", "principal"]);
async function readDriftFile(path, defaults) {
  const text = await readFile(path, "utf8").catch((error) => {
    throw new CommandError(`${path} cannot be read: ${error.message}.`, "Name a file of stacks with --config.");
  });
  const file = parsed(text, path);
  requireKnown(file, topLevel, path);
  const { stacks, complete = false, ignore = [] } = file;
  if (typeof complete !== "boolean") throw fault(path, '"complete" must be true or false');
  if (!Array.isArray(ignore)) throw fault(path, '"ignore" must be a list');
  if (!Array.isArray(stacks) || stacks.length === 0)
    throw fault(path, '"stacks" must be a list with at least one stack');
  return {
    stacks: stacks.map((entry, index) => stackOf(entry, `${path}: stacks[${index}]`, dirname(path), defaults)),
    complete,
    ignore: ignore.map((entry, index) => ruleOf(entry, `${path}: ignore[${index}]`))
  };
}
function parsed(text, path) {
  let document;
  try {
    document = (0, import_yaml.parse)(text);
  } catch (error) {
    throw fault(path, `it is not YAML: ${error.message.split("\n")[0]}`);
  }
  if (!isEntry(document)) throw fault(path, 'it must be a map with the member "stacks"');
  return document;
}
function stackOf(entry, place, base, defaults) {
  if (!isEntry(entry)) throw fault(place, "it must be a map");
  requireKnown(entry, members, place);
  const said = {};
  for (const name of texts) {
    const value = entry[name];
    if (value === void 0) continue;
    if (typeof value !== "string" || value === "") throw fault(place, `"${name}" must be a text`);
    said[name] = value;
  }
  const { dir, state, workspace, terraform = defaults.terraform, ...rest } = said;
  if (dir === void 0 === (state === void 0)) throw fault(place, 'it must have either "dir" or "state"');
  if (workspace !== void 0 && dir === void 0) throw fault(place, '"workspace" needs "dir"');
  if (entry.empty !== void 0 && typeof entry.empty !== "boolean")
    throw fault(place, '"empty" must be true or false');
  const { endpoint, region, provider, profile } = { ...defaults, ...rest };
  return {
    name: workspace === void 0 ? dir ?? state ?? "" : `${dir} (workspace ${workspace})`,
    source: dir === void 0 ? { file: resolve(base, state ?? "") } : { dir: resolve(base, dir), terraform, ...defined({ workspace }) },
    endpoint,
    region,
    provider,
    ...defined({ profile }),
    mayBeEmpty: entry.empty ?? defaults.mayBeEmpty
  };
}
function ruleOf(entry, place) {
  if (!isEntry(entry)) throw fault(place, "it must be a map");
  requireKnown(entry, ofRule, place);
  for (const name of ofRule) {
    const value = entry[name];
    const isMissing = value === void 0 || value === "";
    if (isMissing && required.some((one) => one === name)) throw fault(place, `it must have "${name}"`);
    if (!isMissing && typeof value !== "string") throw fault(place, `"${name}" must be a text`);
  }
  const rule = entry;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(rule.expires) || Number.isNaN(Date.parse(rule.expires))) {
    throw fault(place, '"expires" must be a day such as 2027-01-31');
  }
  return rule;
}
function requireKnown(entry, known, place) {
  const unknown = Object.keys(entry).find((name) => !known.has(name));
  if (unknown !== void 0) throw fault(place, `there is no member "${unknown}"; there is ${[...known].join(", ")}`);
}
function isEntry(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
var fault = (place, what) => new CommandError(`${place}: ${what}.`, "docs/guide/drift.md shows the file.");

// control-plane/cli/drift/states/stacks.ts
async function chosenStacks(options) {
  const { endpoint, region, profile, provider, terraform, allowEmpty = false } = options;
  const defaults = { endpoint, region, provider, terraform, mayBeEmpty: allowEmpty, ...defined({ profile }) };
  const { dir: dirs, state: files, config, workspace: workspaces } = options;
  const named3 = dirs !== void 0 || files !== void 0 || workspaces !== void 0;
  if (config !== void 0) {
    if (!named3) return readDriftFile(config, defaults);
    throw new CommandError(
      "--config cannot be combined with --dir, --state or --workspace.",
      "Name stacks in the file."
    );
  }
  if (!named3 && await isThere(DRIFT_FILE)) return readDriftFile(DRIFT_FILE, defaults);
  if (workspaces !== void 0 && dirs === void 0 && files !== void 0) {
    throw new CommandError("--workspace needs a directory: a state from a file has no workspace.", "Give --dir.");
  }
  const ofDirs = (dirs ?? (files === void 0 ? ["."] : [])).flatMap(
    (dir) => (workspaces ?? [void 0]).map((workspace) => ofDirectory(dir, workspace, defaults))
  );
  const stacks = [...ofDirs, ...(files ?? []).map((file) => ofFile(file, defaults))];
  return { stacks, complete: false, ignore: [] };
}
function ofDirectory(dir, workspace, { terraform, ...rest }) {
  const name = workspace === void 0 ? dir : `${dir} (workspace ${workspace})`;
  return { ...rest, name, source: { dir, terraform, ...defined({ workspace }) } };
}
function ofFile(file, { terraform: _, ...rest }) {
  return { ...rest, name: file === "-" ? "standard input" : file, source: { file } };
}
var isThere = (path) => stat(path).then(
  () => true,
  () => false
);

// control-plane/cli/drift/watch.ts
import { setTimeout as sleep } from "node:timers/promises";
async function watch(connection, options, tell, signal) {
  let position = options.after ?? (await readChanges(connection, 0)).at(-1)?.Sequence ?? 0;
  let told = 0;
  while (!signal.aborted) {
    for (const change of await readChanges(connection, position)) {
      position = change.Sequence;
      const one = await toldOf(connection, change, options.except);
      if (!one) continue;
      tell(one);
      if (options.webhook !== void 0) await post(options.webhook, one);
      told += 1;
      if (options.once) return told;
    }
    await sleep(options.interval * 1e3, void 0, { signal }).catch(() => void 0);
  }
  return told;
}
async function toldOf(connection, change, except) {
  const { Sequence: sequence, ResourceType, ResourceId, Region, EventName, RequestId } = change;
  const event = await readEvent(connection, change);
  const caller = event ? await callerOf(readEvents(connection), event, Region) : { principal: "unknown" };
  if ([caller.principal, caller.roleArn].some((arn) => arn !== void 0 && except.includes(arn))) return void 0;
  const severity = severityOfEvents(ResourceType, [EventName]);
  const from = event ? ` from ${event.sourceIPAddress} with ${event.userAgent}` : "";
  const at2 = event?.eventTime ?? "an unknown time";
  const text = `${severity}: ${EventName} of ${ResourceType} ${ResourceId} in ${Region} by ${caller.principal} at ${at2}${from} (change ${sequence}, request ${RequestId})`;
  return { sequence, severity, text };
}
async function post(url, told) {
  const body = JSON.stringify({ ...told, text: told.text.replaceAll("&", "&amp;").replaceAll("<", "&lt;") });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(1e4) }).catch(
    (error) => error
  );
  if (answer instanceof Response && answer.ok) return;
  const why = answer instanceof Response ? `status ${answer.status}` : answer.message;
  throw new CommandError(
    `The webhook did not take change ${told.sequence}: ${why}.`,
    `Correct --webhook, and go on with --after ${told.sequence - 1}.`
  );
}

// control-plane/cli/drift/ways-on/adopt-command.ts
import { mkdir, writeFile } from "node:fs/promises";
import { join as join3 } from "node:path";

// control-plane/cli/terraform/value.ts
var Reference = class {
  expression;
  constructor(expression3) {
    this.expression = expression3;
  }
};
var JsonText = class {
  document;
  constructor(text) {
    this.document = JSON.parse(text);
  }
};

// control-plane/cli/terraform/write-hcl.ts
function hclOf({ type, label, importId, provider, values, blocks = {}, comments }) {
  const from = provider === void 0 ? {} : { provider: new Reference(provider) };
  return [
    ...comments.map((line) => `# ${line.replace(new RegExp("\\p{Cc}+", "gu"), " ")}`),
    "import {",
    ...members2({ to: new Reference(`${type}.${label}`), id: importId, ...from }, "  "),
    "}",
    "",
    `resource "${type}" "${label}" {`,
    ...members2({ ...from, ...values }, "  "),
    ...Object.entries(blocks).flatMap(
      ([name, all]) => all.flatMap((one) => ["", `  ${name} {`, ...members2(one, "    "), "  }"])
    ),
    "}",
    ""
  ].join("\n");
}
var hclArgument = (name, value) => members2({ [name]: value }, "").join("\n");
function members2(values, indent) {
  const written = Object.entries(values).map(([name, value]) => ({
    name: /^[A-Za-z_][\w-]*$/.test(name) ? name : hclText(name),
    text: expression(value, indent)
  }));
  const isLong = ({ text }) => text.includes("\n");
  return written.map((member, index) => {
    if (isLong(member)) return `${indent}${member.name} = ${member.text}`;
    const [from, to] = [
      written.slice(0, index).findLastIndex(isLong) + 1,
      written.findIndex((one, at2) => at2 > index && isLong(one))
    ];
    const group = written.slice(from, to < 0 ? void 0 : to);
    const width = Math.max(...group.map(({ name }) => name.length));
    return `${indent}${member.name.padEnd(width)} = ${member.text}`;
  });
}
function expression(value, indent) {
  if (typeof value === "string") return hclText(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Reference) return value.expression;
  if (value instanceof JsonText) return `jsonencode(${expression(value.document, indent)})`;
  if (isList(value)) return list(value, indent);
  const inner = members2(value, `${indent}  `);
  return inner.length === 0 ? "{}" : ["{", ...inner, `${indent}}`].join("\n");
}
var isList = (value) => Array.isArray(value);
function list(values, indent) {
  const short = `[${values.map((value) => expression(value, indent)).join(", ")}]`;
  if (!short.includes("\n") && short.length <= 80) return short;
  return ["[", ...values.map((value) => `${indent}  ${expression(value, `${indent}  `)},`), `${indent}]`].join("\n");
}
function hclText(text) {
  const escaped = text.replace(/[\\"]/g, "\\$&").replace(/[$%](?=\{)/g, "$&$&").replace(new RegExp("\\p{Cc}|[\\u2028\\u2029]", "gu"), (char) => named[char] ?? `\\u${codeOf(char).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}
var named = { "\n": "\\n", "\r": "\\r", "	": "\\t" };
var codeOf = (char) => char.codePointAt(0) ?? 0;

// control-plane/cli/terraform/write-typescript.ts
function typescriptOf(resources, about) {
  const names = [...new Set(resources.map(({ type }) => namespaceOf(type)))].sort();
  return [
    `/** ${about.replaceAll("*/", "* /")} */`,
    `import { ${names.join(", ")} } from '@keystead/constructs/cdktf';`,
    "import type { Construct } from 'constructs';",
    "",
    "export function adopted(scope: Construct): void {",
    ...resources.flatMap(statement),
    "}",
    ""
  ].join("\n");
}
function statement({ type, label, importId, values, blocks = {}, comments }) {
  const name = namespaceOf(type);
  const config = braced(
    [...props(values, "    "), ...Object.entries(blocks).map(([block, all]) => blockProp(block, all))],
    "  "
  );
  const construct = `${name}.${name[0]?.toUpperCase()}${name.slice(1)}`;
  return [
    ...comments.map((line) => `  // ${line.replace(/[\p{Cc}\u2028\u2029]+/gu, " ")}`),
    `  new ${construct}(scope, ${quoted(label)}, ${config}).importFrom(${quoted(importId)});`
  ];
}
var blockProp = (name, all) => `${camelCase(name)}: [${all.map((one) => braced(props(one, "      "), "    ")).join(", ")}]`;
var typescriptArgument = (name, value) => `${camelCase(name)}: ${expression2(value, "")}`;
var namespaceOf = (type) => camelCase(type.replace(/^aws_/, ""));
var camelCase = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
var props = (values, indent) => Object.entries(values).map(([name, value]) => `${camelCase(name)}: ${expression2(value, indent)}`);
var braced = (lines, indent) => lines.length === 0 ? "{}" : ["{", ...lines.map((line) => `${indent}  ${line},`), `${indent}}`].join("\n");
function expression2(value, indent) {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Reference) return JSON.stringify(`\${${value.expression}}`);
  if (value instanceof JsonText) return `JSON.stringify(${expression2(value.document, indent)})`;
  if (isList2(value)) return `[${value.map((one) => expression2(one, indent)).join(", ")}]`;
  const lines = Object.entries(value).map(
    ([name, one]) => `${/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name)}: ${expression2(one, `${indent}  `)}`
  );
  return braced(lines, indent);
}
var isList2 = (value) => Array.isArray(value);
function quoted(text) {
  const escaped = JSON.stringify(text.replace(/[$%](?=\{)/g, "$&$&")).slice(1, -1);
  return `'${escaped.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

// control-plane/cli/drift/states/configured.ts
import { readFile as readFile2 } from "node:fs/promises";
import { join } from "node:path";
async function readConfigured(dir) {
  const blocks = /* @__PURE__ */ new Map();
  for (const { key, path } of await modulesOf(dir)) {
    for (const { body } of (await readModule(path)).files) {
      for (const { name, labels, body: block = [] } of body) {
        if (name === "resource") blocks.set([key, ...labels].join(" "), block);
      }
    }
  }
  const entries = new Map([...blocks].map(([place, block]) => [place, ignoredIn(block)]));
  return {
    ignoresChange: (address, attribute) => (entries.get(placeOf2(address)) ?? []).some((entry) => covers2(entry, attribute)),
    // Of a resource that the configuration does not have any more, nothing is written.
    writes: (address, attribute) => (blocks.get(placeOf2(address)) ?? []).some(({ name }) => isNamed(name, attribute))
  };
}
async function modulesOf(dir) {
  const text = await readFile2(join(dir, ".terraform/modules/modules.json"), "utf8").catch(() => "{}");
  const { Modules = [] } = JSON.parse(text);
  const called = Modules.filter(({ Key }) => Key !== "").map(({ Key, Dir }) => ({ key: Key, path: join(dir, Dir) }));
  return [{ key: "", path: dir }, ...called];
}
function ignoredIn(block) {
  return block.filter(({ name }) => name === "lifecycle").flatMap(({ body = [] }) => body.filter(({ name }) => name === "ignore_changes")).flatMap(({ expression: expression3 }) => entriesOf(expression3));
}
function entriesOf(expression3) {
  const written = isTextList(expression3) ? [JSON.parse(expression3)].flat().join(" ") : expression3;
  return [...written.matchAll(/([A-Za-z_]\w*)(?:\[\s*"([^"]*)"\s*\])?/g)].map(([, name = "", key]) => ({ name, key }));
}
function isTextList(expression3) {
  try {
    return [JSON.parse(expression3)].flat().every((item) => typeof item === "string");
  } catch {
    return false;
  }
}
function placeOf2(address) {
  const parts = address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, "").split(".");
  const [type = "", name = ""] = parts.slice(-2);
  const modules = parts.slice(0, -2).filter((_, index) => index % 2 === 1);
  return [modules.join("."), type, name].join(" ");
}
function covers2({ name, key }, attribute) {
  if (name === "all") return true;
  const [, tag] = /\[(.*)\]$/s.exec(attribute) ?? [];
  return isNamed(name, attribute) && (key === void 0 || tag === JSON.stringify(key));
}
function isNamed(name, attribute) {
  const base = attribute.replace(/\[.*/s, "");
  return name === base || name === "tags" && base === "tags_all";
}

// control-plane/cli/drift/states/state-text.ts
import { execFile } from "node:child_process";
import { readdir, readFile as readFile3, stat as stat2 } from "node:fs/promises";
import { join as join2 } from "node:path";
import { text as readStream } from "node:stream/consumers";
import { promisify as promisify2 } from "node:util";
var MAX_STATE_BYTES = 512 * 1024 * 1024;
async function readStateText(source) {
  if ("file" in source) return readStateFile(source.file);
  const { dir, workspace, terraform } = source;
  await requireDirectory(dir);
  if (workspace === void 0) await requireOneWorkspace(dir);
  else await requireWorkspace(terraform, dir, workspace);
  const env = workspace === void 0 ? process.env : { ...process.env, TF_WORKSPACE: workspace };
  return terraformIn(terraform, dir, ["show", "-json", "-no-color"], env);
}
async function readStateFile(file) {
  if (file === "-") return readStream(process.stdin);
  return readFile3(file, "utf8").catch((error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, 'Give the output of "terraform show -json".');
  });
}
async function requireDirectory(dir) {
  const found = await stat2(dir).catch(() => void 0);
  if (found?.isDirectory()) return;
  throw new CommandError(`${dir} is not a directory.`, "Name the directory of an applied stack with --dir.");
}
async function requireOneWorkspace(dir) {
  if (process.env.TF_WORKSPACE) return;
  const chosen = await readFile3(join2(dir, ".terraform/environment"), "utf8").catch(() => "");
  if (chosen.trim() !== "" && chosen.trim() !== "default") return;
  const others = await workspacesWithState(dir);
  if (others.length === 0) return;
  throw new CommandError(
    `${dir} has states of several workspaces: default, ${others.join(", ")}.`,
    'Name those to compare with --workspace, "default" included.'
  );
}
async function workspacesWithState(dir) {
  const place = join2(dir, "terraform.tfstate.d");
  const names = await readdir(place).catch(() => []);
  const sizes = await Promise.all(
    names.map(
      (name) => stat2(join2(place, name, "terraform.tfstate")).then(
        ({ size }) => size,
        () => 0
      )
    )
  );
  return names.filter((_, index) => (sizes[index] ?? 0) > 0).sort();
}
async function requireWorkspace(terraform, dir, workspace) {
  const { TF_WORKSPACE: _, ...env } = process.env;
  const listed = await terraformIn(terraform, dir, ["workspace", "list", "-no-color"], env);
  const names = listed.split("\n").flatMap((line) => line.replace(/^\*?\s*/, "").trim() || []);
  if (names.includes(workspace)) return;
  throw new CommandError(
    `There is no workspace ${workspace} in ${dir}; there is ${names.join(", ")}.`,
    "Correct --workspace, or run terraform init in the directory."
  );
}
async function terraformIn(binary, dir, args, env) {
  const options = { maxBuffer: MAX_STATE_BYTES, env };
  const { stdout } = await promisify2(execFile)(binary, [`-chdir=${dir}`, ...args], options).catch(
    (error) => {
      if (error.code === "ENOENT") {
        throw new CommandError(
          `"${binary}" is not on the PATH.`,
          "Install Terraform, name it with --terraform, or give --state."
        );
      }
      throw new CommandError(
        `"${binary} ${args.join(" ")}" failed in ${dir}: ${(error.stderr || error.message).trim()}`,
        "Run it in the directory of an applied stack (--dir), after terraform init."
      );
    }
  );
  return stdout;
}

// control-plane/cli/drift/states/read-stacks.ts
async function readStacks(stacks) {
  const read = await Promise.all(stacks.map(readStack));
  requireDeclaredOnce(read);
  return read;
}
async function readStack(stack) {
  const text = await readStateText(stack.source);
  const { resources, ofOtherProviders, otherProviders, types } = parseDeclared(text, stack.region, stack.provider);
  if (resources.length === 0 && !stack.mayBeEmpty) throw nothingIn(stack, { otherProviders, types });
  return { stack, resources: await withConfiguration(stack, resources), ofOtherProviders };
}
async function withConfiguration({ source }, resources) {
  if (!("dir" in source)) return resources;
  const configured = await readConfigured(source.dir);
  return resources.map((resource) => ({
    ...resource,
    ignoresChange: (attribute) => configured.ignoresChange(resource.address, attribute),
    writes: (attribute) => configured.writes(resource.address, attribute)
  }));
}
function nothingIn({ name, provider }, { otherProviders, types }) {
  if (otherProviders.length > 0) {
    return new CommandError(
      `The keys in the state of ${name} belong to another provider: ${otherProviders.join(", ")} instead of ${provider}.`,
      "Name the provider whose resources to compare with --provider, or another stack."
    );
  }
  if (types.length > 0) {
    return new CommandError(
      `The state of ${name} has nothing that drift compares, only ${types.join(", ")}.`,
      'Name another stack, or say that it can be empty: --allow-empty, or "empty: true" in keystead-drift.yaml.'
    );
  }
  return new CommandError(
    `${name} has no state: nothing was applied there, or everything was destroyed.`,
    'Name the directory of an applied stack and its --workspace, after terraform init; or say that it can be empty: --allow-empty, or "empty: true" in keystead-drift.yaml.'
  );
}
function requireDeclaredOnce(read) {
  const declared = /* @__PURE__ */ new Map();
  for (const { stack, resources } of read) {
    for (const resource of resources) {
      const name = `${stack.endpoint} ${nameOf(resource)}`;
      const first = declared.get(name);
      if (nameOf(resource) === "") continue;
      if (first === void 0) declared.set(name, { stack, address: resource.address });
      else if (first.stack !== stack) {
        throw new CommandError(
          `Two states declare the same object: ${first.address} in ${first.stack.name}, and ${resource.address} in ${stack.name}.`,
          "Give one state of each stack. An object that two stacks declare must be removed from the state of one."
        );
      }
    }
  }
}

// control-plane/cli/drift/ways-on/adopted.ts
var NotAdoptable = class extends Error {
};
var regionOf = (arn) => arn.split(":")[3] ?? "";
var at = (id, region) => `${id}@${region}`;
function adoptedKey(key) {
  const metadata = key.KeyMetadata;
  const { KeyId, Arn, Origin = "AWS_KMS", KeyManager, MultiRegionConfiguration: regions } = metadata;
  if (KeyManager === "AWS") {
    throw new NotAdoptable("a service manages this key; refer to it with the data source aws_kms_key");
  }
  const region = regionOf(Arn);
  const isReplica = regions?.MultiRegionKeyType === "REPLICA";
  const isExternal = Origin === "EXTERNAL";
  const type = isReplica ? isExternal ? "aws_kms_replica_external_key" : "aws_kms_replica_key" : isExternal ? "aws_kms_external_key" : "aws_kms_key";
  return {
    type,
    name: nameOfKey(key),
    importId: at(KeyId, region),
    values: {
      region,
      ...isReplica && { primary_key_arn: regions.PrimaryKey.Arn },
      ...metadata.Description && { description: metadata.Description },
      ...type === "aws_kms_key" ? ownMaterial(metadata, key) : importedMaterial(type, metadata),
      ...common(key)
    }
  };
}
function ownMaterial(metadata, { RotationStatus: rotation }) {
  const { KeyUsage, KeySpec, MultiRegion, CustomKeyStoreId, XksKeyConfiguration } = metadata;
  return {
    ...KeyUsage && KeyUsage !== "ENCRYPT_DECRYPT" && { key_usage: KeyUsage },
    ...KeySpec && KeySpec !== "SYMMETRIC_DEFAULT" && { customer_master_key_spec: KeySpec },
    ...MultiRegion && { multi_region: true },
    ...CustomKeyStoreId && { custom_key_store_id: CustomKeyStoreId },
    ...XksKeyConfiguration?.Id && { xks_key_id: XksKeyConfiguration.Id },
    ...!metadata.Enabled && { is_enabled: false },
    ...rotation.KeyRotationEnabled && {
      enable_key_rotation: true,
      ...defined({ rotation_period_in_days: rotation.RotationPeriodInDays })
    }
  };
}
function importedMaterial(type, metadata) {
  const { KeyUsage, KeySpec, MultiRegion, Enabled, KeyState, Origin, ValidTo } = metadata;
  const isPrimary = type === "aws_kms_external_key";
  return {
    ...isPrimary && KeyUsage && KeyUsage !== "ENCRYPT_DECRYPT" && { key_usage: KeyUsage },
    ...isPrimary && KeySpec && KeySpec !== "SYMMETRIC_DEFAULT" && { key_spec: KeySpec },
    ...isPrimary && MultiRegion && { multi_region: true },
    ...KeyState !== "PendingImport" && { enabled: Enabled },
    ...Origin === "EXTERNAL" && ValidTo !== void 0 && { valid_to: new Date(ValidTo * 1e3).toISOString() }
  };
}
function common({ Policy, Tags, DeletionProtection }) {
  const tags = Tags.filter(({ TagKey }) => !TagKey.startsWith("aws:"));
  return {
    ...DeletionProtection && { deletion_protection: true },
    policy: new JsonText(Policy),
    ...tags.length > 0 && { tags: Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey, TagValue])) }
  };
}
function nameOfKey({ Aliases, KeyMetadata: { Description = "", KeyId } }) {
  const [alias] = Aliases.map(({ AliasName }) => AliasName.replace(/^alias\//, ""));
  return alias ?? (Description.trim() !== "" && Description.length <= 40 ? Description : `key_${KeyId.slice(0, 8)}`);
}
function adoptedAlias(aliasName, region, target) {
  if (aliasName.startsWith("alias/aws/")) throw new NotAdoptable("a service manages this alias");
  return {
    type: "aws_kms_alias",
    name: aliasName.replace(/^alias\//, ""),
    importId: at(aliasName, region),
    values: { region, name: aliasName, target_key_id: target }
  };
}
var isPrincipal = (text) => /^(arn:aws[a-z-]*:|([a-z0-9-]+\.){1,4}(amazonaws|amazon)\.com$)/.test(text);
function adoptedGrant(grant, keyId, region, keyReference2) {
  const { GrantId, Name, GranteePrincipal, RetiringPrincipal, Constraints, Operations } = grant;
  const deleted = [GranteePrincipal, RetiringPrincipal].find((text) => text && !isPrincipal(text));
  if (deleted !== void 0) {
    throw new NotAdoptable(`it names ${deleted}, a principal that was deleted; revoke it with keystead drift revert`);
  }
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = Constraints ?? {};
  const constraints = defined({
    encryption_context_equals: EncryptionContextEquals,
    encryption_context_subset: EncryptionContextSubset,
    source_arn: SourceArn
  });
  const grantee = GranteePrincipal ?? grant.GranteeServicePrincipal ?? "grant";
  return {
    type: "aws_kms_grant",
    name: Name || (grantee.split(/[/:]/).at(-1) ?? "grant"),
    importId: at(`${keyId}:${GrantId}`, region),
    values: {
      region,
      key_id: keyReference2,
      ...Name && { name: Name },
      ...defined({ grantee_principal: GranteePrincipal, grantee_service_principal: grant.GranteeServicePrincipal }),
      ...RetiringPrincipal && { retiring_principal: RetiringPrincipal },
      ...defined({ retiring_service_principal: grant.RetiringServicePrincipal }),
      operations: [...Operations].sort()
    },
    ...Object.keys(constraints).length > 0 && { blocks: { constraints: [constraints] } }
  };
}
function adoptedPolicy(key, name, keyReference2) {
  const { KeyId, Arn } = key.KeyMetadata;
  const region = regionOf(Arn);
  return {
    type: "aws_kms_key_policy",
    name,
    importId: at(KeyId, region),
    values: { region, key_id: keyReference2, policy: new JsonText(key.Policy) }
  };
}

// control-plane/cli/drift/ways-on/configuration.ts
async function readConfiguration(dir) {
  const { files } = await readModule(dir);
  const members3 = files.flatMap(({ body }) => body);
  const blocks = new Map(
    members3.filter(({ name }) => name === "resource").map(({ labels, body }) => [labels.join("."), body ?? []])
  );
  const imports = members3.filter(({ name }) => name === "import").flatMap(({ body = [] }) => body.find(({ name }) => name === "id")?.text ?? []);
  return {
    taken: new Set(blocks.keys()),
    imports: new Set(imports),
    files: files.map(({ path }) => path),
    argument: (address, name) => blocks.get(blockOf(address))?.find((member) => member.name === name)?.expression,
    has: (address) => blocks.has(blockOf(address))
  };
}
var blockOf = (address) => address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]$/, "");
function providerOf(configuration, address) {
  const provider = configuration.argument(address, "provider")?.replace(/^"|"$/g, "");
  return defined({ provider });
}

// control-plane/cli/drift/ways-on/edits.ts
function editFor(finding, language) {
  const { address = "", attribute, what, actual } = finding;
  const place = placeOf3(finding);
  if (what === "missing") return whereMissing(finding);
  if (attribute === "primary_region") {
    return {
      what: `the primary key is in ${actual} now: declare it there, and the one of ${address} as a replica (terraform state rm, then import both), or set it back with keystead drift revert`
    };
  }
  const tag = /^tags_all\[(.*)\]$/s.exec(attribute)?.[1];
  if (tag !== void 0) return tagEdit(JSON.parse(tag), actual, place, language);
  const known = argumentOf(address, attribute);
  if (!known) return { what: `${place} has no argument ${attribute}: set it back with keystead drift revert` };
  if (actual === "(sensitive value)") return { what: `in ${place}, set ${attribute} to the value that runs` };
  if (actual === void 0) return { what: `in ${place}, remove ${attribute}` };
  const value = known.equivalence === "policy-document" || isPolicy(attribute, actual) ? new JsonText(String(actual)) : actual;
  return { what: `in ${place}, set`, code: argumentIn(language)(attribute, value) };
}
var argumentIn = (language) => language === "hcl" ? hclArgument : typescriptArgument;
var placeOf3 = ({ address = "", constructPath }) => constructPath === void 0 ? address : `${address} (construct ${constructPath})`;
function argumentOf(address, attribute) {
  const type = /(?:^|\.)((?:aws|kms)_\w+)\.[^.]+$/.exec(address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, ""))?.[1] ?? "";
  const all = resources_exports;
  const found = all[type]?.attributes[attribute];
  return found?.optional || found?.required ? found : void 0;
}
var isPolicy = (attribute, actual) => attribute.endsWith("policy") && typeof actual === "string" && actual.startsWith("{");
function tagEdit(key, actual, place, language) {
  if (actual === void 0) return { what: `in tags of ${place}, remove ${JSON.stringify(key)}` };
  const code = argumentIn(language)("tags", { [key]: show(actual) === '""' ? "" : String(actual) });
  return { what: `in ${place}, add to tags`, code };
}
function whereMissing({ address, attribute, actual, details = [] }) {
  const remove = `remove the block of ${address} from the code`;
  if (attribute !== "key") return { what: remove };
  if (actual === "gone") return { what: `${remove}: the key is gone, and what it encrypted cannot be read any more` };
  const when = details.length > 0 ? ` (${details.join("; ")})` : "";
  return { what: `keep the key with keystead drift revert, or ${remove}: it will be deleted${when}` };
}

// control-plane/cli/drift/ways-on/labels.ts
function takeLabel(type, name, taken) {
  const plain = name.normalize("NFKD").replace(new RegExp("\\p{M}", "gu"), "").toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  const base = /^[a-z]/.test(words) ? words : `${type.replace(/^aws_kms_|^aws_iam_/, "")}${words === "" ? "" : `_${words}`}`;
  for (let number = 1; ; number += 1) {
    const label = number === 1 ? base : `${base}_${number}`;
    if (taken.has(`${type}.${label}`)) continue;
    taken.add(`${type}.${label}`);
    return label;
  }
}

// control-plane/cli/drift/ways-on/adopt.ts
async function adopt(findings, into) {
  const taken = new Set(into.configuration.taken);
  const resources = [];
  const edits = [];
  const rest = [];
  for (const finding of findings) {
    const way = await wayFor(finding, into);
    if (typeof way === "string") rest.push({ finding, why: way });
    else if ("what" in way) edits.push({ ...way, finding });
    else {
      for (const written of named2(way, finding, into, taken)) {
        if (into.configuration.imports.has(written.importId)) {
          rest.push({ finding, why: `an import block for ${written.importId} is there already: run terraform apply` });
        } else if (!resources.some(({ importId, type }) => importId === written.importId && type === written.type)) {
          resources.push(written);
        }
      }
    }
  }
  return { resources, edits, rest };
}
async function wayFor(finding, into) {
  if (finding.what === "changed since the baseline") {
    return "state and reality agree: if it was meant, record that with keystead drift accept";
  }
  if (finding.what === "ignore rule expired") return "give the rule a new date, or remove it";
  try {
    return await (finding.what === "unknown to Terraform" ? unknownWay(finding, into) : declaredWay(finding, into));
  } catch (error) {
    if (error instanceof NotAdoptable) return error.message;
    throw error;
  }
}
async function declaredWay(finding, into) {
  const { address = "", attribute, what, resourceArn, region } = finding;
  const { configuration, resources } = into;
  const resource = resources.find((one) => one.address === address && one.region === region);
  const isOpen = what === "changed" && attribute === "policy" && resource !== void 0 && isKeyType(resource.type) && configuration.has(address) && configuration.argument(address, "policy") === void 0;
  if (!isOpen) return editFor(finding, into.language);
  const key = await into.key(resourceArn, region);
  return { adopted: [adoptedPolicy(key, labelOf(address), keyReference(resource, into))], beside: resource };
}
async function unknownWay(finding, into) {
  const { attribute, resourceArn, region, keyArn, grantId } = finding;
  const behind = keyArn ?? resourceArn;
  const owner = ownerOf(into.elsewhere, behind);
  if (owner !== void 0) return `its key is ${owner.address} of another stack: adopt it there`;
  const resource = ownerOf(into.resources, behind);
  const reference = resource === void 0 ? keyIdOf(behind) : keyReference(resource, into);
  if (attribute === "alias") {
    const name = resourceArn.split(":").slice(5).join(":");
    return { adopted: [adoptedAlias(name, region, reference)], ...resource && { beside: resource } };
  }
  if (attribute === "replica") {
    return { adopted: [adoptedKey(await into.key(resourceArn, region))], ...resource && { beside: resource } };
  }
  if (attribute === "grant") {
    const { Grants } = await into.key(resourceArn, region);
    const grant = Grants.find(({ GrantId }) => GrantId === grantId);
    if (grant === void 0) return "it is gone by now";
    return {
      adopted: [adoptedGrant(grant, keyIdOf(resourceArn), region, reference)],
      ...resource && { beside: resource }
    };
  }
  if (attribute === "key") return wholeKey(await into.key(resourceArn, region), region, into);
  return "this command does not write it: terraform plan -generate-config-out=FILE does, for an import block of yours";
}
function wholeKey(key, region, { resources, elsewhere }) {
  const known = new Set([...resources, ...elsewhere].map(nameOf));
  const { KeyId } = key.KeyMetadata;
  const aliases = key.Aliases.filter(({ AliasName }) => !known.has(`alias ${region}/${AliasName}`));
  const grants = key.Grants.filter(({ GrantId }) => !known.has(`grant ${GrantId}`));
  return {
    adopted: [
      adoptedKey(key),
      ...aliases.map(({ AliasName }) => adoptedAlias(AliasName, region, KeyId)),
      ...grants.map((grant) => adoptedGrant(grant, KeyId, region, KeyId))
    ]
  };
}
function ownerOf(resources, arn) {
  const [, , , region] = arn.split(":");
  const keys = resources.filter(({ type, values }) => isKeyType(type) && keyIdOf(values.key_id) === keyIdOf(arn));
  return keys.find((one) => one.region === region) ?? keys[0];
}
function keyReference({ address, values }, { configuration, language }) {
  const isHere = language === "hcl" && configuration.has(address) && isReferable(address, values);
  return isHere ? new Reference(`${address}.${values.key_id === values.id && /external_key\./.test(address) ? "id" : "key_id"}`) : keyIdOf(values.key_id);
}
var isReferable = (address, values) => values.key_id !== void 0 && !address.startsWith("module.");
var labelOf = (address) => address.replace(/\["?|"?\]/g, "_").split(".").at(-1) ?? address;
function named2({ adopted, beside }, finding, { configuration, language }, taken) {
  const provider = beside === void 0 || language !== "hcl" ? {} : providerOf(configuration, beside.address);
  return adopted.map(({ name, ...resource }, index) => ({
    ...resource,
    ...provider,
    label: takeLabel(resource.type, name, taken),
    comments: index === 0 ? [titleOf(finding), ...madeBy(finding)] : []
  }));
}
var madeBy = ({ cause }) => cause === void 0 ? [] : [`${cause.eventName} by ${cause.principal} at ${cause.time}, request ${cause.requestId}`];

// control-plane/cli/drift/ways-on/chosen-findings.ts
function chosenFindings(findings, ids) {
  const unknown = ids.filter((id) => !findings.some((one) => one.id === id));
  if (unknown.length === 0) return ids.length === 0 ? findings : findings.filter(({ id }) => ids.includes(id));
  throw new CommandError(
    `There is no finding ${unknown.join(", ")} now.`,
    "Take the ids from a report of keystead drift with the same options."
  );
}

// control-plane/cli/drift/ways-on/adopt-command.ts
function adoptCommand(compare) {
  const command = new Command("adopt").description("Write what was made by hand as code with import blocks, into a new file.").argument("[findings...]", "ids from a report; without any, all of them").option("--stack <dir>", "the stack that adopts, where several are compared").option("--into <dir>", 'where the file is written (default: the directory of the stack, "." for TypeScript)').addOption(new Option("--language <language>", "of the file").choices(["hcl", "typescript"]).default("hcl")).addHelpText("after", "\nNothing is overwritten and nothing imported: look at the file, then run terraform plan.");
  return command.action(async (ids) => {
    const options = command.optsWithGlobals();
    const findings = chosenFindings((await compare(options)).findings, ids);
    const { stack, dir, elsewhere } = await stackThatAdopts(options);
    const connection = await connect({ ...options, ...stack.stack });
    const configuration = await readConfiguration(dir);
    const adoption = await adopt(findings, {
      language: options.language,
      resources: stack.resources,
      elsewhere,
      configuration,
      key: async (KeyId, region) => await connection.call("GetKeyConfiguration", { KeyId }, region)
    });
    const into = options.into ?? (options.language === "hcl" ? dir : ".");
    const file = await writeAdopted(adoption, into, options.language);
    console.log(describeAdoption(adoption, file, options.language));
  });
}
async function stackThatAdopts(options) {
  const stacks = await readStacks((await chosenStacks(options)).stacks);
  const dirOf = ({ stack: { source } }) => "dir" in source ? source.dir : void 0;
  const named3 = stacks.filter((one) => options.stack === void 0 ? true : dirOf(one) === options.stack);
  const [stack, ...others] = named3;
  if (stack === void 0 || others.length > 0) {
    throw new CommandError(
      options.stack === void 0 ? `${count(stacks.length, "stack")} are compared; one of them adopts.` : `${options.stack} is not one of the stacks that are compared, or is there with several workspaces.`,
      `Name it as it is compared: --stack with ${stacks.map((one) => dirOf(one) ?? one.stack.name).join(" or ")}.`
    );
  }
  const dir = dirOf(stack) ?? options.into;
  if (dir === void 0) {
    throw new CommandError("The state of the stack comes from a file.", "Say with --into where its configuration is.");
  }
  const elsewhere = stacks.filter((one) => one !== stack).flatMap(({ resources }) => resources);
  return { stack, dir, elsewhere };
}
async function writeAdopted({ resources }, dir, language) {
  if (resources.length === 0) return void 0;
  const text = language === "hcl" ? resources.map(hclOf).join("\n") : typescriptOf(resources, 'Made by hand, and adopted: written by "keystead drift adopt".');
  const ending = language === "hcl" ? "tf" : "ts";
  await mkdir(dir, { recursive: true });
  for (let number = 1; ; number += 1) {
    const path = join3(dir, `adopted${number === 1 ? "" : `-${number}`}.${ending}`);
    try {
      await writeFile(path, text, { flag: "wx" });
      return path;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}
function describeAdoption({ resources, edits, rest }, file, language) {
  if (resources.length + edits.length + rest.length === 0) return "No drift: nothing to adopt.";
  const next = language === "hcl" ? "terraform plan shows the imports; terraform apply carries them out. The import blocks can be removed then." : "Call adopted(stack) in the program; then synthesize and plan. importFrom can be removed after the apply.";
  return [
    ...file === void 0 ? [] : [
      `${file}: ${count(resources.length, "import")}.`,
      ...resources.map(({ type, label, importId }) => `    ${type}.${label} from ${importId}`),
      next
    ],
    ...edits.length === 0 ? [] : ["", "To be changed in the code by hand:"],
    ...edits.flatMap(({ finding, what, code }) => [
      `  ${titleOf(finding)} (${finding.id})`,
      `    ${what}${code === void 0 ? "" : ":"}`,
      ...code === void 0 ? [] : code.split("\n").map((line) => `        ${line}`)
    ]),
    ...rest.length === 0 ? [] : ["", "Not adopted:"],
    ...rest.map(({ finding, why }) => `  ${titleOf(finding)} (${finding.id}): ${why}`)
  ].join("\n");
}

// control-plane/cli/drift/ways-on/commands.ts
function commandsBefore(finding, reach) {
  const { what, attribute, resourceArn, region, actual, declared, keyArn } = finding;
  if (what === "missing" && attribute === "key" && actual !== "gone") {
    const line = aws("cancel-key-deletion", { region, "key-id": resourceArn }, reach);
    return [{ effect: "keeps the key; it is disabled then, and the plan enables it", line }];
  }
  const moved = attribute === "primary_region" && what === "changed" ? { arn: resourceArn, from: String(actual), to: String(declared) } : attribute === "primary_key_arn" && what === "changed" ? { arn: String(keyArn ?? declared), from: regionOf2(String(actual)), to: regionOf2(String(declared)) } : void 0;
  if (moved === void 0) return [];
  const options = { region: moved.from, "key-id": keyIdIn(moved.arn), "primary-region": moved.to };
  return [
    {
      effect: `moves the primary key from ${moved.from} back to ${moved.to}`,
      line: aws("update-primary-region", options, reach)
    }
  ];
}
function commandsFor(finding, reach) {
  const { what, attribute, resourceArn, region, grantId } = finding;
  if (what !== "unknown to Terraform") return [];
  if (attribute === "alias") {
    const options = { region, "alias-name": resourceArn.split(":").slice(5).join(":") };
    return [{ effect: "requests by this name fail from then on", line: aws("delete-alias", options, reach) }];
  }
  if (attribute === "grant") {
    const options = { region, "key-id": resourceArn, "grant-id": grantId ?? "" };
    return [{ effect: "its grantee cannot use the key by it any more", line: aws("revoke-grant", options, reach) }];
  }
  if (attribute !== "replica" && attribute !== "key") return [];
  const disable = aws("disable-key", { region, "key-id": resourceArn }, reach);
  const remove = aws("schedule-key-deletion", { region, "key-id": resourceArn, "pending-window-in-days": "30" }, reach);
  const lost = attribute === "key" ? "what it encrypted cannot be read any more" : "the other Regions keep theirs";
  return [
    { effect: "stops every use, and can be taken back: it stays a finding", line: disable },
    { effect: `DELETES the key after 30 days, until when it can be cancelled: ${lost}`, line: remove }
  ];
}
function commandsForOpen(finding, reach) {
  const { attribute, declared, resourceArn, region } = finding;
  if (typeof declared !== "string" && typeof declared !== "number") return [];
  if (declared === "(sensitive value)") return [];
  const effect = "the code leaves this open, so no plan sets it back";
  const key = { region, "key-id": resourceArn };
  const lines = {
    policy: () => aws("put-key-policy", { ...key, policy: compact(String(declared)) }, reach),
    description: () => aws("update-key-description", { ...key, description: String(declared) }, reach),
    rotation_period_in_days: () => aws("enable-key-rotation", { ...key, "rotation-period-in-days": String(declared) }, reach)
  };
  const line = lines[attribute]?.();
  return line === void 0 ? [] : [{ effect, line }];
}
function aws(operation, options, { endpoint, profile }) {
  const all = {
    ...options,
    ...endpoint !== void 0 && { "endpoint-url": endpoint },
    ...profile !== void 0 && { profile }
  };
  return ["aws kms", operation, ...Object.entries(all).map(([name, value]) => `--${name}=${quoted2(value)}`)].join(" ");
}
var quoted2 = (text) => /^[\w.:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
var regionOf2 = (arn) => arn.split(":")[3] ?? "";
var keyIdIn = (arn) => arn.split("/").at(-1) ?? arn;
function compact(policy) {
  try {
    return JSON.stringify(JSON.parse(policy));
  } catch {
    return policy;
  }
}

// control-plane/cli/drift/ways-on/repair-plan.ts
import { chmod, rm } from "node:fs/promises";
import { resolve as resolve2 } from "node:path";
async function planRepair(source, file, findings) {
  const addresses = new Set(findings.flatMap(({ address }) => address ?? []));
  const changes = await plan(source, file, []);
  const isMore = changes.some(({ address }) => !addresses.has(address));
  if (!isMore) return { file, changes, isTargeted: false };
  const targets = [...addresses].map((address) => `-target=${address}`);
  return { file, changes: await plan(source, file, targets), isTargeted: true };
}
async function plan({ dir, workspace, terraform }, file, targets) {
  const env = workspace === void 0 ? process.env : { ...process.env, TF_WORKSPACE: workspace };
  await terraformIn(terraform, dir, ["plan", "-input=false", "-no-color", `-out=${file}`, ...targets], env);
  await chmod(resolve2(dir, file), 384);
  const shown2 = JSON.parse(await terraformIn(terraform, dir, ["show", "-json", "-no-color", file], env));
  return (shown2.resource_changes ?? []).filter(({ mode, change: { actions } }) => mode === "managed" && !["no-op", "read"].includes(actions.join())).map(({ address, type, change }) => ({ address, type, ...change }));
}
var dropPlan = ({ dir }, file) => rm(resolve2(dir, file), { force: true });
function losesSomething({ type, actions }) {
  const isKey = /^aws_kms_(replica_)?(external_)?key$/.test(type);
  return actions.includes("delete") || isKey && actions.includes("create");
}
function changedArguments({ before, after }) {
  if (before === null || after === null) return [];
  return Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
function repairs(changes, { address, attribute, what }) {
  const change = changes.find((one) => one.address === address);
  if (change === void 0) return false;
  if (what === "missing" || change.actions.includes("create")) return true;
  return changedArguments(change).includes(attribute.replace(/\[.*/s, ""));
}

// control-plane/cli/drift/ways-on/revert-command.ts
var SOMETHING_TO_REVERT = 2;
function revertCommand(compare) {
  const command = new Command("revert").description("Plan what sets the differences back, and print the commands for what no plan reaches.").argument("[findings...]", "ids from a report; without any, all of them").option("--out <file>", "the plan, in the directory of each stack", "drift-revert.tfplan").option("--allow-loss", "also save a plan that destroys something, or makes a new key where another was").addHelpText("after", "\nNothing is changed. Exit codes: 0 nothing to revert, 2 something to revert, 1 error.");
  return command.action(async (ids) => {
    const options = command.optsWithGlobals();
    const findings = chosenFindings((await compare(options)).findings, ids);
    if (findings.length === 0) return console.log("No drift: nothing to revert.");
    process.exitCode = SOMETHING_TO_REVERT;
    const stacks = await readStacks((await chosenStacks(options)).stacks);
    const lines = await linesOf2(findings, stacks, options);
    console.log(lines.join("\n"));
  });
}
async function linesOf2(findings, stacks, { out, allowLoss }) {
  const reach = reachOf(stacks);
  const first = linesBefore(findings, reach);
  if (first.length > 0) {
    return ["First, before anything is planned: run these commands, then keystead drift revert again.", ...first];
  }
  const owned = findings.map((finding) => ({ finding, stack: stackOf2(finding, stacks) }));
  const planned = await Promise.all(
    stacks.map((stack) => {
      const own = owned.flatMap((one) => one.stack === stack ? [one.finding] : []);
      return repairStack(stack, own, { out, allowLoss: allowLoss === true, reach });
    })
  );
  const others = owned.flatMap(({ finding, stack }) => stack === void 0 ? [finding] : []);
  return [...planned.flat(), ...othersLines(others, reach)];
}
function linesBefore(findings, reach) {
  const said = /* @__PURE__ */ new Set();
  return findings.flatMap((finding) => {
    const commands = commandsBefore(finding, reach).filter(({ line }) => !said.has(line));
    for (const { line } of commands) said.add(line);
    return commandLines(finding, commands);
  });
}
function reachOf(stacks) {
  const [first, ...others] = new Set(stacks.map(({ stack: { endpoint } }) => endpoint));
  const [profile] = stacks.map(({ stack }) => stack.profile);
  return first === void 0 || others.length > 0 ? {} : { endpoint: first, ...profile !== void 0 && { profile } };
}
function stackOf2(finding, stacks) {
  if (finding.what !== "changed" && finding.what !== "missing") return void 0;
  const named3 = stacks.filter(({ resources }) => resources.some(({ address }) => address === finding.address));
  return named3.length === 1 ? named3[0] : named3.find(({ resources }) => resources.some((one) => isOf(one, finding)));
}
function isOf({ address, region, values }, finding) {
  if (address !== finding.address || region !== finding.region) return false;
  if (finding.grantId !== void 0 && values.grant_id !== void 0) return values.grant_id === finding.grantId;
  const names = [values.arn, values.key_id, values.id].filter((name) => typeof name === "string");
  return names.some((name) => name === finding.resourceArn || keyIdOf(name) === keyIdOf(finding.resourceArn));
}
async function repairStack({ stack }, findings, { out, allowLoss, reach }) {
  if (findings.length === 0) return [];
  const { source } = stack;
  if (!("dir" in source)) return [`${stack.name} is a file: give the directory of the stack with --dir to plan.`];
  const { file, changes, isTargeted } = await planRepair(source, out, findings);
  const losses = changes.filter(losesSomething);
  if (losses.length > 0 && !allowLoss) {
    await dropPlan(source, out);
    throw new CommandError(
      `The plan for ${stack.name} would lose something, and is not saved: ${losses.map(changeLine).join("; ")}.`,
      "Name the findings to revert without it, correct the code, or accept the loss with --allow-loss."
    );
  }
  const open = findings.filter((one) => !repairs(changes, one));
  if (changes.length === 0) await dropPlan(source, out);
  const planned = changes.length === 0 ? [] : planLines(stack, source.dir, file, changes, isTargeted);
  return [
    ...planned,
    ...open.flatMap((finding) => {
      const commands = commandsForOpen(finding, reach);
      return commands.length > 0 ? commandLines(finding, commands) : leftLines(finding, whyOpen);
    })
  ];
}
var whyOpen = "no plan sets it back: write the value in the code, or look at keystead drift explain";
function planLines({ name }, dir, file, changes, isTargeted) {
  return [
    `${name}: ${file} sets back ${count(changes.length, "resource")}.`,
    ...changes.map((change) => `    ${changeLine(change)}`),
    ...isTargeted ? ["  The code has further changes that were not applied yet: they are not in this plan."] : [],
    `  To apply it: terraform -chdir=${quoted2(dir)} apply ${quoted2(file)}`
  ];
}
function changeLine(change) {
  const { address, actions } = change;
  const verb = actions.length > 1 ? "replaces" : { create: "makes anew", delete: "DESTROYS", forget: "forgets" }[actions[0] ?? ""];
  return verb === void 0 ? `changes ${address}: ${changedArguments(change).join(", ")}` : `${verb} ${address}`;
}
function othersLines(findings, reach) {
  if (findings.length === 0) return [];
  return [
    "What Terraform does not see. Nothing of this was run; choose:",
    ...findings.flatMap((finding) => {
      const commands = commandsFor(finding, reach);
      return commands.length > 0 ? commandLines(finding, commands) : leftLines(finding, whyLeft(finding));
    })
  ];
}
function whyLeft({ what, id }) {
  if (what === "ignore rule expired") return "give the rule a new date, or remove it";
  return what === "changed since the baseline" ? `state and reality agree: keystead drift explain ${id} shows the changes; accept them if they were meant` : `keystead drift explain ${id} shows who made it; there is no command for it here`;
}
function commandLines(finding, commands) {
  if (commands.length === 0) return [];
  return [
    `  ${titleOf(finding)} (${finding.id})`,
    ...commands.flatMap(({ effect, line }) => [`    # ${effect}`, `    ${line}`])
  ];
}
var leftLines = (finding, why) => [
  `  ${titleOf(finding)} (${finding.id})`,
  `    ${why}`
];

// control-plane/cli/drift/further-commands.ts
var alsoTakes = "\nAlso takes --dir, --config, --profile, --baseline and the other options of keystead drift.";
var CHANGE_SEEN = 2;
function furtherCommands(compare) {
  return [acceptCommand(), explainCommand(compare), watchCommand(), adoptCommand(compare), revertCommand(compare)].map(
    (one) => one.addHelpText("after", alsoTakes)
  );
}
function acceptCommand() {
  const command = new Command("accept").description("Record that all changes up to now were meant: the baseline of later runs.").option("--note <text>", "why, for the audit log").option("--by <arns...>", "refuse when another principal made a change since the last baseline");
  return command.action(async () => {
    const {
      baseline = DEFAULT_BASELINE,
      note,
      by,
      ...options
    } = command.optsWithGlobals();
    for (const connection of await connections(options)) {
      const accepted = await acceptChanges(connection, { baseline, ...defined({ note, by }) });
      console.log(accepted.join("\n"));
    }
  });
}
function explainCommand(compare) {
  const command = new Command("explain").description("Print the events behind one finding: every change of its key, with caller and parameters.").argument("<finding>", "its id, from a report");
  return command.action(async (id) => {
    const options = command.optsWithGlobals();
    const finding = requireFinding((await compare(options)).findings, id);
    const all = await Promise.all((await connections(options)).map((one) => eventsBehind(one, finding)));
    console.log([titleOf(finding), "", ...all.flat()].join("\n"));
  });
}
function watchCommand() {
  const command = new Command("watch").description("Follow the change log and tell of each change, until a signal ends it.").option("--interval <seconds>", "between two looks", positive, 2).option("--after <sequence>", "begin after this change (default: with the next one)", whole).option("--except <arns...>", "principals and roles whose changes are not told").option("--webhook <url>", "POST each as JSON whose text Slack shows").option("--once", "end after the first change that is told");
  return command.action(async () => {
    const {
      interval,
      after,
      except = [],
      webhook,
      once = false,
      json,
      ...options
    } = command.optsWithGlobals();
    const [connection, ...others] = await connections(options);
    if (!connection || others.length > 0) {
      throw new CommandError("Only one control plane can be watched.", 'Start one "keystead drift watch" for each.');
    }
    const end = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => end.abort());
    const tell = (told) => console.log(json ? JSON.stringify(told) : told.text);
    const settings = { interval, except, once, ...defined({ after, webhook }) };
    if (await watch(connection, settings, tell, end.signal) > 0) process.exitCode = CHANGE_SEEN;
  });
}
async function connections(options) {
  const stacks = Map.groupBy((await chosenStacks(options)).stacks, controlPlaneOf);
  return Promise.all([...stacks.values()].map(([stack]) => connect({ ...options, ...stack })));
}
function positive(text) {
  const number = Number(text);
  if (number > 0 && number <= 3600) return number;
  throw new InvalidArgumentError("Write seconds, more than 0 and at most 3600.");
}
function whole(text) {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number.");
}

// control-plane/cli/drift/reports/describe.ts
var GROUPS_SHOWN = 40;
var SUBJECTS_SHOWN = 3;
var EXPLANATIONS_SHOWN = 5;
var INDENT = "    ";
var LABEL_WIDTH = 10;
function describeComparison(comparison, terminal) {
  const { findings } = comparison;
  if (findings.length === 0) return [clean(comparison), ...leftOut(comparison)].join("\n");
  const groups = terminal.all ? findings.map((one) => ({ severity: one.severity, findings: [one] })) : groupsOf(findings);
  const shown2 = terminal.all ? groups : groups.slice(0, GROUPS_SHOWN);
  const hidden = groups.slice(shown2.length).reduce((sum, group) => sum + group.findings.length, 0);
  return [
    head(comparison, terminal),
    ...shown2.flatMap((group, index) => [
      ...group.severity === shown2[index - 1]?.severity ? [] : [heading(group.severity, terminal)],
      describeGroup(group, terminal)
    ]),
    ...hidden === 0 ? [] : [`… and ${count(hidden, "more difference")}; --all shows every one.`],
    ...leftOut(comparison)
  ].join("\n\n");
}
function clean({ resources }) {
  return resources === 0 ? "Nothing to compare: the states have no resources, as --allow-empty accepts." : `No drift: ${count(resources, "declared resource")} compared, all as declared.`;
}
function head({ resources, findings }, terminal) {
  const compared = `${count(resources, "declared resource")} compared`;
  const counts = countsOf(findings).map(([severity, number]) => `${number} ${severity}`);
  const explained = explanationsOf(findings).slice(0, EXPLANATIONS_SHOWN).map(explanationLine);
  return [
    paint(`Drift: ${count(findings.length, "difference")} (${compared}).`, "bold", terminal),
    `${counts.join(", ")}.`,
    ...explained
  ].join("\n");
}
function leftOut(comparison) {
  const { ofOtherProviders: number, notes, baselines, ignored } = comparison;
  return [
    ...incrementalLine(comparison),
    ...baselines.map(({ name, time, principal }) => `Compared with the baseline ${name} of ${time}, by ${principal}.`),
    ...ignored === 0 ? [] : [`${count(ignored, "difference")} left out by rules.`],
    ...notes,
    ...number === 0 ? [] : [`${count(number, "resource")} of another provider left out; --provider names the one to compare.`]
  ];
}
function incrementalLine({ incremental: of }) {
  if (of === void 0) return [];
  if ("wholeBecause" in of) return [`Everything was compared: ${of.wholeBecause}.`];
  return [
    `Went on from the last report: ${count(of.changes, "change")} since then, ${count(of.keysRead, "key")} read.`
  ];
}
var heading = (severity, terminal) => paint(severity.toUpperCase(), colours[severity], terminal);
function describeGroup({ findings }, terminal) {
  const [first] = findings;
  if (findings.length === 1) return describeFinding(first, terminal);
  const subjects = findings.map(({ address, resourceArn }) => address ?? resourceArn);
  const others = subjects.length - SUBJECTS_SHOWN;
  const lines = linesOf(first);
  const same = findings.filter((one) => JSON.stringify(linesOf(one)) === JSON.stringify(lines)).length;
  const example = same === findings.length ? "all alike" : `an example; ${same} of ${findings.length} are like this one`;
  return [
    paint(`${first.attribute.replace(/\[.*/s, "")} ${whatOf(first)}, ${findings.length} times`, "bold", terminal),
    ...print([{ label: "of", text: `${subjects.slice(0, SUBJECTS_SHOWN).join(", ")}, and ${others} more` }], terminal),
    ...print([...lines, { label: "", text: `(${example})` }, ...whoLines(first)], terminal)
  ].join("\n");
}
function describeFinding(finding, terminal) {
  const lines = [...linesOf(finding), ...whoLines(finding), { label: "finding", text: finding.id }];
  return [paint(titleOf(finding), "bold", terminal), ...print(lines, terminal)].join("\n");
}
function print(lines, { width }) {
  return lines.flatMap(({ label, text }) => {
    const lead = label === "" ? INDENT : INDENT + label.padEnd(LABEL_WIDTH);
    const [first = "", ...rest] = wrap(text, width === void 0 ? void 0 : width - lead.length);
    return [lead + first, ...rest.map((line) => " ".repeat(lead.length) + line)];
  });
}
function wrap(text, width) {
  if (width === void 0) return [text];
  const lines = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== void 0 && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
var codes = { bold: 1, red: 31, yellow: 33, magenta: 35, dim: 2 };
var colours = {
  "access gained": "red",
  "protection lost": "red",
  "data at risk": "magenta",
  "use lost": "yellow",
  cosmetic: "dim"
};
function paint(text, style2, { colour }) {
  return colour ? `\x1B[${codes[style2]}m${text}\x1B[0m` : text;
}

// control-plane/cli/drift/reports/html.ts
var style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
section, li { margin: 1rem 0 } h3 { margin: 0; overflow-wrap: anywhere } dl { display: grid; grid-template-columns: 7rem 1fr; margin: 0 }
dd { margin: 0; overflow-wrap: anywhere } time { font-variant-numeric: tabular-nums } .severity { font-weight: 600 }
`.trim();
function htmlReport(comparison) {
  const { findings, resources, notes } = comparison;
  const title = findings.length === 0 ? "No drift" : `Drift: ${count(findings.length, "difference")}`;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<meta name="viewport" content="width=device-width"><title>${escapeXml(title)}</title><style>${style}</style></head><body>`,
    `<h1>${escapeXml(title)}</h1><p>${count(resources, "declared resource")} compared.</p>`,
    list2([...countsOf(findings).map(([severity, number]) => `${number} ${severity}`), ...notes]),
    list2(explanationsOf(findings).slice(0, 10).map(explanationLine)),
    ...timeline(findings),
    ...findings.length === 0 ? [] : ["<h2>Differences</h2>"],
    ...findings.map(section),
    "</body></html>"
  ].join("\n");
}
var list2 = (lines) => lines.length === 0 ? "" : `<ul>${lines.map((line) => `<li>${escapeXml(line)}</li>`).join("")}</ul>`;
function timeline(findings) {
  const caused = findings.filter(({ cause }) => cause !== void 0);
  const requests = [...Map.groupBy(caused, ({ cause }) => cause?.requestId ?? "").values()];
  const entries = requests.flatMap((alike) => alike[0]?.cause ? [{ cause: alike[0].cause, alike }] : []).sort((a, b) => a.cause.time.localeCompare(b.cause.time)).map(({ cause: { time, eventName, principal }, alike }) => {
    const links = alike.map((one) => `<a href="#${escapeXml(one.id)}">${escapeXml(one.address ?? one.resourceArn)}</a>`).join(", ");
    return `<li><time>${escapeXml(time)}</time> ${escapeXml(eventName)} by ${escapeXml(principal)}: ${links}</li>`;
  });
  return entries.length === 0 ? [] : ["<h2>Timeline</h2>", `<ol>${entries.join("\n")}</ol>`];
}
function section(finding) {
  const lines = [...linesOf(finding), ...whoLines(finding)];
  const rows = lines.map(({ label, text: value }) => `<dt>${escapeXml(label)}</dt><dd>${escapeXml(value)}</dd>`).join("");
  return [
    `<section id="${escapeXml(finding.id)}"><h3>${escapeXml(titleOf(finding))}</h3>`,
    `<p class="severity">${escapeXml(finding.severity)}</p><dl>${rows}</dl></section>`
  ].join("");
}

// control-plane/cli/drift/reports/junit.ts
function junitReport({ findings, resources }) {
  const passed = `  <testcase classname="keystead drift" name="${count(resources, "declared resource")} compared"/>`;
  const cases = findings.length === 0 ? [passed] : findings.map(caseOf);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="keystead drift" tests="${cases.length}" failures="${findings.length}" errors="0">`,
    ...cases,
    "</testsuite>"
  ].join("\n");
}
function caseOf(finding) {
  const lines = [...linesOf(finding), ...whoLines(finding)].map(({ label, text }) => `${label} ${text}`.trim());
  return [
    `  <testcase classname="${escapeXml(finding.severity)}" name="${escapeXml(titleOf(finding))}">`,
    `    <failure message="${escapeXml(finding.severity)}">${escapeXml(lines.join("\n"))}</failure>`,
    "  </testcase>"
  ].join("\n");
}

// control-plane/cli/drift/reports/sarif.ts
var levels = {
  "access gained": "error",
  "protection lost": "error",
  "data at risk": "error",
  "use lost": "warning",
  cosmetic: "note"
};
function sarifReport({ findings }) {
  const rules = severities.map((severity) => ({
    id: ruleOf2(severity),
    shortDescription: { text: `Drift: ${severity}` },
    defaultConfiguration: { level: levels[severity] }
  }));
  const run = {
    tool: { driver: { name: "keystead drift", rules } },
    columnKind: "utf16CodeUnits",
    results: findings.map(resultOf)
  };
  return JSON.stringify(
    { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] },
    null,
    2
  );
}
var ruleOf2 = (severity) => severity.replaceAll(" ", "-");
function resultOf(finding) {
  const { id, severity, address, resourceArn } = finding;
  const lines = [...linesOf(finding), ...whoLines(finding)].map(({ label, text }) => `${label} ${text}`.trim());
  return {
    ruleId: ruleOf2(severity),
    ruleIndex: severities.indexOf(severity),
    level: levels[severity],
    message: { text: [titleOf(finding), ...lines].join("\n") },
    locations: [{ logicalLocations: [{ fullyQualifiedName: address ?? resourceArn, kind: "resource" }] }],
    partialFingerprints: { "keysteadFinding/v1": id }
  };
}

// control-plane/cli/drift/reports/formats.ts
var FORMAT_VERSION = "1.0";
var jsonReport = (comparison) => JSON.stringify({ formatVersion: FORMAT_VERSION, ...comparison }, null, 2);
var formats = {
  json: jsonReport,
  sarif: sarifReport,
  junit: junitReport,
  markdown: markdownReport,
  html: htmlReport
};

// control-plane/cli/drift/reports/write.ts
import { writeFile as writeFile2 } from "node:fs/promises";
function requireReports(wanted = []) {
  return wanted.map((text) => {
    const [, name = "", file = ""] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
    const format = Object.hasOwn(formats, name) ? formats[name] : void 0;
    if (format) return { format, file };
    const names = Object.keys(formats).join(", ");
    throw new CommandError(
      `--report: "${text}" does not name a report.`,
      `Write FORM=FILE, with ${names} as the form.`
    );
  });
}
async function writeReports(reports, comparison) {
  for (const { format, file } of reports) {
    await writeFile2(file, `${format(comparison)}
`).catch((error) => {
      throw new CommandError(`${file} cannot be written: ${error.message}.`, "Name another file with --report.");
    });
  }
}

// control-plane/cli/drift/states/configuration-files.ts
import { createHash as createHash3 } from "node:crypto";
import { readdir as readdir2, readFile as readFile4 } from "node:fs/promises";
import { join as join4 } from "node:path";
async function digestOfConfiguration({ source }) {
  if (!("dir" in source)) return [];
  const { dir } = source;
  const text = await readFile4(join4(dir, ".terraform/modules/modules.json"), "utf8").catch(() => "{}");
  const { Modules = [] } = JSON.parse(text);
  const dirs = [.../* @__PURE__ */ new Set([dir, ...Modules.map((module) => join4(dir, module.Dir))])].sort();
  return (await Promise.all(dirs.map(digestsIn))).flat();
}
async function digestsIn(dir) {
  const names = (await readdir2(dir).catch(() => [])).filter((name) => /\.(tf|tf\.json|tofu)$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const digest = createHash3("sha256").update(await readFile4(join4(dir, name)));
      return `${name} ${digest.digest("base64url")}`;
    })
  );
}

// control-plane/cli/drift/drift.ts
var DRIFT_FOUND = 2;
function driftCommand() {
  const command = withConnectionOptions(
    new Command("drift").description("Compare what Terraform declares with what runs, and name who changed it.")
  ).option("--dir <dirs...>", 'directories of applied stacks; all their states count as declared (default: ".")').option("--workspace <names...>", "workspaces of each directory").option("--state <files...>", 'outputs of "terraform show -json"; - reads standard input').option(
    "--config <file>",
    "stacks with their endpoints and profiles (default: keystead-drift.yaml, if it is there)"
  ).option("--profile <name>", "profile of the shared files of AWS to sign with").option("--allow-empty", "a stack without resources is not an error").addOption(
    new Option("--terraform <binary>", "Terraform or OpenTofu").env("TERRAFORM_BINARY_NAME").default("terraform")
  ).option("--provider <source>", "source address of the provider whose resources to compare", "keystead/aws").addOption(
    new Option("--ignore-tags <keys>", "tags to leave out, as in the provider's ignore_tags: a,b").env("TF_AWS_IGNORE_TAGS_KEYS").default("")
  ).addOption(
    new Option("--ignore-tag-prefixes <prefixes>", "tags to leave out, by the beginning of their keys: a,b").env("TF_AWS_IGNORE_TAGS_KEY_PREFIXES").default("")
  ).option("--baseline <name>", 'also report every change since this baseline (default: "default", if there is one)').option("--unmanaged", "also report keys that no state declares, in the Regions of those that are declared").option("--report <files...>", "also write reports: json=, sarif=, junit=, markdown= or html=FILE").option("--publish <stack>", "also keep the report in the control plane, under this name of the stack").option("--incremental", "go on from the report that was published last: read only what changed since then").option("--all", "print every difference by itself").option("--json", "print findings as one JSON document").addHelpText("after", "\nExit codes: 0 no drift, 2 drift, 1 error. Nothing is changed.");
  for (const further of furtherCommands(compareChosen)) command.addCommand(further);
  return command.action(async () => {
    const options = command.opts();
    const reports = requireReports(options.report);
    const comparison = await compareChosen(options, keepsReports(options));
    await writeReports(reports, comparison);
    console.log(options.json ? jsonReport(comparison) : describeComparison(comparison, terminalOf(options)));
    if (comparison.findings.length > 0) process.exitCode = DRIFT_FOUND;
  });
}
function keepsReports({ publish: stackName, incremental }) {
  if (stackName !== void 0) requireStackName(stackName);
  else if (incremental) {
    throw new CommandError(
      "--incremental goes on from a published report, and --publish is missing.",
      "Give --publish STACK in every run."
    );
  }
  return stackName !== void 0;
}
async function compareChosen(options, keeps = false) {
  const { stacks, complete, ignore } = await chosenStacks(options);
  const extent = { ...options, complete: complete || options.unmanaged === true, rules: ignore };
  const read = await readStacks(stacks);
  const keeping = keeps ? await keepingOf(read, extent) : void 0;
  return compareStacks(read, { ...extent, ...defined({ keeping }) }, { ignoresTag: ignoredTags(options) });
}
var presentation = /* @__PURE__ */ new Set([
  "json",
  "all",
  "report",
  "publish",
  "incremental",
  "rules",
  "progress"
]);
async function keepingOf(read, options) {
  const controlPlanes = new Set(read.map(({ stack }) => controlPlaneOf(stack)));
  if (controlPlanes.size > 1) {
    throw new CommandError(
      "--publish: the stacks have several control planes, and each keeps the reports of its own stacks.",
      'Run "keystead drift" for each control plane, with stacks of that one.'
    );
  }
  const { publish: stackName = "", incremental: isIncremental = false } = options;
  const named3 = Object.entries(options).filter(([name]) => !presentation.has(name));
  const configurations = await Promise.all(read.map(({ stack }) => digestOfConfiguration(stack)));
  return {
    stackName,
    isIncremental,
    inputs: [named3, read.map(inputsOf), configurations],
    publish: async (connection, comparison, memory) => {
      const number = await publish(connection, stackName, comparison, jsonReport, memory);
      console.error(`keystead: published as report ${number} of ${stackName}`);
    }
  };
}
var inputsOf = ({ stack, resources }) => [
  stack,
  resources.map((resource) => ({ ...resource, sensitive: [...resource.sensitive] }))
];
function terminalOf({ all }) {
  const { isTTY, columns } = process.stdout;
  return { colour: Boolean(isTTY) && !process.env.NO_COLOR, width: isTTY ? columns : void 0, all: all === true };
}
function ignoredTags({ ignoreTags, ignoreTagPrefixes }) {
  const listed = (text) => text === "" ? [] : text.split(",").map((part) => part.trim());
  const [keys, prefixes] = [new Set(listed(ignoreTags)), listed(ignoreTagPrefixes)];
  return (key) => keys.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}
export {
  driftCommand
};
