data "aws_kms_aliases" "example" {
  alias = "alias/payments*"
}

output "names" {
  value = data.aws_kms_aliases.example.names
}
