import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/cli/shared/stop.ts
var THIS_COMMAND_ALONE = /^\s*['"]?(?:[^\s'"&|;]*\/)?keystead['"]?(?:\s[^&|;\n]*)?$/;
function npmParent(env = process.env) {
  return THIS_COMMAND_ALONE.test(env.npm_lifecycle_script ?? "") ? process.ppid : void 0;
}
var PARENT_CHECK_INTERVAL_MS = 100;
function stopSignal(parent) {
  return new Promise((done) => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => done());
    if (parent === void 0) return;
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      done();
    }, PARENT_CHECK_INTERVAL_MS).unref();
  });
}

export {
  npmParent,
  stopSignal
};
