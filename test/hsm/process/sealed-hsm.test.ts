/** An Hsm takes over what a command has changed in its stored root key, when it is asked which generations it holds. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hsm } from '@keystead/control-plane/hsm/port/hsm.ts';
import { createSealedHsm } from '@keystead/control-plane/hsm/process/sealed-hsm.ts';
import { addGeneration, removeGenerationsBefore } from '@keystead/control-plane/hsm/root-key/change.ts';

const origin = { createdAtMs: Date.UTC(2026, 5, 1), createdBy: 'alice@hsm-1' };
const removal = { removedAtMs: Date.UTC(2026, 6, 1), removedBy: 'bob@hsm-1' };
const approved = async () => undefined;

let directory: string;
let hsm: Hsm;
const seal = () => ({ kind: 'file', path: join(directory, 'root.key') }) as const;
const held = async () => (await hsm.rootKeyGenerations()).generations.map(({ generation }) => generation);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-sealed-'));
  hsm = await createSealedHsm(seal(), { onSeedingEnded: () => undefined });
  expect(await hsm.openRootKey({ mustExist: false })).toEqual({});
});
afterEach(async () => {
  await hsm.close();
  await rm(directory, { recursive: true });
});

test('a new generation is held, and used only when that is asked for', async () => {
  await addGeneration(seal(), origin);
  expect(await hsm.rootKeyGenerations()).toMatchObject({
    inUse: 1,
    generations: [
      { generation: 1 },
      { generation: 2, ...origin, fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ],
  });
  const secretOwner = { accountId: '111122223333', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
  const generationOfNew = async () => Buffer.from((await hsm.generateSecret(secretOwner)).wrapped).readUInt32BE(1);
  expect(await generationOfNew()).toBe(1);
  expect(await hsm.useGeneration({ generation: 2 })).toEqual({});
  expect(await generationOfNew()).toBe(2);
  expect(await hsm.useGeneration({ generation: 1 })).toEqual({});
  expect(await generationOfNew()).toBe(2);
});

test('a generation that it lacks is refused, unless it has come meanwhile', async () => {
  expect(await hsm.useGeneration({ generation: 2 })).toEqual({
    refused: { message: expect.stringContaining('has no generation 2'), hint: expect.stringContaining('newest') },
  });
  await addGeneration(seal(), origin);
  expect(await hsm.useGeneration({ generation: 2 })).toEqual({});
});

test('a removed generation is given up, and by whom it was removed is known', async () => {
  await addGeneration(seal(), origin);
  await hsm.useGeneration({ generation: 2 });
  await removeGenerationsBefore(seal(), 2, removal, approved);
  expect(await hsm.rootKeyGenerations()).toMatchObject({ inUse: 2, removal });
  expect(await held()).toEqual([2]);
});

test('an older, damaged or foreign file is not taken over: it keeps what it holds, says why, and goes on after that', async () => {
  await copyFile(seal().path, join(directory, 'old'));
  await addGeneration(seal(), origin);
  await copyFile(seal().path, join(directory, 'new'));
  await hsm.useGeneration({ generation: 2 });
  for (const [contents, reason] of [
    ['old', 'it lacks generation 2, which this HSM holds'],
    [Buffer.alloc(32, 9), 'it is another root key'],
    [Buffer.alloc(50, 9), 'is damaged'],
  ] as const) {
    if (contents === 'old') await copyFile(join(directory, contents), seal().path);
    else await writeFile(seal().path, contents);
    const { refused } = await hsm.rootKeyGenerations();
    expect(refused?.message).toContain(reason);
    expect(await held()).toEqual([1, 2]);
  }
  await copyFile(join(directory, 'new'), seal().path);
  expect((await hsm.rootKeyGenerations()).refused).toBeUndefined();
  expect(await held()).toEqual([1, 2]);
});
