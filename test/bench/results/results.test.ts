/** The results file: what is written can be read again, and anything else is refused with a message that helps. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseResults, readResults, writeResults } from '@keystead/bench/results/results.ts';
import { figuresTable } from '@keystead/bench/results/table.ts';
import { aCount, aFigure, aResults } from '../results-of.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-results-'));
  file = join(directory, 'results.json');
});

afterEach(() => rm(directory, { recursive: true }));

const written = async (): Promise<Record<string, unknown>> => {
  await writeResults(file, aResults([aFigure([1, 2, 3]), aCount(289)]));
  return JSON.parse(await readFile(file, 'utf8'));
};

test('results that were written are read again', async () => {
  const results = aResults([aFigure([1, 2, 3]), aCount(289)]);
  await writeResults(file, results);
  expect(await readResults(file)).toMatchObject(results);
});

test('the file holds every sample with medians and quartiles beside it', async () => {
  const { schema, version, figures } = await written();
  expect([schema, version]).toEqual(['keystead-bench-results', 1]);
  expect(figures).toMatchObject([
    {
      samples: [{ round: 0, subject: 1, floor: 1 }, {}, {}],
      summary: { rounds: 3, value: { median: 2, upperQuartile: 2.5 } },
    },
    { samples: [{ round: 0, subject: 289 }], summary: { rounds: 1, value: { median: 289 } } },
  ]);
});

test.each([
  ['not JSON', 'results.json is not a results file. "make bench" writes one'],
  ['{"schema":"other"}', 'results.json is not a results file'],
  ['[]', 'results.json is not a results file'],
])('%s: refused', async (text, message) => {
  await writeFile(file, text);
  await expect(readResults(file)).rejects.toThrow(message);
});

test('another version of the schema is refused with what to do', async () => {
  const text = JSON.stringify({ ...(await written()), version: 2 });
  expect(() => parseResults(text, 'old.json')).toThrow(
    'old.json has version 2 of the results schema, this command reads version 1. Measure again',
  );
});

test.each<readonly [string, Record<string, unknown>]>([
  ['it does not name a machine', { machine: undefined }],
  ['it does not name a Node.js version', { nodeVersion: 24 }],
  ['it has no list of figures', { figures: {} }],
  ['figure 1 is incomplete', { figures: [{ id: 'one' }] }],
  ['figure 1 is incomplete', { figures: [{ ...aFigure([]) }] }],
  ['figure 1 is incomplete', { figures: [{ ...aFigure([1]), samples: [{ round: 0, subject: 1, floor: 0 }] }] }],
  ['figure 1 is incomplete', { figures: [{ ...aFigure([1]), samples: [{ round: 0, subject: 1 }] }] }],
  ['figure 1 is incomplete', { figures: [{ ...aFigure([1]), better: 'bigger' }] }],
])('a damaged file is refused: %s', async (fault, changed) => {
  const text = JSON.stringify({ ...(await written()), ...changed });
  expect(() => parseResults(text, 'bad.json')).toThrow(`bad.json is damaged: ${fault}`);
});

test('the table shows subject, floor, ratio and quartiles, and of a count only the count', () => {
  expect(
    figuresTable([aFigure([1, 2, 3]), aCount(11)])
      .split('\n')
      .slice(2),
  ).toEqual([
    '| Encrypt, 1 connection, median: ms | 2.00 | 1.00 (JSON echo) | 2.000 | 1.500 to 2.500 |',
    '| Encrypt, 1 connection, median: modules | 11 | | | |',
  ]);
});
