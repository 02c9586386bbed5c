/** The package as it is published works with either CDK, for ES modules and for CommonJS. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../../..');
const cdks = ['cdktf', 'cdktn'] as const;

/** A user's program: its own folder, with the package among its dependencies. */
let directory: string;

beforeAll(() => {
  mkdirSync(join(repository, 'node_modules/.cache'), { recursive: true });
  directory = mkdtempSync(join(repository, 'node_modules/.cache/constructs-consumer-'));
  mkdirSync(join(directory, 'node_modules/@keystead'), { recursive: true });
  const published = join(directory, 'published');
  run(
    process.execPath,
    [join(repository, 'constructs/build/build.ts'), '--without-declarations', '--out', published],
    repository,
  );
  symlinkSync(published, join(directory, 'node_modules/@keystead/constructs'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(command: string, options: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, options, { cwd, encoding: 'utf8' });
  expect([status, stdout, stderr].join('\n')).toMatch(/^0\n/);
  return stdout;
}

/** The program, whichever way its modules are written. */
function program(stack: string, esModule: boolean, cdk: string): string {
  const imports = (names: string, from: string) =>
    esModule ? `import { ${names} } from '${from}';` : `const { ${names} } = require('${from}');`;
  return `
    ${imports('App, TerraformStack', cdk)}
    ${imports('Grant, Key, KeysteadProvider', `@keystead/constructs/${cdk}`)}
    const app = new App();
    const stack = new TerraformStack(app, '${stack}');
    new KeysteadProvider(stack, 'keystead', { endpoint: 'http://127.0.0.1:8600', region: 'eu-west-1' });
    const key = new Key(stack, 'key', { alias: 'orders', multiRegion: true, rotationPeriodInDays: 180 });
    key.grantDecrypt('arn:aws:iam::111122223333:user/alice');
    key.replicateTo('us-east-1');
    new Grant(stack, 'grant', { key, granteePrincipal: 'arn:aws:iam::111122223333:user/bob', operations: ['Encrypt'] });
    app.synth();
  `;
}

function synthesized(file: string, text: string, stack: string): Record<string, unknown> {
  writeFileSync(join(directory, file), text);
  run(process.execPath, [file], directory);
  return JSON.parse(readFileSync(join(directory, 'cdktf.out/stacks', stack, 'cdk.tf.json'), 'utf8'));
}

test.each(cdks)('A %s program synthesizes the same stack from ES modules and from CommonJS', (cdk) => {
  const [fromEsm, fromCommonJs] = [
    synthesized(`${cdk}.mjs`, program('whole', true, cdk), 'whole'),
    synthesized(`${cdk}.cjs`, program('whole', false, cdk), 'whole'),
  ];
  expect(fromEsm.resource).toEqual(fromCommonJs.resource);
  expect(Object.keys(fromEsm.resource ?? {}).sort()).toEqual([
    'aws_kms_alias',
    'aws_kms_grant',
    'aws_kms_key',
    'aws_kms_replica_key',
  ]);
});

test('Both CDKs write the same resources, providers and data sources', () => {
  const [first, second] = cdks.map((cdk) => {
    const { resource, provider, data } = synthesized(`${cdk}.mjs`, program('same', true, cdk), 'same');
    return { resource, provider, data };
  });
  expect(first).toEqual(second);
});
