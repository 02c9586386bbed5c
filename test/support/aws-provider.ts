/**
 * The genuine AWS provider, where somebody installed it: a control, never a part of the product. Tests that ask it are
 * reported as left out where it is not there, also with CI=true, because no package has it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { leftOutTitle } from './needs.ts';

export const awsProviderVersion = '5.100.0';

/** Directories that Terraform looks into by itself, and those that the environment or its CLI configuration names. */
function mirrors(): readonly string[] {
  const { TF_PLUGIN_MIRROR, TF_CLI_CONFIG_FILE, XDG_DATA_HOME } = process.env;
  const home = homedir();
  const configuration = TF_CLI_CONFIG_FILE ?? join(home, '.terraformrc');
  const named = existsSync(configuration)
    ? [...readFileSync(configuration, 'utf8').matchAll(/^\s*path\s*=\s*"([^"]+)"/gm)].map(([, path = '']) => path)
    : [];
  return [
    ...(TF_PLUGIN_MIRROR === undefined ? [] : [TF_PLUGIN_MIRROR]),
    ...named,
    join(home, '.terraform.d/plugins'),
    join(XDG_DATA_HOME ?? join(home, '.local/share'), 'terraform/plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
  ];
}

/** The filesystem mirror that has the provider, unpacked. */
export const awsProviderMirror: string | undefined = mirrors().find((mirror) => {
  const directory = join(mirror, 'registry.terraform.io/hashicorp/aws', awsProviderVersion);
  return existsSync(directory) && readdirSync(directory).length > 0;
});

const what = `the AWS provider ${awsProviderVersion} in a mirror that TF_PLUGIN_MIRROR names`;

/** `test`, or a test that is reported as left out. */
export const testWithAwsProvider: (name: string, run: () => Promise<void>) => void =
  awsProviderMirror === undefined
    ? (name) => test.skip(leftOutTitle(name, what), () => undefined)
    : (name, run) => test(name, run);
