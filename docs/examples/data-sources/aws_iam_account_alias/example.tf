data "aws_iam_account_alias" "example" {}

output "account_alias" {
  value = data.aws_iam_account_alias.example.account_alias
}
