#!/usr/bin/env node
// @ts-check
/**
 * The tools that the demo and the tests need beyond npm: how each is found and installed. `bring demo`, `bring test` and
 * `bring pipelines` install what is missing where a package manager can be used without a prompt, and otherwise print the line to paste.
 * Runs before anything is installed, on the system's own Node.js, so this is JavaScript that Node.js 18 can read. Tests
 * read the same table.
 */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @typedef {object} Tool
 * @property {string} what in a sentence after "needs"
 * @property {() => boolean} isThere
 * @property {readonly string[]} [debian] packages of Debian and Ubuntu
 * @property {readonly string[]} [homebrew] formulas
 * @property {string} [npm] a folder with a lock file, installed with npm
 * @property {string} [module] a program of the Go module proxy, with its version, compiled into scripts/pipelines/bin
 * @property {true} [pypi] installed from PyPI, because packages are too old; packages only provide Python
 * @property {string} [hint] how to install it otherwise
 */

/** @param {string} name */
export function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => isExecutable(join(directory, name)));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where distributions put SoftHSM's PKCS#11 module. */
export const softHsmModules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

/**
 * The directory of PostgreSQL's server programs: on the PATH, or the newest that Debian or Homebrew keeps beside it.
 */
export function postgresPrograms() {
  const versions = '/usr/lib/postgresql';
  const packaged = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...packaged.map((version) => join(versions, version, 'bin')),
    '/opt/homebrew/opt/postgresql@17/bin',
    '/usr/local/opt/postgresql@17/bin',
  ];
  return places.find((place) => ['initdb', 'postgres'].every((program) => isExecutable(join(place, program))));
}

/** Whether the aws command line knows the newest operation that tests call; older versions do not. */
function knowsLastUsage() {
  const args = ['kms', 'get-key-last-usage', '--generate-cli-skeleton'];
  return spawnSync('aws', args, { env: { ...process.env, AWS_REGION: 'us-east-1' } }).status === 0;
}

const python = join(root, 'scripts/python');
const venv = join(python, '.venv');

/** Whether Python can make a virtual environment: Debian has that part in a package of its own. */
function makesVenvs() {
  const code = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  return spawnSync('python3', ['-c', code], { env: process.env }).status === 0;
}

/** The oldest Go that the modules of the CDKs compile with. */
function hasGo() {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { env: process.env, encoding: 'utf8' });
  return status === 0 && Number(/^go1\.(\d+)/.exec(stdout)?.[1]) >= 25;
}

