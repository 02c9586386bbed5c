/** Credentials that are wrong, incomplete or refused: what is wrong, what to do, and the argument it is about. */
export class CredentialError extends Error {
  readonly summary: string;
  readonly detail: string;
  /** Where the provider block says it; undefined for what the environment and files say. */
  readonly path: readonly (string | number)[] | undefined;
  constructor(summary: string, detail: string, path?: readonly (string | number)[]) {
    super(`${summary}: ${detail}`);
    this.name = 'CredentialError';
    this.summary = summary;
    this.detail = detail;
    this.path = path;
  }
}
