variable "key_material_base64" {
  description = "32 random bytes in base64: openssl rand -base64 32"
  type        = string
  ephemeral   = true
}

resource "aws_kms_external_key" "primary" {
  description                    = "Archive"
  multi_region                   = true
  enabled                        = true
  key_material_base64_wo         = var.key_material_base64
  key_material_base64_wo_version = "1"
}

resource "aws_kms_replica_external_key" "example" {
  description                    = "Archive, replica"
  region                         = "eu-west-1"
  primary_key_arn                = aws_kms_external_key.primary.arn
  enabled                        = true
  key_material_base64_wo         = var.key_material_base64
  key_material_base64_wo_version = "1"
}
