list "aws_kms_alias" "example" {
  provider = aws

  config {
    region = "eu-west-1"
  }
}
