resource "aws_kms_key" "primary" {
  description  = "Customer records"
  multi_region = true
}

resource "aws_kms_replica_key" "example" {
  description             = "Customer records, replica"
  region                  = "eu-central-1"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}
