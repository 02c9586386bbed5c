# An external key manager behind a proxy

variable "proxy_access_key_id" {
  type = string
}

variable "proxy_secret_access_key" {
  type      = string
  ephemeral = true
}

resource "aws_kms_custom_key_store" "example" {
  custom_key_store_name  = "vault"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://xks.example.com"
  xks_proxy_uri_path     = "/kms/xks/v1"

  xks_proxy_authentication_credential {
    access_key_id                    = var.proxy_access_key_id
    raw_secret_access_key_wo         = var.proxy_secret_access_key
    raw_secret_access_key_wo_version = "1"
  }
}
