/**
 * A small provider for tests of the wire and the engine: things that are stored as JSON in one directory, with all
 * kinds of attributes and blocks for which a plan has rules, and failures on request.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ActionType,
  ArgumentError,
  type DataSourceType,
  DiagnosticError,
  type EphemeralResourceType,
  type FunctionType,
  type ListResourceType,
  type ProviderType,
  type ResourceType,
} from '@keystead/provider/engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';

export interface Shelf {
  readonly directory: string | undefined;
  readonly label: string | null;
  /** Ids that a listing looked at. */
  readonly listed?: string[];
  /** Aborts when the user interrupts. */
  readonly stopSignal?: AbortSignal;
}

export const providerRecord: TerraformRecord = {
  kind: 'provider',
  type: 'fake',
  schemaVersion: 0,
  description: 'Things on a shelf.',
  attributes: {
    directory: { type: 'string', description: 'Where things live.', required: true },
    label: { type: 'string', description: 'Written on every new thing.', optional: true },
  },
  blocks: {
    endpoints: {
      nesting: 'set',
      description: 'Not used.',
      attributes: { kms: { type: 'string', description: 'URL.', optional: true } },
    },
  },
};

export const thingRecord: TerraformRecord = {
  kind: 'resource',
  type: 'fake_thing',
  schemaVersion: 1,
  description: 'A thing.',
  importId: 'the id of the thing',
  attributes: {
    id: { type: 'string', description: 'Id.', computed: true, stable: true, refinement: { notNull: true } },
    version: { type: 'number', description: 'Grows with every change.', computed: true },
    kind: { type: 'string', description: 'Fixed for life.', required: true, forcesReplacement: true },
    size: { type: 'number', description: 'How big.', optional: true, computed: true, default: 5 },
    note: {
      type: 'string',
      description: 'Any text but a bad one.',
      optional: true,
      emptyIsNull: true,
      validators: [{ check: 'length', max: 20 }],
    },
    owner: { type: 'string', description: 'Whose it is.', optional: true, computed: true, stable: true },
    key: { type: 'string', description: 'A key.', optional: true, equivalence: 'key-reference' },
    until: { type: 'string', description: 'Until when.', optional: true, equivalence: 'time' },
    labels: { type: ['map', 'string'], description: 'Labels.', optional: true },
    colours: { type: ['set', 'string'], description: 'Colours.', optional: true },
    big: { type: 'number', description: 'Any number.', optional: true },
    secret: { type: 'string', description: 'A secret.', optional: true, sensitive: true },
    secret_wo: { type: 'string', description: 'A secret that is never stored.', optional: true, writeOnly: true },
    fail: { type: 'string', description: 'Which step is to fail.', optional: true },
  },
  blocks: {
    rule: {
      nesting: 'list',
      description: 'Rules in order.',
      attributes: {
        action: {
          type: 'string',
          description: 'What.',
          required: true,
          validators: [{ check: 'one-of', values: ['allow', 'deny'] }],
        },
        weight: { type: 'number', description: 'How much.', optional: true, computed: true, default: 1 },
        serial: { type: 'string', description: 'Given by the shelf.', computed: true, stable: true },
      },
    },
    tag: {
      nesting: 'set',
      description: 'Tags.',
      attributes: {
        key: { type: 'string', description: 'Key.', required: true },
        value: { type: 'string', description: 'Value.', optional: true },
      },
    },
    timeouts: {
      nesting: 'single',
      description: 'How long to wait.',
      attributes: { create: { type: 'string', description: 'For creation.', optional: true } },
    },
  },
  identity: {
    id: { type: 'string', description: 'Id.', requiredForImport: true },
    shelf: { type: 'string', description: 'Shelf.', requiredForImport: false },
  },
};

function file(shelf: Shelf, id: Value): string {
  if (shelf.directory === undefined) throw new Error('the shelf is not known yet');
  return join(shelf.directory, `${String(id)}.json`);
}

/** Stores a thing as JSON; a bigint is stored as `{ "big": "…" }`. */
function store(shelf: Shelf, thing: ObjectValue): void {
  const text = JSON.stringify(thing, (_key, value) => (typeof value === 'bigint' ? { big: value.toString() } : value));
  mkdirSync(shelf.directory ?? '', { recursive: true });
  writeFileSync(file(shelf, thing.id ?? null), text);
}

function load(shelf: Shelf, id: Value): ObjectValue | null {
  try {
    return JSON.parse(readFileSync(file(shelf, id), 'utf8'), (_key, value) =>
      value !== null && typeof value === 'object' && 'big' in value && Object.keys(value).length === 1
        ? BigInt(value.big)
        : value,
    );
  } catch {
    return null;
  }
}

