/**
 * Bundles the provider to one file and lays it out as Terraform and OpenTofu look for it: a filesystem mirror, and a
 * CLI configuration beside it that installs from there. `node provider/package.ts [OUTPUT_DIRECTORY]`, by default
 * dist/provider. The same sources give the same bytes.
 *
 * `--as hashicorp/aws` lays it out under that source instead, by default in dist/provider-hashicorp: for modules whose
 * source cannot be changed; `--versions 5.31.4,…` also in these versions, for constraints that only they pass.
 *
 * https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
 */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ownSource, standInVersions } from '@keystead/provider-schema/provider-versions.ts';
import { build } from 'esbuild';

/** Hosts that `source = "namespace/type"` means, for Terraform and for OpenTofu. */
const hosts = ['registry.terraform.io', 'registry.opentofu.org'] as const;
/** A script is the same file everywhere, but must be offered once for each platform. */
const platforms = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'] as const;
const minimumNodeMajor = 22;

export interface PackageOptions {
  /** Module that runs the plugin. */
  readonly entry: string;
  readonly namespace: string;
  /** `aws`: the provider's local name, and the prefix of its resource types. */
  readonly type: string;
  readonly version: string;
  /** The same provider, offered under these versions too. */
  readonly otherVersions?: readonly string[];
  readonly outputDirectory: string;
}

export interface Packaged {
  /** The CLI configuration: TF_CLI_CONFIG_FILE. */
  readonly cliConfigPath: string;
  readonly mirrorDirectory: string;
  /** Every copy of the executable. */
  readonly executables: readonly string[];
}

/**
 * Both a shell script and JavaScript: to the shell each line is the command `:` and then code; to Node it is a string
 * and a comment. A failure before the handshake must be one line on stdout, where Terraform shows it.
 */
function header(name: string): string {
  const need = `${name} needs Node.js ${minimumNodeMajor} or newer`;
  const remedy = 'put node on the PATH, or set KEYSTEAD_NODE to the path of node';
  return [
    '#!/bin/sh',
    `':' //; node=\${KEYSTEAD_NODE:-node}`,
    `':' //; command -v "$node" >/dev/null 2>&1 || { echo "${need} and found none: ${remedy}."; exit 1; }`,
    `':' //; exec "$node" "$0" "$@"`,
    // Old syntax: it must run, and say so, on any Node that can be found.
    `if (parseInt(process.versions.node, 10) < ${minimumNodeMajor}) {`,
    `  console.log("${need}, this is " + process.versions.node + ": ${remedy}.");`,
    '  process.exit(1);',
    '}',
  ].join('\n');
}

/** One CommonJS file: a module without extension is CommonJS to Node, and one file starts fastest. */
async function bundle(options: PackageOptions): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [options.entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    // Older than what the code needs, so that an older Node can still parse the file and say what is missing.
    target: 'node14',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    banner: { js: header(`Terraform provider ${options.namespace}/${options.type}`) },
    // int64 are plain numbers here (proto/runtime.ts): the arithmetic library would only cost start-up time.
    alias: { long: join(import.meta.dirname, 'proto/no-long.cjs') },
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('the bundler wrote nothing');
  return file.contents;
}

/** @param provider `namespace/type`, or with `*` all of a namespace */
function cliConfig(provider: string, mirrorDirectory: string): string {
  const addresses = hosts.map((host) => `"${host}/${provider}"`).join(', ');
  return `# Installs ${provider} from this mirror and all others from their registries.
disable_checkpoint = true

provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirrorDirectory)}
    include = [${addresses}]
  }
  direct {
    exclude = [${addresses}]
  }
}
`;
}

export async function packageProvider(options: PackageOptions): Promise<Packaged> {
  const { namespace, type, outputDirectory } = options;
  const versions = [options.version, ...(options.otherVersions ?? [])];
  const contents = await bundle(options);
  const mirrorDirectory = join(resolve(outputDirectory), 'mirror');
  const cliConfigPath = join(resolve(outputDirectory), 'terraform.rc');
  await rm(mirrorDirectory, { recursive: true, force: true });
  const executables: string[] = [];
  const places = hosts.flatMap((host) => versions.map((version) => ({ host, version })));
  for (const { host, version } of places) {
    for (const platform of platforms) {
      const directory = join(mirrorDirectory, host, namespace, type, version, platform);
      const executable = join(directory, `terraform-provider-${type}_v${version}`);
      await mkdir(directory, { recursive: true });
      await writeFile(executable, contents);
      await chmod(executable, 0o755);
      // Without it the module type would be that of whatever project the provider is installed into.
      await writeFile(join(directory, 'package.json'), '{ "type": "commonjs" }\n');
      executables.push(executable);
    }
  }
  await writeFile(cliConfigPath, cliConfig(`${namespace}/${type}`, mirrorDirectory));
  return { cliConfigPath, mirrorDirectory, executables };
}

/** What the command line asks for. @throws Error when it is not understood */
export function packageOptions(args: readonly string[], version: string): Omit<PackageOptions, 'entry'> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { as: { type: 'string' }, versions: { type: 'string' } },
    allowPositionals: true,
  });
  const [output, ...others] = positionals;
  const [namespace = '', type = '', ...rest] = (values.as ?? ownSource).split('/');
  const pinned = values.versions?.split(',') ?? [];
  const isVersion = (text: string) => values.as !== undefined && /^\d+\.\d+\.\d+$/.test(text);
  if (
    !pinned.every(isVersion) ||
    others.length > 0 ||
    rest.length > 0 ||
    ![namespace, type].every((name) => /^[a-z0-9][a-z0-9_-]*$/.test(name))
  ) {
    throw new Error('Usage: node provider/package.ts [--as NAMESPACE/TYPE [--versions X.Y.Z,…]] [OUTPUT_DIRECTORY]');
  }
  const [newest = version, ...older] = standInVersions;
  const folder = values.as === undefined ? 'provider' : `provider-${namespace}`;
  return {
    namespace,
    type,
    ...(values.as === undefined ? { version } : { version: newest, otherVersions: [...older, ...pinned] }),
    outputDirectory: output ?? join(import.meta.dirname, '../dist', folder),
  };
}

if (import.meta.main) {
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, 'package.json'), 'utf8'));
  const { cliConfigPath } = await packageProvider({
    entry: join(import.meta.dirname, 'main.ts'),
    ...packageOptions(process.argv.slice(2), manifest.version),
  });
  console.log(`Installed from a mirror. For Terraform and OpenTofu: export TF_CLI_CONFIG_FILE=${cliConfigPath}`);
}
