data "aws_kms_alias" "example" {
  name = "alias/payments"
}

output "key_arn" {
  value = data.aws_kms_alias.example.target_key_arn
}
