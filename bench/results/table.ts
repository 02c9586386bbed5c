/** The figures as a Markdown table. Only ratios and counts can be compared between machines. */
import { median, summarize } from '../measure/statistics.ts';
import { machineText } from './machine.ts';
import { type Figure, type Results, valuesOf } from './results.ts';

export function figuresTable(figures: readonly Figure[]): string {
  return ['| What | Keystead | Floor | Ratio | Quartiles |', '|---|---|---|---|---|', ...figures.map(row)].join('\n');
}

/** One line above the table. */
export function measuredOn({ measuredAt, machine, nodeVersion }: Results): string {
  const rounds = 'Figures are medians of alternating rounds; a ratio is the median of the ratios of each round.';
  return `Measured on ${measuredAt.slice(0, 10)}: ${machineText(machine)}, Node ${nodeVersion}. ${rounds}`;
}

function row(figure: Figure): string {
  const subject = median(figure.samples.map((sample) => sample.subject));
  const what = `${figure.name}: ${figure.unit}`;
  if (figure.floorName === undefined) return `| ${what} | ${subject} | | | |`;
  const floor = rounded(median(figure.samples.map((sample) => sample.floor ?? Number.NaN)));
  const ratio = summarize(valuesOf(figure));
  const quartiles = `${ratioText(ratio.lowerQuartile)} to ${ratioText(ratio.upperQuartile)}`;
  return `| ${what} | ${rounded(subject)} | ${floor} (${figure.floorName}) | ${ratioText(ratio.median)} | ${quartiles} |`;
}

export function ratioText(value: number): string {
  return value >= 0.1 ? value.toFixed(3) : value.toPrecision(3);
}

export function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toPrecision(3);
}
