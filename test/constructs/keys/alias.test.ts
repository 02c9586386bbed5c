import { Alias, Key } from '@keystead/constructs/cdktf';
import { aStack, synthesize, theResource } from '../stack.ts';

function aliasArguments(aliasName: string) {
  const stack = aStack();
  new Alias(stack, 'alias', { aliasName, targetKey: new Key(stack, 'key', { region: 'eu-north-1' }) });
  return theResource(synthesize(stack), 'aws_kms_alias');
}

describe('Alias', () => {
  test('names a key in the key’s own Region', () => {
    expect(aliasArguments('alias/orders')).toEqual(
      expect.objectContaining({
        name: 'alias/orders',
        region: 'eu-north-1',
        provider: 'aws',
        target_key_id: expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.key_id\}$/),
      }),
    );
  });

  test('puts alias/ in front of a bare name', () => {
    expect(aliasArguments('sales/orders').name).toBe('alias/sales/orders');
  });

  test.each([
    ['a reserved name', 'aws/s3', /reserved/],
    ['a reserved name in full', 'alias/aws/s3', /reserved/],
    ['an empty name', '', /not an alias name/],
    ['a name with a space', 'my orders', /not an alias name/],
    ['a name above 256 characters', 'x'.repeat(251), /1 to 250/],
  ])('refuses %s', (_what, aliasName, message) => {
    expect(() => aliasArguments(aliasName)).toThrow(message);
    expect(() => aliasArguments(aliasName)).toThrow(/^\[stack\/alias\] /);
  });

  test('refuses the same name twice on one key', () => {
    const key = new Key(aStack(), 'key', { alias: 'orders' });
    expect(() => key.addAlias('alias/orders')).toThrow(/Alias-orders/);
  });
});
