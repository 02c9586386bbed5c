import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  XksError,
  secretOwner
} from "./part-EDDX5LMN.js";
import {
  signWith
} from "./part-YFCC4CVH.js";
import {
  EXTERNAL_IV_LENGTHS_IN_BYTES,
  MAX_CIPHERTEXT_METADATA_BYTES
} from "./part-VBEMYQIP.js";
import {
  TAG_BYTES
} from "./part-4RXXNH3Y.js";
import {
  LruMap
} from "./part-6ACPXKQJ.js";

// control-plane/xks/client.ts
import { createHash } from "node:crypto";

// control-plane/domain/key-stores/xks-failures.ts
var seenRepeatedly = "If you see this error repeatedly, report it to your external key store proxy administrator.";
var uninterpretable = {
  message: `AWS KMS cannot interpret the response from the external key store proxy. ${seenRepeatedly}`,
  keyStore: "XksProxyInvalidResponseException",
  createKey: "CustomKeyStoreInvalidStateException",
  connection: "XKS_PROXY_INVALID_RESPONSE"
};
var xksFailures = {
  ValidationException: uninterpretable,
  InvalidStateException: {
    message: "The external key associated with this KMS key in an external key store is not enabled in the external key manager. Enable the external key in the external key manager and retry the request.",
    keyStore: "XksProxyInvalidResponseException",
    createKey: "XksKeyInvalidConfigurationException",
    connection: "XKS_PROXY_INVALID_RESPONSE"
  },
  InvalidCiphertextException: {
    message: "The external key store proxy rejected the request because the specified ciphertext or additional authenticated data is corrupted, missing, or otherwise invalid.",
    keyStore: "XksProxyInvalidResponseException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_INVALID_RESPONSE"
  },
  InvalidKeyUsageException: {
    message: "The external key associated with this KMS key in an external key store does not support the requested operation. Enable the operation on the key in your external key manager, and try the request again.",
    keyStore: "XksProxyInvalidResponseException",
    createKey: "XksKeyInvalidConfigurationException",
    connection: "XKS_PROXY_INVALID_RESPONSE"
  },
  AuthenticationFailedException: {
    message: "The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy authentication credentials for your external key store and update if necessary.",
    keyStore: "XksProxyIncorrectAuthenticationCredentialException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "INVALID_CREDENTIALS"
  },
  AccessDeniedException: {
    message: "The external key store proxy denied access to the operation. Verify that the user and the external key are both authorized for this operation, and try the request again.",
    keyStore: "XksProxyInvalidResponseException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_ACCESS_DENIED"
  },
  KeyNotFoundException: {
    message: "The external key store proxy rejected the request because it could not find the external key.",
    keyStore: "XksProxyInvalidResponseException",
    createKey: "XksKeyNotFoundException",
    connection: "XKS_PROXY_INVALID_RESPONSE"
  },
  InvalidUriPathException: {
    message: "The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key store and update if necessary.",
    keyStore: "XksProxyInvalidConfigurationException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_INVALID_CONFIGURATION"
  },
  ThrottlingException: {
    message: "The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of your calls using KMS keys in this external key store.",
    keyStore: "XksProxyUriUnreachableException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_NOT_REACHABLE"
  },
  UnsupportedOperationException: {
    message: `The external key store proxy rejected the request because it does not support the requested operation. ${seenRepeatedly}`,
    keyStore: "XksProxyInvalidResponseException",
    createKey: "XksProxyInvalidResponseException",
    connection: "XKS_PROXY_INVALID_RESPONSE"
  },
  DependencyTimeoutException: {
    message: `The external key store proxy did not respond to the request in the time allotted. Retry the request. ${seenRepeatedly}`,
    keyStore: "XksProxyUriUnreachableException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_TIMED_OUT"
  },
  InternalException: {
    message: "The external key store proxy rejected the request because it cannot communicate with the external key manager. Verify that the external key store proxy configuration is correct and that the external key manager is available.",
    keyStore: "XksProxyInvalidResponseException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_INVALID_RESPONSE"
  },
  /** The connection failed. */
  unreachable: {
    message: "AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI is correct in your external key store.",
    keyStore: "XksProxyUriUnreachableException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_NOT_REACHABLE"
  },
  /** The connection succeeded, TLS failed. */
  tls: {
    message: "AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, including its certificate.",
    keyStore: "XksProxyUriUnreachableException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_INVALID_TLS_CONFIGURATION"
  },
  timeout: {
    message: `AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. ${seenRepeatedly}`,
    keyStore: "XksProxyUriUnreachableException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_TIMED_OUT"
  },
  /** An invalid answer: not JSON, members missing, of the wrong size, or not what its integrity value says. */
  malformed: uninterpretable,
  /** Every external key manager behind the proxy is UNAVAILABLE. */
  unhealthy: {
    message: "The external key store proxy is in an unhealthy state. Verify that your external key managers are available, and try the request again.",
    keyStore: "XksProxyUriUnreachableException",
    createKey: "CustomKeyStoreInvalidStateException",
    connection: "XKS_PROXY_NOT_REACHABLE"
  }
};

