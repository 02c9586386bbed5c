/**
 * The genuine hashicorp/aws, which some tests compare ours with. It is used only if it lies on this machine as Terraform
 * looks for providers without a network: in a directory that TF_PLUGIN_MIRROR names, in one of the implied mirrors, or
 * in a directory of software for the whole machine (/opt).
 * https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describeAtLength } from './at-length.ts';
import { leftOutTitle } from './needs.ts';

export interface GenuineProvider {
  readonly mirrorDirectory: string;
  readonly version: string;
}

const address = 'registry.terraform.io/hashicorp/aws';

/** The newest of major 5; undefined: there is none. */
export function findGenuineProvider(): GenuineProvider | undefined {
  const { TF_PLUGIN_MIRROR, TF_PLUGIN_CACHE_DIR, XDG_DATA_HOME = join(homedir(), '.local/share') } = process.env;
  const directories = [
    TF_PLUGIN_MIRROR,
    join(homedir(), '.terraform.d/plugins'),
    join(XDG_DATA_HOME, 'terraform/plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    TF_PLUGIN_CACHE_DIR,
    ...systemMirrors(),
  ];
  for (const mirrorDirectory of directories) {
    const place = mirrorDirectory && join(mirrorDirectory, address);
    if (!place || !existsSync(place)) continue;
    const version = readdirSync(place)
      .filter((name) => /^5\.\d+\.\d+$/.test(name))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
    if (version !== undefined) return { mirrorDirectory, version };
  }
  return undefined;
}

/** Add-on software for the whole machine lies in a directory of its own below /opt. */
function systemMirrors(): readonly string[] {
  return existsSync('/opt') ? readdirSync('/opt').map((name) => join('/opt', name)) : [];
}

/** `describe`, or a skipped one that `make test` reports as not run. */
export function describeWithGenuine(title: string, declare: (genuine: GenuineProvider) => void): void {
  const genuine = findGenuineProvider();
  if (genuine !== undefined) describe(title, () => declare(genuine));
  else test.skip(leftOutTitle(title, 'hashicorp/aws in a mirror that TF_PLUGIN_MIRROR names'), () => undefined);
}

/** The same, for comparisons of minutes. */
export function describeAtLengthWithGenuine(title: string, declare: (genuine: GenuineProvider) => void): void {
  describeAtLength(title, () => describeWithGenuine('side by side', declare));
}

/** A CLI configuration that installs from the mirror only. */
export function genuineCliConfig(directory: string, { mirrorDirectory }: GenuineProvider): string {
  const file = join(directory, 'genuine.tfrc');
  writeFileSync(file, `provider_installation {\n  filesystem_mirror {\n    path = "${mirrorDirectory}"\n  }\n}\n`);
  return file;
}
