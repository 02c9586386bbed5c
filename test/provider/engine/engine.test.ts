import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '@keystead/provider/engine/apply.ts';
import { Engine, UnknownTypeError } from '@keystead/provider/engine/engine.ts';
import { importResource, readDataSource, readResource } from '@keystead/provider/engine/read.ts';
import type { ResourceType } from '@keystead/provider/engine/resource.ts';
import { type ObjectValue, unknown } from '@keystead/provider/engine/value.ts';
import { fakeProvider, type Shelf, shelfSource, thing, thingRecord } from '../../support/provider/fake-provider.ts';

const directory = mkdtempSync(join(tmpdir(), 'keystead-engine-'));
afterAll(() => rmSync(directory, { recursive: true }));

const shelf: Shelf = { directory, label: null };
const blocks = { rule: [], tag: [], timeouts: null };
const nothing: ObjectValue = {
  ...Object.fromEntries(Object.keys(thingRecord.attributes).map((name) => [name, null])),
  ...blocks,
};
const config: ObjectValue = { ...nothing, kind: 'box' };
const planned: ObjectValue = { ...config, id: unknown, version: unknown, owner: unknown, size: 5 };
const state: ObjectValue = { ...config, id: 'i', version: 1, owner: 'me', size: 5 };

const type = (change: Partial<ResourceType<Shelf>>): ResourceType<Shelf> => ({ ...thing, ...change });

describe('applying', () => {
  test('a creation returns the state with everything known', async () => {
    const outcome = await applyChange(thing, shelf, { prior: null, planned, config });
    expect(outcome.diagnostics).toEqual([]);
    expect(outcome.state).toMatchObject({ version: 1, owner: 'nobody', size: 5 });
  });

  test('keeps the planned spelling of what the service writes in another form', async () => {
    const until = '2027-01-01T02:00:00+02:00';
    const answering = type({ create: async () => ({ state: { ...state, until: '2027-01-01T00:00:00Z' } }) });
    const outcome = await applyChange(answering, shelf, { prior: null, planned: { ...planned, until }, config });
    expect(outcome).toMatchObject({ state: { until }, diagnostics: [] });
  });

  test('takes an empty result for an absent one where the record says so', async () => {
    const answering = type({ create: async () => ({ state: { ...state, note: '', labels: {} } }) });
    const outcome = await applyChange(answering, shelf, { prior: null, planned, config });
    expect(outcome.state).toMatchObject({ note: '', labels: {} });
    expect(outcome.diagnostics).toMatchObject([{ path: ['labels'] }]);
  });

  test('keeps the state of a creation that failed half-way, and reports no other fault beside it', async () => {
    const failed = { severity: 'error', summary: 'half', detail: 'd' } as const;
    const halfway = type({ create: async () => ({ state: { ...planned, id: 'i' }, diagnostics: [failed] }) });
    const outcome = await applyChange(halfway, shelf, { prior: null, planned, config });
    expect(outcome.diagnostics).toEqual([failed]);
    expect(outcome.state).toMatchObject({ id: 'i', version: null, size: 5 });
  });

  test('a refused change leaves no state for a creation and the prior one for an update', async () => {
    const created = await applyChange(thing, shelf, { prior: null, planned, config: { ...config, fail: 'create' } });
    expect(created).toMatchObject({ state: null, diagnostics: [{ summary: 'No room', path: ['kind'] }] });
    const updated = await applyChange(thing, shelf, {
      prior: state,
      planned: state,
      config: { ...config, fail: 'update' },
    });
    expect(updated).toMatchObject({ state, diagnostics: [{ summary: 'Stuck' }] });
  });

  test.each([
    ['leaves a value unknown', { version: unknown }, 'version', /still unknown/],
    ['returns the wrong type', { version: '1 piece' }, 'version', /expected a number/],
    ['returns another value than planned', { size: 6 }, 'size', /differs from the plan/],
    ['returns a collection of another type', { labels: ['x'] }, 'labels', /expected a map/],
  ])(
    'that %s is named as a fault of the provider, and the rest of the state is kept',
    async (_name, change, path, detail) => {
      const faulty = type({ create: async () => ({ state: { ...state, ...change } as ObjectValue }) });
      const outcome = await applyChange(faulty, shelf, { prior: null, planned, config });
      expect(outcome.diagnostics).toMatchObject([{ path: [path], detail: expect.stringMatching(detail) }]);
      expect(outcome.state).toMatchObject({ id: 'i', owner: 'me' });
    },
  );

  test('never stores a write-only value', async () => {
    const leaking = type({ create: async () => ({ state: { ...state, secret_wo: 'secret' } }) });
    expect((await applyChange(leaking, shelf, { prior: null, planned, config })).state?.secret_wo).toBeNull();
  });

  test('no diagnostic holds a value of the configuration', async () => {
    const faulty = type({ create: async () => ({ state: { ...state, secret: 7, labels: { k: 8 } } }) });
    const outcome = await applyChange(faulty, shelf, {
      prior: null,
      planned: { ...planned, secret: 'hunter2' },
      config,
    });
    expect(outcome.diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify(outcome.diagnostics)).not.toMatch(/hunter2|[78]/);
  });

  test('a destruction of what is already gone succeeds', async () => {
    expect(await applyChange(thing, shelf, { prior: state, planned: null, config: null })).toEqual({
      state: null,
      diagnostics: [],
    });
  });
});

