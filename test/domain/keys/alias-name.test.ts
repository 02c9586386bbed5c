import { requireAliasName } from '@keystead/control-plane/domain/keys/alias-name.ts';

test.each(['alias/a', 'alias/app/Main_1-x', 'alias/alias/x', 'alias/awsome'])('%s is a valid alias', (name) => {
  expect(() => requireAliasName(name)).not.toThrow();
});

test.each(['app', 'alias/', 'Alias/app', 'aliasapp'])('%s lacks the prefix', (name) => {
  expect(() => requireAliasName(name)).toThrow(
    expect.objectContaining({ code: 'ValidationException', message: expect.stringContaining('must start with') }),
  );
});

test('names of AWS managed keys are reserved', () => {
  expect(() => requireAliasName('alias/aws/s3')).toThrow(
    expect.objectContaining({ code: 'NotAuthorizedException', message: '' }),
  );
});

test('a colon is refused although the shape allows it', () => {
  expect(() => requireAliasName('alias/a:b')).toThrow(
    expect.objectContaining({
      code: 'ValidationException',
      message: 'alias/a:b contains invalid characters for an alias',
    }),
  );
});