/** The oldest curl that signs requests and fails with the body of a refusal. */
function signsWithCurl() {
  const { status, stdout } = spawnSync('curl', ['--version'], { env: process.env, encoding: 'utf8' });
  const [, major, minor] = /^curl (\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return status === 0 && (Number(major) > 7 || Number(minor) >= 76);
}

const jsii = 'scripts/jsii';

const pipelines = 'scripts/pipelines';
const compiled = join(root, pipelines, 'bin');
const GO_HINT = 'make test-pipelines compiles it where go is 1.25 or newer: https://go.dev/doc/install';

const VENV_HINT =
  'make test installs aws and boto3 from PyPI where python3 is 3.10 or newer and can make virtual environments (python3 -m venv).';

const compiler = () => onPath('c++') || onPath('g++') || onPath('clang++');
export const pkcs11Binding = join(root, 'node_modules/pkcs11js/build/Release/pkcs11.node');

/**
 * @type {Readonly<Record<'terraform' | 'compiler' | 'binding' | 'softhsm' | 'postgres' | 'aws' | 'boto3' | 'openssl' |
 * 'gpg' | 'ps' | 'curl' | 'prlimit' | 'git' | 'wrk' | 'linux' | 'root' | 'jsii' | 'python' | 'maven' | 'go' | 'dotnet' | 'act' |
 * 'actionlint' | 'gitlab-ci-local' | 'rsync', Tool>>}
 */
export const tools = {
  terraform: {
    what: 'Terraform or OpenTofu',
    isThere: () => onPath(process.env.TERRAFORM_BINARY_NAME ?? 'terraform') || onPath('tofu'),
    hint:
      'Install Terraform 1.5 or newer: https://developer.hashicorp.com/terraform/install (or OpenTofu, and set ' +
      'TERRAFORM_BINARY_NAME=tofu).',
  },
  compiler: {
    what: 'a C++ compiler, for the PKCS#11 binding',
    isThere: () => existsSync(pkcs11Binding) || compiler(),
    debian: ['g++'],
    hint: 'A C++ compiler for macOS: xcode-select --install',
  },
  binding: {
    what: 'the PKCS#11 binding, which a C++ compiler builds',
    isThere: () => existsSync(pkcs11Binding),
    debian: ['g++'],
    hint: 'Then run make test again.',
  },
  softhsm: {
    what: 'SoftHSM 2',
    isThere: () => onPath('softhsm2-util') && softHsmModules.some((path) => existsSync(path)),
    debian: ['softhsm2'],
    homebrew: ['softhsm'],
  },
  postgres: {
    what: "PostgreSQL's server",
    isThere: () => postgresPrograms() !== undefined,
    debian: ['postgresql'],
    homebrew: ['postgresql@17'],
  },
  aws: {
    what: 'an aws command line that knows every operation of AWS KMS (1.44, 2.32 or newer)',
    isThere: () => onPath('aws') && knowsLastUsage(),
    pypi: true,
    debian: ['python3-venv'],
    homebrew: ['python3'],
    hint: VENV_HINT,
  },
  boto3: {
    what: 'Python 3 with boto3 and cryptography',
    isThere: () => spawnSync('python3', ['-c', 'import boto3, cryptography'], { env: process.env }).status === 0,
    pypi: true,
    debian: ['python3-venv'],
    homebrew: ['python3'],
    hint: VENV_HINT,
  },
  jsii: {
    what: 'jsii, which carries the constructs into other languages',
    isThere: () => existsSync(join(root, jsii, 'node_modules/jsii-pacmak')),
    npm: jsii,
    hint: `jsii comes from npm: (cd ${jsii} && npm ci)`,
  },
  python: {
    what: 'Python 3.10 or newer, with virtual environments',
    isThere: makesVenvs,
    debian: ['python3-venv'],
    homebrew: ['python3'],
  },
  maven: {
    what: 'Maven, with a Java development kit',
    isThere: () => onPath('mvn') && onPath('javac'),
    debian: ['maven', 'default-jdk-headless'],
    homebrew: ['maven'],
  },
  go: { what: 'Go 1.25 or newer', isThere: hasGo, hint: 'Install Go 1.25 or newer: https://go.dev/doc/install' },
  dotnet: {
    what: 'the .NET SDK',
    isThere: () => onPath('dotnet'),
    hint: 'Install the .NET SDK, 8.0 or newer: https://dotnet.microsoft.com/download',
  },
  act: {
    what: 'act, which runs workflows of GitHub on this machine',
    isThere: () => onPath('act'),
    module: 'github.com/nektos/act@v0.2.89',
    hint: GO_HINT,
  },
  actionlint: {
    what: 'actionlint, which checks workflows of GitHub',
    isThere: () => onPath('actionlint'),
    module: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.8',
    hint: GO_HINT,
  },
  'gitlab-ci-local': {
    what: 'gitlab-ci-local, which runs pipelines of GitLab on this machine',
    isThere: () => existsSync(join(root, pipelines, 'node_modules/gitlab-ci-local')),
    npm: pipelines,
    hint: `gitlab-ci-local comes from npm: (cd ${pipelines} && npm ci)`,
  },
  rsync: { what: 'rsync', isThere: () => onPath('rsync'), debian: ['rsync'], homebrew: ['rsync'] },
  openssl: { what: 'openssl', isThere: () => onPath('openssl'), debian: ['openssl'], homebrew: ['openssl@3'] },
  gpg: { what: 'GnuPG', isThere: () => onPath('gpg'), debian: ['gnupg'], homebrew: ['gnupg'] },
  curl: {
    what: 'curl 7.76 or newer, which signs',
    isThere: signsWithCurl,
    debian: ['curl'],
    homebrew: ['curl'],
  },
  ps: { what: 'ps', isThere: () => onPath('ps'), debian: ['procps'] },
  wrk: { what: 'wrk', isThere: () => onPath('wrk'), debian: ['wrk'], homebrew: ['wrk'] },
  git: { what: 'git', isThere: () => onPath('git'), debian: ['git'], homebrew: ['git'] },
  prlimit: { what: 'prlimit (Linux)', isThere: () => onPath('prlimit'), debian: ['util-linux'] },
  linux: {
    what: 'Linux',
    isThere: () => process.platform === 'linux',
    hint: 'Tests that use what only Linux has run there.',
  },
  root: {
    what: 'root, to run servers as other users',
    isThere: () => process.geteuid?.() === 0,
    hint: 'Those that start servers as other users: sudo make test',
  },
};

/** @typedef {keyof typeof tools} ToolName */

/** @type {readonly ToolName[]} */
const ofPipelines = ['act', 'actionlint', 'gitlab-ci-local', 'rsync'];

/**
 * @type {Readonly<Record<string, { readonly required: readonly ToolName[], readonly wanted: readonly ToolName[] }>>}
 */
const purposes = {
  demo: { required: ['terraform'], wanted: [] },
  // The binding is built after npm has brought its sources; root and Linux are nothing to install; `make
  // test-languages` alone needs the last three.
  test: {
    required: [],
    wanted: /** @type {ToolName[]} */ (Object.keys(tools)).filter(
      (name) => !['binding', 'root', 'linux', 'maven', 'go', 'dotnet', ...ofPipelines].includes(name),
    ),
  },
  pipelines: { required: [], wanted: ['terraform', 'git', ...ofPipelines] },
};

/** Names of tools that are not there. @param {readonly ToolName[]} names */
export function missing(names) {
  return names.filter((name) => !tools[name].isThere());
}

/**
 * @typedef {object} Manager a package manager that can be used without a prompt
 * @property {'apt-get' | 'brew'} name
 * @property {readonly (readonly string[])[]} commands that install the packages
 */

/** @param {readonly ToolName[]} names @param {'debian' | 'homebrew'} kind @returns {readonly string[]} each once */
function packages(names, kind) {
  const wanted = names.filter((name) => !(tools[name].pypi && makesVenvs()));
  return [...new Set(wanted.flatMap((name) => tools[name][kind] ?? []))];
}

/**
 * The line that installs the packages on this machine, and the manager, where it can be used now.
 * @param {readonly ToolName[]} names
 * @returns {{ readonly line: string, readonly manager?: Manager } | undefined} undefined: there is none of the package
 * managers we know
 */
export function installation(names) {
  const debian = packages(names, 'debian');
  const homebrew = packages(names, 'homebrew');
  if (onPath('apt-get') && debian.length > 0) {
    const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...debian];
    const line = `sudo apt-get update && sudo ${install.join(' ')}`;
    const prefix = process.getuid?.() === 0 ? [] : canSudo() ? ['sudo', '-n'] : undefined;
    if (!prefix) return { line };
    const commands = [['apt-get', 'update', '-qq'], install].map((command) => [...prefix, ...command]);
    return { line, manager: { name: 'apt-get', commands } };
  }
  if (onPath('brew') && homebrew.length > 0) {
    const install = ['brew', 'install', ...homebrew];
    return { line: install.join(' '), manager: { name: 'brew', commands: [install] } };
  }
  return undefined;
}

