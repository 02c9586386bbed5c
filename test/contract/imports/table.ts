/**
 * The rooms of Keystead and what each can import, folder by folder; ARCHITECTURE.md draws it. A new folder needs a row
 * here and a line there.
 */
import type { Table } from './rules.ts';

const contract = 'provider-schema';
const domain = 'control-plane/domain';
const runtime = 'control-plane/runtime';
const context = 'control-plane/context';
const mutations = 'control-plane/mutations';
const hsmPort = 'control-plane/hsm/port';
const storagePort = 'control-plane/storage/port';
const xksPort = 'control-plane/xks/port';
const ports = [hsmPort, storagePort, xksPort];
/** For hashes, comparisons, ids and MACs; every other use of cryptography is in hsm. */
const hashing = 'node:crypto';
const checksum = 'node:zlib';

const contractRows: Table['rows'] = {
  'provider-schema': ['npm:ajv', 'node:net'],
  'provider-schema/generate.ts': ['provider-schema', 'node:*'],
  'provider-schema/operations': ['provider-schema'],
  'provider-schema/operations/kms': ['provider-schema'],
  'provider-schema/operations/iam': ['provider-schema'],
  'provider-schema/operations/sts': ['provider-schema'],
  'provider-schema/operations/cloudtrail': ['provider-schema'],
  'provider-schema/operations/keystead': ['provider-schema'],
  'provider-schema/shapes': [],
  'provider-schema/shapes/kms': ['provider-schema/shapes/shape.ts'],
  'provider-schema/shapes/iam': ['provider-schema/shapes/shape.ts'],
  'provider-schema/shapes/sts': ['provider-schema/shapes/shape.ts'],
  'provider-schema/shapes/cloudtrail': ['provider-schema/shapes/shape.ts'],
  'provider-schema/shapes/keystead': ['provider-schema/shapes/shape.ts'],
  'provider-schema/resources': ['provider-schema'],
  'provider-schema/data-sources': ['provider-schema'],
  'provider-schema/ephemeral-resources': ['provider-schema'],
  'provider-schema/list-resources': ['provider-schema'],
  'provider-schema/actions': ['provider-schema'],
  'provider-schema/functions': ['provider-schema'],
  'provider-schema/pipeline-roles': [],
  'provider-schema/openapi': ['provider-schema'],
  'provider-schema/openapi/examples': ['provider-schema/operations'],
  'provider-schema/generators': ['provider-schema', 'npm:ajv', 'node:*'],
  'provider-schema/generators/terraform-docs': ['provider-schema', 'node:fs'],
  'provider-schema/generated': ['provider-schema', 'npm:ajv'],
};

