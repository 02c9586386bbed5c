// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform and IAM write references and variables this way.
/** What Terraform makes of a policy is the policy that was written, policy variables and references included. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyPolicyDocument } from '@keystead/constructs/cdktf';
import { Lazy, LocalBackend, TerraformLocal, TerraformOutput, Testing } from 'cdktf';
import { needs } from '../../support/needs.ts';
import { alice, emptyStack } from '../stack.ts';

needs('terraform');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-strings-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function terraform(...options: string[]): string {
  const { status, stdout, stderr } = spawnSync('terraform', options, { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(`terraform ${options[0]}: ${stdout}${stderr}`);
  return stdout;
}

test('Policy variables, quotes, percent signs and references come out of Terraform as IAM must read them', () => {
  const stack = emptyStack();
  new LocalBackend(stack, { path: 'terraform.tfstate' });
  const role = new TerraformLocal(stack, 'role', alice);
  const document = new KeyPolicyDocument();
  new TerraformOutput(stack, 'policy', {
    value: Lazy.stringValue({ produce: () => document.toJson() }),
    staticId: true,
  });
  const values = ['${aws:username}/*', '%{if}', 'plain "quoted" \\ text', '100%', '$5', '${aws:PrincipalTag/Größe}'];
  document.addStatement({
    principals: [role.asString],
    actions: ['kms:Decrypt'],
    conditions: { StringLike: { 'kms:EncryptionContext:path': values } },
  });
  writeFileSync(join(directory, 'cdk.tf.json'), Testing.synth(stack, true));
  terraform('init', '-input=false', '-no-color');
  terraform('apply', '-auto-approve', '-input=false', '-no-color');
  const { Statement } = JSON.parse(JSON.parse(terraform('output', '-json')).policy.value);
  expect(Statement[0].Condition.StringLike['kms:EncryptionContext:path']).toEqual(values);
  expect(Statement[0].Principal).toEqual({ AWS: alice });
});
