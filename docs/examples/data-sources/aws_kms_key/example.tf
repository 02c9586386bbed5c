data "aws_kms_key" "example" {
  key_id = "alias/payments"
}

output "key_arn" {
  value = data.aws_kms_key.example.arn
}
