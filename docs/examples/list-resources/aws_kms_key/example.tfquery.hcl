list "aws_kms_key" "example" {
  provider = aws

  config {
    region = "eu-west-1"
  }
}
