# Plans that would break something are refused

provider "aws" {
  region          = "us-east-1"
  unsafe_changes  = "refuse"
  recent_use_days = 30
}
