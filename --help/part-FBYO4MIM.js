import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  pathOf
} from "./part-A5ZGKVVS.js";
import {
  withDatabaseOptions,
  withStore
} from "./part-W4G2OUTC.js";
import {
  Command,
  CommandError,
  InvalidArgumentError,
  Option
} from "./part-K2DAL35S.js";
import {
  MAX_GENERATIONS,
  ROOT_KEY_BYTES,
  sealOf
} from "./part-VP5DLB6F.js";
import {
  MAX_SESSION_AGE_MS,
  RootKeys,
  createSoftHsm
} from "./part-FGEIRVT7.js";
import "./part-5XLD6PTW.js";
import {
  ROOT_KEY_REWRAP,
  ROOT_KEY_STATE,
  liveHolders,
  nameOfWrapped,
  rootKeyRewrapOf,
  rootKeyStateOf,
  wrappedSecrets
} from "./part-PH4K5MMY.js";
import "./part-EDDX5LMN.js";
import "./part-H32ILBIJ.js";
import "./part-VBEMYQIP.js";
import {
  SecretBytes
} from "./part-4RXXNH3Y.js";
import "./part-VL6X5B2K.js";
import {
  wrappedTables
} from "./part-XVELN5XI.js";
import "./part-3U7RA5UT.js";
import "./part-6ACPXKQJ.js";
import {
  startErrorOf
} from "./part-AUISU2LP.js";
import {
  SealError
} from "./part-OCGC4VUO.js";
import "./part-XRQJXUX5.js";
import {
  parseSeal
} from "./part-RODF33C7.js";
import "./part-45AVFN6V.js";
import "./part-6MSZOWH6.js";
import "./part-M22DKBT6.js";
import "./part-V3QLCJLG.js";
import "./part-YOZOMLJ4.js";
import "./part-LOG5TJBC.js";
import "./part-GJX6LNLE.js";
import "./part-RN4T6Q5A.js";
import "./part-YV4TI3RN.js";
import "./part-J52KMMNH.js";

// control-plane/hsm/root-key/change.ts
import { randomBytes } from "node:crypto";
import { open, readFile, rm } from "node:fs/promises";
function addGeneration(seal, origin) {
  return change(seal, async (held) => {
    if (held.generations.length === MAX_GENERATIONS) {
      throw new SealError(
        `The root key in ${seal.path} has ${MAX_GENERATIONS} generations, as many as it can have.`,
        "Remove old ones first: keystead root-key remove-generations."
      );
    }
    const generation = held.newest + 1;
    const fresh = { generation, rootKey: new SecretBytes(randomBytes(ROOT_KEY_BYTES)), origin };
    const changed = new RootKeys([...held.generations, fresh], held.installation, held.removal);
    return { changed, result: generation };
  });
}
function removeGenerationsBefore(seal, oldest, removal, approve) {
  return change(seal, async (held) => {
    const kept = held.generations.filter(({ generation }) => generation >= oldest);
    if (!held.find(oldest)) {
      throw new SealError(
        `The root key in ${seal.path} has no generation ${oldest}.`,
        "Copy the newest root key file here first."
      );
    }
    if (kept.length === held.generations.length) return { result: false };
    const changed = new RootKeys(kept, held.installation, removal);
    await approve(changed);
    return { changed, result: true };
  });
}
async function change(seal, decide) {
  const unlock = await lock(`${seal.path}.lock`);
  try {
    const stored = sealOf({ ...seal, mustExist: true });
    const held = await stored.open();
    let changed;
    try {
      const decided = await decide(held);
      changed = decided.changed;
      if (changed) await stored.replace(changed);
      return decided.result;
    } finally {
      changed?.wipe();
      held.wipe();
    }
  } finally {
    await unlock();
  }
}
async function lock(path) {
  for (; ; ) {
    const file = await open(path, "wx", 384).catch((error) => {
      if (error.code === "EEXIST") return void 0;
      throw new SealError(
        `${path} cannot be created: ${error.message}.`,
        "Run this as the user of the HSM, or as root; that user must be able to create files beside the root key. Move the root key to a directory of that user if it is in another one, and name it with --seal."
      );
    });
    if (file) {
      await file.writeFile(String(process.pid)).finally(() => file.close());
      return () => rm(path, { force: true });
    }
    const pid = Number(await readFile(path, "utf8").catch(() => ""));
    if (!(pid > 0) || isRunning(pid)) {
      throw new SealError(
        `Another command is changing the root key: ${path} exists${pid > 0 ? ` (process ${pid})` : ""}.`,
        "Wait until it has ended. If no such process is running, remove that file."
      );
    }
    await rm(path, { force: true });
  }
}
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

