import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  CommandError
} from "./part-K2DAL35S.js";
import {
  iamValues,
  keySpecs,
  values
} from "./part-DR5M3JVV.js";
import {
  limits
} from "./part-XHY5IHGK.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import {
  __export
} from "./part-J52KMMNH.js";

// control-plane/cli/terraform/module.ts
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

// control-plane/cli/terraform/body.ts
var UnreadableFile = class extends Error {
};

// control-plane/cli/terraform/hcl.ts
var IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
var HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;
function parseHcl(source) {
  return new Reader(source.replace(/^\uFEFF/, "")).body(void 0);
}
var closing = { "(": ")", "[": "]", "{": "}" };
var Reader = class {
  at = 0;
  lines = 1;
  counted = 0;
  source;
  constructor(source) {
    this.source = source;
  }
  /** Members up to `end`, which is read, or up to the end of the file. */
  body(end) {
    const members2 = [];
    for (; ; ) {
      this.skipSpace("lines too");
      if (this.at >= this.source.length) {
        if (end !== void 0) throw this.fault(`expected "${end}"`);
        return members2;
      }
      if (this.source[this.at] === end) {
        this.at += 1;
        return members2;
      }
      members2.push(this.member());
    }
  }
  member() {
    const line = this.line();
    const name = this.match(IDENTIFIER);
    if (name === void 0) throw this.fault("expected the name of an argument or a block");
    this.skipSpace("in the line");
    if (this.source[this.at] === "=" && this.source[this.at + 1] !== "=") {
      this.at += 1;
      const expression = withoutComments(this.expression()).trim();
      return { name, labels: [], line, body: void 0, text: literalText(expression), expression };
    }
    return { name, labels: this.labels(), line, body: this.body("}"), text: void 0, expression: "" };
  }
  /** Up to the brace that opens the block, which is read. */
  labels() {
    const labels = [];
    for (; ; ) {
      this.skipSpace("in the line");
      const char = this.source[this.at];
      if (char === "{") {
        this.at += 1;
        return labels;
      }
      const start = this.at;
      if (char === '"') {
        this.skipQuoted();
        labels.push(this.source.slice(start + 1, this.at - 1));
      } else {
        const label = this.match(IDENTIFIER);
        if (label === void 0) throw this.fault('expected "{" or a label of the block');
        labels.push(label);
      }
    }
  }
  /** Up to the end of the line, or to the brace that closes a block in one line. */
  expression() {
    const start = this.at;
    this.skipExpression((char) => char === "\n" || char === "}");
    return this.source.slice(start, this.at);
  }
  skipExpression(ends) {
    while (this.at < this.source.length) {
      const char = this.source[this.at] ?? "";
      if (ends(char)) return;
      if (this.skipComment() || this.match(HEREDOC, (tag) => this.skipHeredoc(tag)) !== void 0) continue;
      if (char === '"') this.skipQuoted();
      else if (closing[char] !== void 0) this.skipBracketed(closing[char]);
      else this.at += 1;
    }
  }
  /** From an opening bracket to behind the one that closes it; inside, lines do not end anything. */
  skipBracketed(close) {
    const opened = this.at;
    this.at += 1;
    this.skipExpression((char) => char === close);
    if (this.at >= this.source.length) throw this.fault(`expected "${close}"`, opened);
    this.at += 1;
  }
  /** A quoted template: `${` begins an expression, `$${` does not. */
  skipQuoted() {
    const opened = this.at;
    this.at += 1;
    while (this.source[this.at] !== '"') {
      if (this.at >= this.source.length || this.source[this.at] === "\n") throw this.fault('expected "', opened);
      this.skipTemplatePart();
    }
    this.at += 1;
  }
  skipTemplatePart() {
    const two = this.source.slice(this.at, this.at + 2);
    if (two[0] === "\\" || two === "$$" || two === "%%") this.at += 2;
    else if (two === "${" || two === "%{") {
      this.at += 1;
      this.skipBracketed("}");
    } else this.at += 1;
  }
  /** Lines up to the one that has the tag alone. */
  skipHeredoc(tag) {
    const end = new RegExp(`^[ \\t]*${tag}[ \\t]*\\r?$`, "my");
    while (this.at < this.source.length) {
      end.lastIndex = this.at;
      const newline = this.source.indexOf("\n", this.at);
      const next = newline < 0 ? this.source.length : newline;
      if (end.test(this.source)) {
        this.at = next;
        return;
      }
      this.at = next + 1;
    }
    throw this.fault(`expected ${tag}`);
  }
  skipSpace(how) {
    const space = how === "lines too" ? /\s/ : /[ \t\r]/;
    while (this.at < this.source.length) {
      if (space.test(this.source[this.at] ?? "")) this.at += 1;
      else if (!this.skipComment()) return;
    }
  }
  skipComment() {
    const two = this.source.slice(this.at, this.at + 2);
    if (two[0] !== "#" && two !== "//" && two !== "/*") return false;
    const end = this.source.indexOf(two === "/*" ? "*/" : "\n", this.at + (two === "/*" ? 2 : 0));
    if (two === "/*" && end < 0) throw this.fault("expected */");
    this.at = end < 0 ? this.source.length : end + (two === "/*" ? 2 : 0);
    return true;
  }
  /** The text that the pattern finds here; its group, where it has one, goes to `then`. */
  match(pattern, then) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found === null) return void 0;
    this.at = pattern.lastIndex;
    then?.(found[1] ?? "");
    return found[0];
  }
  /** Counted on from the member before. */
  line() {
    for (; this.counted < this.at; this.counted += 1) if (this.source[this.counted] === "\n") this.lines += 1;
    return this.lines;
  }
  fault(what, at = this.at) {
    return new UnreadableFile(`line ${this.source.slice(0, at).split("\n").length}: ${what}`);
  }
};
function withoutComments(expression) {
  return expression.replace(
    /"(?:[^"\\]|\\.)*"|#.*|\/\/.*|\/\*[\s\S]*?\*\//g,
    (part) => part.startsWith('"') ? part : ""
  );
}
function literalText(expression) {
  return /^"([^"\\$%]*)"$/.exec(expression)?.[1];
}

