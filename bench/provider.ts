/** Where `make provider` leaves the provider and the CLI configuration that points Terraform at it. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './servers.ts';

export const cliConfig = join(root, 'dist/provider/terraform.rc');

/** @throws Error when it has not been built. */
export function providerBinary(): string {
  const [found] = globSync(join(root, 'dist/provider/**/registry.terraform.io/**/terraform-provider-aws_v*'));
  if (found === undefined) throw new Error('There is no provider in dist/provider. Run "make provider" first.');
  return found;
}
