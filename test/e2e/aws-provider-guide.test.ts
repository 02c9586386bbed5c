/** docs/guides/from-the-aws-provider.md with the genuine provider at both ends: what it made plans without changes here, and back there. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { packageProvider } from '@keystead/provider/package.ts';
import { describeAtLengthWithGenuine, genuineCliConfig } from '../support/genuine-provider.ts';
import { openGenuineWorkspace } from '../support/genuine-workspace.ts';
import { type GuideRun, openGuideRun } from '../support/guide-run.ts';
import { needs } from '../support/needs.ts';
import { root, run, startServer, type TestServer } from '../support/server.ts';

needs('terraform');

jest.setTimeout(600_000);

describeAtLengthWithGenuine('the guide from the AWS provider and back, with the genuine one', (genuine) => {
  let server: TestServer;
  let guide: GuideRun;

  beforeAll(async () => {
    server = await startServer();
    guide = await openGuideRun('docs/guides/from-the-aws-provider.md', server);
  });
  afterAll(async () => {
    await guide?.dispose();
    await server?.stop();
  });

  const does = async (section: string, replaced?: Readonly<Record<string, string>>): Promise<string> => {
    const { code, stdout, stderr } = await guide.section(section, replaced);
    expect([section, code, code === 0 ? '' : stdout + stderr]).toEqual([section, 0, '']);
    return stdout;
  };

  test('what the AWS provider made is taken over, and given back, without changes', async () => {
    const [code = ''] = guide.configurations;
    const theirs = await openGenuineWorkspace(server, genuine);
    await theirs.write(code.replace(/^terraform \{[\s\S]*?^\}\n/m, ''));
    await theirs.must('apply', '-auto-approve');
    await writeFile(join(guide.directory, 'main.tf'), code);
    const state = await readFile(join(theirs.directory, 'terraform.tfstate'), 'utf8');
    await writeFile(join(guide.directory, 'terraform.tfstate'), state);
    await theirs.dispose();

    await does('Say where the control plane is');
    expect(await does('Change the source')).toContain('No changes.');
    const cliConfig = genuineCliConfig(guide.directory, genuine);
    const back = await does('Go back', { 'unset TF_CLI_CONFIG_FILE': `export TF_CLI_CONFIG_FILE=${cliConfig}` });
    expect(back).toContain('No changes.');
  });

  test('both providers stand in one configuration, and the key is made in Keystead', async () => {
    const [, beside = ''] = guide.configurations;
    const directory = join(guide.directory, 'beside');
    await mkdir(directory);
    await writeFile(join(directory, 'main.tf'), `${beside}${callerOfTheOther}`);
    const { mirrorDirectory } = await packageProvider({
      entry: join(root, 'provider/main.ts'),
      namespace: 'keystead',
      type: 'aws',
      version: '0.1.0',
      outputDirectory: join(directory, 'ours'),
    });
    const mirrors = [
      ['keystead', mirrorDirectory],
      ['hashicorp', genuine.mirrorDirectory],
    ].map(([owner, path]) => mirror(owner ?? '', path ?? ''));
    const cliConfig = join(directory, 'both.tfrc');
    await writeFile(cliConfig, `provider_installation {\n${mirrors.join('')}}\n`);
    const { accessKeyId, secretAccessKey } = server.credentials;
    const env = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      KEYSTEAD_ENDPOINT: server.endpoint,
      KEYSTEAD_NODE: process.execPath,
      NODE_OPTIONS: '',
      TF_CLI_CONFIG_FILE: cliConfig,
    };
    for (const command of [['init'], ['apply', '-auto-approve'], ['plan', '-detailed-exitcode']]) {
      const { code, stdout, stderr } = await run('terraform', [...command, '-no-color'], { cwd: directory, env });
      expect([command, code, code === 0 ? '' : stdout + stderr]).toEqual([command, 0, '']);
    }
    const state = await readFile(join(directory, 'terraform.tfstate'), 'utf8');
    expect(state).toContain('provider[\\"registry.terraform.io/keystead/aws\\"]');
    expect(state).toContain('arn:aws:kms:eu-west-1:111122223333:key/');
  });
});

/** The AWS provider is used too, where it needs no service. */
const callerOfTheOther = `
provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

data "aws_partition" "of_aws" {}
`;

const mirror = (owner: string, path: string): string =>
  `  filesystem_mirror {\n    path    = "${path}"\n    include = ["registry.terraform.io/${owner}/*"]\n  }\n`;
