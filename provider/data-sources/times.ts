/** Times as the AWS provider writes them. */

/** RFC 3339 in UTC, in whole seconds: fractions are cut off. undefined has no text. */
export function rfc3339(epochSeconds: number): string;
export function rfc3339(epochSeconds: number | undefined): string | null;
export function rfc3339(epochSeconds: number | undefined): string | null {
  return epochSeconds === undefined ? null : new Date(epochSeconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
