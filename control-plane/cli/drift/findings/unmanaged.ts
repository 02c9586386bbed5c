/** Keys that no state declares, where the states are said to declare all of an account. */
import type { ActualKey } from '../running/actual.ts';
import { isLeaving } from '../running/actual.ts';
import { type DeclaredResource, isKeyType, keyIdOf } from '../states/declared.ts';
import type { Difference } from './compare.ts';

/** @param keys every key of the account in the Regions that were read */
export function unmanagedKeys(
  keys: readonly ActualKey[],
  declared: readonly DeclaredResource[],
): readonly Difference[] {
  const known = new Set(
    declared.filter(({ type }) => isKeyType(type)).map(({ region, values }) => `${region}/${keyIdOf(values.key_id)}`),
  );
  // A replica that no state has is reported with its primary key, if a state has that.
  const primaries = new Set([...known].map((name) => name.slice(name.indexOf('/') + 1)));
  return keys.flatMap((key) => {
    const { Arn, KeyId, Description } = key.KeyMetadata;
    const region = Arn.split(':')[3] ?? '';
    if (known.has(`${region}/${KeyId}`) || primaries.has(KeyId) || isLeaving(key)) return [];
    const aliases = key.Aliases.map(({ AliasName }) => AliasName).join(', ');
    const name = [aliases, Description].filter((text) => text).join(': ');
    return [
      {
        region,
        resourceArn: Arn,
        what: 'unknown to Terraform' as const,
        attribute: 'key',
        actual: name === '' ? 'a key without alias and description' : name,
      },
    ];
  });
}
