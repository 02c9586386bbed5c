# A key that rotates every year

resource "aws_kms_key" "example" {
  description             = "Orders"
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 14
  tags                    = { team = "shop" }
}