describe('reading', () => {
  test('keeps the old spelling of a value with the same meaning, but takes over how empty ones are written', async () => {
    const until = '2027-01-01T02:00:00+02:00';
    const answers = type({ read: async () => ({ ...state, until: '2027-01-01T00:00:00Z', note: '' }) });
    const outcome = await readResource(answers, shelf, { ...state, until });
    expect(outcome.state).toMatchObject({ until, note: '' });
  });

  test('of an object that is gone is null, and of one that cannot be read keeps the state beside the error', async () => {
    expect(await readResource(type({ read: async () => null }), shelf, state)).toEqual({
      state: null,
      diagnostics: [],
    });
    const failing = type({
      read: async () => {
        throw new Error('no answer');
      },
    });
    expect(await readResource(failing, shelf, state)).toMatchObject({ state, diagnostics: [{ severity: 'error' }] });
  });

  test('a data source that leaves something unknown is at fault', async () => {
    const faulty = { ...shelfSource, read: async (): Promise<ObjectValue> => ({ prefix: null, ids: [unknown] }) };
    expect((await readDataSource(faulty, shelf, { prefix: null, ids: null })).diagnostics).toMatchObject([
      { path: ['ids', 0] },
    ]);
  });
});

describe('importing', () => {
  const id = '1234abcd-12ab-34cd-56ef-1234567890ab';

  test('by id or by identity fills what the name does not say: null attributes, empty blocks', async () => {
    expect(await importResource(thing, shelf, { id })).toEqual({ state: { ...nothing, id }, diagnostics: [] });
    expect(await importResource(thing, shelf, { identity: { id, shelf: null } })).toMatchObject({ state: { id } });
  });

  test('says what is possible where a type has no import, or none by identity', async () => {
    const { importState, importIdentity, ...without } = thing;
    expect(importState).toBeDefined();
    expect((await importResource(without, shelf, { id })).diagnostics).toMatchObject([
      { summary: 'Cannot import fake_thing' },
    ]);
    expect(
      (
        await importResource({ ...without, importState: thing.importState ?? (async () => nothing) }, shelf, {
          identity: {},
        })
      ).diagnostics,
    ).toMatchObject([{ detail: expect.stringContaining('the id of the thing') }]);
    expect(importIdentity).toBeDefined();
  });
});

describe('the engine', () => {
  let engine: Engine<Shelf>;
  beforeEach(() => {
    engine = new Engine(fakeProvider);
  });
  const settings: ObjectValue = { directory, label: null, endpoints: [] };

  test('plans without a configuration, and does nothing else without one', async () => {
    expect((await engine.plan('fake_thing', { config, prior: null })).diagnostics).toEqual([]);
    const answers = await Promise.all([
      engine.apply('fake_thing', { prior: null, planned, config }),
      engine.read('fake_thing', state),
      engine.readData('fake_shelf', { prefix: null, ids: null }),
      engine.import('fake_thing', { id: 'x' }),
    ]);
    for (const { diagnostics } of answers)
      expect(diagnostics).toMatchObject([{ summary: 'The provider is not configured' }]);
    expect(answers[1].state).toBe(state);
    expect(engine.identity('fake_thing', state)).toBeNull();
  });

  test('that is configured again forgets the former configuration, also when the new one is refused', async () => {
    expect(await engine.configure(settings, '1.11.4')).toEqual([]);
    expect(await engine.configure({ ...settings, label: 'refused' }, '1.11.4')).toMatchObject([{ path: ['label'] }]);
    expect((await engine.read('fake_thing', state)).diagnostics).toMatchObject([
      { summary: 'The provider is not configured' },
    ]);
  });

  test('tells running calls when to stop, again for each configuration', async () => {
    const signals: AbortSignal[] = [];
    const stoppable = new Engine<Shelf>({
      ...fakeProvider,
      async configure(_config, _version, signal) {
        signals.push(signal);
        return shelf;
      },
    });
    await stoppable.configure(settings, '1');
    stoppable.stop();
    await stoppable.configure(settings, '1');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  test('knows the identity of an object once its state says it', async () => {
    await engine.configure(settings, '1.12.0');
    expect(engine.identity('fake_thing', state)).toEqual({ id: 'i', shelf: directory });
    expect(engine.identity('fake_thing', { ...state, id: unknown })).toBeNull();
    expect(engine.identity('fake_thing', null)).toBeNull();
  });

  test('refuses types it does not have', () => {
    expect(() => engine.validateResource('fake_other', config, { writeOnlyAllowed: true })).toThrow(UnknownTypeError);
    expect(() => engine.validateDataSource('fake_thing', config)).toThrow(UnknownTypeError);
  });

  test('fills stored state up to the schema: null attributes, empty blocks', () => {
    expect(engine.upgrade('fake_thing', { id: 'i', rule: null })).toEqual({ ...nothing, id: 'i' });
  });

  test('leaves nothing behind in these tests but what was created', () => {
    expect(readdirSync(directory).every((name) => name.endsWith('.json'))).toBe(true);
  });
});
