data "aws_iam_role" "example" {
  name = "deploy"
}

output "role_arn" {
  value = data.aws_iam_role.example.arn
}
