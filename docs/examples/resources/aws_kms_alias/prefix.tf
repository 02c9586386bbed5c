# A generated name

resource "aws_kms_key" "preview" {
  description = "Preview"
}

resource "aws_kms_alias" "preview" {
  name_prefix   = "alias/preview-"
  target_key_id = aws_kms_key.preview.key_id
}
