# Every enabled key of a team

data "aws_kms_keys" "example" {
  tags      = { team = "shop" }
  key_state = "Enabled"
}

output "key_arns" {
  value = data.aws_kms_keys.example.arns
}
