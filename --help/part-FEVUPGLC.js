import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  connect,
  withConnectionOptions
} from "./part-4LPORNA4.js";
import "./part-I6WPCKDI.js";
import {
  Command,
  CommandError
} from "./part-K2DAL35S.js";
import "./part-5XLD6PTW.js";
import "./part-NELHBBMN.js";
import "./part-XHY5IHGK.js";
import "./part-YFCC4CVH.js";
import "./part-6ACPXKQJ.js";
import "./part-6MSZOWH6.js";
import "./part-XDU5MBKC.js";
import "./part-LOG5TJBC.js";
import "./part-RN4T6Q5A.js";
import "./part-J52KMMNH.js";

// control-plane/cli/authorize/authorize.ts
import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
var DENIED = 2;
function authorizeCommand() {
  const command = withConnectionOptions(
    new Command("authorize").description("Tell whether a principal is allowed an action, and why.")
  ).requiredOption("--principal <arn>", "user, role, session or account root; or a service's name").requiredOption("--action <action>", "like kms:Decrypt; for ReEncrypt kms:ReEncryptFrom or kms:ReEncryptTo").option("--key <id>", "key id, key ARN or alias; left out for an action that needs no key").option("--encryption-context <pairs...>", "encryption context of the request: name=value", []).option("--context <pairs...>", "further condition keys: aws:SourceIp=203.0.113.7; repeated for several values", []).option("--via-service <name>", "the request comes through a service: s3.eu-central-1.amazonaws.com").option("--key-policy <file>", "a key policy in place of the one in force; - reads standard input").option("--identity-policy <file>", "a policy beside the principal's own; - reads standard input").option("--explain", "print the reasoning step by step").option("--json", "print the whole answer as one JSON document").addHelpText("after", "\nExit codes: 0 allowed, 2 denied, 1 error. Nothing is done and no key is used.");
  return command.action(async () => {
    const options = command.opts();
    if (/[*?]/.test(options.action)) throw wildcard(options.action);
    const connection = await connect(options);
    const answer = await connection.call("SimulateAuthorization", await requestOf(options));
    console.log(options.json ? JSON.stringify(answer, null, 2) : described(answer, options.explain === true));
    if (answer.Decision === "Deny") process.exitCode = DENIED;
  });
}
async function requestOf(options) {
  const { principal, action, key, viaService, keyPolicy, identityPolicy } = options;
  const encryptionContext = pairs(options.encryptionContext, "--encryption-context");
  const conditions = pairs(options.context, "--context");
  return {
    PrincipalArn: principal,
    Action: action,
    KeyId: key,
    ViaService: viaService,
    EncryptionContext: encryptionContext.length === 0 ? void 0 : Object.fromEntries(encryptionContext),
    ConditionValues: conditions.length === 0 ? void 0 : byName(conditions),
    KeyPolicy: await readPolicy(keyPolicy),
    IdentityPolicy: await readPolicy(identityPolicy)
  };
}
var wildcard = (action) => new CommandError(
  `--action: "${action}" is a pattern, and a request has one action.`,
  "Name one action, such as kms:Decrypt. Policies can have patterns (--key-policy, --identity-policy)."
);
function pairs(texts, option) {
  return texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
    throw new CommandError(`${option}: "${text}" is not a pair.`, "Write it like name=value.");
  });
}
function byName(entries) {
  const names = new Set(entries.map(([name]) => name));
  const valuesOf = (wanted) => entries.flatMap(([name, value]) => name === wanted ? [value] : []);
  return Object.fromEntries([...names].map((name) => [name, valuesOf(name)]));
}
async function readPolicy(file) {
  if (file === void 0) return void 0;
  try {
    return file === "-" ? await readStream(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error.message}`, "Name a policy document in JSON.");
  }
}
function described({ Decision, Reason, Message, Steps, ConditionValues }, explained) {
  if (!explained) return `${Decision}: ${Reason}`;
  const conditions = Object.entries(ConditionValues).map(([name, values]) => `  ${name} = ${values.join(", ")}`);
  return [
    "condition keys of the request",
    ...conditions,
    ...Steps.flatMap(({ Question, Answer, Details }) => [
      `${Question}: ${Answer}`,
      ...Details.map((line) => `  ${line}`)
    ]),
    ...Message === void 0 ? [] : [`the caller is told: ${Message}`]
  ].join("\n");
}
export {
  authorizeCommand
};