const controlPlane: Table['rows'] = {
  [domain]: [],
  'control-plane/domain/identifiers': [contract, hashing],
  'control-plane/domain/audit': [contract, hashing],
  'control-plane/domain/keys': [contract, domain],
  'control-plane/domain/identities': [contract, domain, 'node:zlib'],
  'control-plane/domain/key-stores': [contract, domain, hashing],
  [runtime]: ['node:*'],
  'control-plane/sigv4': [contract, domain, runtime, hashing],
  'control-plane/validation': [contract, domain, runtime],

  [hsmPort]: [contract, domain],
  'control-plane/hsm/crypto': [
    ...[contract, domain, runtime, hsmPort, hashing, 'node:util'],
    ...['npm:@noble/ciphers', 'npm:@noble/curves', 'npm:@noble/post-quantum'],
  ],
  'control-plane/hsm/root-key': [
    ...[contract, domain, runtime, hsmPort, 'control-plane/hsm/crypto', 'npm:@noble/ciphers', 'node:*'],
  ],
  'control-plane/hsm/pkcs11': [
    ...[contract, domain, runtime, hsmPort, 'control-plane/hsm/crypto', 'npm:pkcs11js', hashing],
  ],
  'control-plane/hsm/soft': [
    ...[contract, domain, runtime, hsmPort, 'control-plane/hsm/crypto', 'control-plane/hsm/pkcs11', hashing],
  ],
  'control-plane/hsm/process': [contract, domain, runtime, 'control-plane/hsm', 'npm:pino', 'node:*'],

  [storagePort]: [contract, domain],
  'control-plane/storage/port/identities': [storagePort],
  'control-plane/storage/segments': [
    ...[domain, runtime, 'node:crypto', 'node:url', 'node:util', 'node:worker_threads', 'node:zlib'],
  ],
  'control-plane/storage/queries': [
    ...[contract, domain, runtime, storagePort, 'control-plane/storage/segments', 'npm:kysely'],
  ],
  'control-plane/storage/queries/audit': [
    ...[contract, domain, storagePort, 'control-plane/storage/queries', 'control-plane/storage/segments'],
    ...['npm:kysely', 'node:timers/promises'],
  ],
  'control-plane/storage/queries/identities': ['control-plane/storage/queries', storagePort, 'npm:kysely'],
  'control-plane/storage/migrations': [
    ...[contract, domain, runtime, storagePort, 'control-plane/storage/queries', 'npm:kysely'],
  ],
  'control-plane/storage/memory': [runtime, storagePort],
  'control-plane/storage/engines': [
    ...[contract, domain, runtime, 'control-plane/storage', 'npm:kysely', 'npm:pg', 'npm:better-sqlite3', 'npm:pino'],
    'node:*',
  ],
  'control-plane/storage': [contract, domain, 'npm:pino', 'node:os'],

  [xksPort]: [contract, domain],
  'control-plane/xks': [contract, domain, runtime, hsmPort, 'control-plane/sigv4', 'npm:pino', 'node:*'],
  'control-plane/quotas': [contract, domain, runtime],
  [context]: [contract, 'policy', domain, ...ports, 'control-plane/quotas', 'npm:pino'],
  'control-plane/audit': [contract, 'policy', domain, runtime, context, ...ports, 'node:*'],
  [mutations]: [contract, domain, runtime, context, ...ports],

  'control-plane/authorization': [contract, 'policy', domain, runtime, context, mutations, ...ports, hashing],
  'control-plane/authentication': [
    ...[contract, 'policy', domain, runtime, context, ...ports, hashing, 'node:net', 'node:zlib', 'npm:jose'],
    ...['control-plane/sigv4', 'control-plane/validation', 'control-plane/authorization'],
  ],

  'control-plane/operations': [contract],
  'control-plane/operations/shared': [contract, domain, context, 'control-plane/authorization', ...ports, hashing],
  'control-plane/operations/kms': [
    ...[contract, 'policy', domain, context, mutations, 'control-plane/audit', ...ports, hashing],
    ...['control-plane/authorization', 'control-plane/operations/shared'],
  ],
  'control-plane/operations/kms/key-stores': [
    ...[contract, domain, context, mutations, ...ports, hashing, 'control-plane/operations/shared'],
  ],
  'control-plane/operations/iam': [
    ...[contract, 'policy', domain, context, mutations, 'control-plane/audit', ...ports, hashing],
    ...['control-plane/authorization', 'control-plane/operations/shared'],
  ],
  'control-plane/operations/sts': [
    ...[contract, domain, context, mutations, 'control-plane/audit', ...ports],
    ...['control-plane/authorization', 'control-plane/operations/shared'],
  ],
  'control-plane/operations/cloudtrail': [contract, domain, context, ...ports, 'control-plane/operations/shared'],
  // Our own operations use parts of the others.
  'control-plane/operations/keystead': [
    ...[contract, domain, context, mutations, 'control-plane/audit', ...ports, 'control-plane/authorization'],
    ...['control-plane/operations/shared', 'control-plane/operations/kms', 'control-plane/operations/iam'],
  ],

  'control-plane/pipeline': [
    ...[contract, 'policy', domain, runtime, context, mutations, 'control-plane/audit', ...ports, hashing, 'npm:pino'],
    ...['control-plane/validation', 'control-plane/authorization'],
  ],
  // The only file that calls operations.
  'control-plane/pipeline/execute.ts': [
    ...[contract, domain, context, 'control-plane/audit', storagePort, 'control-plane/operations/index.ts'],
  ],
  'control-plane/wire': [
    ...[contract, context, 'control-plane/validation', 'control-plane/authentication', 'control-plane/pipeline'],
    ...['npm:express', 'npm:pino', 'node:*'],
  ],
  'control-plane/jobs': [
    ...[contract, domain, runtime, mutations, 'control-plane/audit', 'control-plane/pipeline', ...ports],
    ...['npm:pino', 'node:*'],
  ],
  'control-plane/startup': [
    ...[contract, 'policy', domain, runtime, context, mutations, 'control-plane/audit', 'control-plane/quotas'],
    ...['control-plane/authentication', 'control-plane/authorization'],
    ...['control-plane/pipeline', 'control-plane/wire', 'control-plane/jobs', 'control-plane/validation'],
    ...['control-plane/hsm', 'control-plane/storage', 'control-plane/xks', 'npm:pino', 'npm:prom-client', 'node:*'],
  ],
  // Before the server runs: starts the HSM, and gives up rights.
  'control-plane/startup/embedded': [
    ...[contract, runtime, 'control-plane/startup', 'control-plane/hsm/process/socket-directory.ts', 'node:*'],
  ],
  'control-plane/startup/seed': [
    ...[contract, 'policy', domain, context, mutations, 'control-plane/audit', ...ports, 'control-plane/startup'],
    ...['control-plane/operations/shared/accepted-policy.ts', 'control-plane/pipeline/execute.ts'],
    ...['control-plane/validation', 'npm:yaml', 'node:*'],
  ],
};

