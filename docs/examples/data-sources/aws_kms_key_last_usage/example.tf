data "aws_kms_alias" "payments" {
  name = "alias/payments"
}

data "aws_kms_key_last_usage" "example" {
  key_id = data.aws_kms_alias.payments.target_key_id
}

output "last_use" {
  value = one(data.aws_kms_key_last_usage.example.key_last_usage[*].timestamp)
}
