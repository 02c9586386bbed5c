import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  require_pino
} from "./part-QIFTUWU5.js";
import {
  Command,
  CommandError,
  Option
} from "./part-K2DAL35S.js";
import {
  createSoftHsm
} from "./part-FGEIRVT7.js";
import "./part-5XLD6PTW.js";
import {
  addressOf,
  createXksClient,
  printable,
  trustOf
} from "./part-3TWRZT2B.js";
import {
  XksError,
  secretOwner
} from "./part-EDDX5LMN.js";
import {
  systemClock
} from "./part-H32ILBIJ.js";
import "./part-YFCC4CVH.js";
import "./part-VBEMYQIP.js";
import {
  SecretBytes
} from "./part-4RXXNH3Y.js";
import "./part-VL6X5B2K.js";
import "./part-3U7RA5UT.js";
import "./part-6ACPXKQJ.js";
import {
  HsmError
} from "./part-XRQJXUX5.js";
import {
  proxyAddressing,
  readPkcs11Tokens
} from "./part-26RQ45VU.js";
import "./part-45AVFN6V.js";
import "./part-6MSZOWH6.js";
import "./part-M22DKBT6.js";
import {
  Secret
} from "./part-V3QLCJLG.js";
import "./part-LOG5TJBC.js";
import "./part-GJX6LNLE.js";
import {
  exitCodes
} from "./part-RN4T6Q5A.js";
import {
  __toESM
} from "./part-J52KMMNH.js";

// control-plane/cli/key-store/check-proxy.ts
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
var import_pino = __toESM(require_pino(), 1);

// control-plane/xks/probe.ts
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { checkServerIdentity, connect as connectTls } from "node:tls";
async function probeAddress(hostname, { connectTo, timeoutMs }) {
  const { host, port } = addressOf(hostname, connectTo);
  const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
  const socket = connectTcp({ host, port });
  await readyWithin(socket, "connect", timeoutMs);
  return { addresses, port, socket };
}
async function probeTls(socket, hostname, nowMs, options) {
  const secureContext = trustOf(options);
  const secure = connectTls({ socket, servername: hostname, secureContext, rejectUnauthorized: false });
  await readyWithin(secure, "secureConnect", options.timeoutMs);
  const own = secure.getPeerCertificate(true);
  const certificates = chainOf(own);
  const late = certificates.find(
    (each) => !(Date.parse(each.valid_from) <= nowMs && nowMs < Date.parse(each.valid_to))
  );
  const nameFault = checkServerIdentity(hostname, own)?.message;
  const chainFault = chainFaultOf(secure);
  secure.destroy();
  return {
    protocol: secure.getProtocol() ?? "unknown",
    chain: certificates.map(described),
    ...chainFault !== void 0 && { chainFault },
    ...nameFault !== void 0 && { nameFault: printable(nameFault, MAX_TEXT) },
    ...late && { dateFault: `${described(late).subject} is valid from ${late.valid_from} to ${late.valid_to}` }
  };
}
var MAX_TEXT = 300;
var DATE_FAULTS = ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"];
function chainFaultOf({ authorized, authorizationError }) {
  const code = String(authorizationError);
  const isOther = DATE_FAULTS.includes(code) || code === "ERR_TLS_CERT_ALTNAME_INVALID";
  return authorized || isOther ? void 0 : code;
}
function chainOf(own) {
  const chain = [];
  for (let each = own; each?.raw && !chain.includes(each); ) {
    chain.push(each);
    each = each.issuerCertificate;
  }
  return chain;
}
var described = ({ subject, issuer, valid_from, valid_to }) => ({
  subject: nameOf(subject),
  issuer: nameOf(issuer),
  validFrom: valid_from,
  validTo: valid_to
});
var nameOf = (name) => printable(
  Object.entries(name).map(([type, value]) => `${type}=${String(value)}`).join(", "),
  MAX_TEXT
);
async function readyWithin(socket, event, timeoutMs) {
  try {
    await once(socket, event, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    socket.destroy();
    if (error.name !== "AbortError") throw error;
    throw new Error(`nothing came back within ${timeoutMs} ms`);
  }
}

// control-plane/cli/key-store/steps.ts
var NAME_WIDTH = 13;
var Steps = class {
  #failed = 0;
  ok(name, what) {
    this.#print("ok  ", name, what);
  }
  fail(name, cause) {
    this.#failed += 1;
    this.#print("FAIL", name, cause);
  }
  /** Either, by whether there is a fault. */
  check(name, fault, what) {
    if (fault === void 0) this.ok(name, what);
    else this.fail(name, fault);
  }
  skip(...names) {
    for (const name of names) this.#print("-   ", name, "not tried");
  }
  get hasFailed() {
    return this.#failed > 0;
  }
  /** @throws CommandError when a step failed */
  end(what, hint) {
    if (this.hasFailed) throw new CommandError(`${what} cannot be used.`, hint);
    console.log(`${what} can be used.`);
  }
  #print(mark, name, text) {
    console.log(`${mark}  ${name.padEnd(NAME_WIDTH)}${text}`);
  }
};
var textOf = (error) => {
  const { code, message } = error;
  return code === void 0 || message.includes(code) ? message : `${message} (${code})`;
};

