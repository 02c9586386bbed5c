/** The journal alone, over real files: what the next run takes over of one that was killed, and what it must not. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CreateJournal, openCreateJournal } from '@keystead/provider/client/create-journal.ts';

const HOUR_MS = 3_600_000;
const request = ['CreateKey', 'us-east-1', '{"Description":"orders"}'];
const arn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const planned = { planned: true, interrupted: false };
const applied = { planned: false, interrupted: false };

let directory: string;
let nowMs: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-journal-'));
  nowMs = Date.parse('2026-03-01T12:00:00Z');
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Run {
  readonly looksAtWholeState?: boolean;
  readonly target?: readonly string[];
  readonly workspace?: string;
}

/** A process of the provider; one that is never ended was killed. */
function start({ looksAtWholeState = true, target = ['http://127.0.0.1:8600/'], workspace }: Run = {}): CreateJournal {
  const env = { TF_DATA_DIR: directory, ...(workspace !== undefined && { TF_WORKSPACE: workspace }) };
  return openCreateJournal({
    env,
    target,
    now: () => new Date(nowMs),
    looksAtWholeState: () => looksAtWholeState,
  });
}

/** A command that plans, and has these objects in its state. */
function plan(run: Run = {}, states: readonly Readonly<Record<string, unknown>>[] = []): void {
  const journal = start(run);
  for (const state of states) journal.seen(state);
  journal.end(planned);
}

const files = () => {
  try {
    return readdirSync(join(directory, 'keystead-creates'));
  } catch {
    return [];
  }
};

/** A killed run that made one key. @returns its idempotency key */
function killedRun(run: Run = {}, id: string | undefined = arn): string {
  const begun = start(run).begin(request);
  begun.answered(id);
  return begun.idempotencyKey;
}

test('a run that ends in order leaves no file, whether its creates were answered or refused', () => {
  const journal = start();
  journal.begin(request).answered(arn);
  journal.begin(request).refused();
  expect(files()).toHaveLength(1);
  journal.end(applied);
  expect(files()).toEqual([]);
});

test('a create without an answer is taken over by an equal one of the next run, once', () => {
  const { idempotencyKey } = start().begin(request);
  plan({ looksAtWholeState: false });
  const next = start();
  expect(next.begin([...request, 'other']).isRepeated).toBe(false);
  expect(next.begin(request)).toMatchObject({ idempotencyKey, isRepeated: true });
  expect(next.begin(request).isRepeated).toBe(false);
});

test('many equal creates without an answer are each taken over once', () => {
  const killed = start();
  const keys = Array.from({ length: 5 }, () => killed.begin(request).idempotencyKey);
  const next = start();
  const taken = Array.from({ length: 6 }, () => next.begin(request));
  expect(taken.slice(0, 5).map(({ idempotencyKey }) => idempotencyKey)).toEqual(keys);
  expect(taken.map(({ isRepeated }) => isRepeated)).toEqual([true, true, true, true, true, false]);
});

test('a create whose outcome is open at an orderly end is taken over too, and those with answers are not', () => {
  const journal = start();
  journal.begin(['answered']).answered(arn);
  const { idempotencyKey } = journal.begin(request);
  journal.end(applied);
  plan();
  const next = start();
  expect(next.begin(['answered']).isRepeated).toBe(false);
  expect(next.begin(request)).toMatchObject({ idempotencyKey, isRepeated: true });
});

test('an answered create is taken over after a command that looked at the whole state did not see its object', () => {
  const idempotencyKey = killedRun();
  plan();
  expect(start().begin(request)).toMatchObject({ idempotencyKey, isRepeated: true });
});

test.each<[string, () => void]>([
  ['no command looked at the state', () => undefined],
  ['a command looked at a part of it', () => plan({ looksAtWholeState: false })],
  [
    'the last command looked at a part of it',
    () => {
      plan();
      plan({ looksAtWholeState: false });
    },
  ],
  ['the command was interrupted', () => start().end({ planned: true, interrupted: true })],
  ['the command was killed', () => start().seen({ arn: 'another' })],
  ['a process that changed things ended', () => start().end(applied)],
  ['the state has its object', () => plan({}, [{ id: 'x', arn }])],
  [
    'a process of another provider block saw its object',
    () => {
      const [one, other] = [start(), start()];
      one.seen({ arn });
      other.end(planned);
      one.end(planned);
    },
  ],
])('an answered create is not taken over when %s', (_title, between) => {
  const idempotencyKey = killedRun();
  between();
  expect(start().begin(request)).toMatchObject({
    isRepeated: false,
    idempotencyKey: expect.not.stringMatching(idempotencyKey),
  });
});

test.each<[string, Run]>([
  ['another workspace', { workspace: 'production' }],
  ['another control plane', { target: ['http://127.0.0.1:8700/'] }],
])('a run of %s takes nothing over', (_title, run) => {
  killedRun();
  start().begin(request);
  plan(run);
  expect(start(run).begin(request).isRepeated).toBe(false);
});

test('a directory that was given another backend takes nothing over', () => {
  start().begin(request);
  writeFileSync(join(directory, 'terraform.tfstate'), '{"version":3,"backend":{"type":"http","hash":12}}');
  expect(start().begin(request).isRepeated).toBe(false);
});

test('the files of a run that is going on are not read', () => {
  killedRun();
  const [name = ''] = files();
  const path = join(directory, 'keystead-creates', name);
  const [header = '', ...lines] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(
    path,
    [JSON.stringify({ ...JSON.parse(header), host: hostname(), processId: process.ppid }), ...lines].join('\n'),
  );
  plan();
  expect(start().begin(request).isRepeated).toBe(false);
});

test('a create is forgotten after a day, and its file with it', () => {
  killedRun();
  nowMs += 24 * HOUR_MS;
  plan();
  expect(files()).toEqual([]);
  expect(start().begin(request).isRepeated).toBe(false);
});

test('a takeover that is killed in turn can be taken over again', () => {
  const idempotencyKey = killedRun();
  plan();
  start().begin(request);
  plan();
  expect(start().begin(request)).toMatchObject({ idempotencyKey, isRepeated: true });
});

test('unfinished and foreign lines are left out', () => {
  const { idempotencyKey } = start().begin(request);
  const [name = ''] = files();
  appendFileSync(join(directory, 'keystead-creates', name), 'null\n[1]\n{"answered":"');
  writeFileSync(join(directory, 'keystead-creates', 'empty.jsonl'), '');
  expect(start().begin(request)).toMatchObject({ idempotencyKey, isRepeated: true });
});

test('files hold hashes and ids, not what was sent, and are for their owner alone', () => {
  start().begin(['CreateKey', '{"Description":"a-description"}']).answered(arn);
  const [name = ''] = files();
  const text = readFileSync(join(directory, 'keystead-creates', name), 'utf8');
  expect(text).toContain(arn);
  expect(text).not.toContain('a-description');
});

test('without a directory of Terraform, or without leave to write there, creates go on', async () => {
  rmSync(directory, { recursive: true });
  expect(start().begin(request).isRepeated).toBe(false);
  await mkdir(directory);
  writeFileSync(join(directory, 'keystead-creates'), 'a file in the place of the folder');
  const begun = start().begin(request);
  begun.answered(arn);
  expect(begun.isRepeated).toBe(false);
});
