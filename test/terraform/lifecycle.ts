/**
 * The whole life of every resource type with a real Terraform: created, planned again, each argument changed, imported,
 * changed and deleted by hand, destroyed. All types go through one step together, because starting Terraform takes most
 * of the time. The test files say with which binary and for which types; KEYSTEAD_TERRAFORM_TYPES names some.
 */
import { join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { packageProvider } from '@keystead/provider/package.ts';
import { temporaryDirectory } from '../support/provider/packaged.ts';
import { root, startServer, type TestServer } from '../support/server.ts';
import { addressOf, type Hands, nameOf, type TypeCase } from './case.ts';
import { writeOnlyValues } from './cases/write-only.ts';
import {
  configurations,
  importBlocks,
  isImportable,
  lastStep,
  type PlannedChange,
  type TerraformBinary,
  TerraformRun,
} from './run.ts';

export interface Lives {
  readonly binary: TerraformBinary;
  /** Called once the server runs. */
  readonly cases: (hands: Hands) => Promise<readonly TypeCase[]> | readonly TypeCase[];
  /** The most changes that one of the cases has. */
  readonly lastStep: number;
  /** Flags of the server that the cases need. */
  readonly serverArgs?: () => Promise<readonly string[]>;
  readonly writeOnly?: Readonly<Record<string, string>>;
}

/** Declares the tests of the table, one for each part of a life. */
export const declareTable = (binary: TerraformBinary, cases: readonly TypeCase[]): void =>
  declareLives({ binary, cases: () => cases, lastStep: lastStep(cases), writeOnly: writeOnlyValues });

export function declareLives(lives: Lives): void {
  const { binary } = lives;
  const steps = Array.from({ length: lives.lastStep }, (_, index) => index + 1);

  let server: TestServer;
  let cases: readonly TypeCase[];
  let byTitle: readonly (readonly [string, TypeCase])[];
  let run: TerraformRun;
  let hands: Hands;

  beforeAll(async () => {
    server = await startServer({ args: (await lives.serverArgs?.()) ?? [] });
    const directory = temporaryDirectory('terraform');
    const { cliConfigPath } = await packageProvider({
      entry: join(root, 'provider/main.ts'),
      namespace: 'keystead',
      type: 'aws',
      version: '0.1.0',
      outputDirectory: join(directory, 'provider'),
    });
    const env = { ...server.env, KEYSTEAD_NODE: process.execPath, NODE_OPTIONS: '' };
    const work = join(directory, 'work');
    run = new TerraformRun({
      binary,
      directory: work,
      source: 'keystead/aws',
      cliConfigPath,
      env,
      writeOnly: lives.writeOnly ?? {},
    });
    const to = { endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials };
    hands = { iam: new IAMClient(to), kms: new KMSClient(to), kmsWest: new KMSClient({ ...to, region: 'us-west-2' }) };
    cases = await lives.cases(hands);
    byTitle = cases.map((one) => [addressOf(one), one] as const);
    await run.init();
  });

  afterAll(async () => {
    for (const client of Object.values(hands ?? {})) client.destroy();
    await server?.stop();
  });

  test('refuse what is wrong before anything is made, at the argument', async () => {
    const wrong = cases.flatMap((one) =>
      one.refused.map(([argument, body], at) => {
        const name = `${nameOf(one)}_${at}`;
        const block = `resource "${one.type}" "${name}" {\n${body}\n}\n`;
        return { address: `${one.type}.${name}`, argument, block };
      }),
    );
    const blocks = wrong.map(({ block }) => block);
    run.write(blocks.join('\n'));
    const found = await run.refusals();
    for (const { address, argument } of wrong) {
      const codes = found.filter((one) => one.address === address).map(({ code }) => code);
      expect([address, codes]).toEqual([address, expect.arrayContaining([expect.stringContaining(argument)])]);
    }
    expect(new Set(found.map(({ address }) => address))).toEqual(new Set(wrong.map(({ address }) => address)));
  });

  test('are created, and planned again without changes', async () => {
    run.write(configurations(cases, 0));
    await run.apply();
    expect(await run.plan()).toEqual(nothing);
    const state = await run.state();
    for (const [address, one] of byTitle) expect([address, state.get(address)]).toMatchObject([address, one.state]);
  });

  test.each(steps)('change in place or are replaced, change %i, and settle', async (step) => {
    run.write(configurations(cases, step));
    const planned = await run.plan();
    for (const [address, { changes }] of byTitle) {
      const change = changes[step - 1];
      const found = planned.get(address);
      if (change === undefined) {
        expect([address, found]).toEqual([address, undefined]);
        continue;
      }
      expect([address, found?.actions]).toEqual([address, change.how === 'update' ? 'update' : 'delete,create']);
      expect([address, found?.differing]).toEqual([address, expect.arrayContaining([...change.of])]);
      if (change.how === 'replace') expect([address, found?.replacedBy]).toEqual([address, [...change.of].sort()]);
    }
    await run.applyPlan();
    expect(await run.plan()).toEqual(nothing);
  });

  test('are imported, and planned without changes', async () => {
    const before = await run.state();
    const configuration = configurations(cases, lastStep(cases));
    await run.must('state', 'rm', ...cases.filter(isImportable).map(addressOf));
    run.write(`${configuration}\n${importBlocks(cases, before, binary)}`);
    const changes = await run.plan();
    expect(changes).toEqual(nothing);
    await run.applyPlan();
    run.write(configuration);
    expect(await run.plan()).toEqual(nothing);
    const after = await run.state();
    for (const [address, { unknownToImport = [] }] of byTitle) {
      const known = ([name]: [string, unknown]) => !unknownToImport.includes(name);
      const values = (state: typeof after) =>
        Object.fromEntries(
          Object.entries(state.get(address) ?? {})
            .filter(known)
            .filter(isPresent)
            .map(byMeaning),
        );
      expect([address, values(after)]).toEqual([address, values(before)]);
    }
  });

  test('show exactly what was changed by hand, and change it back', async () => {
    const state = await run.state();
    for (const [address, { byHand }] of byTitle) await byHand?.change(hands, state.get(address) ?? {});
    const planned = await run.plan();
    for (const [address, { byHand }] of byTitle) {
      const found = planned.get(address);
      expect([address, found?.actions]).toEqual([address, byHand && 'update']);
      if (byHand) expect([address, found?.differing]).toEqual([address, [...byHand.shows].sort()]);
    }
    await run.applyPlan();
    expect(await run.plan()).toEqual(nothing);
  });

  test('are made again when they were deleted by hand', async () => {
    const state = await run.state();
    for (const [address, { deleteByHand }] of byTitle) await deleteByHand?.(hands, state.get(address) ?? {});
    const planned = await run.plan();
    for (const [address, { deleteByHand }] of byTitle) {
      expect([address, planned.get(address)?.actions]).toEqual([address, deleteByHand && 'create']);
    }
    for (const [address, { recover }] of byTitle) await recover?.(hands, state.get(address) ?? {});
    await run.apply();
    expect(await run.plan()).toEqual(nothing);
  });

  test('are destroyed, also when every second one was deleted by hand right before', async () => {
    const state = await run.state();
    for (const [at, [address, { deleteByHand }]] of byTitle.entries()) {
      if (at % 2 === 0) await deleteByHand?.(hands, state.get(address) ?? {});
    }
    await run.must('destroy', '-auto-approve', '-no-color');
    expect(await run.state()).toEqual(new Map());
    run.write(configurations(cases, 0));
    expect([...(await run.plan()).values()].every(({ actions }) => actions === 'create')).toBe(true);
  });

  test('left secrets in no state and no plan but in the attributes of upstream that demand them, all sensitive', () => {
    expect([...run.secrets.misplaced]).toEqual([]);
    expect([...run.secrets.found].sort()).toEqual([...new Set(cases.flatMap(({ secrets = [] }) => secrets))].sort());
  });
}

/** Empty and absent are one value of a state, and an import cannot know which of the two the state held. */
const isPresent = ([, value]: [string, unknown]) =>
  value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);

/** An import prints policies in normal form. */
const byMeaning = ([name, value]: [string, unknown]): [string, unknown] => [
  name,
  name === 'policy' ? JSON.parse(String(value)) : value,
];

const nothing = new Map<string, PlannedChange>();
