resource "aws_iam_user" "auditor" {
  name = "auditor"
}

resource "aws_iam_user_policy" "example" {
  name = "read-keys"
  user = aws_iam_user.auditor.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Describe*", "kms:Get*", "kms:List*"], Resource = "*" }]
  })
}
