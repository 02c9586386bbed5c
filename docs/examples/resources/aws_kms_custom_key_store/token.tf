# A PKCS#11 token

variable "crypto_user_password" {
  type      = string
  ephemeral = true
}

resource "aws_kms_custom_key_store" "token" {
  custom_key_store_name         = "token"
  cloud_hsm_cluster_id          = "cluster-2a23b4cdefg"
  key_store_password_wo         = var.crypto_user_password
  key_store_password_wo_version = "1"
  trust_anchor_certificate      = file("${path.module}/ca.pem")
}
