data "aws_iam_policy" "example" {
  name = "use-keys"
}

data "aws_iam_policy" "power_user" {
  arn = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"
}
