data "aws_kms_ciphertext" "password" {
  key_id    = "alias/payments"
  plaintext = "correct horse"
  context   = { app = "payments" }
}

data "aws_kms_secrets" "example" {
  secret {
    name    = "password"
    payload = data.aws_kms_ciphertext.password.ciphertext_blob
    context = { app = "payments" }
  }
}

output "password" {
  value     = data.aws_kms_secrets.example.plaintext["password"]
  sensitive = true
}
