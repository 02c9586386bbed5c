/** A binding of ours never goes to a provider that is not ours. */
import { bindings, Key, KeysteadProvider, useKeystead } from '@keystead/constructs/cdktf';
import { TerraformProvider, TerraformStack, Testing } from 'cdktf';
import { account, aStack, emptyStack, synthesize, theResource } from '../stack.ts';

const { KmsKey } = bindings.kmsKey;

class ForeignProvider extends TerraformProvider {
  constructor(stack: TerraformStack, id = 'foreign', source = 'hashicorp/aws') {
    super(stack, id, {
      terraformResourceType: 'aws',
      terraformProviderSource: source,
      terraformGeneratorMetadata: { providerName: 'aws' },
    });
  }
}

/** Of a binding beside what `declare` declares. */
function providerOf(declare: (stack: TerraformStack) => TerraformProvider | undefined): unknown {
  const stack = emptyStack();
  const provider = declare(stack);
  new KmsKey(stack, 'key', provider === undefined ? {} : { provider });
  return theResource(synthesize(stack), 'aws_kms_key').provider;
}

describe('A binding', () => {
  test("that names no provider gets its stack's default one, whatever that is called, and wherever it is declared", () => {
    expect(theResource(synthesize(withKey(aStack())), 'aws_kms_key').provider).toBe('aws');
    expect(theResource(synthesize(withKey(aStack({ localName: 'keystead' }))), 'aws_kms_key').provider).toBe(
      'keystead',
    );
    const stack = withKey(emptyStack());
    new KeysteadProvider(stack, 'keystead', { alias: 'only' });
    expect(theResource(synthesize(stack), 'aws_kms_key').provider).toBe('aws.only');
  });

  test('of a type that another prefix begins has it too', () => {
    const stack = aStack();
    new bindings.kmsDataKeyWithoutPlaintext.KmsDataKeyWithoutPlaintext(stack, 'key', {
      keyId: 'alias/a',
      keySpec: 'AES_256',
    });
    expect(theResource(synthesize(stack), 'kms_data_key_without_plaintext').provider).toBe('aws');
  });

  test('of a data source has it too', () => {
    const stack = aStack();
    new bindings.dataAwsKmsAlias.DataAwsKmsAlias(stack, 'alias', { name: 'alias/a' });
    expect(Object.values(synthesize(stack).data?.aws_kms_alias ?? {})).toEqual([
      expect.objectContaining({ provider: 'aws' }),
    ]);
  });

  test('keeps the provider that it names', () => {
    expect(
      providerOf((stack) => {
        new KeysteadProvider(stack, 'keystead', { account });
        return new KeysteadProvider(stack, 'overseas', { alias: 'overseas' });
      }),
    ).toBe('aws.overseas');
  });

  test('is refused in a stack without a provider of ours', () => {
    expect(() => providerOf(() => undefined)).toThrow(
      /\[stack\/key\] aws_kms_key has no provider of Keystead.*Add `new KeysteadProvider/,
    );
    expect(() =>
      providerOf((stack) => {
        new ForeignProvider(stack);
        return undefined;
      }),
    ).toThrow(/\[stack\/key\] aws_kms_key has no provider of Keystead/);
  });

  test('is refused among several providers without a default', () => {
    expect(() =>
      providerOf((stack) => {
        for (const alias of ['a', 'b']) new KeysteadProvider(stack, alias, { alias });
        return undefined;
      }),
    ).toThrow(/\[stack\/key\] aws_kms_key names no provider, and the stack "stack" has 2 of Keystead/);
  });

  test("is refused when it names another vendor's provider", () => {
    expect(() => providerOf((stack) => new ForeignProvider(stack))).toThrow(
      /its provider stack\/foreign is hashicorp\/aws: .*Pass a KeysteadProvider/,
    );
  });

  test('takes a provider whose source a stack overrides to ours', () => {
    expect(
      providerOf((stack) => {
        stack.addOverride('terraform.required_providers.aws', {
          source: 'mirror.example.com/keystead/aws',
          version: '0.1.0',
        });
        return new ForeignProvider(stack);
      }),
    ).toBe('aws');
  });

  test('takes the AWS provider that was moved to Keystead, under any source', () => {
    const app = Testing.app();
    const stack = new TerraformStack(app, 'stack');
    const provider = new ForeignProvider(stack);
    new KmsKey(stack, 'key', provider === undefined ? {} : { provider });
    useKeystead(app, { source: 'mirror.example.com/acme/kms' });
    expect(theResource(synthesize(stack), 'aws_kms_key').provider).toBe('aws');
  });

  test('of another package is none of ours', () => {
    const stack = aStack({ localName: 'keystead' });
    new ForeignProvider(stack);
    new Key(stack, 'key');
    expect(Object.keys(synthesize(stack).terraform.required_providers).sort()).toEqual(['aws', 'keystead']);
  });
});

function withKey(stack: TerraformStack): TerraformStack {
  new KmsKey(stack, 'key', {});
  return stack;
}