// control-plane/cli/key-store/check-proxy.ts
var AFTER_TLS = ["signature", "health", "key metadata"];
var TLS_STEPS = ["TLS", "chain", "name", "dates"];
async function checkProxy(options) {
  const transport = transportOptions(options);
  const { hostname } = requireEndpoint(options.uriEndpoint);
  const steps = new Steps();
  await checkConnection(steps, hostname, transport);
  if (steps.hasFailed) steps.skip(...AFTER_TLS);
  else await checkCalls(steps, options, transport);
  const hint = "docs/guide/custom-key-stores.md says what to check; the log of the proxy can say more.";
  steps.end(`The proxy at ${options.uriEndpoint}${options.uriPath}`, hint);
}
function transportOptions({ xksCaFile, xksConnectTo, xksTimeout }) {
  const timeoutMs = Number(xksTimeout);
  if (!(timeoutMs > 0)) {
    const message = `--xks-timeout: "${xksTimeout}" is not a positive number of milliseconds.`;
    throw new CommandError(message, "Write it like --xks-timeout 250.", exitCodes.usage);
  }
  const given = { ...xksCaFile !== void 0 && { xksCaFile }, ...xksConnectTo !== void 0 && { xksConnectTo } };
  return { timeoutMs, ...proxyAddressing({ xksTimeoutInMs: timeoutMs, ...given }) };
}
function requireEndpoint(text) {
  const url = URL.canParse(text) ? new URL(text) : void 0;
  if (url?.protocol === "https:" && url.port === "" && url.pathname === "/") return url;
  throw new CommandError(
    `--uri-endpoint: "${text}" is not the XksProxyUriEndpoint of a proxy.`,
    "Write it like https://xks.example.com.",
    exitCodes.usage
  );
}
async function checkConnection(steps, hostname, transport) {
  const found = await probeAddress(hostname, transport).catch((error) => {
    steps.fail("address", `${hostname}: ${textOf(error)}`);
  });
  if (!found) return steps.skip(...TLS_STEPS);
  steps.ok("address", `${hostname} is ${found.addresses.join(", ")}, port ${found.port}: connected`);
  const tls = await probeTls(found.socket, hostname, systemClock.now(), transport).catch((error) => {
    steps.fail("TLS", textOf(error));
  });
  if (!tls) return steps.skip(...TLS_STEPS.slice(1));
  const [own] = tls.chain;
  steps.ok("TLS", tls.protocol);
  steps.check("chain", tls.chainFault, tls.chain.map(({ subject }) => subject).join(" < "));
  if (tls.chainFault !== void 0)
    for (const { subject, issuer } of tls.chain) console.log(`      ${subject}, issued by ${issuer}`);
  steps.check("name", tls.nameFault, `the certificate is for ${hostname}`);
  steps.check("dates", tls.dateFault, `from ${own?.validFrom} to ${own?.validTo}`);
}
async function checkCalls(steps, options, transport) {
  const hsm = createSoftHsm(new SecretBytes(randomBytes(32)));
  const log = (0, import_pino.pino)({ level: "silent" });
  const xks = createXksClient({ ...transport, credentials: hsm, clock: systemClock, log });
  try {
    const { uriEndpoint, uriPath, accessKeyId, region } = options;
    const names = { accountId: "000000000000", keyStoreId: "cks-00000000000000000", accessKeyId };
    const wrappedSecret = await hsm.wrapSecret(secretOwner(names), readSecret(options.secretFile));
    const proxy = { ...names, region, uriEndpoint, uriPath, wrappedSecret };
    await checkHealth(steps, xks, proxy);
    if (options.keyId === void 0 || steps.hasFailed) steps.skip("key metadata");
    else await checkKey(steps, xks, proxy, options.keyId);
  } finally {
    xks.close();
    await hsm.close();
  }
}
function readSecret(file) {
  try {
    return new Secret(readFileSync(file, "utf8").replace(/\r?\n$/, ""));
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${textOf(error)}.`,
      "Name a file that holds the RawSecretAccessKey of the proxy with --secret-file.",
      exitCodes.usage
    );
  }
}
var asked = () => ({ kmsOperation: "ConnectCustomKeyStore", kmsRequestId: randomUUID() });
async function checkHealth(steps, xks, proxy) {
  try {
    await xks.getHealthStatus(proxy, asked());
    steps.ok("signature", `accepted for access key ${proxy.accessKeyId}, Region ${proxy.region}`);
    steps.ok("health", "an external key manager can serve");
  } catch (error) {
    if (!(error instanceof XksError)) throw error;
    if (error.failure === "AuthenticationFailedException") {
      steps.fail("signature", error.message);
      steps.skip("health");
    } else {
      steps.skip("signature");
      steps.fail("health", error.message);
    }
  }
}
async function checkKey(steps, xks, proxy, keyId) {
  try {
    const principal = { awsPrincipalArn: `arn:aws:iam::${proxy.accountId}:root` };
    const found = await xks.getKeyMetadata(proxy, keyId, { ...asked(), kmsOperation: "CreateKey", ...principal });
    const { keySpec, keyStatus, keyUsage } = found;
    const usable = keyUsage.includes("ENCRYPT") && keyUsage.includes("DECRYPT");
    const what = `${keyId} is ${keySpec}, ${keyStatus}, for ${keyUsage.join(", ")}`;
    const isFit = keySpec === "AES_256" && keyStatus === "ENABLED" && usable;
    steps.check("key metadata", isFit ? void 0 : `${what}; it must be AES_256, ENABLED, for ENCRYPT, DECRYPT`, what);
  } catch (error) {
    if (!(error instanceof XksError)) throw error;
    steps.fail("key metadata", error.message);
  }
}

// control-plane/cli/key-store/check-token.ts
import { randomBytes as randomBytes2 } from "node:crypto";
import { readFileSync as readFileSync2 } from "node:fs";
import { resolve } from "node:path";
async function checkToken({ pkcs11Tokens: file, clusterId, pinFile }) {
  const { pkcs11Tokens, driverEnvironment } = readPkcs11Tokens(resolve(file));
  const pin = pinFile === void 0 ? void 0 : readPin(pinFile);
  Object.assign(process.env, driverEnvironment);
  const hsm = createSoftHsm(new SecretBytes(randomBytes2(32)), { pkcs11Tokens });
  const steps = new Steps();
  try {
    const { status, cause } = await hsm.pkcs11TokenStatus(clusterId);
    steps.check("token", status === "ready" ? void 0 : `${status}: ${cause}`, `${clusterId} is there and fit`);
    if (pin === void 0 || steps.hasFailed) steps.skip("login");
    else {
      const owner = { accountId: "000000000000", keyStoreId: "cks-00000000000000000" };
      const wrappedPassword = await hsm.wrapKeyStorePassword(owner, pin);
      const refused = await hsm.connectPkcs11Token({ ...owner, clusterId, wrappedPassword }).then(
        () => void 0,
        (error) => {
          if (error instanceof HsmError) return `${error.kind}: ${error.message}`;
          throw error;
        }
      );
      steps.check("login", refused, "the token accepts the PIN");
    }
  } finally {
    await hsm.close();
  }
  steps.end(`The PKCS#11 token of ${clusterId}`, "docs/guide/custom-key-stores.md says what to check.");
}
function readPin(file) {
  try {
    return new Secret(readFileSync2(file, "utf8").replace(/\r?\n$/, ""));
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${textOf(error)}.`,
      "Name a file that holds the PIN of the crypto user with --pin-file.",
      exitCodes.usage
    );
  }
}

// control-plane/cli/key-store/key-store.ts
function keyStoreCommand() {
  const keyStore = new Command("key-store").description(
    "What custom key stores connect to: external key store proxies and PKCS#11 tokens."
  );
  keyStore.command("check-proxy").description("connect to an external key store proxy as a server would, and print each step").requiredOption("--uri-endpoint <url>", "XksProxyUriEndpoint, such as https://xks.example.com").option("--uri-path <path>", "XksProxyUriPath", "/kms/xks/v1").requiredOption("--access-key-id <id>", "AccessKeyId of the proxy credential").requiredOption("--secret-file <file>", "file that holds its RawSecretAccessKey").option("--key-id <id>", "XksKeyId of an external key, whose metadata is read too").addOption(new Option("--region <region>", "Region of the key store").env("KEYSTEAD_REGION").default("us-east-1")).addOption(new Option("--xks-ca-file <file>", 'as of "keystead serve"').env("KEYSTEAD_XKS_CA_FILE")).addOption(new Option("--xks-connect-to <list>", 'as of "keystead serve"').env("KEYSTEAD_XKS_CONNECT_TO")).addOption(new Option("--xks-timeout <ms>", 'as of "keystead serve"').env("KEYSTEAD_XKS_TIMEOUT").default("250")).action(checkProxy);
  keyStore.command("check-token").description("find a PKCS#11 token and log in to it as a server would, and print each step").addOption(
    new Option("--pkcs11-tokens <file>", 'as of "keystead serve"').env("KEYSTEAD_PKCS11_TOKENS").makeOptionMandatory()
  ).requiredOption("--cluster-id <id>", "CloudHsmClusterId of the token in that file").option("--pin-file <file>", "file that holds the PIN of the crypto user; without it the login is not tried").action(checkToken);
  return keyStore;
}
export {
  keyStoreCommand
};
