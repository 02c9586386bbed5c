import * as validators from '@keystead/provider-schema/generated/validators.js';
import { limits } from '@keystead/provider-schema/limits.ts';

test.each([
  ['list', { KeyId: 'a', GranteePrincipal: 'b', Operations: Array.from({ length: 50_000 }, () => 'E') }],
  [
    'map',
    {
      ...{ KeyId: 'a', GranteePrincipal: 'b', Operations: [] },
      Constraints: { EncryptionContextEquals: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, null])) },
    },
  ],
])('of the violations in a %s, those beyond the counted ones are not collected', (_title, input) => {
  const violations = validators.CreateGrantRequest(input) ?? [];
  expect(violations.length).toBeGreaterThanOrEqual(limits.countedViolations);
  expect(violations.length).toBeLessThan(limits.countedViolations + 10);
});
