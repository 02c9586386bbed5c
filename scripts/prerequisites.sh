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
# Only custom key stores on PKCS#11 tokens need it, so its absence stops nobody.
if ! command -v g++ >/dev/null 2>&1 && ! command -v c++ >/dev/null 2>&1; then
  printf 'missing, and only needed for keys in PKCS#11 tokens: a C++ compiler (builds the PKCS#11 binding)\n    %s\n' \
    'Install g++, make and python3 (Debian and Ubuntu: apt-get install g++ make python3), then run npm install again.' >&2
fi
exit $missing
