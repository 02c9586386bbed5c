# Key material that no state holds

variable "key_material_base64" {
  description = "32 random bytes in base64: openssl rand -base64 32"
  type        = string
  ephemeral   = true
}

resource "aws_kms_external_key" "example" {
  description                    = "Key material from our own vault"
  enabled                        = true
  key_material_base64_wo         = var.key_material_base64
  key_material_base64_wo_version = "1"
}
