/** A figure is always a pair: ours and the floor, measured in the same run. Only the ratio travels between machines. */
export interface Figure {
  readonly name: string;
  readonly floorName: string;
  readonly ours: number;
  readonly floor: number;
}

export function ratio(name: string, floorName: string, ours: number, floor: number): Figure {
  return { name, floorName, ours, floor };
}

export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ name, floorName, ours, floor }) =>
      `| ${name} | ${rounded(ours)} | ${rounded(floor)} (${floorName}) | ${(ours / floor).toFixed(3)} |`,
  );
  return ['| What | Keystead | Floor | Ratio |', '|---|---|---|---|', ...rows].join('\n');
}

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toPrecision(3);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
