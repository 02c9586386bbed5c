# A name

resource "aws_kms_key" "example" {
  description = "Payments"
}

resource "aws_kms_alias" "example" {
  name          = "alias/payments"
  target_key_id = aws_kms_key.example.key_id
}
