/**
 * The packed file, installed from an npm registry's point of view by strangers: into CommonJS and ES modules, under the
 * versions of Node.js and TypeScript that people have; synthesized and applied.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeAtLength } from '../../support/at-length.ts';
import { needs } from '../../support/needs.ts';
import {
  type NodeVersion,
  type NpmProject,
  nodeVersions,
  npmProject,
  packedConstructs,
} from '../../support/npm-projects.ts';
import { root, startServer, type TestServer } from '../../support/server.ts';
import { openWorkspace, type Workspace } from '../../support/terraform.ts';

needs('terraform');

const guide = readFileSync(join(root, 'docs/guide/constructs.md'), 'utf8');
const account = '111122223333';

/** The first program of the guide, for one CDK. */
function firstProgram(cdk: string, endpoint: string): string {
  const [, program = ''] = /^```ts\n(.*?)^```$/ms.exec(guide) ?? [];
  return program.replaceAll('cdktn', cdk).replaceAll('https://keys.example.com', endpoint);
}

/** The `constructs` that npm takes without a version beside each CDK. */
const cdks = [
  { cdk: 'cdktf', packages: ['cdktf@0.21', 'constructs@10'] },
  { cdk: 'cdktn', packages: ['cdktn', 'constructs@>=10.6.0 <10.8.0'] },
];

const typeScripts = ['5.0', '5.4', '5.9', '6.0', '7.0'];
const compiler = (version: string) => `typescript-${version}`;

/** How each compiler resolves modules; 7.0 has no `node10` any more. */
const resolutions = [
  { moduleResolution: 'node10', module: 'commonjs' },
  { moduleResolution: 'node16', module: 'node16' },
  { moduleResolution: 'nodenext', module: 'nodenext' },
  { moduleResolution: 'bundler', module: 'esnext' },
];

const typeChecks = typeScripts.flatMap((version) =>
  resolutions
    .filter(({ moduleResolution }) => version !== '7.0' || moduleResolution !== 'node10')
    .map((resolution) => ({ version, ...resolution })),
);

describeAtLength(
  'The packed library',
  () => {
    describe.each(cdks)('beside $cdk', ({ cdk, packages }) => {
      let server: TestServer;
      let workspace: Workspace;
      let commonJs: NpmProject;
      let esModules: NpmProject;

      afterAll(async () => {
        await workspace?.dispose();
        await server?.stop();
      });

      beforeAll(async () => {
        server = await startServer({ accountId: account });
        workspace = await openWorkspace(server);
        const packed = await packedConstructs();
        const tools = ['tsx', 'ts-node', '@types/node@20', 'typescript@5.9'];
        const compilers = typeScripts.map((version) => `${compiler(version)}@npm:typescript@${version}`);
        commonJs = await npmProject(`${cdk}-commonjs`, [packed, ...packages, ...tools, ...compilers]);
        esModules = await npmProject(`${cdk}-esm`, [packed, ...packages, ...tools], { type: 'module' });
        for (const project of [commonJs, esModules]) {
          await project.write('main.ts', firstProgram(cdk, server.endpoint));
          const module = project === commonJs ? 'commonjs' : 'nodenext';
          const compilerOptions = { strict: true, target: 'es2022', module, types: ['node'], outDir: 'compiled' };
          await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['main.ts'] }));
        }
      });

      /** What a run of the program writes, without what the CDK notes about the run. */
      async function synthesized(project: NpmProject, node: NodeVersion, command: readonly string[]): Promise<unknown> {
        const [program = '', ...args] = command;
        const outdir = `out-${node}-${program}-${args.join('-').replaceAll(/\W/g, '')}`;
        await project.succeeds(program, args, { node, env: { CDKTF_OUTDIR: join(project.directory, outdir) } });
        const { '//': _metadata, ...configuration } = JSON.parse(
          await project.read(join(outdir, 'stacks/orders/cdk.tf.json')),
        );
        return { ...configuration, terraform: configuration.terraform.required_providers };
      }

      test.each(nodeVersions)('synthesizes the same on Node.js %i from CommonJS and ES modules', async (node) => {
        for (const project of [commonJs, esModules]) await project.succeeds('tsc', ['-p', '.'], { node });
        const results = [
          await synthesized(commonJs, node, ['ts-node', 'main.ts']),
          await synthesized(commonJs, node, ['tsx', 'main.ts']),
          await synthesized(commonJs, node, ['node', 'compiled/main.js']),
          await synthesized(esModules, node, ['tsx', 'main.ts']),
          await synthesized(esModules, node, ['node', 'compiled/main.js']),
          // Strips types by itself.
          ...(node === 20 ? [] : [await synthesized(esModules, node, ['node', 'main.ts'])]),
        ];
        for (const result of results) expect(result).toEqual(results[0]);
        expect(results[0]).toMatchObject({ resource: { aws_kms_key: {}, aws_kms_alias: {} } });
      });

      test.each(typeChecks)(
        'compiles with TypeScript $version, $moduleResolution resolution, its declarations checked too',
        async ({ version, module, moduleResolution }) => {
          const compilerOptions = {
            strict: true,
            noEmit: true,
            target: 'es2018',
            lib: ['es2018'],
            types: ['node'],
            module,
            moduleResolution,
            ...(version === '6.0' ? { ignoreDeprecations: '6.0' } : {}),
          };
          await commonJs.write('checked/main.ts', `${firstProgram(cdk, '')}\n${bindingsProgram(cdk)}`);
          await commonJs.write('checked/tsconfig.json', JSON.stringify({ compilerOptions, files: ['main.ts'] }));
          await commonJs.succeeds('node', [`node_modules/${compiler(version)}/bin/tsc`, '-p', 'checked']);
        },
      );

      test('is applied by Terraform, and planned again without changes', async () => {
        await synthesized(esModules, 22, ['tsx', 'main.ts']);
        const directory = join(esModules.directory, 'out-22-tsx-maints/stacks/orders');
        for (const command of [['init'], ['apply', '-auto-approve'], ['plan', '-detailed-exitcode']]) {
          const { code, stdout, stderr } = await workspace.terraform(`-chdir=${directory}`, ...command, '-no-color');
          expect([command, code, code === 0 ? '' : stdout + stderr]).toEqual([command, 0, '']);
        }
      });
    });
  },
  'make test-packages',
);

/** Imports by the subpaths that the first program does not use. */
function bindingsProgram(cdk: string): string {
  return `
    import { kmsAlias } from '@keystead/constructs/${cdk}';
    import * as lib from '@keystead/constructs/${cdk}/lib';
    import { KmsKey, type KmsKeyConfig } from '@keystead/constructs/${cdk}/lib/kms-key';
    import { AwsProvider } from '@keystead/constructs/${cdk}/lib/provider';
    const config: KmsKeyConfig = { provider: new AwsProvider(stack, 'plain-provider', { alias: 'plain' }) };
    const plain: KmsKey = new lib.kmsKey.KmsKey(stack, 'plain', config);
    new kmsAlias.KmsAlias(stack, 'plain-alias', { targetKeyId: plain.keyId });
  `;
}
