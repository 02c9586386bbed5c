/** Names of resources in a configuration. */

/** An identifier made of the name, which no other resource of the type has; it is taken from then on. */
export function takeLabel(type: string, name: string, taken: Set<string>): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  const base = /^[a-z]/.test(words)
    ? words
    : `${type.replace(/^aws_kms_|^aws_iam_/, '')}${words === '' ? '' : `_${words}`}`;
  for (let number = 1; ; number += 1) {
    const label = number === 1 ? base : `${base}_${number}`;
    if (taken.has(`${type}.${label}`)) continue;
    taken.add(`${type}.${label}`);
    return label;
  }
}
