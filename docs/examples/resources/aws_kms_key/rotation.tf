# A key that rotates on demand

variable "rotated" {
  description = "The date of the last rotation: a new one rotates the key."
  type        = string
  default     = "2026-01-15"
}

resource "aws_kms_key" "rotated" {
  description       = "Rotated on demand"
  rotation_triggers = { date = var.rotated }
}
