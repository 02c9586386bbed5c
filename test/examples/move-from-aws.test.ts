/**
 * The example of a stack that moves from the AWS provider, by the commands of its README. Where the genuine provider is not
 * at hand, ours stands in under its source, and the state that it writes gets the attributes that the genuine one recorded;
 * KEYSTEAD_RECORD=1 records them again.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { packageProvider } from '@keystead/provider/package.ts';
import { awsCommandLine } from '../support/aws-command-line.ts';
import { live } from '../support/example-life.ts';
import { type ExampleRun, type ExampleRuns, openExampleRuns } from '../support/example-runs.ts';
import { describeAtLengthWithGenuine, genuineCliConfig } from '../support/genuine-provider.ts';
import { needs } from '../support/needs.ts';
import { root, startServer, type TestServer } from '../support/server.ts';
import { recordedOf, type StateFile, withRecorded } from '../support/upstream-states.ts';

needs('terraform', 'aws');

jest.setTimeout(300_000);

const name = 'move-from-aws';
const recordedFile = join(import.meta.dirname, 'move-from-aws-5.100.0.json');

const aws = awsCommandLine();
let server: TestServer;
let runs: ExampleRuns;

beforeAll(async () => {
  server = await startServer();
  runs = await openExampleRuns(aws, server);
});
afterAll(async () => {
  await runs?.stop();
  await server?.stop();
});

const stateFile = (example: ExampleRun) => join(example.directory, `cdktf.out/stacks/${name}/terraform.tfstate`);
const readState = (example: ExampleRun): StateFile => JSON.parse(readFileSync(stateFile(example), 'utf8'));

/** Runs the section that the AWS provider applies, then looks at the state. */
async function liveFrom(cliConfig: string, look: (example: ExampleRun) => void): Promise<void> {
  // What Terraform reads without TF_CLI_CONFIG_FILE.
  writeFileSync(join(runs.home, '.terraformrc'), readFileSync(cliConfig));
  const example = runs.open(name);
  rmSync(join(example.directory, 'cdktf.out'), { recursive: true, force: true });
  await live(name, example, {
    async beforehand(sections) {
      const blocks = sections.get('The stack as it was') ?? [];
      expect(blocks).toHaveLength(1);
      for (const block of blocks) await example.run(block);
      expect(readState(example).resources.map(({ provider }) => provider)).toEqual(
        Array(2).fill('provider["registry.terraform.io/hashicorp/aws"]'),
      );
      look(example);
    },
  });
}

test('move-from-aws moves a state as the AWS provider writes it, without changes, and then to constructs', async () => {
  const { cliConfigPath } = await packageProvider({
    entry: join(root, 'provider/main.ts'),
    namespace: 'hashicorp',
    type: 'aws',
    version: '5.999.0',
    outputDirectory: join(runs.home, 'stand-in'),
  });
  await liveFrom(cliConfigPath, (example) => {
    const recorded = JSON.parse(readFileSync(recordedFile, 'utf8'));
    writeFileSync(stateFile(example), JSON.stringify(withRecorded(readState(example), recorded)));
  });
});

describeAtLengthWithGenuine('move-from-aws', (genuine) => {
  test('moves a state that the AWS provider wrote, which is the recorded one', async () => {
    await liveFrom(genuineCliConfig(runs.home, genuine), (example) => {
      const recorded = `${JSON.stringify(recordedOf(readState(example)), null, 2)}\n`;
      if (process.env.KEYSTEAD_RECORD === '1') writeFileSync(recordedFile, recorded);
      expect(recorded).toBe(readFileSync(recordedFile, 'utf8'));
    });
  });
});
