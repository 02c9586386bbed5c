output "account" {
  value = provider::aws::arn_parse("arn:aws:iam::111122223333:role/ci/deploy").account_id
}
