/** Results with figures as a test needs them. */
import type { Figure, Results } from '@keystead/bench/results/results.ts';

export const machine = { processors: 2, model: 'Example CPU', memoryInGiB: 8, system: 'Linux 6.1' };

/** A floor of 1 in each round makes the subjects the ratios. */
export function aFigure(subjects: readonly number[], changed: Partial<Figure> = {}): Figure {
  return {
    id: 'encrypt-1-median',
    benchmark: 'encrypt',
    name: 'Encrypt, 1 connection, median',
    unit: 'ms',
    better: 'lower',
    floorName: 'JSON echo',
    samples: subjects.map((subject, round) => ({ round, subject, floor: 1 })),
    ...changed,
  };
}

export function aCount(count: number): Figure {
  const { floorName: _none, ...figure } = aFigure([]);
  return {
    ...figure,
    id: 'modules-total',
    benchmark: 'modules',
    unit: 'modules',
    samples: [{ round: 0, subject: count }],
  };
}

export function aResults(figures: readonly Figure[], changed: Partial<Results> = {}): Results {
  const about = {
    measuredAt: '2026-01-01T00:00:00.000Z',
    commit: 'abc',
    dirty: false,
    machine,
    nodeVersion: 'v24.0.0',
  };
  return { ...about, figures, ...changed };
}
