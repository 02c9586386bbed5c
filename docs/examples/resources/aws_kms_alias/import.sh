terraform import aws_kms_alias.example alias/payments
