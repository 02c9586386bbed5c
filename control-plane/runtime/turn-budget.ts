/** Work in slices: so much of it in one turn of the event loop, the rest in the next ones, so that others are served. */

export interface TurnBudget {
  /** Resolves when this much work can be done. A piece larger than a turn has a turn of its own. */
  take(work: number): Promise<void>;
}

/** @param perTurn work in one turn, all takers together */
export function createTurnBudget(
  perTurn: number,
  nextTurn: (run: () => void) => void = (run) => void setImmediate(run),
): TurnBudget {
  let done = 0;
  let next: Promise<void> | undefined;
  const begin = () =>
    new Promise<void>((resolve) =>
      nextTurn(() => {
        done = 0;
        next = undefined;
        resolve();
      }),
    );
  return {
    async take(work) {
      while (done > 0 && done + work > perTurn) {
        next ??= begin();
        await next;
      }
      done += work;
      // Without another taker, too, the next turn begins with nothing done.
      next ??= begin();
    },
  };
}
