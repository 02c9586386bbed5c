output "alias_arn" {
  value = provider::aws::arn_build("aws", "kms", "eu-west-1", "111122223333", "alias/payments")
}
