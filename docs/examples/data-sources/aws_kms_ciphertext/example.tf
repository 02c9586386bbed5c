data "aws_kms_ciphertext" "example" {
  key_id    = "alias/payments"
  plaintext = jsonencode({ endpoint = "https://payments.example.com" })
  context   = { app = "payments" }
}
