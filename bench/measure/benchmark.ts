/**
 * What a benchmark is: a name, the figures it yields, and sessions that measure them round by round. Each figure
 * relates a subject to a floor measured in the same round; a count has no floor.
 */

export interface FigureDescription {
  /** Stays the same as long as the figure means the same, so that runs of different commits can be compared. */
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  /** `neither`: a share of something else of ours, which also grows when that other thing gets faster. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** Absent: the figure is an exact count. */
  readonly floorName?: string;
}

export interface Sample {
  readonly subject: number;
  readonly floor?: number;
}

/** One round: a sample for each figure, by its id. */
export type RoundSamples = Readonly<Record<string, Sample>>;

export interface Session {
  measure(round: number): Promise<RoundSamples>;
  /** Stops what was started and removes what was written. */
  close(): Promise<void>;
}

export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  readonly rounds: number;
  /**
   * One process serves all rounds, because preparing takes long or every measurement starts processes of its own.
   * Otherwise each round has a new process and new servers, so that the luck of one process (JIT, memory layout) is one
   * sample of many.
   */
  readonly lasting: boolean;
  /** Too long for every run: it runs only when named. */
  readonly long?: true;
  readonly figures: readonly FigureDescription[];
  /** @throws Error that says what is missing on this machine and what to do. */
  check?(): void;
  prepare(): Promise<Session>;
}
