resource "aws_iam_group" "example" {
  name = "key-administrators"
  path = "/teams/"
}