// control-plane/cli/root-key/place.ts
import { existsSync, statSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";
function withSealOptions(command) {
  return command.addOption(
    new Option("--seal <seal>", 'the root key: file:PATH, or passphrase:PATH (default: as of "keystead serve")').env(
      "KEYSTEAD_SEAL"
    )
  ).addOption(
    new Option("--passphrase-file <file>", "holds the passphrase of a passphrase seal").env(
      "KEYSTEAD_PASSPHRASE_FILE"
    )
  );
}
function sealAt({ dataDir, seal, passphraseFile }) {
  const [own, ofHsm] = [resolve(dataDir, "root.key"), resolve(dataDir, "hsm", "root.key")];
  const file = existsSync(own) || !existsSync(ofHsm) ? own : ofHsm;
  const parsed = parseSeal(seal ?? `file:${file}`, pathOf(passphraseFile));
  return { ...parsed, path: resolve(parsed.path) };
}
function operator() {
  const name = process.env.SUDO_USER ?? userName();
  return `${name}@${hostname()}`;
}
function userName() {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.geteuid?.()}`;
  }
}
async function asOwnerOf(path, work) {
  if (process.geteuid?.() !== 0 || !existsSync(path)) return work();
  const { uid, gid } = statSync(path);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
async function asCaller(path, work) {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(0);
  process.setegid?.(0);
  try {
    return await work();
  } finally {
    const { uid, gid } = statSync(path);
    process.setegid?.(gid);
    process.seteuid?.(uid);
  }
}

// control-plane/cli/root-key/progress.ts
import { setTimeout as sleep } from "node:timers/promises";
async function progressIn(store) {
  const [state, rewrap, holders] = await Promise.all([
    store.findMeta(ROOT_KEY_STATE),
    store.findMeta(ROOT_KEY_REWRAP),
    store.listRootKeyHolders()
  ]);
  return { state: rootKeyStateOf(state), rewrap: rootKeyRewrapOf(rewrap), holders };
}
function describe({ state, rewrap, holders }) {
  const since = state.inUseSinceMs > 0 ? ` since ${timeOf(state.inUseSinceMs)}` : "";
  return [
    `Generation ${state.inUse} of the root key is in use${since}.`,
    ...holders.map(holderLine),
    ...passLines(rewrap)
  ];
}
var timeOf = (ms) => new Date(ms).toISOString();
function holderLine({ holder_id, oldest, newest, newest_fingerprint, seen_at_ms }) {
  const held = oldest === newest ? `generation ${newest}` : `generations ${oldest} to ${newest}`;
  return `Server ${holder_id} holds ${held} (fingerprint of the newest: ${newest_fingerprint}), seen ${timeOf(seen_at_ms)}.`;
}
function passLines({ complete, underWay }) {
  if (!underWay) return [`Everything is wrapped under generation ${complete} or a later one.`];
  const { generation, rewrapped, total, failed, endedAtMs } = underWay;
  const line = `Wrapping again under generation ${generation}: ${rewrapped} of ${total} secrets.`;
  if (failed === 0 && endedAtMs === void 0) return [line];
  return [line, `${failed} could not be opened: the server's log names them.`];
}
var POLL_MS = 500;
async function waitUntilComplete(place, generation) {
  let printed = "";
  const isComplete = async (store) => {
    const progress = await progressIn(store);
    const { state, rewrap, holders } = progress;
    const wanted = generation ?? Math.max(state.inUse, ...holders.map(({ newest }) => newest));
    const lines = passLines(rewrap).join("\n");
    if (lines !== printed) console.log(lines);
    printed = lines;
    return rewrap.complete >= wanted;
  };
  await withStore(place, async (store) => {
    while (!await isComplete(store)) await sleep(POLL_MS);
  });
}