/** Waits until the user interrupts. */
async function untilStopped({ stopSignal }: Shelf): Promise<never> {
  // The interrupt can come before the call.
  while (!stopSignal?.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
  throw new DiagnosticError([{ severity: 'error', summary: 'Interrupted', detail: 'Nothing was made. Apply again.' }]);
}

function withSerials(planned: ObjectValue): ObjectValue {
  const rules = (planned.rule ?? []) as readonly ObjectValue[];
  const rule = rules.map((each, index) => ({
    ...each,
    serial: each.serial === unknown ? `s${index}` : (each.serial ?? null),
  }));
  return { ...planned, rule };
}

export const thing: ResourceType<Shelf> = {
  record: thingRecord,
  validate(config) {
    if (config.note !== 'bad') return [];
    return [
      { severity: 'error', summary: 'A bad note', detail: 'The note must not be bad. Write another.', path: ['note'] },
    ];
  },
  async planDestroy(shelf, prior) {
    if (!shelf) return [];
    return prior.note === 'keep me'
      ? [{ severity: 'warning', summary: 'It asked to be kept', detail: 'Think twice.' }]
      : [];
  },
  async create(shelf, planned, config) {
    if (config.fail === 'create') {
      throw new DiagnosticError([{ severity: 'error', summary: 'No room', detail: 'Make room.', path: ['kind'] }]);
    }
    if (config.fail === 'crash') throw new TypeError('unforeseen');
    if (config.fail === 'promise') return { state: { ...withSerials(planned), id: null, version: 1, owner: 'o' } };
    if (config.fail === 'slow') await untilStopped(shelf);
    if (config.fail === 'panic') {
      setImmediate(() => {
        throw new Error('loose end');
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const owner = planned.owner === unknown ? (shelf.label ?? 'nobody') : (planned.owner ?? null);
    const state = { ...withSerials(planned), id: randomUUID(), version: 1, owner };
    store(shelf, state);
    if (config.fail !== 'after-create') return { state };
    const halfway = { severity: 'error', summary: 'Only half done', detail: 'Apply again.' } as const;
    return { state: { ...planned, ...state, version: unknown }, diagnostics: [halfway] };
  },
  async read(shelf, state) {
    return load(shelf, state.id ?? null);
  },
  async update(shelf, prior, planned, config) {
    if (config.fail === 'update') throw new DiagnosticError([{ severity: 'error', summary: 'Stuck', detail: 'Push.' }]);
    const state = { ...withSerials(planned), version: Number(prior.version ?? 0) + 1 };
    store(shelf, state);
    return { state };
  },
  async remove(shelf, state) {
    if (state.fail === 'remove') throw new DiagnosticError([{ severity: 'error', summary: 'Glued', detail: 'Pull.' }]);
    rmSync(file(shelf, state.id ?? null), { force: true });
  },
  async importState(_shelf, id) {
    if (!/^[0-9a-f-]{36}$/.test(id)) {
      throw new DiagnosticError([{ severity: 'error', summary: 'Not an id', detail: `Give ${thingRecord.importId}.` }]);
    }
    return { id };
  },
  async importIdentity(_shelf, identity) {
    return { id: identity.id ?? null };
  },
  identity: (shelf, state) => ({ id: state.id ?? null, shelf: shelf.directory ?? null }),
};

export const shelfSource: DataSourceType<Shelf> = {
  record: {
    kind: 'data-source',
    type: 'fake_shelf',
    schemaVersion: 0,
    description: 'What is on the shelf.',
    attributes: {
      prefix: { type: 'string', description: 'Only ids that begin so.', optional: true },
      ids: { type: ['list', 'string'], description: 'Ids.', computed: true },
    },
  },
  async read(shelf, config) {
    const prefix = String(config.prefix ?? '');
    const names = readdirSync(shelf.directory ?? '').map((name) => name.replace('.json', ''));
    return { ...config, ids: names.filter((name) => name.startsWith(prefix)).sort() };
  },
};

/** A token that must be renewed; what happens to it is noted on the shelf. */
export const token: EphemeralResourceType<Shelf> = {
  record: {
    kind: 'ephemeral-resource',
    type: 'fake_token',
    schemaVersion: 0,
    description: 'A token.',
    attributes: {
      name: {
        type: 'string',
        description: 'Whose.',
        required: true,
        validators: [{ check: 'length', max: 20 }],
      },
      lifetime: { type: 'number', description: 'Seconds until it must be renewed.', optional: true },
      value: { type: 'string', description: 'The token.', computed: true, sensitive: true },
    },
  },
  async open(shelf, config) {
    if (config.name === 'nobody') {
      throw new DiagnosticError([
        { severity: 'error', summary: 'No such name', detail: 'Use another.', path: ['name'] },
      ]);
    }
    const kept = `${String(config.name)} ${String(config.lifetime ?? '')}`;
    note(shelf, `open ${kept}`);
    return {
      result: { ...config, value: `token of ${String(config.name)}` },
      kept,
      ...renewal(config.lifetime ?? null),
    };
  },
  async renew(shelf, kept) {
    note(shelf, `renew ${kept}`);
    const [name, lifetime] = kept.split(' ');
    if (name === 'stale')
      throw new DiagnosticError([{ severity: 'error', summary: 'Too late', detail: 'Open again.' }]);
    return { kept: `renewed ${kept}`, ...renewal(Number(lifetime)) };
  },
  async close(shelf, kept) {
    if (kept.startsWith('stuck')) throw new TypeError('unforeseen');
    note(shelf, `close ${kept}`);
  },
};

function renewal(lifetime: Value): { readonly renewAt?: Date } {
  return typeof lifetime === 'number' ? { renewAt: new Date(Date.now() + lifetime * 1000) } : {};
}

function note(shelf: Shelf, line: string): void {
  if (shelf.directory === undefined) throw new Error('the shelf is not known yet');
  appendFileSync(join(shelf.directory, 'tokens.log'), `${line}\n`);
}

export const things: ListResourceType<Shelf> = {
  record: {
    kind: 'list-resource',
    type: 'fake_thing',
    schemaVersion: 0,
    description: 'Things on the shelf.',
    attributes: {
      prefix: {
        type: 'string',
        description: 'Only ids that begin so.',
        optional: true,
        validators: [{ check: 'length', max: 5 }],
      },
    },
  },
  async *list(shelf, config) {
    if (config.prefix === 'none') {
      throw new DiagnosticError([
        { severity: 'error', summary: 'No list', detail: 'Ask for another.', path: ['prefix'] },
      ]);
    }
    const names = readdirSync(shelf.directory ?? '').filter((name) => name.endsWith('.json'));
    for (const name of names.sort()) {
      const id = name.replace('.json', '');
      shelf.listed?.push(id);
      const state = load(shelf, id);
      if (state?.note === 'hidden') yield { leftOut: `${id} is hidden` };
      else if (state !== null && id.startsWith(String(config.prefix ?? '')))
        yield { displayName: `thing ${id}`, state };
    }
  },
};

export const knock: ActionType<Shelf> = {
  record: {
    kind: 'action',
    type: 'fake_knock',
    schemaVersion: 0,
    description: 'Knocks.',
    attributes: {
      times: {
        type: 'number',
        description: 'How often.',
        required: true,
        validators: [{ check: 'range', min: 0, max: 9 }],
      },
    },
  },
  async invoke(_shelf, config, progress) {
    for (let time = 1; time <= Number(config.times); time++) {
      progress(`knock ${time}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (config.times === 0) {
      throw new DiagnosticError([{ severity: 'error', summary: 'No knock', detail: 'Knock once.', path: ['times'] }]);
    }
  },
};

export const half: FunctionType = {
  record: {
    name: 'half',
    summary: 'Halves',
    description: 'Half of an even number, and its unit.',
    parameters: [
      { name: 'number', type: 'number', description: 'An even number.' },
      { name: 'unit', type: 'string', description: 'Its unit.' },
    ],
    returns: ['object', { number: 'number', unit: 'string' }],
  },
  call(number = 0, unit = '') {
    if (unit === 'broken') return 'not an object';
    if (unit === 'crash') throw new TypeError('unforeseen');
    if (Number(number) % 2 !== 0) throw new ArgumentError(0, 'The number must be even.');
    return { number: Number(number) / 2, unit };
  },
};

export const fakeProvider: ProviderType<Shelf> = {
  record: providerRecord,
  meta: { user_agent: { type: ['list', 'string'], description: 'Products.', optional: true } },
  async configure(config, _terraformVersion, stopSignal) {
    if (config.label === 'refused') {
      throw new DiagnosticError([
        { severity: 'error', summary: 'No such label', detail: 'Use another.', path: ['label'] },
      ]);
    }
    return {
      directory: typeof config.directory === 'string' ? config.directory : undefined,
      label: typeof config.label === 'string' ? config.label : null,
      stopSignal,
      listed: [],
    };
  },
  isUnsettled: ({ directory }) => directory === undefined,
  withMeta(shelf, { user_agent }) {
    if (Array.isArray(user_agent) && user_agent.includes('refused')) {
      throw new DiagnosticError([{ severity: 'error', summary: 'No such product', detail: 'Use another.' }]);
    }
    return { ...shelf, label: Array.isArray(user_agent) ? user_agent.join(' ') : shelf.label };
  },
  resources: [thing],
  dataSources: [shelfSource],
  ephemeralResources: [token],
  listResources: [things],
  actions: [knock],
  functions: [half],
};
