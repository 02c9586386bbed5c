import { ExternalKey, SecretInput } from '@keystead/constructs/cdktf';
import { App, TerraformStack, TerraformVariable } from 'cdktf';
import { aStack, synthesize, theResource } from '../stack.ts';

function materialOf(keyMaterial: SecretInput, stack = aStack()) {
  new ExternalKey(stack, 'key', { keyMaterial });
  return theResource(synthesize(stack), 'aws_kms_external_key').key_material_base64_wo;
}

describe('SecretInput', () => {
  test('makes the variable it comes from ephemeral, so that no plan file has it', () => {
    const stack = aStack();
    const variable = new TerraformVariable(stack, 'material', { type: 'string', sensitive: true });
    new ExternalKey(stack, 'key', { keyMaterial: SecretInput.fromVariable(variable) });
    const { variable: declared } = synthesize(stack) as unknown as { variable: Record<string, unknown> };
    expect(declared.material).toEqual({ type: 'string', sensitive: true, ephemeral: true });
  });

  test('refuses a variable that is not sensitive, with what to write', () => {
    const stack = aStack();
    const secret = SecretInput.fromVariable(new TerraformVariable(stack, 'material', { type: 'string' }));
    expect(() => new ExternalKey(stack, 'key', { keyMaterial: secret })).toThrow(
      '[stack/key] The variable stack/material is not sensitive. Declare it with sensitive: true.',
    );
  });

  test('reads files where Terraform runs: bytes as base64, text without its last line end', () => {
    expect(materialOf(SecretInput.fromBinaryFile('/run/secrets/key.bin'))).toBe(
      `\${filebase64("/run/secrets/key.bin")}`,
    );
    expect(materialOf(SecretInput.fromFile('/run/secrets/key.b64'))).toBe(
      `\${trimspace(file("/run/secrets/key.b64"))}`,
    );
  });

  test('finds a relative path from the folder of the stack, wherever the checkout is', () => {
    const stack = new TerraformStack(new App({ outdir: 'cdktf.out' }), 'keys');
    const text = SecretInput.fromBinaryFile('secrets/key.bin')._expression(stack);
    expect(text).toBe(`\${filebase64("\${path.module}/../../../secrets/key.bin")}`);
  });

  test('takes a reference as it is and refuses a literal without repeating it', () => {
    const reference = `\${ephemeral.aws_kms_secrets.all.plaintext["key"]}`;
    expect(materialOf(SecretInput.fromReference(reference))).toBe(reference);
    expect(() => materialOf(SecretInput.fromReference('c2VjcmV0'))).toThrow(
      /^\[stack\/key\] A secret is written in the program.*SecretInput\.fromVariable/,
    );
    expect(() => materialOf(SecretInput.fromReference('c2VjcmV0'))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('c2VjcmV0') }),
    );
  });

  test('is asked for where a program without types gives text', () => {
    const props = JSON.parse('{"keyMaterial":"c2VjcmV0"}');
    expect(() => new ExternalKey(aStack(), 'key', props)).toThrow(/A secret is written in the program/);
  });
});
