# arn:aws:iam::111122223333:role/deploy
output "role_arn" {
  value = provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/ci/deploy")
}
