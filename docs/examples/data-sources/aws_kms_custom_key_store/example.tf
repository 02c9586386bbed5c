data "aws_kms_custom_key_store" "example" {
  custom_key_store_name = "vault"
}

output "connection_state" {
  value = data.aws_kms_custom_key_store.example.connection_state
}
