/**
 * The guide "From the prebuilt AWS bindings", with the real ones: its program moves to Keystead in each of the ways that
 * it describes, is applied by the first, and planned without changes by the others.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeAtLength } from '../../support/at-length.ts';
import { needs } from '../../support/needs.ts';
import { type NpmProject, npmProject, packedConstructs } from '../../support/npm-projects.ts';
import { root, startServer, type TestServer } from '../../support/server.ts';
import { openWorkspace, type Workspace } from '../../support/terraform.ts';

needs('terraform');

const guide = readFileSync(join(root, 'docs/guide/constructs-from-the-aws-bindings.md'), 'utf8');
const [program = '', override = '', call = '', kmsOnly = '', imports = ''] = [
  ...guide.matchAll(/^```ts\n(.*?)^```$/gms),
].map(([, text]) => text);

const bucket = `
  import { S3Bucket } from '@cdktn/provider-aws/lib/s3-bucket';
  new S3Bucket(stack, 'bucket', {});
`;

const cdks = [
  { cdk: 'cdktf', packages: ['cdktf@0.21', 'constructs@10', '@cdktf/provider-aws@21'] },
  { cdk: 'cdktn', packages: ['cdktn@0.24', 'constructs@>=10.6.0 <10.8.0', '@cdktn/provider-aws@25'] },
];

describeAtLength(
  'A program of the prebuilt bindings',
  () => {
    describe.each(cdks)('of $cdk', ({ cdk, packages }) => {
      let server: TestServer;
      let workspace: Workspace;
      let project: NpmProject;

      beforeAll(async () => {
        server = await startServer();
        workspace = await openWorkspace(server);
        const tools = ['tsx', '@types/node@22', 'typescript@5.9'];
        project = await npmProject(`${cdk}-prebuilt`, [await packedConstructs(), ...packages, ...tools]);
      });

      afterAll(async () => {
        await workspace?.dispose();
        await server?.stop();
      });

      async function written(...parts: readonly string[]): Promise<void> {
        await project.write('main.ts', [...parts, 'app.synth();\n'].join('\n').replaceAll('cdktn', cdk));
      }

      /** What Terraform reads. */
      async function synthesized(...parts: readonly string[]): Promise<Record<string, never>> {
        await written(...parts);
        await project.succeeds('tsx', ['main.ts']);
        return JSON.parse(await project.read('cdktf.out/stacks/orders/cdk.tf.json'));
      }

      async function terraform(...args: readonly string[]): Promise<string> {
        const directory = join(project.directory, 'cdktf.out/stacks/orders');
        const { code, stdout, stderr } = await workspace.terraform(`-chdir=${directory}`, ...args, '-no-color');
        if (code !== 0) throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
        return stdout;
      }

      const swapped = program.replaceAll('@cdktn/provider-aws', '@keystead/constructs/cdktn');

      test('moves by one override, by one call and by other imports, and keeps its state', async () => {
        await synthesized(program, override);
        await terraform('init');
        expect(await terraform('apply', '-auto-approve')).toContain('Resources: 5 added');
        expect(await terraform('plan', '-detailed-exitcode')).toContain('No changes');
        for (const way of [[program, call], [swapped]]) {
          await synthesized(...way);
          await terraform('init');
          expect(await terraform('plan', '-detailed-exitcode')).toContain('No changes');
        }
      });

      test('compiles with the imports of the guide in the place of its own', async () => {
        await written(swapped, call);
        const named = [...imports.matchAll(/^import .*;$/gm)].map(([line]) => line.replaceAll('cdktn', cdk));
        expect(named).toHaveLength(2);
        for (const line of named) expect(await project.read('main.ts')).toContain(line);
        const options = ['--strict', '--noEmit', '--module', 'commonjs', '--target', 'es2020', '--types', 'node'];
        await project.succeeds('tsc', [...options, 'main.ts']);
      });

      test('is refused with a list when it has what Keystead does not have', async () => {
        await written(program, bucket, call);
        const { code, stderr } = await project.run('tsx', ['main.ts']);
        expect(code).toBe(1);
        expect(stderr).toContain('orders/bucket: resource aws_s3_bucket');
        expect(stderr).toContain('kmsOnly: true');
      });

      test('keeps AWS for everything but its keys with kmsOnly', async () => {
        const { resource, terraform: settings, provider } = (await synthesized(program, bucket, kmsOnly)) as never;
        expect(settings).toMatchObject({
          required_providers: {
            aws: { source: expect.stringMatching(/^(hashicorp\/)?aws$/) },
            keystead: { source: 'keystead/aws' },
          },
        });
        expect(provider).toMatchObject({
          keystead: [{ region: 'eu-west-1', profile: 'keystead', default_tags: [{ tags: { Team: 'shop' } }] }],
        });
        const chosen = (type: string) => Object.values(resource[type]).map((one) => Object(one).provider);
        expect(['aws_kms_key', 'aws_kms_alias', 'aws_kms_grant', 'aws_kms_replica_key'].flatMap(chosen)).toEqual(
          Array(4).fill('keystead'),
        );
        expect(['aws_iam_user', 'aws_s3_bucket'].flatMap(chosen)).toEqual([undefined, undefined]);
      });
    });
  },
  'make test-packages',
);
