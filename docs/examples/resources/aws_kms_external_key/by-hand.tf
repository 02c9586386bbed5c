# Key material that is imported by hand

resource "aws_kms_external_key" "by_hand" {
  description = "Waits for its key material"
}