const commandLine: Table['rows'] = {
  'control-plane/build': ['npm:esbuild', 'node:*'],
  'control-plane/cli': ['control-plane/startup/start-error.ts', 'npm:commander'],
  'control-plane/cli/bin': ['control-plane/cli/main.ts', 'node:*'],
  'control-plane/cli/shared': [
    ...[contract, runtime, 'control-plane/sigv4', 'control-plane/startup/start-error.ts', 'provider/credentials'],
    ...['npm:commander', 'node:*'],
  ],
  'control-plane/cli/serve': [
    ...[contract, 'control-plane/startup', 'control-plane/cli/shared', 'npm:commander', 'npm:pino', 'node:*'],
  ],
  'control-plane/cli/hsm': [
    ...[contract, 'control-plane/startup', 'control-plane/cli/serve/option-values.ts', 'npm:commander', 'npm:pino'],
    ...['control-plane/cli/shared/stop.ts', 'node:*'],
  ],
  'control-plane/cli/root-key': [
    ...[contract, domain, 'control-plane/mutations', 'control-plane/startup', 'control-plane/cli/shared'],
    ...['control-plane/cli/serve/option-values.ts', 'npm:commander', 'node:*'],
    // Changes the stored root key, on the machine of the HSM, and looks in the database for what still needs it.
    ...[hsmPort, 'control-plane/hsm/root-key', 'control-plane/hsm/crypto/root-keys.ts', 'control-plane/hsm/soft'],
    ...['control-plane/storage/open.ts', storagePort, 'control-plane/cli/audit/audit-database.ts'],
  ],
  'control-plane/cli/audit': [
    ...[contract, domain, 'control-plane/startup', 'control-plane/cli/shared', 'npm:commander', 'node:*'],
    // Reads the log of a server that does not have to run.
    ...['control-plane/storage/open.ts', storagePort],
    // Verifies signatures with a public key, which does not need an HSM.
    'control-plane/hsm/crypto/checkpoint-key.ts',
  ],
  'control-plane/cli/key-store': [
    ...[contract, 'control-plane/domain/clock.ts', 'control-plane/startup', 'control-plane/cli/shared'],
    ...['npm:commander', 'npm:pino', 'node:*'],
    // Tries a proxy or a token as a server would, with an HSM that lasts as long as the command.
    ...['control-plane/xks', xksPort, hsmPort, 'control-plane/hsm/soft', 'control-plane/hsm/crypto/secret-bytes.ts'],
  ],
  'control-plane/cli/authorize': [contract, 'control-plane/cli/shared', 'npm:commander', 'node:*'],
  'control-plane/cli/ci': [
    ...[contract, 'control-plane/cli/shared', 'control-plane/cli/drift', 'control-plane/cli/terraform'],
    ...['npm:commander', 'node:*'],
  ],
  'control-plane/cli/ci/forges': [
    ...[contract, 'control-plane/cli/shared', 'control-plane/cli/drift/findings', 'control-plane/cli/drift/reports'],
    ...['npm:commander', 'node:*'],
  ],
  'control-plane/cli/ci/runs': ['control-plane/cli/shared', 'node:*'],
  'control-plane/cli/ci/changes': [
    ...[contract, 'control-plane/cli/shared', 'control-plane/cli/ci/runs'],
    ...['control-plane/cli/drift/findings', 'control-plane/cli/drift/reports'],
  ],
  'control-plane/cli/ci/saved': [contract, 'control-plane/cli/shared', 'control-plane/cli/ci/changes', 'node:*'],
  'control-plane/cli/drift': [contract, 'control-plane/cli/shared', 'npm:commander', 'node:*'],
  'control-plane/cli/drift/states': [
    ...[contract, 'control-plane/cli/shared', 'control-plane/cli/terraform', 'npm:yaml', 'node:*'],
  ],
  'control-plane/cli/drift/running': [contract, 'control-plane/cli/shared', 'control-plane/cli/drift/states'],
  'control-plane/cli/drift/findings': [
    ...[
      contract,
      'control-plane/domain/keys/default-policy.ts',
      'control-plane/cli/shared',
      'control-plane/cli/drift/running',
      'control-plane/cli/drift/states',
    ],
    hashing,
  ],
  'control-plane/cli/drift/keeping': [
    ...[contract, 'control-plane/cli/shared', 'control-plane/cli/drift/running', 'control-plane/cli/drift/states'],
    ...['control-plane/cli/drift/findings', 'node:*'],
  ],
  'control-plane/cli/drift/ways-on': [
    ...[contract, 'control-plane/cli/shared', 'control-plane/cli/terraform', 'control-plane/cli/drift/states'],
    ...['control-plane/cli/drift/running', 'control-plane/cli/drift/findings', 'control-plane/cli/drift/reports'],
    ...['npm:commander', 'node:*'],
  ],
  'control-plane/cli/drift/reports': ['control-plane/cli/shared', 'control-plane/cli/drift/findings', 'node:*'],
  'control-plane/cli/identity': [contract, 'control-plane/cli/shared', 'npm:commander', 'node:*'],
  'control-plane/cli/terraform': [contract, 'control-plane/cli/shared', 'npm:commander', 'node:*'],
};

