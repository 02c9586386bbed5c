import { looksAtWholeState, parentCommandLine } from '@keystead/provider/client/terraform-command.ts';

test.each([
  'terraform plan',
  'terraform apply -auto-approve',
  '/usr/bin/terraform -chdir=stacks/a apply -parallelism=50 -refresh=false',
  'tofu destroy',
  'terraform refresh -input=false',
  'terraform plan -out=target.plan -var=target=x',
])('%s looks at the whole state', (line) => {
  expect(looksAtWholeState(line.split(' '), {})).toBe(true);
});

test.each([
  'terraform',
  'terraform import aws_kms_key.a 1234',
  'terraform state list',
  'terraform console',
  'terraform apply -target=aws_kms_key.a',
  'terraform apply -target aws_kms_key.a',
  'terraform plan --target=aws_kms_key.a',
  'tofu plan -exclude=aws_kms_key.a',
  'tofu plan -target-file=some',
  'terraform apply -state=other.tfstate',
])('%s does not', (line) => {
  expect(looksAtWholeState(line.split(' '), {})).toBe(false);
});

test('arguments from the environment count as well', () => {
  const words = ['terraform', 'apply'];
  expect(looksAtWholeState(words, { TF_CLI_ARGS: '-no-color' })).toBe(true);
  expect(looksAtWholeState(words, { TF_CLI_ARGS: '-no-color "-target=aws_kms_key.a"' })).toBe(false);
  expect(looksAtWholeState(words, { TF_CLI_ARGS_apply: '-target=aws_kms_key.a' })).toBe(false);
  expect(looksAtWholeState(words, { TF_CLI_ARGS_plan: '-target=aws_kms_key.a' })).toBe(true);
});

test('a command line that cannot be read counts as one that leaves something out', () => {
  expect(looksAtWholeState(undefined, {})).toBe(false);
});

test('the command line of this process’s own parent can be read', () => {
  expect(parentCommandLine()?.length).toBeGreaterThan(0);
});
