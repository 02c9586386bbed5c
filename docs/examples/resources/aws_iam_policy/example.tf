resource "aws_iam_policy" "example" {
  name        = "use-keys"
  description = "Encrypt and decrypt with every key of the account"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], Resource = "*" }]
  })
}
