/**
 * A request that is ready to be sent, and the load that a driver process makes of such requests. Both travel as JSON.
 */

export interface PreparedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoadOrder {
  /** All to one origin. Several take turns, and each connection begins with another one. */
  readonly requests: readonly PreparedRequest[];
  readonly connections: number;
  /** Sent before, and not counted. */
  readonly warmUpSeconds: number;
  readonly measuredSeconds: number;
  /** The load of a neighbour, which is not measured: answers other than 200 do not end it. */
  readonly acceptsRefusals?: true;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** All answers, those of the warm-up included. */
  readonly answers: number;
}
