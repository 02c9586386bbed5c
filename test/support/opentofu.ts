/** OpenTofu, with which tests of Terraform run again where a `tofu` is on the PATH. */
import { spawnSync } from 'node:child_process';
import { leftOutTitle } from './needs.ts';

const isThere = (): boolean => spawnSync('tofu', ['version'], { env: process.env }).status === 0;

/** `describe`, or a skipped one that `make test` reports as not run: it is never an error that OpenTofu is missing. */
export function describeWithOpenTofu(title: string, declare: () => void): void {
  if (isThere()) describe(title, declare);
  else test.skip(leftOutTitle(title, 'OpenTofu (tofu) on the PATH'), () => undefined);
}