function canSudo() {
  return onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { env: process.env }).status === 0;
}

const LOG = join(root, 'dist/tools.log');

/**
 * Runs the commands; their output goes to a log. @param {readonly (readonly string[])[]} commands @returns whether all
 * of them succeeded
 */
function succeeds(commands) {
  mkdirSync(dirname(LOG), { recursive: true });
  let text = existsSync(LOG) ? readFileSync(LOG, 'utf8') : '';
  for (const [program = '', ...args] of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', HOMEBREW_NO_AUTO_UPDATE: '1' };
    const { status, stdout, stderr, error } = spawnSync(program, args, { env, encoding: 'utf8', maxBuffer: 2 ** 28 });
    text += `$ ${program} ${args.join(' ')}\n${stdout}${stderr}${error ? `${error.message}\n` : ''}`;
    writeFileSync(LOG, text);
    if (status !== 0) return false;
  }
  return true;
}

/** @param {readonly ToolName[]} names @returns whether packages were installed for them */
function installPackages(names) {
  const { manager } = installation(names) ?? {};
  if (!manager) return false;
  const wanted = packages(names, manager.name === 'brew' ? 'homebrew' : 'debian');
  console.log(`Installing missing tools with ${manager.name}: ${wanted.join(' ')}`);
  const installed = succeeds(manager.commands);
  if (!installed) console.log(`${manager.name} failed; its output is in dist/tools.log.`);
  return installed;
}

