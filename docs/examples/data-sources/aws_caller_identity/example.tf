data "aws_caller_identity" "example" {}

output "account_id" {
  value = data.aws_caller_identity.example.account_id
}

output "caller" {
  value = data.aws_caller_identity.example.arn
}
