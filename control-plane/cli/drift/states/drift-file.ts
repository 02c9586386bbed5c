/** `keystead-drift.yaml`: the stacks to compare together, each with its control plane and credentials. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import { parse } from 'yaml';
import { CommandError } from '../../shared/report.ts';
import type { Stack, StackDefaults } from './stack.ts';

export const DRIFT_FILE = 'keystead-drift.yaml';

type Entry = Readonly<Record<string, unknown>>;

const texts = ['dir', 'state', 'workspace', 'endpoint', 'region', 'profile', 'provider', 'terraform'] as const;
const members: ReadonlySet<string> = new Set([...texts, 'empty']);
const topLevel: ReadonlySet<string> = new Set(['stacks', 'complete', 'ignore', 'settings']);
const required = ['pattern', 'reason', 'owner', 'expires'] as const;
const ofRule: ReadonlySet<string> = new Set([...required, 'attribute', 'principal']);

/** A rule for differences that are meant; `findings/ignore.ts` applies it. */
export interface WrittenRule {
  readonly pattern: string;
  readonly attribute?: string;
  readonly principal?: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
}

export interface DriftFile {
  readonly stacks: readonly Stack[];
  /** The stacks declare every key of their accounts. */
  readonly complete: boolean;
  readonly ignore: readonly WrittenRule[];
  /** Of the servers of all stacks, by the names that GetServerSettings has. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Paths in the file are relative to it.
 * @throws CommandError for a file that cannot be read, and for a member that is unknown or of another type
 */
export async function readDriftFile(path: string, defaults: StackDefaults): Promise<DriftFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CommandError(`${path} cannot be read: ${error.message}.`, 'Name a file of stacks with --config.');
  });
  const file = parsed(text, path);
  requireKnown(file, topLevel, path);
  const { stacks, complete = false, ignore = [], settings = {} } = file;
  if (typeof complete !== 'boolean') throw fault(path, '"complete" must be true or false');
  if (!Array.isArray(ignore)) throw fault(path, '"ignore" must be a list');
  if (!Array.isArray(stacks) || stacks.length === 0)
    throw fault(path, '"stacks" must be a list with at least one stack');
  return {
    stacks: stacks.map((entry: unknown, index) => stackOf(entry, `${path}: stacks[${index}]`, dirname(path), defaults)),
    complete,
    ignore: ignore.map((entry: unknown, index) => ruleOf(entry, `${path}: ignore[${index}]`)),
    settings: settingsOf(settings, path),
  };
}

/** YAML reads `300` and `off` as what they look like; a setting is a text. */
function settingsOf(settings: unknown, path: string): Readonly<Record<string, string>> {
  if (!isEntry(settings)) throw fault(path, '"settings" must be a map');
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      if (['string', 'number'].includes(typeof value)) return [name, String(value)];
      throw fault(path, `"settings.${name}" must be a text or a number`);
    }),
  );
}

function parsed(text: string, path: string): Entry {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw fault(path, `it is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (!isEntry(document)) throw fault(path, 'it must be a map with the member "stacks"');
  return document;
}

function stackOf(entry: unknown, place: string, base: string, defaults: StackDefaults): Stack {
  if (!isEntry(entry)) throw fault(place, 'it must be a map');
  requireKnown(entry, members, place);
  const said: Partial<Record<(typeof texts)[number], string>> = {};
  for (const name of texts) {
    const value = entry[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') throw fault(place, `"${name}" must be a text`);
    said[name] = value;
  }
  const { dir, state, workspace, terraform = defaults.terraform, ...rest } = said;
  if ((dir === undefined) === (state === undefined)) throw fault(place, 'it must have either "dir" or "state"');
  if (workspace !== undefined && dir === undefined) throw fault(place, '"workspace" needs "dir"');
  if (entry.empty !== undefined && typeof entry.empty !== 'boolean')
    throw fault(place, '"empty" must be true or false');
  const { endpoint, region, provider, profile } = { ...defaults, ...rest };
  return {
    name: workspace === undefined ? (dir ?? state ?? '') : `${dir} (workspace ${workspace})`,
    source:
      dir === undefined
        ? { file: resolve(base, state ?? '') }
        : { dir: resolve(base, dir), terraform, ...defined({ workspace }) },
    endpoint,
    region,
    provider,
    ...defined({ profile }),
    mayBeEmpty: entry.empty ?? defaults.mayBeEmpty,
  };
}

function ruleOf(entry: unknown, place: string): WrittenRule {
  if (!isEntry(entry)) throw fault(place, 'it must be a map');
  requireKnown(entry, ofRule, place);
  for (const name of ofRule) {
    const value = entry[name];
    const isMissing = value === undefined || value === '';
    if (isMissing && required.some((one) => one === name)) throw fault(place, `it must have "${name}"`);
    if (!isMissing && typeof value !== 'string') throw fault(place, `"${name}" must be a text`);
  }
  const rule = entry as unknown as WrittenRule;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(rule.expires) || Number.isNaN(Date.parse(rule.expires))) {
    throw fault(place, '"expires" must be a day such as 2027-01-31');
  }
  return rule;
}

function requireKnown(entry: Entry, known: ReadonlySet<string>, place: string): void {
  const unknown = Object.keys(entry).find((name) => !known.has(name));
  if (unknown !== undefined) throw fault(place, `there is no member "${unknown}"; there is ${[...known].join(', ')}`);
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const fault = (place: string, what: string): CommandError =>
  new CommandError(`${place}: ${what}.`, 'docs/guide/drift.md shows the file.');
