resource "aws_iam_user" "signer" {
  name = "signer"
}

resource "aws_iam_group" "signers" {
  name = "signers"
}

resource "aws_iam_policy" "sign" {
  name = "sign"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Sign", "kms:GetPublicKey"], Resource = "*" }]
  })
}

resource "aws_iam_policy_attachment" "example" {
  name       = "sign"
  policy_arn = aws_iam_policy.sign.arn
  users      = [aws_iam_user.signer.name]
  groups     = [aws_iam_group.signers.name]
}
