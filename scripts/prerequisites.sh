#!/usr/bin/env bash
# Says what is missing on this machine and how to get it; exits 1 when something required is.
set -u
missing=0
need() { # COMMAND WHAT HOW
  command -v "$1" >/dev/null 2>&1 && return
  printf 'missing: %s (%s)\n    %s\n' "$1" "$2" "$3" >&2
  missing=1
}
need npm 'installs everything else' 'Install Node.js 20 or newer with npm: https://nodejs.org/'
if ! command -v "${TERRAFORM_BINARY_NAME:-terraform}" >/dev/null 2>&1 && ! command -v tofu >/dev/null 2>&1; then
  printf 'missing: terraform (plans and applies the stacks)\n    %s\n' \
    'Install Terraform 1.5 or newer (https://developer.hashicorp.com/terraform/install), or OpenTofu and set TERRAFORM_BINARY_NAME=tofu.' >&2
  missing=1
fi
exit $missing
