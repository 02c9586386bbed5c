data "aws_iam_user" "example" {
  user_name = "orders-service"
}

output "user_arn" {
  value = data.aws_iam_user.example.arn
}
