# Every key of a key spec, with what each can do

data "aws_kms_keys" "elliptic" {
  key_spec = "ECC_NIST_P256"
}

data "aws_kms_key" "elliptic" {
  for_each = toset(data.aws_kms_keys.elliptic.ids)
  key_id   = each.value
}

output "usages" {
  value = { for id, key in data.aws_kms_key.elliptic : id => key.key_usage }
}
