resource "aws_iam_user" "operator" {
  name = "operator"
}

resource "aws_iam_user_policy_attachment" "example" {
  user       = aws_iam_user.operator.name
  policy_arn = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"
}