/** @param {readonly ToolName[]} names of tools that are missing */
function installFromPyPi(names) {
  if (!names.some((name) => tools[name].pypi) || !makesVenvs()) return;
  console.log('Installing with pip into scripts/python/.venv: awscli boto3 cryptography');
  const pip = [join(venv, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  const install = [...pip, '--require-hashes', '-r', join(python, 'requirements.txt')];
  if (succeeds([['python3', '-m', 'venv', '--clear', venv], install])) return;
  // Otherwise the next run would find a half-filled environment.
  rmSync(venv, { recursive: true, force: true });
  console.log('pip failed; its output is in dist/tools.log.');
}

/** @param {readonly ToolName[]} names of tools that are missing */
function installFromNpm(names) {
  for (const directory of new Set(names.flatMap((name) => tools[name].npm ?? []))) {
    console.log(`Installing with npm what ${directory} names`);
    const install = ['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', join(root, directory)];
    if (!succeeds([install])) console.log('npm failed; its output is in dist/tools.log.');
  }
}

/** @param {readonly ToolName[]} names of tools that are missing */
function installModules(names) {
  for (const { module } of names.map((name) => tools[name])) {
    if (module === undefined || !hasGo()) continue;
    console.log(`Compiling into ${pipelines}/bin: ${module}`);
    const install = ['env', `GOBIN=${compiled}`, 'GOFLAGS=-mod=mod', 'go', 'install', module];
    if (!succeeds([install])) console.log('go failed; its output is in dist/tools.log.');
  }
}

/**
 * Installs what is missing for a purpose, and prints what it installs, or what to paste.
 * @param {string} purpose
 * @returns {boolean} whether all that is required is there
 */
function bring(purpose) {
  const { required, wanted } = purposes[purpose] ?? { required: [], wanted: [] };
  let left = missing([...required, ...wanted]);
  let wasInstalled = false;
  if (process.env.KEYSTEAD_INSTALL !== 'no') {
    rmSync(LOG, { force: true });
    wasInstalled = installPackages(left);
    left = missing(left);
    installFromPyPi(left);
    installFromNpm(left);
    installModules(left);
    left = missing(left);
  }
  if (left.length > 0) report(purpose, left, wasInstalled);
  return !required.some((name) => left.includes(name));
}

/**
 * @param {string} purpose @param {readonly ToolName[]} left @param {boolean} wasInstalled packages were installed and
 * did not help
 */
function report(purpose, left, wasInstalled) {
  console.log(`Missing here: ${left.map((name) => tools[name].what).join('; ')}.`);
  const how = installation(left);
  if (how && !wasInstalled) console.log(`To install the packages, paste:\n    ${how.line}`);
  for (const name of left) {
    const packaged = onPath('apt-get')
      ? packages([name], 'debian')
      : onPath('brew')
        ? packages([name], 'homebrew')
        : [];
    const { hint } = tools[name];
    if (hint && (packaged.length === 0 || wasInstalled)) console.log(hint);
  }
  if (purpose === 'test') console.log('The suites that need them are left out, and counted at the end.');
}

/** Builds the PKCS#11 binding itself, because npm would fetch Node's headers from the network for it. */
function bind() {
  const source = join(root, 'node_modules/pkcs11js');
  if (existsSync(pkcs11Binding) || !existsSync(source) || !compiler()) return;
  mkdirSync(dirname(pkcs11Binding), { recursive: true });
  const headers = join(root, 'node_modules/node-api-headers/include');
  const program = ['c++', 'g++', 'clang++'].find(onPath) ?? 'c++';
  const sources = ['dl', 'common', 'main'].map((name) => join(source, `src/${name}.cpp`));
  const link = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-ldl'];
  const options = [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-DNAPI_DISABLE_CPP_EXCEPTIONS',
    '-DBUILDING_NODE_EXTENSION',
  ];
  const args = [...options, `-I${join(source, 'includes')}`, `-I${headers}`, ...sources, '-o', pkcs11Binding, ...link];
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) console.error(`The PKCS#11 binding cannot be built, and its suites are left out:\n${stderr}`);
}

/** @param {readonly string[]} args */
function main([command, purpose = '']) {
  const help =
    'Usage: node scripts/tools.mjs bring demo|test|pipelines   install what is missing, or say what to paste\n' +
    '       node scripts/tools.mjs bind                        build the PKCS#11 binding';
  if (command === 'bind') return bind();
  if (command === 'bring' && Object.hasOwn(purposes, purpose)) {
    if (!bring(purpose)) process.exitCode = 1;
    return;
  }
  console.error(help);
  process.exitCode = 2;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  main(process.argv.slice(2));
