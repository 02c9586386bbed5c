/** The package that npm packs works with either CDK, for ES modules and for CommonJS. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../../support/needs.ts';
import { startServer } from '../../support/server.ts';
import { openWorkspace } from '../../support/terraform.ts';

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
  const packed = JSON.parse(run('npm', ['pack', published, '--json', '--silent'], directory));
  run('tar', ['-xzf', packed[0].filename], directory);
  renameSync(join(directory, 'package'), installed());
});

const installed = () => join(directory, 'node_modules/@keystead/constructs');

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

/** Runs an ES module and returns what it prints as JSON. */
function printed(file: string, text: string): unknown {
  writeFileSync(join(directory, file), text);
  return JSON.parse(run(process.execPath, [file], directory));
}

test.each(cdks)('A binding of %s is the same class by its subpath, in the namespaces and in `bindings`', (cdk) => {
  const text = `
    import { App, TerraformStack } from '${cdk}';
    import { bindings, Key, KeysteadProvider, kmsKey } from '@keystead/constructs/${cdk}';
    import * as lib from '@keystead/constructs/${cdk}/lib';
    import { KmsKey } from '@keystead/constructs/${cdk}/lib/kms-key';
    import { AwsProvider } from '@keystead/constructs/${cdk}/lib/provider';
    const stack = new TerraformStack(new App(), 'classes');
    const provider = new KeysteadProvider(stack, 'keystead');
    const resource = new Key(stack, 'key').node.findChild('Resource');
    console.log(JSON.stringify([
      kmsKey.KmsKey === KmsKey, bindings.kmsKey.KmsKey === KmsKey, lib.kmsKey.KmsKey === KmsKey,
      resource instanceof KmsKey, provider instanceof AwsProvider,
    ]));
  `;
  expect(printed(`classes-${cdk}.mjs`, text)).toEqual([true, true, true, true, true]);
});

test.each(cdks)('Every subpath of %s is also a file of that path, for resolution without `exports`', (cdk) => {
  const manifest = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8'));
  const subpaths = Object.keys(manifest.exports).filter((name) => name.startsWith(`./${cdk}`));
  expect(subpaths).toEqual(expect.arrayContaining([`./${cdk}`, `./${cdk}/lib`, `./${cdk}/lib/*`]));
  for (const subpath of subpaths) {
    const folder = join(installed(), subpath.replace('*', 'iam-role'));
    expect(existsSync(join(folder, 'index.js')) ? 'there' : `${folder} has no index.js`).toBe('there');
  }
});

test('The package has what npm shows of it, and needs nothing but the CDK', () => {
  const manifest = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ name: '@keystead/constructs', license: 'Apache-2.0', engines: { node: '>=20' } });
  expect(manifest).not.toHaveProperty('private');
  expect(manifest).not.toHaveProperty('dependencies');
  expect(Object.keys(manifest.peerDependencies)).toEqual(['cdktf', 'cdktn', 'constructs']);
  expect(readFileSync(join(installed(), 'LICENSE'), 'utf8')).toContain('Apache License');
});

test('The README links to nothing that the package does not hold', () => {
  const readme = readFileSync(join(installed(), 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\(([^)\s#]+)/g)].map(([, to = '']) => to);
  expect(links.filter((to) => !existsSync(join(installed(), to)))).toEqual([]);
});

test.each(cdks)('The assertions of %s load by their subpath, with the classes of the library', (cdk) => {
  const text = `
    import { App, TerraformStack } from '${cdk}';
    import { Key, KeysteadProvider } from '@keystead/constructs/${cdk}';
    import { KeysteadTemplate } from '@keystead/constructs/${cdk}/testing';
    const stack = new TerraformStack(new App(), 'assertions');
    new KeysteadProvider(stack, 'keystead');
    new Key(stack, 'key', { description: 'orders' });
    KeysteadTemplate.fromStack(stack).hasKey({ description: 'orders' });
    console.log('"found"');
  `;
  expect(printed(`assertions-${cdk}.mjs`, text)).toBe('found');
});

describeWith('terraform')('The packed library', () => {
  test.each(cdks)('of %s writes a stack that Terraform applies, and plans again without changes', async (cdk) => {
    const server = await startServer();
    const workspace = await openWorkspace(server);
    try {
      const text = `
        import { App, TerraformStack } from '${cdk}';
        import { Key, KeysteadProvider } from '@keystead/constructs/${cdk}';
        const app = new App({ outdir: ${JSON.stringify(workspace.directory)} });
        const stack = new TerraformStack(app, 'applied');
        new KeysteadProvider(stack, 'keystead', { endpoint: '${server.endpoint}', region: 'eu-west-1' });
        new Key(stack, 'key', { alias: 'orders' });
        app.synth();
        console.log('true');
      `;
      printed(`applied-${cdk}.mjs`, text);
      for (const args of [['init'], ['apply', '-auto-approve'], ['plan', '-detailed-exitcode']]) {
        const { code, stdout, stderr } = await workspace.terraform('-chdir=stacks/applied', ...args, '-no-color');
        expect([args, code, code === 0 ? '' : stdout + stderr]).toEqual([args, 0, '']);
      }
    } finally {
      await workspace.dispose();
      await server.stop();
    }
  });
});

test('Both CDKs write the same resources, providers and data sources', () => {
  const [first, second] = cdks.map((cdk) => {
    const { resource, provider, data } = synthesized(`${cdk}.mjs`, program('same', true, cdk), 'same');
    return { resource, provider, data };
  });
  expect(first).toEqual(second);
});
