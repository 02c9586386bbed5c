resource "aws_iam_role" "example" {
  name                 = "deploy"
  description          = "Applies the key stacks"
  max_session_duration = 7200
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "111122223333" }
      Action    = "sts:AssumeRole"
    }]
  })
}
