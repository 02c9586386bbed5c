terraform import aws_iam_user.example orders-service
