/** A comparison as a Markdown table, and the sentence that sums it up. */
import { type ComparedFigure, type Limits, MIN_ROUNDS } from './comparison.ts';
import { ratioText } from './table.ts';

export function comparisonTable(compared: readonly ComparedFigure[]): string {
  const head = '| What | Ratio in A | Ratio in B | Change | 95 % | Verdict | Subject alone | Floor alone |';
  return [head, '|---|---|---|---|---|---|---|---|', ...compared.map(row)].join('\n');
}

export function conclusion(compared: readonly ComparedFigure[], limits: Limits): string {
  const failing = compared.filter(({ fails }) => fails).map(({ figure }) => figure.id);
  const { worseThanPercent, moreModulesThan } = limits;
  const verdict =
    failing.length > 0
      ? `Worse by more than ${worseThanPercent} % or ${moreModulesThan} modules: ${failing.join(', ')}.`
      : `No figure is clearly worse by more than ${worseThanPercent} %, and no count is larger by more than ${moreModulesThan}.`;
  const short = compared.filter(({ word }) => word === 'too few rounds').length;
  return short === 0
    ? verdict
    : `${verdict} ${short} figures cannot be judged: they have fewer than ${MIN_ROUNDS} rounds.`;
}

function row(compared: ComparedFigure): string {
  const { figure, word, before, after, percent, interval, subjectPercent, floorPercent, fails } = compared;
  const number = (value: number | undefined) =>
    value === undefined ? '' : figure.floorName === undefined ? String(value) : ratioText(value);
  const range = interval ? `${percentText(interval.low)} to ${percentText(interval.high)}` : '';
  const cells = [
    `${figure.name}: ${figure.unit}`,
    number(before),
    number(after),
    percentText(percent),
    range,
    fails ? `**${word}**` : word,
    percentText(subjectPercent),
    percentText(floorPercent),
  ];
  return `| ${cells.join(' | ')} |`;
}

function percentText(percent: number | undefined): string {
  if (percent === undefined) return '';
  const text = percent.toFixed(1);
  return text === '-0.0' || text === '0.0' ? '0.0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`;
}
