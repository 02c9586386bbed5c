/**
 * Code that must not compile. The type checker reads it, and an `@ts-expect-error` without an error is an error itself.
 */
import { operations as functions } from '@keystead/control-plane/operations/index.ts';
import type { Implementation, Implementations } from '@keystead/control-plane/operations/shared/implementation.ts';
import { kms } from '@keystead/provider-schema/operations/apis.ts';
import { operationNames } from '@keystead/provider-schema/operations/index.ts';
import { account } from '@keystead/provider-schema/operations/targets.ts';

const own = { summary: '', targets: [account()], accessLevel: 'List', rest: 'GET /v1/keys' } as const;
const family = kms({ ListKeys: own, ListAliases: own });
declare const listKeys: Implementation<'ListKeys'>;
declare const listAliases: Implementation<'ListAliases'>;
declare const encrypt: Implementation<'Encrypt'>;

/** Never called; only its types matter. */
export function wrongFamilies(): readonly unknown[] {
  const whole: Implementations<typeof family> = { ListKeys: listKeys, ListAliases: listAliases };
  // @ts-expect-error a record without a function
  const missing: Implementations<typeof family> = { ListKeys: listKeys };
  // @ts-expect-error a function without a record
  const extra: Implementations<typeof family> = { ListKeys: listKeys, ListAliases: listAliases, Encrypt: encrypt };
  // @ts-expect-error another operation's function
  const swapped: Implementations<typeof family> = { ListKeys: encrypt, ListAliases: listAliases };

  const planned = kms({ ListKeys: own, ListAliases: { ...own, status: 'planned' } });
  const withoutPlanned: Implementations<typeof planned> = { ListKeys: listKeys };
  // @ts-expect-error a function of a planned operation
  const withPlanned: Implementations<typeof planned> = { ListKeys: listKeys, ListAliases: listAliases };

  // @ts-expect-error a record whose types were not generated
  const ungenerated: Implementations<{ readonly Sing: typeof family.ListKeys }> = { Sing: listKeys };
  // @ts-expect-error a member that no record has
  const misspelt = kms({ ListKeys: { ...own, grantabel: true } });
  // @ts-expect-error an unknown error code
  const unknownCode = kms({ ListKeys: { ...own, errors: ['NoSuchException'] } });
  return [whole, missing, extra, swapped, withoutPlanned, withPlanned, ungenerated, misspelt, unknownCode];
}

test('there is a function for every operation', () => {
  expect(Object.keys(functions).sort()).toEqual([...operationNames].sort());
});
