/** IAM and KMS through the genuine AWS provider: what it declares here is applied, planned without changes, destroyed. */
import { jest } from '@jest/globals';
import { describeAtLengthWithGenuine } from '../support/genuine-provider.ts';
import { type GenuineWorkspace, genuineProviderBlock, openGenuineWorkspace } from '../support/genuine-workspace.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

needs('terraform');

jest.setTimeout(600_000);

const allow = (action: string) =>
  `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "${action}", Resource = "*" }] })`;

const stack = (description: string) => `
data "aws_caller_identity" "me" {}
resource "aws_iam_user" "u" {
  name = "orders"
  tags = { team = "${description}" }
}
resource "aws_iam_role" "r" {
  name        = "orders"
  description = "${description}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_user.u.arn }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_policy" "p" {
  name   = "orders"
  policy = ${allow('kms:Decrypt')}
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_iam_user_policy_attachment" "a" {
  user       = aws_iam_user.u.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_iam_role_policy" "i" {
  role   = aws_iam_role.r.name
  name   = "inline"
  policy = ${allow('kms:Encrypt')}
}
resource "aws_iam_user_policy" "i" {
  user   = aws_iam_user.u.name
  name   = "inline"
  policy = ${allow('kms:Encrypt')}
}
resource "aws_iam_group" "g" { name = "orders" }
resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.g.name
  policy = ${allow('kms:ListKeys')}
}
resource "aws_iam_group_membership" "g" {
  name  = "orders"
  group = aws_iam_group.g.name
  users = [aws_iam_user.u.name]
}
resource "aws_iam_access_key" "k" { user = aws_iam_user.u.name }
resource "aws_iam_openid_connect_provider" "o" {
  url             = "https://oidc.example.com"
  client_id_list  = ["orders"]
  thumbprint_list = ["cf23df2207d99a74fbe169e3eba035e633b65d94"]
}
resource "aws_kms_key" "k" {
  description         = "${description}"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::\${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = { AWS = [aws_iam_role.r.arn, aws_iam_user.u.arn] }, Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}
resource "aws_kms_grant" "g" {
  key_id             = aws_kms_key.k.key_id
  grantee_principal  = aws_iam_role.r.arn
  retiring_principal = aws_iam_user.u.arn
  operations         = ["Decrypt"]
}
resource "aws_kms_key" "asymmetric" {
  for_each                 = { ECC_NIST_P256 = "SIGN_VERIFY", RSA_2048 = "ENCRYPT_DECRYPT", HMAC_512 = "GENERATE_VERIFY_MAC" }
  customer_master_key_spec = each.key
  key_usage                = each.value
}
resource "aws_kms_alias" "a" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.asymmetric["RSA_2048"].arn
}
`;

describeAtLengthWithGenuine('the genuine AWS provider', (genuine) => {
  let server: TestServer;
  let workspace: GenuineWorkspace;

  beforeAll(async () => {
    server = await startServer();
    workspace = await openGenuineWorkspace(server, genuine);
  });
  afterAll(async () => {
    await workspace?.dispose();
    await server?.stop();
  });

  async function expectNoChanges(): Promise<void> {
    const { code, stdout, stderr } = await workspace.terraform('plan', '-detailed-exitcode', '-no-color');
    expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  }

  test('applies principals, policies, keys of every kind and grants, and plans no changes', async () => {
    await workspace.write(genuineProviderBlock() + stack('first'));
    expect(await workspace.must('apply', '-auto-approve')).toContain('Resources: 18 added, 0 changed, 0 destroyed');
    await expectNoChanges();
  });

  test('updates them in place, and plans no changes', async () => {
    await workspace.write(genuineProviderBlock() + stack('second'));
    expect(await workspace.must('apply', '-auto-approve')).toContain('Resources: 0 added, 3 changed, 0 destroyed');
    await expectNoChanges();
  });

  test('destroys them', async () => {
    expect(await workspace.must('destroy', '-auto-approve')).toContain('Resources: 18 destroyed');
  });
});
