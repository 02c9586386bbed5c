variable "database_password" {
  type      = string
  ephemeral = true
}

resource "aws_kms_key" "example" {
  description = "Configuration"
}

resource "aws_kms_ciphertext" "example" {
  key_id               = aws_kms_key.example.key_id
  context              = { app = "orders" }
  plaintext_wo         = var.database_password
  plaintext_wo_version = "1"
}