// control-plane/cli/terraform/tf-json.ts
var labelCounts = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  list: 2,
  action: 2,
  provider: 1,
  module: 1,
  terraform: 0
};
function parseTerraformJson(source) {
  let parsed;
  try {
    parsed = JSON.parse(source.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UnreadableFile(error.message);
  }
  return objects(parsed).flatMap(
    (file) => Object.entries(file).flatMap(([name, value]) => labelled(name, [], value, labelCounts[name] ?? 0))
  );
}
function labelled(name, labels, value, left) {
  if (left === 0) return objects(value).map((object) => block(name, labels, object));
  return objects(value).flatMap(
    (object) => Object.entries(object).flatMap(([label, inner]) => labelled(name, [...labels, label], inner, left - 1))
  );
}
function members(object) {
  return Object.entries(object).flatMap(([name, value]) => {
    if (name === "//") return [];
    if (name === "dynamic") return labelled("dynamic", [], value, 1);
    const inner = objects(value);
    return inner.length > 0 ? inner.map((item) => block(name, [], item)) : [argument(name, value)];
  });
}
var block = (name, labels, object) => ({
  name,
  labels,
  line: void 0,
  body: members(object),
  text: void 0,
  expression: JSON.stringify(object)
});
var argument = (name, value) => ({
  name,
  labels: [],
  line: void 0,
  body: void 0,
  text: typeof value === "string" && !/[$%]\{/.test(value) ? value : void 0,
  expression: JSON.stringify(value)
});
function objects(value) {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === "object" && item !== null && !Array.isArray(item)) ? list : [];
}

// control-plane/cli/terraform/module.ts
async function readModule(directory) {
  const names2 = await readdir(directory).catch((error) => {
    throw new CommandError(`${directory} cannot be read: ${error.message}.`, "Name a directory with .tf files.");
  });
  const wanted = names2.filter((name) => /\.(tf|tofu)(\.json)?$/.test(name) && !/^[.#]/.test(name)).sort();
  return { directory, files: await Promise.all(wanted.map((name) => readConfiguration(join(directory, name)))) };
}
async function readConfiguration(path2) {
  try {
    const source = await readFile(path2, "utf8");
    return { path: path2, body: path2.endsWith(".json") ? parseTerraformJson(source) : parseHcl(source) };
  } catch (error) {
    const hint = error instanceof UnreadableFile ? 'Let "terraform fmt" say more.' : "Check the file and its permissions.";
    throw new CommandError(`${path2} cannot be read: ${error.message}.`, hint);
  }
}
async function readModules(root) {
  const installed = await installedModules(root);
  const found = /* @__PURE__ */ new Map();
  const notInstalled = [];
  const waiting = [root, ...installed.values()];
  for (let directory = waiting.shift(); directory !== void 0; directory = waiting.shift()) {
    if (found.has(resolve(directory))) continue;
    const module = await readModule(directory);
    found.set(resolve(directory), module);
    for (const call of callsOf(module)) {
      const source = textOf(call.body, "source") ?? "";
      if (/^\.\.?\//.test(source)) waiting.push(join(directory, source));
      else if (directory === root && !installed.has(call.labels[0] ?? "")) {
        notInstalled.push(`${call.labels[0]} (${source})`);
      }
    }
  }
  return { modules: [...found.values()], notInstalled };
}
async function installedModules(root) {
  const text = await readFile(join(root, ".terraform/modules/modules.json"), "utf8").catch(() => "{}");
  const { Modules = [] } = JSON.parse(text);
  return new Map(Modules.filter(({ Key }) => Key !== "").map(({ Key, Dir }) => [Key, join(root, Dir)]));
}
var callsOf = ({ files }) => files.flatMap(({ body }) => body.filter(({ name }) => name === "module"));
function textOf(body, name) {
  return body?.find((member) => member.name === name)?.text;
}

// provider-schema/resources/index.ts
var resources_exports = {};
__export(resources_exports, {
  aws_iam_access_key: () => awsIamAccessKey,
  aws_iam_group: () => awsIamGroup,
  aws_iam_group_membership: () => awsIamGroupMembership,
  aws_iam_group_policy: () => awsIamGroupPolicy,
  aws_iam_group_policy_attachment: () => awsIamGroupPolicyAttachment,
  aws_iam_openid_connect_provider: () => awsIamOpenidConnectProvider,
  aws_iam_policy: () => awsIamPolicy,
  aws_iam_policy_attachment: () => awsIamPolicyAttachment,
  aws_iam_role: () => awsIamRole,
  aws_iam_role_policy: () => awsIamRolePolicy,
  aws_iam_role_policy_attachment: () => awsIamRolePolicyAttachment,
  aws_iam_service_linked_role: () => awsIamServiceLinkedRole,
  aws_iam_user: () => awsIamUser,
  aws_iam_user_policy: () => awsIamUserPolicy,
  aws_iam_user_policy_attachment: () => awsIamUserPolicyAttachment,
  aws_kms_alias: () => awsKmsAlias,
  aws_kms_ciphertext: () => awsKmsCiphertext,
  aws_kms_custom_key_store: () => awsKmsCustomKeyStore,
  aws_kms_external_key: () => awsKmsExternalKey,
  aws_kms_grant: () => awsKmsGrant,
  aws_kms_key: () => awsKmsKey,
  aws_kms_key_policy: () => awsKmsKeyPolicy,
  aws_kms_replica_external_key: () => awsKmsReplicaExternalKey,
  aws_kms_replica_key: () => awsKmsReplicaKey,
  kms_data_key_without_plaintext: () => kmsDataKeyWithoutPlaintext
});

// provider-schema/attributes.ts
var stableString = (description) => ({
  type: "string",
  description,
  computed: true,
  stable: true,
  refinement: { notNull: true }
});
var stableArn = (description) => ({
  ...stableString(description),
  refinement: { notNull: true, prefix: "arn:" }
});
var computedString = (description) => ({
  type: "string",
  description,
  computed: true
});
var id = (description) => ({
  ...stableString(description),
  optional: true
});
var region = {
  type: "string",
  description: "Region the object is in. Defaults to the region of the provider configuration.",
  optional: true,
  computed: true,
  stable: true,
  forcesReplacement: true
};
var dataRegion = {
  type: "string",
  description: "Region to read from. Defaults to the region of the provider configuration.",
  optional: true,
  computed: true
};
var bypassPolicyLockoutSafetyCheck = {
  type: "bool",
  description: "Whether to accept a policy that does not let the caller change it again. Used when the policy is put.",
  optional: true,
  computed: true,
  default: false
};
var deletionWindow = {
  type: "number",
  description: `Days the key waits before it is deleted, ${limits.pendingWindowInDays.min} to ${limits.pendingWindowInDays.max}. Used on destroy.`,
  optional: true,
  validators: [{ check: "range", min: limits.pendingWindowInDays.min, max: limits.pendingWindowInDays.max }]
};
var dataId = (description) => ({
  type: "string",
  description,
  optional: true,
  computed: true
});
var dataTags = {
  type: ["map", "string"],
  description: "Tags, without those that ignore_tags hides.",
  optional: true,
  computed: true
};
var optionalPolicy = {
  type: "string",
  description: "Key policy, a JSON document. Absent: the default policy at first, which lets policies of the account decide; later, the one in force.",
  optional: true,
  computed: true,
  stable: true,
  equivalence: "policy-document",
  validators: [{ check: "json" }]
};
var tags = {
  type: ["map", "string"],
  description: "Tags of the key. They overwrite those with the same name in default_tags of the provider.",
  optional: true,
  hideable: true
};
var tagsAll = {
  type: ["map", "string"],
  description: "All tags of the key, including those from default_tags.",
  optional: true,
  computed: true
};
var adoptPendingDeletion = {
  type: "string",
  own: true,
  description: "Id or ARN of a key that waits for its deletion: create cancels the deletion and manages this key instead of a new one. Used on create only.",
  optional: true,
  validators: [{ check: "key-id-or-arn" }]
};
var deletionProtection = {
  type: "bool",
  own: true,
  description: "Whether the key is protected from deletion: plans that destroy or replace it are refused, and so is its deletion by other clients. Default false.",
  optional: true
};
var constructPath = {
  type: "string",
  own: true,
  description: "Path of the CDK construct that declares the key, such as stack/orders/key. It is kept in the state alone, and named when a plan is refused that destroys or replaces the protected key.",
  optional: true,
  inState: true,
  validators: [{ check: "length", max: 2048 }]
};
var primaryKeyArn = {
  type: "string",
  description: "ARN of the primary key, which is in another Region.",
  required: true,
  forcesReplacement: true,
  validators: [{ check: "arn" }]
};
var descriptionLength = { check: "length", min: 0, max: 8192 };
var keySpecNames = Object.keys(keySpecs);
var keyUsages = [
  "ENCRYPT_DECRYPT",
  "SIGN_VERIFY",
  "GENERATE_VERIFY_MAC",
  "KEY_AGREEMENT",
  "ENCAPSULATE_DECAPSULATE"
];
var keyStates = [
  "Creating",
  "Enabled",
  "Disabled",
  "PendingDeletion",
  "PendingImport",
  "PendingReplicaDeletion",
  "Unavailable",
  "Updating"
];
var base64 = {
  check: "pattern",
  pattern: "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
  meaning: "standard base64"
};
function writeOnly(name, subject, rules) {
  const own = defined({ own: rules.own });
  const value = {
    type: "string",
    description: `${subject} It is never stored. Needs Terraform or OpenTofu 1.11 or newer.`,
    optional: true,
    writeOnly: true,
    requiredWith: [`${name}_wo_version`],
    ...own,
    ...rules.value
  };
  const version = {
    type: "string",
    description: `Any text that stands for the value of ${name}_wo. Changing it ${rules.change}.`,
    optional: true,
    requiredWith: [`${name}_wo`],
    ...own,
    ...rules.version
  };
  return { [`${name}_wo`]: value, [`${name}_wo_version`]: version };
}
var externalKeyAttributes = {
  deletion_window_in_days: { ...deletionWindow, computed: true, default: limits.pendingWindowInDays.default },
  description: {
    type: "string",
    description: "Description of the key.",
    optional: true,
    validators: [descriptionLength]
  },
  enabled: {
    type: "bool",
    description: "Whether the key can be used. A key that gets key material and leaves this out ends up disabled.",
    optional: true,
    computed: true
  },
  expiration_model: computedString(
    "KEY_MATERIAL_EXPIRES, KEY_MATERIAL_DOES_NOT_EXPIRE, or empty while there is no key material."
  ),
  key_material_base64: {
    type: "string",
    description: "Key material to import, in base64. It is stored in the state; key_material_base64_wo is not.",
    optional: true,
    sensitive: true,
    forcesReplacement: true,
    validators: [base64],
    writeOnlyVersion: "key_material_base64_wo_version"
  },
  ...writeOnly("key_material_base64", "Key material to import, in base64.", {
    change: "replaces the key",
    own: true,
    value: { validators: [base64], conflictsWith: ["key_material_base64"] },
    version: { forcesReplacement: true }
  }),
  key_state: computedString("State of the key."),
  valid_to: {
    type: "string",
    description: "When the key material expires, RFC 3339, for example 2027-01-01T00:00:00Z. Absent: never.",
    optional: true,
    equivalence: "time",
    validators: [{ check: "time" }]
  }
};
var keyFilters = {
  key_spec: {
    type: "string",
    description: "Key spec of the key.",
    optional: true,
    validators: [{ check: "one-of", values: keySpecNames }]
  },
  key_state: {
    type: "string",
    description: "State of the key, such as Enabled.",
    optional: true,
    validators: [{ check: "one-of", values: keyStates }]
  },
  tags: { type: ["map", "string"], description: "Tags of the key, all of them with these values.", optional: true }
};

// provider-schema/legacy.ts
function legacyRecord(record) {
  return { ...record, ...withEmpties(record), legacyTypeSystem: true };
}
function withEmpties({ attributes, blocks }) {
  const inner = blocks && mapValues(blocks, (block2) => ({ ...block2, ...withEmpties(block2), emptyIsNull: true }));
  return {
    attributes: mapValues(
      attributes,
      (attribute) => attribute.optional ? { ...attribute, emptyIsNull: true } : attribute
    ),
    ...inner && { blocks: inner }
  };
}
function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

// provider-schema/identity-attributes.ts
var GENERATED_CHARS = 26;
var namePattern = {
  check: "pattern",
  pattern: "^[\\w+=,.@-]*$",
  meaning: "only letters, digits and the characters + = , . @ _ -"
};
function identityRecord(record) {
  return legacyRecord({ kind: "resource", schemaVersion: 0, ...record });
}
var changeableName = (description) => ({
  type: "string",
  description,
  required: true,
  validators: [namePattern, { check: "length", min: 1 }]
});
var ownerName = (description) => ({
  type: "string",
  description,
  required: true,
  forcesReplacement: true
});
function nameOrPrefix(what, max2) {
  const named = { type: "string", optional: true, computed: true, stable: true, forcesReplacement: true };
  return {
    name: {
      ...named,
      description: `Name of the ${what}. Generated from name_prefix when absent.`,
      validators: [namePattern, { check: "length", min: 1, max: max2 }],
      conflictsWith: ["name_prefix"]
    },
    name_prefix: {
      ...named,
      description: `Prefix of a generated name of the ${what}.`,
      validators: [namePattern, { check: "length", min: 1, max: max2 - GENERATED_CHARS }],
      conflictsWith: ["name"]
    }
  };
}
var path = {
  type: "string",
  description: "Path, which begins and ends with a slash. Default: /.",
  optional: true,
  computed: true,
  default: "/",
  validators: [
    { check: "length", max: iamValues.PathType.max },
    { check: "pattern", pattern: "^/([!-~]+/)?$", meaning: "a path that begins and ends with a slash" }
  ]
};
var permissionsBoundary = {
  type: "string",
  description: "ARN of the managed policy that limits what other policies allow.",
  optional: true,
  validators: [{ check: "arn" }]
};
var policyDocument = (description) => ({
  type: "string",
  description,
  required: true,
  equivalence: "policy-document",
  validators: [{ check: "json" }]
});
var policyArn = {
  type: "string",
  description: "ARN of the managed policy.",
  required: true,
  forcesReplacement: true,
  validators: [{ check: "arn" }]
};
var identityTags = {
  tags: {
    type: ["map", "string"],
    description: "Tags. They overwrite those with the same name in default_tags of the provider.",
    optional: true,
    hideable: true
  },
  tags_all: {
    type: ["map", "string"],
    description: "All tags, including those from default_tags.",
    optional: true,
    computed: true
  }
};
var onDestroy = (description) => ({
  type: "bool",
  description,
  optional: true,
  computed: true,
  default: false
});
var names = (description) => ({
  type: ["set", "string"],
  description,
  optional: true
});

// provider-schema/resources/aws-iam-access-key.ts
var awsIamAccessKey = identityRecord({
  type: "aws_iam_access_key",
  description: "An access key of a user.",
  attributes: {
    create_date: stableString("When the access key was created, RFC 3339."),
    encrypted_secret: stableString("Secret access key, encrypted for pgp_key, in base64."),
    encrypted_ses_smtp_password_v4: stableString("Always absent: there is no SES here."),
    id: id("Access key id."),
    key_fingerprint: stableString("Fingerprint of pgp_key."),
    pgp_key: {
      type: "string",
      description: "Public OpenPGP key in base64, for which the secret is encrypted. The state then holds no plain secret.",
      optional: true,
      forcesReplacement: true
    },
    secret: {
      ...stableString("Secret access key; absent with pgp_key. It is stored in the state: protect the state."),
      sensitive: true
    },
    ses_smtp_password_v4: { ...stableString("Always absent: there is no SES here."), sensitive: true },
    status: {
      type: "string",
      description: "Active or Inactive. Default: Active.",
      optional: true,
      computed: true,
      default: "Active",
      validators: [{ check: "one-of", values: iamValues.AccessKeyStatusType.enum }]
    },
    user: ownerName("Name of the user.")
  },
  importId: "access key id"
});

// provider-schema/resources/aws-iam-group.ts
var awsIamGroup = identityRecord({
  type: "aws_iam_group",
  description: "A group of users.",
  attributes: {
    arn: stableString("ARN of the group."),
    id: id("Name of the group."),
    name: changeableName("Name of the group."),
    path,
    unique_id: stableString("Unique id of the group, which no later group of the same name has.")
  },
  importId: "name of the group, for example staff"
});

// provider-schema/resources/aws-iam-group-membership.ts
var awsIamGroupMembership = identityRecord({
  type: "aws_iam_group_membership",
  description: "All users of a group.",
  attributes: {
    group: ownerName("Name of the group."),
    id: id("Name of the membership."),
    name: {
      type: "string",
      description: "Name of the membership, in Terraform only.",
      required: true,
      forcesReplacement: true,
      validators: [{ check: "length", min: 1 }]
    },
    users: { type: ["set", "string"], description: "Names of all users of the group.", required: true }
  },
  importId: "name of the membership, a slash, and the name of the group"
});

// provider-schema/resources/aws-iam-group-policy.ts
var awsIamGroupPolicy = identityRecord({
  type: "aws_iam_group_policy",
  description: "An inline policy of a group.",
  attributes: {
    group: ownerName("Name of the group."),
    id: id("Name of the group, a colon, and the name of the policy."),
    ...nameOrPrefix("policy", iamValues.IamPolicyNameType.max),
    policy: policyDocument("Policy, a JSON document.")
  },
  importId: "name of the group, a colon, and the name of the policy"
});

// provider-schema/resources/aws-iam-group-policy-attachment.ts
var awsIamGroupPolicyAttachment = identityRecord({
  type: "aws_iam_group_policy_attachment",
  description: "A managed policy of a group.",
  attributes: {
    group: ownerName("Name of the group."),
    id: id("Name of the group and a generated text."),
    policy_arn: policyArn
  },
  importId: "name of the group, a slash, and the ARN of the policy"
});

// provider-schema/resources/aws-iam-openid-connect-provider.ts
var awsIamOpenidConnectProvider = identityRecord({
  type: "aws_iam_openid_connect_provider",
  description: "An OpenID Connect provider, whose identity tokens open sessions of roles that trust it.",
  attributes: {
    arn: stableString("ARN of the provider."),
    client_id_list: {
      type: ["set", "string"],
      description: "Audiences that tokens can have.",
      required: true
    },
    id: id("ARN of the provider."),
    ...identityTags,
    thumbprint_list: {
      type: ["list", "string"],
      description: "Thumbprints of the certificates of the provider, in hexadecimal.",
      optional: true,
      computed: true,
      stable: true,
      validators: [
        {
          check: "pattern",
          pattern: `^.{${iamValues.ThumbprintType.min},${iamValues.ThumbprintType.max}}$`,
          meaning: `${iamValues.ThumbprintType.min} characters long`
        }
      ]
    },
    url: {
      type: "string",
      description: "URL of the provider, https://…; the state holds it without https://.",
      required: true,
      forcesReplacement: true,
      equivalence: "https-url",
      validators: [
        { check: "length", min: 1, max: iamValues.OpenIDConnectProviderUrlType.max },
        { check: "pattern", pattern: "^https://[^/?#]+[^?#]*$", meaning: "a URL with https:// and without a query" }
      ]
    }
  },
  importId: "ARN of the provider"
});

// provider-schema/resources/aws-iam-policy.ts
var awsIamPolicy = identityRecord({
  type: "aws_iam_policy",
  description: "A managed policy, which users, groups and roles can have.",
  attributes: {
    arn: stableString("ARN of the policy."),
    attachment_count: { ...computedString("How many users, groups and roles have the policy."), type: "number" },
    description: {
      type: "string",
      description: "Description of the policy.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "length", max: iamValues.PolicyDescriptionType.max }]
    },
    id: id("ARN of the policy."),
    ...nameOrPrefix("policy", iamValues.IamPolicyNameType.max),
    path: { ...path, forcesReplacement: true },
    policy: policyDocument("Policy, a JSON document."),
    policy_id: stableString("Unique id of the policy."),
    ...identityTags
  },
  importId: "ARN of the policy"
});

// provider-schema/resources/aws-iam-policy-attachment.ts
var awsIamPolicyAttachment = identityRecord({
  type: "aws_iam_policy_attachment",
  description: "All users, groups and roles that have a managed policy.",
  attributes: {
    groups: names("Names of all groups that have the policy."),
    id: id("Name of the attachment."),
    name: {
      type: "string",
      description: "Name of the attachment, in Terraform only.",
      required: true,
      forcesReplacement: true,
      validators: [{ check: "length", min: 1 }]
    },
    policy_arn: policyArn,
    roles: names("Names of all roles that have the policy."),
    users: names("Names of all users that have the policy.")
  },
  importId: "name of the attachment, a slash, and the ARN of the policy"
});

// provider-schema/resources/aws-iam-role.ts
var { min, max } = iamValues.RoleMaxSessionDurationType;
var awsIamRole = identityRecord({
  type: "aws_iam_role",
  description: "A role, which other principals assume for a time.",
  attributes: {
    arn: stableString("ARN of the role."),
    assume_role_policy: policyDocument("Trust policy, a JSON document: who can assume the role."),
    create_date: stableString("When the role was created, RFC 3339."),
    description: {
      type: "string",
      description: "Description of the role.",
      optional: true,
      validators: [{ check: "length", max: iamValues.RoleDescriptionType.max }]
    },
    force_detach_policies: onDestroy("Whether to remove the policies of the role that Terraform does not know."),
    id: id("Name of the role."),
    managed_policy_arns: {
      type: ["set", "string"],
      description: "ARNs of the only managed policies of the role.",
      optional: true,
      computed: true,
      deprecated: "Use aws_iam_role_policy_attachment.",
      validators: [{ check: "arn" }]
    },
    max_session_duration: {
      type: "number",
      description: `Longest session in seconds, ${min} to ${max}. Default: ${limits.maxSessionDurationInSeconds.default}.`,
      optional: true,
      computed: true,
      default: limits.maxSessionDurationInSeconds.default,
      validators: [{ check: "range", min, max }]
    },
    ...nameOrPrefix("role", iamValues.RoleNameType.max),
    path: { ...path, forcesReplacement: true },
    permissions_boundary: permissionsBoundary,
    ...identityTags,
    unique_id: stableString("Unique id of the role, which no later role of the same name has.")
  },
  blocks: {
    inline_policy: {
      nesting: "set",
      description: "The only inline policies of the role. Use aws_iam_role_policy to add one to others.",
      attributes: {
        name: {
          type: "string",
          description: "Name of the policy.",
          optional: true,
          validators: [{ check: "length", max: iamValues.IamPolicyNameType.max }]
        },
        policy: {
          type: "string",
          description: "Policy, a JSON document.",
          optional: true,
          equivalence: "policy-document",
          validators: [{ check: "json" }]
        }
      }
    }
  },
  importId: "name of the role, for example deploy"
});

// provider-schema/resources/aws-iam-role-policy.ts
var awsIamRolePolicy = identityRecord({
  type: "aws_iam_role_policy",
  description: "An inline policy of a role.",
  attributes: {
    id: id("Name of the role, a colon, and the name of the policy."),
    ...nameOrPrefix("policy", iamValues.IamPolicyNameType.max),
    policy: policyDocument("Policy, a JSON document."),
    role: ownerName("Name of the role.")
  },
  importId: "name of the role, a colon, and the name of the policy"
});

// provider-schema/resources/aws-iam-role-policy-attachment.ts
var awsIamRolePolicyAttachment = identityRecord({
  type: "aws_iam_role_policy_attachment",
  description: "A managed policy of a role.",
  attributes: {
    id: id("Name of the role and a generated text."),
    policy_arn: policyArn,
    role: ownerName("Name of the role.")
  },
  importId: "name of the role, a slash, and the ARN of the policy"
});

// provider-schema/resources/aws-iam-service-linked-role.ts
var awsIamServiceLinkedRole = identityRecord({
  type: "aws_iam_service_linked_role",
  description: "A service-linked role, which one AWS service assumes.",
  attributes: {
    arn: stableString("ARN of the role."),
    aws_service_name: {
      type: "string",
      description: "Service, for example autoscaling.amazonaws.com.",
      required: true,
      forcesReplacement: true,
      validators: [
        { check: "pattern", pattern: "\\.", meaning: "the name of a service, like autoscaling.amazonaws.com" }
      ]
    },
    create_date: stableString("When the role was created, RFC 3339."),
    custom_suffix: {
      type: "string",
      description: "Text at the end of the name, for a second role of the service.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "length", max: iamValues.CustomSuffixType.max }]
    },
    description: {
      type: "string",
      description: "Description of the role.",
      optional: true,
      validators: [{ check: "length", max: iamValues.RoleDescriptionType.max }]
    },
    id: id("ARN of the role."),
    name: stableString("Name of the role."),
    path: stableString("Path of the role."),
    ...identityTags,
    unique_id: stableString("Unique id of the role.")
  },
  importId: "ARN of the role"
});

// provider-schema/resources/aws-iam-user.ts
var awsIamUser = identityRecord({
  type: "aws_iam_user",
  description: "A user of the account, for a program or a person.",
  attributes: {
    arn: stableString("ARN of the user."),
    force_destroy: onDestroy("Whether to delete the access keys of the user that Terraform does not know."),
    id: id("Name of the user."),
    name: changeableName("Name of the user."),
    path,
    permissions_boundary: permissionsBoundary,
    ...identityTags,
    unique_id: stableString("Unique id of the user, which no later user of the same name has.")
  },
  importId: "name of the user, for example app"
});

// provider-schema/resources/aws-iam-user-policy.ts
var awsIamUserPolicy = identityRecord({
  type: "aws_iam_user_policy",
  description: "An inline policy of a user.",
  attributes: {
    id: id("Name of the user, a colon, and the name of the policy."),
    ...nameOrPrefix("policy", iamValues.IamPolicyNameType.max),
    policy: policyDocument("Policy, a JSON document."),
    user: ownerName("Name of the user.")
  },
  importId: "name of the user, a colon, and the name of the policy"
});

// provider-schema/resources/aws-iam-user-policy-attachment.ts
var awsIamUserPolicyAttachment = identityRecord({
  type: "aws_iam_user_policy_attachment",
  description: "A managed policy of a user.",
  attributes: {
    id: id("Name of the user and a generated text."),
    policy_arn: policyArn,
    user: ownerName("Name of the user.")
  },
  importId: "name of the user, a slash, and the ARN of the policy"
});

// provider-schema/resources/aws-kms-alias.ts
var awsKmsAlias = legacyRecord({
  kind: "resource",
  type: "aws_kms_alias",
  schemaVersion: 0,
  description: "An alias: a name of a KMS key.",
  attributes: {
    arn: stableArn("ARN of the alias."),
    id: id("Alias name."),
    name: {
      type: "string",
      description: "Alias name, beginning with alias/. Generated from name_prefix when absent.",
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true,
      validators: [{ check: "alias-name-customer" }],
      conflictsWith: ["name_prefix"]
    },
    name_prefix: {
      type: "string",
      description: "Prefix of a generated alias name, beginning with alias/.",
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true,
      validators: [{ check: "alias-name-customer" }],
      conflictsWith: ["name"]
    },
    region,
    target_key_arn: {
      ...computedString("ARN of the key the alias names."),
      refinement: { notNull: true, prefix: "arn:" }
    },
    target_key_id: {
      type: "string",
      description: "Id or ARN of the key the alias names.",
      required: true,
      equivalence: "key-reference"
    }
  },
  importId: "alias name, for example alias/orders, with @region after it for another region",
  identity: {
    name: { type: "string", description: "Alias name.", requiredForImport: true },
    account_id: { type: "string", description: "Account the alias is in.", requiredForImport: false },
    region: { type: "string", description: "Region the alias is in.", requiredForImport: false }
  }
});

// provider-schema/resources/aws-kms-ciphertext.ts
var oneOf = ["plaintext", "plaintext_wo"];
var awsKmsCiphertext = legacyRecord({
  kind: "resource",
  type: "aws_kms_ciphertext",
  schemaVersion: 0,
  description: "A ciphertext of the given plaintext, made once under a KMS key and kept in the state.",
  attributes: {
    ciphertext_blob: stableString("The ciphertext, in base64."),
    context: {
      type: ["map", "string"],
      description: "Encryption context, which a decryption must give again.",
      optional: true,
      forcesReplacement: true
    },
    id: id("When the ciphertext was made. Its form can change."),
    key_id: {
      type: "string",
      description: "Id, ARN or alias of the KMS key.",
      required: true,
      forcesReplacement: true
    },
    plaintext: {
      type: "string",
      description: "Text to encrypt. It is stored in the state; plaintext_wo is not.",
      optional: true,
      sensitive: true,
      forcesReplacement: true,
      exactlyOneOf: oneOf
    },
    ...writeOnly("plaintext", "Text to encrypt.", {
      change: "makes a new ciphertext",
      value: { exactlyOneOf: oneOf },
      version: { forcesReplacement: true }
    }),
    region
  }
});

// provider-schema/resources/aws-kms-custom-key-store.ts
var timeout = { type: "string", description: "Accepted and ignored.", optional: true };
var passwordLength = {
  check: "length",
  min: values.KeyStorePasswordType.min,
  max: values.KeyStorePasswordType.max
};
var awsKmsCustomKeyStore = legacyRecord({
  kind: "resource",
  type: "aws_kms_custom_key_store",
  schemaVersion: 0,
  description: "A custom key store: a PKCS#11 token, or a key manager behind an XKS proxy.",
  attributes: {
    cloud_hsm_cluster_id: {
      type: "string",
      description: "Cluster of a key store of type AWS_CLOUDHSM.",
      optional: true,
      forcesReplacement: true
    },
    custom_key_store_name: {
      type: "string",
      description: "Name of the key store.",
      required: true,
      validators: [{ check: "length", min: 1, max: values.CustomKeyStoreNameType.max }]
    },
    custom_key_store_type: {
      type: "string",
      description: "AWS_CLOUDHSM or EXTERNAL_KEY_STORE. AWS_CLOUDHSM when absent.",
      optional: true,
      computed: true,
      default: "AWS_CLOUDHSM",
      forcesReplacement: true,
      validators: [{ check: "one-of", values: values.CustomKeyStoreType.enum }]
    },
    id: id("Id of the key store."),
    key_store_password: {
      type: "string",
      description: "Password of the cluster's crypto user. Never read back. It is stored in the state; key_store_password_wo is not.",
      optional: true,
      sensitive: true,
      validators: [passwordLength]
    },
    ...writeOnly("key_store_password", "Password of the cluster's crypto user.", {
      change: "sets the password again",
      own: true,
      value: { validators: [passwordLength], conflictsWith: ["key_store_password"] }
    }),
    region,
    trust_anchor_certificate: {
      type: "string",
      description: "Certificate of the cluster's certificate authority, PEM.",
      optional: true,
      forcesReplacement: true
    },
    xks_proxy_connectivity: {
      type: "string",
      description: "How the proxy of an external key store is reached.",
      optional: true,
      validators: [{ check: "one-of", values: values.XksProxyConnectivityType.enum }]
    },
    xks_proxy_uri_endpoint: {
      type: "string",
      description: "Endpoint of the proxy, for example https://xks.example.com.",
      optional: true
    },
    xks_proxy_uri_path: {
      type: "string",
      description: "Path of the proxy API, ending in /kms/xks/v1.",
      optional: true
    },
    xks_proxy_vpc_endpoint_service_name: {
      type: "string",
      description: "Name of the VPC endpoint service of the proxy.",
      optional: true
    }
  },
  blocks: {
    timeouts: {
      nesting: "single",
      description: "How long to wait.",
      attributes: { create: timeout, delete: timeout, update: timeout }
    },
    xks_proxy_authentication_credential: {
      nesting: "list",
      maxItems: 1,
      description: "Credential that requests to the proxy are signed with. Never read back.",
      attributes: {
        access_key_id: { type: "string", description: "Access key id.", required: true },
        raw_secret_access_key: {
          type: "string",
          description: "Secret access key. It is stored in the state; raw_secret_access_key_wo is not.",
          optional: true,
          sensitive: true,
          exactlyOneOf: ["raw_secret_access_key", "raw_secret_access_key_wo"]
        },
        ...writeOnly("raw_secret_access_key", "Secret access key.", {
          change: "sets the credential again",
          own: true,
          value: { exactlyOneOf: ["raw_secret_access_key", "raw_secret_access_key_wo"] }
        })
      }
    }
  },
  importId: "custom key store id, for example cks-1234567890abcdef0, with @region after it for another region"
});

// provider-schema/resources/aws-kms-external-key.ts
var awsKmsExternalKey = legacyRecord({
  kind: "resource",
  type: "aws_kms_external_key",
  schemaVersion: 0,
  description: "A KMS key whose key material is imported.",
  attributes: {
    adopt_pending_deletion: adoptPendingDeletion,
    arn: stableArn("ARN of the key."),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    ...externalKeyAttributes,
    id: id("Key id."),
    key_spec: {
      type: "string",
      description: "Key spec: what kind of key it is. SYMMETRIC_DEFAULT when absent.",
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true,
      validators: [{ check: "one-of", values: keySpecNames }]
    },
    key_usage: {
      type: "string",
      description: "What the key can be used for; the key spec must support it. Default: ENCRYPT_DECRYPT.",
      optional: true,
      computed: true,
      default: "ENCRYPT_DECRYPT",
      forcesReplacement: true,
      validators: [{ check: "one-of", values: keyUsages }]
    },
    multi_region: {
      type: "bool",
      description: "Whether the key is a multi-Region primary key, which other Regions can have replicas of. Default: false.",
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true
    },
    policy: optionalPolicy,
    region,
    tags,
    tags_all: tagsAll
  },
  importId: "key id, for example 1234abcd-12ab-34cd-56ef-1234567890ab, or ARN, with @region after it for another region"
});

// provider-schema/resources/aws-kms-grant.ts
var grantees = ["grantee_principal", "grantee_service_principal"];
var serviceName = [
  { check: "length", max: values.ServicePrincipalType.max },
  {
    check: "pattern",
    pattern: values.ServicePrincipalType.pattern,
    meaning: "the name of a service, like dynamodb.amazonaws.com"
  }
];
var servicePrincipal = (description) => ({
  type: "string",
  own: true,
  description,
  optional: true,
  forcesReplacement: true,
  validators: serviceName
});
var encryptionContext = (description) => ({
  type: ["map", "string"],
  description,
  optional: true,
  forcesReplacement: true
});
var awsKmsGrant = legacyRecord({
  kind: "resource",
  type: "aws_kms_grant",
  schemaVersion: 0,
  description: "A grant: permission for one principal to use a KMS key.",
  attributes: {
    grant_creation_tokens: {
      type: ["set", "string"],
      description: "Grant tokens for the request that creates the grant. Never read back.",
      optional: true,
      forcesReplacement: true
    },
    grant_id: stableString("Id of the grant."),
    grant_token: { ...stableString("Token of the grant, known only from its creation."), sensitive: true },
    grantee_principal: {
      type: "string",
      description: "Principal that can use the key: an ARN, or a service as it is called in a Region.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "principal" }],
      exactlyOneOf: grantees
    },
    grantee_service_principal: {
      ...servicePrincipal(
        "Service that can use the key when it acts for the resource that source_arn names. Needs source_arn and a retiring principal."
      ),
      exactlyOneOf: grantees
    },
    id: id("Key reference as configured, a colon, and the grant id."),
    key_id: {
      type: "string",
      description: "Id or ARN of the key.",
      required: true,
      forcesReplacement: true
    },
    name: {
      type: "string",
      description: "Name of the grant. Creating the same grant again under the same name does not create a second one.",
      optional: true,
      forcesReplacement: true,
      validators: [
        { check: "length", max: values.GrantNameType.max },
        {
          check: "pattern",
          pattern: values.GrantNameType.pattern,
          meaning: "only letters, digits, colons, slashes, underscores and hyphens"
        }
      ]
    },
    operations: {
      type: ["set", "string"],
      description: "Operations that the grant permits.",
      required: true,
      forcesReplacement: true,
      validators: [{ check: "one-of", values: values.GrantOperation.enum }]
    },
    region,
    retire_on_delete: {
      type: "bool",
      description: "Whether to retire the grant instead of revoking it when it is destroyed. Default: false.",
      optional: true,
      computed: true,
      default: false,
      forcesReplacement: true
    },
    retiring_principal: {
      type: "string",
      description: "Principal that can retire the grant: an ARN or a service principal.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "principal-or-empty" }],
      conflictsWith: ["retiring_service_principal"]
    },
    retiring_service_principal: servicePrincipal("Service that can retire the grant.")
  },
  blocks: {
    constraints: {
      nesting: "set",
      description: "What a request must carry: an encryption context, of which only one of the two kinds can be given, and the resource that a service acts for.",
      forcesReplacement: true,
      attributes: {
        encryption_context_equals: encryptionContext("The encryption context must be exactly these pairs."),
        encryption_context_subset: encryptionContext("The encryption context must contain these pairs."),
        source_arn: {
          type: "string",
          own: true,
          description: "ARN of the resource that a service must act for. Its last part can contain wildcards. For keys of every kind.",
          optional: true,
          forcesReplacement: true,
          validators: [
            {
              check: "length",
              min: values.GrantConstraintSourceArnType.min,
              max: values.GrantConstraintSourceArnType.max
            },
            {
              check: "pattern",
              pattern: values.GrantConstraintSourceArnType.pattern,
              meaning: "an ARN with an account, like arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
            }
          ]
        }
      }
    }
  },
  importId: "key id or ARN, a colon, and the grant id, with @region after it for another region"
});

// provider-schema/resources/aws-kms-key.ts
var awsKmsKey = legacyRecord({
  kind: "resource",
  type: "aws_kms_key",
  schemaVersion: 0,
  description: "A KMS key, whose key material the control plane makes.",
  attributes: {
    adopt_pending_deletion: adoptPendingDeletion,
    arn: stableArn("ARN of the key."),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    custom_key_store_id: {
      type: "string",
      description: "Id of the custom key store that holds the key material.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "length", min: 1, max: 22 }]
    },
    customer_master_key_spec: {
      type: "string",
      description: "Key spec: what kind of key it is. Default: SYMMETRIC_DEFAULT.",
      optional: true,
      computed: true,
      default: "SYMMETRIC_DEFAULT",
      forcesReplacement: true,
      validators: [{ check: "one-of", values: keySpecNames }]
    },
    deletion_window_in_days: deletionWindow,
    description: {
      type: "string",
      description: "Description of the key.",
      optional: true,
      computed: true,
      stable: true,
      validators: [descriptionLength]
    },
    enable_key_rotation: {
      type: "bool",
      description: "Whether the key material rotates automatically, which only symmetric keys with material of the control plane can. Default: false.",
      optional: true,
      computed: true,
      default: false
    },
    id: id("Key id."),
    is_enabled: {
      type: "bool",
      description: "Whether the key can be used. Default: true.",
      optional: true,
      computed: true,
      default: true
    },
    key_id: stableString("Key id."),
    key_usage: {
      type: "string",
      description: "What the key can be used for; the key spec must support it. Default: ENCRYPT_DECRYPT.",
      optional: true,
      computed: true,
      default: "ENCRYPT_DECRYPT",
      forcesReplacement: true,
      validators: [{ check: "one-of", values: keyUsages }]
    },
    multi_region: {
      type: "bool",
      description: "Whether the key is a multi-Region primary key, which other Regions can have replicas of. Default: false.",
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true
    },
    policy: optionalPolicy,
    region,
    rotation_period_in_days: {
      type: "number",
      description: `Days between rotations, ${limits.rotationPeriodInDays.min} to ${limits.rotationPeriodInDays.max}. Default: 365 in the first place.`,
      optional: true,
      computed: true,
      stable: true,
      validators: [{ check: "range", min: limits.rotationPeriodInDays.min, max: limits.rotationPeriodInDays.max }],
      requiredWith: ["enable_key_rotation"]
    },
    rotation_triggers: {
      type: ["map", "string"],
      own: true,
      description: "Any pairs. A change of them rotates the key material on demand; creating the key and removing them does not.",
      optional: true
    },
    tags,
    tags_all: tagsAll,
    xks_key_id: {
      type: "string",
      description: "Id of the external key behind a key of an external key store.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "length", min: 1, max: 128 }],
      requiredWith: ["custom_key_store_id"]
    }
  },
  blocks: {
    timeouts: {
      nesting: "single",
      description: "How long to wait.",
      attributes: {
        create: {
          type: "string",
          description: "How long the creation of the key can take, for example `2m`. Default two minutes.",
          optional: true
        }
      }
    }
  },
  importId: "key id, for example 1234abcd-12ab-34cd-56ef-1234567890ab, or ARN, with @region after it for another region",
  identity: {
    id: { type: "string", description: "Key id.", requiredForImport: true },
    account_id: { type: "string", description: "Account the key is in.", requiredForImport: false },
    region: { type: "string", description: "Region the key is in.", requiredForImport: false }
  }
});

// provider-schema/resources/aws-kms-key-policy.ts
var awsKmsKeyPolicy = legacyRecord({
  kind: "resource",
  type: "aws_kms_key_policy",
  schemaVersion: 0,
  description: "The key policy of a KMS key.",
  attributes: {
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    id: id("Key reference as configured when the policy was first put."),
    key_id: {
      type: "string",
      description: "Id or ARN of the key.",
      required: true,
      forcesReplacement: true,
      equivalence: "key-reference",
      validators: [{ check: "length", min: 1, max: 2048 }]
    },
    policy: {
      type: "string",
      description: "Key policy, a JSON document.",
      required: true,
      equivalence: "policy-document",
      validators: [{ check: "json" }]
    },
    region
  },
  importId: "key id or ARN, with @region after it for another region"
});

// provider-schema/resources/aws-kms-replica-external-key.ts
var awsKmsReplicaExternalKey = legacyRecord({
  kind: "resource",
  type: "aws_kms_replica_external_key",
  schemaVersion: 0,
  description: "A replica of a multi-Region KMS key with imported key material, in another region.",
  attributes: {
    arn: stableArn("ARN of the replica key."),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    ...externalKeyAttributes,
    id: id("Key id, the same in every region."),
    key_id: stableString("Key id, the same in every region."),
    key_usage: stableString("What the key can be used for."),
    policy: optionalPolicy,
    primary_key_arn: primaryKeyArn,
    region,
    tags,
    tags_all: tagsAll
  },
  importId: "key id, for example mrk-1234abcd12ab34cd56ef1234567890ab, or ARN, with @region after it for another region"
});

// provider-schema/resources/aws-kms-replica-key.ts
var awsKmsReplicaKey = legacyRecord({
  kind: "resource",
  type: "aws_kms_replica_key",
  schemaVersion: 0,
  description: "A replica of a multi-Region KMS key in another region.",
  attributes: {
    arn: stableArn("ARN of the replica key."),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    deletion_window_in_days: { ...deletionWindow, computed: true, default: limits.pendingWindowInDays.default },
    description: {
      type: "string",
      description: "Description of the replica key; the description of the primary key is not copied.",
      optional: true,
      validators: [descriptionLength]
    },
    enabled: {
      type: "bool",
      description: "Whether the replica key can be used. Default: true.",
      optional: true,
      computed: true,
      default: true
    },
    id: id("Key id, the same in every region."),
    key_id: stableString("Key id, the same in every region."),
    key_rotation_enabled: {
      type: "bool",
      description: "Whether the key material rotates automatically; set on the primary key.",
      computed: true,
      stable: true
    },
    key_spec: stableString("Key spec."),
    key_usage: stableString("What the key can be used for."),
    policy: optionalPolicy,
    primary_key_arn: primaryKeyArn,
    region,
    tags,
    tags_all: tagsAll
  },
  importId: "key id, for example mrk-1234abcd12ab34cd56ef1234567890ab, or ARN, with @region after it for another region"
});

// provider-schema/resources/kms-data-key-without-plaintext.ts
var kmsDataKeyWithoutPlaintext = legacyRecord({
  kind: "resource",
  type: "kms_data_key_without_plaintext",
  schemaVersion: 0,
  own: true,
  description: "A data key, encrypted under a KMS key. Nobody sees its plaintext before it is decrypted.",
  attributes: {
    ciphertext_blob: stableString("The encrypted data key, in base64 without padding."),
    id: stableString("Part of the encrypted data key."),
    keepers: {
      type: ["map", "string"],
      description: "Any pairs. A change of them makes a new data key.",
      optional: true,
      forcesReplacement: true
    },
    key_id: {
      type: "string",
      description: "Id, ARN, alias name or alias ARN of the KMS key that encrypts the data key.",
      required: true,
      forcesReplacement: true,
      validators: [{ check: "key-or-alias" }]
    },
    key_spec: {
      type: "string",
      description: "Length of the data key: AES_256, also when number_of_bytes is absent too, or AES_128.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "one-of", values: values.DataKeySpec.enum }],
      conflictsWith: ["number_of_bytes"]
    },
    number_of_bytes: {
      type: "number",
      description: "Length of the data key in bytes.",
      optional: true,
      forcesReplacement: true,
      validators: [{ check: "range", min: values.NumberOfBytesType.min, max: values.NumberOfBytesType.max }],
      conflictsWith: ["key_spec"]
    },
    region
  },
  importId: "key as configured, a comma, AES_256 or AES_128 or the number of bytes or nothing, as configured, a comma, and the encrypted data key in base64, with @region after it for another region"
});

export {
  literalText,
  readModule,
  readModules,
  textOf,
  computedString,
  dataRegion,
  dataId,
  dataTags,
  keyFilters,
  resources_exports
};
