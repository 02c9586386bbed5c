import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/runtime/durable-file.ts
import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
async function makeDirectory(path) {
  if (await isMade(path)) return;
  await makeDirectory(dirname(path));
  if (!await isMade(path)) throw new Error(`${dirname(path)} takes no directory`);
}
async function isMade(path) {
  try {
    await mkdir(path, { mode: 448 });
    await chmod(path, 448);
    return true;
  } catch (error) {
    const { code } = error;
    if (code === "ENOENT") return false;
    if (code === "ERR_ACCESS_DENIED") return true;
    if ((await stat(path).catch(() => void 0))?.isDirectory()) return true;
    throw error;
  }
}
function unlessForbidden(error) {
  if (error.code !== "ERR_ACCESS_DENIED") throw error;
}
async function writeDurably(path, contents) {
  const directory = dirname(path);
  await makeDirectory(directory);
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  await writeSynced(draft, contents);
  await rename(draft, path);
  await syncDirectory(directory);
}
async function createDurably(path, contents) {
  const draft = `${path}.${randomBytes(8).toString("hex")}.new`;
  try {
    await writeSynced(draft, contents);
    await link(draft, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => {
    });
  }
}
async function writeSynced(path, contents) {
  const file = await open(path, "wx", 384);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}
async function syncDirectory(path) {
  const directory = await open(path, "r").catch(unlessForbidden);
  await directory?.sync().finally(() => directory.close());
}

export {
  makeDirectory,
  writeDurably,
  createDurably,
  syncDirectory
};
