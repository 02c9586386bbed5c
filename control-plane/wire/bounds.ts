/** How long a client can take for each part of a request, and how large its headers can be. */

export interface HttpBounds {
  /** For all headers; also for a TLS handshake. */
  readonly headersMs: number;
  /** For the whole request. */
  readonly requestMs: number;
  /** For an answer that waits for its reader, without a pause in which nothing waits. */
  readonly answerMs: number;
  /** Between two requests on a connection. */
  readonly keepAliveMs: number;
  /** For a refused client to read the refusal and to close its side. */
  readonly lingerMs: number;
  /** How often the times above are checked. */
  readonly checkMs: number;
}

export const defaultBounds: HttpBounds = {
  headersMs: 10_000,
  requestMs: 30_000,
  answerMs: 30_000,
  keepAliveMs: 65_000,
  lingerMs: 2_000,
  checkMs: 5_000,
};

export const MAX_HEADER_BYTES = 32 * 1024;
/** Far more than a request of the contract needs. */
export const MAX_HEADERS = 100;
