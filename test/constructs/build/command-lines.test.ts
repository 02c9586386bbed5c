/**
 * The guide "The library, the command line and the provider in a pipeline", run by its own commands: the template of
 * each CDK, the packed library in it, and the command line that applies the first program of the guide, on each version
 * of Node.js that the guide says it takes. On the others it fails, as the guide says.
 */

import { readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeAtLength } from '../../support/at-length.ts';
import { needs } from '../../support/needs.ts';
import { emptyProject, type NodeVersion, type NpmProject, packedConstructs } from '../../support/npm-projects.ts';
import { root, startServer, type TestServer } from '../../support/server.ts';
import { openWorkspace, type Workspace } from '../../support/terraform.ts';

needs('terraform');

const page = (name: string) => readFileSync(join(root, `docs/guide/${name}.md`), 'utf8');
const [, program = ''] = /^```ts\n(.*?)^```$/ms.exec(page('constructs')) ?? [];
const [plain = '', cdktnTemplate = '', cdktfTemplate = '', deploy = ''] = [
  ...page('constructs-pipelines').matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, text]) => text);

interface CommandLine {
  readonly cdk: string;
  readonly template: string;
  readonly works: readonly [NodeVersion, NodeVersion];
  readonly fails: NodeVersion;
}

const commandLines: readonly CommandLine[] = [
  { cdk: 'cdktf', template: cdktfTemplate, works: [20, 22], fails: 24 },
  { cdk: 'cdktn', template: cdktnTemplate, works: [22, 24], fails: 20 },
];

describeAtLength(
  'A project of the template',
  () => {
    describe.each(commandLines)('of $cdk', ({ cdk, template, works, fails }) => {
      let server: TestServer;
      let workspace: Workspace;
      let project: NpmProject;

      beforeAll(async () => {
        server = await startServer();
        workspace = await openWorkspace(server);
        project = await emptyProject(`${cdk}-template`);
        await copyFile(await packedConstructs(), join(project.directory, '../keystead-constructs-0.1.0.tgz'));
        await bash(template, works[0]);
        await project.write(
          'main.ts',
          program.replaceAll('cdktn', cdk).replaceAll('https://keys.example.com', server.endpoint),
        );
      });

      afterAll(async () => {
        await workspace?.dispose();
        await server?.stop();
      });

      const bash = (commands: string, node: NodeVersion) =>
        project.succeeds('bash', ['--norc', '-euc', commands], { node, env: workspace.env });

      test('compiles, with what the template checks and with its declarations checked too', async () => {
        await project.succeeds('tsc', ['--noEmit'], { node: works[0] });
        await project.succeeds('tsc', ['--noEmit', '--skipLibCheck', 'false', '--types', 'node,jest'], {
          node: works[0],
        });
      });

      test(`needs --skip-provider-lock while the provider is in a mirror`, async () => {
        const options = { node: works[0], env: workspace.env };
        const { code, stdout, stderr } = await project.run('npx', [cdk, 'diff', 'orders'], options);
        expect(code).not.toBe(0);
        expect(stdout + stderr).toMatch(/providers lock/);
      });

      test.each(works)('is applied by the command line on Node.js %i', async (node) => {
        await bash(deploy.replaceAll('cdktn', cdk), node);
        const state = join(project.directory, 'cdktf.out/stacks/orders');
        const { stdout } = await workspace.terraform(`-chdir=${state}`, 'state', 'list');
        expect(stdout).toMatch(/^aws_kms_alias\.\S+\naws_kms_alias\.\S+\naws_kms_key\.\S+$/m);
      });

      test(`cannot use the command line on Node.js ${fails}, but the program and Terraform`, async () => {
        const { code } = await project.run('npx', [cdk, 'synth'], { node: fails, env: workspace.env });
        expect(code).not.toBe(0);
        await project.succeeds('npm', ['install', '--no-audit', '--no-fund', 'tsx'], { node: fails });
        await bash(plain, fails);
      });

      test('cannot run its ts-node with TypeScript 7', async () => {
        const install = ['install', '--no-audit', '--no-fund', '--no-save', '--legacy-peer-deps', 'typescript@7'];
        await project.succeeds('npm', install);
        const { code, stderr } = await project.run('ts-node', ['main.ts'], { node: works[0], env: workspace.env });
        expect([code, stderr]).toEqual([1, expect.stringContaining('ts-node/dist')]);
      });
    });
  },
  'make test-packages',
);
