/** docs/guides/from-the-aws-provider.md with the genuine provider at both ends: what it made plans without changes here, and back there. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { describeAtLengthWithGenuine, genuineCliConfig } from '../support/genuine-provider.ts';
import { openGenuineWorkspace } from '../support/genuine-workspace.ts';
import { type GuideRun, openGuideRun } from '../support/guide-run.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

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
    const code = guide.first('hcl');
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
});