const providerEngine = 'provider/engine';

const provider: Table['rows'] = {
  provider: [contract],
  'provider/package.ts': ['provider', contract, 'npm:esbuild', 'node:*'],
  [providerEngine]: [contract],
  // The `keystead` commands find credentials with it too.
  'provider/credentials': [contract, 'node:*'],
  'provider/client': [contract, providerEngine, 'provider/credentials', 'node:*'],
  'provider/resources': [contract, providerEngine, 'provider/client', hashing],
  'provider/resources/shared': [contract, providerEngine, 'provider/client', hashing],
  'provider/data-sources': [contract, providerEngine, 'provider/client', 'provider/resources', checksum],
  'provider/data-sources/policy-document': [contract, providerEngine, 'provider/resources', checksum],
  'provider/ephemeral-resources': [contract, providerEngine, 'provider/client', 'provider/resources'],
  'provider/list-resources': [contract, providerEngine, 'provider/client', 'provider/resources'],
  'provider/actions': [contract, providerEngine, 'provider/client', 'provider/resources'],
  'provider/functions': [contract, providerEngine],
  'provider/proto': ['npm:protobufjs'],
  'provider/proto/generate.ts': ['provider/proto', 'node:*'],
  'provider/proto/generated': ['provider/proto', 'npm:protobufjs'],
  'provider/wire': [contract, providerEngine, 'provider/proto', 'node:*'],
  'provider/wire/codec': [contract, providerEngine],
};

