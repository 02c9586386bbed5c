import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/sigv4/canonical.ts
import { createHmac, createSecretKey, hash } from "node:crypto";
var ALGORITHM = "AWS4-HMAC-SHA256";
var SCOPE_TERMINATOR = "aws4_request";
var scopeText = (scope) => `${scope.date}/${scope.region}/${scope.service}/${SCOPE_TERMINATOR}`;
var sha256Hex = (data) => hash("sha256", data, "hex");
var hmac = (key, text) => createHmac("sha256", key).update(text).digest();
function canonicalRequest(request, signedHeaders, query, rules) {
  const path = canonicalPath(request.rawPath, rules);
  const headers = canonicalHeaders(request.headers, signedHeaders);
  const signed = signedHeaders.join(";");
  return `${request.method}
${path}
${query}
${headers}
${signed}
${sha256Hex(request.body)}`;
}
function stringToSign(timestamp, scope, canonical) {
  return [ALGORITHM, timestamp, scopeText(scope), sha256Hex(canonical)].join("\n");
}
function deriveSigningKey(secretAccessKey, scope) {
  const dateKey = hmac(`AWS4${secretAccessKey}`, scope.date);
  return hmac(hmac(hmac(dateKey, scope.region), scope.service), SCOPE_TERMINATOR);
}
function signature(signingKey, toSign) {
  const key = signingKey instanceof Uint8Array ? createSecretKey(signingKey) : signingKey;
  return createHmac("sha256", key).update(toSign).digest();
}
function canonicalPath(rawPath, rules) {
  const path = rules.normalizePath ? withoutDotSegments(rawPath) : rawPath || "/";
  if (/^[A-Za-z0-9._~/-]*$/.test(path)) return path;
  const bytes = rules.doubleEncode ? Buffer.from(path) : percentDecode(path);
  return encodeBytes(bytes, true);
}
function withoutDotSegments(path) {
  const kept = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const trailing = kept.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${kept.join("/")}${trailing}`;
}
function canonicalHeaders(headers, names) {
  const sent = headers.map(([name]) => name.toLowerCase());
  let lines = "";
  for (const name of names) {
    let values;
    for (const [index, [, value]] of headers.entries()) {
      if (sent[index] !== name) continue;
      const canonical = canonicalValue(value);
      values = values === void 0 ? canonical : `${values},${canonical}`;
    }
    lines += `${name}:${values ?? ""}
`;
  }
  return lines;
}
var canonicalValue = (value) => value.trim().replace(/\s\s+|[^\S ]/g, " ");
function parseQuery(rawQuery) {
  if (rawQuery === "") return [];
  return rawQuery.split("&").filter((part) => part !== "").map((part) => {
    const equals = part.indexOf("=");
    const [name, value] = equals < 0 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
    return { name: formDecode(name), value: formDecode(value) };
  });
}
function canonicalQuery(parameters) {
  if (parameters.length === 0) return "";
  return parameters.map(({ name, value }) => [encodeBytes(name), encodeBytes(value)]).sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB)).map(([name, value]) => `${name}=${value}`).join("&");
}
var compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
var formDecode = (text) => percentDecode(text.replaceAll("+", " "));
function percentDecode(text) {
  if (!text.includes("%")) return Buffer.from(text);
  const parts = text.split(/(%[0-9a-fA-F]{2})/);
  return Buffer.concat(parts.map((part, i) => i % 2 ? Buffer.from(part.slice(1), "hex") : Buffer.from(part)));
}
function encodeBytes(bytes, keepSlash = false) {
  let encoded = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const stays = /[A-Za-z0-9._~-]/.test(character) || keepSlash && character === "/";
    encoded += stays ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

// control-plane/sigv4/sign.ts
var defaultRules = { normalizePath: false, doubleEncode: true, omitSessionToken: false };
var neverSigned = /* @__PURE__ */ new Set([
  "authorization",
  "connection",
  "expect",
  "transfer-encoding",
  "user-agent",
  "x-amzn-trace-id"
]);
function sign(request, credentials, options) {
  const scope = scopeOf(options, formatTimestamp(options.nowMs));
  return signWith(request, { ...credentials, signingKey: signingKeyOf(credentials.secretAccessKey, scope) }, options);
}
var derived = /* @__PURE__ */ new Map();
var KEYS_KEPT = 64;
function signingKeyOf(secret, scope) {
  const name = `${scopeText(scope)} ${secret}`;
  const known = derived.get(name);
  if (known) return known;
  if (derived.size >= KEYS_KEPT) derived.clear();
  const key = deriveSigningKey(secret, scope);
  derived.set(name, key);
  return key;
}
function signWith(request, credentials, options) {
  const timestamp = formatTimestamp(options.nowMs);
  const rules = options.rules ?? defaultRules;
  const sessionTokenPart = credentials.sessionToken ? [["X-Amz-Security-Token", credentials.sessionToken]] : [];
  const headers = [
    ...request.headers,
    ...rules.omitSessionToken ? [] : sessionTokenPart,
    ["X-Amz-Date", timestamp],
    ...options.signBody ? [["x-amz-content-sha256", sha256Hex(request.body)]] : []
  ];
  const scope = scopeOf(options, timestamp);
  const signedHeaders = signable(headers);
  const query = canonicalQuery(parseQuery(request.rawQuery));
  const canonical = canonicalRequest({ ...request, headers }, signedHeaders, query, rules);
  const authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scopeText(scope)}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature(credentials.signingKey, stringToSign(timestamp, scope, canonical)).toString("hex")}`;
  return [...headers, ...rules.omitSessionToken ? sessionTokenPart : [], ["Authorization", authorization]];
}
function signRequest(request) {
  const { method, url, headers, body, credentials, ...options } = request;
  const signable2 = {
    method,
    rawPath: url.pathname,
    rawQuery: url.search.slice(1),
    headers: [["host", url.host], ...Object.entries(headers)],
    body
  };
  const signed = sign(signable2, credentials, options).filter(([name]) => name !== "host");
  return Object.fromEntries(signed.map(([name, value]) => [name.toLowerCase(), value]));
}
function formatTimestamp(ms) {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
var scopeOf = (options, timestamp) => ({
  date: timestamp.slice(0, 8),
  region: options.region,
  service: options.service ?? "kms"
});
function signable(headers) {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...names].filter((name) => !neverSigned.has(name)).sort();
}

export {
  ALGORITHM,
  SCOPE_TERMINATOR,
  sha256Hex,
  canonicalRequest,
  stringToSign,
  signature,
  parseQuery,
  canonicalQuery,
  defaultRules,
  signWith,
  signRequest,
  formatTimestamp
};
