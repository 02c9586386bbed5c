resource "aws_kms_key" "example" {
  description = "Reports"
}

resource "aws_iam_user" "reports" {
  name = "reports"
}

resource "aws_kms_grant" "example" {
  name              = "reports"
  key_id            = aws_kms_key.example.key_id
  grantee_principal = aws_iam_user.reports.arn
  operations        = ["Encrypt", "Decrypt", "GenerateDataKey"]

  constraints {
    encryption_context_equals = { Department = "finance" }
  }
}
