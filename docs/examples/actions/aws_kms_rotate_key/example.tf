resource "aws_kms_key" "example" {
  description = "Sessions"
}

variable "release" {
  type = string
}

# A new release rotates the key.
resource "terraform_data" "release" {
  input = var.release

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.aws_kms_rotate_key.example]
    }
  }
}

action "aws_kms_rotate_key" "example" {
  config {
    key_id = aws_kms_key.example.key_id
  }
}