const constructs: Table['rows'] = {
  constructs: [contract, 'policy', 'npm:constructs'],
  'constructs/cdk.ts': ['npm:cdktf', 'npm:cdktn'],
  'constructs/providers': ['constructs/cdk.ts', 'npm:constructs'],
  'constructs/generated': ['constructs/cdk.ts', 'constructs/providers', 'npm:constructs'],
  'constructs/stacks': [
    contract,
    'constructs/cdk.ts',
    'constructs/providers',
    'constructs/generated',
    'npm:constructs',
  ],
  'constructs/policies': [
    ...[contract, 'policy', 'constructs/cdk.ts', 'constructs/generated', 'constructs/stacks', 'npm:constructs'],
  ],
  'constructs/identities': [
    ...[contract, 'constructs/cdk.ts', 'constructs/generated', 'constructs/stacks', 'constructs/policies'],
    ...['npm:constructs', hashing],
  ],
  'constructs/keys': [
    ...[
      contract,
      'policy',
      'constructs/cdk.ts',
      'constructs/providers',
      'constructs/generated',
      'constructs/stacks',
      'constructs/policies',
    ],
    'npm:constructs',
    'node:path',
    'node:crypto',
  ],
  'constructs/aspects': [...[contract, 'constructs/cdk.ts', 'constructs/stacks', 'npm:constructs']],
  'constructs/testing': ['constructs/cdk.ts', 'npm:constructs'],
  'constructs/build': [
    ...['constructs', contract, 'npm:@cdktf/commons', 'npm:@cdktf/provider-generator', 'npm:codemaker', 'npm:esbuild'],
    'node:*',
  ],
  'constructs/languages': ['constructs/build', 'node:*'],
};

/** A program each, which shows one idea. */
const exampleNames = [
  'cross-account',
  'custom-key-store',
  'declare-many',
  'environments',
  'grant-finance',
  'import-key-material',
  'key-with-alias',
  'move-from-aws',
  'multi-region',
  'rotation',
  'sign-releases',
];
const examples: Table['rows'] = Object.fromEntries(
  exampleNames.map((name) => [`cdktf-examples/${name}`, ['constructs', 'npm:constructs', 'npm:cdktf']]),
);
const servicesOfExamples = 'cdktf-examples/services';
/** Their programs use what the stack declares. */
const examplesOfClients: Table['rows'] = {
  'cdktf-examples/envelope-encryption': [
    ...['constructs', 'npm:constructs', 'npm:cdktf', 'npm:@aws-crypto/client-node', 'node:*'],
  ],
  'cdktf-examples/secrets-service': ['constructs', 'npm:constructs', 'npm:cdktf', servicesOfExamples, 'node:*'],
  'cdktf-examples/storage-service': ['constructs', 'npm:constructs', 'npm:cdktf', servicesOfExamples, 'node:*'],
  [servicesOfExamples]: [
    ...['npm:@aws-sdk/client-kms', 'npm:@aws-sdk/client-sts', 'npm:@aws-sdk/credential-providers', hashing],
  ],
};

const bench: Table['rows'] = {
  bench: ['node:*'],
  'bench/benchmarks': [
    ...[contract, 'policy', 'control-plane', 'bench/load', 'bench/measure', 'bench/servers', 'npm:@aws-sdk/client-kms'],
    ...['constructs', 'npm:cdktf'],
    'node:*',
  ],
  'bench/load': [
    contract,
    'control-plane/sigv4',
    'bench/measure',
    'bench/servers',
    'npm:autocannon',
    'npm:@aws-sdk/client-kms',
    'node:*',
  ],
  'bench/measure': ['node:*'],
  'bench/results': ['bench/measure', 'node:*'],
  'bench/run': ['bench', 'node:*'],
  'bench/servers': [contract, 'policy', 'control-plane', 'npm:pino', 'node:*'],
};

export const table: Table = {
  trees: [contract, 'policy', 'control-plane', 'provider', 'constructs', 'cdktf-examples', 'bench', 'scripts'],
  foldersOnly: ['control-plane'],
  rows: {
    ...contractRows,
    policy: [contract, 'node:net'],
    ...controlPlane,
    ...commandLine,
    ...provider,
    ...constructs,
    ...examples,
    ...examplesOfClients,
    ...bench,
    scripts: ['node:*'],
    'scripts/demo': ['npm:@aws-sdk/client-kms', 'node:*'],
  },
  circles: [],
  tests: {
    folder: 'test',
    mirrors: {
      '': 'control-plane',
      policy: 'policy',
      'provider-schema': contract,
      provider: 'provider',
      constructs: 'constructs',
      bench: 'bench',
      scripts: 'scripts',
    },
    withoutSubject: [
      'constructs/types',
      'contract',
      'e2e',
      'interop',
      'examples',
      'model',
      'reliability',
      'support',
      'terraform',
    ],
    importedByPath: ['scripts'],
  },
};
