variable "encrypted_password" {
  description = "A ciphertext in base64."
  type        = string
}

ephemeral "aws_kms_secrets" "example" {
  secret {
    name    = "password"
    payload = var.encrypted_password
    context = { app = "payments" }
  }
}

resource "aws_kms_ciphertext" "again" {
  key_id               = "alias/payments"
  plaintext_wo         = ephemeral.aws_kms_secrets.example.plaintext["password"]
  plaintext_wo_version = "1"
}
