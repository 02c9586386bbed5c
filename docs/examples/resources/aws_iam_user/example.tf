resource "aws_iam_user" "example" {
  name = "orders-service"
  path = "/services/"
  tags = { team = "shop" }
}
