import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  CommandError,
  Option
} from "./part-K2DAL35S.js";
import {
  systemClock
} from "./part-H32ILBIJ.js";
import {
  requireDatabase
} from "./part-RODF33C7.js";

// control-plane/cli/audit/audit-database.ts
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
var PAGE = 1e3;
function withDatabaseOptions(command) {
  return command.addOption(
    new Option("--data-dir <dir>", "data directory of the server").env("KEYSTEAD_DATA_DIR").default(".keystead")
  ).addOption(
    new Option("--database <url>", '"sqlite", or the postgres:// URL').env("KEYSTEAD_DATABASE").default("sqlite")
  );
}
function withStore(options, work) {
  return withOpened(options, "openStoreReadOnly", work);
}
var DATA_DIRECTORY_HINT = "Name the server's data directory with --data-dir or KEYSTEAD_DATA_DIR, or its database with --database.";
async function withWritableStore(options, work) {
  const dataDir = resolve(options.dataDir);
  if (options.database === "sqlite" && existsSync(dataDir) && !existsSync(join(dataDir, "keystead.db"))) {
    throw new CommandError(`There is no database in ${dataDir}.`, DATA_DIRECTORY_HINT);
  }
  return withOpened(options, "openStore", work);
}
async function withOpened(options, how, work) {
  const database = requireDatabase(options.database).reveal();
  const dataDir = resolve(options.dataDir);
  if (database === "sqlite" && !existsSync(dataDir)) {
    throw new CommandError(`The data directory ${dataDir} does not exist.`, DATA_DIRECTORY_HINT);
  }
  const [opening, { startErrorOf }] = await Promise.all([
    import("./part-QY4AK2J2.js"),
    import("./part-PRNLF3E6.js")
  ]);
  const open = opening[how];
  const store = await open({ database, dataDir, clock: systemClock }).catch((error) => {
    throw startErrorOf(error);
  });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
async function* recordsOf(store, chainId, from) {
  for (let after = from; ; ) {
    const page = await store.listAudit(chainId, { after, limit: PAGE });
    yield* page.rows;
    const last = page.rows.at(-1);
    if (!page.more || !last) return;
    after = last.sequence;
  }
}

export {
  withDatabaseOptions,
  withStore,
  withWritableStore,
  recordsOf
};
