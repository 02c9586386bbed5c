/** The paths of the programs that benchmarks start, which no other file knows, and the environment they get. */
import { globSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export const scripts = {
  keystead: join(root, 'control-plane/cli/bin/keystead'),
  drive: join(root, 'bench/load/drive.ts'),
  httpFloor: join(root, 'bench/servers/http-floor.ts'),
  promiseFloor: join(root, 'bench/servers/promise-floor.ts'),
  fill: join(root, 'bench/servers/fill.ts'),
  listImports: join(root, 'bench/servers/list-imports.ts'),
  countModules: join(root, 'bench/servers/count-modules.ts'),
} as const;

/** The benchmark process itself, in this work tree or in another commit's. */
export const workerScript = (tree: string): string => join(tree, 'bench/run/worker.ts');

/** Where `make provider` leaves the CLI configuration that points Terraform at the provider. */
export const cliConfig = join(root, 'dist/provider/terraform.rc');

/** @throws Error when it has not been built. */
export function providerBinary(): string {
  const [found] = globSync(join(root, 'dist/provider/**/registry.terraform.io/**/terraform-provider-aws_v*'));
  if (found === undefined) throw new Error('There is no provider in dist/provider. Run "make provider" first.');
  return found;
}

/**
 * Our own environment without what would change how Node.js or Keystead run: every measurement starts from the same.
 */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const settings = /^(NODE_|KEYSTEAD_|AWS_|TF_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)));
}
