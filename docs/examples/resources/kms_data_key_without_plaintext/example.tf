resource "aws_kms_key" "example" {
  description = "Data keys of the archive"
}

resource "kms_data_key_without_plaintext" "example" {
  provider = aws
  key_id   = aws_kms_key.example.key_id
  key_spec = "AES_256"
  keepers  = { year = "2026" }
}