// control-plane/xks/printable.ts
function printable(text, maxLength) {
  return text.slice(0, maxLength).replace(/[^\x20-\x7e]/g, "?");
}

// control-plane/xks/transport.ts
import { Agent, request } from "node:https";
import { createSecureContext, getCACertificates } from "node:tls";
var HTTPS_PORT = 443;
var MAX_RESPONSE_BYTES = 64 * 1024;
var MAX_IDLE_CONNECTIONS = 32;
function addressOf(hostname, connectTo) {
  return connectTo?.get(hostname.toLowerCase()) ?? { host: hostname, port: HTTPS_PORT };
}
function trustOf({ extraCertificateAuthorities }) {
  return createSecureContext({
    minVersion: "TLSv1.2",
    ...extraCertificateAuthorities && { ca: [...getCACertificates(), extraCertificateAuthorities] }
  });
}
var Route = class {
  agent;
  tls;
  #connectTo;
  constructor(addressing) {
    this.tls = {
      // Made once: reading all authorities again for each connection would take a good part of its deadline.
      secureContext: trustOf(addressing),
      // Also where the environment turns it off.
      rejectUnauthorized: true
    };
    this.agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE_CONNECTIONS, ...this.tls });
    this.#connectTo = addressing.connectTo;
  }
  to(hostname) {
    return addressOf(hostname, this.#connectTo);
  }
  /** Closes idle connections now, the others after their answer. */
  retire() {
    this.agent.maxFreeSockets = 0;
    for (const sockets of Object.values(this.agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
};
function createTransport({ timeoutMs, ...addressing }) {
  let route = new Route(addressing);
  return {
    async post({ hostname, path, headers, payload }) {
      const { agent, tls } = route;
      const options = { ...route.to(hostname), servername: hostname, path, method: "POST", headers };
      const deadline = AbortSignal.timeout(timeoutMs);
      const answer = await exchange({ ...options, agent }, payload, deadline);
      return answer ?? await requireAnswer(exchange({ ...options, ...tls, agent: false }, payload, deadline));
    },
    readdress(next) {
      const former = route;
      route = new Route(next);
      former.retire();
    },
    close: () => route.agent.destroy()
  };
}
var failures = {
  connecting: "unreachable",
  handshaking: "tls",
  waiting: "unreachable",
  reading: "malformed"
};
var activities = {
  connecting: "connecting to",
  handshaking: "agreeing on TLS with",
  waiting: "waiting for an answer of",
  reading: "reading the answer of"
};
var MAX_CAUSE = 300;
function failedWhile(stage, { servername, host, port }, error) {
  const { code, message = "the connection was closed" } = error ?? {};
  const cause = code === void 0 || message.includes(code) ? message : `${message} (${code})`;
  return `${activities[stage]} ${servername} (${host}:${port}): ${printable(cause, MAX_CAUSE)}`;
}
function isTlsFailure(error) {
  return error?.code !== void 0 && (error.code.startsWith("ERR_SSL_") || error.code === "EPROTO");
}
async function requireAnswer(answer) {
  const response = await answer;
  if (response) return response;
  throw new XksError("unreachable", "the proxy closed the connection before it answered");
}
function exchange(options, payload, deadline) {
  return new Promise((resolve, reject) => {
    let stage = "connecting";
    const fail = (error) => {
      if (deadline.aborted)
        reject(
          new XksError(
            "timeout",
            `the deadline passed while ${activities[stage]} ${options.servername} (${options.host}:${options.port})`
          )
        );
      else if (sent.reusedSocket && stage === "waiting") resolve(void 0);
      else reject(new XksError(isTlsFailure(error) ? "tls" : failures[stage], failedWhile(stage, options, error)));
    };
    const sent = request({ ...options, signal: deadline }, (response) => {
      stage = "reading";
      const chunks = [];
      let length = 0;
      response.on("data", (chunk) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_RESPONSE_BYTES) sent.destroy(new Error(`the answer has over ${MAX_RESPONSE_BYTES} bytes`));
      });
      response.once("error", fail);
      response.once("end", () => {
        if (response.complete) resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
        else fail();
      });
      response.once("close", () => fail());
    });
    sent.once("socket", (socket) => {
      if (sent.reusedSocket) stage = "waiting";
      else {
        socket.once("connect", () => {
          stage = "handshaking";
        });
        socket.once("secureConnect", () => {
          stage = "waiting";
        });
      }
    });
    sent.once("error", fail);
    sent.end(payload);
  });
}

// control-plane/xks/client.ts
var SERVICE = "kms-xks-proxy";
var CIPHER = "AES_GCM";
var MAX_KEY_USAGES = 10;
var MAX_FLEET_MEMBERS = 10;
var MAX_LOGGED_TEXT = 512;
var MAX_METADATA_TEXT = 64;
var REMEMBERED_SIGNING_KEYS = 256;
function createXksClient(options) {
  const transport = createTransport(options);
  const call = loggedCalls(signedCalls(options, transport), options.log);
  return {
    getHealthStatus: (proxy, requestMetadata) => call(proxy, "health", { requestMetadata }, requestMetadata, requireHealthy),
    getKeyMetadata: (proxy, externalKeyId, requestMetadata) => call(proxy, `keys/${externalKeyId}/metadata`, { requestMetadata }, requestMetadata, keyMetadata),
    encrypt(proxy, externalKeyId, { plaintext, additionalData, metadata }) {
      const body = {
        requestMetadata: metadata,
        additionalAuthenticatedData: base64(additionalData),
        plaintext: base64(plaintext),
        encryptionAlgorithm: CIPHER,
        ciphertextDataIntegrityValueAlgorithm: "SHA_256"
      };
      return call(
        proxy,
        `keys/${externalKeyId}/encrypt`,
        body,
        metadata,
        (answer) => sealed(answer, plaintext.length, additionalData)
      );
    },
    decrypt(proxy, externalKeyId, { requestMetadata, additionalData, iv, metadata, ciphertext, tag }) {
      const body = {
        requestMetadata,
        additionalAuthenticatedData: base64(additionalData),
        ciphertext: base64(ciphertext),
        ...metadata.length > 0 && { ciphertextMetadata: base64(metadata) },
        encryptionAlgorithm: CIPHER,
        initializationVector: base64(iv),
        authenticationTag: base64(tag)
      };
      return call(
        proxy,
        `keys/${externalKeyId}/decrypt`,
        body,
        requestMetadata,
        ({ plaintext }) => requireBytes("plaintext", plaintext, (length) => length === ciphertext.length)
      );
    },
    readdress: (addressing) => transport.readdress(addressing),
    close: () => transport.close()
  };
}
function loggedCalls(call, log) {
  return async (proxy, path, body, { kmsRequestId: requestId, kmsOperation }, read) => {
    try {
      return read(await call(proxy, path, body));
    } catch (error) {
      if (error instanceof XksError) {
        const { keyStoreId: customKeyStoreId, uriEndpoint, uriPath } = proxy;
        const about = { customKeyStoreId, requestId, kmsOperation, uri: `${uriEndpoint}${uriPath}/${path}` };
        log.warn(
          { ...about, failure: error.failure, cause: error.message },
          "an external key store proxy could not be used: see its cause, and the log of the proxy"
        );
      }
      throw error;
    }
  };
}
function signedCalls({ credentials, clock }, transport) {
  const signingKeyOf = signingKeys(credentials);
  return async (proxy, path, body) => {
    const nowMs = clock.now();
    const rawPath = `${proxy.uriPath}/${path}`;
    const payload = Buffer.from(JSON.stringify(body));
    const { hostname } = new URL(proxy.uriEndpoint);
    const request2 = { method: "POST", rawPath, rawQuery: "", headers: [["host", hostname]], body: payload };
    const scope = { region: proxy.region, service: SERVICE };
    const signingKey = await signingKeyOf(proxy, { ...scope, date: dateOf(nowMs) });
    const signed = signWith(request2, { accessKeyId: proxy.accessKeyId, signingKey }, { ...scope, nowMs });
    const headers = {
      ...Object.fromEntries(signed),
      "content-type": "application/json",
      "content-length": String(payload.length)
    };
    const response = await transport.post({ hostname, path: rawPath, headers, payload });
    if (response.status === 200) return membersOf(response);
    throw refusal(response);
  };
}
function refusal(response) {
  const { errorName, errorMessage } = errorMembersOf(response);
  const known = typeof errorName === "string" && /^[A-Z]/.test(errorName) && Object.hasOwn(xksFailures, errorName);
  const said = [errorName, errorMessage].filter((text) => typeof text === "string");
  const detail = `it answered with HTTP status ${response.status}${said.length === 0 ? "" : `, ${said.join(": ")}`}`;
  return new XksError(known ? errorName : "malformed", printable(detail, MAX_LOGGED_TEXT));
}
function errorMembersOf(response) {
  try {
    return membersOf(response);
  } catch {
    return {};
  }
}
function signingKeys(credentials) {
  const derived = new LruMap(REMEMBERED_SIGNING_KEYS);
  return async (proxy, scope) => {
    const name = [scope.date, scope.region, base64(proxy.wrappedSecret)].join("/");
    const known = derived.get(name);
    if (known) return known;
    const secret = { ...secretOwner(proxy), wrapped: proxy.wrappedSecret };
    const signingKey = await credentials.deriveSigningKey({ secret, ...scope });
    derived.set(name, signingKey);
    return signingKey;
  };
}
var dateOf = (nowMs) => new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "");
function membersOf({ body }) {
  try {
    const value = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
  }
  throw malformed("the answer is not a JSON object");
}
function requireHealthy({
  xksProxyFleetSize,
  xksProxyVendor,
  xksProxyModel,
  ekmVendor,
  ekmFleetDetails
}) {
  const texts = [xksProxyVendor, xksProxyModel, ekmVendor];
  const fleet = Array.isArray(ekmFleetDetails) ? ekmFleetDetails : [];
  const sizes = Number.isInteger(xksProxyFleetSize) && Number(xksProxyFleetSize) > 0;
  const isMember = (member) => typeof member === "object" && member !== null && "healthStatus" in member && ["ACTIVE", "DEGRADED", "UNAVAILABLE"].includes(member.healthStatus);
  if (!sizes) throw malformed("xksProxyFleetSize is not a positive whole number");
  if (!texts.every((text) => typeof text === "string")) {
    throw malformed("xksProxyVendor, xksProxyModel or ekmVendor is not a text");
  }
  if (fleet.length < 1 || fleet.length > MAX_FLEET_MEMBERS || !fleet.every(isMember)) {
    throw malformed(`ekmFleetDetails is not a list of 1 to ${MAX_FLEET_MEMBERS} external key managers`);
  }
  if (fleet.every(({ healthStatus }) => healthStatus === "UNAVAILABLE")) {
    throw new XksError("unhealthy", "every external key manager is UNAVAILABLE");
  }
}
function keyMetadata({ keySpec, keyUsage, keyStatus }) {
  const usages = Array.isArray(keyUsage) ? keyUsage : void 0;
  if (!usages || usages.length > MAX_KEY_USAGES || !usages.every((usage) => typeof usage === "string"))
    throw malformed(`keyUsage is not a list of at most ${MAX_KEY_USAGES} texts`);
  if (typeof keySpec !== "string" || typeof keyStatus !== "string") {
    throw malformed("keySpec or keyStatus is not a text");
  }
  const shown = (text) => printable(text, MAX_METADATA_TEXT);
  return { keySpec: shown(keySpec), keyUsage: usages.map(shown), keyStatus: shown(keyStatus) };
}
function sealed(answer, lengthInBytes, additionalData) {
  const parts = {
    iv: requireBytes(
      "initializationVector",
      answer.initializationVector,
      (length) => EXTERNAL_IV_LENGTHS_IN_BYTES.includes(length)
    ),
    metadata: answer.ciphertextMetadata === void 0 || answer.ciphertextMetadata === null ? Buffer.alloc(0) : requireBytes(
      "ciphertextMetadata",
      answer.ciphertextMetadata,
      (length) => length <= MAX_CIPHERTEXT_METADATA_BYTES
    ),
    ciphertext: requireBytes("ciphertext", answer.ciphertext, (length) => length === lengthInBytes),
    tag: requireBytes("authenticationTag", answer.authenticationTag, (length) => length === TAG_BYTES)
  };
  if (answer.ciphertextDataIntegrityValue !== integrityValue(additionalData, parts)) {
    throw malformed("ciphertextDataIntegrityValue is not that of the answer");
  }
  return parts;
}
function integrityValue(additionalData, parts) {
  const hash = createHash("sha256");
  for (const part of [additionalData, parts.metadata, parts.iv, parts.ciphertext, parts.tag]) hash.update(part);
  return hash.digest("base64");
}
var base64 = (bytes) => Buffer.from(bytes).toString("base64");
function requireBytes(name, value, fits) {
  const bytes = typeof value === "string" ? Buffer.from(value, "base64") : void 0;
  if (bytes && bytes.toString("base64") === value && fits(bytes.length)) return bytes;
  throw malformed(`${name} is not the Base64 of a number of bytes that fits`);
}
var malformed = (detail) => new XksError("malformed", detail);

export {
  xksFailures,
  printable,
  addressOf,
  trustOf,
  createXksClient
};
