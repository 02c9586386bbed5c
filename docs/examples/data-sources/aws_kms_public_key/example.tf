resource "aws_kms_key" "example" {
  description              = "Signs licences"
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
}

data "aws_kms_public_key" "example" {
  key_id = aws_kms_key.example.key_id
}

output "public_key" {
  value = data.aws_kms_public_key.example.public_key_pem
}
