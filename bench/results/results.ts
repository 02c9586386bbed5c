/**
 * The results file: the figures of a run with all their samples, and the machine. Medians and quartiles in it are for
 * people; programs compute them again from the samples.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { FigureDescription, Sample } from '../measure/benchmark.ts';
import { type Summary, summarize } from '../measure/statistics.ts';
import type { Machine } from './machine.ts';

const SCHEMA = 'keystead-bench-results';
const VERSION = 1;

export interface RoundSample extends Sample {
  readonly round: number;
}

export interface Figure extends FigureDescription {
  readonly benchmark: string;
  readonly samples: readonly RoundSample[];
}

export interface Results {
  readonly measuredAt: string;
  /** Absent outside a git work tree. */
  readonly commit?: string;
  /** The work tree differed from the commit. */
  readonly dirty: boolean;
  readonly machine: Machine;
  readonly nodeVersion: string;
  readonly figures: readonly Figure[];
}

/** One number per round: the ratio of subject and floor, or the count. */
export function valuesOf({ samples }: Pick<Figure, 'samples'>): readonly number[] {
  return samples.map(({ subject, floor }) => (floor === undefined ? subject : subject / floor));
}

export async function writeResults(file: string, results: Results): Promise<void> {
  const figures = results.figures.map((figure) => ({ ...figure, summary: summaryOf(figure) }));
  await writeFile(file, `${JSON.stringify({ schema: SCHEMA, version: VERSION, ...results, figures }, null, 2)}\n`);
}

interface FigureSummary {
  readonly rounds: number;
  /** Of the ratios; of a count, the count. */
  readonly value: Summary;
  readonly subject: Summary;
  readonly floor?: Summary;
}

function summaryOf(figure: Figure): FigureSummary {
  const floors = figure.samples.flatMap(({ floor }) => floor ?? []);
  return {
    rounds: figure.samples.length,
    value: summarize(valuesOf(figure)),
    subject: summarize(figure.samples.map(({ subject }) => subject)),
    ...(floors.length > 0 && { floor: summarize(floors) }),
  };
}

/** @throws Error that names the file, when it is not a results file of this schema. */
export async function readResults(file: string): Promise<Results> {
  return parseResults(await readFile(file, 'utf8'), file);
}

/** @param file its name in errors. @throws Error when the text is not a results file of this schema. */
export function parseResults(text: string, file: string): Results {
  const value = parseJson(text);
  if (!isRecord(value) || value.schema !== SCHEMA) {
    throw new Error(`${file} is not a results file. "make bench" writes one, bench/results.json.`);
  }
  if (value.version !== VERSION) {
    throw new Error(
      `${file} has version ${value.version} of the results schema, this command reads version ${VERSION}. ` +
        'Measure again with the "make bench" of this commit.',
    );
  }
  const fault = faultOf(value);
  if (fault !== undefined) throw new Error(`${file} is damaged: ${fault}.`);
  return value as unknown as Results;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultOf({ figures, machine, nodeVersion }: Readonly<Record<string, unknown>>): string | undefined {
  if (!isRecord(machine)) return 'it does not name a machine';
  if (typeof nodeVersion !== 'string') return 'it does not name a Node.js version';
  if (!Array.isArray(figures)) return 'it has no list of figures';
  const bad = figures.findIndex((figure) => !isFigure(figure));
  return bad < 0 ? undefined : `figure ${bad + 1} is incomplete or has samples that are not numbers above zero`;
}

function isFigure(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { id, name, unit, better, benchmark, floorName, samples } = value;
  const texts = [id, name, unit, benchmark].every((text) => typeof text === 'string');
  const isSample = (sample: unknown) =>
    isRecord(sample) && isAmount(sample.subject) && (floorName === undefined || isAmount(sample.floor));
  const measured = Array.isArray(samples) && samples.length > 0 && samples.every(isSample);
  return texts && ['lower', 'higher', 'neither'].includes(String(better)) && measured;
}

const isAmount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