// control-plane/cli/root-key/remove.ts
var NOTICE_MS = 10 * 6e4;
var PAGE = 200;
var SHOWN = 10;
var PRINT_EVERY = 1e4;
async function removeGenerations(options) {
  const seal = sealAt(options);
  const removedBy = operator();
  await withStore(options, async (store) => {
    const progress = await progressIn(store);
    const { inUse } = progress.state;
    const removal = { removedAtMs: Date.now(), removedBy };
    const approve = (left) => asCaller(seal.path, async () => {
      refuse(inUse, await needs(store, progress, left));
      refuse(inUse, await unopened(store, left));
    });
    const work = () => removeGenerationsBefore(seal, inUse, removal, approve);
    const removed = await asOwnerOf(seal.path, work).catch((error) => {
      throw startErrorOf(error);
    });
    if (!removed) {
      console.log(
        `Nothing was removed: the servers use generation ${inUse}, and the root key in ${seal.path} has none before it.`
      );
      return;
    }
    console.log(
      [
        `The root key in ${seal.path} has no generation before ${inUse} any more.`,
        "Copy the file to the other machines of this installation, and back it up.",
        "Backups of the database from before the rotation need a backup of the root key from then: keep both, or neither."
      ].join("\n")
    );
  });
}
function refuse(inUse, reasons) {
  if (reasons.length === 0) return;
  throw new CommandError(
    [`The generations before ${inUse} are still needed:`, ...reasons.map((reason) => `  ${reason}`)].join("\n"),
    '"keystead root-key status" shows how far the rotation is; run this again when it is complete.'
  );
}
async function needs(store, { state, rewrap, holders }, left) {
  const { inUse, inUseSinceMs, fingerprint } = state;
  const reasons = [];
  const [oldest] = left.describe();
  if (fingerprint !== void 0 && oldest?.fingerprint !== fingerprint) {
    reasons.push(`generation ${inUse} of this root key is not the one that the servers use`);
  }
  if (rewrap.complete < inUse) reasons.push(`the rotation to generation ${inUse} is not complete`);
  for (const [table, count] of Object.entries(await store.countWrapped(inUse))) {
    if (count > 0) reasons.push(`${table}: ${count} rows`);
  }
  const usedFromMs = Math.max(inUseSinceMs, oldest?.createdAtMs ?? 0);
  const tokensUntilMs = usedFromMs + MAX_SESSION_AGE_MS + NOTICE_MS;
  if (Date.now() < tokensUntilMs) reasons.push(`session and import tokens, until ${timeOf(tokensUntilMs)}`);
  for (const { holder_id, newest } of liveHolders(holders, Date.now(), 0)) {
    if (newest < inUse) reasons.push(`server ${holder_id}, which does not hold generation ${inUse}`);
  }
  return reasons;
}
async function unopened(store, left) {
  const hsm = createSoftHsm(left);
  const found = [];
  let opened = 0;
  const ofTable = async (table) => {
    const { secret, key } = wrappedSecrets[table];
    for (let after; ; ) {
      const rows = await store.listWrapped(table, { limit: PAGE, ...after && { after } });
      const results = await hsm.rewrap(rows.map(secret));
      for (const [i, row] of rows.entries()) {
        if (!results[i]?.wrapped) found.push(nameOfWrapped(table, row));
        else if (++opened % PRINT_EVERY === 0) console.error(`${opened} secrets open with what would be left`);
      }
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = key(last);
    }
  };
  for (const table of wrappedTables) await ofTable(table);
  const shown = found.slice(0, SHOWN).map((name) => `${name} cannot be opened without them`);
  return found.length > SHOWN ? [...shown, `${found.length - SHOWN} others`] : shown;
}

// control-plane/cli/root-key/root-key.ts
function rootKeyCommand() {
  const rootKey = new Command("root-key").description(
    "The root key of the HSM and its generations: rotate it, see how far that is, remove old generations."
  );
  withSealOptions(
    withDatabaseOptions(
      rootKey.command("rotate").description("add a generation to the root key; servers take it into use by themselves")
    )
  ).option("--wait", "until everything is wrapped under the new generation; needs the database").addHelpText(
    "after",
    [
      "",
      "Run it on the machine of the HSM, as the user of the HSM or as root. With several machines, copy the root key",
      "file to the others: the servers begin to use the new generation when the HSM of each one has it. Back the file up:",
      "from then on new keys need it."
    ].join("\n")
  ).action(rotate);
  withDatabaseOptions(
    rootKey.command("status").description("print which generation is in use, who holds which, and what is left to do")
  ).addOption(
    new Option(
      "--wait [generation]",
      "until everything is wrapped under this generation (default: the newest that a server holds)"
    ).argParser(generationOption)
  ).action(status);
  withSealOptions(
    withDatabaseOptions(
      rootKey.command("remove-generations").description("remove the generations before the one in use, if nothing needs them; that cannot be undone")
    )
  ).addHelpText(
    "after",
    [
      "",
      "It refuses, and says why, while the rotation is not complete, while tokens of the old generations can be valid",
      "(36 hours and 15 minutes), and when anything in the database does not open with what would be left. It cannot",
      "know your backups: those from before the rotation need a root key file from before it."
    ].join("\n")
  ).action(removeGenerations);
  return rootKey;
}
async function rotate(options) {
  const seal = sealAt(options);
  const origin = { createdAtMs: Date.now(), createdBy: operator() };
  const generation = await asOwnerOf(seal.path, () => addGeneration(seal, origin)).catch((error) => {
    throw startErrorOf(error);
  });
  console.log(
    [
      `The root key in ${seal.path} has generation ${generation} now.`,
      "Back it up: from now on new keys are wrapped under it. Give it to the HSM of every server of this installation.",
      "The servers use it within their --job-interval, and then wrap everything again. To see how far they are:",
      `  keystead root-key status --wait ${generation}`
    ].join("\n")
  );
  if (options.wait) await waitUntilComplete(options, generation);
}
async function status({ wait, ...place }) {
  await withStore(place, async (store) => console.log(describe(await progressIn(store)).join("\n")));
  if (wait !== void 0) await waitUntilComplete(place, wait === true ? void 0 : wait);
}
function generationOption(text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a generation, as "keystead root-key rotate" prints it.');
}
export {
  rootKeyCommand
};
