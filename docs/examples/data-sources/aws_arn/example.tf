data "aws_arn" "example" {
  arn = "arn:aws:kms:eu-west-1:111122223333:alias/payments"
}

output "account" {
  value = data.aws_arn.example.account
}
