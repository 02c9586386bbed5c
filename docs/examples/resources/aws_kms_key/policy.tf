# A key with a policy

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "invoices" {
  statement {
    sid       = "Administration"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid       = "Use"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.invoices.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:Department"
      values   = ["finance"]
    }
  }
}

resource "aws_iam_user" "invoices" {
  name = "invoices"
}

resource "aws_kms_key" "invoices" {
  description = "Invoices"
  policy      = data.aws_iam_policy_document.invoices.json
}
