/** The identity in a verified identity token, as its provider states it. */
export interface WebIdentity {
  readonly providerArn: string;
  /** The issuer without `https://`: what its condition keys begin with. */
  readonly providerUrl: string;
  readonly issuer: string;
  readonly subject: string;
  /** The client that the identity token is for. */
  readonly audience: string;
  /** Condition keys, lower case: `token.example.com:sub`. */
  readonly claims: Readonly<Record<string, string | readonly string[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  /** SHA-256 of what was signed, hex: the same for every way to write the signature. */
  readonly tokenDigest: string;
  readonly expiresAtMs: number;
}
