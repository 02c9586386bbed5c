/**
 * When a program that serves stops: at a signal, or when the npm that started it has ended. npm hands SIGTERM on to its
 * child, but that is a shell (`sh -c 'keystead' serve …`), which ends without telling the program.
 */

/** A script that is this command alone: what a script leaves in the background outlives its shell. */
const THIS_COMMAND_ALONE = /^\s*['"]?(?:[^\s'"&|;]*\/)?keystead['"]?(?:\s[^&|;\n]*)?$/;

/** @returns the process id of the shell, or of the npm, that started this command; undefined for other parents */
export function npmParent(env: NodeJS.ProcessEnv = process.env): number | undefined {
  return THIS_COMMAND_ALONE.test(env.npm_lifecycle_script ?? '') ? process.ppid : undefined;
}

const PARENT_CHECK_INTERVAL_MS = 100;

/** @param parent the process with which this one stops; undefined: only signals stop it */
export function stopSignal(parent: number | undefined): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done());
    if (parent === undefined) return;
    // A parent that has ended leaves its children to another process.
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      done();
    }, PARENT_CHECK_INTERVAL_MS).unref();
  });
}
