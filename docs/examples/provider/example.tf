# A control plane on this machine

terraform {
  required_providers {
    aws = { source = "keystead/aws" }
  }
}

variable "keystead_endpoint" {
  type    = string
  default = "http://127.0.0.1:8600"
}

provider "aws" {
  region = "us-east-1"

  endpoints {
    kms = var.keystead_endpoint
  }

  default_tags {
    tags = { managed-by = "terraform" }
  }
}
