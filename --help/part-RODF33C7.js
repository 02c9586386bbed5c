import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  isLoopback,
  parseListenAddress
} from "./part-45AVFN6V.js";
import {
  isAccountId,
  isRegion
} from "./part-6MSZOWH6.js";
import {
  Secret
} from "./part-V3QLCJLG.js";
import {
  StartError,
  exitCodes
} from "./part-RN4T6Q5A.js";

// control-plane/runtime/networks.ts
import { BlockList, isIP } from "node:net";
var SPECIAL_NETWORKS = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
  ...["::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
  ...["5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"]
];
function publicNetworksAnd(allowed = []) {
  const special = listOf(SPECIAL_NETWORKS);
  const exceptions = listOf(allowed);
  return {
    allows(address) {
      const family = isIP(address);
      if (family === 0 || address.includes("%")) return false;
      const type = family === 6 ? "ipv6" : "ipv4";
      return exceptions.check(address, type) || !special.check(address, type);
    }
  };
}
function listOf(networks) {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = "", prefix] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    const bits = prefix === void 0 ? most : Number(prefix);
    if (family === 0 || bits > most) throw new RangeError(`${network} is not a network`);
    list.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

// control-plane/startup/config.ts
function requirePrivateTransport({ listen, tls, plaintext }) {
  const { host } = parseListenAddress(listen, "--listen");
  if (tls !== void 0 || plaintext === "anywhere" || isLoopback(host)) return;
  throw new StartError(
    `--listen: ${listen} is beyond loopback, and TLS is not configured: plaintext and data keys could be read on the network.`,
    "Give --tls-cert and --tls-key; or --plaintext anywhere, when a TLS proxy stands in front.",
    exitCodes.tls
  );
}
function parseSeal(text, passphraseFile) {
  const [, kind, path] = /^(file|passphrase):(.+)$/s.exec(text) ?? [];
  if (kind === "file" && path !== void 0) return { kind, path };
  if (kind === "passphrase" && path !== void 0 && passphraseFile !== void 0) {
    return { kind, path, passphrasePath: passphraseFile };
  }
  throw kind === "passphrase" ? new StartError(
    "--seal: a passphrase seal needs its passphrase.",
    "Name a file of mode 0600 that holds it: --passphrase-file FILE.",
    exitCodes.usage
  ) : new StartError(
    `--seal: "${text}" is not a seal.`,
    "Write --seal file:PATH, or --seal passphrase:PATH with --passphrase-file FILE.",
    exitCodes.usage
  );
}
function requireAccountId(text) {
  if (isAccountId(text)) return text;
  throw new StartError(
    `--account-id: "${text}" is not an account id.`,
    "An account id has 12 digits, such as 111122223333.",
    exitCodes.usage
  );
}
function requireRegion(text, flag = "--region") {
  if (isRegion(text)) return text;
  throw new StartError(
    `${flag}: "${text}" is not a Region name.`,
    "Write it as AWS does, such as eu-central-1.",
    exitCodes.usage
  );
}
function requireRegions(text, home) {
  const regions = new Set(text.split(",").map((name) => requireRegion(name.trim(), "--regions")));
  if (regions.has(home)) return regions;
  throw new StartError(
    `--regions: ${home}, the Region of --region, is not in the list.`,
    "Add it, or give --region one of the list.",
    exitCodes.usage
  );
}
function requireIdentityProviderNetworks(text = "") {
  const networks = text.split(",").map((network) => network.trim());
  try {
    return publicNetworksAnd(networks.filter((network) => network !== ""));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new StartError(
      `--identity-provider-networks: ${error.message}.`,
      "Write addresses or address/bits, such as 10.20.0.0/16,fd00:1234::/48.",
      exitCodes.usage
    );
  }
}
function requireDatabase(text) {
  if (text === "sqlite" || /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return new Secret(text);
  throw new StartError(
    '--database: the value is neither "sqlite" nor a postgres:// URL.',
    "Write it as postgres://user:password@host:5432/database.",
    exitCodes.usage
  );
}

export {
  requirePrivateTransport,
  parseSeal,
  requireAccountId,
  requireRegion,
  requireRegions,
  requireIdentityProviderNetworks,
  requireDatabase
};
