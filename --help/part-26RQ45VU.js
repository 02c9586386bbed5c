import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  parseListenAddress
} from "./part-45AVFN6V.js";
import {
  isAccountId
} from "./part-6MSZOWH6.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import {
  StartError,
  exitCodes
} from "./part-RN4T6Q5A.js";

// control-plane/startup/key-store-config.ts
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";

// control-plane/domain/key-stores/trust-anchor.ts
import { X509Certificate } from "node:crypto";
function parseTrustAnchor(text) {
  try {
    const certificate = new X509Certificate(text);
    return certificate.ca ? certificate : void 0;
  } catch {
    return void 0;
  }
}
function isSameCertificate(one, other) {
  const [a, b] = [parseTrustAnchor(one), parseTrustAnchor(other)];
  return a !== void 0 && b !== void 0 && a.raw.equals(b.raw);
}

// control-plane/startup/key-store-config.ts
var defaultKeyStores = { xksTimeoutInMs: 250 };
var CLUSTER_ID = /^cluster-[2-7a-zA-Z]{11,16}$/;
var OWN_VARIABLE = /^(NODE_|LD_PRELOAD$|LD_AUDIT$|DYLD_INSERT_LIBRARIES$)/;
function readPkcs11Tokens(file) {
  if (file === void 0) return { pkcs11Tokens: [], driverEnvironment: {}, clusters: /* @__PURE__ */ new Map(), trustAnchorFiles: [] };
  const { environment = {}, clusters } = members(file, read(file), ["environment", "clusters"], "the file");
  const entries = Object.entries(members(file, clusters, void 0, '"clusters"')).map(([clusterId, value]) => {
    if (!CLUSTER_ID.test(clusterId)) {
      throw unusable(file, `"${clusterId}" is not "cluster-" and 11 to 16 of the characters 2-7, a-z, A-Z`);
    }
    return readPkcs11Token(file, clusterId, value);
  });
  return {
    pkcs11Tokens: entries.map(({ config }) => config),
    driverEnvironment: readEnvironment(file, environment),
    clusters: new Map(entries.map(({ config, cluster }) => [config.clusterId, cluster])),
    trustAnchorFiles: entries.map(({ trustAnchorFile }) => trustAnchorFile).filter((path) => path !== void 0)
  };
}
function readPkcs11Token(file, clusterId, value) {
  const names = ["module", "label", "serialNumber", "trustAnchorFile", "accountId"];
  const entry = members(file, value, names, `"${clusterId}"`);
  const text = (name) => {
    const member = entry[name];
    if (member === void 0 || typeof member === "string" && member !== "") return member;
    throw unusable(file, `"${clusterId}.${name}" is not a text`);
  };
  const [modulePath, label, serialNumber] = [text("module"), text("label"), text("serialNumber")];
  const [trustAnchorFile, accountId] = [text("trustAnchorFile"), text("accountId")];
  if (modulePath === void 0 || !isAbsolute(modulePath)) {
    throw unusable(file, `"${clusterId}.module" is not the absolute path of a PKCS#11 module`);
  }
  if (label === void 0 && serialNumber === void 0) {
    throw unusable(file, `"${clusterId}" names neither the label nor the serialNumber of a token`);
  }
  if (accountId !== void 0 && !isAccountId(accountId)) {
    throw unusable(file, `"${clusterId}.accountId" is not an account id`);
  }
  const config = {
    clusterId,
    modulePath,
    ...defined({ label, serialNumber })
  };
  const trustAnchorCertificate = trustAnchorFile === void 0 ? void 0 : readAnchor(trustAnchorFile);
  const cluster = defined({ accountId, trustAnchorCertificate });
  return { config, cluster, trustAnchorFile };
}
function readEnvironment(file, value) {
  const environment = members(file, value, void 0, '"environment"');
  for (const [name, setting] of Object.entries(environment)) {
    if (typeof setting !== "string") throw unusable(file, `"environment.${name}" is not a text`);
    if (OWN_VARIABLE.test(name)) throw unusable(file, `"environment.${name}" would change the HSM process itself`);
  }
  return environment;
}
function readAnchor(path) {
  const text = readText(path);
  if (parseTrustAnchor(text)) return text;
  throw unusable(path, "it does not contain the certificate of a CA");
}
function proxyAddressing({ xksCaFile, xksConnectTo }) {
  const extraCertificateAuthorities = readCertificateAuthorities(xksCaFile);
  return { connectTo: parseConnectTo(xksConnectTo), ...defined({ extraCertificateAuthorities }) };
}
function readCertificateAuthorities(file) {
  if (file === void 0) return void 0;
  const text = readText(file);
  if (parseTrustAnchor(text)) return text;
  throw unusable(file, "it does not contain the certificate of a CA");
}
function parseConnectTo(text = "") {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return new Map(
    pairs.map((pair) => {
      const [, hostname, address] = /^\s*([a-zA-Z0-9.-]+)=(\S+)\s*$/.exec(pair) ?? [];
      if (hostname === void 0 || address === void 0) {
        throw new StartError(
          `--xks-connect-to: "${pair}" is not the address of a proxy.`,
          "Write --xks-connect-to host=address:port, such as proxy.example.com=10.0.0.7:8443.",
          exitCodes.usage
        );
      }
      return [hostname.toLowerCase(), parseListenAddress(address, "--xks-connect-to")];
    })
  );
}
function read(file) {
  try {
    return JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw unusable(file, "it is not JSON");
  }
}
function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}
function members(file, value, names, what) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unusable(file, `${what} is not a JSON object`);
  }
  const unknown = names && Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== void 0) throw unusable(file, `${what} has an unknown member "${unknown}"`);
  return value;
}
function unusable(file, reason) {
  return new StartError(
    `${file} cannot be used: ${reason}.`,
    "docs/guide/custom-key-stores.md shows how to write it.",
    exitCodes.usage
  );
}

export {
  parseTrustAnchor,
  isSameCertificate,
  defaultKeyStores,
  readPkcs11Tokens,
  proxyAddressing,
  parseConnectTo
};
