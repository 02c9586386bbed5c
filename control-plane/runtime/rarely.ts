/** Reports of something that can happen many times a second: at most one in an interval, which says how many there were. */

export interface Rarely {
  /** Calls `report` now if the last report is at least an interval ago; otherwise only counts. */
  happened(report: (times: number) => void): void;
}

/** @param now milliseconds of a clock that never goes back */
export function rarely(intervalMs: number, now: () => number = () => performance.now()): Rarely {
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  let times = 0;
  return {
    happened(report) {
      times += 1;
      const nowMs = now();
      if (nowMs - reportedAtMs < intervalMs) return;
      const reported = times;
      times = 0;
      reportedAtMs = nowMs;
      report(reported);
    },
  };
}
