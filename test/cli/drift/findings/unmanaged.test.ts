/** Keys that no state declares. */
import { unmanagedKeys } from '@keystead/control-plane/cli/drift/findings/unmanaged.ts';
import { alias, arnOf, declared, keyState, runningKey } from '../state.ts';

const KeyId = '99999999-12ab-34cd-56ef-1234567890ab';
const other = (more: object = {}) => runningKey({ KeyMetadata: { KeyId, Arn: arnOf(KeyId), ...more } });

test('a key that no state has is named by its alias and description', () => {
  const key = { ...other(), Aliases: [alias('alias/shadow')] };
  expect(unmanagedKeys([runningKey(), key], declared(keyState()))).toMatchObject([
    { resourceArn: arnOf(KeyId), what: 'unknown to Terraform', attribute: 'key', actual: 'alias/shadow: orders' },
  ]);
});

test('declared keys, their replicas and keys that wait for their deletion are not reported', () => {
  const replica = runningKey({ KeyMetadata: { Arn: arnOf(runningKey().KeyMetadata.KeyId, 'eu-west-1') } });
  const leaving = other({ KeyState: 'PendingDeletion' });
  expect(unmanagedKeys([runningKey(), replica, leaving], declared(keyState()))).toEqual([]);
});
