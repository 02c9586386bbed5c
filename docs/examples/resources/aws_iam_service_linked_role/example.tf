data "aws_caller_identity" "current" {}

resource "aws_iam_service_linked_role" "example" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "volumes"
  description      = "Uses the key of the volumes"
}

resource "aws_kms_key" "volumes" {
  description = "Volumes of the Auto Scaling groups"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { AWS = aws_iam_service_linked_role.example.arn }
        Action    = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"]
        Resource  = "*"
      },
    ]
  })
}
