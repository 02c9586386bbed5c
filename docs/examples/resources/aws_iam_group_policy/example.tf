resource "aws_iam_group" "auditors" {
  name = "auditors"
}

resource "aws_iam_group_policy" "example" {
  name  = "read-keys"
  group = aws_iam_group.auditors.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Describe*", "kms:Get*", "kms:List*"], Resource = "*" }]
  })
}
