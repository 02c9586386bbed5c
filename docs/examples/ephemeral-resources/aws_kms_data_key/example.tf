ephemeral "aws_kms_data_key" "example" {
  key_id   = "alias/payments"
  key_spec = "AES_256"
}

resource "aws_kms_external_key" "copy" {
  description                    = "Its key material is a data key"
  enabled                        = true
  key_material_base64_wo         = ephemeral.aws_kms_data_key.example.plaintext_base64
  key_material_base64_wo_version = "1"
}
