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

# For a service, when it acts for one resource. Such a grant needs somebody who can retire it.
resource "aws_kms_grant" "database" {
  key_id                    = aws_kms_key.example.key_id
  grantee_service_principal = "dynamodb.amazonaws.com"
  retiring_principal        = aws_iam_user.reports.arn
  operations                = ["Decrypt", "GenerateDataKey"]

  constraints {
    source_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/reports"
  }
}
