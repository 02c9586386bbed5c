/**
 * `docs/compatibility.md`: every AWS KMS operation and the tests that prove it. Nothing is claimed by hand: the
 * operations come from their records, and each mark from a test that names the operation, found by reading the test.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { families, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { boundsOf, faultsOf } from '../../support/contract-faults.ts';
import { groups, guideRows, statesOf } from '../../support/key-state-guide.ts';

const root = resolve(import.meta.dirname, '../../..');
const sourceOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** How a test names an operation. */
type Naming = 'row' | 'model' | 'command line' | 'Python' | 'wire' | 'command' | 'test control plane';

export interface Proof {
  readonly title: string;
  readonly meaning: string;
  /** Files or folders of tests. */
  readonly where: readonly string[];
  readonly naming: Naming;
}

export const proofs: readonly Proof[] = [
  {
    title: 'Operation tests',
    meaning: 'called by name in tests of operations, in process and through the server: answers, errors, audit records',
    where: ['test/operations', 'test/e2e'],
    naming: 'test control plane',
  },
  {
    title: 'Model',
    meaning: 'in the random sequences that are compared with a simple model of AWS KMS (10,000 with `make exhaustive`)',
    where: ['test/model/lifecycle.test.ts'],
    naming: 'model',
  },
  {
    title: 'SDK',
    meaning: "the AWS SDK for JavaScript gets an answer, and an error as the SDK's own class",
    where: ['test/interop/sdk-operations.test.ts'],
    naming: 'row',
  },
  {
    title: 'CLI',
    meaning: 'called by the `aws` command line',
    where: ['test/interop/aws-cli.test.ts', 'test/interop/key-import.test.ts'],
    naming: 'command line',
  },
  {
    title: 'boto3',
    meaning: 'called by an envelope encryption program in Python',
    where: ['test/interop/envelope.py'],
    naming: 'Python',
  },
  {
    title: 'Encryption SDK',
    meaning: 'called by the AWS Encryption SDK for JavaScript',
    where: ['test/interop/encryption-sdk.test.ts'],
    naming: 'wire',
  },
  {
    title: 'Independent judges',
    meaning: "results checked by openssl, Node's OpenSSL, noble or a JOSE library",
    where: ['test/interop/asymmetric.test.ts', 'test/interop/key-import.test.ts'],
    naming: 'command',
  },
];

const kebab = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
const snake = (name: string) => kebab(name).replaceAll('-', '_');

/** Text by which a test of this naming names an operation. */
const patterns: Readonly<Record<Naming, (name: string) => RegExp>> = {
  row: (name) => new RegExp(`^  ${name}: \\{$`, 'm'),
  model: (name) => new RegExp(`^  ${name}: (\\(|\\{|plainId)`, 'm'),
  'command line': (name) => new RegExp(`['"\`]${kebab(name)}[ '"\`]`),
  Python: (name) => new RegExp(`\\.${snake(name)}\\b|get_paginator\\("${snake(name)}"\\)`),
  wire: (name) => new RegExp(`\\b${name} in \\$\\{`),
  command: (name) => new RegExp(`\\b${name}Command\\(|kms\\.${name.charAt(0).toLowerCase()}${name.slice(1)}\\(`),
  'test control plane': (name) => new RegExp(`'${name}'`),
};

function filesOf(path: string): readonly string[] {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(path, name));
}

/** Tests of this proof that name the operation. */
export function testsOf(proof: Proof, operation: string): readonly string[] {
  const pattern = patterns[proof.naming](operation);
  return proof.where.flatMap(filesOf).filter((path) => pattern.test(textOf(path)));
}

const texts = new Map<string, string>();
function textOf(path: string): string {
  const text = texts.get(path) ?? sourceOf(path);
  texts.set(path, text);
  return text;
}

/** The number of pairs of state and origin in which the operation is tested, each through a running server. */
export function stateCells(operation: string): number {
  const rows = guideRows.filter(({ name }) => name.split('/')[0] === operation);
  const ofRow = ({ group }: (typeof rows)[number]) =>
    groups[group].reduce((sum, origin) => sum + statesOf[origin].length, 0);
  return rows.reduce((sum, row) => sum + ofRow(row), 0);
}

const kms = (record: OperationRecord) => record.service === 'kms';

export function compatibilityDocument(): string {
  const all = Object.values<OperationRecord>(operations).filter(kms);
  const implemented = all.filter(({ status }) => status === 'implemented');
  const sections = Object.entries<Readonly<Record<string, OperationRecord>>>(families.kms);
  return [
    intro(implemented.length, all.length),
    legend(),
    ...sections.map(([name, records]) => section(name, Object.values(records))),
    specs,
  ].join('\n');
}

function intro(implemented: number, all: number): string {
  return `# Compatibility with AWS KMS

Generated by \`make generate\` from the records in \`provider-schema/operations\` and from the tests. Do not edit.

${implemented} of the ${all} operations of AWS KMS are implemented, at both doors: the AWS wire protocol and REST. This page
lists the tests that prove each; [differences.md](differences.md) lists the differences and their reasons.
`;
}

function legend(): string {
  const meanings = [
    [
      'States',
      'key states × origins tested through a running server, against the developer guide’s table',
      'test/e2e/key-states.test.ts',
    ],
    [
      'Bad input',
      'requests generated from the contract with one fault each, and at each bound',
      'test/e2e/fuzz-contract.test.ts',
    ],
    ...proofs.map(({ title, meaning, where }) => [title, meaning, where.join(', ')]),
  ];
  const rows = meanings.map(([title, meaning, where]) => `| ${title} | ${meaning} | \`${where}\` |`);
  return `| Column | Says | Test |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function section(name: string, records: readonly OperationRecord[]): string {
  const titles = ['Operation', 'Status', 'States', 'Bad input', ...proofs.map(({ title }) => title)];
  const head = `| ${titles.join(' | ')} |\n|${titles.map(() => '---').join('|')}|`;
  return `## ${heading(name)}\n\n${head}\n${records.map(row).join('\n')}\n`;
}

function heading(name: string): string {
  const words = name.replaceAll('-', ' ').replace('multi region', 'multi-Region');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function row(record: OperationRecord): string {
  const cells = stateCells(record.name);
  return `| ${[
    `\`${record.name}\``,
    record.status,
    cells === 0 ? '–' : String(cells),
    String(faultsOf(record.input).length + boundsOf(record.input).length),
    ...proofs.map((proof) => mark(proof, record.name)),
  ].join(' | ')} |`;
}

function mark(proof: Proof, operation: string): string {
  return testsOf(proof, operation).length === 0 ? '–' : 'yes';
}

const specs = `## Beyond single operations

| Promise | Test |
|---|---|
| Ciphertexts, contexts, signatures and MACs changed in any way fail, and every failure to open looks the same | \`test/e2e/fuzz-ciphertext.test.ts\` |
| Random JSON gets an answer or a client error, never a server error, on both databases | \`test/e2e/fuzz-random.test.ts\` |
| Every operation is denied to a principal without permission | \`test/e2e/refusals.test.ts\` |
| JSON Web Tokens and Ethereum signatures are accepted by their own libraries | \`test/interop/signers.test.ts\` |
| Published vectors of every primitive, every case run and counted (\`make vectors\`) | \`test/hsm/crypto/*-vectors.test.ts\`, \`test/hsm/crypto/primitives.test.ts\`, \`test/hsm/crypto/kdf.test.ts\`, \`test/hsm/crypto/aes-kwp.test.ts\` |
`;
