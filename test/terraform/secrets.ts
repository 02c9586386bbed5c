/**
 * Looks for secrets in the states and plans of a run. A secret can be in an attribute of which upstream's schema demands
 * it, and there it is marked sensitive. It is nowhere else; the value of a write-only argument is nowhere at all.
 */

/** Attributes that hold a secret in upstream's schema, each with its write-only alternative where it is an argument. */
const demanded: ReadonlySet<string> = new Set([
  'grant_token',
  'key_material_base64',
  'key_store_password',
  'plaintext',
  'raw_secret_access_key',
  'secret',
]);

/** A token that the configuration itself names is there as well; Terraform marks it if it came from another grant. */
const passedOn: ReadonlySet<string> = new Set([...demanded, 'grant_creation_tokens']);

type Path = readonly string[];

export class SecretsWatch {
  /** Where a secret was that must not be there. */
  readonly misplaced = new Set<string>();
  /** Attributes in which secrets were found, as the schema demands. */
  readonly found = new Set<string>();
  private readonly writeOnly: readonly string[];
  private readonly secrets = new Set<string>();

  constructor(writeOnly: readonly string[]) {
    this.writeOnly = writeOnly.flatMap((value) => [value, Buffer.from(value).toString('base64')]);
  }

  /** @param document a state or plan in JSON @param bytes the file */
  lookAt(document: unknown, bytes: Buffer): void {
    for (const value of this.writeOnly)
      if (bytes.includes(value)) this.misplaced.add('a write-only value, in the file');
    walk(document, (path, text) => {
      const name = path.findLast((step) => demanded.has(step));
      if (name === undefined || path.at(-1) !== name || text === '') return;
      this.secrets.add(text);
      this.found.add(name);
    });
    walk(document, (path, text) => {
      if (path.some((step) => passedOn.has(step))) return;
      const whole = path.at(-1) === 'private' ? text + Buffer.from(text, 'base64').toString() : text;
      if ([...this.secrets].some((secret) => whole.includes(secret))) this.misplaced.add(path.join('.'));
    });
    for (const unmarked of unmarkedSecrets(document)) this.misplaced.add(`not marked sensitive: ${unmarked}`);
  }
}

function walk(value: unknown, visit: (path: Path, text: string) => void, path: Path = []): void {
  if (typeof value === 'string') visit(path, value);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) walk(inner, visit, [...path, name]);
  }
}

const markedPairs = [
  ['values', 'sensitive_values'],
  ['before', 'before_sensitive'],
  ['after', 'after_sensitive'],
] as const;

/** Secrets that Terraform would print. In `planned_values` it marks only what the configuration does. */
function unmarkedSecrets(document: unknown, at: Path = []): readonly string[] {
  if (typeof document !== 'object' || document === null || at.at(-1) === 'planned_values') return [];
  const own: string[] = [];
  for (const [valuesName, marksName] of markedPairs) {
    const { [valuesName]: values, [marksName]: marks } = document as Readonly<Record<string, unknown>>;
    if (marks === undefined) continue;
    walk(values, (path, text) => {
      const mark = path.reduce<unknown>((inner, step) => (inner as Readonly<Record<string, unknown>>)?.[step], marks);
      if (text !== '' && demanded.has(path.at(-1) ?? '') && mark !== true)
        own.push([...at, valuesName, ...path].join('.'));
    });
  }
  return [...own, ...Object.entries(document).flatMap(([name, inner]) => unmarkedSecrets(inner, [...at, name]))];
}
