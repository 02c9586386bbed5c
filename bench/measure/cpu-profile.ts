/** CPU profiles of V8 (`node --cpu-prof`): how the samples of a time are divided among parts of a program. */

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before; of the first since `startTime`. */
  readonly timeDeltas: readonly number[];
  /** Microseconds of the system's monotonic clock, as of `process.hrtime`. */
  readonly startTime: number;
  readonly endTime: number;
}

/** Microseconds of the system's monotonic clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const monotonicMicroseconds = (): number => Number(process.hrtime.bigint() / 1000n);

export const GARBAGE_COLLECTION = 'garbage collection';
export const NODE = 'Node.js itself';

/**
 * Microseconds by part; time in which the thread waited is left out. A sample belongs to the part of the innermost frame
 * that is of one: what the platform does for a part counts as the part's.
 * @param partOf by the URL of a frame's script; undefined: of no part
 */
export function partsOf(
  profile: CpuProfile,
  { from, to }: Span,
  partOf: (url: string) => string | undefined,
): ReadonlyMap<string, number> {
  const partOfNode = partsOfNodes(profile, partOf);
  const parts = new Map<string, number>();
  let atUs = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const lastedUs = profile.timeDeltas[index] ?? 0;
    atUs += lastedUs;
    const part = partOfNode.get(id);
    if (part !== undefined && atUs > from && atUs <= to) parts.set(part, (parts.get(part) ?? 0) + lastedUs);
  }
  return parts;
}

/** undefined for a node in which the thread waits. Parents come before their children. */
function partsOfNodes(
  { nodes }: CpuProfile,
  partOf: (url: string) => string | undefined,
): ReadonlyMap<number, string | undefined> {
  const inherited = new Map<number, string>();
  const found = new Map<number, string | undefined>();
  for (const { id, callFrame, children = [] } of nodes) {
    const { functionName, url } = callFrame;
    const part = partOf(url) ?? inherited.get(id) ?? NODE;
    for (const child of children) inherited.set(child, part);
    found.set(
      id,
      functionName === '(idle)' ? undefined : functionName === '(garbage collector)' ? GARBAGE_COLLECTION : part,
    );
  }
  return found;
}
