/**
 * The table of resource types with the genuine hashicorp/aws beside our provider, each against a control plane of its
 * own: both make the same states, plan the same changes, and import by the same ids. Each start of the genuine provider
 * takes seconds, so only `make test-terraform` runs it, and only where that provider is on the machine.
 */
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { packageProvider } from '@keystead/provider/package.ts';
import { describeAtLengthWithGenuine, genuineCliConfig } from '../support/genuine-provider.ts';
import { needs } from '../support/needs.ts';
import { temporaryDirectory } from '../support/provider/packaged.ts';
import { root, startServer, type TestServer } from '../support/server.ts';
import { type Attributes, addressOf, type TypeCase } from './case.ts';
import { selectedCases } from './cases/index.ts';
import { configurations, importBlocks, isImportable, lastStep, TerraformRun } from './run.ts';

needs('terraform');

jest.setTimeout(600_000);

const cases = selectedCases().filter(({ isOurs }) => !isOurs);
const steps = Array.from({ length: lastStep(cases) + 1 }, (_, step) => step);

describeAtLengthWithGenuine('the genuine provider and ours', (genuine) => {
  let servers: readonly TestServer[];
  let ours: TerraformRun;
  let theirs: TerraformRun;

  beforeAll(async () => {
    const directory = temporaryDirectory('genuine');
    servers = await Promise.all([startServer(), startServer()]);
    const [first, second] = servers as readonly [TestServer, TestServer];
    const { cliConfigPath } = await packageProvider({
      entry: join(root, 'provider/main.ts'),
      namespace: 'keystead',
      type: 'aws',
      version: '0.1.0',
      outputDirectory: join(directory, 'provider'),
    });
    ours = new TerraformRun({
      directory: join(directory, 'ours'),
      source: 'keystead/aws',
      cliConfigPath,
      env: { ...first.env, KEYSTEAD_NODE: process.execPath, NODE_OPTIONS: '' },
    });
    theirs = new TerraformRun({
      directory: join(directory, 'theirs'),
      source: 'hashicorp/aws',
      cliConfigPath: genuineCliConfig(directory, genuine),
      env: { ...second.env, AWS_ENDPOINT_URL: second.endpoint },
    });
    await Promise.all([ours.init(), theirs.init()]);
  });

  afterAll(async () => {
    for (const server of servers ?? []) await server.stop();
  });

  const both = <Result>(work: (run: TerraformRun) => Promise<Result>): Promise<[Result, Result]> =>
    Promise.all([work(ours), work(theirs)]);

  test.each(steps)('plan the same and make the same states, step %i', async (step) => {
    const [own, other] = await both((run) => {
      run.write(configurations(cases, step));
      return run.refreshedPlan();
    });
    const pairs = cases.flatMap((one) => {
      const address = addressOf(one);
      // The state is that of the step before.
      if (differs(one, step - 1)) return [];
      const states = comparable(own.state.get(address), other.state.get(address));
      const how = ({ changes }: typeof own) => [changes.get(address)?.actions, changes.get(address)?.replacedBy];
      const plans = differs(one, step) ? [] : [how(own), how(other)];
      return [[0, 1].map((which) => [address, states[which], plans[which]])];
    });
    await both((run) => run.applyPlan());
    expect(pairs.map(([first]) => first)).toEqual(pairs.map(([, second]) => second));
  });

  test('import by the same ids', async () => {
    const imported = cases.filter((one) => isImportable(one) && !one.importIsOurs && !differs(one, steps.length));
    const configuration = configurations(cases, steps.at(-1) ?? 0);
    await both(async (run) => {
      const state = await run.state();
      await run.must('state', 'rm', ...imported.map(addressOf));
      run.write(`${configuration}\n${importBlocks(imported, state)}`);
      await run.apply();
      run.write(configuration);
    });
    const [own, other] = await both((run) => run.refreshedPlan());
    expect([...own.changes, ...other.changes]).toEqual([]);
    for (const one of imported) {
      const address = addressOf(one);
      const { unknownToImport = [] } = one;
      const [first, second] = comparable(own.state.get(address), other.state.get(address));
      const known = (state: Attributes) =>
        Object.fromEntries(Object.entries(state).filter(([name]) => !unknownToImport.includes(name)));
      expect([address, known(first)]).toEqual([address, known(second)]);
    }
  });

  test('destroy everything', async () => {
    await both((run) => run.must('destroy', '-auto-approve', '-no-color'));
    expect(await both((run) => run.state())).toEqual([new Map(), new Map()]);
  });
});

/** Whether the two differ on purpose after so many changes. */
const differs = ({ changes }: TypeCase, step: number): boolean =>
  changes.slice(0, Math.max(step, 0)).some((change) => change.isOurs);

/** Attributes that upstream has and that mean nothing here. */
const withoutMeaning: ReadonlySet<string> = new Set(['ses_smtp_password_v4']);

/**
 * Both states without what differs by nature: generated ids, times, spellings of documents, how absence is written, and
 * attributes that ours alone has.
 */
function comparable(own: Attributes = {}, other: Attributes = {}): readonly [Attributes, Attributes] {
  const shared = Object.keys(other).length === 0 ? own : other;
  const comparableState = (state: Attributes) =>
    Object.fromEntries(
      Object.entries(state)
        .filter(([name]) => !withoutMeaning.has(name) && Object.hasOwn(shared, name))
        .map(([name, value]) => [name, name === 'valid_to' ? value : comparableValue(value)]),
    );
  return [comparableState(own), comparableState(other)];
}

function comparableValue(value: unknown): unknown {
  if (value === null || value === '' || value === false || value === 0) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(comparableValue);
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .map(([name, member]) => [name, comparableValue(member)] as const)
      .filter(([, member]) => member !== null);
    return members.length === 0 ? null : Object.fromEntries(members);
  }
  if (typeof value !== 'string') return value;
  const document = parsed(value);
  if (document !== undefined) return document;
  return value
    .replace(/\d{18}[0-9a-f]{8}$/, '<generated>')
    .replace(/^(AIDA|AROA|AGPA|ANPA|AKIA)[A-Z0-9]{12,}$/, '$1<id>')
    .replace(/^\d{4}-\d{2}-\d{2}[T ][\d:.]{8,} ?(Z|\+0000 UTC)$/, '<time>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}/, '<key>')
    .replace(/[0-9a-f]{64}$/, '<grant>')
    .replace(/^[\w+/-]{100,}={0,2}$/, '<blob>')
    .replace(/^[\w+/]{40}$/, '<secret>')
    .replace(/^https:\/\//, '');
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
